//! Signed notes: what a log says about itself, signed so that anyone can check who said it (C2SP signed-note,
//! tlog-checkpoint, and the Ed25519 form of tlog-cosignature).
//!
//! A checkpoint note names the log, its number of leaves and its root. The log signs it; witnesses that saw the log grow
//! add lines of their own. Keys are given as one line of text, a verifier key.
//!
//! ```
//! use vedette_preserve::note::{CheckpointText, Note, SigningKey};
//!
//! let key = SigningKey::from_seed("vedette.invalid/0011223344556677", &[7; 32]);
//! let text = CheckpointText { origin: key.name().to_owned(), size: 3, root: vedette_preserve::sha256(b"three leaves") };
//! let note = Note::signed(text.to_string(), &key);
//! let read: Note = note.to_string().parse().unwrap();
//! assert!(read.signed_by(&key.verifier()).unwrap());
//! assert_eq!(read.checkpoint().unwrap(), text);
//! ```

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use vedette_core::Sha256;

use crate::{PreserveError, PreserveResult, sha256_of};

/// Bytes of a note: a few lines and at most [`SIGNATURES_MAX`] signatures.
pub const NOTE_BYTES_MAX: usize = 64 * 1024;
/// Signatures of a note that are looked at; the specification asks for 16 at least.
pub const SIGNATURES_MAX: usize = 64;
/// Bytes of a key's name: schema-less addresses are far shorter.
const NAME_BYTES_MAX: usize = 255;
/// What begins a signature line.
const DASH: &str = "\u{2014} ";

/// What a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// A note's text as it is.
    Note,
    /// That a checkpoint was seen to be consistent at a time (`cosignature/v1`).
    Cosignature,
}

impl KeyKind {
    /// The signature type identifier byte of signed-note.
    fn byte(self) -> u8 {
        match self {
            Self::Note => 1,
            Self::Cosignature => 4,
        }
    }
}

/// The public half of a key with its name: `<name>+<hex id>+<base64>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct VerifierKey {
    /// Name, as in signature lines.
    pub name: String,
    /// What it signs.
    pub kind: KeyKind,
    /// The Ed25519 public key.
    pub public: [u8; 32],
}

impl VerifierKey {
    /// First four bytes of SHA-256(name ‖ newline ‖ kind ‖ public key), big-endian.
    pub fn id(&self) -> u32 {
        let hash = sha256_of(&[self.name.as_bytes(), b"\n", &[self.kind.byte()], &self.public]);
        let [a, b, c, d, ..] = hash.0;
        u32::from_be_bytes([a, b, c, d])
    }

    /// Whether `signature` is this key's over `message`.
    fn fits(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.public).verify(message, signature).is_ok()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![self.kind.byte()];
        bytes.extend_from_slice(&self.public);
        write!(out, "{}+{:08x}+{}", self.name, self.id(), STANDARD.encode(bytes))
    }
}

impl FromStr for VerifierKey {
    type Err = PreserveError;

    fn from_str(text: &str) -> PreserveResult<Self> {
        let wrong = |why| PreserveError::Key { key: text.chars().take(120).collect(), why };
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(wrong("it has no three parts"));
        };
        if !is_name(name) {
            return Err(wrong("its name is empty, long, or holds a space"));
        }
        let bytes = STANDARD.decode(key).map_err(|_| wrong("its last part is not base64"))?;
        let (kind, public) = match bytes.split_first() {
            Some((1, public)) => (KeyKind::Note, public),
            Some((4, public)) => (KeyKind::Cosignature, public),
            _ => return Err(wrong("its signature type is unknown here: Ed25519 (1) and cosignature/v1 (4) are read")),
        };
        let public = public.try_into().map_err(|_| wrong("its public key is not 32 bytes"))?;
        let read = Self { name: name.to_owned(), kind, public };
        if id != format!("{:08x}", read.id()) {
            return Err(wrong("its id is not that of its name and key"));
        }
        Ok(read)
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= NAME_BYTES_MAX
        && !name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+')
}

/// A key that signs. Its seed lies outside of every workspace.
pub struct SigningKey {
    name: String,
    pair: Ed25519KeyPair,
}

impl SigningKey {
    /// The key that 32 random bytes make (RFC 8032), under a name.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).expect("every 32 bytes are a seed of Ed25519");
        Self { name: name.to_owned(), pair }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The public half, for signatures over notes.
    pub fn verifier(&self) -> VerifierKey {
        self.verifier_for(KeyKind::Note)
    }

    /// The public half, for cosignatures.
    pub fn cosigner(&self) -> VerifierKey {
        self.verifier_for(KeyKind::Cosignature)
    }

    fn verifier_for(&self, kind: KeyKind) -> VerifierKey {
        let public = self.pair.public_key().as_ref().try_into().expect("an Ed25519 public key has 32 bytes");
        VerifierKey { name: self.name.clone(), kind, public }
    }

    fn sign(&self, text: &str) -> Signature {
        let bytes = self.pair.sign(text.as_bytes()).as_ref().to_vec();
        Signature { name: self.name.clone(), id: self.verifier().id(), bytes }
    }

    /// Says that at `unix_seconds` this was the largest consistent checkpoint seen of its log.
    pub fn cosign(&self, text: &str, unix_seconds: u64) -> Signature {
        let mut bytes = unix_seconds.to_be_bytes().to_vec();
        bytes.extend_from_slice(self.pair.sign(cosigned(text, unix_seconds).as_bytes()).as_ref());
        Signature { name: self.name.clone(), id: self.cosigner().id(), bytes }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "SigningKey({})", self.verifier())
    }
}

fn cosigned(text: &str, unix_seconds: u64) -> String {
    format!("cosignature/v1\ntime {unix_seconds}\n{text}")
}

/// A line under a note: who signed, with which key, and the signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Name of the key.
    pub name: String,
    /// Id of the key.
    pub id: u32,
    /// The signature; of a cosignature, the time (8 bytes) and the signature.
    pub bytes: Vec<u8>,
}

impl Signature {
    /// Whether the line claims to be by this key.
    pub fn is_of(&self, key: &VerifierKey) -> bool {
        self.name == key.name && self.id == key.id()
    }

    /// When it was made, if it is a cosignature of this key over `text`; 0 for a plain signature that fits.
    fn check(&self, key: &VerifierKey, text: &str) -> PreserveResult<u64> {
        let wrong = || PreserveError::Signature(self.name.clone());
        match key.kind {
            KeyKind::Note => key.fits(text.as_bytes(), &self.bytes).then_some(0).ok_or_else(wrong),
            KeyKind::Cosignature => {
                let (time, signature) = self.bytes.split_first_chunk::<8>().ok_or_else(wrong)?;
                let time = u64::from_be_bytes(*time);
                key.fits(cosigned(text, time).as_bytes(), signature).then_some(time).ok_or_else(wrong)
            }
        }
    }

    fn parse(line: &str) -> PreserveResult<Self> {
        let wrong = || PreserveError::Note("a signature line is not `— name base64`");
        let (name, signature) = line.strip_prefix(DASH).and_then(|rest| rest.split_once(' ')).ok_or_else(wrong)?;
        let bytes = STANDARD.decode(signature).map_err(|_| wrong())?;
        let (id, bytes) = bytes.split_first_chunk::<4>().filter(|(_, rest)| !rest.is_empty()).ok_or_else(wrong)?;
        if !is_name(name) {
            return Err(wrong());
        }
        Ok(Self { name: name.to_owned(), id: u32::from_be_bytes(*id), bytes: bytes.to_vec() })
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = self.id.to_be_bytes().to_vec();
        bytes.extend_from_slice(&self.bytes);
        writeln!(out, "{DASH}{} {}", self.name, STANDARD.encode(bytes))
    }
}

/// Reads signature lines, as a witness answers with them.
pub fn signature_lines(text: &str) -> PreserveResult<Vec<Signature>> {
    if text.len() > NOTE_BYTES_MAX || !text.ends_with('\n') {
        return Err(PreserveError::Note("the signature lines are too long or do not end with a newline"));
    }
    let lines: Vec<Signature> = text.lines().map(Signature::parse).collect::<PreserveResult<_>>()?;
    if lines.is_empty() || lines.len() > SIGNATURES_MAX {
        return Err(PreserveError::Note("there are no signatures, or more than are looked at"));
    }
    Ok(lines)
}

/// A text with signatures under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The text, with the newline at its end.
    pub text: String,
    /// The signatures, in order.
    pub signatures: Vec<Signature>,
}

impl Note {
    /// A note with one signature.
    pub fn signed(text: String, key: &SigningKey) -> Self {
        let signatures = vec![key.sign(&text)];
        Self { text, signatures }
    }

    /// Whether this key has signed; an error when it claims to have and the signature does not fit.
    pub fn signed_by(&self, key: &VerifierKey) -> PreserveResult<bool> {
        Ok(self.signed_at(key)?.is_some())
    }

    /// When this key has cosigned (Unix seconds); 0 for a plain signature, `None` when it has not signed.
    pub fn signed_at(&self, key: &VerifierKey) -> PreserveResult<Option<u64>> {
        let mut newest = None;
        for signature in self.signatures.iter().filter(|signature| signature.is_of(key)) {
            newest = newest.max(Some(signature.check(key, &self.text)?));
        }
        Ok(newest)
    }

    /// Adds the signatures of `lines` that `keys` made and that are not there yet; how many. Others are left out.
    pub fn add(&mut self, lines: &[Signature], keys: &[VerifierKey]) -> PreserveResult<usize> {
        let before = self.signatures.len();
        for line in lines {
            let Some(key) = keys.iter().find(|key| line.is_of(key)) else { continue };
            line.check(key, &self.text)?;
            // One line a key: the newest says all that the earlier ones said.
            self.signatures.retain(|known| !known.is_of(key));
            self.signatures.push(line.clone());
        }
        Ok(self.signatures.len().saturating_sub(before))
    }

    /// The checkpoint that the text is.
    pub fn checkpoint(&self) -> PreserveResult<CheckpointText> {
        self.text.parse()
    }
}

impl fmt::Display for Note {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| write!(out, "{signature}"))
    }
}

impl FromStr for Note {
    type Err = PreserveError;

    fn from_str(note: &str) -> PreserveResult<Self> {
        if note.len() > NOTE_BYTES_MAX {
            return Err(PreserveError::Note("it is longer than 64 KiB"));
        }
        if note.chars().any(|c| c.is_ascii_control() && c != '\n' && c != '\x7f') {
            return Err(PreserveError::Note("it holds a control character"));
        }
        let cut = note.rfind("\n\n").ok_or(PreserveError::Note("no empty line stands before the signatures"))?;
        let (text, lines) = (note.get(..=cut), note.get(cut + 2..));
        let (Some(text), Some(lines)) = (text, lines) else {
            return Err(PreserveError::Note("no empty line stands before the signatures"));
        };
        Ok(Self { text: text.to_owned(), signatures: signature_lines(lines)? })
    }
}

/// The text of a checkpoint: the log's name, its leaves, its root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointText {
    /// The log's unique name.
    pub origin: String,
    /// Leaves.
    pub size: u64,
    /// Root over them.
    pub root: Sha256,
}

impl fmt::Display for CheckpointText {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{}\n{}\n{}", self.origin, self.size, STANDARD.encode(self.root.0))
    }
}

impl FromStr for CheckpointText {
    type Err = PreserveError;

    fn from_str(text: &str) -> PreserveResult<Self> {
        let wrong = PreserveError::Checkpoint;
        let body = text.strip_suffix('\n').ok_or(wrong("it does not end with a newline"))?;
        let mut lines = body.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(wrong("it has fewer than three lines"));
        };
        if origin.is_empty() || lines.any(str::is_empty) {
            return Err(wrong("a line is empty"));
        }
        let size = decimal(size).ok_or(wrong("its size is not a number without leading zeroes"))?;
        let root = digest(root).ok_or(wrong("its root is not 32 bytes in base64"))?;
        Ok(Self { origin: origin.to_owned(), size, root })
    }
}

/// A decimal number as checkpoints write it: no sign, no leading zero.
pub fn decimal(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    plain.then(|| text.parse().ok()).flatten()
}

/// A hash in base64.
pub fn digest(text: &str) -> Option<Sha256> {
    STANDARD.decode(text).ok()?.try_into().ok().map(Sha256)
}

/// A hash as base64.
pub fn digest_text(hash: &Sha256) -> String {
    STANDARD.encode(hash.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    // The examples of signed-note and tlog-cosignature.
    const KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    const NOTE: &str = "This is an example message.\n\n\u{2014} example.com/foo \
        Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
    const CHECKPOINT: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
        \u{2014} example.com/behind-the-sofa \
        Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
        \u{2014} witness.example.com/w1 \
        jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";

    fn key() -> SigningKey {
        SigningKey::from_seed("vedette.invalid/0123456789abcdef", &[3; 32])
    }

    #[test]
    fn the_example_of_the_specification_verifies() {
        let key: VerifierKey = KEY.parse().unwrap();
        assert_eq!(key.to_string(), KEY);
        let note: Note = NOTE.parse().unwrap();
        assert_eq!(note.text, "This is an example message.\n");
        assert!(note.signed_by(&key).unwrap());
        assert_eq!(note.to_string(), NOTE);
    }

    #[test]
    fn the_checkpoint_of_the_specification_is_read_and_written_again() {
        let note: Note = CHECKPOINT.parse().unwrap();
        let checkpoint = note.checkpoint().unwrap();
        assert_eq!((checkpoint.origin.as_str(), checkpoint.size), ("example.com/behind-the-sofa", 20_852_163));
        assert_eq!(checkpoint.to_string(), note.text);
        assert_eq!(note.signatures.len(), 2);
        assert_eq!(note.signatures[1].bytes.len(), 72);
        assert_eq!(u64::from_be_bytes(note.signatures[1].bytes[..8].try_into().unwrap()), 1_679_315_147);
        assert_eq!(note.to_string(), CHECKPOINT);
    }

    #[test]
    fn a_bent_text_signature_or_key_is_refused() {
        let key: VerifierKey = KEY.parse().unwrap();
        let bent: Note = NOTE.replace("example message", "exemple message").parse().unwrap();
        assert_eq!(bent.signed_by(&key), Err(PreserveError::Signature("example.com/foo".to_owned())));
        let other: Note = NOTE.replace("example.com/foo", "example.com/fox").parse().unwrap();
        assert_eq!(other.signed_by(&key), Ok(false), "an unknown key is ignored");
        for wrong in [
            "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            "example.com/fox+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            "example.com/foo+530d903a",
            "example.com/foo+530d903a+AekyeRrm",
            "a b+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            "",
        ] {
            assert!(wrong.parse::<VerifierKey>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_no_note_is_refused() {
        for wrong in [
            "",
            "text\n",
            "text\n\n",
            "text\n\n\u{2014} name\n",
            "text\n\n\u{2014} name AAAA\n",
            "text\n\n- name AAAAAAAA\n",
            "te\u{1}xt\n\n\u{2014} name AAAAAAAA\n",
            "text\n\n\u{2014} name AAAAAAAA",
        ] {
            assert!(wrong.parse::<Note>().is_err(), "{wrong:?}");
        }
        for wrong in
            ["", "a\n1\n", "a\n01\nAA==\n", "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", "a\n+1\nx\n"]
        {
            assert!(wrong.parse::<CheckpointText>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_witness_adds_its_line_once_and_a_stranger_none() {
        let root = crate::sha256(b"root");
        let text = CheckpointText { origin: key().name().to_owned(), size: 9, root }.to_string();
        let mut note = Note::signed(text.clone(), &key());
        let witness = SigningKey::from_seed("witness.invalid/w1", &[9; 32]);
        let stranger = SigningKey::from_seed("witness.invalid/w2", &[8; 32]);
        let lines = [witness.cosign(&text, 1_700_000_000), stranger.cosign(&text, 1_700_000_000)];
        assert_eq!(note.add(&lines, &[witness.cosigner()]), Ok(1));
        assert_eq!(note.add(&lines, &[witness.cosigner()]), Ok(0));
        let read: Note = note.to_string().parse().unwrap();
        assert_eq!(read.signed_at(&witness.cosigner()), Ok(Some(1_700_000_000)));
        assert_eq!(read.signed_at(&stranger.cosigner()), Ok(None));
        let other = [witness.cosign("another text\n", 1_700_000_000)];
        assert!(note.add(&other, &[witness.cosigner()]).is_err());
    }
}
