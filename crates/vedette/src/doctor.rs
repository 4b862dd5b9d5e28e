//! `doctor`: what is installed, what is missing, what is lost without it, and the command that installs it.

use serde_json::json;
use vedette_collect::browser::{BrowserError, Browsers};
use vedette_core::translation::Engine;
use vedette_models::{Kind, Models};
use vedette_read::WAIVER_FLAG;
use vedette_read::sandbox::{self, SandboxReport};
use vedette_recognise::Register;

use crate::cli::Cli;
use crate::config::Config;
use crate::hearing;
use crate::io::{Failure, Io};
use crate::workspace;

/// What captures pages.
const BROWSER: &str = "chromium (caged)";
/// What does not work without it.
const BROWSER_LOST: &str = "pages of web sources are read without their scripts, no picture of them is kept";
/// How to get it.
const BROWSER_INSTALL: &str = "apt-get install chromium bubblewrap";

/// `vedette doctor`.
pub fn run(as_json: bool, cli: &Cli, io: &mut Io) -> Result<u8, Failure> {
    let reader = workspace::reader(cli.confinement())?;
    let tools = reader.doctor();
    let program = reader.opener().program();
    let sandboxes = [("opener", sandbox::self_test(program)), ("tools", sandbox::tools_self_test(program))];
    let holds = sandboxes.iter().all(|(_, report)| report.holds());
    let browser = Browsers::default().check();
    let register = Register::starter();
    let problems: Vec<String> = register.check().iter().map(ToString::to_string).collect();
    let installed = crate::models::installed(workspace::find(cli, io).ok());

    if as_json {
        for tool in &tools {
            io.json(&json!({
                "tool": tool.name, "found": tool.found, "needed_for": tool.needed_for,
                "lost_without": tool.lost_without, "install": tool.install,
            }))?;
        }
        io.json(&browser_in_json(&browser))?;
        for (name, report) in &sandboxes {
            for act in &report.acts {
                io.json(&json!({
                    "sandbox": name, "act": act.act, "done": act.done, "as_it_must": act.as_it_must, "how": act.how,
                }))?;
            }
        }
        for pack in installed.packs() {
            io.json(&json!({ "model": pack.manifest.name, "kind": pack.manifest.kind.word() }))?;
        }
        for engine in translators(cli, io) {
            io.json(&match engine {
                Ok(engine) => json!({ "translation": engine.name, "version": engine.version, "leaves_machine": engine.leaves_machine }),
                Err(failure) => json!({ "translation": null, "problem": failure.message }),
            })?;
        }
        io.json(&json!({ "register": register.version(), "entries": register.entries().len(), "problems": problems }))?;
        return Ok(u8::from(!holds));
    }

    io.line("Tools")?;
    for tool in &tools {
        match &tool.found {
            Some(version) => io.line(format!("  found    {:<22} {version}", tool.name))?,
            None => {
                io.line(format!("  MISSING  {:<22} lost without it: {}", tool.name, tool.lost_without))?;
                io.line(format!("           {:<22} {}", "", tool.install))?;
            }
        }
    }
    show_browser(&browser, io)?;
    show_sandboxes(&sandboxes, io)?;
    models(&installed, io)?;
    ears(&installed, cli, io)?;
    io.line("Translation")?;
    translation(cli, io)?;
    io.line("Register")?;
    io.line(format!(
        "  starter register {}: {} entries, {} problems",
        register.version(),
        register.entries().len(),
        problems.len()
    ))?;
    match workspace::find(cli, io) {
        Ok(dir) => io.line(format!("Workspace\n  {}", dir.display()))?,
        Err(_) => io.line("Workspace\n  none here: make one with `vedette init DIR`")?,
    }
    if holds {
        return Ok(0);
    }
    Err(Failure::wrong("the sandbox does not hold here, so hostile files are kept and not opened").hint(format!(
        "use a Linux kernel of version 5.13 or newer with seccomp and Landlock, or accept the danger with {WAIVER_FLAG}"
    )))
}

fn browser_in_json(browser: &Result<String, BrowserError>) -> serde_json::Value {
    json!({
        "tool": BROWSER, "found": browser.as_ref().ok(), "needed_for": "capturing web pages as readers see them",
        "lost_without": BROWSER_LOST, "install": BROWSER_INSTALL, "why": browser.as_ref().err().map(ToString::to_string),
    })
}

fn show_browser(browser: &Result<String, BrowserError>, io: &mut Io) -> Result<(), Failure> {
    match browser {
        Ok(found) => io.line(format!("  found    {BROWSER:<22} {found}")),
        Err(why) => {
            io.line(format!("  MISSING  {BROWSER:<22} lost without it: {BROWSER_LOST} ({why})"))?;
            io.line(format!("           {:<22} {BROWSER_INSTALL}", ""))
        }
    }
}

fn show_sandboxes(sandboxes: &[(&str, SandboxReport)], io: &mut Io) -> Result<(), Failure> {
    for (name, report) in sandboxes {
        let landlock = report.landlock.map(|reached| format!(" (Landlock: {reached})")).unwrap_or_default();
        io.line(format!("Sandbox of the {name}{landlock}"))?;
        for act in &report.acts {
            let word = if act.as_it_must { "well " } else { "WRONG" };
            io.line(format!("  {word}    {:<22} {}", act.act, act.how))?;
        }
    }
    Ok(())
}

/// Models that were found, and for each kind that was not, what is lost and how to get one.
fn models(installed: &Models, io: &mut Io) -> Result<(), Failure> {
    io.line("Models")?;
    for pack in installed.packs() {
        io.line(format!("  found    {}", crate::models::in_words(&pack.manifest)))?;
    }
    for (kind, lost) in [
        (Kind::TextDetector, "text on photos and posters is found by the recogniser alone"),
        (Kind::Speech, "audio and video are preserved, what is said in them is not written down"),
    ] {
        if installed.find(kind).is_none() {
            io.line(format!("  none     {:<22} {lost}", kind.word()))?;
            io.line(format!("           {:<22} {}", "", vedette_models::how_to_get(kind)))?;
        }
    }
    for problem in installed.problems() {
        io.line(format!("  WRONG    {problem}"))?;
    }
    Ok(())
}

/// The engines of the workspace here, or how one is added.
fn translation(cli: &Cli, io: &mut Io) -> Result<(), Failure> {
    let engines = translators(cli, io);
    for engine in &engines {
        match engine {
            Ok(engine) => {
                let leaves = if engine.leaves_machine { ", texts leave this machine" } else { "" };
                let words = format!("{} {}{leaves}", engine.name, engine.version);
                io.line(format!("  found    {:<20} {words}", "translation"))?;
            }
            Err(failure) => io.line(format!("  WRONG    {:<20} {}", "translation", failure.message))?,
        }
    }
    if engines.is_empty() {
        io.line(
            "  none     translation          items say \"not translated\"; search and assessment work on the original",
        )?;
        io.line(format!("           {:<20} {}", "", crate::translating::HOW_TO_ADD))?;
    }
    Ok(())
}

fn translators(cli: &Cli, io: &Io) -> Vec<Result<Engine, Failure>> {
    let Ok(dir) = workspace::find(cli, io) else { return Vec::new() };
    match Config::read(&dir) {
        Ok(config) => {
            let opened = config.translation.open(&dir);
            opened.into_iter().map(|(engine, _)| engine.map(|engine| engine.engine())).collect()
        }
        Err(failure) => vec![Err(failure)],
    }
}

/// Who writes down speech, or why nobody does.
fn ears(installed: &Models, cli: &Cli, io: &mut Io) -> Result<(), Failure> {
    let settings = workspace::find(cli, io).ok().and_then(|dir| Config::read(&dir).ok()).unwrap_or_default();
    io.line(match hearing::listener(&settings.speech, installed) {
        Ok(listener) => format!("  speech   {}", listener.name()),
        Err(reason) => format!("  no ears  {reason}"),
    })
}
