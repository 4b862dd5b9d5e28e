//! Logging in: by password, by token, and the two ways it fails that a connector must tell apart (wrong secret, second factor).

use serde_json::{Value, json};

use super::state::State;
use crate::http::{Answer, Asked};

/// `POST login` with `{user, password}` or `{resume}`, and `code` when a second factor is asked for.
pub(super) fn log_in(state: &mut State, asked: &Asked) -> Answer {
    let body: Value = serde_json::from_slice(&asked.body).unwrap_or_default();
    let field = |name: &str| body[name].as_str();
    if let Some(token) = field("resume") {
        if state.tokens.contains(token) {
            return welcome(state, token.to_owned());
        }
        return refused();
    }
    let user = field("user").or_else(|| field("username"));
    if user != Some(state.observer.username.as_str()) || field("password") != Some(state.password.as_str()) {
        return refused();
    }
    if let Some(code) = &state.settings.totp_code
        && field("code") != Some(code.as_str())
        && asked.header("x-2fa-code") != Some(code.as_str())
    {
        return Answer::json(
            400,
            &json!({
                "success": false, "error": "TOTP Required [totp-required]", "errorType": "totp-required",
                "details": {"method": "totp", "codeGenerated": false, "availableMethods": ["totp"]},
            }),
        );
    }
    let token = state.new_token();
    welcome(state, token)
}

fn welcome(state: &State, token: String) -> Answer {
    let me = &state.observer;
    Answer::json(
        200,
        &json!({"status": "success", "data": {
            "authToken": token, "userId": me.id,
            "me": {"_id": me.id, "username": me.username, "name": me.name, "roles": ["user"], "active": true, "status": "online"},
        }}),
    )
}

fn refused() -> Answer {
    Answer::json(401, &json!({"status": "error", "error": "Unauthorized", "message": "Unauthorized"}))
}

/// Whether the two headers of the REST interface name the account and one of its tokens.
pub(super) fn is_logged_in(state: &State, asked: &Asked) -> bool {
    valid_pair(state, asked.header("x-user-id"), asked.header("x-auth-token"))
}

/// Whether this user id and token belong together.
pub(super) fn valid_pair(state: &State, user: Option<&str>, token: Option<&str>) -> bool {
    user == Some(state.observer.id.as_str()) && token.is_some_and(|token| state.tokens.contains(token))
}
