//! Records that are there whole or not at all, one behind the other.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// The longest record that is believed, in bytes.
const LONGEST: u32 = 256 << 20;

/// A file of records. One that was appended is on the disk when [`Journal::append`] returns: a program
/// that is killed, or a machine that loses power, loses at most the record that is being written.
#[derive(Debug)]
pub struct Journal {
    file: File,
    length: u64,
}

impl Journal {
    /// Opens a journal, made when it is not there, and gives its records. What stands behind the last
    /// whole one was being written when the program ended, and goes.
    pub fn open(path: &Path) -> io::Result<(Self, Vec<Vec<u8>>)> {
        let mut file =
            File::options().create(true).truncate(false).read(true).write(true).open(path)?;
        if let Some(folder) = path.parent() {
            // The name in the folder must outlive a loss of power too.
            File::open(folder)?.sync_all()?;
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let (records, whole) = records(&bytes);
        let length = whole as u64;
        if length < bytes.len() as u64 {
            file.set_len(length)?;
            file.sync_all()?;
        }
        file.seek(SeekFrom::Start(length))?;
        Ok((Self { file, length }, records))
    }

    /// Adds a record. When it fails, a full disk for one, the journal is as it was.
    pub fn append(&mut self, record: &[u8]) -> io::Result<()> {
        let length = u32::try_from(record.len()).ok().filter(|it| *it <= LONGEST);
        let length = length.ok_or_else(|| io::Error::other("a record is too long"))?;
        let mut bytes = Vec::with_capacity(record.len() + 8);
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(&crc32fast::hash(record).to_le_bytes());
        bytes.extend_from_slice(record);
        let written = self.file.write_all(&bytes).and_then(|()| self.file.sync_data());
        if let Err(error) = written {
            self.file.set_len(self.length)?;
            self.file.seek(SeekFrom::Start(self.length))?;
            return Err(error);
        }
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Takes all records away: what they said is kept elsewhere.
    pub fn clear(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.length = 0;
        self.file.sync_all()
    }

    /// How long it is, in bytes.
    pub fn size_bytes(&self) -> u64 {
        self.length
    }
}

/// The whole records at the start of a journal's bytes, and how many bytes they take.
fn records(bytes: &[u8]) -> (Vec<Vec<u8>>, usize) {
    let (mut records, mut at) = (Vec::new(), 0);
    while let Some(record) = record_at(bytes, at) {
        records.push(record.to_vec());
        at += 8 + record.len();
    }
    (records, at)
}

fn record_at(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let number = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let length = number(at).filter(|it| *it <= LONGEST)? as usize;
    let record = bytes.get(at + 8..(at + 8).checked_add(length)?)?;
    (crc32fast::hash(record) == number(at + 4)?).then_some(record)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_that_ends_anywhere_keeps_its_whole_records() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let (mut journal, records) = Journal::open(&path).unwrap();
        assert!(records.is_empty());
        let written: [&[u8]; 3] = [b"first", b"", b"a third one"];
        let mut ends = vec![0];
        for record in written {
            journal.append(record).unwrap();
            ends.push(usize::try_from(journal.size_bytes()).unwrap());
        }
        let bytes = std::fs::read(&path).unwrap();
        for length in 0..=bytes.len() {
            std::fs::write(&path, &bytes[..length]).unwrap();
            let (mut journal, records) = Journal::open(&path).unwrap();
            let whole = ends.iter().filter(|end| **end <= length).count() - 1;
            assert_eq!(records, written[..whole], "{length}");
            journal.append(b"more").unwrap();
            let (_, records) = Journal::open(&path).unwrap();
            assert_eq!(records.len(), whole + 1);
        }
        let mut damaged = bytes;
        damaged[9] ^= 1;
        std::fs::write(&path, damaged).unwrap();
        assert!(Journal::open(&path).unwrap().1.is_empty());
    }

    #[test]
    fn a_cleared_journal_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let (mut journal, _) = Journal::open(&path).unwrap();
        journal.append(b"first").unwrap();
        journal.clear().unwrap();
        journal.append(b"second").unwrap();
        assert_eq!(Journal::open(&path).unwrap().1, [b"second"]);
    }
}
