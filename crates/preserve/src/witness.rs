//! A witness's judgement (C2SP tlog-witness, `add-checkpoint`): it cosigns a checkpoint only when that continues the last
//! one it saw of the log, so that a log which shows different histories to different people is caught.

use vedette_core::Sha256;

use crate::note::{CheckpointText, Note, Signature, SigningKey, VerifierKey, decimal, digest, digest_text};
use crate::tree::{Tree, verify_consistency};
use crate::{PreserveError, PreserveResult};

/// Bytes of a request: a note and 63 lines of proof.
pub const REQUEST_BYTES_MAX: usize = 128 * 1024;
/// Lines of proof; the specification allows no more.
const PROOF_LINES_MAX: usize = 63;

/// What a log asks of a witness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Leaves of the checkpoint that the log believes the witness saw last; 0 for none.
    pub old: u64,
    /// Consistency proof from there.
    pub proof: Vec<Sha256>,
    /// The new checkpoint.
    pub note: Note,
}

impl Request {
    /// The body of the request.
    pub fn body(&self) -> String {
        let proof: String = self.proof.iter().map(|hash| digest_text(hash) + "\n").collect();
        format!("old {}\n{proof}\n{}", self.old, self.note)
    }

    /// Reads the body of a request.
    pub fn parse(body: &str) -> PreserveResult<Self> {
        let wrong = || PreserveError::Note("not a request to a witness: `old` line, proof, empty line, checkpoint");
        if body.len() > REQUEST_BYTES_MAX {
            return Err(wrong());
        }
        let (head, note) = body.split_once("\n\n").ok_or_else(wrong)?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old ")).and_then(decimal).ok_or_else(wrong)?;
        let proof: Vec<Sha256> = lines.map(digest).collect::<Option<_>>().ok_or_else(wrong)?;
        if proof.len() > PROOF_LINES_MAX {
            return Err(wrong());
        }
        Ok(Self { old, proof, note: note.parse()? })
    }
}

/// What a witness answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// The checkpoint continues what was seen: to be kept before the signature is handed out.
    Cosigned(Signature),
    /// Another checkpoint was seen last, of so many leaves (409).
    Conflict(u64),
    /// Refused, with the status and the reason.
    Refused(u16, &'static str),
}

/// Judges a request about a log whose trusted keys are among `trusted` and whose last checkpoint was `last`.
pub fn judge(
    request: &Request,
    trusted: &[VerifierKey],
    last: Option<&CheckpointText>,
    witness: &SigningKey,
    unix_seconds: u64,
) -> Judgement {
    let Ok(new) = request.note.checkpoint() else {
        return Judgement::Refused(400, "the note is no checkpoint");
    };
    let keys: Vec<&VerifierKey> = trusted.iter().filter(|key| key.name == new.origin).collect();
    if keys.is_empty() {
        return Judgement::Refused(404, "this log is not known here");
    }
    let signed: Result<Vec<bool>, _> = keys.iter().map(|key| request.note.signed_by(key)).collect();
    if !signed.is_ok_and(|signed| signed.contains(&true)) {
        return Judgement::Refused(403, "no key that is trusted for this log has signed");
    }
    if request.old > new.size {
        return Judgement::Refused(400, "the old size is larger than the new one");
    }
    let seen = last.map_or(0, |last| last.size);
    if request.old != seen {
        return Judgement::Conflict(seen);
    }
    if new.size == 0 && new.root != Tree::default().root() {
        return Judgement::Refused(422, "this is not the root of the empty log");
    }
    let continues = match last {
        Some(last) if last.size > 0 => verify_consistency(last.size, new.size, last.root, new.root, &request.proof),
        _ => request.proof.is_empty(),
    };
    if !continues {
        return Judgement::Refused(422, "the checkpoint does not continue the one last seen");
    }
    Judgement::Cosigned(witness.cosign(&request.note.text, unix_seconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sha256;
    use crate::tree::{Levels, consistency_proof, root_at};

    #[test]
    fn only_what_continues_the_last_checkpoint_is_cosigned() {
        let key = SigningKey::from_seed("vedette.invalid/0011223344556677", &[1; 32]);
        let stranger = SigningKey::from_seed("vedette.invalid/0011223344556677", &[2; 32]);
        let witness = SigningKey::from_seed("witness.invalid/w1", &[3; 32]);
        let levels = |salt: u8| Levels::of((0..20u8).map(|n| sha256(&[n, salt])).collect());
        let (ours, fork) = (levels(0), levels(1));
        let text = |levels: &Levels, size| CheckpointText {
            origin: key.name().to_owned(),
            size,
            root: root_at(levels, size).unwrap(),
        };
        let request = |levels: &Levels, old: u64, size: u64, by: &SigningKey| Request {
            old,
            proof: consistency_proof(levels, old, size).unwrap_or_default(),
            note: Note::signed(text(levels, size).to_string(), by),
        };
        let trusted = [key.verifier()];
        let judged = |request: &Request, last: Option<&CheckpointText>| judge(request, &trusted, last, &witness, 9);
        let seen = text(&ours, 7);
        assert!(matches!(judged(&request(&ours, 0, 7, &key), None), Judgement::Cosigned(_)));
        assert!(matches!(judged(&request(&ours, 7, 20, &key), Some(&seen)), Judgement::Cosigned(_)));
        assert!(matches!(judged(&request(&ours, 7, 7, &key), Some(&seen)), Judgement::Cosigned(_)));
        for (request, last, wanted) in [
            (request(&ours, 0, 20, &key), Some(&seen), Judgement::Conflict(7)),
            (request(&ours, 9, 20, &key), Some(&seen), Judgement::Conflict(7)),
            (request(&ours, 3, 5, &key), Some(&seen), Judgement::Conflict(7)),
        ] {
            assert_eq!(judged(&request, last), wanted);
        }
        let status = |request: &Request, last| match judged(request, last) {
            Judgement::Refused(status, _) => status,
            other => panic!("{other:?}"),
        };
        assert_eq!(status(&request(&fork, 7, 20, &key), Some(&seen)), 422);
        assert_eq!(status(&request(&fork, 7, 7, &key), Some(&seen)), 422);
        assert_eq!(status(&request(&ours, 7, 20, &stranger), Some(&seen)), 403);
        let mut other = request(&ours, 7, 20, &key);
        other.note = Note::signed(other.note.text.replace("0011", "0012"), &key);
        assert_eq!(status(&other, Some(&seen)), 404);
        let mut larger = request(&ours, 7, 7, &key);
        larger.old = 8;
        assert_eq!(status(&larger, Some(&seen)), 400);
        let whole = request(&ours, 7, 20, &key);
        assert_eq!(Request::parse(&whole.body()), Ok(whole));
        for wrong in ["", "old 1\n", "old 01\n\nx", "old x\n\nx", "old 1\nnope\n\nx"] {
            assert!(Request::parse(wrong).is_err());
        }
    }
}
