//! Lines of one block into hits.

use std::collections::BTreeSet;

use contacts::{LineKind, Parser, TimeReading};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use matching::{Gatherer, Index, Matcher, Place};

use crate::NotParsed;
use crate::blocks::{Block, LONGEST_LINE};

/// How many lines that were not understood are shown.
pub(crate) const SAMPLES: usize = 5;

/// What one thread found in its blocks of one log.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) gatherer: Gatherer,
    pub(crate) lines_matched: u64,
    pub(crate) lines_not_parsed: u64,
    /// Block number and sample; the line number counts within the block.
    pub(crate) samples: Vec<(usize, NotParsed)>,
    /// Lines of each block, by its number.
    pub(crate) block_lines: Vec<(usize, u64)>,
    pub(crate) days: BTreeSet<Date>,
}

impl Found {
    /// Reads the lines of a block. Evidence carries the line's number within the block; its offset
    /// tells the block.
    pub(crate) fn read(
        &mut self,
        index: &Index,
        (number, block): (usize, &Block),
        parser: &mut Parser,
        (log, reading): (u32, &TimeReading),
    ) -> u64 {
        let mut matcher = Matcher::new(index);
        let times = Parser::new(parser.format());
        let (mut first, mut last): (Option<Timestamp>, Option<Timestamp>) = (None, None);
        let mut lines = 0;
        let mut offset = block.offset;
        let mut rest = block.bytes.as_slice();
        while !rest.is_empty() {
            let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
            let (whole, after) = rest.split_at_checked(end).unwrap_or((rest, b""));
            rest = after;
            lines += 1;
            let line = whole.strip_suffix(b"\n").unwrap_or(whole);
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            // Windows programs put a byte order mark before the first line.
            let line =
                if offset == 0 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) } else { line };
            let place = Place { log, offset, line: lines };
            offset += whole.len() as u64;
            if line.is_empty() {
                continue;
            }
            if block.is_cut || line.len() > LONGEST_LINE {
                self.refuse(number, place, line);
                continue;
            }
            let mut is_matched = false;
            let is_edge = first.is_none() || rest.is_empty();
            let kind = parser.read_line(line, &mut |contact| {
                if is_edge && let Some(time) = times.timestamp(contact, reading) {
                    first = first.or(Some(time));
                    last = Some(time);
                }
                if let Some(hit) = matcher.examine(contact) {
                    is_matched = true;
                    self.gatherer.add(&hit, times.timestamp(contact, reading), place, line);
                }
            });
            self.lines_matched += u64::from(is_matched);
            if kind == LineKind::NotParsed {
                self.refuse(number, place, line);
            }
        }
        self.block_lines.push((number, lines));
        self.cover(first, last);
        lines
    }

    fn refuse(&mut self, block: usize, place: Place, line: &[u8]) {
        self.lines_not_parsed += 1;
        if self.samples.len() < SAMPLES {
            let text = String::from_utf8_lossy(line.get(..200).unwrap_or(line)).into_owned();
            let sample = NotParsed { line_number: place.line, offset: place.offset, text };
            self.samples.push((block, sample));
        }
    }

    fn cover(&mut self, first: Option<Timestamp>, last: Option<Timestamp>) {
        let day = |time: Timestamp| time.to_zoned_datetime(TimeZone::UTC).date();
        let (Some(first), Some(last)) = (first.map(day), last.map(day)) else { return };
        self.days.extend([first, last]);
        // A clock that jumped must not make a month of monitoring out of two lines.
        let mut at = first;
        for _ in 0..31 {
            let Ok(next) = at.tomorrow() else { return };
            if next >= last {
                return;
            }
            self.days.insert(next);
            at = next;
        }
    }
}
