//! The signs that count, each with the words it rests on. A sign counts once: the same threat in three readings is one threat.

use crate::{utterances, weights};
use vedette_core::{
    DateMention, Findings, Mention, MentionKind, Reading, Reason, ReasonGroup, Slot, Statement, StatementKind,
};

/// Bytes of a quote that stands for a whole source.
const HEAD_BYTES_MAX: usize = 120;

/// A reason before it is quoted.
#[derive(Debug, Clone)]
pub(crate) struct Sign {
    pub name: String,
    pub weight: f32,
    pub reading: usize,
    pub start: usize,
    pub end: usize,
}

/// Signs, the heaviest of each name.
#[derive(Debug)]
pub(crate) struct Signs<'a> {
    readings: &'a [Reading],
    list: Vec<Sign>,
}

/// Whether a statement is a threat, a call or an instruction in the writer's own words.
pub(crate) fn is_intent(statement: &Statement) -> bool {
    let kind = matches!(statement.kind, StatementKind::Threat | StatementKind::Call | StatementKind::Instruction);
    kind && !statement.reported && !statement.tentative
}

/// Whether the event of a statement is the one its place or time points to, not a name of it.
fn is_joined(statement: &Statement) -> bool {
    let same = |slot: &Option<Slot>| match (slot, &statement.event) {
        (Some(slot), Some(event)) => slot.start == event.start && slot.end == event.end && slot.id != event.id,
        _ => false,
    };
    same(&statement.place) || same(&statement.time)
}

fn weight_of(statement: &Statement) -> f32 {
    let weight = if statement.reported { weights::REPORTED } else { weights::of_statement(statement.kind) };
    if statement.tentative { weights::TENTATIVE * weight } else { weight }
}

impl<'a> Signs<'a> {
    pub fn new(readings: &'a [Reading]) -> Self {
        Self { readings, list: Vec::new() }
    }

    /// Points as far as the reading can be trusted.
    pub fn scaled(&self, reading: usize, weight: f32) -> f32 {
        let quality = self.readings.get(reading).map_or(1.0, |reading| reading.quality.clamp(0.0, 1.0));
        weight * (weights::BAD_READING_SHARE + (1.0 - weights::BAD_READING_SHARE) * quality)
    }

    /// Adds a sign, unless one of its name weighs as much.
    pub fn add(&mut self, sign: Sign) {
        match self.list.iter_mut().find(|known| known.name == sign.name) {
            Some(known) if sign.weight > known.weight => *known = sign,
            Some(_) => {}
            None => self.list.push(sign),
        }
    }

    /// For each statement of each reading, whether it counts: an utterance and its translation count once.
    pub fn counting(&self, findings: &[Findings]) -> Vec<Vec<bool>> {
        utterances::counting(self.readings, findings, |reading, statement| {
            let statement = findings.get(reading).and_then(|found| found.statements.get(statement));
            statement.map_or(0.0, |statement| self.scaled(reading, weight_of(statement)))
        })
    }

    /// What the statements of all readings say that count; details also of those that do not, because a name may be known
    /// in one language only. Details only of those that carry intent.
    pub fn add_statements(&mut self, findings: &[Findings], counts: &[Vec<bool>]) {
        let intent = |statement: &Statement, counts: bool| counts && is_intent(statement);
        let any_intent = findings
            .iter()
            .zip(counts)
            .any(|(found, counts)| found.statements.iter().zip(counts).any(|(one, counts)| intent(one, *counts)));
        for (reading, (found, counts)) in findings.iter().zip(counts).enumerate() {
            for (statement, counts) in found.statements.iter().zip(counts) {
                if *counts {
                    let name = match statement.reported {
                        true => format!("reported {}", statement.kind.word()),
                        false => statement.kind.word().to_owned(),
                    };
                    let name = name.replace("reported report", "report");
                    let name = if statement.tentative { format!("{name} (tentative)") } else { name };
                    let weight = self.scaled(reading, weight_of(statement));
                    self.add(Sign { name, weight, reading, start: statement.start, end: statement.end });
                }
                if any_intent && is_intent(statement) {
                    self.add_details(reading, statement, found);
                }
            }
        }
    }

    fn add_details(&mut self, reading: usize, statement: &Statement, found: &Findings) {
        // `soon` says that it is meant, and warns nobody of a day.
        let vague = |slot: &Slot| {
            let same = |date: &&DateMention| date.start == slot.start && date.end == slot.end;
            found.dates.iter().find(same).is_some_and(|date| date.value.ends_with("_REF"))
        };
        let time = match statement.time.as_ref().is_some_and(vague) {
            true => ("time hinted", &statement.time, weights::TIME_HINTED),
            false => ("time named", &statement.time, weights::TIME),
        };
        let details: [(&str, &Option<Slot>, f32); 5] = [
            ("place named", &statement.place, weights::PLACE),
            // An event that was joined by its place or time is not named; the calendar speaks for it.
            ("event named", if is_joined(statement) { &None } else { &statement.event }, weights::EVENT),
            ("target named", &statement.target, weights::TARGET),
            time,
            ("method named", &statement.method, weights::METHOD),
        ];
        for (name, slot, weight) in details {
            if let Some(slot) = slot {
                let weight = self.scaled(reading, weight);
                self.add(Sign { name: name.to_owned(), weight, reading, start: slot.start, end: slot.end });
            }
        }
    }

    /// A weapon or method named elsewhere in a text that carries intent: means, though the threat itself does not say how.
    /// One that already fills a slot is not counted twice.
    pub fn add_means(&mut self, findings: &[Findings]) {
        if self.has("method named") {
            return;
        }
        for (reading, found) in findings.iter().enumerate() {
            let Some(mention) = found.mentions.iter().find(|mention| mention.kind == MentionKind::Method) else {
                continue;
            };
            // What is only reported in this text shows nobody's means.
            if found.statements.iter().any(is_intent) {
                let weight = self.scaled(reading, weights::MEANS);
                let name = format!("method mentioned: {}", mention.name);
                self.add(Sign { name, weight, reading, start: mention.start, end: mention.end });
                return;
            }
        }
    }

    /// An organisation of the register named beside words of intent or a claim.
    pub fn add_actor(&mut self, findings: &[Findings]) {
        for (reading, found) in findings.iter().enumerate() {
            let group = |mention: &&Mention| matches!(mention.kind, MentionKind::Actor | MentionKind::Outlet);
            if let Some(mention) = found.mentions.iter().find(group) {
                let weight = self.scaled(reading, weights::ACTOR);
                let name = format!("{}: {}", mention.kind.word(), mention.name);
                self.add(Sign { name, weight, reading, start: mention.start, end: mention.end });
                return;
            }
        }
    }

    /// The source speaks for an organisation. It rests on the outlet's name in the text, else on the beginning of it.
    pub fn add_official(&mut self, findings: &[Findings], outlet: &str, actor: &str) {
        let name = format!("official outlet of {actor}: {outlet}");
        let named = findings.iter().enumerate().find_map(|(reading, found)| {
            let is_outlet = |mention: &&Mention| mention.kind == MentionKind::Outlet && mention.name == outlet;
            found.mentions.iter().find(is_outlet).map(|mention| (reading, mention.start, mention.end))
        });
        let (reading, start, end) = named.unwrap_or_else(|| (0, 0, head_end(self.readings)));
        self.add(Sign { name, weight: weights::OFFICIAL, reading, start, end });
    }

    /// Sum of all points.
    pub fn points(&self) -> f32 {
        self.list.iter().map(|sign| sign.weight).sum()
    }

    /// Whether a sign of this name, or one that begins so, was added.
    pub fn has(&self, prefix: &str) -> bool {
        self.list.iter().any(|sign| sign.name.starts_with(prefix))
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The reasons with their quotes, heaviest first.
    pub fn into_reasons(self) -> Vec<Reason> {
        let readings = self.readings;
        let mut reasons: Vec<Reason> = self
            .list
            .into_iter()
            .map(|sign| {
                let text = readings.get(sign.reading).map_or("", |reading| reading.text.as_str());
                let quote = text.get(sign.start..sign.end).unwrap_or_default().to_owned();
                Reason {
                    group: ReasonGroup::of(&sign.name),
                    name: sign.name,
                    weight: sign.weight,
                    quote,
                    start: sign.start,
                    end: sign.end,
                    reading: sign.reading,
                }
            })
            .collect();
        reasons.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.name.cmp(&b.name)));
        reasons
    }
}

/// End of the first line of the first reading, cut to a length that can be quoted.
fn head_end(readings: &[Reading]) -> usize {
    let text = readings.first().map_or("", |reading| reading.text.as_str());
    let mut end = text.find('\n').unwrap_or(text.len()).min(HEAD_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    end
}
