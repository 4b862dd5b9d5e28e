//! Campaigns: items that belong together. In: what items name, in short. Out: suggestions, each join with its reason; a person
//! accepts, merges, splits and undoes ([`book`]).
//!
//! Two items are joined when nothing lies between them in time among the items that share
//! - a family, at most [`FAMILY_DAYS`] days apart; or
//! - an outlet or an actor, and an event, venue, series, target or place, at most [`GAP_DAYS`] days apart; or
//! - an event or a venue alone, when both are at medium or higher, as far apart.
//!
//! The same items give the same suggestions in any order. Each item has at most [`ANCHORS_MAX`] × [`SUBJECTS_MAX`] such pairs, which
//! are sorted once, so the work grows as n log n.

pub mod book;
mod union;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::SignedDuration;
use serde::Serialize;
use vedette_core::{ItemId, Level, MentionKind, Name, Signal, Signals};

use union::Union;

/// Days between two items of a campaign that share no family.
pub const GAP_DAYS: i64 = 7;
/// Days between two members of one family: a poster comes back for months, and then it is another wave.
pub const FAMILY_DAYS: i64 = 30;
/// Outlets and actors of one item that count.
pub const ANCHORS_MAX: usize = 4;
/// Events, targets and places of one item that count.
pub const SUBJECTS_MAX: usize = 8;
/// Items of a campaign, and different ones among them: five copies of one poster are a family, not a campaign.
pub const MEMBERS_MIN: usize = 3;
const DIFFERENT_MIN: usize = 2;
/// A target or place that this share of an outlet's items name (of at least so many) tells none of them from the others.
const HUB_SHARE: f64 = 0.8;
const HUB_ITEMS_MIN: usize = 50;
/// Share of the members that must name a thing for the title to say so, and how many things it says.
const TITLE_SHARE: f64 = 0.3;
const TITLE_NAMES: usize = 2;
/// Stands for "no outlet or actor" among the keys.
const NOBODY: u32 = u32::MAX;

/// Why two items were joined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Join {
    /// The one that was there first.
    pub earlier: ItemId,
    /// The other one.
    pub later: ItemId,
    /// In words.
    pub why: String,
}

/// Items that may be one campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// Such as `14 posters in 3 weeks, sports events`.
    pub title: String,
    /// The items, oldest first.
    pub items: Vec<ItemId>,
    /// What joins them: enough joins to reach each item from each other one, and no more.
    pub joins: Vec<Join>,
}

/// What two items share, as places in tables of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Family(i64),
    Shared { anchor: u32, subject: u32 },
}

/// Suggests campaigns among `signals`, the largest first.
pub fn suggest(signals: &Signals) -> Vec<Suggestion> {
    let order = in_order(signals);
    let (mut union, joins) = join(signals, &order);
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for place in 0..order.len() {
        members.entry(union.root(place)).or_default().push(place);
    }
    let mut of_root: BTreeMap<usize, Vec<Join>> = BTreeMap::new();
    for (place, join) in joins {
        of_root.entry(union.root(place)).or_default().push(join);
    }
    let mut all: Vec<Suggestion> = Vec::new();
    for (root, places) in members {
        let items: Vec<&Signal> = places.iter().filter_map(|place| order.get(*place).copied()).collect();
        if items.len() < MEMBERS_MIN || different(&items) < DIFFERENT_MIN {
            continue;
        }
        let joins = of_root.remove(&root).unwrap_or_default();
        all.push(Suggestion {
            title: title(&items, signals),
            items: items.iter().map(|one| one.item).collect(),
            joins,
        });
    }
    all.sort_by(|a, b| b.items.len().cmp(&a.items.len()).then_with(|| a.items.cmp(&b.items)));
    all
}

/// What joins these items, for a campaign that a person holds together. Items that nothing joins are in none of the joins.
pub fn joins(signals: &Signals) -> Vec<Join> {
    let order = in_order(signals);
    join(signals, &order).1.into_iter().map(|(_, join)| join).collect()
}

/// `14 posters in 3 weeks, sports events`, of some of the items.
pub fn title_of(signals: &Signals, items: &BTreeSet<ItemId>) -> String {
    let mut some = in_order(signals);
    some.retain(|signal| items.contains(&signal.item));
    title(&some, signals)
}

fn in_order(signals: &Signals) -> Vec<&Signal> {
    let mut order: Vec<&Signal> = signals.items.iter().collect();
    order.sort_by_key(|signal| (signal.posted_at, signal.item));
    order
}

/// Joins items that follow each other under one key; each join with the place of one of its items.
fn join(signals: &Signals, order: &[&Signal]) -> (Union, Vec<(usize, Join)>) {
    let (mut keys, outlets) = keys(signals, order);
    drop_hubs(&mut keys, signals, order, &outlets);
    keys.sort_unstable();
    let mut union = Union::new(order.len());
    let mut joins = Vec::new();
    for pair in keys.windows(2) {
        let [(key, first), (same, second)] = pair else { continue };
        let (Some(earlier), Some(later)) = (order.get(*first as usize), order.get(*second as usize)) else { continue };
        let apart = later.posted_at.duration_since(earlier.posted_at);
        let days = if matches!(key, Key::Family(_)) { FAMILY_DAYS } else { GAP_DAYS };
        if key != same || apart > SignedDuration::from_hours(24 * days) {
            continue;
        }
        if union.join(*first as usize, *second as usize) {
            let why = format!("{}, {}", what(*key, signals, &outlets), apart_words(apart));
            joins.push((*first as usize, Join { earlier: earlier.item, later: later.item, why }));
        }
    }
    (union, joins)
}

/// Every key of every item, and the outlets that anchors stand for.
fn keys<'a>(signals: &Signals, order: &[&'a Signal]) -> (Vec<(Key, u32)>, Vec<&'a str>) {
    let known = u32::try_from(signals.names.len()).unwrap_or(NOBODY);
    let mut outlets: Vec<&str> = Vec::new();
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let mut keys = Vec::new();
    for (place, signal) in (0u32..).zip(order) {
        if let Some(family) = signal.family {
            keys.push((Key::Family(family.0), place));
        }
        let mut anchors: Vec<u32> = Vec::new();
        if let Some(outlet) = signal.outlet.as_deref() {
            // Outlets are numbered behind the names, so that both are anchors of one table.
            anchors.push(*numbers.entry(outlet).or_insert_with(|| {
                outlets.push(outlet);
                known.saturating_add(u32::try_from(outlets.len() - 1).unwrap_or(0))
            }));
        }
        let of_kind = |kinds: &[MentionKind]| -> Vec<u32> {
            let is = |place: &&u32| signals.names.get(**place as usize).is_some_and(|name| kinds.contains(&name.kind));
            signal.names.iter().filter(is).copied().collect()
        };
        anchors.extend(of_kind(&[MentionKind::Actor]));
        anchors.truncate(ANCHORS_MAX);
        let strong = of_kind(&[MentionKind::Event, MentionKind::Venue]);
        let mut subjects = strong.clone();
        subjects.extend(of_kind(&[MentionKind::Series]));
        subjects.extend(of_kind(&[MentionKind::Target]));
        subjects.extend(of_kind(&[MentionKind::Place]));
        subjects.truncate(SUBJECTS_MAX);
        for subject in &subjects {
            keys.extend(anchors.iter().map(|anchor| (Key::Shared { anchor: *anchor, subject: *subject }, place)));
        }
        if signal.level >= Level::Medium {
            let alone = strong.iter().take(SUBJECTS_MAX);
            keys.extend(alone.map(|subject| (Key::Shared { anchor: NOBODY, subject: *subject }, place)));
        }
    }
    (keys, outlets)
}

/// Drops what nearly all items of an outlet or actor name: it would tie everything they ever post into one campaign.
fn drop_hubs(keys: &mut Vec<(Key, u32)>, signals: &Signals, order: &[&Signal], outlets: &[&str]) {
    let mut of_anchor: HashMap<u32, usize> = HashMap::new();
    let known = signals.names.len();
    let number = |outlet: &str| outlets.iter().position(|one| *one == outlet).map(|at| (known + at) as u32);
    let mut by_outlet: HashMap<&str, usize> = HashMap::new();
    for signal in order {
        signal.outlet.as_deref().into_iter().for_each(|outlet| *by_outlet.entry(outlet).or_default() += 1);
        signal.names.iter().for_each(|name| *of_anchor.entry(*name).or_default() += 1);
    }
    for (outlet, count) in by_outlet {
        number(outlet).into_iter().for_each(|anchor| {
            of_anchor.insert(anchor, count);
        });
    }
    let mut of_key: HashMap<(u32, u32), usize> = HashMap::new();
    for (key, _) in keys.iter() {
        if let Key::Shared { anchor, subject } = key {
            *of_key.entry((*anchor, *subject)).or_default() += 1;
        }
    }
    keys.retain(|(key, _)| {
        let Key::Shared { anchor, subject } = key else { return true };
        let broad = signals
            .names
            .get(*subject as usize)
            .is_some_and(|name| matches!(name.kind, MentionKind::Target | MentionKind::Place));
        let all = of_anchor.get(anchor).copied().unwrap_or(0);
        let named = of_key.get(&(*anchor, *subject)).copied().unwrap_or(0);
        !(broad && all >= HUB_ITEMS_MIN && named as f64 > all as f64 * HUB_SHARE)
    });
}

/// What a key says, for people.
fn what(key: Key, signals: &Signals, outlets: &[&str]) -> String {
    let name = |place: u32| signals.names.get(place as usize).map(|name| (name.kind.word(), name.name.as_str()));
    let (anchor, subject) = match key {
        Key::Family(family) => return format!("the same family f{family}"),
        Key::Shared { anchor, subject } => (anchor, subject),
    };
    let about = name(subject).map(|(kind, name)| format!("{kind} {name}")).unwrap_or_default();
    match (name(anchor), outlets.get((anchor as usize).wrapping_sub(signals.names.len()))) {
        (Some((kind, name)), _) => format!("both name {kind} {name} and {about}"),
        (None, Some(outlet)) => format!("the same outlet {outlet}, both name {about}"),
        (None, None) => format!("both name {about}"),
    }
}

fn apart_words(apart: SignedDuration) -> String {
    match apart.as_hours() {
        0..24 => "on one day".to_owned(),
        24..48 => "1 day apart".to_owned(),
        hours => format!("{} days apart", hours / 24),
    }
}

/// Items that are no copies of each other.
fn different(items: &[&Signal]) -> usize {
    let families: BTreeSet<_> = items.iter().filter_map(|one| one.family).collect();
    families.len() + items.iter().filter(|one| one.family.is_none()).count()
}

fn title(items: &[&Signal], signals: &Signals) -> String {
    let pictures = items.iter().filter(|one| one.images > 0).count() * 2 > items.len();
    let noun = match (pictures, items.len()) {
        (true, 1) => "poster",
        (true, _) => "posters",
        (false, 1) => "post",
        (false, _) => "posts",
    };
    let span = match (items.first(), items.last()) {
        (Some(first), Some(last)) => last.posted_at.duration_since(first.posted_at).as_hours() / 24 + 1,
        _ => 1,
    };
    let span = match span {
        1 => "on one day".to_owned(),
        days @ 2..14 => format!("in {days} days"),
        days => format!("in {} weeks", (days + 3) / 7),
    };
    let mut title = format!("{} {noun} {span}", items.len());
    for name in common_names(items, signals) {
        title.push_str(", ");
        title.push_str(&name.name);
    }
    title
}

/// What many of the items name: events first, then targets, venues, places.
fn common_names<'a>(items: &[&Signal], signals: &'a Signals) -> Vec<&'a Name> {
    let mut counts: HashMap<u32, usize> = HashMap::new();
    items.iter().flat_map(|one| &one.names).for_each(|name| *counts.entry(*name).or_default() += 1);
    let rank = |kind: MentionKind| match kind {
        MentionKind::Event => Some(0),
        MentionKind::Target => Some(1),
        MentionKind::Venue => Some(2),
        MentionKind::Place => Some(3),
        _ => None,
    };
    let mut common: Vec<(u8, usize, &Name)> = counts
        .into_iter()
        .filter(|(_, count)| *count > 1 && *count as f64 >= items.len() as f64 * TITLE_SHARE)
        .filter_map(|(place, count)| {
            let name = signals.names.get(place as usize)?;
            Some((rank(name.kind)?, count, name))
        })
        .collect();
    common.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)).then_with(|| a.2.id.cmp(&b.2.id)));
    common.into_iter().take(TITLE_NAMES).map(|(_, _, name)| name).collect()
}

#[cfg(test)]
mod tests;
