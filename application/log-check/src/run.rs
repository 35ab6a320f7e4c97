//! The run: logs in, report out.

use std::collections::BTreeSet;
use std::io::{self, Cursor, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use contacts::{Encoding, Format, Parser, TimeReading, detect};
use hunting::About;
use jiff::Timestamp;
use matching::{Gatherer, Index, Layers, Place, Sieve, Sighting};
use sha2::{Digest, Sha256};
use unpacking::{Limits, Unpacker, ZipReader, is_zip};

use crate::archive::{Part, RecordSegments, Segments};
use crate::blocks::{Block, Blocks};
use crate::captures;
use crate::members::{refused, written};
use crate::records::RecordKind;
use crate::text::{Text, packed_kind};
use crate::worker::{Found, Reading, SAMPLES};
use crate::{CheckReport, FileSummary, LogInput, Problem, Progress, Settings, Summary};

/// How much of a log decides its format, in bytes.
const SAMPLE_BYTES: usize = 64 << 10;

/// How many bytes tell an archive.
const ZIP_START: u64 = 4;

/// Where each block of a log begins: its offset and the lines before it.
type BlockStarts = Vec<(u64, u64)>;

/// Matches logs against an index.
///
/// Memory is bounded by the index, a block of half a megabyte a thread, and the sightings. A log with a
/// problem is in the summary with what was read of it; the run goes on with the next.
pub fn check_logs(
    index: &Index,
    inputs: Vec<LogInput>,
    settings: &Settings,
    progress: &dyn Progress,
) -> CheckReport {
    check_all(index, inputs, settings, progress, &mut |_, _, _| {})
}

/// As [`check_logs`], and `each` gets every log's own sightings as soon as it was read: the report
/// sums a device up over all logs, and what is sent on is known by its log.
pub fn check_logs_one_by_one(
    index: &Index,
    inputs: Vec<LogInput>,
    settings: &Settings,
    progress: &dyn Progress,
    each: &mut dyn FnMut(&FileSummary, Vec<Sighting>),
) -> CheckReport {
    check_all(index, inputs, settings, progress, &mut |file, found, starts| {
        let locate = |place: Place| (file.file.clone(), line_number(starts, place));
        each(file, found.clone().finish(index, &settings.names, locate));
    })
}

fn check_all(
    index: &Index,
    inputs: Vec<LogInput>,
    settings: &Settings,
    progress: &dyn Progress,
    each: &mut dyn FnMut(&FileSummary, &Gatherer, &BlockStarts),
) -> CheckReport {
    let layers = &Layers::from(index.clone());
    let run = Run { layers, settings, progress };
    let mut all = Collected::new(each);
    for input in inputs {
        run.check(input, &mut all);
    }
    let Collected { gatherer, mut summary, starts, .. } = all;
    summary.too_many_sightings = gatherer.is_full();
    summary.complete &= !gatherer.is_full();
    let locate = |place: Place| {
        let log = place.log as usize;
        let file = summary.files.get(log).map(|it| it.file.clone()).unwrap_or_default();
        (file, starts.get(log).map_or(0, |starts| line_number(starts, place)))
    };
    let sightings = gatherer.finish(index, &settings.names, locate);
    CheckReport { sightings, summary }
}

/// What one log gave.
type Outcome = (FileSummary, Gatherer, BlockStarts);

/// What all logs gave so far.
struct Collected<'e> {
    gatherer: Gatherer,
    summary: Summary,
    starts: Vec<BlockStarts>,
    each: &'e mut dyn FnMut(&FileSummary, &Gatherer, &BlockStarts),
}

impl<'e> Collected<'e> {
    fn new(each: &'e mut dyn FnMut(&FileSummary, &Gatherer, &BlockStarts)) -> Self {
        let summary = Summary { complete: true, ..Summary::default() };
        Self { gatherer: Gatherer::default(), summary, starts: Vec::new(), each }
    }

    /// The number of the next log in the run.
    fn number(&self) -> u32 {
        u32::try_from(self.starts.len()).unwrap_or(u32::MAX)
    }

    fn take(&mut self, (file, found, block_starts): Outcome) {
        self.summary.lines_read += file.lines_read;
        self.summary.lines_matched += file.lines_matched;
        self.summary.lines_not_parsed += file.lines_not_parsed;
        self.summary.complete &= file.problem.is_none() && file.lines_not_parsed == 0;
        (self.each)(&file, &found, &block_starts);
        self.summary.files.push(file);
        self.starts.push(block_starts);
        self.gatherer.merge(found);
    }

    /// Takes a log, or an archive, of which nothing was read.
    fn take_unread(&mut self, name: String, problem: Problem) {
        self.take(unread(summary_of(name, None), problem));
    }
}

fn summary_of(name: String, archive: Option<&str>) -> FileSummary {
    FileSummary { file: name, archive: archive.map(str::to_owned), ..FileSummary::default() }
}

fn unread(mut file: FileSummary, problem: Problem) -> Outcome {
    file.problem = Some(problem);
    (file, Gatherer::default(), Vec::new())
}

/// The number of a line in its log, from its number in its block.
fn line_number(starts: &BlockStarts, place: Place) -> u64 {
    let block = starts.partition_point(|start| start.0 <= place.offset).checked_sub(1);
    let block = block.and_then(|at| starts.get(at));
    block.map_or(0, |block| block.1) + place.line
}

struct Run<'r> {
    layers: &'r Layers,
    settings: &'r Settings,
    progress: &'r dyn Progress,
}

/// A log as its bytes come: a file's own, or those of a member of an archive.
struct OneLog<'r> {
    name: String,
    archive: Option<&'r str>,
    modified: Option<Timestamp>,
    /// Its number in the run.
    number: u32,
    bytes: Box<dyn Read + Send + 'r>,
    meter: &'r Meter<'r>,
}

type Log<'r> = Blocks<Unpacker<Hashed<'r>>>;

/// A log that threads take blocks from, each the next one when it is done with its last: a thread
/// looks at what it has just read, and memory is one block a thread.
struct Source<'r> {
    blocks: Log<'r>,
    /// Knows the header lines of all blocks handed out.
    parser: Parser,
    starts: BlockStarts,
    /// The block that told the format.
    first: Option<Block>,
    failure: Option<io::Error>,
    is_cancelled: bool,
    progress: &'r dyn Progress,
}

impl Source<'_> {
    /// Fills `block`; gives its number and a parser for it, `None` when the log has no more.
    fn next(&mut self, block: &mut Block) -> Option<(usize, Parser)> {
        if let Some(first) = self.first.take() {
            *block = first;
        } else {
            self.is_cancelled |= self.progress.is_cancelled();
            if self.is_cancelled || self.failure.is_some() {
                return None;
            }
            self.failure = self.blocks.read_into(block);
        }
        if block.bytes().is_empty() {
            return None;
        }
        self.starts.push((block.offset, 0));
        let parser = self.parser.clone();
        block.has_headers = pass_headers(&mut self.parser, block.bytes());
        Some((self.starts.len() - 1, parser))
    }
}

impl Run<'_> {
    /// Checks a log, or every log in an archive.
    fn check(&self, input: LogInput, all: &mut Collected<'_>) {
        let LogInput { name, modified, bytes, .. } = input;
        let meter = &Meter::new(self.progress);
        let mut start = Vec::new();
        let bytes = bytes.and_then(|bytes| {
            let mut bytes = RawBytes { bytes, meter };
            bytes.by_ref().take(ZIP_START).read_to_end(&mut start)?;
            Ok(bytes)
        });
        let bytes = match bytes {
            Ok(bytes) => bytes,
            Err(error) => return all.take_unread(name, self.problem(&error, 0)),
        };
        let is_zip = is_zip(&start);
        let bytes = Cursor::new(start).chain(bytes);
        if is_zip {
            return self.check_members(&name, ZipReader::new(bytes, Limits::default()), meter, all);
        }
        let number = all.number();
        let bytes = Box::new(bytes);
        let log = OneLog { name, archive: None, modified, number, bytes, meter };
        all.take(self.check_log(log));
    }

    /// Checks every member of an archive as a log of its own.
    fn check_members(
        &self,
        archive: &str,
        mut zip: ZipReader<impl Read + Send>,
        meter: &Meter<'_>,
        all: &mut Collected<'_>,
    ) {
        let mut members = 0_u64;
        // One is enough to say that the archive is not whole.
        let mut problem = None;
        loop {
            if self.progress.is_cancelled() {
                problem.get_or_insert(Problem::Cancelled);
                break;
            }
            match zip.next_member() {
                Ok(None) => break,
                Ok(Some(member)) => {
                    members += 1;
                    let name = format!("{archive}/{}", member.name);
                    let archive = Some(archive);
                    if let Some(refusal) = member.refusal {
                        all.take(unread(summary_of(name, archive), refused(&refusal)));
                        continue;
                    }
                    let modified = member.modified.and_then(|it| written(it, &self.settings.zone));
                    let (number, bytes) = (all.number(), Box::new(&mut zip));
                    let log = OneLog { name, archive, modified, number, bytes, meter };
                    all.take(self.check_log(log));
                }
                Err(error) => {
                    let unpacked = zip.unpacked();
                    problem.get_or_insert_with(|| self.problem(&error, unpacked));
                }
            }
        }
        meter.report(0);
        if members == 0 {
            problem.get_or_insert(Problem::Empty);
        }
        if let Some(problem) = problem {
            all.take_unread(archive.to_owned(), problem);
        }
    }

    fn check_log(&self, log: OneLog<'_>) -> Outcome {
        let OneLog { name, archive, modified, number, bytes, meter } = log;
        let mut file = summary_of(name, archive);
        // Of an archive, the hash that is known is not that of a member.
        let is_known = self.settings.known_sha256.is_some() && file.archive.is_none();
        let is_hashed =
            self.settings.hash_logs || self.settings.known_sha256.is_some() && !is_known;
        let hash = is_hashed.then(|| Arc::new(Mutex::new(Sha256::new())));
        let hashed = Hashed { bytes, hash: hash.clone() };
        let mut unpacker = Unpacker::new(hashed, Limits::default());
        match unpacker.compression() {
            Ok(compression) => file.compression = compression.map(|it| it.name().to_owned()),
            Err(error) => return unread(file, self.problem(&error, 0)),
        }
        let report = |lines: u64| meter.report(lines);
        let mut text = Text::new(unpacker);
        if let Some(kind) = RecordKind::of(text.start()) {
            let reading = captures::Reading {
                layers: self.layers,
                log: number,
                names: &self.settings.names,
                zone: &self.settings.zone,
                report: &report,
                is_cancelled: &|| self.progress.is_cancelled(),
            };
            let mut side_cars = self.settings.archive.as_deref().map(|archive| {
                let about = self.about(&file.file, kind.name());
                let own = text.start().get(kind.identity_at()..).unwrap_or_default();
                RecordSegments::new(archive, about, own)
            });
            let ended = reading.read(kind, &mut text, &mut file, side_cars.as_mut());
            let failure = ended.failure.map(|error| (error, ended.offset));
            self.close(&mut file, failure, ended.is_cancelled, hash);
            note_not_archived(&mut file, side_cars.and_then(RecordSegments::into_failure));
            return (file, ended.gatherer, BlockStarts::new());
        }
        let encoding = text.encoding();
        file.encoding = encoding.name().map(str::to_owned);
        let mut blocks = Blocks::new(text);
        let times = TimeReading { zone: self.settings.zone.clone(), written: modified };

        let mut starts = BlockStarts::new();
        let mut first = Block::default();
        let (blank, mut failure) = pass_blank_blocks(&mut blocks, &mut first, &mut starts);
        let mut parser = None;
        if !first.bytes().is_empty() {
            match self.parser(&first) {
                Ok(found) => parser = Some(found),
                Err(problem) => {
                    let failed = failure.map(|error| self.problem(&error, blocks.offset()));
                    return unread(file, failed.unwrap_or(problem));
                }
            }
        }
        file.format = parser.as_ref().map(|it| it.format().name().to_owned());

        let mut is_cancelled = false;
        let mut not_archived = None;
        let mut founds = vec![blank];
        if let Some(parser) = parser {
            let other_formats = self.other_formats(parser.format());
            let reading = Reading {
                layers: self.layers,
                sieve: Sieve::over(self.layers),
                log: number,
                names: &self.settings.names,
                times: &times,
                encoding,
                other_formats: &other_formats,
                sender: None,
            };
            let first = Some(first);
            let progress = self.progress;
            let source = Source { blocks, parser, starts, first, failure, is_cancelled, progress };
            // Who talked to whom, the scan of any text does not tell.
            let is_scan = source.parser.format() == Format::Generic;
            let archive = self.settings.archive.as_deref().filter(|_| !is_scan);
            let segments = archive.map(|archive| {
                let about = self.about(&file.file, source.parser.format().name());
                Segments::new(archive, about, source.first.as_ref().unwrap_or(&Block::default()))
            });
            let source = Mutex::new(source);
            founds.extend(self.in_threads(&source, &reading, segments.as_ref(), &report));
            not_archived = segments.and_then(Segments::into_failure);
            let source = source.into_inner().unwrap_or_else(PoisonError::into_inner);
            Source { blocks, starts, failure, is_cancelled, .. } = source;
        }
        report(0);
        let failure = failure.map(|error| (error, blocks.offset()));
        self.close(&mut file, failure, is_cancelled, hash);
        note_not_archived(&mut file, not_archived);
        let gatherer = sum_up(&mut file, founds, &mut starts);
        if file.format.as_deref() == Some(Format::Generic.name()) {
            // A name in a line of text is no proof that a day was watched.
            file.days.clear();
        }
        (file, gatherer, starts)
    }

    /// What a side-car says of its log.
    fn about(&self, log: &str, format: &str) -> About {
        let (log, format) = (log.to_owned(), Some(format.to_owned()));
        About { log, site: self.settings.site.clone(), format, ..About::default() }
    }

    /// Notes how the reading of a log ended, and its hash when the whole of it was read.
    fn close(
        &self,
        file: &mut FileSummary,
        failure: Option<(io::Error, u64)>,
        is_cancelled: bool,
        hash: Option<Arc<Mutex<Sha256>>>,
    ) {
        if let Some((error, bytes)) = failure {
            file.problem = Some(self.problem(&error, bytes));
        } else if is_cancelled {
            file.problem = Some(Problem::Cancelled);
        } else if file.format.is_none() {
            // Nothing was seen because nothing was written: that is not the same as clean.
            file.problem = Some(Problem::Empty);
        } else if file.format.as_deref() == Some(Format::Generic.name()) {
            let is_chosen = self.settings.format.is_some();
            file.problem = Some(if is_chosen { Problem::ScannedOnly } else { Problem::NoFormat });
        }
        if file.problem.as_ref().is_none_or(Problem::is_of_file) {
            let computed = hash.map(|hash| {
                let hash = hash.lock().unwrap_or_else(PoisonError::into_inner).clone();
                hex::encode(hash.finalize())
            });
            file.sha256 = computed.or_else(|| self.settings.known_sha256.clone());
        }
    }

    /// Reads a log in as many threads as are set.
    fn in_threads(
        &self,
        source: &Mutex<Source<'_>>,
        reading: &Reading<'_>,
        segments: Option<&Segments<'_>>,
        report: &(dyn Fn(u64) + Sync),
    ) -> Vec<Found> {
        // Before any thread begins: no segment is done while a thread may still come to it.
        let parts = (0..self.settings.threads.max(1)).map(|_| segments.map(Segments::part));
        let mut parts: Vec<Option<Part<'_>>> = parts.collect();
        let work = |mut part: Option<Part<'_>>| {
            let mut found = Found::default();
            let mut block = Block::default();
            loop {
                let next = source.lock().unwrap_or_else(PoisonError::into_inner).next(&mut block);
                let Some((number, mut parser)) = next else { break };
                let side_car = part.as_mut().map(|part| part.of_block(&block));
                let not_parsed = found.lines_not_parsed;
                let lines = found.read(reading, (number, block.lines()), &mut parser, side_car);
                if let Some(part) = &mut part {
                    part.count(lines, found.lines_not_parsed - not_parsed);
                }
                report(lines);
            }
            let source = source.lock().unwrap_or_else(PoisonError::into_inner);
            let (is_stopped, is_cut) = (source.is_cancelled, source.failure.is_some());
            drop(source);
            if let Some(part) = part.filter(|_| !is_stopped) {
                part.finish(is_cut);
            }
            found
        };
        thread::scope(|scope| {
            let own = parts.pop().flatten();
            let others: Vec<_> = parts.into_iter().map(|part| scope.spawn(|| work(part))).collect();
            let own = work(own);
            let joined = others.into_iter().map(thread::ScopedJoinHandle::join);
            let joined =
                joined.map(|it| it.unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            std::iter::once(own).chain(joined).collect()
        })
    }

    /// The parser of a log by the setting or by its first block.
    fn parser(&self, first: &Block) -> Result<Parser, Problem> {
        let text = first.bytes().strip_prefix(b"\xef\xbb\xbf").unwrap_or(first.bytes());
        let text = text.trim_ascii_start();
        let sample = text.get(..SAMPLE_BYTES).unwrap_or(text);
        if let Some(kind) = packed_kind(sample) {
            return Err(Problem::Packed { kind: kind.to_owned() });
        }
        let detection = detect(sample);
        if detection.encoding != Encoding::Text {
            return Err(Problem::Binary);
        }
        if let Some(name) = &self.settings.format {
            let format: Format =
                name.parse().map_err(|_| Problem::UnknownFormat { name: name.clone() })?;
            let Some(columns) = self.settings.columns.clone().filter(|_| format.has_columns())
            else {
                return Ok(Parser::new(format));
            };
            let parser = Parser::with_columns(format, columns);
            return match parser.missing_column(sample) {
                Some(column) => Err(Problem::MissingColumn { column }),
                None => Ok(parser),
            };
        }
        Ok(Parser::new(detection.format.unwrap_or(Format::Generic)))
    }

    fn other_formats(&self, own: Format) -> Vec<Format> {
        if self.settings.format.is_some() { Vec::new() } else { other_formats(own) }
    }

    fn problem(&self, error: &io::Error, bytes: u64) -> Problem {
        if self.progress.is_cancelled() { Problem::Cancelled } else { Problem::of(error, bytes) }
    }
}

/// The log was read, so its hash stands and what is sent of it counts.
fn note_not_archived(file: &mut FileSummary, failure: Option<io::Error>) {
    if let Some(error) = failure {
        file.problem.get_or_insert(Problem::NotArchived { detail: error.to_string() });
    }
}

/// What else a line of a log may be. Some formats mean nothing without their header, and one request
/// does not tell whether it is a proxy's.
pub(crate) fn other_formats(own: Format) -> Vec<Format> {
    let may_be =
        |it: &Format| *it != own && it.is_detected() && !it.has_header() && *it != Format::WebProxy;
    Format::ALL.into_iter().filter(may_be).collect()
}

/// Passes blocks of white space at the start of a log; gives their lines, and leaves the first block
/// that has more in `block`, empty when there is none.
fn pass_blank_blocks(
    blocks: &mut Log<'_>,
    block: &mut Block,
    starts: &mut BlockStarts,
) -> (Found, Option<io::Error>) {
    let mut blank = Found::default();
    loop {
        let failure = blocks.read_into(block);
        let bytes = block.bytes();
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let is_blank = !bytes.is_empty() && text.iter().all(u8::is_ascii_whitespace);
        if !is_blank || block.is_cut {
            return (blank, failure);
        }
        let lines = bytes.split_inclusive(|byte| *byte == b'\n').count() as u64;
        blank.block_lines.push((starts.len(), lines));
        starts.push((block.offset, 0));
        if failure.is_some() {
            *block = Block::default();
            return (blank, failure);
        }
    }
}

/// Lets a parser see the header lines of a block, which the next block is read by; tells whether there are any.
pub(crate) fn pass_headers(parser: &mut Parser, block: &[u8]) -> bool {
    if parser.awaits_first_line() {
        let mut lines =
            block.split(|b| *b == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        if let Some(first) = lines.find(|line| !line.is_empty()) {
            parser.read_line(first, &mut |_| {});
        }
        return true;
    }
    if !parser.is_header(b"#") {
        return false;
    }
    let mut has_headers = false;
    // Windows programs put a byte order mark before the first line.
    let block = block.strip_prefix(b"\xef\xbb\xbf").unwrap_or(block);
    let mut passed = 0;
    // It may stand behind a syslog header.
    for at in memchr::memchr_iter(b'#', block) {
        if at < passed {
            continue;
        }
        let before = block.get(passed..at).unwrap_or_default();
        let start = memchr::memrchr(b'\n', before).map_or(passed, |feed| passed + feed + 1);
        let tail = block.get(start..).unwrap_or_default();
        let line = tail.split(|b| *b == b'\n').next().unwrap_or_default();
        passed = start + line.len();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if parser.is_header(line) {
            parser.read_line(line, &mut |_| {});
            has_headers = true;
        }
    }
    has_headers
}

fn sum_up(file: &mut FileSummary, founds: Vec<Found>, starts: &mut BlockStarts) -> Gatherer {
    let mut gatherer = Gatherer::default();
    let (mut samples, mut days) = (Vec::new(), BTreeSet::new());
    let mut block_lines = Vec::new();
    for found in founds {
        file.lines_matched += found.lines_matched;
        file.lines_not_parsed += found.lines_not_parsed;
        file.lines_ruled_out += found.lines_ruled_out;
        for (format, lines) in found.lines_of_others {
            *file.other_formats.entry(format.to_owned()).or_default() += lines;
        }
        samples.extend(found.samples);
        days.extend(found.days);
        block_lines.extend(found.block_lines);
        gatherer.merge(found.gatherer);
    }
    block_lines.sort_unstable();
    for (start, (_, lines)) in starts.iter_mut().zip(block_lines) {
        start.1 = file.lines_read;
        file.lines_read += lines;
    }
    samples.sort_by_key(|(_, sample)| sample.offset);
    for (block, mut sample) in samples.into_iter().take(SAMPLES) {
        sample.line_number += starts.get(block).map_or(0, |start| start.1);
        file.not_parsed_samples.push(sample);
    }
    file.days = days.into_iter().collect();
    gatherer
}

/// How much of a file was read, and who is told.
struct Meter<'r> {
    raw_bytes: AtomicU64,
    reported: AtomicU64,
    progress: &'r dyn Progress,
}

impl<'r> Meter<'r> {
    fn new(progress: &'r dyn Progress) -> Self {
        Self { raw_bytes: AtomicU64::new(0), reported: AtomicU64::new(0), progress }
    }

    fn report(&self, lines: u64) {
        let raw = self.raw_bytes.load(Ordering::Relaxed);
        let before = self.reported.fetch_max(raw, Ordering::Relaxed);
        self.progress.advanced(raw.saturating_sub(before), lines);
    }
}

/// The raw bytes of a file, counted on their way. Stops when the run does, for a line or an archive
/// without end too.
struct RawBytes<'r> {
    bytes: Box<dyn Read + Send>,
    meter: &'r Meter<'r>,
}

impl Read for RawBytes<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.meter.progress.is_cancelled() {
            return Err(io::Error::other("stopped"));
        }
        let read = self.bytes.read(buffer)?;
        self.meter.raw_bytes.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// The bytes of a log, hashed on their way when that was asked for.
struct Hashed<'r> {
    bytes: Box<dyn Read + Send + 'r>,
    hash: Option<Arc<Mutex<Sha256>>>,
}

impl Read for Hashed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(buffer)?;
        if let Some(hash) = &self.hash {
            let mut hash = hash.lock().unwrap_or_else(PoisonError::into_inner);
            hash.update(buffer.get(..read).unwrap_or_default());
        }
        Ok(read)
    }
}
