//! The world on disk: posters as pictures, issues as PDF, posts as JSON lines. A folder that was rendered from the same files for
//! the same today is used again as it is.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use image::DynamicImage;
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use crate::TestkitError;
use crate::issues::Issue;
use crate::posters::{Studio, as_png, recut};
use crate::world::{DatedPost, World};

/// Changes when the renderer would draw the same files differently.
const RENDERER_VERSION: &str = "1";
/// Holds the digest of what the folder was rendered from.
const STAMP: &str = ".rendered-from";

/// A rendered world.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// Where it lies.
    pub folder: PathBuf,
    /// The day it was laid out for.
    pub today: Date,
    /// Poster and recut names to picture files.
    pub pictures: BTreeMap<String, PathBuf>,
    /// Issue names to PDF files.
    pub issues: BTreeMap<String, PathBuf>,
    /// Posts and articles, oldest first.
    pub posts: Vec<DatedPost>,
    /// Whether an earlier rendering was used again.
    pub reused: bool,
}

/// Renders `world` for `today` into `out`, which is made when missing.
pub fn render(world: &World, out: &Path, today: Date) -> Result<Rendered, TestkitError> {
    let stamp = digest_of_inputs(world, today)?;
    let posts = world.dated(today)?;
    let (pictures_folder, issues_folder) = (out.join("posters"), out.join("issues"));
    let mut rendered = Rendered {
        folder: out.to_owned(),
        today,
        pictures: BTreeMap::new(),
        issues: BTreeMap::new(),
        posts,
        reused: std::fs::read_to_string(out.join(STAMP)).is_ok_and(|found| found == stamp),
    };
    for poster in &world.posters {
        rendered.pictures.insert(poster.name.clone(), pictures_folder.join(format!("{}.png", poster.name)));
    }
    for recut in &world.recuts {
        let ending = if recut.jpeg_quality.is_some() { "jpg" } else { "png" };
        rendered.pictures.insert(recut.name.clone(), pictures_folder.join(format!("{}.{ending}", recut.name)));
    }
    for issue in &world.issues {
        rendered.issues.insert(issue.name.clone(), issues_folder.join(format!("{}.pdf", issue.name)));
    }
    if rendered.reused && rendered.pictures.values().chain(rendered.issues.values()).all(|path| path.is_file()) {
        return Ok(rendered);
    }
    rendered.reused = false;
    for folder in [&pictures_folder, &issues_folder] {
        std::fs::create_dir_all(folder).map_err(TestkitError::file(folder))?;
    }
    write_pictures(world, &rendered)?;
    for issue in &world.issues {
        let pdf = Issue::load(&world.folder.join(&issue.file))?.to_pdf(today);
        write(&issues_folder.join(format!("{}.pdf", issue.name)), &pdf)?;
    }
    write(&out.join("posts.jsonl"), posts_jsonl(&rendered.posts).as_bytes())?;
    // Last, so that an interrupted rendering is never taken for a whole one.
    write(&out.join(STAMP), stamp.as_bytes())?;
    Ok(rendered)
}

/// Renders into a folder below `parent` that is named after the day and the world's files, so that tests and the demonstration share
/// what was rendered once.
pub fn render_shared(world: &World, parent: &Path, today: Date) -> Result<Rendered, TestkitError> {
    let digest = digest_of_inputs(world, today)?;
    let short = digest.get(..12).unwrap_or(&digest);
    render(world, &parent.join(format!("vedette-world-{today}-{short}")), today)
}

/// The posts as JSON lines, in the form that `vedette analyze` reads (`id`, `text`, `date`, `lang`) with more fields beside.
pub fn posts_jsonl(posts: &[DatedPost]) -> String {
    let line =
        |post: &DatedPost| serde_json::to_string(post).expect("strings, dates and maps of strings are JSON") + "\n";
    posts.iter().map(line).collect()
}

fn write_pictures(world: &World, rendered: &Rendered) -> Result<(), TestkitError> {
    let studio = Studio::open(&world.folder)?;
    let mut drawn: BTreeMap<&str, DynamicImage> = BTreeMap::new();
    for poster in &world.posters {
        let picture = studio.draw(poster, rendered.today)?;
        write(&rendered.pictures[&poster.name], &as_png(&picture).bytes)?;
        drawn.insert(&poster.name, picture);
    }
    for how in &world.recuts {
        let original = drawn.get(how.of.as_str()).expect("World::load checked that the poster exists");
        write(&rendered.pictures[&how.name], &recut(original, how).bytes)?;
    }
    Ok(())
}

/// Whole or not at all: several test processes may render the same world into the same folder at once.
fn write(path: &Path, bytes: &[u8]) -> Result<(), TestkitError> {
    let mut half = path.as_os_str().to_owned();
    half.push(format!(".{}", std::process::id()));
    std::fs::write(&half, bytes).map_err(TestkitError::file(&half))?;
    std::fs::rename(&half, path).map_err(TestkitError::file(path))
}

fn digest_of_inputs(world: &World, today: Date) -> Result<String, TestkitError> {
    let mut files = vec![world.folder.join("world.toml")];
    files.extend(world.issues.iter().map(|issue| world.folder.join(&issue.file)));
    for folder in ["posters", "fonts"] {
        let folder = world.folder.join(folder);
        for entry in std::fs::read_dir(&folder).map_err(TestkitError::file(&folder))? {
            files.push(entry.map_err(TestkitError::file(&folder))?.path());
        }
    }
    files.sort();
    let mut digest = Sha256::new();
    digest.update(format!("{RENDERER_VERSION} {today}"));
    for file in files.iter().filter(|file| file.is_file()) {
        let bytes = std::fs::read(file).map_err(TestkitError::file(file))?;
        digest.update(file.file_name().unwrap_or_default().as_encoded_bytes());
        digest.update(Sha256::digest(&bytes));
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
