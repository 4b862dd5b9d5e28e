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
        ("en", "tonight at 9", "tonight at 9=TIME:2026-03-03T21:00"),
        ("en", "2026-03-14T14:30", "2026-03-14T14:30=TIME:2026-03-14T14:30"),
        ("de", "heute Abend um 20 Uhr", "heute Abend um 20 Uhr=TIME:2026-03-03T20:00"),
        ("fr", "samedi à 18h30", "samedi à 18h30=TIME:2026-03-07T18:30"),
        ("ru", "завтра в 5 часов вечера", "завтра в 5 часов вечера=TIME:2026-03-04T17:00"),
        ("ar", "مساء السبت", "مساء السبت=TIME:2026-03-07TEV"),
        ("ar", "غدا الساعة 5 مساء", "غدا الساعة 5 مساء=TIME:2026-03-04T17:00"),
        ("fa", "فردا شب", "فردا شب=TIME:2026-03-04TNI"),
        ("fa", "ساعت ۱۴", "ساعت ۱۴=TIME:2026-03-03T14:00"),
        ("tr", "yarın saat 14.30", "yarın saat 14.30=TIME:2026-03-04T14:30"),
        ("tr", "Cumartesi 5'te, 2026'da", "Cumartesi 5'te=TIME:2026-03-07T05:00 | 2026=2026"),
        ("fr", "à trois heures et quart", "à trois heures et quart=TIME:2026-03-03T03:15"),
        ("de", "um halb acht", "um halb acht=TIME:2026-03-03T07:30"),
        ("en", "half past three on Friday", "half past three on Friday=TIME:2026-03-06T03:30"),
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
fn months_of_every_region_and_calendar_are_known() {
    check(&[
        ("en", "10 Ramadan 1448 AH", "10 Ramadan 1448 AH=2027-02-17"),
        ("ar", "10 رمضان 1448هـ", "10 رمضان 1448هـ=2027-02-17"),
        ("ur", "۱۰ رمضان ۱۴۴۸ ہجری", "۱۰ رمضان ۱۴۴۸ ہجری=2027-02-17"),
        ("fa", "۲۴ اسفند ۱۴۰۵", "۲۴ اسفند ۱۴۰۵=2027-03-15"),
        ("fa", "۲۴ اسفندماه", "۲۴ اسفندماه=2026-03-15"),
        ("fa", "بیست و چهارم اسفند ۱۴۰۵", "بیست و چهارم اسفند ۱۴۰۵=2027-03-15"),
        ("ar", "12 غشت 2026 و 3 شتنبر", "12 غشت 2026=2026-08-12 | 3 شتنبر=2026-09-03"),
        ("ar", "12 جويلية 2026", "12 جويلية 2026=2026-07-12"),
        ("ar", "30 مايو (أيار) 2026", "30 مايو (أيار) 2026=2026-05-30"),
        ("ar", "الثاني عشر من آذار", "الثاني عشر من آذار=2026-03-12"),
        ("ar", "الخامس والعشرين من نيسان", "الخامس والعشرين من نيسان=2026-04-25"),
        ("en", "this Ramadan", "this Ramadan=2026-02-18/2026-03-19"),
        ("en", "Ramadan 2027", "Ramadan 2027=2027-02-08/2027-03-09"),
        ("de", "am einundzwanzigsten März", "einundzwanzigsten März=2026-03-21"),
        ("fr", "vingt et un mars", "vingt et un mars=2026-03-21"),
        ("es", "treinta y uno de marzo", "treinta y uno de marzo=2026-03-31"),
        ("ru", "двадцать пятого марта", "двадцать пятого марта=2026-03-25"),
        ("de", "12. March 2026 or 13 April", "12. March 2026=2026-03-12 | 13 April=2026-04-13"),
        ("fa", "بهار ۱۴۰۵، سال آینده", "بهار ۱۴۰۵=2026-03-21/2026-06-21 | سال آینده=2026-03-21/2027-03-20"),
    ]);
}

#[test]
fn feasts_fall_on_their_next_day() {
    check(&[
        ("en", "Christmas Eve and New Year's Eve", "Christmas Eve=2026-12-24 | New Year's Eve=2026-12-31"),
        ("en", "last Easter, Easter 2027", "last Easter=2025-04-20 | Easter 2027=2027-03-28"),
        ("en", "Ashura, Arba'een, Nowruz", "Ashura=2026-06-26 | Arba'een=2026-08-05 | Nowruz=2026-03-21"),
        ("en", "two weeks before Christmas", "two weeks before Christmas=2026-12-11"),
        ("de", "an Heiligabend, am Ostermontag", "Heiligabend=2026-12-24 | Ostermontag=2026-04-06"),
        ("fr", "la veille de Noël", "veille de Noël=2026-12-24"),
        ("es", "en Nochebuena", "Nochebuena=2026-12-24"),
        ("ru", "на Новый год", "Новый год=2027-01-01"),
        ("tr", "Kurban Bayramı", "Kurban Bayramı=2026-05-27"),
        ("ar", "عيد الأضحى", "عيد الأضحى=2026-05-27"),
        ("fa", "عید فطر و نوروز ۱۴۰۵", "عید فطر=2026-03-20 | نوروز ۱۴۰۵=2026-03-21"),
        ("ur", "عید الفطر", "عید الفطر=2026-03-20"),
    ]);
}

#[test]
fn longer_stretches_have_their_values() {
    check(&[
        ("en", "third-quarter results", "third-quarter=2025-Q3"),
        ("en", "the first quarter of 2027", "first quarter of 2027=2027-Q1"),
        (
            "en",
            "Profit rose in the fourth quarter from a year earlier.",
            "fourth quarter=2025-Q4 | a year earlier=2024-Q4",
        ),
        ("en", "this summer, next winter", "this summer=2026-SU | next winter=2026-WI"),
        ("en", "in the 1990s, the nineties, the 20th century", "1990s=199 | nineties=199 | 20th century=19"),
        ("en", "early next year, at the end of the month", "early next year=2027 | end of the month=2026-03"),
        ("en", "the 1990 treaty, since 1972, between 1985 and 1987", "1990=1990 | 1972=1972 | 1985 and 1987=1985"),
        ("en", "in nineteen ninety-six", "nineteen ninety-six=1996"),
        ("en", "the first Monday of May", "first Monday of May=2026-05-04"),
        ("en", "the last week of July", "last week of July=2026-W31"),
        ("de", "im dritten Quartal 2026, in den 90er Jahren", "dritten Quartal 2026=2026-Q3 | 90er Jahren=199"),
        ("de", "Ende nächster Woche, diesen Sommer", "Ende nächster Woche=2026-W11 | diesen Sommer=2026-SU"),
        ("fr", "au troisième trimestre 2026, cet été", "troisième trimestre 2026=2026-Q3 | cet été=2026-SU"),
        ("es", "el primer lunes de mayo", "primer lunes de mayo=2026-05-04"),
        ("ru", "в 90-е годы, этим летом", "90-е годы=199 | этим летом=2026-SU"),
        ("tr", "Mart sonunda, bu yaz", "Mart sonunda=2026-03 | bu yaz=2026-SU"),
        ("ar", "الربع الثالث من عام 2026", "الربع الثالث من عام 2026=2026-Q3"),
        ("ar", "الأسبوع الأول من مارس", "الأسبوع الأول من مارس=2026-W10"),
    ]);
}

#[test]
fn ranges_are_one_finding() {
    check(&[
        ("en", "12–16 December 2026", "12–16 December 2026=2026-12-12"),
        ("en", "between 4 and 16 April", "4 and 16 April=2026-04-04"),
        ("en", "from 28 December to 3 January 2027", "28 December to 3 January 2027=2026-12-28"),
        ("de", "vom 12. bis 16. April", "12. bis 16. April=2026-04-12"),
        ("fr", "du 12 au 16 décembre 2026", "12 au 16 décembre 2026=2026-12-12"),
        ("es", "del 4 al 16 de diciembre de 2026", "4 al 16 de diciembre de 2026=2026-12-04"),
        ("ru", "с 12 по 16 декабря 2026 года", "12 по 16 декабря 2026 года=2026-12-12"),
        ("ar", "من 4 إلى 16 ديسمبر 2026", "4 إلى 16 ديسمبر 2026=2026-12-04"),
        ("ar", "بين 12 و16 أبريل", "12 و16 أبريل=2026-04-12"),
        ("tr", "12-16 Aralık 2026", "12-16 Aralık 2026=2026-12-12"),
        ("tr", "15 Mart'tan 20 Mart'a kadar", "15 Mart'tan 20 Mart'a kadar=2026-03-15"),
        ("en", "Monday to Friday", "Monday to Friday=2026-03-09"),
        ("en", "Saturday from 3 to 5 pm", "Saturday from 3 to 5 pm=TIME:2026-03-07T15:00"),
    ]);
}

#[test]
fn a_relative_day_and_its_weekday_agree() {
    check(&[
        ("en", "today (Monday)", "today (Monday)=2026-03-02"),
        ("ar", "اليوم الأحد، أمس السبت", "اليوم الأحد=2026-03-01 | أمس السبت=2026-02-28"),
        ("fa", "امروز سه‌شنبه ۱۲ اسفند", "امروز سه‌شنبه ۱۲ اسفند=2026-03-03"),
        ("en", "next week on Tuesday", "next week on Tuesday=2026-03-10"),
        ("de", "übernächste Woche Montag", "übernächste Woche Montag=2026-03-16"),
        ("ar", "الأسبوع المقبل يوم الثلاثاء", "الأسبوع المقبل يوم الثلاثاء=2026-03-10"),
        ("en", "On 5 March they met. Two days later they left.", "5 March=2026-03-05 | Two days later=2026-03-07"),
    ]);
}

#[test]
fn lengths_and_vague_times_keep_to_their_words() {
    check(&[
        ("en", "for twenty-four hours", "twenty-four hours=DURATION:PT24H"),
        ("en", "one hundred and twenty days", "one hundred and twenty days=DURATION:P120D"),
        ("en", "recent years, two and a half years", "recent years=DURATION:PXY | two and a half years=DURATION:P2.5Y"),
        ("en", "in a couple of days", "in a couple of days=2026-03-05"),
        ("en", "half an hour ago", "half an hour ago=TIME:2026-03-03T09:30"),
        ("de", "in vierundzwanzig Stunden", "in vierundzwanzig Stunden=TIME:2026-03-04T10:00"),
        ("fr", "quatre-vingt-dix jours", "quatre-vingt-dix jours=DURATION:P90D"),
        ("ar", "خلال أربع وعشرين ساعة", "خلال أربع وعشرين ساعة=DURATION:PT24H"),
        ("tr", "yirmi dört saat içinde", "yirmi dört saat içinde=DURATION:PT24H"),
        ("en", "soon, these days, recently", "soon=FUTURE_REF | these days=PRESENT_REF | recently=PAST_REF"),
        ("ur", "آنے والے دنوں میں", "آنے والے دنوں=DURATION:PXD"),
        ("fr", "dans les jours à venir", "dans les jours à venir=DURATION:PXD"),
        ("ru", "в ближайшие дни", "ближайшие дни=DURATION:PXD"),
        ("de", "jeden Freitag um 18 Uhr", "jeden Freitag um 18 Uhr=SET:XXXX-WXX-5T18"),
    ]);
}

#[test]
fn counts_prices_and_titles_are_no_dates() {
    check(&[
        ("en", "a crowd of 2000 people, 1500 shares at 11.50 dollars", ""),
        ("en", "rose 19.2 to 2,010.5 points; $2000; room 1990b", ""),
        ("en", "the fall of Kelmora, a spring in his step, he may march", ""),
        ("en", "the 5th floor of the second house", ""),
        ("fa", "امام جمعه کلمورا", ""),
        ("ru", "в последний день визита", ""),
        ("ur", "حضرت پیر نے کہا", ""),
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
    assert_eq!(interval("from 4 to 16 December 2026").as_deref(), Some("2026-12-04T00:00:00 2026-12-17T00:00:00"));
    assert_eq!(interval("before dawn on Friday").as_deref(), Some("2026-03-06T00:00:00 2026-03-06T07:00:00"));
    assert_eq!(interval("tomorrow from 3 to 5 pm").as_deref(), Some("2026-03-04T15:00:00 2026-03-04T17:00:00"));
    assert_eq!(interval("soon").as_deref(), Some("2026-03-03T10:00:00 2026-03-17T10:00:00"));
    assert_eq!(interval("in the coming days").as_deref(), Some("2026-03-03T10:00:00 2026-03-10T10:00:00"));
    assert_eq!(interval("late March").as_deref(), Some("2026-03-22T00:00:00 2026-04-01T00:00:00"));
    assert_eq!(interval("Eid al-Fitr").as_deref(), Some("2026-03-20T00:00:00 2026-03-23T00:00:00"));
}

#[test]
fn unknown_languages_still_have_figures() {
    for lang in ["und", "sw", "", "zz"] {
        assert_eq!(found("14/03/2026 na 2026-03-15", lang), "14/03/2026=2026-03-14 | 2026-03-15=2026-03-15", "{lang}");
    }
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
