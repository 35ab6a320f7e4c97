//! The person's own browser.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::leading_to;

/// A page that leads a browser on; removed when this is dropped.
#[derive(Debug)]
pub struct Opened(PathBuf);

impl Drop for Opened {
    fn drop(&mut self) {
        fs::remove_file(&self.0).unwrap_or_default();
    }
}

impl Opened {
    /// The page.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Opens it in the browser that the person uses.
    pub fn open(&self) -> io::Result<()> {
        open::that_detached(&self.0)
    }
}

/// Writes a page that leads to an address.
///
/// The browser is given a file in `folder`, which only the person may read, and not the address:
/// everybody on the computer sees the arguments of programs, and the address holds a token.
pub fn page_leading_to(address: &str, folder: &Path) -> io::Result<Opened> {
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
    file.write_all(leading_to(address).as_bytes())?;
    drop(file);
    Ok(opened)
}
