//! An event log of Windows that grows: by its own numbers of events, wherever in the file they stand.

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use files::{EventMark, FollowedTo, files_named_alike, open_regular};
use log_check::{CHUNK_BYTES, CHUNKS_AT, ChunkHead, EventFileKind};

/// So many chunks are read before what they say is handed in.
const AT_ONCE: usize = 16;
/// How long a chunk that is not written whole is waited for, and a file with the events between two that
/// do not follow each other; and how often a file is looked into that seems not to have changed: what is written
/// through a mapping may leave its time as it was.
const PATIENCE: Duration = Duration::from_secs(10);

/// So often nothing new is found before a file is left alone until it changes.
const QUIET_LOOKS: u32 = 5;

/// Reads each event of a log once: Windows numbers them, writes them into the chunk that is last, and when the
/// file has its greatest size, over the oldest chunk; or moves the file away and goes on in a new one.
#[derive(Debug)]
pub(super) struct EventLog {
    path: PathBuf,
    /// The last event that was read.
    mark: EventMark,
    /// The last look into the file.
    looked: Option<Look>,
    /// Since when something is waited for that should be there.
    missing: Option<Instant>,
}

/// A file as it was when it was looked into.
#[derive(Clone, Copy, Debug)]
struct Look {
    /// What changes when it does.
    file: [u64; 5],
    /// How often nothing new was found in it since.
    quiet: u32,
    at: Instant,
}

/// What there was to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Read {
    /// Something.
    Some,
    /// Nothing.
    Nothing,
    /// Something that is not written whole.
    Later,
    /// Nothing, and no file with the last event that was read.
    Unknown,
}

/// A chunk, where it stands, and the number of the event behind which it is read; nothing where events are lost.
pub(super) type Given<'g> = Option<(u64, u64, &'g [u8])>;

/// A file with where its chunks stand, in the order of their events.
struct Chunks {
    file: File,
    heads: Vec<(ChunkHead, u64)>,
}

impl Chunks {
    fn open(path: &Path) -> io::Result<Option<Self>> {
        let Some((file, about)) = open_regular(path)? else { return Ok(None) };
        Self::of(file, &about).map(Some)
    }

    fn of(file: File, about: &Metadata) -> io::Result<Self> {
        let mut start = [0; 64];
        let read = file.read_at(&mut start, 0)?;
        let kind = EventFileKind::of(start.get(..read).unwrap_or_default());
        let mut heads = Vec::new();
        if kind == Some(EventFileKind::Evtx) {
            for at in (CHUNKS_AT..about.len()).step_by(CHUNK_BYTES) {
                let mut start = [0; ChunkHead::BYTES];
                let is_read = file.read_exact_at(&mut start, at).is_ok();
                heads.extend(ChunkHead::of(&start).filter(|_| is_read).map(|head| (head, at)));
            }
        }
        heads.sort_by_key(|(head, at)| (head.first, *at));
        Ok(Self { file, heads })
    }

    fn newest(&self) -> u64 {
        self.heads.iter().map(|(head, _)| head.last).max().unwrap_or_default()
    }

    /// When its newest event was written, in Windows' units; 0 where that cannot be told.
    fn newest_written(&self) -> io::Result<u64> {
        let number = self.newest();
        let at = self.heads.iter().rfind(|(head, _)| head.last == number);
        let Some((_, at)) = at else { return Ok(0) };
        Ok(ChunkHead::written(&self.chunk(*at)?, number).unwrap_or_default())
    }

    /// The first number behind `after`, of what is there.
    fn first_behind(&self, after: u64) -> Option<u64> {
        let behind = self.heads.iter().filter(|(head, _)| head.last > after);
        behind.map(|(head, _)| head.first.max(after + 1)).min()
    }

    fn chunk(&self, at: u64) -> io::Result<Vec<u8>> {
        let mut chunk = vec![0; CHUNK_BYTES];
        let mut read = 0;
        while let Some(room) = chunk.get_mut(read..).filter(|it| !it.is_empty()) {
            match self.file.read_at(room, at + read as u64) {
                Ok(0) => break,
                Ok(more) => read += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        chunk.truncate(read);
        Ok(chunk)
    }

    /// Whether it holds an event, and that one is the same; `None` when it does not hold one with the number.
    fn holds(&self, mark: EventMark) -> io::Result<Option<bool>> {
        let holds = |head: &ChunkHead| (head.first..=head.last).contains(&mark.number);
        for (_, at) in self.heads.iter().filter(|(head, _)| holds(head)) {
            if let Some(written) = ChunkHead::written(&self.chunk(*at)?, mark.number) {
                return Ok(Some(written == mark.written || mark.written == 0));
            }
        }
        Ok(None)
    }
}

impl EventLog {
    /// The log of a name, behind an event; number 0 is before the first.
    pub(super) fn after(path: &Path, mark: EventMark) -> Self {
        Self { path: path.to_owned(), mark, looked: None, missing: None }
    }

    /// Behind the last event that is there.
    pub(super) fn from_end(path: &Path) -> io::Result<Self> {
        let mut mark = EventMark::default();
        if let Some(chunks) = Chunks::open(path)? {
            mark = EventMark { number: chunks.newest(), written: chunks.newest_written()? };
        }
        Ok(Self::after(path, mark))
    }

    /// The last event that was read.
    pub(super) fn position(&self) -> FollowedTo {
        FollowedTo { event: Some(self.mark), ..FollowedTo::default() }
    }

    /// Gives the chunks that hold events which were not read, some of them; tells whether there were any, in
    /// which case there may be more.
    pub(super) fn poll(&mut self, give: &mut impl FnMut(Given<'_>)) -> io::Result<bool> {
        let Some((file, about)) = open_regular(&self.path)? else { return Ok(false) };
        if !self.is_to_look_into(&about) {
            return Ok(false);
        }
        let chunks = Chunks::of(file, &about)?;
        // Without events it was emptied, or is being written.
        if chunks.heads.is_empty() || !self.follows(&chunks, give)? {
            return Ok(false);
        }
        let read = self.read(&chunks, give)?;
        if read == Read::Nothing {
            self.missing = None;
        }
        Ok(read == Read::Some)
    }

    /// Whether to look into the file as it is, rather than to wait until it changes.
    fn is_to_look_into(&mut self, about: &Metadata) -> bool {
        let times = [about.mtime().cast_unsigned(), about.mtime_nsec().cast_unsigned()];
        let file = [about.dev(), about.ino(), about.len(), times[0], times[1]];
        let last = self.looked.filter(|it| it.file == file);
        // What is written within one tick of the clock leaves the file as it was.
        let is_quiet = last.is_some_and(|it| it.quiet >= QUIET_LOOKS && it.at.elapsed() < PATIENCE);
        if is_quiet && self.missing.is_none() {
            return false;
        }
        let quiet = last.map_or(0, |it| (it.quiet + 1).min(QUIET_LOOKS));
        self.looked = Some(Look { file, quiet, at: Instant::now() });
        true
    }

    /// Whether what a file holds comes next. Before that, files that were moved away are read.
    fn follows(&mut self, chunks: &Chunks, give: &mut impl FnMut(Given<'_>)) -> io::Result<bool> {
        let number = self.mark.number;
        if number == 0 {
            return Ok(true);
        }
        let held = chunks.holds(self.mark)?;
        let is_other = match held {
            Some(is_same) => !is_same,
            // One that is being copied has not got that far yet; another log was written later.
            None => chunks.newest() < number && chunks.newest_written()? > self.mark.written,
        };
        let next = chunks.first_behind(number);
        let is_broken = next.is_some_and(|next| next > number + 1);
        if !is_other && !is_broken {
            return Ok(true);
        }
        let moved = self.read_moved(give)?;
        if matches!(moved, Read::Some | Read::Later) {
            return Ok(false);
        }
        if !(is_other && moved == Read::Nothing) {
            if !self.has_waited() {
                return Ok(false);
            }
            give(None);
        }
        self.missing = None;
        let number = if is_other { 0 } else { next.map_or(number, |next| next - 1) };
        self.mark = EventMark { number, written: 0 };
        Ok(true)
    }

    /// Reads a file that was moved away and holds the last event that was read, or the one behind it.
    fn read_moved(&mut self, give: &mut impl FnMut(Given<'_>)) -> io::Result<Read> {
        let mut read = Read::Unknown;
        for path in files_named_alike(&self.path) {
            let Ok(Some(chunks)) = Chunks::open(&path) else { continue };
            let is_next = match chunks.holds(self.mark)? {
                Some(is_same) => is_same,
                None => chunks.first_behind(self.mark.number) == Some(self.mark.number + 1),
            };
            if is_next {
                read = self.read(&chunks, give)?;
                if read != Read::Nothing {
                    break;
                }
            }
        }
        Ok(read)
    }

    /// Reads the chunks of a file that hold events behind the last one that was read, some of them.
    fn read(&mut self, chunks: &Chunks, give: &mut impl FnMut(Given<'_>)) -> io::Result<Read> {
        let mut read = Read::Nothing;
        let behind: Vec<u64> = chunks
            .heads
            .iter()
            .filter(|(head, _)| head.last > self.mark.number)
            .map(|(_, at)| *at)
            .take(AT_ONCE)
            .collect();
        for at in behind {
            let chunk = chunks.chunk(at)?;
            // It may have grown, or be another one by now.
            let Some(head) = ChunkHead::of(&chunk).filter(|it| it.last > self.mark.number) else {
                continue;
            };
            // What is missing between two of them is looked for, and waited for, before the next is read.
            if self.mark.number > 0 && head.first > self.mark.number + 1 {
                return Ok(if read == Read::Some { read } else { Read::Later });
            }
            if !ChunkHead::is_whole(&chunk) && !self.has_waited() {
                return Ok(if read == Read::Some { read } else { Read::Later });
            }
            self.missing = None;
            // Where there was something there may be more, in this file or the one that followed it.
            self.looked = None;
            give(Some((self.mark.number, at, &chunk)));
            let written = ChunkHead::written(&chunk, head.last).unwrap_or_default();
            self.mark = EventMark { number: head.last, written };
            read = Read::Some;
        }
        Ok(read)
    }

    /// Whether what is missing was waited for long enough.
    fn has_waited(&mut self) -> bool {
        self.missing.get_or_insert_with(Instant::now).elapsed() >= PATIENCE
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use simulation::LoggedEvent;

    use super::*;

    /// A log with so many events, of which each was written a second after the one before, behind a moment.
    fn log(count: i64, moment: i64) -> Vec<u8> {
        let long = "x".repeat(1_000);
        let fields = [("QueryName", "a.evil.example"), ("QueryOptions", long.as_str())];
        let event = |at| LoggedEvent {
            id: 3006,
            computer: "may-01",
            time_us: (moment + at) * 1_000_000,
            fields: &fields,
        };
        let events: Vec<_> = (0..count).map(event).collect();
        let provider = "Microsoft-Windows-DNS-Client";
        simulation::event_log(provider, "Microsoft-Windows-DNS-Client/Operational", &events)
    }

    /// The same without chunks at its start.
    fn without_chunks(log: &[u8], chunks: usize) -> Vec<u8> {
        let at = usize::try_from(CHUNKS_AT).unwrap();
        [&log[..at], &log[at + chunks * CHUNK_BYTES..]].concat()
    }

    struct Place {
        folder: tempfile::TempDir,
        log: EventLog,
        /// Numbers of events in the order in which they were given; 0 where some are lost.
        given: Vec<u64>,
    }

    impl Place {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let log = EventLog::after(&folder.path().join("Dns.evtx"), EventMark::default());
            Self { folder, log, given: Vec::new() }
        }

        fn path(&self, name: &str) -> PathBuf {
            self.folder.path().join(name)
        }

        fn write(&self, name: &str, bytes: &[u8]) {
            fs::write(self.path("new"), bytes).unwrap();
            fs::rename(self.path("new"), self.path(name)).unwrap();
        }

        fn look(&mut self) {
            for _ in 0..20 {
                let given = &mut self.given;
                let mut give = |it: Given<'_>| match it {
                    None => given.push(0),
                    Some((after, _, chunk)) => {
                        let head = ChunkHead::of(chunk).unwrap();
                        given.extend(head.first.max(after + 1)..=head.last);
                    }
                };
                self.log.poll(&mut give).unwrap();
            }
        }

        /// Time goes by.
        fn wait(&mut self) {
            let since = self.log.missing.as_mut().unwrap();
            *since = since.checked_sub(PATIENCE).unwrap();
            self.look();
        }

        fn restart(&mut self) {
            let mark = serde_json::to_string(&self.log.position()).unwrap();
            let position: FollowedTo = serde_json::from_str(&mark).unwrap();
            self.log = EventLog::after(&self.path("Dns.evtx"), position.event.unwrap());
        }
    }

    #[test]
    fn every_event_of_a_log_that_grows_is_given_once() {
        let mut place = Place::new();
        place.look();
        for count in [1, 2, 30, 31, 200, 2_000] {
            place.write("Dns.evtx", &log(count, 0));
            place.look();
            place.look();
            place.restart();
            assert_eq!(place.given, (1..=count.unsigned_abs()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_chunk_that_is_being_written_is_waited_for() {
        let mut place = Place::new();
        let whole = log(100, 0);
        let broken = &whole[..whole.len() - 3_000];
        place.write("Dns.evtx", broken);
        place.look();
        let before = place.given.len();
        assert!((10..100).contains(&before), "{before}");
        place.write("Dns.evtx", &whole);
        place.look();
        assert_eq!(place.given, (1..=100).collect::<Vec<_>>());
        // It stays as it is: what there is of it counts.
        let mut place = Place::new();
        place.write("Dns.evtx", broken);
        place.look();
        assert_eq!(place.given.len(), before);
        place.wait();
        assert!(place.given.len() > before);
    }

    #[test]
    fn a_log_that_goes_on_in_a_new_file_is_read_whole() {
        let all = log(500, 0);
        let at = usize::try_from(CHUNKS_AT).unwrap();
        let mut place = Place::new();
        place.write("Dns.evtx", &log(20, 0));
        place.look();
        // Meanwhile two files were filled and moved away.
        place.write("Archive-Dns-2.evtx", &without_chunks(&all[..at + 6 * CHUNK_BYTES], 3));
        place.write("Archive-Dns-1.evtx", &all[..at + 3 * CHUNK_BYTES]);
        place.write("Archive-Else.evtx", &log(900, 7));
        place.write("Dns.evtx", &without_chunks(&all, 6));
        place.restart();
        place.look();
        assert_eq!(place.given, (1..=500).collect::<Vec<_>>());
    }

    #[test]
    fn events_that_were_written_over_before_they_were_read_are_a_gap() {
        let all = log(500, 0);
        let mut place = Place::new();
        place.write("Dns.evtx", &log(20, 0));
        place.look();
        place.write("Dns.evtx", &without_chunks(&all, 3));
        place.look();
        assert_eq!(place.given.len(), 20);
        place.wait();
        assert_eq!(place.given[20], 0);
        let first = place.given[21];
        assert!(first > 21 && place.given[21..] == (first..=500).collect::<Vec<_>>());
    }

    #[test]
    fn events_that_are_missing_in_the_middle_of_a_file_are_a_gap() {
        let all = log(500, 0);
        let at = usize::try_from(CHUNKS_AT).unwrap();
        let mut place = Place::new();
        let (two, three) = (at + 2 * CHUNK_BYTES, at + 3 * CHUNK_BYTES);
        place.write("Dns.evtx", &[&all[..two], &all[three..]].concat());
        place.look();
        let read = u64::try_from(place.given.len()).unwrap();
        assert_eq!(place.given, (1..=read).collect::<Vec<_>>());
        place.wait();
        let first = place.given[place.given.len() - usize::try_from(500 - read).unwrap()..]
            .iter()
            .find(|it| **it > read + 1)
            .copied()
            .unwrap();
        let expected = (1..=read).chain([0]).chain(first..=500);
        assert_eq!(place.given, expected.collect::<Vec<_>>());
    }

    #[test]
    fn a_long_file_that_was_moved_away_is_read_to_its_end() {
        let all = log(4_000, 0);
        let at = usize::try_from(CHUNKS_AT).unwrap();
        let chunks = (all.len() - at) / CHUNK_BYTES;
        assert!(chunks > AT_ONCE * 7, "{chunks}");
        let mut place = Place::new();
        place.write("Dns.evtx", &log(20, 0));
        place.look();
        place.write("Archive-Dns-1.evtx", &all[..at + (chunks - 1) * CHUNK_BYTES]);
        place.write("Dns.evtx", &without_chunks(&all, chunks - 1));
        place.look();
        assert_eq!(place.given, (1..=4_000).collect::<Vec<_>>());
    }

    #[test]
    fn a_log_that_is_being_copied_over_is_the_same_one() {
        let mut place = Place::new();
        let (before, after) = (log(200, 0), log(205, 0));
        place.write("Dns.evtx", &before);
        place.look();
        let at = usize::try_from(CHUNKS_AT).unwrap();
        for chunks in [0, 1, 2] {
            place.write("Dns.evtx", &after[..at + chunks * CHUNK_BYTES]);
            place.look();
            assert!(place.log.missing.is_none(), "{chunks}");
        }
        place.write("Dns.evtx", &after);
        place.look();
        assert_eq!(place.given, (1..=205).collect::<Vec<_>>());
    }

    #[test]
    fn a_log_that_numbers_anew_is_another_one() {
        for count in [5, 50] {
            let mut place = Place::new();
            place.write("Dns.evtx", &log(20, 0));
            place.look();
            // Moved away with events that were not read yet.
            place.write("Dns-1.evtx", &log(25, 0));
            place.write("Dns.evtx", &log(count, 90_000));
            place.look();
            let expected = (1..=25).chain(1..=count.unsigned_abs());
            assert_eq!(place.given, expected.collect::<Vec<_>>());
        }
        // Cleared, and nobody knows what it held.
        let mut place = Place::new();
        place.write("Dns.evtx", &log(3, 0));
        place.look();
        place.write("Dns.evtx", &log(2, 90_000));
        place.look();
        assert_eq!(place.given, [1, 2, 3]);
        place.wait();
        assert_eq!(place.given, [1, 2, 3, 0, 1, 2]);
    }

    #[test]
    fn reading_may_begin_at_the_end() {
        let mut place = Place::new();
        place.write("Dns.evtx", &log(100, 0));
        place.log = EventLog::from_end(&place.path("Dns.evtx")).unwrap();
        place.look();
        place.write("Dns.evtx", &log(103, 0));
        place.look();
        assert_eq!(place.given, [101, 102, 103]);
    }
}
