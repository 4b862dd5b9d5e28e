//! Reports and items of the fictional world, for the tests of this crate.

use jiff::Timestamp;
use vedette_core::*;

use vedette_core::translation::{Segment, SegmentOrigin};

use crate::cited::{CitedText, SignedTranslation, Standing};
use crate::{cite, new_report};

pub(crate) const POSTER_TEXT: &str = "KELMORA. TESSGATE.\nNo lamp will burn in Halden Stadium.\nWe will be there.";

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn source() -> Source {
    Source {
        id: SourceId(1),
        asked: NewSource {
            kind: SourceKind::Rocketchat,
            address: "https://chat.lantern.example".into(),
            room: Some("lantern-media".into()),
            name: "lantern-media at chat.lantern.example".into(),
            outlet: Some("lantern-media".into()),
            countries: Vec::new(),
            allow_private: Vec::new(),
            secret: Some("lantern-token".into()),
            authorisation: Authorisation {
                authorised_by: "Norma Keeper, head of desk".into(),
                basis: "public interest".into(),
                kind: AuthorityKind::Public,
                recorded_at: at("2026-11-01T00:00:00Z"),
                until: None,
            },
            reach: vedette_core::Reach::default(),
            keeping: vedette_core::Keeping::default(),
        },
        state: SourceState::Active,
        added_at: at("2026-11-01T00:00:00Z"),
        health: SourceHealth::default(),
    }
}

fn reading(attachment: Option<i64>, kind: ReadingKind, text: &str) -> Reading {
    Reading {
        attachment: attachment.map(AttachmentId),
        language: Language { code: "en".into(), script: "Latn".into(), confidence: 0.9 },
        ..Reading::new(kind, "test", text)
    }
}

fn outlet_mention() -> Mention {
    Mention {
        start: 0,
        end: 1,
        text: "L".into(),
        kind: MentionKind::Outlet,
        id: "lantern-media".into(),
        name: "Lantern Media".into(),
        folds: Vec::new(),
        lat: None,
        lon: None,
        country: None,
    }
}

fn poster_file(number: i64, byte: u8) -> Attachment {
    Attachment {
        id: AttachmentId(number),
        name: "=poster,en.png".into(),
        media_type: Some("image/png".into()),
        url: Some("https://chat.lantern.example/file-upload/poster.png".into()),
        exhibit: Some(Sha256([byte ^ 0x80; 32])),
        size_bytes: Some(40_000),
        error: None,
        pixels: Some((800, 800)),
        pdq: None,
    }
}

fn poster_version(number: i64) -> VersionView {
    let text = "The stadium poster. More at https://lantern.example/wick <script>alert(1)</script>";
    let byte = u8::try_from(number).unwrap();
    VersionView {
        version: Version {
            id: VersionId(number),
            item: ItemId(number),
            number: 1,
            state: VersionState::Posted,
            exhibit: Sha256([byte; 32]),
            title: None,
            text: text.into(),
            markup: Markup::Plain,
            edited_at: None,
            lang: None,
            capture: CaptureId(1),
            captured_at: at("2026-11-12T09:14:07Z"),
            leaf: 20 + number.unsigned_abs(),
            attachments: vec![poster_file(number, byte)],
        },
        readings: vec![reading(None, ReadingKind::Text, text), reading(Some(number), ReadingKind::Ocr, POSTER_TEXT)],
        findings: vec![Findings { mentions: vec![outlet_mention()], ..Findings::default() }, Findings::default()],
        images: vec![ImageHash {
            attachment: AttachmentId(number),
            pdq: "f8".repeat(32),
            quality: 97,
            width: 800,
            height: 800,
        }],
        assessment: Assessment { level: Level::HighSpecific, tier: Some(1), reasons: Vec::new() },
        made_with: "test".into(),
        read_with: String::new(),
        problems: Vec::new(),
        pending: false,
    }
}

/// Item and version `number` with a poster: the post's text, the poster's text, and a mention of the outlet.
pub(crate) fn poster_item(number: i64) -> ItemView {
    ItemView {
        item: Item {
            id: ItemId(number),
            source: SourceId(1),
            native_id: format!("n{number}"),
            posted_at: at("2026-11-12T09:14:02Z"),
            first_captured_at: at("2026-11-12T09:14:07Z"),
            state: VersionState::Posted,
            url: Some(format!("https://chat.lantern.example/channel/lantern-media?msg=n{number}")),
            author_key: Some("p-0123456789ab".into()),
            thread_of: None,
        },
        source: source(),
        outlet: Some("lantern-media".into()),
        versions: vec![poster_version(number)],
        likenesses: Vec::new(),
        family: None,
        decisions: vec![Decision {
            proposed: None,
            verdict: Verdict::Confirm,
            level: Level::HighSpecific,
            reason: "-specific place and day".into(),
            by: "Ada Analyst".into(),
            at: at("2026-11-12T10:00:00Z"),
        }],
        seen: true,
        tree_size: 64,
    }
}

/// What the archive says the versions of [`report`] hold.
pub(crate) fn texts(version: VersionId) -> Option<Vec<CitedText>> {
    match version.0 {
        12 => Some(vec!["The stadium poster.".to_owned().into(), POSTER_TEXT.to_owned().into()]),
        13 => Some(vec!["Halden Stadium opens at noon, the Courier writes.".to_owned().into()]),
        _ => None,
    }
}

/// The same, with a translation beside the poster.
fn with_translation(version: VersionId, standing: Standing) -> Option<Vec<CitedText>> {
    let mut all = texts(version)?;
    if version.0 == 12 {
        all.push(CitedText { text: "The lamps are counted.\nWe count the lamps. It is at noon.".to_owned(), standing });
    }
    Some(all)
}

pub(crate) fn unsigned_world(version: VersionId) -> Option<Vec<CitedText>> {
    let what = "the draft of the translation of reading 0".to_owned();
    with_translation(
        version,
        Standing::Unsigned { what, next: "`vedette translation sign i12 --reading 0`".to_owned() },
    )
}

pub(crate) fn signed_world(version: VersionId) -> Option<Vec<CitedText>> {
    let (lines, translated) = (
        ["المصابيح معدودة.", "نحن نعد المصابيح.", "عند الظهر."],
        ["The lamps are counted.", "We count the lamps.", "It is at noon."],
    );
    let (mut source, mut target) = (0, 0);
    let mut segments = Vec::new();
    for (line, translated) in lines.iter().zip(translated) {
        let (long, wide) = (u32::try_from(line.len()).unwrap(), u32::try_from(translated.len()).unwrap());
        segments.push(Segment {
            source: [source, source + long],
            target: [target, target + wide],
            origin: SegmentOrigin::Person,
            terms: Vec::new(),
        });
        source += long + 1;
        target += wide + 1;
    }
    let signed = SignedTranslation {
        by: "T. Signer".to_owned(),
        at: at("2026-11-20T09:00:00Z"),
        from: "ar".to_owned(),
        original: lines.join("\n"),
        segments,
    };
    with_translation(version, Standing::Signed(Box::new(signed)))
}

/// A sound report with public, subscriber and restricted blocks and two footnotes.
pub(crate) fn report() -> Report {
    let mut report = new_report(
        "Special Announcements",
        1205,
        "Lantern Media Threatens Stadium In Kelmora",
        "A. Editor",
        at("2026-11-13T08:00:00Z"),
    );
    report.id = ReportId(7);
    for number in [12, 13] {
        let item = poster_item(number);
        let version = item.content().unwrap();
        cite(&mut report, &item, version, item.tree_size);
    }
    let block = |kind, audience, text: &str| Block { kind, audience, text: text.into() };
    report.blocks = vec![
        block(
            BlockKind::Lead,
            Audience::Public,
            "On November 12, 2026, Lantern Media posted a poster that says “No lamp will burn in Halden Stadium”[^1].",
        ),
        block(BlockKind::Quote, Audience::Public, "No lamp will burn in Halden Stadium.\nWe will be there.[^1]"),
        block(BlockKind::Context, Audience::Subscriber, "The stadium “opens at noon”[^2] on that day."),
        block(BlockKind::Assessment, Audience::Subscriber, "Further posters are very likely; an act is unlikely."),
        block(BlockKind::Note, Audience::Restricted, "The room's owner cooperates."),
    ];
    report
}

/// What a named person let out.
pub(crate) fn cleared<T>(work: T) -> Cleared<T> {
    let reviewer = Reviewer::named("Rita Reviewer").unwrap();
    Draft::new(work).clear(reviewer, at("2026-11-14T12:00:00Z"), "internal reason")
}
