//! Where the log's key and the checkpoint last seen lie: outside of every workspace, so that whoever has the workspace
//! alone can neither sign nor make this machine forget how far the log had come.

use std::path::PathBuf;

use crate::io::Failure;

/// `$VEDETTE_KEYS`, else `vedette/logs` in `$XDG_STATE_HOME` or `~/.local/state`.
pub fn folder() -> Result<PathBuf, Failure> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(folder) = set("VEDETTE_KEYS") {
        return Ok(folder);
    }
    let state = set("XDG_STATE_HOME").or_else(|| set("HOME").map(|home| home.join(".local/state")));
    state.map(|state| state.join("vedette/logs")).ok_or_else(|| {
        Failure::usage("there is no place for the key that signs the log: HOME is not set")
            .hint("name a folder outside of the workspace with VEDETTE_KEYS")
    })
}
