//! The person's own browser.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// A page that leads a browser on; removed when this is dropped.
#[derive(Debug)]
pub struct Opened(PathBuf);

impl Drop for Opened {
    fn drop(&mut self) {
        fs::remove_file(&self.0).unwrap_or_default();
    }
}

/// Opens an address in the browser that the person uses.
///
/// The browser is given a file in `folder`, which only the person may read, and not the address:
/// everybody on the computer sees the arguments of programs, and the address holds a token.
pub fn open_in_browser(address: &str, folder: &Path) -> io::Result<Opened> {
    fs::create_dir_all(folder)?;
    let path = folder.join("lamsach-clean.html");
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let opened = Opened(path);
    let mut file = options.open(&opened.0)?;
    write!(
        file,
        "<!doctype html><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"0; url={address}\"><title>Lamsach</title><a href=\"{address}\">Lamsach</a>"
    )?;
    drop(file);
    open::that_detached(&opened.0)?;
    Ok(opened)
}
