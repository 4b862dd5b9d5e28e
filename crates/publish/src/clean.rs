//! Making hostile text safe to show anywhere: characters that reorder or hide text become visible, addresses are
//! written so that no program makes a live link of them. The exhibit keeps the exact bytes; this is for readers.

/// Ends of host names that make a bare `name.end` an address; prose such as `e.g.` or `report.odt` stays as it is.
const HOST_ENDS: &[&str] = &[
    "app", "biz", "cc", "chat", "ch", "club", "co", "com", "de", "dev", "eu", "example", "fr", "gg", "i2p", "info",
    "invalid", "io", "ir", "is", "link", "live", "ly", "me", "media", "net", "news", "nl", "one", "onion", "online",
    "onl", "org", "page", "pk", "pro", "pw", "ru", "sh", "site", "space", "su", "test", "tk", "to", "top", "tr", "tv",
    "ua", "uk", "us", "vip", "website", "world", "ws", "xyz",
];

/// Schemes that act without `//`.
const BARE_SCHEMES: &[&str] =
    &["blob", "data", "file", "intent", "javascript", "magnet", "mailto", "sms", "tel", "tg", "vbscript", "xmpp"];

/// `text` with every character that reorders, hides or ends text made visible (`[U+202E]`), control characters
/// replaced, and line ends as `\n`. Joiners that Persian and Arabic spelling needs stay.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\n' | '\t' => out.push(c),
            '\r' => {
                if characters.peek() != Some(&'\n') {
                    out.push('\n');
                }
            }
            '\u{2028}' | '\u{2029}' => out.push('\n'),
            // Embeddings, overrides and isolates would reorder the page around them; tag characters carry hidden text.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{e0000}'..='\u{e007f}' => {
                out.push_str(&format!("[U+{:04X}]", u32::from(c)));
            }
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// One line: [`visible`], with runs of white space as one space.
pub(crate) fn one_line(text: &str) -> String {
    visible(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `text` with every web address, onion name and script address made dead: `hxxps://host[.]example/path`. Doing it
/// twice changes nothing more.
pub fn defang(text: &str) -> String {
    defang_hosts(&defang_schemes(text))
}

/// A whole address on one line, made dead.
pub(crate) fn defang_address(address: &str) -> String {
    defang(&one_line(address))
}

/// What readers are shown of any text that we did not write ourselves.
pub(crate) fn safe(text: &str) -> String {
    defang(&visible(text))
}

fn defang_schemes(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(colon) = rest.find(':') {
        let (before, after) = rest.split_at(colon);
        let is_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-');
        let scheme = &before[before.trim_end_matches(is_scheme).len()..];
        let head = &before[..before.len() - scheme.len()];
        out.push_str(head);
        let tail = &after[1..];
        if let Some(authority_on) = after.strip_prefix("://").filter(|_| !scheme.is_empty()) {
            push_scheme_dead(&mut out, scheme);
            let end = authority_on.find(ends_authority).unwrap_or(authority_on.len());
            let (authority, path) = authority_on.split_at(end);
            push_dots_dead(&mut out, authority);
            rest = path;
        } else {
            let live = BARE_SCHEMES.contains(&scheme.to_ascii_lowercase().as_str())
                && tail.chars().next().is_some_and(|c| !c.is_whitespace());
            out.push_str(scheme);
            out.push_str(if live { "[:]" } else { ":" });
            rest = tail;
        }
    }
    out.push_str(rest);
    out
}

/// The scheme and `://`. A word that runs into `http` is no scheme of its own: `seehttps://` is still an address.
fn push_scheme_dead(out: &mut String, scheme: &str) {
    const DEAD: [(&str, &str); 6] =
        [("https", "hxxps"), ("hxxps", "hxxps"), ("http", "hxxp"), ("hxxp", "hxxp"), ("ftp", "fxp"), ("fxp", "fxp")];
    let lower = scheme.to_ascii_lowercase();
    match DEAD.iter().find(|(live, _)| lower.ends_with(live)) {
        Some((live, dead)) => {
            out.push_str(&scheme[..scheme.len() - live.len()]);
            out.push_str(&format!("{dead}://"));
        }
        None => out.push_str(&format!("{scheme}[://]")),
    }
}

fn ends_authority(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '/' | '?' | '#' | '\\' | '<' | '>' | '"' | '\'' | '“' | '”' | '«' | '»' | '|' | ',')
}

fn push_dots_dead(out: &mut String, host: &str) {
    let mut before = None;
    let mut characters = host.chars().peekable();
    while let Some(c) = characters.next() {
        let dead_already = before == Some('[') && characters.peek() == Some(&']');
        if c == '.' && !dead_already {
            out.push_str("[.]");
        } else {
            out.push(c);
        }
        before = Some(c);
    }
}

fn defang_hosts(text: &str) -> String {
    let in_host = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(start) = rest.find(in_host) {
        out.push_str(&rest[..start]);
        let run_on = &rest[start..];
        let (run, after) = run_on.split_at(run_on.find(|c| !in_host(c)).unwrap_or(run_on.len()));
        let host = run.trim_end_matches('.');
        if is_host(host, after) {
            push_dots_dead(&mut out, host);
            out.push_str(&run[host.len()..]);
        } else {
            out.push_str(run);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

fn is_host(host: &str, after: &str) -> bool {
    let labels: Vec<&str> = host.split('.').collect();
    let Some(end) = labels.last().filter(|_| labels.len() > 1 && labels.iter().all(|l| !l.is_empty())) else {
        return false;
    };
    let mut next = after.chars();
    let (first, second) = (next.next(), next.next());
    let goes_on = match first {
        Some('/') => second.is_some_and(|c| !c.is_whitespace()),
        Some(':') => second.is_some_and(|c| c.is_ascii_digit()),
        _ => false,
    };
    let lower = end.to_lowercase();
    let ipv4 = labels.len() == 4 && labels.iter().all(|label| label.parse::<u8>().is_ok());
    let word_end = lower.chars().count() > 1 && lower.chars().all(char::is_alphabetic);
    HOST_ENDS.contains(&lower.as_str())
        || labels.first().is_some_and(|label| label.eq_ignore_ascii_case("www"))
        || (goes_on && (word_end || ipv4 || lower.starts_with("xn--")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_are_dead_and_prose_stays() {
        for (given, expected) in [
            ("see https://lantern.example/a.b?x=1.", "see hxxps://lantern[.]example/a.b?x=1."),
            ("HTTP://USER@Host.Example:8080/", "hxxp://USER@Host[.]Example:8080/"),
            ("www.lantern.zone and t.me/wick", "www[.]lantern[.]zone and t[.]me/wick"),
            ("abcdefgh.onion", "abcdefgh[.]onion"),
            ("192.0.2.7/x and 192.0.2.7:80 but 3.14/2", "192[.]0[.]2[.]7/x and 192[.]0[.]2[.]7:80 but 3.14/2"),
            ("javascript:alert(1) and the data: three", "javascript[:]alert(1) and the data: three"),
            ("JavaScript:alert(1)", "JavaScript[:]alert(1)"),
            ("tg://resolve?domain=wick", "tg[://]resolve?domain=wick"),
            ("رابطhttps://lantern.example", "رابطhxxps://lantern[.]example"),
            ("u=https://a.example/http://b.example", "u=hxxps://a[.]example/hxxp://b[.]example"),
            ("write to desk@lantern.example", "write to desk@lantern[.]example"),
            ("e.g. a.t.t.4.c.k at 10:30, v1.2, The End.Next", "e.g. a.t.t.4.c.k at 10:30, v1.2, The End.Next"),
            ("", ""),
        ] {
            assert_eq!(defang(given), expected);
        }
    }

    #[test]
    fn reordering_and_control_characters_are_shown() {
        assert_eq!(visible("a\u{202e}b\u{2066}c"), "a[U+202E]b[U+2066]c");
        assert_eq!(visible("x\0y\r\nz\rq\u{2028}r"), "x\u{fffd}y\nz\nq\nr");
        assert_eq!(visible("می\u{200c}کنیم"), "می\u{200c}کنیم", "joiners are spelling");
        assert_eq!(one_line(" a\n b\tc "), "a b c");
    }

    proptest! {
        #[test]
        fn making_text_safe_twice_changes_nothing_more(text in "[a-c.:/\\[\\] hxpt]{0,40}|\\PC{0,40}") {
            let once = safe(&text);
            prop_assert_eq!(safe(&once), once);
        }

        #[test]
        fn no_live_web_address_survives(
            before in "[a-z ،\"(]{0,6}",
            scheme in "https?|HTTPS?|ftp|tg|matrix",
            host in "[a-z0-9-]{1,8}(\\.[a-z]{2,6}){1,3}",
        ) {
            let dead = defang(&format!("{before}{scheme}://{host}/x"));
            let shown = dead.to_lowercase();
            prop_assert!(!shown.contains("http") && !shown.contains("ftp://"), "{}", dead);
            prop_assert!(!dead.contains(&host), "{}", dead);
        }
    }
}
