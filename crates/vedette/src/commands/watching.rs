//! `watch` and `alerts`.

use vedette_core::AlertState;
use vedette_desk::NewWatch;

use crate::cli::WatchCommand;
use crate::commands::archive::level;
use crate::commands::{Context, id, time};
use crate::io::{Failure, Io};

/// `vedette watch …`.
pub fn watch(command: WatchCommand, context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    let Context { desk, who, .. } = context;
    match command {
        WatchCommand::Add { name, query, level: word } => {
            let watch = desk.add_watch(who, NewWatch { name, query, level_min: level(&word)? })?;
            io.line(watch.to_string())?;
        }
        WatchCommand::List { json } => {
            for watch in desk.watches()? {
                if json {
                    io.json(&watch)?;
                } else {
                    io.line(format!(
                        "{} {}: {} (level>={})",
                        watch.id,
                        watch.name,
                        watch.query,
                        watch.level_min.word()
                    ))?;
                }
            }
        }
        WatchCommand::Remove { id: text } => desk.remove_watch(who, id(&text)?)?,
    }
    Ok(0)
}

/// `vedette alerts`.
pub fn alerts(
    all: bool,
    ack: Option<&str>,
    close: Option<&str>,
    json: bool,
    context: &Context<'_>,
    io: &mut Io,
) -> Result<u8, Failure> {
    for (text, state) in [(ack, AlertState::Acknowledged), (close, AlertState::Closed)] {
        if let Some(text) = text {
            context.desk.set_alert(&context.who, id(text)?, state)?;
        }
    }
    for alert in context.desk.alerts(!all)? {
        if json {
            io.json(&alert)?;
        } else {
            let item = alert.item.map(|item| item.to_string()).unwrap_or_default();
            io.line(format!("{} {} {item} {}", alert.id, time(alert.at), alert.text))?;
        }
    }
    Ok(0)
}
