//! Dates in nine languages and three calendars, against Tuesday 3 March 2026, 10:00.

use jiff::civil::{DateTime, date};
use vedette_text::dates::{expand_days, find_dates, write_date};

fn reference() -> DateTime {
    date(2026, 3, 3).at(10, 0, 0, 0)
}

/// Findings as `text=value`, with the kind where it is not a date.
fn found(text: &str, lang: &str) -> String {
    let all: Vec<String> = find_dates(text, lang, reference())
        .into_iter()
        .map(|found| {
            assert_eq!(text.get(found.start..found.end), Some(found.text.as_str()));
            let kind = if found.kind == "DATE" { String::new() } else { format!("{}:", found.kind) };
            format!("{}={kind}{}", found.text, found.value)
        })
        .collect();
    all.join(" | ")
}

fn check(cases: &[(&str, &str, &str)]) {
    let mut wrong = Vec::new();
    for (lang, text, expected) in cases {
        let got = found(text, lang);
        if got != *expected {
            wrong.push(format!("{lang}: {text}\n  expected {expected}\n  got      {got}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn absolute_dates_are_found_in_every_language() {
    check(&[
        ("en", "on 2026-03-14 at Kelmora", "2026-03-14=2026-03-14"),
        ("en", "the 12 March 2026 match", "12 March 2026=2026-03-12"),
        ("en", "March 12, 2026 in Tessgate", "March 12, 2026=2026-03-12"),
        ("en", "March 12th", "March 12th=2026-03-12"),
        ("en", "the 1st of April", "1st of April=2026-04-01"),
        ("en", "from 12 to 14 March 2026", "12 to 14 March 2026=2026-03-12"),
        ("en", "Saturday, 14 March 2026", "Saturday, 14 March 2026=2026-03-14"),
        ("en", "12/03/2026 and 03/25/2026", "12/03/2026=2026-03-12 | 03/25/2026=2026-03-25"),
        ("en", "in March 2027", "March 2027=2027-03"),
        ("en", "in April", "April=2026-04"),
        ("en", "since 2019, in 2024", "2019=2019 | 2024=2024"),
        ("de", "am 12. März 2026", "12. März 2026=2026-03-12"),
        ("de", "am Samstag, dem 14. März", "Samstag, dem 14. März=2026-03-14"),
        ("de", "12.03.2026", "12.03.2026=2026-03-12"),
        ("fr", "le 1er mai 2026", "1er mai 2026=2026-05-01"),
        ("fr", "samedi 14 mars 2026", "samedi 14 mars 2026=2026-03-14"),
        ("es", "el 12 de marzo de 2026", "12 de marzo de 2026=2026-03-12"),
        ("ru", "12 марта 2026 года", "12 марта 2026 года=2026-03-12"),
        ("ru", "в субботу, 14 марта", "субботу, 14 марта=2026-03-14"),
        ("tr", "12 Mart 2026 Perşembe", "12 Mart 2026=2026-03-12 | Perşembe=2026-03-05"),
        ("tr", "12 Mart'ta", "12 Mart=2026-03-12"),
        ("ar", "يوم السبت 14 مارس 2026", "يوم السبت 14 مارس 2026=2026-03-14"),
        ("ar", "في ١٢ آذار/مارس ٢٠٢٦", "١٢ آذار/مارس ٢٠٢٦=2026-03-12"),
        ("ar", "12 كانون الثاني 2026", "12 كانون الثاني 2026=2026-01-12"),
        ("fa", "۱۲ مارس ۲۰۲۶", "۱۲ مارس ۲۰۲۶=2026-03-12"),
        ("ur", "12 مارچ 2026", "12 مارچ 2026=2026-03-12"),
    ]);
}

#[test]
fn both_hijri_calendars_convert() {
    check(&[
        ("ar", "3 رمضان 1447 هـ", "3 رمضان 1447 هـ=2026-02-20"),
        ("en", "on 15 Ramadan 1447", "15 Ramadan 1447=2026-03-04"),
        ("fa", "۱۲ اسفند ۱۴۰۴", "۱۲ اسفند ۱۴۰۴=2026-03-03"),
        ("fa", "شنبه ۲۴ اسفند", "شنبه ۲۴ اسفند=2026-03-15"),
        ("fa", "۱۴۰۴/۱۲/۱۲", "۱۴۰۴/۱۲/۱۲=2026-03-03"),
        ("ar", "عام 1447 هـ", "عام 1447 هـ=2025-06-27/2026-06-16"),
    ]);
    let calendars: Vec<_> = ["3 رمضان 1447", "14 مارس 2026"]
        .iter()
        .flat_map(|text| find_dates(text, "ar", reference()))
        .map(|found| found.calendar)
        .collect();
    assert_eq!(calendars, ["hijri", "gregorian"]);
}

#[test]
fn relative_days_count_from_the_reference() {
    check(&[
        (
            "en",
            "today, tomorrow and the day after tomorrow",
            "today=2026-03-03 | tomorrow=2026-03-04 | day after tomorrow=2026-03-05",
        ),
        ("en", "we march on Saturday", "Saturday=2026-03-07"),
        ("en", "They attacked on Saturday", "Saturday=2026-02-28"),
        ("en", "next Tuesday", "next Tuesday=2026-03-10"),
        ("en", "last Saturday", "last Saturday=2026-02-28"),
        ("en", "this weekend", "this weekend=2026-W10-WE"),
        ("en", "next week and next month", "next week=2026-W11 | next month=2026-04"),
        ("en", "in 3 days", "in 3 days=2026-03-06"),
        ("en", "two weeks ago", "two weeks ago=2026-02-17"),
        ("en", "within the coming days", "within the coming days=DURATION:PXD"),
        ("en", "within the next 48 hours", "within the next 48 hours=DURATION:PT48H"),
        ("de", "übermorgen oder nächsten Samstag", "übermorgen=2026-03-05 | nächsten Samstag=2026-03-07"),
        ("de", "morgen. Guten Morgen!", "morgen=2026-03-04"),
        ("de", "in drei Tagen, vor zwei Wochen", "in drei Tagen=2026-03-06 | vor zwei Wochen=2026-02-17"),
        ("fr", "après-demain, samedi prochain", "après-demain=2026-03-05 | samedi prochain=2026-03-07"),
        (
            "fr",
            "aujourd'hui, dans trois jours, il y a deux jours",
            "aujourd'hui=2026-03-03 | dans trois jours=2026-03-06 | il y a deux jours=2026-03-01",
        ),
        ("es", "pasado mañana y el próximo sábado", "pasado mañana=2026-03-05 | próximo sábado=2026-03-07"),
        ("es", "la semana que viene", "semana que viene=2026-W11"),
        ("ru", "послезавтра, в следующую субботу", "послезавтра=2026-03-05 | следующую субботу=2026-03-07"),
        ("ru", "через три дня, неделю назад", "через три дня=2026-03-06 | неделю назад=2026-02-24"),
        (
            "tr",
            "yarın, gelecek hafta, 3 gün sonra",
            "yarın=2026-03-04 | gelecek hafta=2026-W11 | 3 gün sonra=2026-03-06",
        ),
        ("ar", "غدا وبعد غد", "غدا=2026-03-04 | بعد غد=2026-03-05"),
        ("ar", "السبت القادم، الأسبوع المقبل", "السبت القادم=2026-03-07 | الأسبوع المقبل=2026-W11"),
        ("ar", "بعد ثلاثة أيام وقبل أسبوعين", "بعد ثلاثة أيام=2026-03-06 | قبل أسبوعين=2026-02-17"),
        ("ar", "خلال الأيام القادمة", "خلال الأيام القادمة=DURATION:PXD"),
        ("fa", "فردا و پس‌فردا", "فردا=2026-03-04 | پس‌فردا=2026-03-05"),
        (
            "fa",
            "شنبه آینده، هفته آینده، ۳ روز پیش",
            "شنبه آینده=2026-03-07 | هفته آینده=2026-W11 | ۳ روز پیش=2026-02-28",
        ),
        ("fa", "در روزهای آینده", "روزهای آینده=DURATION:PXD"),
        ("ur", "آج اور اگلے ہفتے", "آج=2026-03-03 | اگلے ہفتے=2026-W11"),
    ]);
}

#[test]
fn times_join_their_day() {
    check(&[
        ("en", "at 14:30", "at 14:30=TIME:2026-03-03T14:30"),
        ("en", "tomorrow at 5 pm", "tomorrow at 5 pm=TIME:2026-03-04T17:00"),
        ("en", "5 p.m. on Saturday", "5 p.m. on Saturday=TIME:2026-03-07T17:00"),
        ("en", "Saturday night", "Saturday night=TIME:2026-03-07TNI"),
        ("en", "tonight at 9", "tonight=TIME:2026-03-03TNI"),
        ("en", "2026-03-14T14:30", "2026-03-14T14:30=TIME:2026-03-14T14:30"),
        ("de", "heute Abend um 20 Uhr", "heute Abend um 20 Uhr=TIME:2026-03-03T20:00"),
        ("fr", "samedi à 18h30", "samedi à 18h30=TIME:2026-03-07T18:30"),
        ("ru", "завтра в 5 часов вечера", "завтра в 5 часов вечера=TIME:2026-03-04T17:00"),
        ("ar", "مساء السبت", "مساء السبت=TIME:2026-03-07TEV"),
        ("ar", "غدا الساعة 5 مساء", "غدا الساعة 5 مساء=TIME:2026-03-04T17:00"),
        ("fa", "فردا شب", "فردا شب=TIME:2026-03-04TNI"),
        ("fa", "ساعت ۱۴", "ساعت ۱۴=TIME:2026-03-03T14:00"),
        ("tr", "yarın saat 14.30", "yarın saat 14.30=TIME:2026-03-04T14:30"),
    ]);
}

#[test]
fn what_recurs_is_a_set_and_a_length_a_duration() {
    check(&[
        ("en", "every Saturday for three days", "every Saturday=SET:XXXX-WXX-6 | three days=DURATION:P3D"),
        ("de", "jeden Freitag", "jeden Freitag=SET:XXXX-WXX-5"),
        ("ru", "каждую субботу", "каждую субботу=SET:XXXX-WXX-6"),
        ("ar", "كل يوم", "كل يوم=SET:P1D"),
        ("tr", "her hafta", "her hafta=SET:P1W"),
    ]);
}

#[test]
fn ordinary_words_and_numbers_are_no_dates() {
    check(&[
        ("en", "You may march if the sun shines, he sat second at last.", ""),
        ("en", "version 1.2.2026.4 beta 10.0.12.2026, 3:1 win, 2026 tickets", ""),
        ("en", "call 555-12-2026 or +1 03/04", ""),
        ("de", "Guten Morgen, so ein Tag", ""),
        ("es", "por la mañana", ""),
        ("ar", "أحد الرجال ثم قال", ""),
        ("fa", "تیر و کمان با مهر", ""),
        ("en", "", ""),
    ]);
}

#[test]
fn intervals_are_half_open() {
    let interval = |text: &str| {
        let all = find_dates(text, "en", reference());
        all.first().and_then(|found| Some(format!("{} {}", found.from?, found.to?)))
    };
    assert_eq!(interval("12-14 March 2026").as_deref(), Some("2026-03-12T00:00:00 2026-03-15T00:00:00"));
    assert_eq!(interval("this weekend").as_deref(), Some("2026-03-07T00:00:00 2026-03-09T00:00:00"));
    assert_eq!(interval("within 3 days").as_deref(), Some("2026-03-03T10:00:00 2026-03-06T10:00:00"));
    assert_eq!(interval("next month").as_deref(), Some("2026-04-01T00:00:00 2026-05-01T00:00:00"));
    assert_eq!(interval("three days"), None);
}

#[test]
fn a_written_date_is_read_back_in_its_language() {
    for lang in ["en", "ar", "fa", "ur", "ru", "de", "fr", "es", "tr"] {
        for month in 1..=12 {
            for day in [1, 5, 28] {
                let day = date(2026, month, day);
                let text = write_date(day, lang);
                let values: Vec<String> =
                    find_dates(&text, lang, reference()).into_iter().map(|found| found.value).collect();
                assert_eq!(values, [day.to_string()], "{lang}: {text}");
            }
        }
    }
}

#[test]
fn templates_expand_days_from_today() {
    let today = date(2026, 3, 3);
    let check = |template, expected| assert_eq!(expand_days(template, today), expected);
    check("{day:+11} / {date:+11:ru}", "2026-03-14 / 14 марта 2026");
    check("{date:-3:de}; {date:+0:en}", "28. Februar 2026; 3 March 2026");
    check("{date:+11:fa} {date:+11:ar}", "۱۴ مارس ۲۰۲۶ 14 مارس 2026");
    check(
        "{ {x} {day:} {day:+9999999999999999999} {date:+1} é{",
        "{ {x} {day:} {day:+9999999999999999999} {date:+1} é{",
    );
}
