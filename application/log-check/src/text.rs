//! The text of a log: UTF-16 becomes UTF-8, everything else stays as it is.

use std::io::{self, Cursor, Read};

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE};

use crate::records::RecordKind;

/// How much of a log decides how it is written, in bytes.
const SAMPLE_BYTES: u64 = 8 << 10;
/// How much UTF-16 is turned at a time, in bytes.
const CHUNK_BYTES: usize = 64 << 10;

/// How a log is written. Windows programs that save or redirect text make UTF-16 of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// ASCII, UTF-8, or another code whose ASCII part is ASCII.
    #[default]
    Bytes,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
}

impl Encoding {
    /// The name used in outputs; `None` for what is read as it is.
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Self::Bytes => None,
            Self::Utf16Le => Some("utf-16le"),
            Self::Utf16Be => Some("utf-16be"),
        }
    }

    /// How many bytes of the log a piece of its text takes; the piece may be cut anywhere.
    pub(crate) fn width(self, text: &[u8]) -> u64 {
        if self == Self::Bytes {
            return text.len() as u64;
        }
        // One unit a character, two for those beyond the basic plane: their UTF-8 has four bytes.
        let units = |byte: &u8| match byte {
            0x80..0xc0 => 0,
            0xf0.. => 2,
            _ => 1,
        };
        text.iter().map(units).sum::<u64>() * 2
    }

    /// By a byte order mark, or by every other byte of nearly all being zero.
    fn of(sample: &[u8]) -> Self {
        match sample {
            [0xff, 0xfe, ..] => return Self::Utf16Le,
            [0xfe, 0xff, ..] => return Self::Utf16Be,
            _ => {}
        }
        let (mut even, mut odd) = (0, 0);
        for pair in sample.chunks_exact(2) {
            even += usize::from(pair.first() == Some(&0));
            odd += usize::from(pair.last() == Some(&0));
        }
        let pairs = sample.len() / 2;
        let is_most = |count: usize| count > 0 && count * 10 > pairs * 9;
        let is_few = |count: usize| count * 20 <= pairs;
        if is_most(odd) && is_few(even) {
            Self::Utf16Le
        } else if is_most(even) && is_few(odd) {
            Self::Utf16Be
        } else {
            Self::Bytes
        }
    }
}

/// Reads the text of a log.
pub(crate) struct Text<R> {
    start: Cursor<Vec<u8>>,
    /// What kept the start from being read whole.
    failure: Option<io::Error>,
    reader: R,
    encoding: Encoding,
    origin: u64,
    turning: Option<Turning>,
}

struct Turning {
    decoder: Decoder,
    text: Cursor<Vec<u8>>,
    is_at_end: bool,
}

impl<R: Read> Text<R> {
    /// Reads the first bytes of a log to tell how it is written.
    pub(crate) fn new(mut reader: R) -> Self {
        let mut start = Vec::new();
        let failure = reader.by_ref().take(SAMPLE_BYTES).read_to_end(&mut start).err();
        let has_records = RecordKind::of(&start).is_some();
        let encoding = if has_records { Encoding::Bytes } else { Encoding::of(&start) };
        let has_mark = start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff");
        let origin = if has_mark { 2 } else { 0 };
        let decoder = match encoding {
            Encoding::Bytes => None,
            Encoding::Utf16Le => Some(UTF_16LE.new_decoder_without_bom_handling()),
            Encoding::Utf16Be => Some(UTF_16BE.new_decoder_without_bom_handling()),
        };
        let mut start = Cursor::new(start);
        start.set_position(origin);
        let turning =
            decoder.map(|decoder| Turning { decoder, text: Cursor::default(), is_at_end: false });
        Self { start, failure, reader, encoding, origin, turning }
    }

    /// Its first bytes, as they are, up to 8 KiB.
    pub(crate) fn start(&self) -> &[u8] {
        self.start.get_ref()
    }

    /// How the log is written.
    pub(crate) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Where the text begins in the log: behind the mark of UTF-16.
    pub(crate) fn origin(&self) -> u64 {
        self.origin
    }

    fn read_raw(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let read = self.start.read(target)?;
        if read > 0 {
            return Ok(read);
        }
        match self.failure.take() {
            Some(error) => Err(error),
            None => self.reader.read(target),
        }
    }
}

impl<R: Read> Read for Text<R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let Some(mut turning) = self.turning.take() else { return self.read_raw(target) };
        let read = turning.read(target, |raw| self.read_raw(raw));
        self.turning = Some(turning);
        read
    }
}

impl Turning {
    fn read(
        &mut self,
        target: &mut [u8],
        mut read_raw: impl FnMut(&mut [u8]) -> io::Result<usize>,
    ) -> io::Result<usize> {
        loop {
            let read = self.text.read(target)?;
            if read > 0 || self.is_at_end || target.is_empty() {
                return Ok(read);
            }
            let mut raw = vec![0; CHUNK_BYTES];
            let length = read_raw(&mut raw)?;
            raw.truncate(length);
            self.is_at_end = length == 0;
            let mut text = std::mem::take(&mut self.text).into_inner();
            text.clear();
            text.resize(self.decoder.max_utf8_buffer_length(length).unwrap_or(length * 3 + 16), 0);
            let (result, _, written, _) =
                self.decoder.decode_to_utf8(&raw, &mut text, self.is_at_end);
            // The buffer is as large as the decoder asked for.
            debug_assert_eq!(result, CoderResult::InputEmpty);
            text.truncate(written);
            self.text = Cursor::new(text);
        }
    }
}

/// Packed in a way that is not read here, by the first bytes.
pub(crate) fn packed_kind(start: &[u8]) -> Option<&'static str> {
    let starts: [(&[u8], &str); 6] = [
        (b"PK\x03\x04", "zip"),
        (b"PK\x05\x06", "zip"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"Rar!\x1a\x07", "rar"),
        (b"\xfd7zXZ\0", "xz"),
        (b"BZh", "bzip2"),
    ];
    let found = starts.iter().find(|(magic, _)| start.starts_with(magic));
    let is_tar = || start.get(257..262) == Some(b"ustar");
    match found {
        Some((magic, kind)) if *magic != b"BZh" || start.get(4..7) == Some(b"1AY") => Some(kind),
        _ if is_tar() => Some("tar"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_piece_of_a_text_has_the_width_it_has_in_the_log() {
        let text = "a ế\u{1f600}\u{fffd}\n";
        let raw: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for at in 0..=text.len() {
            let (left, right) = text.as_bytes().split_at(at);
            let width = Encoding::Utf16Le.width(left) + Encoding::Utf16Le.width(right);
            assert_eq!(width, raw.len() as u64);
            assert_eq!(Encoding::Bytes.width(left), at as u64);
        }
    }

    #[test]
    fn utf16_is_told_by_its_mark_or_its_zeroes() {
        let check = |bytes: &[u8], expected| assert_eq!(Encoding::of(bytes), expected, "{bytes:?}");
        check(b"\xff\xfea\0", Encoding::Utf16Le);
        check(b"\xfe\xff\0a", Encoding::Utf16Be);
        check(b"N\0o\0v\0 \x002\x004\0", Encoding::Utf16Le);
        check(b"\0N\0o\0v\0 \x002\x004", Encoding::Utf16Be);
        check(b"Nov 24", Encoding::Bytes);
        check(b"", Encoding::Bytes);
        check(b"\0", Encoding::Bytes);
        check(b"\0\0\0\0", Encoding::Bytes);
        check(b"Nov\0\0 24", Encoding::Bytes);
    }

    #[test]
    fn text_is_turned_in_any_chunks_and_broken_units_are_marked() {
        let text = "dòng một\nhai \u{1f600}\n".repeat(9_000);
        for (mark, to_bytes) in [
            (&b"\xff\xfe"[..], u16::to_le_bytes as fn(u16) -> [u8; 2]),
            (b"\xfe\xff", u16::to_be_bytes),
        ] {
            let mut raw = mark.to_vec();
            raw.extend(text.encode_utf16().flat_map(to_bytes));
            assert_eq!(io::read_to_string(Text::new(raw.as_slice())).unwrap(), text);
        }
        let broken = io::read_to_string(Text::new(&b"\xff\xfea\0\x00\xd8b\0c"[..])).unwrap();
        assert_eq!(broken, "a\u{fffd}b\u{fffd}");
    }

    #[test]
    fn archives_are_told_by_their_first_bytes() {
        let check = |start: &[u8], expected| assert_eq!(packed_kind(start), expected);
        check(b"PK\x03\x04....", Some("zip"));
        check(b"BZh91AY&SY", Some("bzip2"));
        check(b"BZhello", None);
        let mut tar = vec![0; 512];
        tar.splice(257..262, *b"ustar");
        check(&tar, Some("tar"));
        check(b"24-Nov-2026", None);
    }
}
