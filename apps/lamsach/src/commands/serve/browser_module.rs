//! The matcher that the portal hands to browsers.

use std::path::Path;
use std::{env, fs, io};

use web::BrowserModule;

use command_line::bilingual::{self, failure};

/// Name of the module beside the program.
const FILE: &str = "lamsach-browser.wasm";

/// The module of this file, which must be there; without one, that beside the program, if any.
pub(super) fn load(named: Option<&Path>) -> anyhow::Result<Option<BrowserModule>> {
    let named = named.filter(|it| !it.as_os_str().is_empty());
    let path = match named {
        Some(path) => path.to_owned(),
        None => env::current_exe()?.with_file_name(FILE),
    };
    let why = match fs::read(&path) {
        Ok(bytes) => match BrowserModule::new(&bytes) {
            Some(module) => return Ok(Some(module)),
            None => bilingual::phrase("serve-module-none"),
        },
        Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotFound => {
            tracing::info!("{}", bilingual::phrase("serve-no-module"));
            return Ok(None);
        }
        Err(error) => error.to_string(),
    };
    let path = path.display().to_string();
    Err(failure("serve-module-unreadable", &[("path", path.into()), ("why", why.into())]))
}
