//! What a browser sends with an address or a form: names with values, each read with a limit and a default, so that an
//! address that somebody has edited by hand still shows a page.

use std::str::FromStr;

use vedette_core::Verdict;

use crate::error::WebError;

/// Characters of a short field (title, reason, name).
const SHORT_CHARS_MAX: usize = 2_000;
/// Pages that can be leafed through; nobody reads further, a better question is the way.
const PAGE_MAX: usize = 10_000;

/// Fields in the order in which they came.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields(pub(crate) Vec<(String, String)>);

impl Fields {
    /// The first value of a field, as sent; empty when absent.
    pub(crate) fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// A short text, trimmed and cut to its limit.
    pub(crate) fn text(&self, name: &str) -> String {
        self.raw(name).trim().chars().take(SHORT_CHARS_MAX).collect()
    }

    /// Whether a box is ticked.
    pub(crate) fn flag(&self, name: &str) -> bool {
        matches!(self.raw(name), "1" | "on" | "yes" | "true")
    }

    /// A value that is read from its text; `None` when absent or unreadable.
    pub(crate) fn read<T: FromStr>(&self, name: &str) -> Option<T> {
        self.raw(name).trim().parse().ok()
    }

    /// What a person decided: one of three, and it has to be said.
    pub(crate) fn verdict(&self) -> Result<Verdict, WebError> {
        Verdict::from_word(self.raw("verdict"))
            .ok_or_else(|| WebError::Bad("choose one: confirm, change or reject".to_owned()))
    }

    /// Number of a page, from 1.
    pub(crate) fn page(&self) -> usize {
        self.read("page").unwrap_or(1).clamp(1, PAGE_MAX)
    }

    /// Where to go back to: a path of our own, else `default`.
    pub(crate) fn back(&self, default: &str) -> String {
        let back = self.raw("back");
        let ours = back.starts_with('/')
            && !back.starts_with("//")
            && back.len() <= 2_000
            && back.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        if ours { back.to_owned() } else { default.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn odd_values_fall_back_to_something_sensible() {
        assert_eq!(fields(&[("page", "-3")]).page(), 1);
        assert_eq!(fields(&[("page", "99999999")]).page(), PAGE_MAX);
        assert_eq!(fields(&[("page", "x")]).page(), 1);
        assert_eq!(fields(&[("reason", &"r".repeat(9_000))]).text("reason").len(), SHORT_CHARS_MAX);
        assert!(fields(&[("eyes", "1")]).flag("eyes") && !fields(&[]).flag("eyes"));
    }

    #[test]
    fn the_way_back_never_leaves_the_house() {
        assert_eq!(fields(&[("back", "/?page=2#i7")]).back("/"), "/?page=2#i7");
        for elsewhere in
            ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/a\r\nSet-Cookie: x", ""]
        {
            assert_eq!(fields(&[("back", elsewhere)]).back("/"), "/", "{elsewhere:?}");
        }
    }
}
