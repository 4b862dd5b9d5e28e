//! What makes two sightings of a post the same version: a hash over its content in one fixed encoding.
//!
//! Every field is written as its length (8 bytes, little-endian) and its bytes; an absent one as length 2^64 − 1. So no
//! two different contents have the same encoding. Times are whole microseconds since 1970.

use jiff::Timestamp;
use sha2::{Digest, Sha256 as Hasher};
use vedette_core::{Markup, NewVersion, Sha256, Version, VersionState};

/// First field of the encoding of a version key; a new encoding gets a new one.
const KEY_DOMAIN: &str = "vedette version key 1";
/// First field of the encoding of stored content.
const CONTENT_DOMAIN: &str = "vedette version content 1";

struct Encoder(Hasher);

impl Encoder {
    fn new(domain: &str) -> Self {
        Self(Hasher::new()).bytes(domain.as_bytes())
    }

    fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    fn optional(mut self, bytes: Option<&[u8]>) -> Self {
        match bytes {
            Some(bytes) => self.bytes(bytes),
            None => {
                self.0.update(u64::MAX.to_le_bytes());
                self
            }
        }
    }

    fn number(self, number: u64) -> Self {
        self.bytes(&number.to_le_bytes())
    }

    fn time(self, time: Option<Timestamp>) -> Self {
        self.optional(time.map(|time| time.as_microsecond().to_le_bytes()).as_ref().map(|bytes| &bytes[..]))
    }

    fn finish(self) -> Sha256 {
        Sha256(self.0.finalize().into())
    }
}

/// The key of a version: state, title, text, time of the edit, and each file by its hash, or by its address (else its
/// name) while it has not been fetched.
pub fn version_key(version: &NewVersion) -> Sha256 {
    let mut encoder = Encoder::new(KEY_DOMAIN)
        .bytes(version.state.word().as_bytes())
        .optional(version.title.as_deref().map(str::as_bytes))
        .bytes(version.text.as_bytes())
        .time(version.edited_at)
        .number(version.attachments.len() as u64);
    for file in &version.attachments {
        encoder = match &file.exhibit {
            Some((sha256, _)) => encoder.bytes(b"hash").bytes(&sha256.0),
            None => encoder.bytes(b"address").bytes(file.url.as_deref().unwrap_or(&file.name).as_bytes()),
        };
    }
    encoder.finish()
}

/// A file of a version as the version's leaf commits to it.
#[derive(Debug, Clone, Copy)]
pub struct ContentFile<'a> {
    /// File name.
    pub name: &'a str,
    /// Media type as the source gave it.
    pub media_type: Option<&'a str>,
    /// Address.
    pub url: Option<&'a str>,
    /// SHA-256 and length, when it came with the version; a file that came later has a leaf of its own.
    pub exhibit: Option<(Sha256, u64)>,
}

/// Everything a version's row holds that its leaf commits to.
#[derive(Debug, Clone, Copy)]
pub struct Content<'a> {
    /// What happened.
    pub state: VersionState,
    /// The exact slice.
    pub exhibit: Sha256,
    /// Title.
    pub title: Option<&'a str>,
    /// Text.
    pub text: &'a str,
    /// How the text is written.
    pub markup: Markup,
    /// When the source says it was edited.
    pub edited_at: Option<Timestamp>,
    /// Language stated by the source.
    pub lang: Option<&'a str>,
}

impl<'a> Content<'a> {
    /// The content of a version that is to be stored.
    pub fn of_new(version: &'a NewVersion) -> Self {
        Self {
            state: version.state,
            exhibit: version.exhibit,
            title: version.title.as_deref(),
            text: &version.text,
            markup: version.markup,
            edited_at: version.edited_at,
            lang: version.lang.as_deref(),
        }
    }

    /// The content of a stored version.
    pub fn of_stored(version: &'a Version) -> Self {
        Self {
            state: version.state,
            exhibit: version.exhibit,
            title: version.title.as_deref(),
            text: &version.text,
            markup: version.markup,
            edited_at: version.edited_at,
            lang: version.lang.as_deref(),
        }
    }

    /// SHA-256 over the content and its files.
    pub fn hash<'f>(&self, files: impl ExactSizeIterator<Item = ContentFile<'f>>) -> Sha256 {
        let markup = match self.markup {
            Markup::Plain => "plain",
            Markup::Html => "html",
        };
        let mut encoder = Encoder::new(CONTENT_DOMAIN)
            .bytes(self.state.word().as_bytes())
            .bytes(&self.exhibit.0)
            .optional(self.title.map(str::as_bytes))
            .bytes(self.text.as_bytes())
            .bytes(markup.as_bytes())
            .time(self.edited_at)
            .optional(self.lang.map(str::as_bytes))
            .number(files.len() as u64);
        for file in files {
            encoder = encoder
                .bytes(file.name.as_bytes())
                .optional(file.media_type.map(str::as_bytes))
                .optional(file.url.map(str::as_bytes))
                .optional(file.exhibit.as_ref().map(|(sha256, _)| &sha256.0[..]))
                .number(file.exhibit.map_or(0, |(_, size_bytes)| size_bytes));
        }
        encoder.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vedette_core::NewAttachment;

    fn version() -> NewVersion {
        NewVersion {
            native_id: "m1".to_owned(),
            key: Sha256::default(),
            state: VersionState::Posted,
            exhibit: Sha256([1; 32]),
            title: None,
            text: "The Wick, issue 3".to_owned(),
            markup: Markup::Plain,
            url: None,
            posted_at: None,
            edited_at: None,
            author_key: None,
            thread_of: None,
            lang: None,
            attachments: vec![NewAttachment {
                name: "wick.pdf".to_owned(),
                media_type: None,
                url: Some("https://files.example.org/1".to_owned()),
                exhibit: Some((Sha256([2; 32]), 9)),
                error: None,
            }],
            needs_job: true,
        }
    }

    #[test]
    fn another_sighting_of_the_same_state_has_the_same_key() {
        let mut again = version();
        again.exhibit = Sha256([3; 32]);
        again.posted_at = Some(Timestamp::UNIX_EPOCH);
        again.author_key = Some("p-000000000000".to_owned());
        again.attachments[0].url = Some("https://files.example.org/1?again".to_owned());
        assert_eq!(version_key(&version()), version_key(&again));
    }

    #[test]
    fn each_part_of_the_content_changes_key_and_content_hash() {
        let changes: [fn(&mut NewVersion); 6] = [
            |v| v.state = VersionState::Edited,
            |v| v.title = Some(String::new()),
            |v| v.text.push('.'),
            |v| v.edited_at = Some(Timestamp::UNIX_EPOCH),
            |v| v.attachments[0].exhibit = None,
            |v| v.attachments.clear(),
        ];
        let content = |v: &NewVersion| {
            Content::of_new(v).hash(v.attachments.iter().map(|file| ContentFile {
                name: &file.name,
                media_type: None,
                url: file.url.as_deref(),
                exhibit: file.exhibit,
            }))
        };
        for (number, change) in changes.iter().enumerate() {
            let mut changed = version();
            change(&mut changed);
            assert_ne!(version_key(&version()), version_key(&changed), "change {number}");
            assert_ne!(content(&version()), content(&changed), "change {number}");
        }
    }

    #[test]
    fn a_key_stays_what_it_was_when_the_program_changes() {
        // A changed encoding would make every stored version look new.
        assert_eq!(version_key(&version()).hex(), "881168b89ee59636b1b49d87d9b99e7cdd290d861dc43c005afe8c9bdf893a6d");
    }
}
