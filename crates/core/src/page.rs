//! What on a web page stands around its text: menus, advertisements, comments. By this list a page's version is told where it
//! is collected and its main text is found where it is read, so that both mean the same.

/// Elements that stand around the text of a page.
const AROUND_ELEMENTS: [&str; 8] = ["nav", "aside", "footer", "form", "button", "select", "dialog", "menu"];
/// Roles of elements that stand around the text (WAI-ARIA 1.2, section 5.4).
const AROUND_ROLES: [&str; 5] = ["navigation", "banner", "complementary", "contentinfo", "search"];
/// Words in a class or id that name what stands around a text, in order.
const AROUND_WORDS: [&str; 24] = [
    "ad",
    "ads",
    "advert",
    "advertisement",
    "banner",
    "breadcrumb",
    "breadcrumbs",
    "comments",
    "cookie",
    "footer",
    "menu",
    "navbar",
    "newsletter",
    "pagination",
    "popup",
    "promo",
    "recommended",
    "related",
    "share",
    "sharing",
    "sidebar",
    "social",
    "sponsored",
    "subscribe",
];
/// Letters of the longest of them.
const AROUND_WORD_BYTES_MAX: usize = 13;

/// Whether elements of this name stand around the text.
pub fn is_around_element(name: &str) -> bool {
    AROUND_ELEMENTS.contains(&name)
}

/// Whether elements of this role stand around the text.
pub fn is_around_role(role: &str) -> bool {
    AROUND_ROLES.contains(&role)
}

/// Whether a `class` or `id` says that its element stands around the text. `has-sidebar` speaks of the page itself.
pub fn is_around_name(names: &str) -> bool {
    names.split_ascii_whitespace().any(|name| {
        let is_of_page = name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("has-"));
        !is_of_page && name.split(['-', '_']).any(is_around_word)
    })
}

fn is_around_word(word: &str) -> bool {
    word.len() <= AROUND_WORD_BYTES_MAX && AROUND_WORDS.iter().any(|known| known.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_by_whole_words() {
        for name in ["sidebar", "post main-Sidebar", "ad_box", "social share", "AD"] {
            assert!(is_around_name(name), "{name}");
        }
        for name in ["has-sidebar", "add", "shared", "header", "commentary", "", "post content"] {
            assert!(!is_around_name(name), "{name}");
        }
        assert_eq!(AROUND_WORDS.iter().map(|word| word.len()).max(), Some(AROUND_WORD_BYTES_MAX));
        assert!(is_around_element("nav") && is_around_role("search") && !is_around_element("main"));
    }
}
