//! Who writes down speech: a program that the desk names, else a model that is installed, in a build that listens.

use std::path::Path;
use std::sync::Arc;

use vedette_models::{Kind, Models};
use vedette_read::CommandListener;
use vedette_speech::{Listener, SpeechFault};

use crate::config::SpeechSettings;

/// The listener of the workspace in `dir`, or why there is none.
pub fn listener(settings: &SpeechSettings, models: &Models) -> Result<Arc<dyn Listener>, String> {
    if let Some((program, arguments)) = settings.command.split_first() {
        return CommandListener::new(program, arguments.to_vec())
            .map(|listener| Arc::new(listener) as Arc<dyn Listener>)
            .map_err(|fault| format!("`speech.command` in vedette.toml: {fault}"));
    }
    if !vedette_speech::BUILT_IN {
        return Err("this build does not listen in process: name a program with `speech.command` in vedette.toml, or \
                    build with `--features speech`"
            .to_owned());
    }
    match models.find(Kind::Speech) {
        None => Err(format!("no model is installed: {}", vedette_models::how_to_get(Kind::Speech))),
        Some(pack) => in_process(pack, settings.threads.unwrap_or(1)).map_err(|fault| fault.to_string()),
    }
}

#[cfg(feature = "speech")]
fn in_process(pack: &vedette_models::Pack, threads: usize) -> Result<Arc<dyn Listener>, SpeechFault> {
    Ok(Arc::new(vedette_speech::whisper::Whisper::new(pack, threads)?))
}

#[cfg(not(feature = "speech"))]
fn in_process(_: &vedette_models::Pack, _: usize) -> Result<Arc<dyn Listener>, SpeechFault> {
    Err(SpeechFault::Model("this build does not listen in process".to_owned()))
}

/// The reader of the workspace in `dir`, with its listener.
pub fn with_ears(reader: vedette_read::Reader, settings: &SpeechSettings, dir: &Path) -> vedette_read::Reader {
    match listener(settings, &crate::models::installed(Some(dir.to_owned()))) {
        Ok(listener) => reader.with_listener(listener),
        Err(reason) => {
            // Normal where nobody works with recordings; `doctor` says it, and so does each item that would be heard.
            tracing::debug!(reason, "nothing writes down speech");
            reader
        }
    }
}
