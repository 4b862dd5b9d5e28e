//! Row numbers with a letter in front, so that an item is never taken for a source: `i42`, `s3`, `r7`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The text is not an id of the kind that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not {what}: expected `{letter}` and a number, such as `{letter}42`")]
pub struct ParseIdError {
    given: String,
    what: &'static str,
    letter: char,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $letter:literal, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", $letter, self.0)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let digits = text.strip_prefix($letter).unwrap_or(text);
                match digits.parse::<i64>() {
                    Ok(number) if number > 0 && digits.bytes().all(|b| b.is_ascii_digit()) => Ok(Self(number)),
                    _ => Err(ParseIdError { given: text.chars().take(40).collect(), what: $what, letter: $letter }),
                }
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.to_string()
            }
        }

        impl TryFrom<String> for $name {
            type Error = ParseIdError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }
    };
}

id!(/// What a person wrote of a translation: one revision.
    RevisionId, 't', "a revision of a translation");
id!(/// A campaign that a person accepted.
    CampaignId, 'k', "a campaign");
id!(/// A watched place.
    SourceId, 's', "a source");
id!(/// One act of fetching.
    CaptureId, 'c', "a capture");
id!(/// One published thing.
    ItemId, 'i', "an item");
id!(/// One state of an item.
    VersionId, 'v', "a version");
id!(/// A file of a version.
    AttachmentId, 'a', "an attachment");
id!(/// A piece of work that waits or failed.
    JobId, 'j', "a job");
id!(/// Items joined by likeness; the number is that of the family's smallest item.
    FamilyId, 'f', "a family");
id!(/// An authored report.
    ReportId, 'r', "a report");
id!(/// A standing query.
    WatchId, 'w', "a watch");
id!(/// What a watch or a level raised.
    AlertId, 'n', "an alert");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_with_and_without_its_letter_and_no_other_way() {
        assert_eq!("i42".parse::<ItemId>().unwrap(), ItemId(42));
        assert_eq!("42".parse::<ItemId>().unwrap().to_string(), "i42");
        for wrong in ["", "s42", "i", "i-1", "i0", "i+4", "i99999999999999999999"] {
            assert!(wrong.parse::<ItemId>().is_err(), "{wrong}");
        }
    }
}
