//! The grade of an item's content (1 to 6 of the Admiralty code), proposed from what other items say. In: who else speaks of the
//! same. Out: a grade, and one line for each thing it rests on. The source's grade is a person's and is not proposed.
//!
//! A re-post confirms that something was published, not that it is true: members of one family are one voice.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use vedette_core::{
    Admiralty, ContentGrade, ItemId, MentionKind, Signal, Signals, SourceGrade, SourceId, StatementKind,
};

/// Days before and after an item within which another one can speak of the same.
pub const DAYS_APART_MAX: i64 = 7;
/// Items that are named for a grade.
const NAMED_MAX: usize = 3;

/// First and last moment at which other items are asked.
pub fn window(posted_at: Timestamp) -> (Timestamp, Timestamp) {
    let days = SignedDuration::from_hours(24 * DAYS_APART_MAX);
    (posted_at.checked_sub(days).unwrap_or(Timestamp::MIN), posted_at.checked_add(days).unwrap_or(Timestamp::MAX))
}

/// Grades of `item`, among the items of its window. `official` is the outlet that the source is, when it speaks for an
/// organisation of the register; `grade_of` tells the grade that a person gave a source.
pub fn grade(
    item: ItemId,
    signals: &Signals,
    official: Option<&str>,
    grade_of: &dyn Fn(SourceId) -> SourceGrade,
) -> Admiralty {
    let Some(own) = signals.items.iter().find(|signal| signal.item == item) else {
        return Admiralty::default();
    };
    let source = grade_of(own.source);
    let others: Vec<&Signal> = signals.items.iter().filter(|other| independent(own, other)).collect();
    let mut voices: Vec<(&Signal, String)> = Vec::new();
    let mut denials: Vec<(&Signal, String)> = Vec::new();
    for other in others {
        let Some(what) = shared(own, other, signals) else { continue };
        if other.said.contains(&StatementKind::Denial) && !own.said.contains(&StatementKind::Denial) {
            denials.push((other, what));
        } else if !other.said.is_empty() {
            voices.push((other, what));
        }
    }
    // Several items of one source or family are one voice.
    let mut heard = BTreeSet::new();
    voices.retain(|(other, _)| heard.insert((other.source, other.family)));
    let sources: BTreeSet<SourceId> = voices.iter().map(|(other, _)| other.source).collect();
    let trusted = sources.iter().any(|source| grade_of(*source).is_trusted());
    let reposts = reposts(own, signals);
    let mut why = Vec::new();
    for (other, what) in voices.iter().take(NAMED_MAX) {
        let letter = grade_of(other.source).word();
        why.push(format!(
            "{} speaks of {what} too, independently (source {}, graded {letter})",
            other.item, other.source
        ));
    }
    why.extend(denials.iter().take(NAMED_MAX).map(|(other, what)| format!("{} denies it: {what}", other.item)));
    if reposts > 0 {
        why.push(format!("re-posted on {reposts} other source{}", if reposts == 1 { "" } else { "s" }));
    }
    if let Some(outlet) = official {
        why.push(format!("{outlet} speaks for its own organisation"));
    }
    let content = match (sources.len(), denials.is_empty()) {
        (0, false) => ContentGrade::Doubtful,
        (_, false) => ContentGrade::Possible,
        (2.., true) if trusted => ContentGrade::Confirmed,
        (1.., true) => ContentGrade::Probable,
        (0, true) if reposts > 0 || official.is_some() => ContentGrade::Possible,
        (0, true) => ContentGrade::Unknown,
    };
    Admiralty { source, content, why, decided: None }
}

/// Whether another item can confirm this one: another source, another outlet, and no re-post of it.
fn independent(own: &Signal, other: &Signal) -> bool {
    let same_family = own.family.is_some() && own.family == other.family;
    let same_outlet = own.outlet.is_some() && own.outlet == other.outlet;
    let days = other.posted_at.duration_since(own.posted_at).abs() <= SignedDuration::from_hours(24 * DAYS_APART_MAX);
    own.item != other.item && own.source != other.source && !same_family && !same_outlet && days
}

/// What both speak of: an event or a venue, or an organisation together with a place or target.
fn shared(own: &Signal, other: &Signal, signals: &Signals) -> Option<String> {
    let mut both = signals.names_of(own).filter(|name| signals.names_of(other).any(|known| known == *name));
    let names: Vec<_> = both.by_ref().collect();
    let of = |kinds: &[MentionKind]| names.iter().find(|name| kinds.contains(&name.kind));
    if let Some(name) = of(&[MentionKind::Event, MentionKind::Venue]) {
        return Some(name.name.clone());
    }
    let (who, where_or_whom) = (of(&[MentionKind::Actor])?, of(&[MentionKind::Place, MentionKind::Target])?);
    Some(format!("{} and {}", who.name, where_or_whom.name))
}

/// Other sources on which a member of the same family stands.
fn reposts(own: &Signal, signals: &Signals) -> usize {
    let Some(family) = own.family else { return 0 };
    let members = signals.items.iter().filter(|other| other.family == Some(family) && other.source != own.source);
    members.map(|other| other.source).collect::<BTreeSet<_>>().len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use vedette_core::{FamilyId, Level, Name};

    const CUP: u32 = 0;
    const ORDER: u32 = 1;
    const KELMORA: u32 = 2;

    /// Item, source, day, family, names, what it says.
    type Short<'a> = (i64, i64, i64, Option<i64>, &'a [u32], &'a [StatementKind]);

    fn signals(items: &[Short<'_>]) -> Signals {
        let name = |kind, id: &str| Name { kind, id: id.to_owned(), name: id.to_owned() };
        Signals {
            items: items
                .iter()
                .map(|(item, source, day, family, names, said)| Signal {
                    item: ItemId(*item),
                    source: SourceId(*source),
                    outlet: None,
                    posted_at: Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * day),
                    family: family.map(FamilyId),
                    level: Level::Low,
                    images: 0,
                    names: names.to_vec(),
                    said: said.to_vec(),
                })
                .collect(),
            names: vec![
                name(MentionKind::Event, "cup"),
                name(MentionKind::Actor, "order"),
                name(MentionKind::Place, "kelmora"),
            ],
        }
    }

    fn graded(others: &[Short<'_>]) -> (u8, String) {
        use StatementKind::Threat;
        let mut items: Vec<Short<'_>> = vec![(1, 1, 20, Some(1), &[CUP, ORDER, KELMORA], &[Threat])];
        items.extend_from_slice(others);
        let grade_of = |source: SourceId| if source.0 == 9 { SourceGrade::B } else { SourceGrade::F };
        let found = grade(ItemId(1), &signals(&items), None, &grade_of);
        (found.content.number(), found.why.join("; "))
    }

    #[test]
    fn content_is_graded_by_independent_voices_and_not_by_re_posts() {
        use StatementKind::{Denial, Report, Threat};
        for (what, others, wanted) in [
            ("nothing else", vec![], 6),
            ("a re-post elsewhere", vec![(2, 2, 20, Some(1), &[CUP][..], &[Threat][..])], 3),
            ("another item of the same source", vec![(2, 1, 20, None, &[CUP][..], &[Threat][..])], 6),
            ("another voice on the event", vec![(2, 2, 22, None, &[CUP][..], &[Report][..])], 2),
            ("the organisation and the place", vec![(2, 2, 22, None, &[ORDER, KELMORA][..], &[Report][..])], 2),
            ("the place alone", vec![(2, 2, 22, None, &[KELMORA][..], &[Report][..])], 6),
            ("fixtures, nothing said", vec![(2, 2, 22, None, &[CUP][..], &[][..])], 6),
            ("too long ago", vec![(2, 2, 10, None, &[CUP][..], &[Report][..])], 6),
            (
                "two voices, none of them trusted",
                vec![(2, 2, 21, None, &[CUP][..], &[Report][..]), (3, 3, 21, None, &[CUP][..], &[Report][..])],
                2,
            ),
            (
                "two voices, one of them trusted",
                vec![(2, 2, 21, None, &[CUP][..], &[Report][..]), (3, 9, 21, None, &[CUP][..], &[Report][..])],
                1,
            ),
            ("a denial", vec![(2, 2, 21, None, &[CUP][..], &[Denial][..])], 4),
            (
                "a denial and a voice",
                vec![(2, 2, 21, None, &[CUP][..], &[Denial][..]), (3, 3, 21, None, &[CUP][..], &[Report][..])],
                3,
            ),
        ] {
            let (number, why) = graded(&others);
            assert_eq!(number, wanted, "{what}: {why}");
            assert_eq!(why.is_empty(), wanted == 6, "{what}: every grade but 6 says why: {why}");
        }
    }

    #[test]
    fn an_outlet_that_speaks_for_its_organisation_is_possible_and_an_unknown_item_is_not_judged() {
        let alone = signals(&[(1, 1, 20, None, &[CUP], &[StatementKind::Claim])]);
        let grade_of = |_| SourceGrade::C;
        let found = grade(ItemId(1), &alone, Some("Lantern Media"), &grade_of);
        assert_eq!((found.code().as_str(), found.why.len()), ("C3", 1));
        assert_eq!(grade(ItemId(7), &alone, None, &grade_of).code(), "F6");
    }
}
