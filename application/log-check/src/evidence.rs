//! Lines and records of a log by their places.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::Read;

use hunting::{SideCarBuilder, Trace};
use unpacking::{Limits, Unpacker};

use crate::LogInput;
use crate::blocks::{Block, Blocks};
use crate::captures::CHUNK_BYTES;
use crate::everything::{Everything, Proof, Told};
use crate::records::{RecordKind, RecordReader};
use crate::text::Text;

/// How much of a line is shown, in bytes.
const LONGEST_LINE: usize = 2048;

/// The number and text of what each trace was left by, as far as the log can be read; `traces` in the
/// order of their offsets. One pass, and no further than the last of them.
pub(crate) fn evidence_of(log: LogInput, traces: &[&Trace]) -> Vec<Option<(u64, String)>> {
    let Ok(bytes) = log.bytes else { return vec![None; traces.len()] };
    let text = Text::new(Unpacker::new(bytes, Limits::default()));
    match RecordKind::of(text.start()) {
        Some(kind) => records_at(kind, text, traces),
        None => lines_at(text, traces),
    }
}

fn lines_at(text: Text<impl Read>, traces: &[&Trace]) -> Vec<Option<(u64, String)>> {
    let mut found = vec![None; traces.len()];
    let encoding = text.encoding();
    let mut blocks = Blocks::new(text);
    let mut block = Block::default();
    let mut wanted = traces.iter().map(|it| it.offset).zip(&mut found).peekable();
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
            while let Some((_, place)) = wanted.next_if(|(at, _)| *at == offset) {
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                let shown = line.get(..LONGEST_LINE).unwrap_or(line);
                *place = Some((number, String::from_utf8_lossy(shown).into_owned()));
            }
            offset += encoding.width(line) + encoding.width(b"\n");
        }
        // A place that no line begins at: the log is not the one that was read.
        while wanted.next_if(|(at, _)| *at < offset).is_some() {}
        lines_before += memchr::memchr_iter(b'\n', block.bytes()).count() as u64;
        lines_before += u64::from(block.is_cut);
        if failure.is_some() {
            break;
        }
    }
    found
}

/// Several records may stand at one offset, in one packet or one packed block: the contact tells them
/// apart.
fn records_at(
    kind: RecordKind,
    mut bytes: Text<impl Read>,
    traces: &[&Trace],
) -> Vec<Option<(u64, String)>> {
    let mut found = vec![None; traces.len()];
    let mut wanted: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (number, trace) in traces.iter().enumerate() {
        wanted.entry(trace.offset).or_default().push(number);
    }
    let mut reader = RecordReader::new(kind);
    let open = Cell::new(traces.len());
    let mut look = |told: Told<'_>| {
        let Told::Contact(proof) = told else { return };
        let Some(numbers) = wanted.get_mut(&proof.offset) else { return };
        numbers.retain(|number| {
            let is_it = traces.get(*number).is_some_and(|trace| is_proof(&proof, trace));
            if let Some(place) = found.get_mut(*number).filter(|_| is_it) {
                let mut text = (proof.text)();
                text.truncate(text.floor_char_boundary(LONGEST_LINE));
                *place = Some((proof.number, text));
                open.set(open.get() - 1);
            }
            !is_it
        });
        if numbers.is_empty() {
            wanted.remove(&proof.offset);
        }
    };
    let mut buffer = vec![0; CHUNK_BYTES];
    while open.get() > 0
        && let Ok(read @ 1..) = bytes.read(&mut buffer)
    {
        reader.push(buffer.get(..read).unwrap_or_default(), &mut Everything(&mut look));
    }
    reader.finish(&mut Everything(&mut look));
    found
}

fn is_proof(proof: &Proof<'_>, trace: &Trace) -> bool {
    let mut contact = SideCarBuilder::default();
    proof.add_to(&mut contact);
    contact.devices().any(|it| it == trace.device)
        && contact.destinations().any(|it| it == trace.destination)
}
