//! An Arabic post of the fictional world with its translation.

use vedette_core::translation::{Segment, SegmentOrigin, TermUse, Translation};
use vedette_core::{
    Findings, ItemId, ItemView, LinkKind, LinkMention, MentionKind, Reading, ReadingKind, Reason, Revision, RevisionId,
    Sha256, TextKey, TranslationStatus, VersionId, VersionState,
};
use vedette_desk::{ItemTranslations, SegmentText, TextTranslation, TranslationState};

use super::views::{HOSTILE, at, item, mention, reading, statement, version, version_view};

fn link(text: &str) -> LinkMention {
    let address = "https://lantern-media.example/cup";
    let start = text.find(address).unwrap();
    let text = "hxxps://lantern-media[.]example/cup".to_owned();
    LinkMention { start, end: start + address.len(), text, kind: LinkKind::Url }
}

/// The two halves of a post in Arabic, segment by segment.
const HALVES: [(&str, &str); 4] = [
    ("بيان من وسام الفانوس الرمادي", "A statement by the Order of the Grey Lantern"),
    ("لن يضيء مصباح في ملعب هالدن يوم 1 ديسمبر.", "No lamp will burn in Halden Stadium on 1 December."),
    ("ستسمع كلمورا منا قبل كأس ميريديان!", "Kelmora will hear of us before the Meridian Cup!"),
    ("راجع https://lantern-media.example/cup للصور.", "See https://lantern-media.example/cup for <b>pictures</b>."),
];

/// The halves joined by line ends, and the segments in them.
fn joined() -> (String, String, Vec<Segment>) {
    let (mut source, mut target, mut segments) = (String::new(), String::new(), Vec::new());
    let small = |at: usize| u32::try_from(at).unwrap();
    for (original, translated) in HALVES {
        if !source.is_empty() {
            source.push('\n');
            target.push('\n');
        }
        let (from, start) = (source.len(), target.len());
        source.push_str(original);
        target.push_str(translated);
        let mut segment = Segment {
            source: [small(from), small(source.len())],
            target: [small(start), small(target.len())],
            origin: SegmentOrigin::Machine,
            terms: Vec::new(),
        };
        if let (Some(in_source), Some(in_target)) = (original.find("ملعب هالدن"), translated.find("Halden Stadium"))
        {
            segment.origin = SegmentOrigin::Person;
            segment.terms.push(TermUse {
                source: [small(from + in_source), small(from + in_source + "ملعب هالدن".len())],
                target: [small(start + in_target), small(start + in_target + "Halden Stadium".len())],
                entry: "venue:halden-stadium".to_owned(),
                enforced: true,
            });
        }
        segments.push(segment);
    }
    (source, target, segments)
}

/// Which text the invented translation is of.
pub fn arabic_hash() -> Sha256 {
    Sha256([0x31; 32])
}

fn revision(id: i64, status: TranslationStatus, author: &str, text: &str) -> Revision {
    Revision {
        id: RevisionId(id),
        leaf: 500 + id.unsigned_abs(),
        item: ItemId(31),
        version: VersionId(90),
        of: TextKey { attachment: None, member: None, page: None, sha256: arabic_hash() },
        from: "ar".to_owned(),
        to: "en".to_owned(),
        status,
        author: author.to_owned(),
        at: at("2026-11-19T10:00:00Z"),
        engine: "firefox".to_owned(),
        engine_version: "fxtranslate 0.5.0".to_owned(),
        glossary: None,
        segments: joined().2,
        text: text.to_owned(),
    }
}

/// An item in Arabic with its translation, which a person has revised.
pub fn arabic_item() -> ItemView {
    let (source, target, segments) = joined();
    let mut view = item(ItemId(31));
    let mut only = version(90, 1, VersionState::Posted, &source);
    only.item = ItemId(31);
    only.attachments.clear();
    let mut shown = version_view(only, &source, false);
    shown.problems.clear();
    shown.pending = false;
    let translation = Translation {
        of: 0,
        source_sha256: arabic_hash(),
        from: "ar".to_owned(),
        to: "en".to_owned(),
        engine: "firefox".to_owned(),
        engine_version: "fxtranslate 0.5.0".to_owned(),
        glossary: None,
        status: TranslationStatus::Revised,
        author: Some("T. Translator".to_owned()),
        segments,
        notes: vec!["segment 3: <i>the term Kelmora</i> found no place".to_owned()],
    };
    shown.readings = vec![
        reading(None, None, ReadingKind::Text, "ar", 1.0, &source),
        Reading {
            translation: Some(Box::new(translation)),
            ..reading(None, None, ReadingKind::Translation, "en", 1.0, &target)
        },
    ];
    let found = |text: &str, venue: &str, said: &str| Findings {
        mentions: vec![mention(text, venue, MentionKind::Venue, "Halden Stadium", &[])],
        links: vec![link(text)],
        statements: vec![statement(text, said)],
        ..Findings::default()
    };
    shown.findings = vec![
        found(&source, "ملعب هالدن", "لن يضيء مصباح في ملعب هالدن يوم 1 ديسمبر."),
        found(&target, "Halden Stadium", "No lamp will burn in Halden Stadium on 1 December."),
    ];
    let quote = "لن يضيء مصباح في ملعب هالدن";
    let start = source.find(quote).unwrap();
    shown.assessment.reasons = vec![Reason {
        group: vedette_core::ReasonGroup::Intent,
        name: "threat".to_owned(),
        weight: 4.0,
        quote: quote.to_owned(),
        start,
        end: start + quote.len(),
        reading: 0,
    }];
    view.item.state = VersionState::Posted;
    view.versions = vec![shown];
    view.likenesses.clear();
    view
}

/// The translations of [`arabic_item`]; none of any other item.
pub fn translations(id: ItemId) -> ItemTranslations {
    if id.0 != 31 {
        return ItemTranslations { state: TranslationState::NotNeeded, reason: None, texts: Vec::new() };
    }
    let (_, target, _) = joined();
    let text = TextTranslation {
        reading: 0,
        translated: Some(1),
        of: TextKey { attachment: None, member: None, page: None, sha256: arabic_hash() },
        state: TranslationState::Revised,
        reason: None,
        from: "ar".to_owned(),
        to: "en".to_owned(),
        engine: "firefox".to_owned(),
        engine_version: "fxtranslate 0.5.0".to_owned(),
        author: Some("T. Translator".to_owned()),
        notes: vec!["segment 3: <i>the term Kelmora</i> found no place".to_owned()],
        segments: HALVES
            .iter()
            .map(|(source, target)| SegmentText {
                source: (*source).to_owned(),
                target: (*target).to_owned(),
                origin: Some(SegmentOrigin::Machine),
                terms: Vec::new(),
            })
            .collect(),
        revisions: vec![
            revision(6, TranslationStatus::Draft, "A. Analyst", &target.replace("burn", "glow")),
            revision(7, TranslationStatus::Revised, "T. Translator", &target),
        ],
        stale: vec![revision(2, TranslationStatus::Signed, HOSTILE, "of another text")],
    };
    ItemTranslations { state: TranslationState::Revised, reason: None, texts: vec![text] }
}

/// What the invented desk answers to a revision.
pub fn answered(status: TranslationStatus) -> Revision {
    revision(8, status, "A. Analyst", "…")
}
