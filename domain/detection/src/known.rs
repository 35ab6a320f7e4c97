//! What indicator lists say of files: hashes and names.

use std::io::{self, BufRead, Read as _};

use md5::Md5;
use observables::Observable;
use rustc_hash::FxHashMap;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use crate::Category;

/// The longest line read, in bytes.
const LONGEST_LINE: u64 = 8 << 10;
/// Refused lines that are named; the rest is counted.
const MOST_LISTED: usize = 1_000;
/// Version of the table that [`Known::to_bytes`] writes.
const KNOWN_VERSION: u32 = 1;

/// Hashes and names of files, with what the lists call them.
#[derive(Debug, Default)]
pub struct Known {
    md5: Table<16>,
    sha1: Table<20>,
    sha256: Table<32>,
    /// In small letters.
    names: FxHashMap<String, u32>,
    labels: Vec<String>,
    label_numbers: FxHashMap<String, u32>,
}

/// Hashes of one kind, sorted.
#[derive(Debug)]
struct Table<const N: usize> {
    entries: Vec<([u8; N], u32)>,
    is_sorted: bool,
}

impl<const N: usize> Default for Table<N> {
    fn default() -> Self {
        Self { entries: Vec::new(), is_sorted: true }
    }
}

impl<const N: usize> Table<N> {
    fn push(&mut self, hash: [u8; N], label: u32) {
        self.entries.push((hash, label));
        self.is_sorted = false;
    }

    fn sort(&mut self) {
        self.entries.sort_unstable();
        self.entries.dedup_by(|later, first| later.0 == first.0);
        self.entries.shrink_to_fit();
        self.is_sorted = true;
    }

    fn put(&self, bytes: &mut Vec<u8>) {
        bytes.extend(u32::try_from(self.entries.len()).unwrap_or(u32::MAX).to_le_bytes());
        for (hash, label) in &self.entries {
            bytes.extend(hash);
            bytes.extend(label.to_le_bytes());
        }
    }

    fn get(&self, hash: &[u8; N]) -> Option<u32> {
        debug_assert!(self.is_sorted);
        let at = self.entries.binary_search_by(|(it, _)| it.cmp(hash)).ok()?;
        self.entries.get(at).map(|(_, label)| *label)
    }
}

/// What became of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListOutcome {
    /// Lines read.
    pub lines: u64,
    /// Hashes taken.
    pub hashes: u64,
    /// File names taken.
    pub names: u64,
    /// Addresses, domains and URLs: files are not searched for them.
    pub not_of_files: u64,
    /// Lines that are nothing of this.
    pub refused: u64,
    /// The first of them: number and text.
    pub refused_listed: Vec<(u64, String)>,
    /// What ended the reading early.
    pub problem: Option<String>,
}

/// How much is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KnownCounts {
    /// Hashes of all kinds.
    pub hashes: u64,
    /// File names.
    pub names: u64,
}

/// Bytes that are none of [`Known::to_bytes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the table of hashes is damaged")]
pub struct KnownDamaged;

/// Which hashes of a file are worth computing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NeededDigests {
    /// MD5.
    pub md5: bool,
    /// SHA-1.
    pub sha1: bool,
    /// SHA-256.
    pub sha256: bool,
}

/// The hashes of some bytes, as far as they were needed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Digests {
    md5: Option<[u8; 16]>,
    sha1: Option<[u8; 20]>,
    /// SHA-256.
    pub sha256: Option<[u8; 32]>,
}

impl Digests {
    /// Of the bytes.
    pub fn of(bytes: &[u8], needed: NeededDigests) -> Self {
        Self {
            md5: needed.md5.then(|| Md5::digest(bytes).into()),
            sha1: needed.sha1.then(|| Sha1::digest(bytes).into()),
            sha256: needed.sha256.then(|| Sha256::digest(bytes).into()),
        }
    }
}

/// Reads a list into what is known.
///
/// Each line names a hash (MD5, SHA-1 or SHA-256 in hex) in any column, as `sha256sum` writes it or
/// a CSV file has it; the first other column is what it is called. `filename,NAME` names a file. Lines
/// that begin with `#`, `;` or `//`, and a header, are passed over.
pub fn read_known(list: &mut dyn BufRead, known: &mut Known) -> ListOutcome {
    let mut outcome = ListOutcome::default();
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        match list.take(LONGEST_LINE).read_until(b'\n', &mut bytes) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) => {
                outcome.problem = Some(error.to_string());
                break;
            }
        }
        outcome.lines += 1;
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() || text.starts_with(['#', ';']) || text.starts_with("//") {
            continue;
        }
        if !take_line(text, known, &mut outcome) {
            outcome.refused += 1;
            if outcome.refused_listed.len() < MOST_LISTED {
                let text = text.chars().take(200).collect();
                outcome.refused_listed.push((outcome.lines, text));
            }
        }
    }
    known.sort();
    outcome
}

/// Whether a line of a list names a hash or a file: nothing that a log would show.
pub fn is_of_files(line: &str) -> bool {
    let (mut known, mut outcome) = (Known::default(), ListOutcome::default());
    take_line(line.trim_start_matches('\u{feff}').trim(), &mut known, &mut outcome)
        && outcome.hashes + outcome.names > 0
}

/// A list without its lines on files: a hash is no address, and a list of both is no mistake. Lines keep
/// their numbers.
#[derive(Debug)]
pub struct WithoutFiles<R> {
    list: R,
    line: Vec<u8>,
    /// What of the line was given already.
    given: usize,
    /// Whether the next bytes begin a line.
    is_at_start: bool,
}

impl<R: BufRead> WithoutFiles<R> {
    /// Of a list.
    pub fn of(list: R) -> Self {
        Self { list, line: Vec::new(), given: 0, is_at_start: true }
    }
}

impl<R: BufRead> io::Read for WithoutFiles<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.line.len() {
            self.line.clear();
            self.given = 0;
            let read = self.list.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut self.line)?;
            let is_ended = self.line.ends_with(b"\n");
            // What is longer than a line of files can be is none.
            let is_whole = self.is_at_start && (is_ended || (read as u64) < LONGEST_LINE);
            if is_whole && is_of_files(&String::from_utf8_lossy(&self.line)) {
                self.line.clear();
                self.line.push(b'\n');
            }
            self.is_at_start = is_ended;
        }
        let rest = self.line.get(self.given..).unwrap_or_default();
        let length = rest.len().min(buffer.len());
        for (to, byte) in buffer.iter_mut().zip(rest) {
            *to = *byte;
        }
        self.given += length;
        Ok(length)
    }
}

/// What stands between the columns of a table.
const BETWEEN: [char; 4] = [',', ';', '\t', '|'];

/// Columns of a line, those in quotes whole; empty ones are left out.
fn columns(text: &str, has_quotes: bool, is_between: impl Fn(char) -> bool) -> Vec<&str> {
    let mut is_quoted = false;
    let is_end = |it: char| {
        is_quoted ^= it == '"' && has_quotes;
        !is_quoted && is_between(it)
    };
    text.split(is_end).map(bare).filter(|it| !it.is_empty()).collect()
}

/// A column without its quotes and without the mark that sha256sum sets before a name.
fn bare(column: &str) -> &str {
    column.trim().trim_matches('"').trim_start_matches('*')
}

/// The bytes of an MD5, SHA-1 or SHA-256.
fn as_hash(text: &str) -> Option<Vec<u8>> {
    matches!(text.len(), 32 | 40 | 64).then(|| hex::decode(text).ok())?
}

/// Whether anything could be made of a line.
fn take_line(text: &str, known: &mut Known, outcome: &mut ListOutcome) -> bool {
    // Names and labels have blanks; where nothing else is between columns, a blank is.
    let mut columns = columns(text, true, |it| BETWEEN.contains(&it));
    // `filename NAME`, and what sha256sum and its like write.
    if let Some((first, rest)) = text.split_once(' ')
        && (columns.len() == 1 || as_hash(first).is_some())
    {
        columns = vec![bare(first), bare(rest)];
    }
    let is_filename = |it: &&str| {
        ["filename", "file-name", "file_name"].iter().any(|name| it.eq_ignore_ascii_case(name))
    };
    if let [kind, name, rest @ ..] = columns.as_slice()
        && is_filename(kind)
        && !is_header(&columns)
    {
        let label = known.label(rest.first().copied().unwrap_or_default());
        known.names.insert(name.to_lowercase(), label);
        outcome.names += 1;
        return true;
    }
    let hash_in =
        |columns: &[&str]| columns.iter().enumerate().find_map(|(at, it)| Some((at, as_hash(it)?)));
    let mut hash = hash_in(&columns);
    if hash.is_none() {
        // Quotes that do not fit mean nothing.
        columns = self::columns(text, false, |it| it == ' ' || BETWEEN.contains(&it));
        hash = hash_in(&columns);
    }
    if let Some((at, hash)) = hash {
        let is_kind = |it: &str| {
            ["md5", "sha1", "sha256", "sha-1", "sha-256", "hash", "filehash"]
                .iter()
                .any(|kind| it.eq_ignore_ascii_case(kind))
        };
        let named = columns.iter().enumerate().find(|(place, it)| *place != at && !is_kind(it));
        let label = known.label(named.map_or("", |(_, it)| it));
        if let Ok(hash) = <[u8; 16]>::try_from(hash.as_slice()) {
            known.md5.push(hash, label);
        } else if let Ok(hash) = <[u8; 20]>::try_from(hash.as_slice()) {
            known.sha1.push(hash, label);
        } else if let Ok(hash) = <[u8; 32]>::try_from(hash.as_slice()) {
            known.sha256.push(hash, label);
        }
        outcome.hashes += 1;
        return true;
    }
    if is_header(&columns) && outcome.lines == 1 {
        return true;
    }
    if columns.iter().any(|it| Observable::parse(it).is_ok()) {
        outcome.not_of_files += 1;
        return true;
    }
    false
}

fn is_header(columns: &[&str]) -> bool {
    let names = ["indicator", "value", "ioc", "type", "hash", "md5", "sha1", "sha256", "family"];
    let is_name = |it: &&str| names.iter().any(|name| it.eq_ignore_ascii_case(name));
    !columns.is_empty() && columns.iter().filter(|it| is_name(it)).count() * 2 >= columns.len()
}

impl Known {
    /// The number of a label; one that is longer than [`LONGEST_LINE`] never comes.
    fn label(&mut self, text: &str) -> u32 {
        if let Some(number) = self.label_numbers.get(text) {
            return *number;
        }
        let number = u32::try_from(self.labels.len()).unwrap_or(u32::MAX);
        self.labels.push(text.to_owned());
        self.label_numbers.insert(text.to_owned(), number);
        number
    }

    fn sort(&mut self) {
        self.md5.sort();
        self.sha1.sort();
        self.sha256.sort();
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && self.needed() == NeededDigests::default()
    }

    /// Which hashes the lists name.
    pub fn needed(&self) -> NeededDigests {
        NeededDigests {
            md5: !self.md5.entries.is_empty(),
            sha1: !self.sha1.entries.is_empty(),
            sha256: !self.sha256.entries.is_empty(),
        }
    }

    /// Tells what is known from anything else that may be known.
    pub fn digest(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        for (hash, _) in &self.md5.entries {
            digest.update(hash);
        }
        for (hash, _) in &self.sha1.entries {
            digest.update(hash);
        }
        for (hash, _) in &self.sha256.entries {
            digest.update(hash);
        }
        let mut names: Vec<_> = self.names.keys().collect();
        names.sort_unstable();
        for name in names {
            digest.update(name);
            digest.update([0]);
        }
        digest.finalize().into()
    }

    /// The indicator that is one of these hashes, in hex, and what the list calls it.
    pub fn hash(&self, digests: &Digests) -> Option<(String, &str)> {
        fn found<const N: usize>(
            table: &Table<N>,
            digest: Option<[u8; N]>,
        ) -> Option<(String, u32)> {
            let digest = digest?;
            table.get(&digest).map(|label| (hex::encode(digest), label))
        }
        let (hash, label) = found(&self.sha256, digests.sha256)
            .or_else(|| found(&self.sha1, digests.sha1))
            .or_else(|| found(&self.md5, digests.md5))?;
        Some((hash, self.label_of(label)))
    }

    /// What the lists call a file of this name, when they name it.
    pub fn name(&self, name: &str) -> Option<&str> {
        if self.names.is_empty() {
            return None;
        }
        self.names.get(&name.to_lowercase()).map(|label| self.label_of(*label))
    }

    fn label_of(&self, number: u32) -> &str {
        self.labels.get(number as usize).map_or("", String::as_str)
    }

    /// Everything that is known, as bytes: hashes and names in order, each with the number of what it
    /// is called.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = KNOWN_VERSION.to_le_bytes().to_vec();
        let put_count = |bytes: &mut Vec<u8>, count: usize| {
            bytes.extend(u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
        };
        let put_text = |bytes: &mut Vec<u8>, text: &str| {
            let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
            bytes.extend(length.to_le_bytes());
            bytes.extend(text.as_bytes().get(..usize::from(length)).unwrap_or_default());
        };
        put_count(&mut bytes, self.labels.len());
        for label in &self.labels {
            put_text(&mut bytes, label);
        }
        self.md5.put(&mut bytes);
        self.sha1.put(&mut bytes);
        self.sha256.put(&mut bytes);
        put_count(&mut bytes, self.names.len());
        let mut names: Vec<_> = self.names.iter().collect();
        names.sort_unstable();
        for (name, label) in names {
            put_text(&mut bytes, name);
            bytes.extend(label.to_le_bytes());
        }
        bytes
    }

    /// Takes in what [`Known::to_bytes`] wrote; nothing of it when it is damaged.
    pub fn add_bytes(&mut self, bytes: &[u8]) -> Result<KnownCounts, KnownDamaged> {
        let mut reader = Reader { rest: bytes };
        if reader.number()? != KNOWN_VERSION {
            return Err(KnownDamaged);
        }
        let count = reader.number()?;
        let labels = (0..count).map(|_| reader.text()).collect::<Result<Vec<_>, _>>()?;
        let most = u32::try_from(labels.len()).unwrap_or(u32::MAX);
        let md5 = reader.table::<16>(most)?;
        let sha1 = reader.table::<20>(most)?;
        let sha256 = reader.table::<32>(most)?;
        let count = reader.number()?;
        let names = (0..count).map(|_| Ok((reader.text()?, reader.label(most)?)));
        let names = names.collect::<Result<Vec<_>, KnownDamaged>>()?;
        if !reader.rest.is_empty() {
            return Err(KnownDamaged);
        }
        let counts = KnownCounts {
            hashes: (md5.len() + sha1.len() + sha256.len()) as u64,
            names: names.len() as u64,
        };
        let labels: Vec<u32> = labels.iter().map(|it| self.label(it)).collect();
        let number = |of: u32| labels.get(of as usize).copied().unwrap_or_default();
        self.md5.entries.extend(md5.into_iter().map(|(hash, of)| (hash, number(of))));
        self.sha1.entries.extend(sha1.into_iter().map(|(hash, of)| (hash, number(of))));
        self.sha256.entries.extend(sha256.into_iter().map(|(hash, of)| (hash, number(of))));
        for (name, of) in names {
            self.names.insert(name.to_lowercase(), number(of));
        }
        self.sort();
        Ok(counts)
    }

    /// Whether one of these SHA-256 is known as malicious: the first of them.
    pub fn first_of(&self, sha256: &[[u8; 32]]) -> Option<[u8; 32]> {
        sha256.iter().find(|it| self.sha256.get(it).is_some()).copied()
    }

    /// What hashes and names are called in the lists.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.labels.iter().map(String::as_str)
    }

    /// How much is known.
    pub fn counts(&self) -> KnownCounts {
        let hashes = self.md5.entries.len() + self.sha1.entries.len() + self.sha256.entries.len();
        KnownCounts { hashes: hashes as u64, names: self.names.len() as u64 }
    }

    /// What a match of a list means.
    pub fn category(&self) -> Category {
        Category::Malware
    }
}

/// Takes bytes from the front.
struct Reader<'b> {
    rest: &'b [u8],
}

impl<'b> Reader<'b> {
    fn take(&mut self, length: usize) -> Result<&'b [u8], KnownDamaged> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(KnownDamaged)?;
        self.rest = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u32, KnownDamaged> {
        let bytes = self.take(4)?.first_chunk::<4>().ok_or(KnownDamaged)?;
        Ok(u32::from_le_bytes(*bytes))
    }

    fn label(&mut self, most: u32) -> Result<u32, KnownDamaged> {
        self.number().and_then(|it| if it < most { Ok(it) } else { Err(KnownDamaged) })
    }

    fn text(&mut self) -> Result<String, KnownDamaged> {
        let length = self.take(2)?.first_chunk::<2>().ok_or(KnownDamaged)?;
        let bytes = self.take(usize::from(u16::from_le_bytes(*length)))?;
        String::from_utf8(bytes.to_vec()).map_err(|_| KnownDamaged)
    }

    /// Hashes with the numbers of their labels, in strictly ascending order.
    fn table<const N: usize>(&mut self, most: u32) -> Result<Vec<([u8; N], u32)>, KnownDamaged> {
        let count = self.number()? as usize;
        let length = count.checked_mul(N + 4).ok_or(KnownDamaged)?;
        let mut entries = Self { rest: self.take(length)? };
        let mut table: Vec<([u8; N], u32)> = Vec::with_capacity(count);
        for _ in 0..count {
            let hash = *entries.take(N)?.first_chunk::<N>().ok_or(KnownDamaged)?;
            if table.last().is_some_and(|(before, _)| *before >= hash) {
                return Err(KnownDamaged);
            }
            table.push((hash, entries.label(most)?));
        }
        Ok(table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn read(list: &str) -> (Known, ListOutcome) {
        let mut known = Known::default();
        let outcome = read_known(&mut list.as_bytes(), &mut known);
        (known, outcome)
    }

    #[test]
    fn what_is_left_of_a_list_without_files_are_its_addresses_under_their_numbers() {
        let check = |list: &str, expected: &str| {
            let mut left = String::new();
            WithoutFiles::of(list.as_bytes()).read_to_string(&mut left).unwrap();
            assert_eq!(left, expected);
            // The same by single bytes.
            let (mut reader, mut byte) = (WithoutFiles::of(list.as_bytes()), [0]);
            let mut bytes = Vec::new();
            while reader.read(&mut byte).unwrap() == 1 {
                bytes.extend(byte);
            }
            assert_eq!(bytes, expected.as_bytes());
        };
        check("evil.example\n198.51.100.7", "evil.example\n198.51.100.7");
        check(&format!("evil.example\r\n{EMPTY};x\nb.example\n"), "evil.example\r\n\nb.example\n");
        check("filename,a.exe\nvalue,type\nb.example,domain\n", "\nvalue,type\nb.example,domain\n");
        let long = format!("{}{EMPTY}\nb.example\n", "x ".repeat(8_000));
        check(&long, &long);
    }

    #[test]
    fn hashes_are_read_from_the_ways_they_are_written() {
        let check = |line: &str, label: &str| {
            let (known, outcome) = read(line);
            assert_eq!((outcome.hashes, outcome.refused), (1, 0), "{line}");
            let found = known.hash(&Digests::of(b"", known.needed()));
            assert_eq!(found.map(|it| it.1), Some(label), "{line}");
        };
        check(EMPTY, "");
        check(&format!("{EMPTY};Mã độc tống tiền"), "Mã độc tống tiền");
        check(&format!("{EMPTY} *công văn, 2026.docx\n"), "công văn, 2026.docx");
        check(&format!("\"{EMPTY}\",sha256,\"Sâu USB, loại 2\""), "Sâu USB, loại 2");
        check(&format!("SHA256 (a b.bin) = {EMPTY}"), "(a");
        check(&EMPTY.to_uppercase(), "");
        check(&format!("{EMPTY}  empty.bin\n"), "empty.bin");
        check(&format!("{EMPTY};Rỗng"), "Rỗng");
        check(&format!("indicator,type,family\n{EMPTY},sha256,Rong"), "Rong");
        check(&format!("Worm 3.5\" disk,{EMPTY}"), "Worm");
        check(&format!("\"{EMPTY},label\""), "label");
        check(&format!("\"{EMPTY}  a.bin\""), "a.bin");
        check("# none\nd41d8cd98f00b204e9800998ecf8427e,x", "x");
        check("da39a3ee5e6b4b0d3255bfef95601890afd80709\ty", "y");
    }

    #[test]
    fn what_is_not_of_files_is_counted_and_what_is_nothing_refused() {
        let (known, outcome) =
            read("evil.example\nfilename,crack.exe,Crack\n???\nd41d8cd98f00b204e9800998ecf8427\n");
        assert_eq!((outcome.not_of_files, outcome.names, outcome.refused), (1, 1, 2));
        assert_eq!(outcome.refused_listed[0], (3, "???".to_owned()));
        assert_eq!(known.name("CRACK.EXE"), Some("Crack"));
        assert_eq!(known.name("rack.exe"), None);
        for line in [
            "filename,hoá đơn.exe",
            "filename;hoá đơn.exe;Nhãn có dấu cách",
            "filename,\"hoá đơn.exe\"",
            "filename hoá đơn.exe",
            "\"filename\" \"hoá đơn.exe\"",
        ] {
            let (known, outcome) = read(line);
            assert_eq!((outcome.names, outcome.refused), (1, 0), "{line}");
            assert!(known.name("Hoá đơn.exe").is_some(), "{line}");
            assert_eq!(known.name("hoá"), None, "{line}");
        }
        let (known, _) = read("filename,\"a, b.exe\",\"Nhãn, một\"");
        assert_eq!(known.name("a, b.exe"), Some("Nhãn, một"));
        assert_eq!(known.needed(), NeededDigests::default());
    }

    #[test]
    fn a_table_is_read_back_the_same_and_a_damaged_one_is_refused() {
        let list = format!(
            "{EMPTY};Rỗng\nd41d8cd98f00b204e9800998ecf8427e,x\n\
             da39a3ee5e6b4b0d3255bfef95601890afd80709\ty\nfilename,Crack.exe,Bẻ-khóa\n"
        );
        let (known, _) = read(&list);
        let bytes = known.to_bytes();
        let mut again = Known::default();
        assert_eq!(again.add_bytes(&bytes), Ok(KnownCounts { hashes: 3, names: 1 }));
        assert_eq!((again.digest(), again.to_bytes()), (known.digest(), bytes.clone()));
        assert_eq!(again.name("CRACK.EXE"), Some("Bẻ-khóa"));
        // Together with another list, each keeps its own words.
        let (mut both, _) = read("filename,a.exe,Khác\n");
        both.add_bytes(&bytes).unwrap();
        assert_eq!((both.name("a.exe"), both.name("crack.exe")), (Some("Khác"), Some("Bẻ-khóa")));
        assert_eq!(both.hash(&Digests::of(b"", both.needed())).unwrap().1, "Rỗng");
        for length in 0..bytes.len() {
            assert_eq!(Known::default().add_bytes(&bytes[..length]), Err(KnownDamaged));
        }
        let mut longer = bytes;
        longer.push(0);
        assert_eq!(Known::default().add_bytes(&longer), Err(KnownDamaged));
    }
}
