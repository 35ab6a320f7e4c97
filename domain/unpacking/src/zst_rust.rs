//! zstd without C, for browsers. Tested beside the decompressor in C, which everything else uses.

use std::error::Error;
use std::io::{self, BufRead as _, Read};

use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use crate::source::Source;
use crate::zst::{MAGIC, is_frame, is_skippable};
use crate::{Compression, UnpackError};

/// The largest window a frame may ask for, in bytes: as much as the decompressor in C takes.
const LARGEST_WINDOW: u64 = 128 << 20;
/// The bytes of a skippable frame before its content (RFC 8878 section 3.1.2).
const SKIPPABLE_HEADER: usize = 8;

/// A stream of frames.
pub(crate) struct Frames<R> {
    pub(crate) source: Source<R>,
    decoder: FrameDecoder,
    is_within: bool,
    is_ended: bool,
}

impl<R: Read> Frames<R> {
    #[allow(clippy::unnecessary_wraps, reason = "the shape of the decompressor in C")]
    pub(crate) fn new(source: Source<R>) -> io::Result<Self> {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(LARGEST_WINDOW);
        Ok(Self { source, decoder, is_within: false, is_ended: false })
    }

    /// Unpacks into `target`, which has room; 0 at the end.
    pub(crate) fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        if self.is_ended {
            return Ok(0);
        }
        let read = self.step(target);
        self.is_ended = !matches!(read, Ok(read) if read > 0);
        read
    }

    fn step(&mut self, target: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.is_within {
                let start = self.source.peek(MAGIC.len())?;
                if !is_frame(start) {
                    return if self.source.rest_is_padding()? {
                        Ok(0)
                    } else {
                        Err(UnpackError::TrailingBytes(Compression::Zstd).into())
                    };
                }
                if is_skippable(start) {
                    self.skip()?;
                    continue;
                }
                let opened = self.decoder.reset(&mut self.source);
                opened.map_err(|error| self.reason(&error))?;
                self.is_within = true;
            }
            let read = self.decoder.read(target)?;
            if read > 0 {
                return Ok(read);
            }
            if !self.decoder.is_finished() {
                let one = BlockDecodingStrategy::UptoBlocks(1);
                let decoded = self.decoder.decode_blocks(&mut self.source, one);
                decoded.map_err(|error| self.reason(&error))?;
                continue;
            }
            let said = self.decoder.get_checksum_from_data();
            if said.is_some() && said != self.decoder.get_calculated_checksum() {
                return Err(damaged("the checksum is wrong").into());
            }
            self.is_within = false;
        }
    }

    /// Passes a skippable frame.
    fn skip(&mut self) -> io::Result<()> {
        let header = self.source.peek(SKIPPABLE_HEADER)?;
        let length = header.get(MAGIC.len()..SKIPPABLE_HEADER).and_then(|it| it.try_into().ok());
        let Some(length) = length.map(u32::from_le_bytes) else {
            return Err(UnpackError::Truncated(Compression::Zstd).into());
        };
        self.source.consume(SKIPPABLE_HEADER);
        let mut left = length as usize;
        while left > 0 {
            let held = self.source.peek(1)?.len().min(left);
            if held == 0 {
                return Err(UnpackError::Truncated(Compression::Zstd).into());
            }
            self.source.consume(held);
            left -= held;
        }
        Ok(())
    }

    fn reason(&self, error: &(dyn Error + 'static)) -> io::Error {
        if self.source.has_failed {
            return io::Error::other(error.to_string());
        }
        let mut cause = Some(error);
        while let Some(at) = cause {
            let kind = at.downcast_ref::<io::Error>().map(io::Error::kind);
            if kind == Some(io::ErrorKind::UnexpectedEof) {
                return UnpackError::Truncated(Compression::Zstd).into();
            }
            cause = at.source();
        }
        damaged(&error.to_string()).into()
    }
}

fn damaged(detail: &str) -> UnpackError {
    UnpackError::Damaged { compression: Compression::Zstd, detail: detail.to_owned() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]
    #![allow(clippy::format_collect, reason = "a test's text need not be made fast")]

    use super::*;
    use crate::zst;

    /// What comes out, and how it ended, without words of the decompressor's own.
    type Unpacked = (Vec<u8>, Option<UnpackError>);

    fn unpack(mut read: impl FnMut(&mut [u8]) -> io::Result<usize>) -> Unpacked {
        let (mut out, mut piece) = (Vec::new(), vec![0; 50_000]);
        loop {
            match read(&mut piece) {
                Ok(0) => return (out, None),
                Ok(length) => out.extend_from_slice(&piece[..length]),
                Err(error) => {
                    let reason = match UnpackError::of(&error).unwrap().clone() {
                        UnpackError::Damaged { .. } => damaged(""),
                        reason => reason,
                    };
                    return (out, Some(reason));
                }
            }
        }
    }

    fn check(packed: &[u8]) {
        let mut ours = Frames::new(Source::new(packed)).unwrap();
        let mut in_c = zst::Frames::new(Source::new(packed)).unwrap();
        let (ours, in_c) = (unpack(|it| ours.read(it)), unpack(|it| in_c.read(it)));
        // How much is handed out before the fault is met differs.
        assert_eq!(ours.1, in_c.1, "{} bytes", packed.len());
        if ours.1.is_none() {
            assert!(ours.0 == in_c.0, "{} and {} bytes", ours.0.len(), in_c.0.len());
        } else {
            assert!(in_c.0.starts_with(&ours.0) || ours.0.starts_with(&in_c.0));
        }
    }

    #[test]
    fn it_unpacks_what_the_decompressor_in_c_unpacks() {
        check(include_bytes!("../testdata/one-frame.zst"));
        check(include_bytes!("../testdata/frames-and-skippable.zst"));
        check(include_bytes!("../testdata/skippable-first.zst"));
        check(include_bytes!("../testdata/empty.zst"));
        let lines = |from: u32| {
            (from..from + 60_000)
                .map(|it| format!("{it} {} query\n", it.wrapping_mul(2_654_435_761)))
        };
        let text: String = lines(1).collect();
        for level in [1, 3, 19] {
            check(&zstd::encode_all(text.as_bytes(), level).unwrap());
        }
        check(&zstd::encode_all(vec![0; 5 << 20].as_slice(), 3).unwrap());
    }

    #[test]
    fn cut_damaged_and_followed_frames_are_told_as_the_decompressor_in_c_tells_them() {
        let text: String = (0..40_000_u32).map(|it| format!("{it} query\n")).collect();
        let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
        encoder.include_checksum(true).unwrap();
        io::Write::write_all(&mut encoder, text.as_bytes()).unwrap();
        let packed = encoder.finish().unwrap();
        for length in (5..packed.len()).step_by(packed.len() / 40) {
            check(&packed[..length]);
        }
        check(&packed[..packed.len() - 1]);
        let mut wrong_checksum = packed.clone();
        *wrong_checksum.last_mut().unwrap() ^= 1;
        check(&wrong_checksum);
        check(&[&packed[..], b"other"].concat());
        check(&[&packed[..], &[0; 40]].concat());
        check(&[&packed[..], &packed].concat());
    }
}
