//! What every connector can do, and which one follows a source.

use jiff::Timestamp;
use vedette_core::{Cursor, Haul, Source, SourceId, SourceKind};

use crate::feed::FeedConnector;
use crate::folder::FolderConnector;
use crate::matrix::MatrixConnector;
use crate::rocketchat::{RocketchatConnector, RocketchatLive};
use crate::telegram_preview::TelegramPreviewConnector;
use crate::web::{SectionConnector, WebConnector};
use crate::{CollectError, Env, Secret};

/// Stores one haul; the connector goes on only when it is durable.
pub type Take<'a> = &'a mut dyn FnMut(Haul) -> Result<(), CollectError>;

/// Follows one source.
pub trait Connector: Send {
    /// Connector and its version, as records name it: `rocketchat-rest/1`.
    fn name(&self) -> &'static str;

    /// Asks what is new since `cursor` and hands each answer to `take` before asking on.
    fn collect(&mut self, cursor: Option<&Cursor>, take: Take<'_>) -> Result<(), CollectError>;

    /// Fetches a file that a post named and that could not be fetched earlier.
    fn fetch_file(&mut self, url: &str) -> Result<Vec<u8>, CollectError>;
}

/// What a live connection tells.
#[derive(Debug)]
pub enum LiveEvent {
    /// Posts of a source, to be stored before the connection goes on. Never moves the source's cursor.
    Haul(SourceId, Box<Haul>),
    /// The source should be collected now, and why: news may have passed by.
    CatchUp(SourceId, String),
    /// The connection stands and accepts the login.
    Connected,
    /// The connection broke; it is made anew by itself.
    Lost {
        /// When something last came over it.
        since: Timestamp,
        /// Why, in words.
        why: String,
    },
}

/// Hears an event; the connection goes on only when it is dealt with.
pub type Hear<'a> = &'a mut dyn FnMut(LiveEvent) -> Result<(), CollectError>;

/// Hears news of several sources as they happen, over one connection.
pub trait Live: Send {
    /// Listens until `stop` says so. Broken connections are made anew; an error means that a person must act, or that an
    /// event could not be dealt with.
    fn run(&mut self, stop: &dyn Fn() -> bool, event: Hear<'_>) -> Result<(), CollectError>;
}

/// What sources that can share one live connection have in common; `None` for a source that has none.
pub fn live_key(source: &Source) -> Option<String> {
    match source.asked.kind {
        SourceKind::Rocketchat => crate::rocketchat::live_key(&source.asked),
        _ => None,
    }
}

/// A live connection for sources of one [`live_key`], each with its stored cursor. `None` when there is nothing to listen
/// to; refused when an authorisation is not in force.
pub fn live_for(
    sources: &[(Source, Option<Cursor>)],
    secret: Option<&Secret>,
    env: Env,
) -> Result<Option<Box<dyn Live>>, CollectError> {
    for (source, _) in sources {
        authorised(source, &env)?;
    }
    if sources.is_empty() || sources.iter().any(|(source, _)| live_key(source).is_none()) {
        return Ok(None);
    }
    Ok(Some(Box::new(RocketchatLive::new(sources, secret, env)?)))
}

/// The connector of a source. Refused when its authorisation is not in force.
pub fn connector_for(source: &Source, secret: Option<&Secret>, env: Env) -> Result<Box<dyn Connector>, CollectError> {
    authorised(source, &env)?;
    Ok(match source.asked.kind {
        SourceKind::Rocketchat => Box::new(RocketchatConnector::new(source, secret, env)?),
        SourceKind::Feed => Box::new(FeedConnector::new(source, env)?),
        SourceKind::Folder => Box::new(FolderConnector::new(source, env)),
        SourceKind::Matrix => Box::new(MatrixConnector::new(source, secret, env)?),
        SourceKind::Telegram => Box::new(TelegramPreviewConnector::new(source, env)?),
        SourceKind::Web => Box::new(WebConnector::new(source, env)?),
        SourceKind::Section => Box::new(SectionConnector::new(source, env)?),
        SourceKind::Import => {
            return Err(CollectError::Refused(format!(
                "`{}` was imported once and is not followed: import its files again with `vedette import PATH`",
                source.asked.name
            )));
        }
    })
}

/// Asks a source once, without collecting: what works and what is missing, one line each for a person.
pub fn check(source: &Source, secret: Option<&Secret>, env: Env) -> Result<Vec<String>, CollectError> {
    authorised(source, &env)?;
    match source.asked.kind {
        SourceKind::Rocketchat => RocketchatConnector::new(source, secret, env)?.check(),
        SourceKind::Feed => FeedConnector::new(source, env)?.check(),
        SourceKind::Folder => FolderConnector::new(source, env).check(),
        SourceKind::Matrix => MatrixConnector::new(source, secret, env)?.check(),
        SourceKind::Telegram => TelegramPreviewConnector::new(source, env)?.check(),
        SourceKind::Web => WebConnector::new(source, env)?.check(),
        SourceKind::Section => SectionConnector::new(source, env)?.check(),
        SourceKind::Import => Ok(vec!["imported once; there is nothing to reach".to_owned()]),
    }
}

fn authorised(source: &Source, env: &Env) -> Result<(), CollectError> {
    let authorisation = &source.asked.authorisation;
    let how = format!("record one with `vedette source authorise {} --authorised-by NAME --basis TEXT`", source.id);
    if authorisation.authorised_by.trim().is_empty() || authorisation.basis.trim().is_empty() {
        return Err(CollectError::Refused(format!(
            "no authorisation, no collection: `{}` has none that names a person and a basis; {how}",
            source.asked.name
        )));
    }
    if !authorisation.in_force(env.now()) {
        return Err(CollectError::Refused(format!(
            "no authorisation, no collection: that of `{}` by {} has ended; {how}",
            source.asked.name, authorisation.authorised_by
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::testing::{World, source};

    #[test]
    fn without_an_authorisation_in_force_there_is_no_collection() {
        let secret = Secret::Token { user_id: "u".into(), token: "t".into() };
        let world = World::new();
        for kind in [SourceKind::Rocketchat, SourceKind::Feed, SourceKind::Folder] {
            let make = |change: &dyn Fn(&mut Source)| {
                let mut source = source(kind, "http://127.0.0.1:9/", Some("room"));
                change(&mut source);
                let made = connector_for(&source, Some(&secret), world.env()).err().map(|error| error.to_string());
                let checked = check(&source, Some(&secret), world.env()).err().map(|error| error.to_string());
                assert!(made.is_none() || made == checked, "{made:?} {checked:?}");
                made
            };
            assert_eq!(make(&|_| ()), None, "{kind:?}");
            let ended = make(&|source| source.asked.authorisation.until = Some(Timestamp::UNIX_EPOCH)).unwrap();
            let nobody = make(&|source| source.asked.authorisation.authorised_by = " ".into()).unwrap();
            let baseless = make(&|source| source.asked.authorisation.basis = String::new()).unwrap();
            for error in [ended, nobody, baseless] {
                assert!(error.starts_with("no authorisation, no collection"), "{error}");
                assert!(error.contains("vedette source authorise s3 --authorised-by"), "{error}");
            }
        }
        assert!(world.lookups.lock().unwrap().is_empty());
    }

    #[test]
    fn each_kind_of_source_has_its_connector() {
        let secret = Secret::Token { user_id: "u".into(), token: "t".into() };
        for (kind, name) in [
            (SourceKind::Rocketchat, "rocketchat-rest/1"),
            (SourceKind::Feed, "feed/1"),
            (SourceKind::Folder, "folder/1"),
            (SourceKind::Matrix, "matrix/1"),
            (SourceKind::Web, "web/1"),
            (SourceKind::Section, "web/1"),
        ] {
            let source = source(kind, "http://127.0.0.1:9/", Some("room"));
            let connector = connector_for(&source, Some(&secret), World::new().env()).unwrap();
            assert_eq!(connector.name(), name);
        }
        let import = source(SourceKind::Import, "x", None);
        assert!(matches!(connector_for(&import, None, World::new().env()), Err(CollectError::Refused(_))));
    }
}
