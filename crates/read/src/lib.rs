//! Exhibit to Reading, the parent's side. In: the bytes of a file that an adversary made. Out: its texts with method, language
//! and quality, the facts of an image, and its problems in a line each.
//!
//! Nothing here parses the file. A child of this program opens it ([`Opener`]) and what it answers is checked value by value
//! ([`Opened`]); text in images and PDF pages is taken by tools in sandboxes of their own ([`Tools`], [`launcher`]);
//! [`sandbox`] proves on the machine at hand that child and tools can do no harm, and without that proof nothing is opened
//! ([`Confinement`]).
//!
//! ```no_run
//! use vedette_read::{FileToRead, NoMemo};
//! let reader = vedette_read::Reader::new(std::env::current_exe()?);
//! let bytes = std::fs::read("poster.png")?;
//! let found = reader.read_file(&FileToRead::new(&bytes).named("poster.png"), &NoMemo);
//! for reading in &found.readings {
//!     println!("{} ({:.2}): {}", reading.method, reading.quality, reading.text);
//! }
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! Architecture invariant: no decoder is linked into this crate; its programs know two hidden subcommands, `read-one`
//! (in `vedette-openers`) and `run-tool` ([`launcher::run_tool`]), and call them before they start a thread.

mod confinement;
mod error;
mod gray;
pub mod launcher;
mod listening;
mod media_tools;
pub mod ocr;
mod opener;
mod pdf;
mod pool;
mod process;
mod reader;
pub mod sandbox;
mod tools;
mod wire;

pub use confinement::{Confinement, UNSANDBOXED, WAIVER_FLAG};
pub use error::ReadError;
pub use gray::GrayImage;
pub use listening::{COMMAND_SECONDS, CommandListener};
pub use opener::{OPEN_WALL_SECONDS_MAX, Opener};
pub use reader::{FileReadings, FileToRead, ImageFacts, MemberImage, Reader};
pub use tools::{FoundTool, Tool, Tools};
pub use vedette_core::memo::{Memo, MemoKey, NoMemo, Remembered, recall_or};
pub use wire::{
    DrawnPage, DrawnPages, Hint, INPUT_BYTES_MAX, Opened, OpenedContainer, OpenedImage, OpenedMember, OpenedPart,
    OpenedSubtitles, OpenedText, check_answer,
};
