//! The register as people edit it: an entry is proposed as one table of a register file, checked as every register file is, and
//! taken in by a second act: by somebody else, or by the same person who works alone. What was accepted is written to `knowledge/pages.toml`.
//!
//! The log of judgements is what counts: the file is made from it, whole, at each acceptance.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use vedette_core::{Judged, Judgement, JudgementKind, MentionKind, RegisterAct};
use vedette_recognise::{Entry, Register};

use crate::judging::reason_of;
use crate::{Desk, DeskError, DeskResult, Role, Who};

/// Name of the file, as problems name it.
const FILE: &str = "pages.toml";
/// First lines of the file.
const HEAD: &str = "# Written by the pages of Vedette from accepted proposals. What is changed here by hand is lost with the next one:\n\
    # use other files of this folder for that.\n";
/// Bytes of one proposal: the longest entry of a public list is far shorter.
const PROPOSAL_BYTES_MAX: usize = 64 * 1024;
/// Entries that one answer lists.
pub const ENTRIES_MAX: usize = 200;

/// An entry of the register, in short.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct EntryRow {
    /// Its kind.
    pub kind: MentionKind,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Other spellings.
    pub aliases: Vec<String>,
    /// Public source.
    pub source: Option<String>,
    /// File it stands in.
    pub file: String,
    /// Listings that nobody has checked against a source, in words.
    pub unverified: Vec<String>,
}

/// How far a proposal has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ProposalState {
    /// It waits for a second look.
    Open,
    /// It is in the register's file.
    Accepted,
    /// It was turned down.
    Rejected,
}

/// A proposal, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Proposal {
    /// Its number.
    pub number: u64,
    /// Kind of the entry.
    pub kind: MentionKind,
    /// Its id.
    pub id: String,
    /// The entry as proposed.
    pub toml: String,
    /// Why.
    pub reason: String,
    /// Who proposed it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// How far it has come.
    pub state: ProposalState,
    /// Who decided, when, and why if it was turned down.
    pub decided: Option<(String, Timestamp, String)>,
}

/// An entry with its text, and the proposals about it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct EntryView {
    /// The entry, when the register has it.
    pub row: Option<EntryRow>,
    /// It as a table of a register file; empty for what is not there yet.
    pub toml: String,
    /// Proposals about it, the newest first.
    pub proposals: Vec<Proposal>,
}

impl Desk {
    /// Entries whose names or ids hold `text` (folded), of a kind if one is named; and how many there are in all.
    pub fn register_entries(&self, text: &str, kind: Option<MentionKind>) -> DeskResult<(Vec<EntryRow>, usize)> {
        let wanted = vedette_text::fold::fold_plain(text.trim());
        let holds = |entry: &Entry| {
            wanted.is_empty()
                || entry.id.contains(text.trim())
                || entry.aliases.iter().any(|alias| vedette_text::fold::fold_plain(&alias.text).contains(&wanted))
        };
        let all = self.rooms.analyst.register().entries().iter();
        let mut found: Vec<&Entry> =
            all.filter(|entry| kind.is_none_or(|kind| kind == entry.kind) && holds(entry)).collect();
        found.sort_by(|a, b| (a.kind, &a.name, &a.id).cmp(&(b.kind, &b.name, &b.id)));
        Ok((found.iter().take(ENTRIES_MAX).map(|entry| row(entry)).collect(), found.len()))
    }

    /// One entry, known or only proposed.
    pub fn register_entry(&self, kind: MentionKind, id: &str) -> DeskResult<EntryView> {
        let mut proposals = self.proposals()?;
        let known = self.rooms.analyst.register().entry(kind, id);
        let accepted = newest_accepted(&proposals).remove(&(kind, id.to_owned()));
        let toml = accepted.or_else(|| known.map(Entry::to_toml)).unwrap_or_default();
        proposals.retain(|one| one.kind == kind && one.id == id);
        proposals.reverse();
        if known.is_none() && proposals.is_empty() {
            let store = vedette_core::StoreError::NotFound { what: "entry", id: format!("{}:{id}", kind.word()) };
            return Err(DeskError::Store(store));
        }
        Ok(EntryView { row: known.map(row), toml, proposals })
    }

    /// All proposals, oldest first.
    pub fn proposals(&self) -> DeskResult<Vec<Proposal>> {
        let judged = self.ports.judgements.judgements(JudgementKind::Register, None)?;
        Ok(read(&judged))
    }

    /// Proposes an entry, given as one table of a register file. Checked as `vedette register check` does. The proposal.
    pub fn propose_entry(&self, who: &Who, toml: &str, reason: &str) -> DeskResult<Proposal> {
        who.may(Role::Analyst, "propose entries of the register")?;
        let reason = reason_of(reason);
        if reason.is_empty() {
            return Err(DeskError::Unusable("a proposal needs a reason".to_owned()));
        }
        let toml = tidy(toml);
        let (kind, id) = self.checked(&toml)?;
        let act = RegisterAct::Propose { kind, id: id.clone(), toml: toml.clone(), reason: reason.clone() };
        let at = self.now();
        let number = self.ports.judgements.judge(&Judgement::Register(act), who.name(), at, None)?;
        self.audit(who, "register propose", &format!("{}:{id}", kind.word()), &reason)?;
        let (by, state) = (who.name().to_owned(), ProposalState::Open);
        Ok(Proposal { number, kind, id, toml, reason, by, at, state, decided: None })
    }

    /// Takes a proposal into the register's file. It is read when the program starts next.
    pub fn accept_proposal(&self, who: &Who, number: u64) -> DeskResult<Proposal> {
        who.may(Role::Analyst, "accept entries of the register")?;
        let (proposal, newest) = self.open_proposal(number)?;
        if proposal.by == who.name()
            && let Some(other) = self.someone_else(who)?
        {
            return Err(DeskError::Unusable(format!(
                "you proposed this yourself: {other} or somebody else of the desk has to look at it"
            )));
        }
        // What the register holds may have changed since it was proposed.
        self.checked(&proposal.toml)?;
        let act = Judgement::Register(RegisterAct::Accept { of: number });
        self.ports.judgements.judge(&act, who.name(), self.now(), Some(newest))?;
        self.write_register()?;
        self.audit(who, "register accept", &format!("{}:{}", proposal.kind.word(), proposal.id), &number.to_string())?;
        Ok(proposal)
    }

    /// Turns a proposal down.
    pub fn reject_proposal(&self, who: &Who, number: u64, reason: &str) -> DeskResult<Proposal> {
        who.may(Role::Analyst, "reject entries of the register")?;
        let reason = reason_of(reason);
        if reason.is_empty() {
            return Err(DeskError::Unusable("turning a proposal down needs a reason".to_owned()));
        }
        let (proposal, newest) = self.open_proposal(number)?;
        let act = Judgement::Register(RegisterAct::Reject { of: number, reason: reason.clone() });
        self.ports.judgements.judge(&act, who.name(), self.now(), Some(newest))?;
        self.audit(who, "register reject", &format!("{}:{}", proposal.kind.word(), proposal.id), &reason)?;
        Ok(proposal)
    }

    /// Somebody else who could take a proposal in; nobody when the person works alone.
    fn someone_else(&self, who: &Who) -> DeskResult<Option<String>> {
        let users = self.ports.records.users()?.into_iter();
        let can = |role: &str| role.parse::<Role>().is_ok_and(|role| role >= Role::Analyst);
        Ok(users.filter(|user| user.name != who.name() && can(&user.role)).map(|user| user.name).next())
    }

    /// A proposal that waits, and the number of the newest act on the register.
    fn open_proposal(&self, number: u64) -> DeskResult<(Proposal, u64)> {
        let judged = self.ports.judgements.judgements(JudgementKind::Register, None)?;
        let found = read(&judged).into_iter().find(|one| one.number == number);
        match found {
            Some(one) if one.state == ProposalState::Open => Ok((one, judged.last().map_or(0, |act| act.number))),
            Some(_) => Err(DeskError::Unusable(format!("proposal {number} was decided already"))),
            None => Err(DeskError::Unusable(format!("there is no proposal {number}"))),
        }
    }

    /// Writes the file anew from what was accepted, when it differs; whether it did.
    pub(crate) fn write_register(&self) -> DeskResult<bool> {
        let accepted = newest_accepted(&self.proposals()?);
        if accepted.is_empty() {
            return Ok(false);
        }
        let mut text = HEAD.to_owned();
        accepted.values().for_each(|toml| {
            text.push('\n');
            text.push_str(toml);
        });
        if self.ports.judgements.register_text()? == text {
            return Ok(false);
        }
        self.ports.judgements.put_register_text(&text)?;
        Ok(true)
    }

    /// Whether something was accepted that this process does not read with yet.
    pub fn register_waits(&self) -> DeskResult<bool> {
        let known = self.rooms.analyst.register();
        Ok(newest_accepted(&self.proposals()?).iter().any(|((kind, id), toml)| {
            let Ok(file) = Register::load(&[(FILE, toml)]) else { return false };
            let same = |entry: &Entry| Entry { file: String::new(), ..entry.clone() };
            file.entry(*kind, id).map(same) != known.entry(*kind, id).map(same)
        }))
    }

    /// Reads one entry and finds what a person should mend in it, beside everything that the register holds.
    fn checked(&self, toml: &str) -> DeskResult<(MentionKind, String)> {
        if toml.len() > PROPOSAL_BYTES_MAX {
            return Err(DeskError::Unusable(format!("an entry has at most {PROPOSAL_BYTES_MAX} bytes")));
        }
        let unusable = |error: &dyn std::fmt::Display| DeskError::Unusable(error.to_string());
        let proposed = Register::load(&[(FILE, toml)]).map_err(|error| unusable(&error))?;
        let [entry] = proposed.entries() else {
            let found = proposed.entries().len();
            return Err(DeskError::Unusable(format!("a proposal is one entry, such as [[actor]]; this has {found}")));
        };
        let (kind, id) = (entry.kind, entry.id.clone());
        let known = self.rooms.analyst.register();
        // Only what this entry brings is its fault.
        let told =
            |register: &Register| -> BTreeSet<String> { register.check().iter().map(ToString::to_string).collect() };
        let before = told(known);
        let new: Vec<String> = told(&known.clone().merge(proposed)).difference(&before).cloned().collect();
        if new.is_empty() { Ok((kind, id)) } else { Err(DeskError::Unusable(new.join("; "))) }
    }
}

/// The same text with line ends as files have them and one at the end.
fn tidy(toml: &str) -> String {
    let mut text = toml.replace("\r\n", "\n").trim().to_owned();
    text.push('\n');
    text
}

fn row(entry: &Entry) -> EntryRow {
    EntryRow {
        kind: entry.kind,
        id: entry.id.clone(),
        name: entry.name.clone(),
        aliases: entry.aliases.iter().map(|alias| alias.text.clone()).filter(|text| *text != entry.name).collect(),
        source: entry.source.clone(),
        file: entry.file.clone(),
        unverified: entry.designations.iter().filter(|one| one.unverified).map(|one| one.in_words()).collect(),
    }
}

fn read(judged: &[Judged]) -> Vec<Proposal> {
    let mut all: Vec<Proposal> = Vec::new();
    for one in judged {
        let Judgement::Register(act) = &one.judgement else { continue };
        let mut decide = |of: u64, state: ProposalState, why: &str| {
            if let Some(proposal) = all.iter_mut().find(|proposal| proposal.number == of) {
                proposal.state = state;
                proposal.decided = Some((one.by.clone(), one.at, why.to_owned()));
            }
        };
        match act {
            RegisterAct::Accept { of } => decide(*of, ProposalState::Accepted, ""),
            RegisterAct::Reject { of, reason } => decide(*of, ProposalState::Rejected, reason),
            RegisterAct::Propose { kind, id, toml, reason } => all.push(Proposal {
                number: one.number,
                kind: *kind,
                id: id.clone(),
                toml: toml.clone(),
                reason: reason.clone(),
                by: one.by.clone(),
                at: one.at,
                state: ProposalState::Open,
                decided: None,
            }),
        }
    }
    all
}

/// Of each entry what was accepted last, by the time of accepting.
fn newest_accepted(proposals: &[Proposal]) -> BTreeMap<(MentionKind, String), String> {
    let mut accepted: Vec<&Proposal> = proposals.iter().filter(|one| one.state == ProposalState::Accepted).collect();
    accepted.sort_by_key(|one| (one.decided.as_ref().map(|decided| decided.1), one.number));
    accepted.into_iter().map(|one| ((one.kind, one.id.clone()), one.toml.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_acceptance_of_an_entry_counts() {
        let proposal = |number: u64, id: &str, state, decided: i64| Proposal {
            number,
            kind: MentionKind::Actor,
            id: id.to_owned(),
            toml: format!("{id} {number}"),
            reason: String::new(),
            by: String::new(),
            at: Timestamp::UNIX_EPOCH,
            state,
            decided: Some((String::new(), Timestamp::from_second(decided).unwrap(), String::new())),
        };
        use ProposalState::{Accepted, Open, Rejected};
        let accepted = newest_accepted(&[
            proposal(1, "a", Accepted, 90),
            proposal(2, "a", Accepted, 50),
            proposal(3, "a", Rejected, 99),
            proposal(4, "b", Open, 99),
            proposal(5, "c", Accepted, 10),
        ]);
        assert_eq!(accepted.into_values().collect::<Vec<_>>(), ["a 1", "c 5"]);
    }
}
