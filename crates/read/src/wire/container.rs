//! Checks of what a child says about documents, mails, archives and subtitles.

use vedette_core::FileFault;
use vedette_core::limits::READING_BYTES_MAX;
use vedette_core::opened::{
    CONTAINER_FORMATS, CUES_MAX, ContainerFacts, DETAIL_BYTES_MAX, LINK_BYTES_MAX, LINKS_MAX, MEMBERS_MAX, MemberFacts,
    NOTES_MAX, PARTS_MAX, SUBTITLE_FORMATS, SubtitleFacts,
};
use vedette_core::{Place, Whereabouts};

use super::{broken, words};
use crate::ReadError;

/// An opened document, mail or archive, as far as one answer had room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedContainer {
    /// `docx`, `mail`, `zip` and the like.
    pub format: String,
    /// Title or subject.
    pub title: Option<String>,
    /// Texts of its own, in order.
    pub parts: Vec<OpenedPart>,
    /// Files inside, in order.
    pub members: Vec<OpenedMember>,
    /// Where links point to; text, never fetched.
    pub links: Vec<String>,
    /// Index of the member from which another answer goes on.
    pub next: Option<u32>,
    /// What was left out and why, a line each.
    pub notes: Vec<String>,
}

/// A text of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedPart {
    /// Heading of a chapter or slide.
    pub title: Option<String>,
    /// Number of a slide, sheet or chapter, from 1.
    pub number: Option<u32>,
    /// It was longer than the limit.
    pub cut: bool,
    /// The text.
    pub text: String,
}

/// A file inside a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedMember {
    /// Its path inside, one line; never a path outside.
    pub path: String,
    /// Media type as the container says it.
    pub media_type: Option<String>,
    /// Its bytes, or why they were left out.
    pub bytes: Result<Vec<u8>, FileFault>,
}

/// Subtitles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedSubtitles {
    /// `srt`, `vtt` or `ass`.
    pub format: String,
    /// WHATWG name of the encoding.
    pub encoding: String,
    /// It was longer than the limit.
    pub cut: bool,
    /// What is said.
    pub text: String,
    /// When which stretch of it is said.
    pub places: Vec<Place>,
}

pub(super) fn checked_container(facts: ContainerFacts, sections: &[&[u8]]) -> Result<OpenedContainer, ReadError> {
    let counts_fit = facts.parts.len() <= PARTS_MAX
        && facts.members.len() <= MEMBERS_MAX
        && facts.links.len() <= LINKS_MAX
        && facts.notes.len() <= NOTES_MAX;
    let given = facts.members.iter().filter(|member| member.left_out.is_none()).count();
    if !counts_fit || sections.len() != facts.parts.len() + given {
        return Err(broken("the parts of a container"));
    }
    if !CONTAINER_FORMATS.contains(&facts.format.as_str()) {
        return Err(broken("the format of a container"));
    }
    let links_fit = facts.links.iter().all(|link| link.len() <= LINK_BYTES_MAX && !link.chars().any(char::is_control));
    let notes_fit = facts.notes.iter().all(|note| note.len() <= DETAIL_BYTES_MAX);
    if !links_fit || !notes_fit {
        return Err(broken("the links or notes of a container"));
    }
    let (texts, files) = sections.split_at(facts.parts.len());
    let mut parts = Vec::new();
    for (part, bytes) in facts.parts.into_iter().zip(texts) {
        let title = part.title.as_deref().map(words).transpose()?;
        parts.push(OpenedPart { title, number: part.number, cut: part.cut, text: checked_words(bytes)? });
    }
    let mut files = files.iter();
    let members = facts.members.into_iter().map(|member| checked_member(member, &mut files));
    Ok(OpenedContainer {
        format: facts.format,
        title: facts.title.as_deref().map(words).transpose()?,
        parts,
        members: members.collect::<Result<_, _>>()?,
        links: facts.links,
        next: facts.next,
        notes: facts.notes.iter().map(|note| words(note)).collect::<Result<_, _>>()?,
    })
}

fn checked_member<'a>(
    member: MemberFacts,
    files: &mut impl Iterator<Item = &'a &'a [u8]>,
) -> Result<OpenedMember, ReadError> {
    let bytes = match member.left_out {
        None => Ok(files.next().ok_or_else(|| broken("a member without bytes"))?.to_vec()),
        Some(fault) => {
            let detail = words(&fault.detail)?;
            Err(FileFault::of_class(&fault.class, detail).ok_or_else(|| broken("the class of a member's fault"))?)
        }
    };
    let media_type = member.media_type.as_deref().map(words).transpose()?;
    let path = words(&member.path)?;
    if path.trim().is_empty() {
        return Err(broken("a member without a name"));
    }
    Ok(OpenedMember { path, media_type, bytes })
}

fn checked_words(bytes: &[u8]) -> Result<String, ReadError> {
    let text = std::str::from_utf8(bytes).map_err(|_| broken("the text is no UTF-8"))?;
    if text.len() > READING_BYTES_MAX {
        return Err(broken("the text's length"));
    }
    Ok(text.to_owned())
}

pub(super) fn checked_subtitles(facts: &SubtitleFacts, sections: &[&[u8]]) -> Result<OpenedSubtitles, ReadError> {
    let &[bytes] = sections else { return Err(broken("the sections of subtitles")) };
    let text = checked_words(bytes)?;
    if !SUBTITLE_FORMATS.contains(&facts.format.as_str()) || facts.cues.len() > CUES_MAX {
        return Err(broken("the format or length of subtitles"));
    }
    let mut places = Vec::new();
    let mut behind = 0;
    for &[start, end, from, to] in &facts.cues {
        let fits = behind <= start && start < end && from <= to && text.get(start as usize..end as usize).is_some();
        if !fits {
            return Err(broken("a cue of subtitles"));
        }
        behind = end;
        places.push(Place { start, end, confidence: None, at: Whereabouts::Time([from, to]) });
    }
    Ok(OpenedSubtitles {
        format: facts.format.clone(),
        encoding: words(&facts.encoding)?,
        cut: facts.cut,
        text,
        places,
    })
}

#[cfg(test)]
mod tests {
    use vedette_core::opened::{PartFacts, WireFault};

    use super::*;

    fn honest() -> ContainerFacts {
        let member = |path: &str| MemberFacts { path: path.to_owned(), ..MemberFacts::default() };
        let locked = WireFault { class: "encrypted".to_owned(), detail: "packed with a password".to_owned() };
        ContainerFacts {
            format: "zip".to_owned(),
            parts: vec![PartFacts::default()],
            members: vec![member("a.txt"), MemberFacts { left_out: Some(locked), ..member("b.txt") }, member("c.txt")],
            ..ContainerFacts::default()
        }
    }

    #[test]
    fn an_honest_container_is_taken() {
        let found = checked_container(honest(), &[b"text", b"one", b"three"]).expect("it is honest");
        assert_eq!(found.parts[0].text, "text");
        let bytes: Vec<_> = found.members.into_iter().map(|member| member.bytes).collect();
        let locked = FileFault::Encrypted("packed with a password".to_owned());
        assert_eq!(bytes, [Ok(b"one".to_vec()), Err(locked), Ok(b"three".to_vec())]);
    }

    #[test]
    fn a_container_that_lies_is_refused() {
        let sections: [&[u8]; 3] = [b"text", b"one", b"three"];
        assert!(checked_container(honest(), &sections[..2]).is_err(), "a section is missing");
        assert!(checked_container(honest(), &[b"\xff", b"one", b"three"]).is_err(), "the text is no text");
        let lies: [fn(&mut ContainerFacts); 8] = [
            |facts| facts.format = "exe".to_owned(),
            |facts| facts.members[0].path = "a\nb".to_owned(),
            |facts| facts.members[0].path = " ".to_owned(),
            |facts| facts.links = vec!["x".repeat(LINK_BYTES_MAX + 1)],
            |facts| facts.links = vec![String::new(); LINKS_MAX + 1],
            |facts| facts.notes = vec!["two\nlines".to_owned()],
            |facts| facts.title = Some("\u{1b}[31m".to_owned()),
            |facts| facts.members[1].left_out.as_mut().expect("it has one").class = "sudo".to_owned(),
        ];
        for (number, lie) in lies.iter().enumerate() {
            let mut facts = honest();
            lie(&mut facts);
            assert!(checked_container(facts, &sections).is_err(), "lie {number}");
        }
    }

    #[test]
    fn subtitles_keep_to_their_text_and_its_letters() {
        let facts = |cues: &[[u32; 4]]| SubtitleFacts {
            format: "srt".to_owned(),
            encoding: "UTF-8".to_owned(),
            cut: false,
            cues: cues.to_vec(),
        };
        let text: &[u8] = "жар lamp".as_bytes();
        let found = checked_subtitles(&facts(&[[0, 6, 0, 10], [7, 11, 10, 10]]), &[text]).expect("they are honest");
        assert_eq!(found.places[1].at, Whereabouts::Time([10, 10]));
        for cue in [[1, 6, 0, 1], [0, 12, 0, 1], [3, 2, 0, 1], [0, 2, 5, 4], [0, 0, 0, 1]] {
            assert!(checked_subtitles(&facts(&[cue]), &[text]).is_err(), "{cue:?}");
        }
        assert!(checked_subtitles(&facts(&[[7, 8, 0, 1], [0, 2, 0, 1]]), &[text]).is_err(), "out of order");
    }
}
