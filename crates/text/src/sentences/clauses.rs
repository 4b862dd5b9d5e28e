//! Where one clause ends and the next begins, as far as punctuation says it: a negation or `police said` reaches no further.

/// Whether what stands between two words ends a clause: a comma, colon, semicolon, dash, bracket or quotation mark, in the
/// prints of several scripts. A hyphen inside a word and the comma of a number are no such mark; the caller passes what
/// stands between two *words*, so that these never reach it.
pub fn breaks_clause(between: &str) -> bool {
    between.chars().any(|ch| match ch {
        ',' | ';' | ':' | '(' | ')' | '[' | ']' | '"' | '–' | '—' | '،' | '؛' | '…' | '“' | '”' | '„' | '«' | '»' => true,
        '!' | '?' | '؟' | '।' | '。' | '、' | '，' | '：' | '；' => true,
        _ => false,
    }) || between.contains(" - ")
}

#[cfg(test)]
mod tests {
    use super::breaks_clause;

    #[test]
    fn commas_and_dashes_end_a_clause_and_a_space_or_hyphen_does_not() {
        assert!(breaks_clause(", ") && breaks_clause(" – ") && breaks_clause(" - ") && breaks_clause("، "));
        assert!(!breaks_clause(" ") && !breaks_clause("-") && !breaks_clause(" #") && !breaks_clause(""));
    }
}
