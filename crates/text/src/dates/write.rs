//! Dates as people write them, and templates that speak of days from today: the demo's posts are always about next week.

use super::calendar::add_days;
use jiff::civil::Date;

/// Month names as they stand between day and year.
const MONTHS: [(&str, [&str; 12]); 9] = [
    (
        "en",
        [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
    ),
    (
        "ar",
        ["يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"],
    ),
    ("fa", ["ژانویه", "فوریه", "مارس", "آوریل", "مه", "ژوئن", "ژوئیه", "اوت", "سپتامبر", "اکتبر", "نوامبر", "دسامبر"]),
    ("ur", ["جنوری", "فروری", "مارچ", "اپریل", "مئی", "جون", "جولائی", "اگست", "ستمبر", "اکتوبر", "نومبر", "دسمبر"]),
    (
        "ru",
        [
            "января",
            "февраля",
            "марта",
            "апреля",
            "мая",
            "июня",
            "июля",
            "августа",
            "сентября",
            "октября",
            "ноября",
            "декабря",
        ],
    ),
    (
        "de",
        [
            "Januar",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ],
    ),
    (
        "fr",
        [
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ],
    ),
    (
        "es",
        [
            "enero",
            "febrero",
            "marzo",
            "abril",
            "mayo",
            "junio",
            "julio",
            "agosto",
            "septiembre",
            "octubre",
            "noviembre",
            "diciembre",
        ],
    ),
    (
        "tr",
        ["Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos", "Eylül", "Ekim", "Kasım", "Aralık"],
    ),
];

/// A Gregorian date in words: `12 March 2026`, `12. März 2026`, `12 марта 2026`. Languages without a table get English.
pub fn write_date(date: Date, lang: &str) -> String {
    let known = MONTHS.iter().find(|(code, _)| *code == lang).or_else(|| MONTHS.first());
    let month = known.and_then(|(_, names)| names.get(usize::from(date.month().unsigned_abs()).wrapping_sub(1)));
    let month = month.copied().unwrap_or_default();
    let (day, year) = (date.day(), date.year());
    match lang {
        "de" => format!("{day}. {month} {year}"),
        "fr" if day == 1 => format!("1er {month} {year}"),
        "es" => format!("{day} de {month} de {year}"),
        "fa" | "ur" => persian_digits(&format!("{day} {month} {year}")),
        _ => format!("{day} {month} {year}"),
    }
}

fn persian_digits(text: &str) -> String {
    let digit = |ch: char| ch.to_digit(10).and_then(|value| char::from_u32(0x6f0 + value)).unwrap_or(ch);
    text.chars().map(digit).collect()
}

/// Replaces `{day:+11}` by an ISO date and `{date:+11:ru}` by a written one, counted from `today`. What is no such
/// placeholder stays as it is.
pub fn expand_days(template: &str, today: Date) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let (before, placeholder) = rest.split_at(open);
        out.push_str(before);
        // A brace further away belongs to something else.
        let close = placeholder.bytes().take(24).position(|byte| byte == b'}');
        let expanded = close.and_then(|close| Some((expand(placeholder.get(1..close)?, today)?, close + 1)));
        match expanded {
            Some((text, used)) => {
                out.push_str(&text);
                rest = placeholder.get(used..).unwrap_or_default();
            }
            None => {
                out.push('{');
                rest = placeholder.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

fn expand(inside: &str, today: Date) -> Option<String> {
    let mut parts = inside.split(':');
    let (kind, offset, lang) = (parts.next()?, parts.next()?, parts.next());
    let date = add_days(today, offset.parse().ok()?)?;
    match (kind, lang, parts.next()) {
        ("day", None, None) => Some(date.to_string()),
        ("date", Some(lang), None) => Some(write_date(date, lang)),
        _ => None,
    }
}
