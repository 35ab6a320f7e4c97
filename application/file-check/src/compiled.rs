//! Which files of rules compiled in an earlier run, kept beside the memory of clean files.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use detection::CompiledBefore;

const MAGIC: &[u8; 16] = b"LSCOMPILED\0\0\0\0\0\x01";
/// More than any set of rules needs.
const LARGEST: u64 = 4 << 20;

/// The file that keeps it, for a memory of clean files.
fn beside(memory: &Path, ending: &str) -> PathBuf {
    let mut path = memory.as_os_str().to_owned();
    path.push(ending);
    path.into()
}

/// What is known from earlier runs; nothing where nothing can be read.
pub fn compiled_before(memory: &Path) -> CompiledBefore {
    let read = || -> io::Result<CompiledBefore> {
        let file = File::open(beside(memory, ".rules"))?;
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut io::Read::take(file, LARGEST), &mut bytes)?;
        Ok(bytes.strip_prefix(MAGIC).map(CompiledBefore::from_bytes).unwrap_or_default())
    };
    read().unwrap_or_default()
}

/// Keeps it for later runs, whole or not at all.
pub fn keep_compiled(memory: &Path, compiled: &CompiledBefore) -> io::Result<()> {
    let path = beside(memory, ".rules");
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let new = beside(memory, ".rules-new");
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(&new)?;
    file.write_all(MAGIC)?;
    file.write_all(&compiled.to_bytes())?;
    file.sync_all()?;
    fs::rename(&new, &path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_again_and_what_is_damaged_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let memory = folder.path().join("state/scanned");
        assert_eq!(compiled_before(&memory), CompiledBefore::default());
        let kept = CompiledBefore::from_bytes(&[7; 64]);
        keep_compiled(&memory, &kept).unwrap();
        assert_eq!(compiled_before(&memory), kept);
        fs::write(folder.path().join("state/scanned.rules"), b"something else").unwrap();
        assert_eq!(compiled_before(&memory), CompiledBefore::default());
    }
}
