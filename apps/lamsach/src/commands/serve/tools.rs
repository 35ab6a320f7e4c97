//! The clean-up tool's programs that the portal gives out.

use std::path::Path;
use std::{env, fs};

use command_line::bilingual::{self, failure};
use web::Tools;

/// Name of the folder in the data folder.
const FOLDER: &str = "tools";

/// The programs in this folder, which must be there; without one, those beside the program and in the
/// data folder, if any.
pub(super) fn find(named: Option<&Path>, data: &Path) -> anyhow::Result<Tools> {
    let named = named.filter(|it| !it.as_os_str().is_empty());
    let folders = if let Some(path) = named {
        if let Err(error) = fs::read_dir(path) {
            let (path, why) = (path.display().to_string(), error.to_string());
            let values = [("path", path.into()), ("why", why.into())];
            return Err(failure("serve-tools-unreadable", &values));
        }
        vec![path.to_owned()]
    } else {
        let beside = env::current_exe()?.parent().map(Path::to_owned);
        beside.into_iter().chain([data.join(FOLDER)]).collect()
    };
    let tools = Tools::of(folders);
    for (name, size_bytes) in tools.found() {
        tracing::info!(name, size_bytes, "offers a program");
    }
    if tools.found().is_empty() {
        tracing::info!("{}", bilingual::phrase("serve-no-tools"));
    }
    Ok(tools)
}
