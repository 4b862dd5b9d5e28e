//! Who asks, and what they may do. Roles include those before them.

use std::fmt;
use std::str::FromStr;

use crate::{DeskError, DeskResult};

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Read, search.
    Reader,
    /// Review, watch, write reports.
    Analyst,
    /// Release, export.
    Editor,
    /// Sources, users, keys.
    Admin,
}

impl Role {
    /// The word on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Analyst => "analyst",
            Self::Editor => "editor",
            Self::Admin => "admin",
        }
    }
}

impl FromStr for Role {
    type Err = DeskError;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        [Self::Reader, Self::Analyst, Self::Editor, Self::Admin]
            .into_iter()
            .find(|role| role.word() == word)
            .ok_or_else(|| {
                DeskError::Unusable(format!("`{word}` is not a role: expected reader, analyst, editor or admin"))
            })
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A named person with a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    name: String,
    role: Role,
}

impl Who {
    /// A person; blank names are refused.
    pub fn new(name: &str, role: Role) -> DeskResult<Self> {
        let name = name.trim();
        if name.is_empty() {
            return Err(DeskError::Unusable("a name is needed: decisions are made by named people".to_owned()));
        }
        Ok(Self { name: name.chars().take(80).collect(), role })
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The role.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Refuses unless the role is at least `needed`.
    pub(crate) fn may(&self, needed: Role, act: &str) -> DeskResult<()> {
        if self.role >= needed {
            return Ok(());
        }
        Err(DeskError::Forbidden { who: self.name.clone(), role: self.role, act: act.to_owned(), needed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_may_not_do_what_an_analyst_may() {
        let reader = Who::new("R. Reader", Role::Reader).unwrap();
        assert!(reader.may(Role::Reader, "search").is_ok());
        let refused = reader.may(Role::Analyst, "review").unwrap_err().to_string();
        assert!(refused.contains("R. Reader") && refused.contains("analyst"), "{refused}");
        assert!(Who::new("  ", Role::Admin).is_err());
    }
}
