//! People's account names: replaced by keyed hashes before anything is stored in a row.
//!
//! One key belongs to one workspace: the same account gets the same hash everywhere in it, and nobody without the key
//! can tell whose it is.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256 as Hasher;

/// What a pseudonym begins with.
const PREFIX: &str = "p-";
/// Bytes of the keyed hash that are kept: 48 bits tell a billion accounts of a workspace apart well enough.
const HASH_BYTES: usize = 6;
/// Characters from which a known handle is also replaced where it stands without `@`; a shorter one is a common word.
const BARE_HANDLE_CHARS_MIN: usize = 3;
/// Handles of one post that are looked for without `@`.
pub const HANDLES_MAX: usize = 1_000;
/// Mentions that address everybody in a room: nobody's name.
const EVERYBODY: [&str; 4] = ["all", "here", "channel", "everyone"];

/// `p-` and 12 hexadecimal digits of HMAC-SHA-256(key, server ‖ 0 ‖ lower-cased name).
pub fn pseudonym(key: &[u8; 32], server: &str, name: &str) -> String {
    let mut mac = Hmac::<Hasher>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(server.as_bytes());
    mac.update(&[0]);
    mac.update(name.to_lowercase().as_bytes());
    let digest = mac.finalize().into_bytes();
    let mut out = String::from(PREFIX);
    for byte in digest.iter().take(HASH_BYTES) {
        out.push_str(&format!("{byte:02x}"));
    }
    out
}

/// Replaces every `@handle` of a text, and `handles` where they stand alone as words, by `@p-…`.
pub fn replace_handles(text: &str, handles: &[String], key: &[u8; 32], server: &str) -> String {
    replace_handles_except(text, handles, key, server, &[])
}

/// Like [`replace_handles`], but names in `allowed` (outlets and platforms of the register, any case) stay where they
/// follow an `@`. A name in `handles` is a person's all the same.
pub fn replace_handles_except(
    text: &str,
    handles: &[String],
    key: &[u8; 32],
    server: &str,
    allowed: &[&str],
) -> String {
    let known = Known::new(handles);
    if known.0.is_empty() && !text.contains(['@', '＠']) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut before: Option<char> = None;
    let mut rest = text;
    while let Some(ch) = rest.chars().next() {
        let at_start = before.is_none_or(|before| !is_word(before));
        let after_at = rest.strip_prefix(['@', '＠']).filter(|_| at_start && before != Some('/'));
        let taken = match after_at {
            Some(name) => mention(name, &known, allowed).map(|name_bytes| (ch.len_utf8(), name_bytes)),
            None if at_start => known.bare(rest).map(|name_bytes| (0, name_bytes)),
            None => None,
        };
        let (skipped, name_bytes) = taken.unwrap_or((0, 0));
        match rest.get(skipped..skipped + name_bytes).filter(|name| !name.is_empty()) {
            Some(name) => {
                out.push('@');
                out.push_str(&pseudonym(key, server, name));
                before = name.chars().next_back();
                rest = rest.get(skipped + name_bytes..).unwrap_or_default();
            }
            None => {
                out.push(ch);
                before = Some(ch);
                rest = rest.get(ch.len_utf8()..).unwrap_or_default();
            }
        }
    }
    out
}

/// Known handles, lower-cased, longest first so that `wick.tess` is not taken for `wick`.
struct Known(Vec<Vec<char>>);

impl Known {
    fn new(handles: &[String]) -> Self {
        let mut all: Vec<Vec<char>> = handles
            .iter()
            .take(HANDLES_MAX)
            .map(|handle| handle.trim().trim_start_matches(['@', '＠']).chars().flat_map(char::to_lowercase).collect())
            .filter(|handle: &Vec<char>| handle.iter().copied().any(is_word))
            .collect();
        all.sort_by_key(|handle| std::cmp::Reverse(handle.len()));
        all.dedup();
        Self(all)
    }

    /// Bytes of a known handle that `text` begins with and that ends at a word's end.
    fn at(&self, text: &str, chars_min: usize) -> Option<usize> {
        self.0.iter().filter(|handle| handle.len() >= chars_min).find_map(|handle| begins_with(text, handle))
    }

    fn bare(&self, text: &str) -> Option<usize> {
        self.at(text, BARE_HANDLE_CHARS_MIN)
    }
}

fn begins_with(text: &str, handle: &[char]) -> Option<usize> {
    let mut wanted = handle.iter().copied();
    let mut bytes = 0;
    let mut next = wanted.next();
    for ch in text.chars() {
        if next.is_none() {
            break;
        }
        for lower in ch.to_lowercase() {
            if next != Some(lower) {
                return None;
            }
            next = wanted.next();
        }
        bytes += ch.len_utf8();
    }
    let ends = text.get(bytes..)?.chars().next().is_none_or(|after| !is_word(after));
    (next.is_none() && ends).then_some(bytes)
}

/// Bytes of the handle that follows an `@`; `None` when it stays as it is.
fn mention(text: &str, known: &Known, allowed: &[&str]) -> Option<usize> {
    if begins_with_pseudonym(text) {
        return None;
    }
    let run = text.find(|ch: char| !is_word(ch) && !matches!(ch, '.' | '-')).unwrap_or(text.len());
    let name = text.get(..run)?.trim_end_matches(['.', '-']);
    // A known handle counts where it is the whole name or more (it may hold signs): `@wick-b` is not `wick`.
    if let Some(bytes) = known.at(text, 1).filter(|bytes| *bytes >= name.len()) {
        return Some(bytes);
    }
    let stays = name.is_empty()
        || EVERYBODY.iter().any(|all| name.eq_ignore_ascii_case(all))
        || allowed.iter().any(|allowed| allowed.trim_start_matches('@').to_lowercase() == name.to_lowercase());
    (!stays).then_some(name.len())
}

/// Whether a text begins with what [`pseudonym`] gives, so that replacing twice changes nothing.
fn begins_with_pseudonym(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(PREFIX) else { return false };
    let hex = rest.bytes().take_while(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')).count();
    hex == 2 * HASH_BYTES && rest.get(hex..).and_then(|rest| rest.chars().next()).is_none_or(|after| !is_word(after))
}

fn is_word(ch: char) -> bool {
    ch.is_alphanumeric() || ch == '_'
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: [u8; 32] = [9; 32];
    const SERVER: &str = "https://chat.example.org";

    fn replaced(text: &str, handles: &[&str]) -> String {
        let handles: Vec<String> = handles.iter().map(|handle| (*handle).to_owned()).collect();
        replace_handles_except(text, &handles, &KEY, SERVER, &["LanternMedia"])
    }

    #[test]
    fn one_account_has_one_hash_on_one_server_under_one_key() {
        let hash = pseudonym(&KEY, SERVER, "Wick.Tess");
        assert_eq!(hash.len(), 14);
        assert!(begins_with_pseudonym(&hash));
        assert_eq!(hash, pseudonym(&KEY, SERVER, "wick.tess"));
        assert_ne!(hash, pseudonym(&KEY, "https://other.example.org", "wick.tess"));
        assert_ne!(hash, pseudonym(&[8; 32], SERVER, "wick.tess"));
        // Server and name cannot run into each other.
        assert_ne!(pseudonym(&KEY, "a", "bc"), pseudonym(&KEY, "ab", "c"));
    }

    #[test]
    fn names_of_people_go_and_everything_else_stays() {
        let tess = format!("@{}", pseudonym(&KEY, SERVER, "wick.tess"));
        let bo = format!("@{}", pseudonym(&KEY, SERVER, "bo"));
        for (text, wanted) in [
            ("thanks @wick.tess!", format!("thanks {tess}!")),
            ("@Wick.Tess. And more", format!("{tess}. And more")),
            ("wick.tess said so", format!("{tess} said so")),
            ("WICK.TESS, again", format!("{tess}, again")),
            ("wick.tessa is somebody else", "wick.tessa is somebody else".to_owned()),
            ("@bo and bo", format!("{bo} and bo")),
            ("@wick.tess-b, not her", format!("@{}, not her", pseudonym(&KEY, SERVER, "wick.tess-b"))),
            ("@all @here come", "@all @here come".to_owned()),
            ("from @lanternmedia", "from @lanternmedia".to_owned()),
            ("mail me@kelmora.example", "mail me@kelmora.example".to_owned()),
            ("https://kelmora.example/@tower", "https://kelmora.example/@tower".to_owned()),
            ("a @ b", "a @ b".to_owned()),
            ("＠wick.tess", tess.clone()),
        ] {
            assert_eq!(replaced(text, &["wick.tess", "bo"]), wanted, "{text}");
        }
        let somebody = pseudonym(&KEY, SERVER, "سامر");
        assert_eq!(replaced("مرحبا @سامر كيف", &[]), format!("مرحبا @{somebody} كيف"));
    }

    proptest! {
        #[test]
        fn replacing_twice_changes_nothing_more(text in "[@a-c._ \\-é/]{0,40}", handle in "[a-c.]{1,4}") {
            let handles = [handle];
            let once = replace_handles(&text, &handles, &KEY, SERVER);
            // A handle made of hexadecimal digits could stand inside a hash only without a boundary.
            prop_assert_eq!(replace_handles(&once, &[], &KEY, SERVER), once);
        }

        #[test]
        fn any_text_and_any_handles_are_survived(text in ".{0,80}", handles in proptest::collection::vec(".{0,6}", 0..4)) {
            replace_handles(&text, &handles, &KEY, SERVER);
        }
    }
}
