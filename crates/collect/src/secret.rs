//! What proves who asks. Never printed, never logged, never part of a record.

use std::fmt;

/// A secret of a source.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    /// A personal access token and the id of its account.
    Token {
        /// Id of the account.
        user_id: String,
        /// The token.
        token: String,
    },
    /// Account name and password.
    Password {
        /// Account name.
        user: String,
        /// The password.
        password: String,
    },
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token { .. } => "Token(redacted)",
            Self::Password { .. } => "Password(redacted)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_never_shows_itself() {
        for secret in [
            Secret::Token { user_id: "hush-id".into(), token: "hush".into() },
            Secret::Password { user: "hush-user".into(), password: "hush".into() },
        ] {
            assert!(!format!("{secret:?}").contains("hush"));
        }
    }
}
