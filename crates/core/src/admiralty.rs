//! The Admiralty code: how reliable a source is (A to F) and how credible what it says is (1 to 6). The two are judged apart: a
//! good source can be wrong, and a bad one right.

use serde::{Deserialize, Serialize};

/// Reliability of a source. A person grades it; until then it cannot be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
pub enum SourceGrade {
    /// Completely reliable.
    A,
    /// Usually reliable.
    B,
    /// Fairly reliable.
    C,
    /// Not usually reliable.
    D,
    /// Unreliable.
    E,
    /// Cannot be judged.
    #[default]
    F,
}

impl SourceGrade {
    /// All grades, the best first.
    pub const ALL: [Self; 6] = [Self::A, Self::B, Self::C, Self::D, Self::E, Self::F];

    /// Its letter.
    pub fn word(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
            Self::E => "E",
            Self::F => "F",
        }
    }

    /// What the letter means.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::A => "completely reliable",
            Self::B => "usually reliable",
            Self::C => "fairly reliable",
            Self::D => "not usually reliable",
            Self::E => "unreliable",
            Self::F => "cannot be judged",
        }
    }

    /// The grade a letter names, in either case.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grade| grade.word().eq_ignore_ascii_case(word))
    }

    /// Whether what it says can carry weight: A to C.
    pub fn is_trusted(self) -> bool {
        self <= Self::C
    }
}

/// Credibility of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(into = "u8", try_from = "u8")]
pub enum ContentGrade {
    /// Confirmed by other sources.
    Confirmed,
    /// Probably true.
    Probable,
    /// Possibly true.
    Possible,
    /// Doubtful.
    Doubtful,
    /// Improbable.
    Improbable,
    /// Cannot be judged.
    #[default]
    Unknown,
}

impl ContentGrade {
    /// All grades, the most credible first.
    pub const ALL: [Self; 6] =
        [Self::Confirmed, Self::Probable, Self::Possible, Self::Doubtful, Self::Improbable, Self::Unknown];

    /// 1 to 6.
    pub fn number(self) -> u8 {
        self as u8 + 1
    }

    /// What the number means.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed by other sources",
            Self::Probable => "probably true",
            Self::Possible => "possibly true",
            Self::Doubtful => "doubtful",
            Self::Improbable => "improbable",
            Self::Unknown => "cannot be judged",
        }
    }

    /// The grade that a number names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grade| grade.number().to_string() == word)
    }
}

impl From<ContentGrade> for u8 {
    fn from(grade: ContentGrade) -> Self {
        grade.number()
    }
}

impl TryFrom<u8> for ContentGrade {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        Self::from_word(&number.to_string()).ok_or_else(|| format!("{number} is no grade of content: 1 to 6"))
    }
}

/// Both grades of an item, with what the content's rests on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Admiralty {
    /// The source's grade, by a person.
    pub source: SourceGrade,
    /// The content's grade, as proposed.
    pub content: ContentGrade,
    /// What the proposal rests on, one line each; empty when nothing speaks for or against it.
    pub why: Vec<String>,
    /// The content's grade by a person, when there is one; it holds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub decided: Option<ContentGrade>,
}

impl Admiralty {
    /// Both grades as people write them, such as `B2`; a person's grade holds.
    pub fn code(&self) -> String {
        format!("{}{}", self.source.word(), self.decided.unwrap_or(self.content).number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grades_are_written_and_read_as_the_code_has_them() {
        let grades = Admiralty { source: SourceGrade::B, content: ContentGrade::Probable, ..Admiralty::default() };
        assert_eq!((grades.code().as_str(), Admiralty::default().code().as_str()), ("B2", "F6"));
        let json = serde_json::to_string(&grades).unwrap();
        assert_eq!(json, r#"{"source":"B","content":2,"why":[]}"#);
        assert_eq!(serde_json::from_str::<Admiralty>(&json).unwrap(), grades);
        assert_eq!(SourceGrade::from_word("c"), Some(SourceGrade::C));
        assert!(SourceGrade::from_word("G").is_none() && ContentGrade::from_word("7").is_none());
        assert!(serde_json::from_str::<ContentGrade>("0").is_err());
        let decided = Admiralty { decided: Some(ContentGrade::Doubtful), ..grades };
        assert_eq!(decided.code(), "B4");
    }
}
