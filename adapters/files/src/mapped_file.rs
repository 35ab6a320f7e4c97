//! Files that the operating system pages in as they are looked at.

use std::fs::File;
use std::io;
use std::path::Path;

use memmap2::Mmap;

/// The bytes of a file, without reading it: only the pages that are looked at come into memory, and
/// several programs share them.
///
/// The file must not be changed in place while it is mapped; one that is replaced by renaming, as
/// [`crate::write_whole()`] does, stays what it was.
#[derive(Debug)]
pub struct MappedFile(Mmap);

impl MappedFile {
    /// Maps a regular file.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        #[expect(unsafe_code, reason = "the only way to look at a file without reading it")]
        // SAFETY: the bytes are read only, and as bytes: whatever they hold is valid. Another
        // program that writes into the file makes them change under us, which readers of untrusted
        // bytes must bear anyway (they check every access); one that shortens it ends this program.
        // Nobody is promised more: the files this is for are replaced by renaming.
        let map = unsafe { Mmap::map(&file) }?;
        Ok(Self(map))
    }
}

impl AsRef<[u8]> for MappedFile {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapped_file_has_the_bytes_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        for content in [&b"m\xe1\xbb\x99t"[..], b""] {
            crate::write_whole(&path, content).unwrap();
            assert_eq!(MappedFile::open(&path).unwrap().as_ref(), content);
        }
        assert!(MappedFile::open(folder.path()).is_err());
        assert!(MappedFile::open(&folder.path().join("b")).is_err());
    }

    #[test]
    fn a_file_that_is_replaced_stays_what_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        crate::write_whole(&path, b"first").unwrap();
        let mapped = MappedFile::open(&path).unwrap();
        crate::write_whole(&path, b"2nd").unwrap();
        assert_eq!(mapped.as_ref(), b"first");
    }
}
