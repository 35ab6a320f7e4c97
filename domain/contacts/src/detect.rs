//! Which format a log is.

use crate::{Format, LineKind, Parser};

/// How many lines are tried.
const LINES: usize = 200;

/// What the first bytes of a log say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detection {
    /// The format that understands the most lines; `None` when all formats together do not
    /// understand half of them.
    pub format: Option<Format>,
    /// How the bytes are written.
    pub encoding: Encoding,
    /// Lines tried.
    pub lines: usize,
    /// Lines that the format understands.
    pub understood: usize,
    /// Lines that any format understands: more than that, and several programs wrote the log.
    pub covered: usize,
}

/// How bytes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// ASCII, UTF-8, or another code whose ASCII part is ASCII.
    Text,
    /// UTF-16, which no log program here writes: somebody saved it again.
    Utf16,
    /// Not text.
    Binary,
}

/// Tells the format of a log from its first bytes (64 KiB are plenty). A line cut off at the end
/// of the sample is not tried, unless it is the only one.
pub fn detect(sample: &[u8]) -> Detection {
    let encoding = encoding(sample);
    if encoding != Encoding::Text {
        return Detection { format: None, encoding, lines: 0, understood: 0, covered: 0 };
    }
    let sample = sample.strip_prefix(b"\xef\xbb\xbf").unwrap_or(sample);
    let mut lines: Vec<&[u8]> = sample.split(|b| *b == b'\n').map(without_end).collect();
    if lines.len() > 1 {
        lines.pop();
    }
    lines.retain(|line| !line.is_empty());
    lines.truncate(LINES);
    let mut best = (None, 0);
    let mut covered = vec![false; lines.len()];
    for format in Format::ALL.into_iter().filter(|it| it.is_detected()) {
        let understood = understood(format, &lines);
        let count = understood.iter().filter(|it| **it).count();
        if count * weight(format) > best.1 * best.0.map_or(1, weight) {
            best = (Some(format), count);
        }
        for (covered, is_understood) in covered.iter_mut().zip(understood) {
            *covered |= is_understood;
        }
    }
    let covered = covered.iter().filter(|it| **it).count();
    let (format, understood) = best;
    let format = format.filter(|_| covered * 2 >= lines.len());
    Detection { format, encoding, lines: lines.len(), understood, covered }
}

/// A proxy's log is a web server's as well to the eye: it counts when more than half of the
/// requests are a proxy's.
fn weight(format: Format) -> usize {
    if format == Format::WebProxy { 2 } else { 1 }
}

/// Which lines a format understands, when it gives contacts or has a header. Lines that a format
/// merely passes over (other programs' messages) speak for nobody.
fn understood(format: Format, lines: &[&[u8]]) -> Vec<bool> {
    let mut parser = Parser::new(format);
    let mut contacts = 0;
    let mut is_understood = |line: &&[u8]| {
        let before = contacts;
        let kind = parser.read_line(line, &mut |_| contacts += 1);
        let is_silent = format == Format::WebProxy && contacts == before;
        kind == LineKind::Understood && !is_silent
    };
    let understood: Vec<bool> = lines.iter().map(&mut is_understood).collect();
    let has_header = |start: &[u8]| lines.iter().any(|line| line.starts_with(start));
    let is_known = match format {
        Format::ZeekTsv => has_header(b"#fields\t"),
        Format::W3c => has_header(b"#Fields:") && understood.iter().all(|it| *it),
        _ => false,
    };
    if contacts > 0 || is_known { understood } else { vec![false; lines.len()] }
}

fn without_end(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn encoding(sample: &[u8]) -> Encoding {
    if sample.starts_with(b"\xff\xfe") || sample.starts_with(b"\xfe\xff") {
        return Encoding::Utf16;
    }
    let zeroes = memchr::memchr_iter(0, sample).count();
    if zeroes * 3 > sample.len() && zeroes * 3 < sample.len() * 2 {
        return Encoding::Utf16;
    }
    let is_control = |b: &&u8| **b < b' ' && !matches!(**b, b'\t' | b'\n' | b'\r' | 0x1b);
    let controls = sample.iter().filter(is_control).count();
    if controls * 50 > sample.len() { Encoding::Binary } else { Encoding::Text }
}
