//! Lists in, reviewed entries out: what is joined, what is refused, what is left to a person.

use super::{ImportFormat, ImportOptions};
use crate::register::{ImportError, Imported, Register};
use expect_test::expect;
use proptest::prelude::*;
use vedette_core::MentionKind;

const WORLD: &str = r#"
    [[actor]]
    id = "grey-lantern"
    name = "Order of the Grey Lantern"
    aliases = ["Grey Lantern"]
    ours = ["Орден Серого Фонаря"]
    not = ["Grey Lantern Street"]
    valid_from = "2014"
    source = "written by hand"
    designations = [{ jurisdiction = "XX", list = "Invented list", entry = "7" }]
    [[actor]]
    id = "lamp-bearers-north"
    name = "Lamp Bearers North"
    aliases = ["Lamp Bearers"]
    source = "invented"
    [[actor]]
    id = "lamp-bearers-south"
    name = "Lamp Bearers South"
    aliases = ["Lamp Bearers"]
    source = "invented"
    [[outlet]]
    id = "lantern-media"
    name = "Lantern Media"
    source = "invented"
"#;

const GALAXY: &str = r#"{
  "name": "Invented list", "source": "https://list.example/", "values": [
    {"value": "The Grey Lantern Order (OGLK)", "description": "The OGLK is a group.",
     "meta": {"id": "7", "published": "2014-06-29", "updated": "2020-01-01", "summary": "Lantern Media; Unity; Grey Lantern; and Lamp of the East."}},
    {"value": "Varn Front (VF)", "description": "The VF is a movement in Kelmora.",
     "meta": {"id": "8", "published": "Not yet", "summary": "the Front of Varn, VFKO, Kelmora, Popular Front, Marsh Men and Fen Men", "synonyms": ["Варнский фронт"]}},
    {"value": "A Person", "description": "A writer from Port Hessel. He wrote most of his texts alone.", "meta": {"id": "9"}},
    {"value": "(only brackets)", "description": "a group", "meta": {}}
  ]
}"#;

fn world() -> Register {
    Register::load(&[("world.toml", WORLD)]).unwrap()
}

fn options() -> ImportOptions {
    ImportOptions { file: "list".to_owned(), jurisdiction: Some("XX".to_owned()), ..ImportOptions::default() }
}

fn galaxy(register: &Register) -> Imported {
    register.import(GALAXY, ImportFormat::MispGalaxy, &options()).unwrap()
}

#[test]
fn a_galaxy_becomes_entries_that_a_person_reviews() {
    let imported = galaxy(&world());
    expect![[r#"
        # From `list`, for a person to review before it is used: 1 new entries, 1 with something new. Put the reviewed file into
        # the folder `knowledge` of the workspace. An entry here replaces the one with the same id; what was known stands in it.

        # Known from world.toml. New listings: 0; new spellings: OGLK · Lamp of the East
        # left out: Lantern Media (a spelling of outlet lantern-media)
        # left out: Unity (a common word)
        [[actor]]
        id = "grey-lantern"
        name = "Order of the Grey Lantern"
        abbreviations = ["OGLK"]
        aliases = ["Grey Lantern", "Lamp of the East"]
        ours = ["Орден Серого Фонаря"]
        not = ["Grey Lantern Street"]
        valid_from = "2014-01-01"
        source = "written by hand"
        designations = [{ jurisdiction = "XX", list = "Invented list", entry = "7", date = "2014-06-29" }]

        # left out: VF (short)
        # left out: Popular Front (common words only)
        # left out: Marsh Men and Fen Men (may be two names)
        [[actor]]
        id = "varn-front"
        name = "Varn Front"
        abbreviations = ["VFKO"]
        aliases = ["Варнский фронт", "Front of Varn", "Kelmora"]
        source = "https://list.example/"
        designations = [{ jurisdiction = "XX", list = "Invented list", entry = "8" }]
    "#]]
    .assert_eq(&imported.toml);
    let report = imported.report;
    assert_eq!((report.rows, report.persons, report.nameless, report.unchanged), (4, 1, 1, 0));
    assert!(!imported.toml.contains("A Person"), "a person's name is not repeated");
}

#[test]
fn what_was_imported_and_reviewed_is_known_the_next_time() {
    let first = galaxy(&world());
    let reviewed = world().merge(Register::load(&[("reviewed.toml", &first.toml)]).unwrap());
    let second = galaxy(&reviewed);
    assert_eq!(second.report.unchanged, 2, "{}", second.toml);
    assert_eq!((second.report.added.len(), second.report.extended.len()), (0, 0));
    let entry = reviewed.entry(MentionKind::Actor, "grey-lantern").unwrap();
    assert_eq!(
        (entry.source.as_deref(), entry.not.len()),
        (Some("written by hand"), 1),
        "what was written by hand stays"
    );
}

const TABLE: &str = "\u{feff}id,schema,name,aliases,birth_date,countries,addresses,identifiers,sanctions,phones,emails,dataset,first_seen,last_seen,last_change\r\n\
    Q1,Organization,\"Order of the Grey Lantern\",\"Kelmora Order;OGLK;\"\"Fen; Marsh\"\"\",,xx,,,,,,\"EU Invented Files;Lists of Kelmora\",2020-01-01,,\r\n\
    Q2,Person,A Person,Another Name,1970-01-01,,,,,,,EU Invented Files,,,\r\n\
    Q3,Vessel,Paper Boat,,,,,,,,,EU Invented Files,,,\r\n\
    Q4,Company,Lamp Bearers,,,,,,,,,EU Invented Files,,,\r\n\
    Q5,LegalEntity,\"Общество ламп\",,,,,,,,,,,,\r\n\
    Q6,Company,  ,,,,,,,,,,,,\r\n\
    Q7,LegalEntity,\"Общество лампы\",,,,,,,,,,,,\r\n";

#[test]
fn a_table_gives_organisations_and_refuses_persons() {
    let imported = world().import(TABLE, ImportFormat::OpenSanctions, &ImportOptions::default()).unwrap();
    let report = &imported.report;
    assert_eq!((report.rows, report.persons, report.other_things, report.nameless), (7, 1, 1, 1));
    assert_eq!(report.extended, ["grey-lantern"]);
    assert_eq!(report.added.len(), 2, "{report:?}");
    assert_eq!(
        report.ambiguous,
        [("Lamp Bearers".to_owned(), vec!["lamp-bearers-north".to_owned(), "lamp-bearers-south".to_owned()])]
    );
    for absent in ["A Person", "Another Name", "Paper Boat"] {
        assert!(!imported.toml.contains(absent), "{absent}");
    }
    let read = Register::load(&[("new.toml", &imported.toml)]).unwrap();
    let entry = read.entry(MentionKind::Actor, "grey-lantern").unwrap();
    let spellings: Vec<&str> = entry.aliases.iter().map(|alias| alias.text.as_str()).collect();
    assert_eq!(
        spellings,
        ["Order of the Grey Lantern", "Grey Lantern", "Kelmora Order", "Fen; Marsh", "OGLK", "Орден Серого Фонаря"]
    );
    let listings: Vec<_> = entry
        .designations
        .iter()
        .map(|one| (one.jurisdiction.as_str(), one.list.as_str(), one.date.is_some()))
        .collect();
    assert_eq!(
        listings,
        [("XX", "Invented list", false), ("EU", "EU Invented Files", false), ("XX", "Lists of Kelmora", false)]
    );
    assert_eq!(read.check().iter().filter(|one| one.field != "source").count(), 0, "{:?}", read.check());
}

/// As the European Union's and the United Kingdom's lists name organisations that the starter register has by other names.
const OTHER_NAMES: &str = "id,schema,name,aliases,dataset\n\
    eu-1,Organization,‘Hamas’,,EU Invented Files\n\
    eu-2,Organization,Gama’a al-Islamiyya,Al-Gama’a al-Islamiyya;Islamic Group;IG,EU Invented Files\n\
    eu-3,Organization,Kurdistan Workers’ Party,PKK;KADEK;KONGRA-GEL,EU Invented Files\n\
    eu-4,Organization,Devrimci Halk Kurtuluș Partisi-Cephesi,DHKP/C;Devrimci Sol;Dev Sol,EU Invented Files\n\
    gb-1,Organization,Harakat al Muqawama al-Islamiyya (Hamas),Hamas,UK Invented List\n\
    gb-2,Organization,Lashkar e Tayyaba,,UK Invented List\n\
    gb-3,Organization,Islamic State of Iraq and the Levant,Islamic State of Iraq and al-Sham,UK Invented List\n\
    gb-4,Organization,Basque Homeland and Liberty (Euskadi ta Askatasuna) (ETA),,UK Invented List\n\
    gb-5,Organization,Order of the Paper Lamp,Lamps of Paper,UK Invented List\n";

#[test]
fn listings_of_another_authority_go_to_the_organisations_that_are_there() {
    let imported =
        Register::starter().import(OTHER_NAMES, ImportFormat::OpenSanctions, &ImportOptions::default()).unwrap();
    let report = &imported.report;
    assert_eq!(report.added, ["order-of-the-paper-lamp"], "{}", imported.toml);
    let reviewed = Register::starter().merge(Register::load(&[("reviewed.toml", &imported.toml)]).unwrap());
    for (id, list) in [
        ("hamas", "EU Invented Files"),
        ("hamas", "UK Invented List"),
        ("al-gamaa-al-islamiyya", "EU Invented Files"),
        ("pkk", "EU Invented Files"),
        ("dhkp-c", "EU Invented Files"),
        ("lashkar-e-tayyiba", "UK Invented List"),
        ("islamic-state", "UK Invented List"),
        ("eta", "UK Invented List"),
    ] {
        let entry = reviewed.entry(MentionKind::Actor, id).unwrap();
        let on = entry.designations.iter().filter(|one| one.list == list).count();
        assert_eq!(on, 1, "{id} on {list}: {:?}", entry.designations);
    }
    let again = reviewed.import(OTHER_NAMES, ImportFormat::OpenSanctions, &ImportOptions::default()).unwrap();
    assert_eq!((again.report.added.len(), again.report.extended.len()), (0, 0), "{}", again.toml);
}

#[test]
fn a_row_joined_by_another_spelling_says_so_and_one_that_points_two_ways_is_not_joined() {
    let table = "id,schema,name,aliases,dataset\n\
        1,Organization,Lampenorden,Grey Lantern,EU Invented Files\n\
        2,Organization,Everybody,Grey Lantern;Lamp Bearers North,EU Invented Files\n\
        9,Organization,Second Lantern,Grey Lantern,Invented list\n";
    let imported = world().import(table, ImportFormat::OpenSanctions, &options()).unwrap();
    assert_eq!(imported.report.extended, ["grey-lantern"], "{}", imported.toml);
    let wanted = "# the list calls it Lampenorden; joined by the spelling Grey Lantern: is it the same?\n";
    assert!(imported.toml.contains(wanted), "{}", imported.toml);
    // One is of two minds, the other is on a list on which the Order has another entry.
    assert_eq!(imported.report.added, ["everybody", "second-lantern"], "{}", imported.toml);
}

#[test]
fn a_file_of_another_form_is_refused_with_what_is_missing() {
    let refused = |content: &str, format| world().import(content, format, &options()).unwrap_err().to_string();
    let galaxy = refused("id,schema,name\n", ImportFormat::MispGalaxy);
    assert!(galaxy.starts_with("cannot read `list` as a MISP galaxy cluster: "), "{galaxy}");
    for (content, message) in [
        ("", "it is empty"),
        ("id,name\n", "the first line has no column `schema` (needed: id, schema, name)"),
        ("id,schema,name\n1,Company\n", "line 2 has 2 fields, the first line has 3"),
        ("id,schema,name\n1,Company,\"x\n", "line 2: a quote that opens a field is never closed"),
    ] {
        let wanted = format!("cannot read `list` as an OpenSanctions table: {message}");
        assert_eq!(refused(content, ImportFormat::OpenSanctions), wanted);
    }
    let wrong = ImportOptions { jurisdiction: Some("Varn".to_owned()), ..options() };
    let refused = world().import(GALAXY, ImportFormat::MispGalaxy, &wrong).unwrap_err();
    assert!(matches!(refused, ImportError::Jurisdiction { .. }), "{refused}");
    let unsaid = ImportOptions { jurisdiction: None, ..options() };
    let refused = world().import(GALAXY, ImportFormat::MispGalaxy, &unsaid).unwrap_err().to_string();
    assert!(refused.contains("--jurisdiction"), "{refused}");
}

#[test]
fn names_without_latin_letters_get_ids_that_differ() {
    let table = "id,schema,name\n1,Company,明かり会社\n2,Company,灯火会社\n3,Company,明かり会社\n";
    let imported = world().import(table, ImportFormat::OpenSanctions, &options()).unwrap();
    assert_eq!(imported.report.added.len(), 2, "{}", imported.toml);
    assert_ne!(imported.report.added[0], imported.report.added[1]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_names_a_table_holds_the_result_is_a_register(
        names in prop::collection::vec("[ -~а-яا-ي\"\\\\;]{0,24}", 1..6),
        aliases in "[ -~а-яا-ي\"\\\\;\n]{0,40}",
    ) {
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let mut table = String::from("id,schema,name,aliases\n");
        for (number, name) in names.iter().enumerate() {
            table.push_str(&format!("{number},Organization,{},{}\n", quoted(name), quoted(&aliases)));
        }
        let imported = world().import(&table, ImportFormat::OpenSanctions, &options()).unwrap();
        let read = Register::load(&[("new.toml", &imported.toml)]);
        prop_assert!(read.is_ok(), "{}\n{}", imported.toml, read.unwrap_err());
    }
}
