//! How times, languages, distances and addresses are written on the pages.

use std::borrow::Borrow;

use jiff::Timestamp;
use vedette_core::{Level, LikenessKind, LikenessView};

/// A moment as pages show it: in UTC, with how long ago it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct When {
    /// For machines.
    pub(crate) iso: String,
    /// `2026-11-20 12:00 UTC`.
    pub(crate) at: String,
    /// `3 h ago`.
    pub(crate) ago: String,
}

impl When {
    /// `at` as seen from `now`.
    pub(crate) fn of(at: Timestamp, now: Timestamp) -> Self {
        Self { iso: at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(), at: utc(at), ago: ago(at, now) }
    }
}

/// `2026-11-20 12:00 UTC`.
pub(crate) fn utc(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// `2026-11-20 12:00:07 UTC`: evidence needs the second.
pub(crate) fn utc_seconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// How long ago, or how far ahead, in the largest unit that says enough.
pub(crate) fn ago(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second().saturating_sub(at.as_second());
    let span = match seconds.unsigned_abs() {
        0..60 => return "just now".to_owned(),
        s @ 60..3_600 => format!("{} min", s / 60),
        s @ 3_600..86_400 => format!("{} h", s / 3_600),
        s if s < 2 * 86_400 => "1 day".to_owned(),
        s => format!("{} days", s / 86_400),
    };
    if seconds >= 0 { format!("{span} ago") } else { format!("in {span}") }
}

/// How long after the first, for the order of spread.
pub(crate) fn lag(first: Timestamp, at: Timestamp) -> String {
    let seconds = at.as_second().saturating_sub(first.as_second()).max(0);
    match seconds {
        0..60 => format!("+{seconds} s"),
        60..3_600 => format!("+{} min", seconds / 60),
        3_600..172_800 => format!("+{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("+{} d {} h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}

/// The English name of a language, else its code.
pub(crate) fn language(code: &str) -> &str {
    match code {
        "ar" => "Arabic",
        "de" => "German",
        "en" => "English",
        "es" => "Spanish",
        "fa" => "Persian",
        "fr" => "French",
        "he" => "Hebrew",
        "hi" => "Hindi",
        "id" => "Indonesian",
        "it" => "Italian",
        "ku" | "ckb" | "kmr" => "Kurdish",
        "nl" => "Dutch",
        "ps" => "Pashto",
        "pt" => "Portuguese",
        "ru" => "Russian",
        "so" => "Somali",
        "sv" => "Swedish",
        "sw" => "Swahili",
        "tg" => "Tajik",
        "tr" => "Turkish",
        "uk" => "Ukrainian",
        "ur" => "Urdu",
        "uz" => "Uzbek",
        "zh" => "Chinese",
        "und" | "" => "unknown language",
        other => other,
    }
}

/// The value of a `lang` attribute; empty tells the browser that the language is unknown.
pub(crate) fn lang(code: &str) -> &str {
    if code == "und" { "" } else { code }
}

/// A level as people read it.
pub(crate) fn level(level: impl Borrow<Level>) -> &'static str {
    match level.borrow() {
        Level::None => "none",
        Level::Low => "low",
        Level::Medium => "medium",
        Level::HighUnspecific => "high, unspecific",
        Level::HighSpecific => "high, specific",
    }
}

/// What a tier means.
pub(crate) fn tier(tier: u8) -> String {
    let meaning = match tier {
        1 => "threat to life",
        2 => "crisis: content of a perpetrator",
        3 => "official content of a designated entity",
        4 => "promotional content",
        _ => "unknown",
    };
    format!("{tier} ({meaning})")
}

/// How alike two things are, in words.
pub(crate) fn distance(likeness: &LikenessView) -> String {
    alike(likeness.kind, likeness.distance)
}

/// The same, of a kind and a distance.
pub(crate) fn alike(kind: LikenessKind, distance: f32) -> String {
    match kind {
        LikenessKind::Bytes => "the same bytes".to_owned(),
        LikenessKind::Image => format!("picture, {} of 256 bits differ", distance.round()),
        LikenessKind::Text => format!("text, {} % alike", ((1.0 - distance) * 100.0).round()),
    }
}

/// An address that nobody can click or paste by accident: `hxxps://example[.]com/x`.
pub(crate) fn defang(address: &str) -> String {
    let (scheme, rest) = match address.split_once("://") {
        Some((scheme, rest)) => (format!("{}://", scheme.replacen("tt", "xx", 1)), rest),
        None => (String::new(), address),
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = (rest.get(..end).unwrap_or(rest), rest.get(end..).unwrap_or_default());
    if host.contains("[.]") {
        return format!("{scheme}{rest}");
    }
    format!("{scheme}{}{path}", host.replace('.', "[.]"))
}

/// A text in which every full address (`scheme://host`) is defanged; the rest stays as written.
pub(crate) fn defang_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(mark) = rest.find("://") {
        let before = rest.get(..mark).unwrap_or_default();
        let scheme = before
            .rfind(|ch: char| !ch.is_ascii_alphanumeric())
            .map_or(0, |at| at + before.get(at..).and_then(|tail| tail.chars().next()).map_or(1, char::len_utf8));
        let after = rest.get(mark + 3..).unwrap_or_default();
        let end = after.find(|ch: char| ch.is_whitespace()).map_or(rest.len(), |at| mark + 3 + at);
        out.push_str(rest.get(..scheme).unwrap_or_default());
        out.push_str(&defang(rest.get(scheme..end).unwrap_or_default()));
        rest = rest.get(end..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// The first `max` characters, defanged, with `…` when something is left out.
pub(crate) fn beginning(text: &str, max: usize) -> String {
    let text = &defang_text(text);
    match text.char_indices().nth(max) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or(text).trim_end()),
        None => text.to_owned(),
    }
}

/// `1 item`, `2 items`.
pub(crate) fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// `1.4 MB`.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// A value inside a query string, percent-encoded.
pub(crate) fn encoded(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_utc_and_from_now() {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        for (at, expected) in [
            ("2026-11-20T12:00:00Z", "just now"),
            ("2026-11-20T11:58:30Z", "1 min ago"),
            ("2026-11-20T09:00:00Z", "3 h ago"),
            ("2026-11-19T09:00:00Z", "1 day ago"),
            ("2026-11-18T09:00:00Z", "2 days ago"),
            ("2026-12-01T12:00:00Z", "in 11 days"),
        ] {
            assert_eq!(ago(at.parse().unwrap(), now), expected, "{at}");
        }
        assert_eq!(When::of(now, now).at, "2026-11-20 12:00 UTC");
        assert_eq!(lag(now, "2026-11-22T13:05:00Z".parse().unwrap()), "+2 d 1 h");
        assert_eq!(lag(now, "2026-11-20T13:05:00Z".parse().unwrap()), "+1 h 5 min");
    }

    #[test]
    fn an_address_is_never_live_on_a_page() {
        assert_eq!(defang("https://a.b.example/x.html?y"), "hxxps://a[.]b[.]example/x.html?y");
        assert_eq!(defang("http://a.example"), "hxxp://a[.]example");
        assert_eq!(defang("a.example/x"), "a[.]example/x");
        assert_eq!(defang("hxxps://a[.]example/x"), "hxxps://a[.]example/x");
        for (text, shown) in [
            (
                "see https://a.example/x. Then (http://b.example) end",
                "see hxxps://a[.]example/x. Then (hxxp://b[.]example) end",
            ),
            ("اقرأ http://ب.example الآن", "اقرأ hxxp://ب[.]example الآن"),
            ("no address: a://", "no address: a://"),
            ("://x.y", "://x[.]y"),
        ] {
            assert_eq!(defang_text(text), shown);
        }
    }

    #[test]
    fn a_query_value_cannot_leave_its_place() {
        assert_eq!(encoded("a b&c=\"ر\""), "a%20b%26c%3D%22%D8%B1%22");
        assert_eq!(beginning("أهلا وسهلا", 4), "أهلا…");
    }
}
