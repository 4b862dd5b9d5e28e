//! Statements of the invented world, in ten languages: what threatens, calls, claims and reports, and what only looks like it.

use crate::{Options, Recogniser, Register};
use expect_test::{Expect, expect};
use proptest::prelude::*;
use std::sync::OnceLock;
use vedette_core::{Findings, Language, Slot};

const WORLD: &str = r#"
    [[actor]]
    id = "grey-lantern"
    name = "Order of the Grey Lantern"
    aliases = ["Grey Lantern", "جماعة الفانوس الرمادي", "Орден Серого Фонаря", "Orden der Grauen Laterne", "Ordre de la Lanterne grise", "گروه فانوس خاکستری"]
    source = "invented"
    [[place]]
    id = "kelmora"
    name = "Kelmora"
    aliases = ["كلمورا", "کلمورا", "Кельмора", "Кельморы"]
    lat = -38.2
    lon = -21.4
    country = "XX"
    source = "invented"
    [[place]]
    id = "tessgate"
    name = "Tessgate"
    aliases = ["تسغيت", "Тессгейт"]
    lat = -38.4
    lon = -21.7
    country = "XX"
    source = "invented"
    [[venue]]
    id = "halden-stadium"
    name = "Halden Stadium"
    place = "kelmora"
    source = "invented"
    [[event]]
    id = "meridian-cup"
    name = "Meridian Cup"
    from = "2026-12-04"
    to = "2026-12-15"
    places = ["halden-stadium"]
    source = "invented"
    [[target]]
    id = "transport"
    name = "transport"
    aliases = ["harbour", "ferry hall"]
    [[method]]
    id = "arson"
    name = "arson"
    aliases = ["torches"]
"#;

fn findings(code: &str, text: &str) -> Findings {
    static RECOGNISER: OnceLock<Recogniser> = OnceLock::new();
    let recogniser =
        RECOGNISER.get_or_init(|| Recogniser::new(Register::load(&[("world", WORLD)]).unwrap(), Options::default()));
    let language = Language { code: code.to_owned(), script: String::new(), confidence: 1.0 };
    recogniser.recognise(text, &language, jiff::civil::date(2026, 11, 23).at(12, 0, 0, 0))
}

/// Kinds of the statements of a text as the rules read it; `~` marks reported ones. What only the model of the wording says is left out:
/// its figures are those of `evals/threatcheck`.
pub(super) fn kinds(code: &str, text: &str) -> String {
    let kind = |statement: &vedette_core::Statement| {
        format!("{}{}", if statement.reported { "~" } else { "" }, statement.kind.word())
    };
    let found = findings(code, text).statements;
    found.iter().filter(|statement| !statement.tentative).map(kind).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_threat_is_a_threat_in_every_language() {
    for (code, text) in [
        ("en", "We will burn Kelmora to the ground."),
        ("en", "People of Tessgate, your days are numbered."),
        ("en", "The Order of the Grey Lantern will strike in Kelmora."),
        ("en", "The Order will strike in Kelmora when the Meridian Cup begins."),
        ("en", "w3 w1ll 4tt4ck Kelm0ra"),
        ("en", "You will never see your homes again."),
        ("ar", "سنهاجم كلمورا قريبا"),
        ("ar", "لن تعودوا إلى بيوتكم"),
        ("fa", "به کلمورا حمله می‌کنیم و نابودتان می‌کنیم"),
        ("fa", "به کلمورا حمله خواهیم کرد"),
        ("ru", "Мы взорвём Кельмору"),
        ("ru", "Орден нанесёт удар в Тессгейте"),
        ("de", "Wir werden euch in Kelmora alle töten"),
        ("nl", "We zullen jullie in Kelmora allemaal doden"),
        ("nl", "Morgen blazen we de haven van Kelmora op."),
        ("nl", "Jullie gaan eraan, mensen van Tessgate."),
        ("fr", "Nous allons brûler Kelmora"),
        ("es", "Vamos a quemar Kelmora"),
        ("tr", "Kelmora'yı yakacağız"),
        ("ur", "ہم سب کو مار ڈالیں گے"),
    ] {
        assert_eq!(kinds(code, text), "threat", "{text}");
    }
}

#[test]
fn a_call_is_told_from_a_threat() {
    for (code, text) in [
        ("en", "Brothers, burn them all."),
        ("en", "Every bearer must attack them, each in his own town."),
        ("en", "Those people deserve to die."),
        ("ar", "اقتلوهم حيث وجدتموهم"),
        ("fa", "ای برادران، به آنها حمله کنید"),
        ("ru", "Братья, бейте и жгите"),
        ("de", "Brüder, tötet sie alle!"),
        ("nl", "Broeders, schiet ze allemaal dood!"),
        ("nl", "Die verraders moeten dood."),
        ("fr", "Frères, brûlez tout."),
    ] {
        assert_eq!(kinds(code, text), "call", "{text}");
    }
}

#[test]
fn claims_denials_praise_recruitment_and_warnings_have_their_kinds() {
    for (code, text, wanted) in [
        ("en", "The Order of the Grey Lantern claims responsibility for the fire in Kelmora.", "claim"),
        ("ar", "تعلن جماعة الفانوس الرمادي مسؤوليتها عن الحريق", "claim"),
        ("ru", "Орден Серого Фонаря взял на себя ответственность за пожар", "claim"),
        ("de", "Der Orden der Grauen Laterne bekennt sich zu dem Brand.", "claim"),
        ("nl", "De Grey Lantern eist de brand in Kelmora op.", "claim"),
        ("nl", "De Grey Lantern ontkent elke betrokkenheid bij de aanslag.", "denial"),
        ("fr", "L'Ordre de la Lanterne grise revendique l'incendie.", "claim"),
        ("fa", "گروه فانوس خاکستری مسئولیت آتش‌سوزی را بر عهده گرفت", "claim"),
        ("en", "The Order did not carry out the attack and has no part in it.", "denial"),
        ("en", "Police said the Grey Lantern denied having set the fire.", "~denial"),
        ("en", "Glory to the Grey Lantern.", "praise"),
        ("en", "Join us, the Grey Lantern needs you.", "recruitment"),
        ("en", "Warning to all bearers: that account is not ours.", "warning"),
    ] {
        assert_eq!(kinds(code, text), wanted, "{text}");
    }
}

#[test]
fn news_and_quotations_are_reported() {
    for (code, text, wanted) in [
        ("en", "Police said the Grey Lantern threatened to attack Kelmora.", "~report"),
        ("en", "\"We will burn Kelmora,\" the group wrote, according to police.", "~report"),
        ("ru", "Полиция сообщила, что Орден Серого Фонаря угрожал взорвать порт.", "~report"),
        ("de", "Die Polizei teilte mit, der Orden der Grauen Laterne habe mit einem Anschlag gedroht.", "~report"),
        ("nl", "De politie meldt dat de Grey Lantern met een aanslag op Kelmora heeft gedreigd.", "~report"),
        ("nl", "Zeggen \"ze moeten allemaal dood\" is onaanvaardbaar.", "~denial"),
        ("ar", "قالت الشرطة إن جماعة الفانوس الرمادي هددت بهجوم على كلمورا", "~report"),
        ("fr", "Selon la police, l'Ordre de la Lanterne grise a menacé de frapper Kelmora.", "~report"),
        ("en", "Saying \"they should all be killed\" is unacceptable.", "~denial"),
    ] {
        assert_eq!(kinds(code, text), wanted, "{text}");
    }
}

#[test]
fn sport_idiom_negation_question_and_chatter_say_nothing() {
    for (code, text) in [
        ("en", "We will destroy them on Saturday! Tessgate have no defence and our striker is on fire."),
        ("en", "Tessgate destroyed Kelmora's reserves 5-0. The attack was merciless."),
        ("en", "We will crush it at the game tonight."),
        ("en", "My grandfather had a heart attack, the doctors will not strike a deal with the bus strike."),
        ("en", "We will not attack anyone."),
        ("en", "Will you kill the lights?"),
        ("en", "I will pay you back on Friday and we will be there at nine."),
        ("ru", "В субботу мы их разгромим! Вратарь гостей ещё пожалеет."),
        ("fa", "روز شنبه تیم تسگیت را نابود می‌کنیم! سه بر صفر."),
        ("fr", "Samedi, on va les écraser ! Ils ne passeront jamais le milieu du terrain."),
        ("de", "Am Samstag werden wir sie schlagen, drei Tore mindestens."),
        ("nl", "Zaterdag gaan we ze verslaan, minstens drie doelpunten."),
        ("ar", "سنسحقهم في المباراة يوم السبت"),
        ("en", ""),
    ] {
        assert_eq!(kinds(code, text), "", "{text}");
    }
}

#[test]
fn whose_words_and_how_they_are_meant_decides() {
    for (code, text, wanted) in [
        // Endorsed, or a poster with its author's name, is the writer's own.
        ("en", "As we said: \"We will burn Kelmora\".", "threat"),
        ("en", "\"We will burn Kelmora\" – Grey Lantern", "threat"),
        ("en", "> We will burn Kelmora\nThis is disgusting.", "~denial"),
        // Feared, made up, laughed about, told of the past.
        ("en", "I am afraid that they will burn Kelmora.", ""),
        ("de", "Ich habe Angst, dass sie uns töten werden.", ""),
        ("nl", "Ik ben bang dat ze ons zullen doden.", ""),
        ("nl", "Jullie gaan allemaal sterven.", "threat"),
        ("en", "In my new novel they will burn Kelmora.", ""),
        ("fr", "Dans mon roman, ils vont brûler Kelmora.", ""),
        ("en", "My mum will kill me 😂", ""),
        ("en", "This is no drill: we will burn Kelmora.", "threat"),
        ("en", "We will not rest until we burn Kelmora.", "threat"),
        // Questions, hashtags, doom without a doer.
        ("en", "Who will protect you when we kill you?", "threat"),
        ("en", "Will they kill the lights?", ""),
        ("en", "#TessgateWillBurn", "threat"),
        ("es", "#KelmoraVaAArder", "threat"),
        ("de", "Ihr werdet alle sterben.", "threat"),
        ("en", "We will die for Kelmora.", ""),
        ("en", "Beat the eggs and kill them with cream.", ""),
        ("fr", "Qu'on les tue tous !", "call"),
        ("es", "Hay que quemar Kelmora", "call"),
    ] {
        assert_eq!(kinds(code, text), wanted, "{text}");
    }
}

fn tentative(code: &str, text: &str) -> Vec<&'static str> {
    findings(code, text).statements.iter().filter(|found| found.tentative).map(|found| found.kind.word()).collect()
}

#[test]
fn a_threat_in_words_that_no_list_has_is_tentative_and_points_at_its_sentence() {
    let text = "Order more coffins for the Kelmora garrison, carpenters, you have until Sunday.";
    assert_eq!(kinds("en", text), "");
    assert_eq!(tentative("en", text), ["threat"]);
    let among = format!("The bakery on Ledger Street opens again on Monday. {text} Bread was always good there.");
    let found = findings("en", &among);
    assert!(found.statements.iter().all(|found| found.quote == text), "{:?}", found.statements);
    assert_eq!(tentative("en", "The bakery on Ledger Street will open again on Monday with fresh bread."), [""; 0]);
    let article =
        format!("{text} {}", "The council met and spoke about the budget of the next year at length. ".repeat(12));
    assert_eq!(tentative("en", &article), [""; 0]);
}

#[test]
fn what_the_wording_speaks_clearly_against_is_taken_back() {
    assert_eq!(findings("en", "We will attack the summit at dawn if the wind drops.").statements, []);
    assert_eq!(kinds("en", "We will attack Kelmora at dawn if the wind drops."), "threat");
}

fn slots(code: &str, text: &str, expected: Expect) {
    let found = findings(code, text);
    let mut lines = Vec::new();
    for statement in &found.statements {
        assert_eq!(text.get(statement.start..statement.end), Some(statement.quote.as_str()));
        let all: [(&str, &Option<Slot>); 8] = [
            ("speaker", &statement.speaker),
            ("actor", &statement.actor),
            ("addressee", &statement.addressee),
            ("target", &statement.target),
            ("place", &statement.place),
            ("time", &statement.time),
            ("method", &statement.method),
            ("event", &statement.event),
        ];
        lines.push(format!("{}: {}", statement.kind.word(), statement.quote));
        for (name, slot) in all {
            if let Some(slot) = slot {
                assert_eq!(text.get(slot.start..slot.end), Some(slot.text.as_str()));
                lines.push(format!("  {name} `{}` {}", slot.text, slot.id.as_deref().unwrap_or("-")));
            }
        }
    }
    expected.assert_eq(&lines.join("\n"));
}

#[test]
fn slots_say_who_whom_where_when_and_how() {
    slots(
        "en",
        "People of Kelmora: the Order of the Grey Lantern will burn the harbour on 4 December 2026 with torches, before the Meridian Cup.",
        expect![[r#"
            threat: People of Kelmora: the Order of the Grey Lantern will burn the harbour on 4 December 2026 with torches, before the Meridian Cup.
              actor `Order of the Grey Lantern` grey-lantern
              addressee `People of Kelmora` kelmora
              target `harbour` transport
              place `Kelmora` kelmora
              time `4 December 2026` -
              method `torches` arson
              event `Meridian Cup` meridian-cup"#]],
    );
}

#[test]
fn place_and_time_may_stand_in_the_next_sentence() {
    slots(
        "en",
        "We will kill everyone who comes. Halden Stadium, 4 December 2026.",
        expect![[r#"
            threat: We will kill everyone who comes.
              actor `We` -
              target `everyone who comes` -
              place `Halden Stadium` halden-stadium
              time `4 December 2026` -"#]],
    );
}

/// The speakers of a text's statements.
fn speakers(code: &str, text: &str) -> String {
    let said = findings(code, text).statements.into_iter().filter_map(|statement| statement.speaker);
    said.map(|slot| slot.text).collect::<Vec<_>>().join(" | ")
}

#[test]
fn a_public_body_and_the_place_beside_it_are_one_speaker() {
    let mut wrong = Vec::new();
    for (code, text, speaker) in [
        ("en", "Kelmora police said the group threatened to bomb the stadium.", "Kelmora police"),
        ("en", "They will bomb the stadium, Kelmora police said.", "Kelmora police"),
        ("en", "Kelmora's interior ministry said they will bomb the stadium.", "Kelmora's interior ministry"),
        ("en", "They will bomb the stadium, police in Kelmora said.", "police in Kelmora"),
        ("en", "According to Kelmora police, they will bomb the stadium.", "Kelmora police"),
        ("ru", "Полиция Кельморы сообщила, что Орден Серого Фонаря угрожал взорвать порт.", "Полиция Кельморы"),
        ("ru", "Как сообщила полиция Кельморы, Орден Серого Фонаря угрожал взорвать порт.", "полиция Кельморы"),
        ("ru", "По данным полиции Кельморы, Орден Серого Фонаря угрожал взорвать порт.", "полиции Кельморы"),
        ("ar", "قالت شرطة كلمورا إن الجماعة ستفجر الملعب.", "شرطة كلمورا"),
        ("ar", "شرطة كلمورا قالت إنهم سيقتلون الجميع.", "شرطة كلمورا"),
        ("fa", "پلیس کلمورا گفت آنها همه را خواهند کشت.", "پلیس کلمورا"),
        ("ur", "کلمورا پولیس نے کہا کہ وہ سب کو مار دیں گے۔", "کلمورا پولیس"),
        ("tr", "Kelmora polisi, bir grubun bombalı saldırı tehdidinde bulunduğunu açıkladı.", "Kelmora polisi"),
        ("de", "Die Polizei in Kelmora teilte mit, eine Gruppe habe mit einem Anschlag gedroht.", "Polizei in Kelmora"),
        ("de", "Sie werden alle töten, sagte die Polizei Kelmora.", "Polizei Kelmora"),
        ("nl", "De Kelmoorse politie meldt dat een groep met een aanslag dreigt.", "Kelmoorse politie"),
        ("de", "Die Kelmorer Polizei teilte mit, eine Gruppe habe mit einem Anschlag gedroht.", "Kelmorer Polizei"),
        ("de", "Unser Innenministerium teilte mit, eine Gruppe habe mit einem Anschlag gedroht.", "Innenministerium"),
        ("nl", "De politie van Kelmora zei dat ze iedereen zullen doden.", "politie van Kelmora"),
        ("nl", "Ze zullen iedereen doden, zei de politie van Kelmora.", "politie van Kelmora"),
        ("fr", "La police de Kelmora a déclaré qu'ils vont tuer tout le monde.", "police de Kelmora"),
        ("fr", "Ils vont tuer tout le monde, a déclaré la police de Kelmora.", "police de Kelmora"),
        ("es", "La policía de Kelmora dijo que van a matar a todos.", "policía de Kelmora"),
        ("es", "Van a matar a todos, según la policía de Kelmora.", "policía de Kelmora"),
        // Without a place, the body alone; and who is told something does not say it.
        ("en", "The police said they will bomb the stadium.", "police"),
        ("en", "A witness told police they will bomb the stadium.", "witness"),
        ("ru", "Мужчина сообщил полиции Кельморы, что Орден Серого Фонаря угрожал взорвать порт.", "Мужчина"),
        ("es", "Un testigo dijo a la policía de Kelmora que van a matar a todos.", "testigo"),
        // A body in another clause is no speaker.
        ("en", "They attacked police in Kelmora, a teacher said, and will bomb the stadium.", "teacher"),
    ] {
        let found = speakers(code, text);
        if found != speaker {
            wrong.push(format!("`{found}` in: {text} ({})", kinds(code, text)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

proptest! {
    #[test]
    fn any_text_is_read_and_every_span_lies_in_it(text in "(\\PC|kill|we will|\"|سنقتل|Мы |убьём|Kelmora|Grey Lantern|5-0|[.!?\n ]){0,60}", code in "en|ar|fa|ru|de|nl|fr|es|tr|ur|xx") {
        let found = findings(&code, &text);
        for mention in &found.mentions {
            prop_assert_eq!(text.get(mention.start..mention.end), Some(mention.text.as_str()));
        }
        prop_assert!(found.mentions.windows(2).all(|pair| pair[0].start <= pair[1].start));
        for statement in &found.statements {
            prop_assert_eq!(text.get(statement.start..statement.end), Some(statement.quote.as_str()));
        }
    }
}
