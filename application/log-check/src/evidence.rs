//! Lines of a log by their places.

use unpacking::{Limits, Unpacker};

use crate::LogInput;
use crate::blocks::{Block, Blocks};
use crate::text::Text;

/// How much of a line is shown, in bytes.
const LONGEST_LINE: usize = 2048;

/// The number and text of the line at each offset, as far as the log can be read; `offsets` in
/// order. One pass, and no further than the last of them.
pub(crate) fn lines_at(log: LogInput, offsets: &[u64]) -> Vec<Option<(u64, String)>> {
    let mut found = vec![None; offsets.len()];
    let Ok(bytes) = log.bytes else { return found };
    let text = Text::new(Unpacker::new(bytes, Limits::default()));
    let encoding = text.encoding();
    let mut blocks = Blocks::new(text);
    let mut block = Block::default();
    let mut wanted = offsets.iter().zip(&mut found).peekable();
    let mut lines_before = 0;
    while wanted.peek().is_some() {
        let failure = blocks.read_into(&mut block);
        if block.bytes().is_empty() {
            break;
        }
        let mut offset = block.offset;
        // What stands behind the last end of a line is the next block's.
        let lines = block.bytes().strip_suffix(b"\n").unwrap_or(block.bytes());
        for (number, line) in (lines_before + 1..).zip(lines.split(|b| *b == b'\n')) {
            while let Some((_, place)) = wanted.next_if(|(at, _)| **at == offset) {
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                let shown = line.get(..LONGEST_LINE).unwrap_or(line);
                *place = Some((number, String::from_utf8_lossy(shown).into_owned()));
            }
            offset += encoding.width(line) + encoding.width(b"\n");
        }
        // A place that no line begins at: the log is not the one that was read.
        while wanted.next_if(|(at, _)| **at < offset).is_some() {}
        lines_before += memchr::memchr_iter(b'\n', block.bytes()).count() as u64;
        lines_before += u64::from(block.is_cut);
        if failure.is_some() {
            break;
        }
    }
    found
}
