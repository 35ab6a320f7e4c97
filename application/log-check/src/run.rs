//! The run: logs in, report out.

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;

use contacts::{Encoding, Format, Parser, TimeReading, detect};
use matching::{Gatherer, Index, Place};
use sha2::{Digest, Sha256};

use crate::blocks::{Block, Blocks};
use crate::worker::{Found, SAMPLES};
use crate::{CheckReport, FileSummary, LogInput, Problem, Progress, Settings, Summary};

/// How much of a log decides its format, in bytes.
const SAMPLE_BYTES: usize = 64 << 10;

/// Where each block of a log begins: its offset and the lines before it.
type BlockStarts = Vec<(u64, u64)>;

/// Matches logs against an index.
///
/// Memory is bounded by the index, a few blocks of 2 MB a thread, and the sightings. A log with a
/// problem is in the summary with what was read of it; the run goes on with the next.
pub fn check_logs(
    index: &Index,
    inputs: Vec<LogInput>,
    settings: &Settings,
    progress: &dyn Progress,
) -> CheckReport {
    let mut gatherer = Gatherer::default();
    let mut summary = Summary { complete: true, ..Summary::default() };
    let mut starts: Vec<BlockStarts> = Vec::new();
    for (log, input) in (0_u32..).zip(inputs) {
        let run = Run { index, settings, progress, log };
        let (file, found, block_starts) = run.check(input);
        summary.lines_read += file.lines_read;
        summary.lines_matched += file.lines_matched;
        summary.lines_not_parsed += file.lines_not_parsed;
        summary.complete &= file.problem.is_none() && file.lines_not_parsed == 0;
        summary.files.push(file);
        starts.push(block_starts);
        gatherer.merge(found);
    }
    summary.complete &= !gatherer.is_full();
    let locate = |place: Place| {
        let log = place.log as usize;
        let file = summary.files.get(log).map(|it| it.file.clone()).unwrap_or_default();
        let block = starts.get(log).and_then(|starts| {
            let at = starts.partition_point(|start| start.0 <= place.offset).checked_sub(1)?;
            starts.get(at)
        });
        (file, block.map_or(0, |block| block.1) + place.line)
    };
    let sightings = gatherer.finish(index, locate);
    CheckReport { sightings, summary }
}

struct Run<'r> {
    index: &'r Index,
    settings: &'r Settings,
    progress: &'r dyn Progress,
    log: u32,
}

type Job = (usize, Block, Parser);

impl Run<'_> {
    fn check(&self, input: LogInput) -> (FileSummary, Gatherer, BlockStarts) {
        let mut file = FileSummary { file: input.name, ..FileSummary::default() };
        let bytes = match input.bytes {
            Ok(bytes) => bytes,
            Err(error) => {
                file.problem = Some(Problem::Unreadable { detail: error.to_string() });
                return (file, Gatherer::default(), Vec::new());
            }
        };
        let counted = Arc::new(AtomicU64::new(0));
        let hash = self.settings.hash_logs.then(|| Arc::new(Mutex::new(Sha256::new())));
        let raw = RawBytes { bytes, counted: Arc::clone(&counted), hash: hash.clone() };
        let mut blocks = Blocks::new(raw);
        let reading = TimeReading { zone: self.settings.zone.clone(), written: input.modified };
        let (first, mut failure) = blocks.next_block();
        let parser = match self.parser(&first) {
            Ok(Some(parser)) => parser,
            Ok(None) => return (file, Gatherer::default(), Vec::new()),
            Err(problem) => {
                let failed = failure.map(|error| interrupted(0, &error));
                file.problem = Some(failed.unwrap_or(problem));
                return (file, Gatherer::default(), Vec::new());
            }
        };
        file.format = Some(parser.format().name().to_owned());

        let mut starts = BlockStarts::new();
        let mut is_cancelled = false;
        let threads = self.settings.threads.max(1);
        let (sender, receiver) = mpsc::sync_channel::<Job>(threads);
        let receiver = Mutex::new(receiver);
        let reported = AtomicU64::new(0);
        let founds: Vec<Found> = thread::scope(|scope| {
            let work = || {
                let mut found = Found::default();
                loop {
                    let job = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok((number, block, mut parser)) = job else { return found };
                    let place = (self.log, &reading);
                    let lines = found.read(self.index, (number, &block), &mut parser, place);
                    let raw = counted.load(Ordering::Relaxed);
                    let before = reported.fetch_max(raw, Ordering::Relaxed);
                    self.progress.advanced(raw.saturating_sub(before), lines);
                }
            };
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            let mut parser = parser;
            let mut block = first;
            while !block.bytes.is_empty() {
                starts.push((block.offset, 0));
                let before = parser.clone();
                pass_headers(&mut parser, &block.bytes);
                if sender.send((starts.len() - 1, block, before)).is_err() || failure.is_some() {
                    break;
                }
                is_cancelled = self.progress.is_cancelled();
                if is_cancelled {
                    break;
                }
                (block, failure) = blocks.next_block();
            }
            drop(sender);
            let joined = workers.into_iter().map(thread::ScopedJoinHandle::join);
            joined.map(|it| it.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        });
        if let Some(error) = failure {
            file.problem = Some(interrupted(blocks.offset(), &error));
        } else if is_cancelled {
            file.problem = Some(Problem::Cancelled);
        } else if let Some(hash) = hash {
            let hash = hash.lock().unwrap_or_else(PoisonError::into_inner).clone();
            file.sha256 = Some(hex::encode(hash.finalize()));
        }
        let gatherer = sum_up(&mut file, founds, &mut starts);
        (file, gatherer, starts)
    }

    /// The parser of a log by the setting or by its first block; `None` for an empty log.
    fn parser(&self, first: &Block) -> Result<Option<Parser>, Problem> {
        if first.bytes.iter().all(u8::is_ascii_whitespace) && !first.is_cut {
            return Ok(None);
        }
        let sample = first.bytes.get(..SAMPLE_BYTES).unwrap_or(&first.bytes);
        let detection = detect(sample);
        match detection.encoding {
            Encoding::Utf16 => return Err(Problem::Utf16),
            Encoding::Binary => return Err(Problem::Binary),
            Encoding::Text => {}
        }
        if let Some(name) = &self.settings.format {
            let format: Format =
                name.parse().map_err(|_| Problem::UnknownFormat { name: name.clone() })?;
            return Ok(Some(Parser::new(format)));
        }
        detection.format.map(|format| Some(Parser::new(format))).ok_or(Problem::NoFormat)
    }
}

/// Lets a parser see the header lines of a block, which the next block is read by.
fn pass_headers(parser: &mut Parser, block: &[u8]) {
    if !parser.is_header(b"#") {
        return;
    }
    let inner = memchr::memmem::find_iter(block, b"\n#").map(|at| at + 1);
    for at in (0..1).chain(inner) {
        let tail = block.get(at..).unwrap_or_default();
        let line = tail.split(|b| *b == b'\n').next().unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if parser.is_header(line) {
            parser.read_line(line, &mut |_| {});
        }
    }
}

fn sum_up(file: &mut FileSummary, founds: Vec<Found>, starts: &mut BlockStarts) -> Gatherer {
    let mut gatherer = Gatherer::default();
    let (mut samples, mut days) = (Vec::new(), BTreeSet::new());
    let mut block_lines = Vec::new();
    for found in founds {
        file.lines_matched += found.lines_matched;
        file.lines_not_parsed += found.lines_not_parsed;
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

fn interrupted(bytes: u64, error: &io::Error) -> Problem {
    Problem::Interrupted { bytes, detail: error.to_string() }
}

/// The raw bytes of a log, counted and, when asked, hashed on their way.
struct RawBytes {
    bytes: Box<dyn Read + Send>,
    counted: Arc<AtomicU64>,
    hash: Option<Arc<Mutex<Sha256>>>,
}

impl Read for RawBytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(buffer)?;
        self.counted.fetch_add(read as u64, Ordering::Relaxed);
        if let Some(hash) = &self.hash {
            let mut hash = hash.lock().unwrap_or_else(PoisonError::into_inner);
            hash.update(buffer.get(..read).unwrap_or_default());
        }
        Ok(read)
    }
}
