//! `export`.

use std::io::Write;
use std::path::Path;

use jiff::Timestamp;
use vedette_core::ItemId;
use vedette_core::limits::SEARCH_HITS_MAX;
use vedette_desk::ExportFormat;

use crate::cli::{ExportArgs, ExportWord};
use crate::commands::{Context, ids};
use crate::config::Config;
use crate::io::{Failure, Io};
use crate::{backup, stamp};

/// `vedette export`.
pub fn run(args: &ExportArgs, context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    let items: Vec<ItemId> = match &args.query {
        Some(query) => context.desk.items_matching(query, SEARCH_HITS_MAX)?,
        None => ids(&args.items)?,
    };
    if args.format == ExportWord::Decisions && !args.csv && (!items.is_empty() || args.query.is_none()) {
        let text = context.desk.export_labels(&context.who, &items)?;
        output(args.output.as_deref(), &text, io)?;
        return Ok(0);
    }
    if items.is_empty() {
        return Err(Failure::usage("nothing to export").hint("name items, such as i42, or give --query"));
    }
    let format = match args.format {
        ExportWord::Bundle => return bundle(args, &items, context, io),
        ExportWord::Warc => return web_archive(args, &items, context, io),
        ExportWord::Stix => ExportFormat::Stix,
        ExportWord::Misp => ExportFormat::Misp,
        ExportWord::Hashes => ExportFormat::Hashes,
        ExportWord::Csv => ExportFormat::Csv,
        ExportWord::Decisions => ExportFormat::Decisions,
    };
    let text = context.desk.export(&context.who, format, &items)?;
    output(args.output.as_deref(), &text, io)?;
    Ok(0)
}

fn bundle(args: &ExportArgs, items: &[ItemId], context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    let Some(file) = &args.output else {
        return Err(Failure::usage("a bundle needs a file").hint("add -o case.zip"));
    };
    let file = io.path(file);
    let prepared = context.desk.begin_bundle(&context.who, items)?;
    let settings = Config::read(context.dir)?.log;
    // What cannot be reached now stays away; an earlier checkpoint that was vouched for is in the bundle anyway.
    for failed in stamp::round(context.desk.custody_log().as_ref(), &settings, true, &Timestamp::now)? {
        io.say(format!("warning: {failed}"));
    }
    let files = context.desk.finish_bundle(prepared, &settings.keys()?)?;
    backup::write_bundle(&file, &files)?;
    io.line(format!("wrote `{}`: {} files about {} items", file.display(), files.len(), items.len()))?;
    io.say("anyone can check it offline: vedette verify FILE");
    Ok(0)
}

fn web_archive(args: &ExportArgs, items: &[ItemId], context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    let Some(file) = &args.output else {
        return Err(Failure::usage("a web archive needs a file").hint("add -o case.warc.gz"));
    };
    let path = io.path(file);
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let handle = std::fs::OpenOptions::new().write(true).create_new(true).open(&path);
    let failed =
        |error: std::io::Error| Failure::file("write", &path, &error).hint("name a file that does not exist yet");
    let mut out = std::io::BufWriter::new(handle.map_err(failed)?);
    let written = context.desk.web_archive(&context.who, items, &name, &mut out)?;
    out.into_inner().map_err(|error| failed(error.into_error()))?.sync_all().map_err(failed)?;
    io.line(format!("wrote `{}`: {} exhibits of {} items", path.display(), written.items, items.len()))?;
    Ok(0)
}

/// Prints a text, or writes it to a file that does not exist yet.
pub fn output(file: Option<&Path>, text: &str, io: &mut Io) -> Result<(), Failure> {
    let Some(file) = file else { return io.line(text.trim_end_matches('\n')) };
    let path = io.path(file);
    std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| Failure::file("write", &path, &error).hint("name a file that does not exist yet"))?;
    io.say(format!("wrote `{}`", path.display()));
    Ok(())
}
