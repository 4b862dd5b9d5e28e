//! Sentences, quotations, links and languages as an analyst expects them.

use vedette_text::language::identify;
use vedette_text::links::find_links;
use vedette_text::sentences::{quotations, sentences};

fn split(text: &str) -> Vec<&str> {
    sentences(text).into_iter().map(|span| span.of(text)).collect()
}

#[test]
fn sentences_end_where_a_reader_stops() {
    assert_eq!(split("We come. Be ready! Are you?  Yes…"), ["We come.", "Be ready!", "Are you?", "Yes…"]);
    assert_eq!(
        split("Dr. Oren of St. Kelm paid 3.5 million, e.g. in U.S. dollars."),
        ["Dr. Oren of St. Kelm paid 3.5 million, e.g. in U.S. dollars."]
    );
    assert_eq!(split("Am 12. März z.B. in Kelmora. Dann Ruhe."), ["Am 12. März z.B. in Kelmora.", "Dann Ruhe."]);
    assert_eq!(
        split("Это было в 2020 г. в городе. Потом т.е. позже."),
        ["Это было в 2020 г. в городе.", "Потом т.е. позже."]
    );
    assert_eq!(split("هل أنت هنا؟ نعم. انتهى۔ تمام"), ["هل أنت هنا؟", "نعم.", "انتهى۔", "تمام"]);
    assert_eq!(split("first line\nsecond line\n\nthird"), ["first line", "second line", "third"]);
    assert_eq!(split("He said “Go.” They went."), ["He said “Go.”", "They went."]);
    let wrapped = "this line of a printed page is longer than fifty letters and\ngoes on here.";
    assert_eq!(split(wrapped), [wrapped]);
    assert_eq!(
        split("see example.com/page.html now... or later. \n \n"),
        ["see example.com/page.html now... or later."]
    );
    assert!(split(" \n ").is_empty());
}

#[test]
fn a_post_without_stops_is_cut_at_bullets_bars_and_emoji() {
    assert_eq!(split("To bring: • rope • bread ● tea"), ["To bring:", "rope", "bread", "tea"]);
    assert_eq!(split("Kelmora | 4 December | a|b"), ["Kelmora", "4 December", "a|b"]);
    assert_eq!(split("We will be there 🔥🔥 Kelmora is next 💣"), ["We will be there 🔥🔥", "Kelmora is next 💣"]);
    assert_eq!(split("We ❤️ Kelmora and 🔥 the harbour"), ["We ❤️ Kelmora and 🔥 the harbour"]);
    assert_eq!(split("They said no. Then see No. 4."), ["They said no.", "Then see No. 4."]);
}

#[test]
fn quotations_are_found_in_all_the_marks() {
    let inside =
        |text: &'static str| quotations(text).into_iter().map(|quote| quote.inside.of(text)).collect::<Vec<_>>();
    assert_eq!(inside("He said “we come” and \"go\"."), ["we come", "go"]);
    assert_eq!(inside("„Wir kommen“, «Nous venons», »Bald«"), ["Wir kommen", "Nous venons", "Bald"]);
    assert_eq!(inside("the town’s ‘own words’ and don't 'be late'"), ["own words", "be late"]);
    assert_eq!(inside("“outer «inner» end”"), ["outer «inner» end", "inner"]);
    assert_eq!(inside("> we come\nno, you do not\n>> go\n>"), ["we come", "go"]);
    assert!(inside("an open “mark and 5\" nails").is_empty());
}

fn links(text: &str) -> String {
    let all = find_links(text).into_iter().map(|link| {
        assert_eq!(text.get(link.start..link.end), Some(link.text.as_str()));
        format!("{} {}", link.kind, link.defanged)
    });
    all.collect::<Vec<_>>().join(" | ")
}

#[test]
fn links_of_every_kind_are_found_and_defanged() {
    let onion = "a".repeat(56);
    let monero = format!("4{}", "A".repeat(46) + &"b".repeat(48));
    let cases = [
        ("see https://news.example/a?b=(c)).".to_owned(), "url hxxps://news[.]example/a?b=(c)".to_owned()),
        (
            "hxxp://bad[.]example/x and bad(dot)example".to_owned(),
            "url hxxp://bad[.]example/x | url bad[.]example".to_owned(),
        ),
        ("(www.kelmora.example)".to_owned(), "url www[.]kelmora[.]example".to_owned()),
        ("[text](https://a.example/b)".to_owned(), "url hxxps://a[.]example/b".to_owned()),
        (
            "https://a.example,https://b.example:8080/".to_owned(),
            "url hxxps://a[.]example | url hxxps://b[.]example:8080/".to_owned(),
        ),
        ("https://user:pw@a.example/x".to_owned(), "url hxxps://a[.]example/x".to_owned()),
        (
            "join t.me/+AbCd123 or t.me/joinchat/AbC".to_owned(),
            "invite t[.]me/+AbCd123 | invite t[.]me/joinchat/AbC".to_owned(),
        ),
        (
            "t.me/lantern_media t.me/s/lantern_media/12".to_owned(),
            "channel t[.]me/lantern_media | channel t[.]me/s/lantern_media/12".to_owned(),
        ),
        (
            "https://discord.gg/abc https://chat.whatsapp.com/XyZ".to_owned(),
            "invite hxxps://discord[.]gg/abc | invite hxxps://chat[.]whatsapp[.]com/XyZ".to_owned(),
        ),
        ("https://matrix.to/#/#wick:hs.example".to_owned(), "invite hxxps://matrix[.]to/#/#wick:hs.example".to_owned()),
        (
            "https://chat.example/invite/Ab12 https://chat.example/channel/wick".to_owned(),
            "invite hxxps://chat[.]example/invite/Ab12 | invite hxxps://chat[.]example/channel/wick".to_owned(),
        ),
        (format!("http://{onion}.onion/x"), format!("onion hxxp://{onion}[.]onion/x")),
        ("follow @lantern_media, @bob, mail a.b@c.example".to_owned(), "channel @lantern_media".to_owned()),
        (
            "#wick:hs.example !abc:hs.example @user:hs.example #tag".to_owned(),
            "channel #wick:hs[.]example | channel !abc:hs[.]example".to_owned(),
        ),
        ("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2".to_owned(), "wallet 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2".to_owned()),
        ("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3".to_owned(), String::new()),
        (
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4, bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5".to_owned(),
            "wallet bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4".to_owned(),
        ),
        (
            "0x52908400098527886E0F7030069857D2E4169EE7".to_owned(),
            "wallet 0x52908400098527886E0F7030069857D2E4169EE7".to_owned(),
        ),
        (monero.clone(), format!("wallet {monero}")),
        ("We won.It is over. And/or 3.14 v1.2.3 file.txt i.e. done.So".to_owned(), String::new()),
        ("تابعوا@lantern_media".to_owned(), "channel @lantern_media".to_owned()),
    ];
    for (text, expected) in &cases {
        assert_eq!(links(text), *expected, "{text}");
    }
}

#[test]
fn short_texts_show_their_language() {
    let cases = [
        ("We will be ready on Saturday", "en", "Latn"),
        ("Wir werden am Samstag bereit sein", "de", "Latn"),
        ("Nous serons prêts samedi prochain", "fr", "Latn"),
        ("Estaremos listos el próximo sábado", "es", "Latn"),
        ("Cumartesi günü hazır olacağız", "tr", "Latn"),
        ("Мы будем готовы в субботу", "ru", "Cyrl"),
        ("Ми будемо готові в суботу", "uk", "Cyrl"),
        ("سنكون جاهزين يوم السبت", "ar", "Arab"),
        ("ما شنبه آماده خواهیم بود", "fa", "Arab"),
        ("ہم ہفتے کو تیار ہوں گے", "ur", "Arab"),
        ("موږ به د شنبې په ورځ چمتو یو", "ps", "Arab"),
        ("土曜日に準備します", "ja", "Jpan"),
        ("我们准备好了", "zh", "Hani"),
        ("شاهد https://news.example/very/long/latin/address", "ar", "Arab"),
        ("123 !!! 😀", "und", "Zyyy"),
        ("", "und", "Zyyy"),
    ];
    for (text, code, script) in cases {
        let found = identify(text);
        assert_eq!((found.code.as_str(), found.script.as_str()), (code, script), "{text}");
        assert!((0.0..=1.0).contains(&found.confidence));
    }
}
