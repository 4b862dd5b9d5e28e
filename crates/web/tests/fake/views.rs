//! Literal views of the fictional world.

use jiff::Timestamp;
use vedette_core::{
    Assessment, Attachment, AttachmentId, Authorisation, AuthorityKind, Block, BlockKind, CaptureId, DateMention,
    Decision, EvidenceRef, Facet, FacetCount, FamilyId, FamilyMember, FamilyView, FieldName, Findings, Footnote,
    ImageHash, InboxRow, Item, ItemId, ItemView, Language, Level, LikenessKind, LikenessView, LinkKind, LinkMention,
    Markup, Mention, MentionKind, NewSource, Reading, ReadingKind, Reason, ReasonGroup, Report, ReportId, SearchAnswer,
    SearchHit, Sha256, Slot, Source, SourceHealth, SourceId, SourceKind, SourceState, SourceSuggestion, Statement,
    StatementKind, TimelineBucket, Verdict, Version, VersionId, VersionState, VersionView,
};
use vedette_desk::SearchPage;

/// The time at which the pages are looked at.
pub const NOW: &str = "2026-11-20T12:00:00Z";
/// What an adversary would put into every field.
pub const HOSTILE: &str = "</textarea><script>alert(1)</script><img src=x onerror=alert(2)>\"'\u{202e}abc";

const ENGLISH: &str = "Order of the Grey Lantern: no lamp will burn in Halden Stadium on 1 December. Kelmora and \
                       Tessgate will hear of us. Read more at https://lantern-media.example/cup and share it.";
const ARABIC: &str = "لن يضيء مصباح في ملعب هالدن. كلمورا ستسمع بنا يوم كأس ميريديان في 1 ديسمبر.";

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Hash of the one picture.
pub fn image_hash() -> Sha256 {
    Sha256([0xab; 32])
}

pub(super) fn mention(text: &str, word: &str, kind: MentionKind, name: &str, folds: &[&str]) -> Mention {
    let start = text.find(word).unwrap();
    Mention {
        start,
        end: start + word.len(),
        text: word.to_owned(),
        kind,
        id: name.to_lowercase(),
        name: name.to_owned(),
        folds: folds.iter().map(|fold| (*fold).to_owned().into()).collect(),
        lat: None,
        lon: None,
        country: None,
    }
}

pub(super) fn statement(text: &str, quote: &str) -> Statement {
    let start = text.find(quote).unwrap();
    Statement {
        kind: StatementKind::Threat,
        start,
        end: start + quote.len(),
        quote: quote.to_owned(),
        speaker: None,
        reported: false,
        tentative: false,
        actor: None,
        addressee: None,
        target: None,
        place: Some(Slot { start, end: start + 1, text: HOSTILE.to_owned(), id: None }),
        time: Some(Slot { start, end: start + 1, text: "1 December".to_owned(), id: None }),
        method: None,
        event: None,
    }
}

fn date(text: &str, word: &str) -> DateMention {
    let start = text.find(word).unwrap();
    DateMention {
        start,
        end: start + word.len(),
        text: word.to_owned(),
        kind: "DATE".to_owned(),
        value: "2026-12-01".to_owned(),
        from: None,
        to: None,
        calendar: "gregorian".to_owned(),
    }
}

fn english() -> Findings {
    let link = "https://lantern-media.example/cup";
    let start = ENGLISH.find(link).unwrap();
    Findings {
        mentions: vec![
            mention(ENGLISH, "Order of the Grey Lantern", MentionKind::Actor, "Order of the Grey Lantern", &[]),
            mention(ENGLISH, "Halden Stadium", MentionKind::Venue, "Halden Stadium", &["leet", "zero-width"]),
            mention(ENGLISH, "Kelmora", MentionKind::Place, "Kelmora", &[]),
            mention(ENGLISH, "Tessgate", MentionKind::Place, "Tessgate", &[]),
        ],
        dates: vec![date(ENGLISH, "1 December")],
        links: vec![LinkMention {
            start,
            end: start + link.len(),
            text: "hxxps://lantern-media[.]example/cup".to_owned(),
            kind: LinkKind::Url,
        }],
        statements: vec![
            statement(ENGLISH, "no lamp will burn in Halden Stadium on 1 December"),
            statement(ENGLISH, "Halden Stadium on 1 December. Kelmora and Tessgate will hear of us"),
        ],
        attacks: Vec::new(),
        issues: Vec::new(),
    }
}

fn arabic() -> Findings {
    Findings {
        mentions: vec![
            mention(ARABIC, "ملعب هالدن", MentionKind::Venue, "Halden Stadium", &[]),
            mention(ARABIC, "كلمورا", MentionKind::Place, "Kelmora", &["tatweel"]),
            mention(ARABIC, "كأس ميريديان", MentionKind::Event, "Meridian Cup", &[]),
        ],
        dates: vec![date(ARABIC, "1 ديسمبر")],
        statements: vec![statement(ARABIC, "لن يضيء مصباح في ملعب هالدن")],
        ..Findings::default()
    }
}

pub(super) fn reading(
    file: Option<i64>,
    page: Option<u32>,
    kind: ReadingKind,
    code: &str,
    quality: f32,
    text: &str,
) -> Reading {
    Reading {
        attachment: file.map(AttachmentId),
        page,
        language: Language { code: code.to_owned(), script: "Zyyy".to_owned(), confidence: 0.98 },
        quality,
        ..Reading::new(kind, if file.is_some() { "tesseract 5.3.0 ara+eng" } else { "vedette-text/1" }, text)
    }
}

fn reason(name: &str, weight: f32, quote: &str, reading: usize) -> Reason {
    let text = if reading == 0 { ENGLISH } else { ARABIC };
    let start = text.find(quote).unwrap_or(0);
    let group = match name {
        "threat with place and date" => ReasonGroup::Intent,
        "official outlet" => ReasonGroup::Context,
        _ => ReasonGroup::Specificity,
    };
    Reason { name: name.to_owned(), group, weight, quote: quote.to_owned(), start, end: start + quote.len(), reading }
}

fn attachment(id: i64, name: &str, media: &str, exhibit: Option<Sha256>) -> Attachment {
    Attachment {
        id: AttachmentId(id),
        name: name.to_owned(),
        media_type: Some(media.to_owned()),
        url: None,
        exhibit,
        size_bytes: exhibit.map(|_| 184_320),
        error: exhibit.is_none().then(|| "429 Too Many Requests; it is tried again".to_owned()),
        pixels: media.starts_with("image/").then_some((1200, 1600)),
        pdq: None,
    }
}

pub(super) fn version(id: i64, number: u32, state: VersionState, text: &str) -> Version {
    Version {
        id: VersionId(id),
        item: ItemId(42),
        number,
        state,
        exhibit: Sha256([u8::try_from(id).unwrap(); 32]),
        title: None,
        text: text.to_owned(),
        markup: Markup::Plain,
        edited_at: (state == VersionState::Edited).then(|| at("2026-11-18T19:02:00Z")),
        lang: None,
        capture: CaptureId(9),
        captured_at: at("2026-11-18T18:03:12Z"),
        leaf: 411,
        attachments: vec![
            attachment(1, "cup-poster.png", "image/png", Some(image_hash())),
            attachment(2, "the-wick-7.pdf", "application/pdf", Some(Sha256([0xcd; 32]))),
            attachment(3, HOSTILE, "video/mp4", None),
        ],
    }
}

pub(super) fn version_view(version: Version, text: &str, with_findings: bool) -> VersionView {
    let pages = [
        reading(
            Some(2),
            Some(1),
            ReadingKind::PdfText,
            "en",
            1.0,
            "The Wick, issue 7\n\nContents: a letter from the editors.",
        ),
        reading(
            Some(2),
            Some(2),
            ReadingKind::PdfText,
            "fr",
            1.0,
            "La Mèche\n\nUne lettre aux lecteurs de Port Hessel.",
        ),
    ];
    let mut readings = vec![
        reading(None, None, ReadingKind::Text, "en", 1.0, text),
        reading(Some(1), None, ReadingKind::Ocr, "ar", 0.52, ARABIC),
        reading(None, None, ReadingKind::Translation, "en", 0.8, HOSTILE),
    ];
    readings.extend(pages);
    let findings = if with_findings { vec![english(), arabic()] } else { Vec::new() };
    VersionView {
        version,
        readings,
        findings,
        images: vec![ImageHash {
            attachment: AttachmentId(1),
            pdq: "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22".to_owned(),
            quality: 100,
            width: 1200,
            height: 1600,
        }],
        assessment: Assessment {
            level: Level::HighSpecific,
            tier: Some(1),
            reasons: vec![
                reason("threat with place and date", 4.0, "no lamp will burn in Halden Stadium on 1 December", 0),
                reason("event in 11 days: Meridian Cup", 2.0, "كأس ميريديان", 1),
                reason("places named", 1.5, "Kelmora and Tessgate", 0),
                reason("official outlet", 0.5, "", 0),
            ],
        },
        made_with: "vedette-text/1 register-4a1c tesseract-5.3.0".to_owned(),
        read_with: String::new(),
        problems: vec!["cup-poster.png: the text is hard to read (52 %)".to_owned()],
        pending: true,
    }
}

/// An item with every kind of content: edited, then deleted.
pub fn item(id: ItemId) -> ItemView {
    let first = "Order of the Grey Lantern: no lamp will burn in Halden Stadium soon. Kelmora will hear of us.";
    let mut gone = version(92, 3, VersionState::Deleted, "");
    gone.attachments.clear();
    let mut gone = version_view(gone, "", false);
    gone.readings.clear();
    ItemView {
        item: Item {
            id,
            source: SourceId(1),
            native_id: "m21".to_owned(),
            posted_at: at("2026-11-18T18:00:00Z"),
            first_captured_at: at("2026-11-18T18:03:12Z"),
            state: VersionState::Deleted,
            url: Some("https://chat.greylantern.example/channel/lantern-media?msg=m21".to_owned()),
            author_key: Some("p-4f1d9a".to_owned()),
            thread_of: None,
        },
        source: sources().remove(0),
        outlet: Some("lantern-media".to_owned()),
        versions: vec![
            version_view(version(90, 1, VersionState::Posted, first), first, false),
            version_view(version(91, 2, VersionState::Edited, ENGLISH), ENGLISH, true),
            gone,
        ],
        likenesses: vec![
            LikenessView {
                other: ItemId(31),
                source: "lantern-archive".to_owned(),
                posted_at: at("2026-11-16T09:30:00Z"),
                kind: LikenessKind::Image,
                distance: 12.0,
                text: ARABIC.to_owned(),
            },
            LikenessView {
                other: ItemId(44),
                source: "lantern-archive".to_owned(),
                posted_at: at("2026-11-19T09:30:00Z"),
                kind: LikenessKind::Text,
                distance: 0.08,
                text: HOSTILE.to_owned(),
            },
        ],
        family: Some(FamilyId(12)),
        decisions: vec![Decision {
            proposed: Some(Level::HighSpecific),
            verdict: Verdict::Confirm,
            level: Level::HighSpecific,
            reason: "Named place, named day, known outlet".to_owned(),
            by: "A. Analyst".to_owned(),
            at: at("2026-11-19T08:00:00Z"),
        }],
        seen: true,
        tree_size: 1_204,
    }
}

fn row(id: i64, level: Level, source: &str, language: &str, text: &str, reasons: &[&str]) -> InboxRow {
    InboxRow {
        id: ItemId(id),
        source: source.to_owned(),
        outlet: source.starts_with("lantern").then(|| "lantern-media".to_owned()),
        posted_at: at("2026-11-18T18:00:00Z"),
        language: language.to_owned(),
        level,
        tier: (level > Level::Low).then_some(1),
        text: text.to_owned(),
        state: if id == 42 { "edited" } else { "posted" }.to_owned(),
        reasons: reasons.iter().map(|reason| (*reason).to_owned()).collect(),
        images: u32::from(id % 2 == 0),
        family: (id % 3 == 0).then_some((FamilyId(12), 5)),
        decided: false,
        problems: Vec::new(),
    }
}

/// Rows of the inbox, ranked.
pub fn inbox() -> Vec<InboxRow> {
    let mut rows = vec![
        row(
            42,
            Level::HighSpecific,
            "lantern-media",
            "en",
            ENGLISH,
            &["threat with place and date", "event in 11 days: Meridian Cup", "places named"],
        ),
        row(
            31,
            Level::HighSpecific,
            "lantern-archive",
            "ar",
            ARABIC,
            &["threat: لن يضيء مصباح في ملعب هالدن", "event in 11 days: Meridian Cup"],
        ),
        row(
            33,
            Level::HighUnspecific,
            "lantern-media",
            "ru",
            "Фонари погаснут, и долина услышит нас. Ждите.",
            &["threat"],
        ),
        row(
            27,
            Level::Medium,
            "lantern-archive",
            "fa",
            "یاران فانوس، آماده باشید و راه را پیدا کنید.",
            &["call to action"],
        ),
        row(20, Level::Low, "valley-talk", "de", HOSTILE, &[HOSTILE]),
        row(
            19,
            Level::None,
            "valley-talk",
            "en",
            "We will destroy them on Saturday! Row 12, bring scarves.",
            &["sports talk"],
        ),
        row(18, Level::None, "Marrow Valley Courier", "en", "", &[]),
    ];
    rows[6].problems = vec!["issue.pdf: needs a password".to_owned()];
    rows[5].decided = true;
    rows
}

/// An answer with facets.
pub fn answer() -> SearchPage {
    let hit = |row: InboxRow| SearchHit {
        id: row.id,
        source: row.source,
        outlet: row.outlet,
        posted_at: row.posted_at,
        language: row.language,
        level: row.level,
        tier: row.tier,
        score: 3.2,
        why: vec!["stadium in text".to_owned(), "kelmora in picture".to_owned()],
        text: row.text,
        side: if row.id == ItemId(33) { "translation".to_owned() } else { "original".to_owned() },
    };
    let facet = |field, values: &[(&str, u64)]| Facet {
        field,
        counts: values.iter().map(|(value, count)| FacetCount { value: (*value).to_owned(), count: *count }).collect(),
    };
    SearchPage {
        query: Default::default(),
        answer: SearchAnswer {
            total: 47,
            hits: inbox().into_iter().take(5).map(hit).collect(),
            facets: vec![
                facet(FieldName::Level, &[("high-specific", 2), ("medium", 9), ("none", 36)]),
                facet(FieldName::Source, &[("lantern-media", 20), ("Marrow Valley Courier", 9), (HOSTILE, 1)]),
                facet(FieldName::Language, &[("en", 22), ("ar", 11), ("fa", 4)]),
                facet(FieldName::Actor, &[("grey-lantern", 31)]),
            ],
        },
    }
}

/// One poster in three languages.
pub fn family() -> FamilyView {
    let member = |id, source: &str, when: &str, language: &str, level, text: &str| FamilyMember {
        id: ItemId(id),
        source: source.to_owned(),
        posted_at: at(when),
        language: language.to_owned(),
        level,
        text: text.to_owned(),
        image: Some(image_hash()),
    };
    FamilyView {
        id: FamilyId(12),
        members: vec![
            member(12, "lantern-archive", "2026-11-16T09:30:00Z", "ar", Level::HighSpecific, ARABIC),
            member(31, "lantern-archive", "2026-11-17T20:10:00Z", "ar", Level::Low, ARABIC),
            member(42, "lantern-media", "2026-11-18T18:00:00Z", "en", Level::HighSpecific, ENGLISH),
            member(44, "valley-talk", "2026-11-18T18:40:00Z", "fr", Level::Medium, HOSTILE),
        ],
    }
}

/// Three weeks of items.
pub fn timeline() -> Vec<TimelineBucket> {
    (1..=20)
        .map(|day: u64| TimelineBucket {
            day: format!("2026-11-{day:02}"),
            by_level: [day % 5 + 1, day % 3, day % 4 / 2, day % 7 / 5, u64::from(day > 15) * (day % 3)],
        })
        .collect()
}

fn source(id: i64, kind: SourceKind, name: &str, address: &str, health: SourceHealth) -> Source {
    Source {
        id: SourceId(id),
        asked: NewSource {
            kind,
            address: address.to_owned(),
            room: (kind == SourceKind::Rocketchat).then(|| name.to_owned()),
            name: name.to_owned(),
            outlet: None,
            countries: Vec::new(),
            allow_private: Vec::new(),
            secret: None,
            authorisation: Authorisation {
                authorised_by: "B. Lead, head of desk".to_owned(),
                basis: "Open room, research purpose, recorded in file 7".to_owned(),
                kind: AuthorityKind::Public,
                recorded_at: at("2026-10-30T10:00:00Z"),
                until: (id == 2).then(|| at("2026-11-19T00:00:00Z")),
            },
            reach: vedette_core::Reach::default(),
            keeping: vedette_core::Keeping::default(),
        },
        state: if id == 4 { SourceState::Paused } else { SourceState::Active },
        added_at: at("2026-10-30T10:00:00Z"),
        health,
    }
}

/// Sources in every state of health.
pub fn sources() -> Vec<Source> {
    let fine = SourceHealth {
        last_success_at: Some(at("2026-11-20T11:58:00Z")),
        last_item_at: Some(at("2026-11-20T09:12:00Z")),
        items: 31,
        ..SourceHealth::default()
    };
    let failing = SourceHealth {
        last_error_at: Some(at("2026-11-20T11:59:00Z")),
        last_error: Some(format!("the server answered 401: renew the token {HOSTILE}")),
        failures: 7,
        ..fine.clone()
    };
    vec![
        source(1, SourceKind::Rocketchat, "lantern-media", "https://chat.greylantern.example", fine.clone()),
        source(2, SourceKind::Rocketchat, "lantern-archive", "https://chat.greylantern.example", fine),
        source(3, SourceKind::Feed, "Marrow Valley Courier", "https://courier.example/rss.xml", failing),
        source(4, SourceKind::Folder, "handed-in files", "/srv/desk/in", SourceHealth::default()),
    ]
}

/// Channels that posts point to.
pub fn suggestions() -> Vec<SourceSuggestion> {
    let one = |address: &str, kind: &str, seen| SourceSuggestion {
        address: address.to_owned(),
        kind: kind.to_owned(),
        seen,
        first_item: ItemId(42),
        first_at: at("2026-11-18T18:00:00Z"),
    };
    vec![one("hxxps://chat[.]greylantern[.]example/invite/Qk3", "invite", 4), one(HOSTILE, "channel", 1)]
}

/// A draft that cites one item.
pub fn report() -> Report {
    Report {
        id: ReportId(7),
        series: "Special Announcements".to_owned(),
        number: 12,
        title: "Lantern Media Threatens Stadium In Kelmora".to_owned(),
        authors: vec!["A. Editor".to_owned()],
        updated_at: at("2026-11-20T10:00:00Z"),
        status: Default::default(),
        tlp: Default::default(),
        blocks: vec![Block { kind: BlockKind::Lead, audience: Default::default(), text: "On …[^1]".to_owned() }],
        footnotes: vec![Footnote {
            number: 1,
            source: "lantern-media".to_owned(),
            outlet: Some("Lantern Media".to_owned()),
            posted_at: at("2026-11-18T18:00:00Z"),
            url: None,
            evidence: EvidenceRef {
                item: ItemId(42),
                version: VersionId(91),
                sha256: Sha256([91; 32]),
                captured_at: at("2026-11-18T18:03:12Z"),
                leaf: 411,
                tree_size: 1_204,
            },
            translations: Vec::new(),
        }],
        releases: Vec::new(),
    }
}
