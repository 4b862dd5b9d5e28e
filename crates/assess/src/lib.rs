//! Findings to Assessment: the level and tier that the machine proposes for an item, as a sum of named reasons, each with
//! the quote it rests on. A person decides.
//!
//! The level looks at the gravest utterance that the outlet makes in its own voice. Words that are reported, denied or
//! warned against do not add up to a threat, however many there are.

mod calendar;
mod weights;

use jiff::civil::DateTime;
use vedette_core::{
    Assessment, CalendarEvent, Findings, Level, Mention, MentionKind, Reading, Reason, Slot, Statement, StatementKind,
    Tier,
};

/// What an assessment looks at.
#[derive(Debug, Clone, Copy)]
pub struct AssessInput<'a> {
    /// Texts of the version.
    pub readings: &'a [Reading],
    /// One for each reading.
    pub findings: &'a [Findings],
    /// The source's outlet, when it is the official outlet of an organisation in the register.
    pub outlet: Option<&'a str>,
    /// Dated events of the register.
    pub calendar: &'a [CalendarEvent],
    /// When it was posted, local to the writer as far as known.
    pub posted_at: DateTime,
    /// Days ahead within which an event raises the assessment.
    pub event_window_days: u16,
}

/// What one utterance adds up to.
#[derive(Debug, Default)]
struct Weighed {
    score: f32,
    /// How many of who, where and when are specific.
    specific: u8,
    /// Whether it announces harm or calls for it.
    intent: bool,
    reasons: Vec<Reason>,
}

/// Assesses an item from everything found in its texts.
pub fn assess(input: &AssessInput<'_>) -> Assessment {
    let mut best = Weighed::default();
    let mut kinds = Vec::new();
    for (reading, found) in input.findings.iter().enumerate() {
        for statement in &found.statements {
            if !statement.reported {
                kinds.push(statement.kind);
            }
            let weighed = weigh(input, reading, found, statement);
            if (weighed.score, weighed.reasons.len()) > (best.score, best.reasons.len()) {
                best = weighed;
            }
        }
    }
    let level = level(&best);
    best.reasons.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    Assessment { level, tier: tier(level, &kinds, input.outlet.is_some()), reasons: best.reasons }
}

fn level(weighed: &Weighed) -> Level {
    match weighed.score {
        score if weighed.intent && weighed.specific >= 2 && score >= weights::HIGH_SPECIFIC_MIN => Level::HighSpecific,
        score if weighed.intent && score >= weights::HIGH_MIN => Level::HighUnspecific,
        score if weighed.intent && score >= weights::MEDIUM_MIN => Level::Medium,
        score if score > 0.0 => Level::Low,
        _ => Level::None,
    }
}

/// Kind of content after the tiers of the Terrorist Content Analytics Platform: 1 threat to life, 2 perpetrator content,
/// 3 official content of a listed organisation, 4 promotion.
fn tier(level: Level, kinds: &[StatementKind], official: bool) -> Tier {
    use StatementKind as Kind;
    if level >= Level::HighUnspecific {
        return Some(1);
    }
    if kinds.contains(&Kind::Claim) {
        return Some(2);
    }
    if official {
        return Some(3);
    }
    let promotes = [Kind::Praise, Kind::Recruitment, Kind::Instruction, Kind::Threat, Kind::Call]
        .iter()
        .any(|kind| kinds.contains(kind));
    promotes.then_some(4)
}

fn weigh(input: &AssessInput<'_>, reading: usize, found: &Findings, statement: &Statement) -> Weighed {
    let mut weighed = Weighed::default();
    let base = weights::of_kind(statement.kind, statement.reported);
    if base <= 0.0 {
        return weighed;
    }
    let mut name = statement.kind.word().to_owned();
    if statement.reported {
        name.push_str(" (reported)");
    }
    weighed.add(name, base, (&statement.quote, statement.start, statement.end), reading);
    weighed.intent = weights::is_intent(statement.kind) && !statement.reported;
    if !weighed.intent {
        return weighed;
    }

    let target = statement.target.as_ref();
    if let Some(slot) = target {
        let weight = if slot.id.is_some() { weights::TARGET } else { weights::TARGET_VAGUE };
        weighed.specific += u8::from(slot.id.is_some());
        weighed.slot("target", weight, slot, reading);
    }
    let place = slot_or_mention(statement.place.as_ref(), found, statement, &[MentionKind::Venue, MentionKind::Place]);
    if let Some(slot) = &place {
        weighed.specific += 1;
        weighed.slot("place", weights::PLACE, slot, reading);
    }
    if let Some(slot) = &statement.method {
        weighed.slot("method", weights::METHOD, slot, reading);
    }
    let date = calendar::date_of(statement, found, input.posted_at);
    let mut timed = false;
    if let Some(date) = date {
        timed = true;
        weighed.add("time".to_owned(), weights::TIME, (&date.text, date.start, date.end), reading);
    }
    if let Some(met) = calendar::event_met(input, statement, place.as_ref(), date) {
        timed = true;
        let words = match met.days_left {
            0 => format!("event today: {}", met.event.name),
            1 => format!("event tomorrow: {}", met.event.name),
            days => format!("event in {days} days: {}", met.event.name),
        };
        weighed.add(words, weights::EVENT, (&met.quote, met.start, met.end), met.reading.unwrap_or(reading));
    }
    weighed.specific += u8::from(timed);
    weighed.source(input, found, statement, reading);
    weighed
}

impl Weighed {
    fn add(&mut self, name: String, weight: f32, (quote, start, end): (&str, usize, usize), reading: usize) {
        self.score += weight;
        self.reasons.push(Reason { name, weight, quote: quote.to_owned(), start, end, reading });
    }

    fn slot(&mut self, name: &str, weight: f32, slot: &Slot, reading: usize) {
        self.add(name.to_owned(), weight, (&slot.text, slot.start, slot.end), reading);
    }

    /// Who speaks: an organisation's own outlet, or an organisation that the text names as the one who acts.
    fn source(&mut self, input: &AssessInput<'_>, found: &Findings, statement: &Statement, reading: usize) {
        if let Some(outlet) = input.outlet {
            let quote = (statement.quote.as_str(), statement.start, statement.end);
            self.add(format!("official outlet: {outlet}"), weights::OFFICIAL, quote, reading);
            return;
        }
        let named = statement.actor.as_ref().filter(|slot| slot.id.is_some());
        let speaks = found.mentions.iter().find(|m| matches!(m.kind, MentionKind::Outlet | MentionKind::Actor));
        if let Some(slot) = named {
            self.slot("actor", weights::ACTOR, slot, reading);
        } else if let Some(mention) = speaks {
            self.add("names".to_owned(), weights::ACTOR, (&mention.text, mention.start, mention.end), reading);
        }
    }
}

/// The slot, or a mention of one of `kinds` inside the quote.
fn slot_or_mention(
    slot: Option<&Slot>,
    found: &Findings,
    statement: &Statement,
    kinds: &[MentionKind],
) -> Option<Slot> {
    if let Some(slot) = slot {
        return Some(slot.clone());
    }
    let inside = |mention: &&Mention| {
        kinds.contains(&mention.kind) && mention.start >= statement.start && mention.end <= statement.end
    };
    let mention = found.mentions.iter().find(inside)?;
    Some(Slot { start: mention.start, end: mention.end, text: mention.text.clone(), id: Some(mention.id.clone()) })
}

#[cfg(test)]
mod tests;
