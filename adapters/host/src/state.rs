//! Where the tool keeps what it has to remember.

use std::env;
use std::path::PathBuf;

use cleaning::HostError;

/// The folder for journals, quarantine, packs and what was scanned; `None` where nothing says which.
/// What is in it is acted upon, so whoever has fewer rights than this program may not write to it:
/// the person's own place, and one of its own where the program runs with an administrator's rights
/// on Windows, whose programs share the person's folders whatever their rights are.
pub fn state_folder() -> Result<Option<PathBuf>, HostError> {
    let is_set = |name: &str| env::var_os(name).filter(|it| !it.is_empty()).map(PathBuf::from);
    #[cfg(windows)]
    let state = match crate::windows::administrators_folder()? {
        Some(folder) => return Ok(Some(folder)),
        None => is_set("LOCALAPPDATA"),
    };
    #[cfg(not(windows))]
    let state = {
        let home = || is_set("HOME").map(|home| home.join(".local/state"));
        is_set("XDG_STATE_HOME").or_else(home)
    };
    Ok(state.map(|it| it.join("lamsach")))
}
