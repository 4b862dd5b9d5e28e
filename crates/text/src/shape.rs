//! Which way a text runs: pages set right-to-left texts right.

/// True when more letters run right to left (Arabic, Hebrew, Syriac, Thaana, N'Ko) than left to right. Looks at the first
/// 2,000 characters.
pub fn is_rtl(text: &str) -> bool {
    const LOOK_CHARS: usize = 2_000;
    let mut balance = 0i32;
    for ch in text.chars().take(LOOK_CHARS) {
        match ch as u32 {
            0x590..=0x8ff | 0xfb1d..=0xfdff | 0xfe70..=0xfefc | 0x10800..=0x10fff | 0x1e800..=0x1efff => {
                balance += i32::from(ch.is_alphabetic());
            }
            _ if ch.is_alphabetic() => balance -= 1,
            _ => {}
        }
    }
    balance > 0
}

#[cfg(test)]
mod tests {
    use super::is_rtl;

    #[test]
    fn the_majority_of_letters_decides() {
        assert!(is_rtl("سلام 123 ok"));
        assert!(!is_rtl("hello سلام"));
        assert!(!is_rtl("123 — !"));
        assert!(!is_rtl(""));
    }
}
