//! A log file that grows, is renamed, emptied and written anew while it is read.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use unpacking::{Compression, Limits, Unpacker, ZipReader, is_zip};

/// How much is read at a time, in bytes.
const CHUNK_BYTES: usize = 512 << 10;
/// The longest line that is held, in bytes; of a longer one the start is given.
const LONGEST_LINE: usize = 1 << 20;
/// How many bytes before a place tell whether a file is the one that was read up to there.
const TAIL_BYTES: u64 = 256;
/// How long a file that was renamed is still looked at after its last line: its writer may not have
/// been told yet.
const LINGER: Duration = Duration::from_mins(1);
/// How long a copy of a file that was emptied is looked for: it may be being compressed.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many files beside the log are looked into.
const MOST_SIBLINGS: usize = 20;

/// What a log is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Units {
    /// Lines of text.
    #[default]
    Lines,
    /// Frame Streams: frames that begin with their length, four bytes of which the first weighs most; where that
    /// is 0, the length of a frame about the stream follows.
    Frames,
}

impl Units {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
    fn is_lines(&self) -> bool {
        *self == Self::Lines
    }

    /// How many of these bytes are whole units.
    fn whole(self, bytes: &[u8]) -> usize {
        match self {
            Self::Lines => memchr::memrchr(b'\n', bytes).map_or(0, |at| at + 1),
            Self::Frames => {
                let mut end = 0;
                while let Some(next) = bytes.get(end..).and_then(frame_length) {
                    match end.checked_add(next).filter(|it| *it <= bytes.len()) {
                        Some(next) => end = next,
                        None => break,
                    }
                }
                end
            }
        }
    }
}

/// How long the frame is that begins with these bytes; `None` where there are too few to tell.
fn frame_length(bytes: &[u8]) -> Option<usize> {
    let length = |at: usize| {
        let field = bytes.get(at..)?.first_chunk::<4>()?;
        usize::try_from(u32::from_be_bytes(*field)).ok()
    };
    match length(0)? {
        0 => length(4)?.checked_add(8),
        data => data.checked_add(4),
    }
}

/// How far a log was read: enough to go on there after any end of the program.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowedTo {
    /// Files that were renamed and may still grow, oldest first, and last the one of the log's name.
    pub files: Vec<FileMark>,
    /// What the log is made of.
    #[serde(default, skip_serializing_if = "Units::is_lines")]
    pub units: Units,
    /// The last event that was read of an event log of Windows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<EventMark>,
    /// Questions in it whose answers had not come, by numbers that their reader understands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<u64>,
}

/// An event of an event log of Windows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventMark {
    /// Windows' number of it.
    pub number: u64,
    /// When it was written, in Windows' units: tells logs apart that number alike.
    pub written: u64,
}

/// A place in a file, up to which it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileMark {
    /// Number of its device.
    pub device: u64,
    /// Number of the file on it.
    pub inode: u64,
    /// Bytes read, up to the end of a line.
    pub offset: u64,
    /// A hash of the bytes before the place.
    pub tail: u64,
}

/// What comes from a followed log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'b> {
    /// Whole units. Lines have their ends; the last line of a file may have none, and the start of a line
    /// that is too long has none. The offset is that of the first byte in its file.
    Lines(u64, &'b [u8]),
    /// What follows is the start of another file.
    Restart,
    /// An unknown part of the log is lost: it was emptied before it was read, and no copy of it was
    /// found.
    Gap,
}

/// Follows a log by its name.
#[derive(Debug)]
pub struct Follower {
    path: PathBuf,
    /// Renamed files, oldest first.
    old: Vec<Followed>,
    current: Option<Followed>,
    /// Places in files that were emptied and whose copies were not found yet.
    lost: Vec<(FileMark, Instant)>,
    buffer: Vec<u8>,
    units: Units,
}

#[derive(Debug)]
struct Followed {
    file: File,
    device: u64,
    inode: u64,
    /// Up to here lines were given.
    offset: u64,
    /// A hash of the bytes before `offset`.
    tail: u64,
    /// Bytes behind `offset` that were read and make no whole line yet.
    held: Vec<u8>,
    /// The rest of a line that is too long is passed over.
    is_passing: bool,
    /// When it was written to, as far as it was looked at.
    modified: (i64, i64),
    last_growth: Instant,
}

impl Follower {
    /// Follows the file of a name, from its first line; it need not be there yet.
    pub fn new(path: &Path, units: Units) -> Self {
        Self {
            path: path.to_owned(),
            old: Vec::new(),
            current: None,
            lost: Vec::new(),
            buffer: Vec::new(),
            units,
        }
    }

    /// Follows the file of a name, from the line or frame that is written next.
    pub fn from_end(path: &Path, units: Units) -> io::Result<Self> {
        let mut follower = Self::new(path, units);
        if let Some(mut file) = Followed::open(path, 0)? {
            let end = file.file.metadata()?.len();
            file.offset = match units {
                Units::Lines => last_line_start(&file.file, end)?,
                Units::Frames => last_frame_start(&file.file, end)?,
            };
            file.tail = tail_of(&file.file, file.offset)?;
            follower.current = Some(file);
        }
        Ok(follower)
    }

    /// Goes on where an earlier follower was. Files that were renamed or compressed since are found
    /// beside the log and read to their ends.
    pub fn resume(path: &Path, from: &FollowedTo) -> io::Result<Self> {
        let mut follower = Self::new(path, from.units);
        let siblings = siblings(path);
        let mut newest_mark = None;
        for mark in &from.files {
            let names =
                std::iter::once(path.to_owned()).chain(siblings.iter().map(|it| it.0.clone()));
            let mut found = None;
            for name in names {
                if let Ok(Some(file)) = Followed::open(&name, mark.offset)
                    && (file.device, file.inode) == (mark.device, mark.inode)
                    && file.file.metadata().is_ok_and(|it| it.len() >= mark.offset)
                    && tail_of(&file.file, mark.offset).is_ok_and(|tail| tail == mark.tail)
                {
                    found = Some((name == path, file));
                    break;
                }
            }
            match found {
                Some((is_current, mut file)) => {
                    file.tail = mark.tail;
                    newest_mark =
                        newest_mark.max(file.file.metadata().ok().map(|it| modified(&it)));
                    if is_current {
                        follower.current = Some(file);
                    } else {
                        follower.old.push(file);
                    }
                }
                None if mark.offset > 0 => {
                    follower.lost.push((mark.clone(), Instant::now() + PATIENCE));
                }
                None => {}
            }
        }
        if follower.current.is_none()
            && let Some(since) = newest_mark
        {
            follower.add_between(&siblings, since);
        }
        Ok(follower)
    }

    /// Files that came and were renamed while nobody looked.
    fn add_between(&mut self, siblings: &[(PathBuf, Metadata)], since: (i64, i64)) {
        let mut between: Vec<_> = siblings.iter().filter(|it| modified(&it.1) >= since).collect();
        between.sort_by_key(|it| modified(&it.1));
        for (name, about) in between {
            let is_known =
                self.old.iter().any(|it| (it.device, it.inode) == (about.dev(), about.ino()));
            let is_log = fs::metadata(&self.path)
                .is_ok_and(|it| (it.dev(), it.ino()) == (about.dev(), about.ino()));
            if is_known || is_log {
                continue;
            }
            let Ok(Some(file)) = Followed::open(name, 0) else { continue };
            if Packing::of(&file.file).is_ok_and(|it| it.is_some()) {
                let mark = FileMark { device: about.dev(), inode: about.ino(), offset: 0, tail: 0 };
                self.lost.push((mark, Instant::now()));
            } else {
                self.old.push(file);
            }
        }
    }

    /// The first bytes of what will be read first, as far as any are there, at most as many as there is room
    /// for: nothing of a log without position is read before somebody has looked at them.
    pub fn first_bytes(&mut self, room: &mut [u8]) -> io::Result<usize> {
        self.look_at_name(&mut |_| {})?;
        while let Some(file) = self.old.first() {
            let read = file.file.read_at(room, 0)?;
            if read > 0 || file.last_growth.elapsed() <= LINGER {
                return Ok(read);
            }
            self.old.remove(0);
        }
        self.current.as_ref().map_or(Ok(0), |file| file.file.read_at(room, 0))
    }

    /// Takes the log, of which nothing was read yet, for one of other units.
    pub fn set_units(&mut self, units: Units) {
        self.units = units;
    }

    /// How far it has read.
    pub fn position(&self) -> FollowedTo {
        let lost = self.lost.iter().map(|(mark, _)| mark.clone());
        let files = self.old.iter().chain(&self.current).map(Followed::mark);
        let files = lost.chain(files).collect();
        FollowedTo { files, units: self.units, ..FollowedTo::default() }
    }

    /// The first bytes of the log, which tell its format where reading begins further on.
    pub fn start(&self) -> Vec<u8> {
        let Some(current) = &self.current else { return Vec::new() };
        let wanted = usize::try_from(current.offset).unwrap_or(usize::MAX).min(64 << 10);
        let mut start = vec![0; wanted];
        let read = current.file.read_at(&mut start, 0).unwrap_or_default();
        start.truncate(read);
        start
    }

    /// Gives what has come since, at most some megabytes of it; tells whether there was anything, in
    /// which case more may be there already.
    pub fn poll(&mut self, give: &mut impl FnMut(Piece<'_>)) -> io::Result<bool> {
        let mut has_read = self.look_for_lost(give);
        let now = Instant::now();
        let mut at = 0;
        while let Some(file) = self.old.get_mut(at) {
            if file.read(self.units, &mut self.buffer, give)? {
                has_read = true;
                at += 1;
            } else if now.duration_since(file.last_growth) > LINGER {
                let mut file = self.old.remove(at);
                file.end(self.units, give);
            } else {
                at += 1;
            }
        }
        if let Some(current) = &mut self.current {
            if current.was_rewritten()? {
                let mark = current.mark();
                current.begin_anew();
                if mark.offset > 0 {
                    self.lost.push((mark, now + PATIENCE));
                }
                give(Piece::Restart);
                has_read |= self.look_for_lost(give);
            }
            let Some(current) = &mut self.current else { return Ok(has_read) };
            if current.read(self.units, &mut self.buffer, give)? {
                return Ok(true);
            }
        }
        Ok(self.look_at_name(give)? || has_read)
    }

    /// Looks whether the name is another file's by now.
    fn look_at_name(&mut self, give: &mut impl FnMut(Piece<'_>)) -> io::Result<bool> {
        let about = match fs::metadata(&self.path) {
            Ok(about) => about,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        };
        let is_same = |it: &Followed| (it.device, it.inode) == (about.dev(), about.ino());
        if self.current.as_ref().is_some_and(is_same) {
            return Ok(false);
        }
        let Some(file) = Followed::open(&self.path, 0)? else { return Ok(false) };
        if let Some(mut renamed) = self.current.replace(file) {
            renamed.last_growth = Instant::now();
            self.old.push(renamed);
        }
        give(Piece::Restart);
        Ok(true)
    }

    /// Looks for copies of files that were emptied, and reads what was not read of them.
    fn look_for_lost(&mut self, give: &mut impl FnMut(Piece<'_>)) -> bool {
        if self.lost.is_empty() {
            return false;
        }
        let siblings = siblings(&self.path);
        let now = Instant::now();
        let mut has_found = false;
        self.lost.retain(|(mark, until)| {
            let copies = siblings.iter().filter(|it| it.1.is_file());
            for (name, _) in copies {
                if read_copy(name, mark, self.units, give).unwrap_or(false) {
                    has_found = true;
                    return false;
                }
            }
            if now >= *until {
                give(Piece::Gap);
                return false;
            }
            true
        });
        has_found
    }
}

impl Followed {
    /// Opens a file; `None` when there is none.
    fn open(path: &Path, offset: u64) -> io::Result<Option<Self>> {
        let Some((file, about)) = open_regular(path)? else { return Ok(None) };
        Ok(Some(Self {
            file,
            device: about.dev(),
            inode: about.ino(),
            offset,
            tail: hash_of(b""),
            held: Vec::new(),
            is_passing: false,
            modified: (0, 0),
            last_growth: Instant::now(),
        }))
    }

    fn mark(&self) -> FileMark {
        FileMark { device: self.device, inode: self.inode, offset: self.offset, tail: self.tail }
    }

    /// Whether the bytes before the place are no longer those that were read.
    fn was_rewritten(&mut self) -> io::Result<bool> {
        let about = self.file.metadata()?;
        let read = self.offset + self.held.len() as u64;
        if about.len() == read && modified(&about) == self.modified {
            return Ok(false);
        }
        self.modified = modified(&about);
        Ok(about.len() < read || tail_of(&self.file, self.offset)? != self.tail)
    }

    fn begin_anew(&mut self) {
        (self.offset, self.tail, self.is_passing) = (0, hash_of(b""), false);
        self.held.clear();
    }

    /// Reads a chunk; tells whether there was one.
    fn read(
        &mut self,
        units: Units,
        buffer: &mut Vec<u8>,
        give: &mut impl FnMut(Piece<'_>),
    ) -> io::Result<bool> {
        let held = self.held.len();
        buffer.clear();
        buffer.extend_from_slice(&self.held);
        buffer.resize(held + CHUNK_BYTES, 0);
        let room = buffer.get_mut(held..).unwrap_or_default();
        let read = loop {
            match self.file.read_at(room, self.offset + held as u64) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        if read == 0 {
            return Ok(false);
        }
        buffer.truncate(held + read);
        self.last_growth = Instant::now();
        let mut bytes = buffer.as_slice();
        if self.is_passing {
            let Some(end) = memchr::memchr(b'\n', bytes) else {
                self.pass(bytes);
                self.held.clear();
                return Ok(true);
            };
            let (passed, rest) = bytes.split_at_checked(end + 1).unwrap_or((bytes, b""));
            self.pass(passed);
            self.is_passing = false;
            bytes = rest;
        }
        let end = units.whole(bytes);
        let (lines, rest) = bytes.split_at_checked(end).unwrap_or((b"", bytes));
        if !lines.is_empty() {
            let offset = self.offset;
            self.pass(lines);
            give(Piece::Lines(offset, lines));
        }
        self.held.clear();
        if rest.len() > LONGEST_LINE {
            let offset = self.offset;
            self.pass(rest);
            give(Piece::Lines(offset, rest));
            // No frame is so long: what follows cannot be told apart, and is given all the same.
            self.is_passing = units.is_lines();
        } else {
            self.held.extend_from_slice(rest);
        }
        Ok(true)
    }

    /// Nothing more comes: gives the last line, which has no end.
    fn end(&mut self, units: Units, give: &mut impl FnMut(Piece<'_>)) {
        let held = std::mem::take(&mut self.held);
        if !held.is_empty() && !self.is_passing && units.is_lines() {
            let offset = self.offset;
            self.pass(&held);
            give(Piece::Lines(offset, &held));
        }
    }

    /// Moves the place behind bytes that stand there.
    fn pass(&mut self, bytes: &[u8]) {
        self.offset += bytes.len() as u64;
        let most = usize::try_from(TAIL_BYTES).unwrap_or(usize::MAX);
        if let Some(tail) = bytes.len().checked_sub(most).and_then(|from| bytes.get(from..)) {
            self.tail = hash_of(tail);
        } else {
            // A short piece: what stands before it is part of the tail as well.
            self.tail = tail_of(&self.file, self.offset).unwrap_or_default();
        }
    }
}

/// The hash of the bytes of a file before a place.
fn tail_of(file: &File, offset: u64) -> io::Result<u64> {
    let from = offset.saturating_sub(TAIL_BYTES);
    let mut tail = vec![0; usize::try_from(offset - from).unwrap_or_default()];
    match file.read_exact_at(&mut tail, from) {
        Ok(()) => Ok(hash_of(&tail)),
        // The file is shorter by now: nothing hashes to this.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(0),
        Err(error) => Err(error),
    }
}

/// FNV-1a, never 0: it tells files apart that nobody has made to look alike.
fn hash_of(bytes: &[u8]) -> u64 {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash.max(1)
}

/// Where the line begins that the end of a file is in.
fn last_line_start(file: &File, end: u64) -> io::Result<u64> {
    let from = end.saturating_sub(LONGEST_LINE as u64);
    let mut bytes = vec![0; usize::try_from(end - from).unwrap_or_default()];
    file.read_exact_at(&mut bytes, from)?;
    Ok(memchr::memrchr(b'\n', &bytes).map_or(end, |at| from + at as u64 + 1))
}

/// Where the frame begins that the end of a file is in.
fn last_frame_start(file: &File, end: u64) -> io::Result<u64> {
    let mut reader = io::BufReader::new(file);
    let mut at = 0;
    loop {
        let mut start = [0; 8];
        let read = read_up_to(&mut reader, &mut start)?;
        let length = frame_length(start.get(..read).unwrap_or_default());
        let Some(length) = length.and_then(|it| u64::try_from(it).ok()) else { return Ok(at) };
        let Some(next) = at.checked_add(length).filter(|next| *next <= end) else { return Ok(at) };
        let passed = i64::try_from(read).unwrap_or_default();
        reader.seek_relative(i64::try_from(length).unwrap_or(i64::MAX) - passed)?;
        at = next;
    }
}

fn read_up_to(reader: &mut impl Read, room: &mut [u8]) -> io::Result<usize> {
    let mut read = 0;
    while let Some(rest) = room.get_mut(read..).filter(|it| !it.is_empty()) {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}

/// Reads a copy of a file from a place on, when it is one.
fn read_copy(
    path: &Path,
    mark: &FileMark,
    units: Units,
    give: &mut impl FnMut(Piece<'_>),
) -> io::Result<bool> {
    let Some(copy) = Followed::open(path, mark.offset)? else { return Ok(false) };
    match Packing::of(&copy.file)? {
        Some(Packing::Zip) => {
            let mut zip = ZipReader::new(File::open(path)?, Limits::default());
            while zip.next_member()?.is_some() {
                if read_unpacked(&mut zip, mark, units, give)? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        Some(Packing::Stream) => {
            let mut unpacked = Unpacker::new(File::open(path)?, Limits::default());
            return read_unpacked(&mut unpacked, mark, units, give);
        }
        None => {}
    }
    if tail_of(&copy.file, mark.offset)? != mark.tail {
        return Ok(false);
    }
    let mut copy = copy;
    copy.tail = mark.tail;
    let mut buffer = Vec::new();
    while copy.read(units, &mut buffer, give)? {}
    copy.end(units, give);
    Ok(true)
}

/// Reads what was unpacked of a copy, from a place on, when it is one.
fn read_unpacked(
    unpacked: &mut impl Read,
    mark: &FileMark,
    units: Units,
    give: &mut impl FnMut(Piece<'_>),
) -> io::Result<bool> {
    let from = mark.offset.saturating_sub(TAIL_BYTES);
    if io::copy(&mut unpacked.by_ref().take(from), &mut io::sink())? != from {
        return Ok(false);
    }
    let mut tail = Vec::new();
    unpacked.by_ref().take(mark.offset - from).read_to_end(&mut tail)?;
    if hash_of(&tail) != mark.tail {
        return Ok(false);
    }
    // Whatever of it is read twice would count twice: it is unpacked before any of it is given.
    let mut rest = Vec::new();
    unpacked.read_to_end(&mut rest)?;
    let mut offset = mark.offset;
    if units.is_lines() {
        for line in rest.chunk_by(|before, _| *before != b'\n') {
            give(Piece::Lines(offset, line));
            offset += line.len() as u64;
        }
    } else if let Some(frames) = rest.get(..units.whole(&rest)).filter(|it| !it.is_empty()) {
        give(Piece::Lines(offset, frames));
    }
    Ok(true)
}

/// Opens a regular file; `None` when there is none.
pub fn open_regular(path: &Path) -> io::Result<Option<(File, Metadata)>> {
    let opened = || -> io::Result<_> {
        // Opening a pipe waits for whoever writes to it.
        require_regular(&fs::metadata(path)?)?;
        let file = File::open(path)?;
        let about = file.metadata()?;
        require_regular(&about)?;
        Ok((file, about))
    };
    match opened() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        opened => opened.map(Some),
    }
}

fn require_regular(about: &Metadata) -> io::Result<()> {
    if about.is_file() {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"))
}

/// Files beside a log whose names have its stem in them, the newest first.
pub fn files_named_alike(path: &Path) -> Vec<PathBuf> {
    let stem = path.file_stem().unwrap_or_default().as_encoded_bytes();
    let stem = memchr::memmem::Finder::new(stem);
    let found = beside(path, |name| stem.find(name).is_some());
    found.into_iter().map(|it| it.0).collect()
}

/// Files beside a log that may be what became of it, the newest first.
fn siblings(path: &Path) -> Vec<(PathBuf, Metadata)> {
    let stem = path.file_stem().unwrap_or_default().as_encoded_bytes();
    beside(path, |name| name.starts_with(stem))
}

fn beside(path: &Path, is_wanted: impl Fn(&[u8]) -> bool) -> Vec<(PathBuf, Metadata)> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default();
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<_> = entries
        .filter(|it| it.file_name() != name && is_wanted(it.file_name().as_encoded_bytes()))
        .filter_map(|it| Some((it.path(), it.metadata().ok().filter(Metadata::is_file)?)))
        .collect();
    found.sort_by_key(|it| std::cmp::Reverse(modified(&it.1)));
    found.truncate(MOST_SIBLINGS);
    found
}

fn modified(about: &Metadata) -> (i64, i64) {
    (about.mtime(), about.mtime_nsec())
}

/// Whether a file begins as a packed one; none does that cannot be read.
pub fn is_packed_file(path: &Path) -> bool {
    let Ok(Some((file, _))) = open_regular(path) else { return false };
    Packing::of(&file).is_ok_and(|it| it.is_some())
}

/// What a file is that is packed.
enum Packing {
    Zip,
    Stream,
}

impl Packing {
    /// By the first bytes.
    fn of(file: &File) -> io::Result<Option<Self>> {
        let mut start = [0; Compression::START];
        let read = file.read_at(&mut start, 0)?;
        let start = start.get(..read).unwrap_or_default();
        Ok(match Compression::of(start) {
            Some(_) => Some(Self::Stream),
            None => is_zip(start).then_some(Self::Zip),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    struct Log {
        folder: tempfile::TempDir,
        seen: Vec<u8>,
        gaps: usize,
    }

    impl Log {
        fn new() -> Self {
            Self { folder: tempfile::tempdir().unwrap(), seen: Vec::new(), gaps: 0 }
        }

        fn path(&self) -> PathBuf {
            self.folder.path().join("app.log")
        }

        fn append(&self, text: &str) {
            let mut file = File::options().create(true).append(true).open(self.path()).unwrap();
            file.write_all(text.as_bytes()).unwrap();
        }

        fn drain(&mut self, follower: &mut Follower) {
            let (seen, gaps) = (&mut self.seen, &mut self.gaps);
            let mut give = |piece: Piece<'_>| match piece {
                Piece::Lines(_, lines) => seen.extend_from_slice(lines),
                Piece::Gap => *gaps += 1,
                Piece::Restart => {}
            };
            while follower.poll(&mut give).unwrap() {}
        }

        fn rename(&self, to: &str) {
            fs::rename(self.path(), self.folder.path().join(to)).unwrap();
        }

        fn seen(&self) -> &str {
            std::str::from_utf8(&self.seen).unwrap()
        }
    }

    #[test]
    fn what_is_appended_is_given_by_whole_lines() {
        let mut log = Log::new();
        let mut follower = Follower::new(&log.path(), Units::Lines);
        log.drain(&mut follower);
        log.append("one\ntwo\nthr");
        log.drain(&mut follower);
        assert_eq!(log.seen(), "one\ntwo\n");
        log.append("ee\n");
        log.drain(&mut follower);
        assert_eq!(log.seen(), "one\ntwo\nthree\n");
        assert_eq!(follower.position().files[0].offset, 14);
    }

    #[test]
    fn the_last_lines_of_a_renamed_file_are_read() {
        let mut log = Log::new();
        let mut follower = Follower::new(&log.path(), Units::Lines);
        log.append("one\n");
        log.drain(&mut follower);
        let mut writer = File::options().append(true).open(log.path()).unwrap();
        writer.write_all(b"two\n").unwrap();
        log.rename("app.log.1");
        log.append("three\n");
        log.drain(&mut follower);
        // Its writer has not been told yet.
        writer.write_all(b"late\n").unwrap();
        log.drain(&mut follower);
        assert_eq!(log.seen(), "one\ntwo\nthree\nlate\n");
    }

    #[test]
    fn what_was_written_before_a_file_was_emptied_is_read_from_its_copy() {
        for packed in [false, true] {
            let mut log = Log::new();
            let mut follower = Follower::new(&log.path(), Units::Lines);
            log.append("one\n");
            log.drain(&mut follower);
            log.append("two\nlast");
            let bytes = fs::read(log.path()).unwrap();
            if packed {
                let mut packer = flate2::write::GzEncoder::new(
                    File::create(log.folder.path().join("app.log.1.gz")).unwrap(),
                    flate2::Compression::fast(),
                );
                packer.write_all(&bytes).unwrap();
                packer.finish().unwrap();
            } else {
                fs::write(log.folder.path().join("app.log.1"), bytes).unwrap();
            }
            File::create(log.path()).unwrap();
            // Written anew to more than was read before.
            log.append("three\nfour\nfive\nsix\n");
            log.drain(&mut follower);
            assert_eq!(log.seen(), "one\ntwo\nlastthree\nfour\nfive\nsix\n");
            assert_eq!(log.gaps, 0);
        }
    }

    #[test]
    fn a_file_that_was_emptied_without_a_copy_leaves_a_gap() {
        let mut log = Log::new();
        let mut follower = Follower::new(&log.path(), Units::Lines);
        log.append("one\n");
        log.drain(&mut follower);
        File::create(log.path()).unwrap();
        log.append("two\n");
        log.drain(&mut follower);
        assert_eq!((log.seen(), log.gaps), ("one\ntwo\n", 0));
        follower.lost[0].1 = Instant::now();
        log.drain(&mut follower);
        assert_eq!(log.gaps, 1);
    }

    #[test]
    fn reading_goes_on_where_it_ended() {
        let mut log = Log::new();
        let mut follower = Follower::new(&log.path(), Units::Lines);
        log.append("one\nhalf");
        log.drain(&mut follower);
        let position = follower.position();
        drop(follower);
        log.append(" done\n");
        log.rename("app.log.2");
        log.append("between\n");
        log.rename("app.log.1");
        log.append("now\n");
        let mut follower = Follower::resume(&log.path(), &position).unwrap();
        log.drain(&mut follower);
        assert_eq!(log.seen(), "one\nhalf done\nbetween\nnow\n");
        let again = follower.position();
        let mut follower = Follower::resume(&log.path(), &again).unwrap();
        log.drain(&mut follower);
        assert_eq!(log.seen(), "one\nhalf done\nbetween\nnow\n");
    }

    #[test]
    fn reading_may_begin_at_the_end() {
        let mut log = Log::new();
        log.append("old\nhalf");
        let mut follower = Follower::from_end(&log.path(), Units::Lines).unwrap();
        assert_eq!(follower.start(), b"old\n");
        log.append(" done\nnew\n");
        log.drain(&mut follower);
        assert_eq!(log.seen(), "half done\nnew\n");
    }

    #[test]
    fn of_a_line_without_end_the_start_is_given() {
        let mut log = Log::new();
        let mut follower = Follower::new(&log.path(), Units::Lines);
        log.append(&"x".repeat(3 << 20));
        log.drain(&mut follower);
        log.append("\nnext\n");
        log.drain(&mut follower);
        assert!(log.seen.len() < 2 << 20);
        assert!(log.seen().ends_with("xnext\n"));
    }

    /// A frame with so many bytes; with none, one about the stream.
    fn frame(length: u32) -> Vec<u8> {
        let of = |length: u32| [&length.to_be_bytes()[..], &vec![7; length as usize]].concat();
        if length == 0 { [&[0; 4][..], &of(9)].concat() } else { of(length) }
    }

    #[test]
    fn frames_are_given_whole() {
        let mut log = Log::new();
        let mut follower = Follower::new(&log.path(), Units::Frames);
        let path = log.path();
        let write = |bytes: &[u8]| {
            let mut file = File::options().create(true).append(true).open(&path).unwrap();
            file.write_all(bytes).unwrap();
        };
        let frames = [frame(0), frame(10), frame(300_000), frame(1)];
        let mut bytes = frames.concat();
        let ends: Vec<usize> = frames
            .iter()
            .scan(0, |end, it| {
                *end += it.len();
                Some(*end)
            })
            .collect();
        let mut written = 0;
        for at in [1, 6, 17, 18, 30, 35, 200_000, bytes.len() - 1, bytes.len()] {
            write(&bytes[written..at]);
            written = at;
            let mut seen = 0;
            let mut give = |piece: Piece<'_>| {
                if let Piece::Lines(offset, frames) = piece {
                    seen = usize::try_from(offset).unwrap() + frames.len();
                    assert!(ends.contains(&seen), "{seen}");
                    log.seen.extend_from_slice(frames);
                }
            };
            while follower.poll(&mut give).unwrap() {}
            let end = ends.iter().rfind(|end| **end <= at).copied().unwrap_or_default();
            assert_eq!(log.seen.len(), end, "at {at}");
        }
        assert_eq!(log.seen, bytes);
        // It goes on in another file, and behind the last whole frame.
        let position = follower.position();
        assert_eq!(
            serde_json::from_str::<FollowedTo>(&serde_json::to_string(&position).unwrap()).unwrap(),
            position
        );
        write(&frame(20)[..9]);
        let mut follower = Follower::from_end(&log.path(), Units::Frames).unwrap();
        write(&frame(20)[9..]);
        log.rename("app.log.1");
        fs::write(log.path(), frame(30)).unwrap();
        bytes.extend([frame(20), frame(30)].concat());
        let mut resumed = Follower::resume(&log.path(), &position).unwrap();
        log.drain(&mut resumed);
        assert_eq!(log.seen, bytes);
        log.seen.clear();
        log.drain(&mut follower);
        assert_eq!(log.seen, [frame(20), frame(30)].concat());
    }

    #[test]
    fn copies_in_a_zip_are_read() {
        for units in [Units::Lines, Units::Frames] {
            let (one, two, three) = match units {
                Units::Lines => (b"one\n".to_vec(), b"two\n".to_vec(), b"three\n".to_vec()),
                Units::Frames => (frame(3), frame(4), frame(5)),
            };
            let mut log = Log::new();
            let mut follower = Follower::new(&log.path(), units);
            fs::write(log.path(), &one).unwrap();
            log.drain(&mut follower);
            // A stored member, after another one.
            let mut zip = Vec::new();
            for (name, bytes) in [("else", b"else".to_vec()), ("log", [one, two].concat())] {
                zip.extend(b"PK\x03\x04\x0a\0\0\0\0\0\0\0\0\0");
                zip.extend(crc32(&bytes).to_le_bytes());
                let length = u32::try_from(bytes.len()).unwrap().to_le_bytes();
                zip.extend([length, length].concat());
                zip.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
                zip.extend([0, 0]);
                zip.extend(name.bytes().chain(bytes));
            }
            zip.extend(b"PK\x05\x06");
            zip.extend([0; 18]);
            fs::write(log.folder.path().join("app.log.1.zip"), zip).unwrap();
            fs::write(log.path(), &three).unwrap();
            log.seen.clear();
            log.drain(&mut follower);
            let seen = log.seen.clone();
            assert!(seen.ends_with(&three) && seen.len() > three.len(), "{units:?} {seen:?}");
            assert_eq!(log.gaps, 0);
        }
    }

    fn crc32(bytes: &[u8]) -> u32 {
        let mut sum = flate2::Crc::new();
        sum.update(bytes);
        sum.sum()
    }
}
