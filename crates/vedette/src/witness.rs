//! `vedette witness`: a witness for other desks' logs (C2SP tlog-witness). It keeps the last checkpoint of each log it
//! trusts, durable before it answers, and cosigns only what continues it.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path as UrlPath, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use vedette_preserve::note::{KeyKind, Note, SigningKey, VerifierKey};
use vedette_preserve::sha256;
use vedette_preserve::witness::{Judgement, REQUEST_BYTES_MAX, Request, judge};
use vedette_store::Keyring;

use crate::cli::WitnessArgs;
use crate::io::{Failure, Io};
use crate::serve;

struct Witness {
    key: SigningKey,
    trusted: Vec<VerifierKey>,
    /// Held from reading the last checkpoint until the new one is durable, so that no two requests cross.
    kept: Mutex<Keyring>,
}

/// Serves until the process is asked to end.
pub fn run(args: &WitnessArgs, io: &mut Io) -> Result<u8, Failure> {
    let listen = serve::loopback(&args.listen)?;
    let witness = Arc::new(open(&io.path(&args.state), &args.name, &args.trust)?);
    io.line(format!("witness key {}", witness.key.cosigner()))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::usage(format!("cannot start the runtime: {error}")))?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(listen)
            .await
            .map_err(|error| Failure::usage(format!("cannot listen on {listen}: {error}")))?;
        let bound = listener.local_addr().map_err(|error| Failure::usage(error.to_string()))?;
        io.line(format!("witnessing on http://{bound}"))?;
        io.say("stop with Ctrl-C");
        axum::serve(listener, router(witness))
            .with_graceful_shutdown(serve::ended())
            .await
            .map_err(|error| Failure::usage(format!("the witness stopped: {error}")))
    })?;
    Ok(0)
}

fn open(state: &Path, name: &str, trust: &[String]) -> Result<Witness, Failure> {
    let kept = Keyring::new(state.to_owned());
    let key = match kept.signing_key(name)? {
        Some(key) => key,
        None => kept.make_key(name)?,
    };
    let trusted = trust
        .iter()
        .map(|key| match key.parse::<VerifierKey>() {
            Ok(key) if key.kind == KeyKind::Note => Ok(key),
            Ok(_) => Err(Failure::usage(format!("`{key}` is a witness's key, not a log's"))),
            Err(error) => Err(Failure::usage(error.to_string()).hint("`vedette log status` prints a log's key")),
        })
        .collect::<Result<Vec<_>, _>>()?;
    if trusted.is_empty() {
        return Err(Failure::usage("no log is trusted").hint("name verifier keys of logs with --trust KEY"));
    }
    Ok(Witness { key, trusted, kept: Mutex::new(kept) })
}

fn router(witness: Arc<Witness>) -> Router {
    Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/{origin}/checkpoint", get(checkpoint))
        .layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX))
        .with_state(witness)
}

async fn add_checkpoint(State(witness): State<Arc<Witness>>, body: String) -> Response {
    let answered = tokio::task::spawn_blocking(move || answer(&witness, &body, Timestamp::now())).await;
    answered.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

fn answer(witness: &Witness, body: &str, now: Timestamp) -> Response {
    let Ok(request) = Request::parse(body) else {
        return (StatusCode::BAD_REQUEST, "not a request to a witness\n").into_response();
    };
    let kept = witness.kept.lock().unwrap_or_else(PoisonError::into_inner);
    let origin = request.note.checkpoint().map(|text| text.origin).unwrap_or_default();
    let last = match kept.last_seen(&origin).map(|note| note.and_then(|note| note.checkpoint().ok())) {
        Ok(last) => last,
        Err(error) => {
            tracing::error!(%error, "cannot read the last checkpoint");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    match judge(&request, &witness.trusted, last.as_ref(), &witness.key, seconds) {
        Judgement::Cosigned(line) => keep(witness, &kept, &origin, request.note, line),
        Judgement::Conflict(size) => {
            (StatusCode::CONFLICT, [(header::CONTENT_TYPE, "text/x.tlog.size")], format!("{size}\n")).into_response()
        }
        Judgement::Refused(status, why) => {
            tracing::warn!(origin, status, why, "refused a checkpoint");
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
            (status, format!("{why}\n")).into_response()
        }
    }
}

/// Makes a checkpoint durable, then hands out the cosignature.
fn keep(
    witness: &Witness,
    kept: &Keyring,
    origin: &str,
    mut note: Note,
    line: vedette_preserve::note::Signature,
) -> Response {
    note.signatures.retain(|line| witness.trusted.iter().any(|key| line.is_of(key)));
    let answer = line.to_string();
    note.signatures.push(line);
    match kept.see(origin, &note) {
        Ok(()) => answer.into_response(),
        Err(error) => {
            tracing::error!(%error, "cannot keep a checkpoint");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// What the witness saw last of a log, for those who watch it (`<SHA-256 of the origin>/checkpoint`).
async fn checkpoint(State(witness): State<Arc<Witness>>, UrlPath(hash): UrlPath<String>) -> Response {
    let origin = witness.trusted.iter().map(|key| &key.name).find(|name| sha256(name.as_bytes()).hex() == hash);
    let kept = witness.kept.lock().unwrap_or_else(PoisonError::into_inner);
    match origin.and_then(|origin| kept.last_seen(origin).ok().flatten()) {
        Some(note) => note.to_string().into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vedette_preserve::note::CheckpointText;

    #[test]
    fn what_was_seen_is_durable_and_a_second_history_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let log = SigningKey::from_seed("vedette.invalid/0011223344556677", &[1; 32]);
        let trust = [log.verifier().to_string()];
        let note = |root: &[u8]| {
            let text = CheckpointText { origin: log.name().to_owned(), size: 4, root: sha256(root) };
            Note::signed(text.to_string(), &log)
        };
        let ask = |witness: &Witness, old, root: &[u8]| {
            let body = Request { old, proof: vec![], note: note(root) }.body();
            answer(witness, &body, Timestamp::UNIX_EPOCH).status().as_u16()
        };
        let witness = open(dir.path(), "witness.invalid/w", &trust).unwrap();
        let key = witness.key.cosigner();
        assert_eq!(ask(&witness, 0, b"one"), 200);
        drop(witness);
        let witness = open(dir.path(), "witness.invalid/w", &trust).unwrap();
        assert_eq!(witness.key.cosigner(), key);
        assert_eq!(ask(&witness, 0, b"two"), 409);
        assert_eq!(ask(&witness, 4, b"two"), 422);
        assert_eq!(ask(&witness, 4, b"one"), 200);
        assert_eq!(answer(&witness, "nonsense", Timestamp::UNIX_EPOCH).status().as_u16(), 400);
        assert!(open(dir.path(), "witness.invalid/w", &[key.to_string()]).is_err());
    }
}
