//! `verify`, `backup` and `erase` of a workspace.

use std::path::Path;

use crate::backup;
use crate::commands::{Context, id};
use crate::io::{Failure, Io};

/// `vedette verify`.
pub fn verify(json: bool, context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    let mut shown = 0;
    let report = context.desk.verify(&mut |done, all| {
        // A line every thousand is enough to see that it moves.
        if done >= shown + 1_000 || done == all {
            shown = done;
            io.progress(format!("verified {done} of {all}"));
        }
    })?;
    backup::tell_verified(&report, json, io)
}

/// `vedette backup`.
pub fn backup(file: &Path, context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    let file = io.path(file);
    let bytes = backup::write(context.desk, context.dir, &file, io)?;
    io.line(format!("wrote `{}`, {bytes} bytes", file.display()))?;
    io.say("it holds the key that hides people's names: keep it as safe as the workspace");
    Ok(0)
}

/// `vedette erase`.
pub fn erase(text: &str, reason: &str, basis: &str, context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    let gone = context.desk.erase_item(&context.who, id(text)?, reason, basis)?;
    if gone.leaves.is_empty() {
        io.line(format!("{text} was erased before"))?;
        return Ok(0);
    }
    io.line(format!("erased {text}: {} exhibits, {} records of the log", gone.exhibits.len(), gone.leaves.len()))?;
    if !gone.shared.is_empty() {
        io.say(format!("{} exhibits stay, because other items show the same bytes", gone.shared.len()));
    }
    io.say("backups made before still hold it; the search index drops the last traces with `vedette worker --once --reindex`");
    Ok(0)
}
