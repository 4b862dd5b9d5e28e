//! How a family spread: which channel had it first, how long the others took, and how often that was so before.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use vedette_core::{FamilyId, FamilyView, FirstOnSource};

/// Channels that are compared pair by pair: those that had it first.
const CHANNELS_COMPARED: usize = 10;

/// A channel of a family.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Channel {
    /// Name of the source.
    pub source: String,
    /// Members on it.
    pub members: usize,
    /// When its first was posted.
    pub first_at: Timestamp,
    /// Seconds after the first of all.
    pub lag_seconds: i64,
    /// Language codes of its members, in the order in which they came.
    pub languages: Vec<String>,
}

/// Two channels: the earlier had this family first. The other numbers are of all families that both have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChannelPair {
    /// Who had this family first.
    pub earlier: String,
    /// Who had it later.
    pub later: String,
    /// Seconds between their first posts, in this family.
    pub lag_seconds: i64,
    /// Families that both have, this one included.
    pub shared: usize,
    /// Of those, families that `earlier` had first.
    pub earlier_first: usize,
    /// Of those, families that `later` had first; the rest came in the same moment.
    pub later_first: usize,
    /// The middle of all lags in seconds; below zero where `later` is the one that usually leads.
    pub median_lag_seconds: i64,
}

/// How a family spread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Spread {
    /// Channels in the order in which they had it.
    pub channels: Vec<Channel>,
    /// Pairs of the channels that had it first.
    pub pairs: Vec<ChannelPair>,
    /// Language codes with how many members are in each, in the order in which they came.
    pub languages: Vec<(String, usize)>,
}

/// The spread of a family, given the first posts on each source of the families beside it.
pub fn spread(family: &FamilyView, beside: &[FirstOnSource]) -> Spread {
    let first = family.members.iter().map(|member| member.posted_at).min().unwrap_or_default();
    let (mut channels, mut languages) = (Vec::<Channel>::new(), Vec::<(String, usize)>::new());
    for member in &family.members {
        match languages.iter_mut().find(|(code, _)| *code == member.language) {
            Some((_, count)) => *count += 1,
            None => languages.push((member.language.clone(), 1)),
        }
        let place = channels.iter().position(|one| one.source == member.source).unwrap_or_else(|| {
            channels.push(Channel {
                source: member.source.clone(),
                members: 0,
                first_at: member.posted_at,
                lag_seconds: 0,
                languages: Vec::new(),
            });
            channels.len() - 1
        });
        let Some(channel) = channels.get_mut(place) else { continue };
        channel.members += 1;
        channel.first_at = channel.first_at.min(member.posted_at);
        if !channel.languages.contains(&member.language) {
            channel.languages.push(member.language.clone());
        }
    }
    channels.iter_mut().for_each(|channel| channel.lag_seconds = seconds(first, channel.first_at));
    channels.sort_by(|a, b| (a.first_at, &a.source).cmp(&(b.first_at, &b.source)));
    let pairs = pairs(family.id, &channels, beside);
    Spread { channels, pairs, languages }
}

fn pairs(family: FamilyId, channels: &[Channel], beside: &[FirstOnSource]) -> Vec<ChannelPair> {
    let mut of_source: BTreeMap<&str, BTreeMap<FamilyId, Timestamp>> = BTreeMap::new();
    for one in beside {
        of_source.entry(&one.source).or_default().insert(one.family, one.posted_at);
    }
    let compared = channels.get(..CHANNELS_COMPARED.min(channels.len())).unwrap_or_default();
    let mut all = Vec::new();
    for (at, earlier) in compared.iter().enumerate() {
        for later in compared.iter().skip(at + 1) {
            let (empty, here) = (BTreeMap::new(), seconds(earlier.first_at, later.first_at));
            let of = |source: &str| of_source.get(source).unwrap_or(&empty);
            let others = of(&later.source);
            let shared = of(&earlier.source).iter().filter(|(id, _)| **id != family);
            let mut lags: Vec<i64> = shared.filter_map(|(id, at)| Some(seconds(*at, *others.get(id)?))).collect();
            lags.push(here);
            lags.sort_unstable();
            all.push(ChannelPair {
                earlier: earlier.source.clone(),
                later: later.source.clone(),
                lag_seconds: here,
                shared: lags.len(),
                earlier_first: lags.iter().filter(|lag| **lag > 0).count(),
                later_first: lags.iter().filter(|lag| **lag < 0).count(),
                median_lag_seconds: median(&lags),
            });
        }
    }
    all
}

fn seconds(from: Timestamp, to: Timestamp) -> i64 {
    to.as_second() - from.as_second()
}

/// The middle of sorted numbers; between two, the half way.
fn median(sorted: &[i64]) -> i64 {
    let at = |place: usize| sorted.get(place).copied().unwrap_or_default();
    match sorted.len() {
        0 => 0,
        odd if odd % 2 == 1 => at(odd / 2),
        even => (at(even / 2 - 1) + at(even / 2)) / 2,
    }
}

#[cfg(test)]
mod tests {
    use vedette_core::{FamilyMember, ItemId, Level};

    use super::*;

    fn minute(minute: i64) -> Timestamp {
        Timestamp::from_second(1_795_000_000 + minute * 60).unwrap()
    }

    fn member(id: i64, source: &str, at: i64, language: &str) -> FamilyMember {
        FamilyMember {
            id: ItemId(id),
            source: source.to_owned(),
            posted_at: minute(at),
            language: language.to_owned(),
            level: Level::Low,
            text: String::new(),
            image: None,
        }
    }

    fn first(family: i64, source: &str, at: i64) -> FirstOnSource {
        FirstOnSource { family: FamilyId(family), source: source.to_owned(), posted_at: minute(at) }
    }

    #[test]
    fn channels_stand_in_the_order_in_which_they_had_it_and_pairs_tell_who_usually_leads() {
        let family = FamilyView {
            id: FamilyId(1),
            members: vec![
                member(1, "Lantern Media", 0, "ar"),
                member(2, "Mirror", 30, "en"),
                member(3, "Lantern Media", 60, "en"),
                member(4, "Archive", 90, "ar"),
            ],
        };
        let beside = [
            // Mirror led twice, by an hour and by three; this family's own row is not counted twice.
            first(1, "Lantern Media", 0),
            first(1, "Mirror", 30),
            first(2, "Mirror", 0),
            first(2, "Lantern Media", 60),
            first(3, "Mirror", 0),
            first(3, "Lantern Media", 180),
            first(4, "Mirror", 5),
            first(5, "Lantern Media", 5),
            first(6, "Mirror", 7),
            first(6, "Lantern Media", 7),
        ];
        let found = spread(&family, &beside);
        let order: Vec<_> =
            found.channels.iter().map(|one| (one.source.as_str(), one.members, one.lag_seconds)).collect();
        assert_eq!(order, [("Lantern Media", 2, 0), ("Mirror", 1, 1_800), ("Archive", 1, 5_400)]);
        assert_eq!(found.channels[0].languages, ["ar", "en"]);
        assert_eq!(found.languages, [("ar".to_owned(), 2), ("en".to_owned(), 2)]);
        assert_eq!(found.pairs.len(), 3);
        let pair = &found.pairs[0];
        assert_eq!((pair.earlier.as_str(), pair.later.as_str(), pair.lag_seconds), ("Lantern Media", "Mirror", 1_800));
        assert_eq!((pair.shared, pair.earlier_first, pair.later_first), (4, 1, 2));
        assert_eq!(pair.median_lag_seconds, -1_800);
        assert_eq!((found.pairs[1].shared, found.pairs[1].median_lag_seconds), (1, 5_400), "nothing else is shared");
    }

    #[test]
    fn a_family_without_members_spreads_nowhere() {
        let found = spread(&FamilyView { id: FamilyId(1), members: vec![] }, &[]);
        assert_eq!(found, Spread { channels: vec![], pairs: vec![], languages: vec![] });
    }
}
