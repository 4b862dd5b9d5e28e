//! `verify` and `backup` of a workspace.

use std::path::Path;

use crate::backup;
use crate::commands::Context;
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
    if json {
        io.json(&report)?;
    } else {
        for finding in &report.findings {
            io.line(format!(
                "WRONG {} at {}: expected {}, found {}",
                finding.what, finding.r#where, finding.expected, finding.found
            ))?;
        }
        let word = if report.ok { "all well" } else { "NOT well" };
        io.line(format!("{word}: {} exhibits, {} leaves, root {}", report.exhibits, report.leaves, report.root))?;
    }
    Ok(u8::from(!report.ok))
}

/// `vedette backup`.
pub fn backup(file: &Path, context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    let file = io.path(file);
    let bytes = backup::write(context.desk, context.dir, &file, io)?;
    io.line(format!("wrote `{}`, {bytes} bytes", file.display()))?;
    io.say("it holds the key that hides people's names: keep it as safe as the workspace");
    Ok(0)
}
