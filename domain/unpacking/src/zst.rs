//! zstd: frames one behind the other, skippable ones among them. Source of the format: RFC 8878.

#[cfg(not(target_family = "wasm"))]
pub(crate) use in_c::Frames;

/// The first bytes of a frame (RFC 8878 section 3.1.1).
pub(crate) const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// The first bytes of a skippable frame, the first one's low half aside (section 3.1.2).
const SKIPPABLE: [u8; 4] = [0x50, 0x2a, 0x4d, 0x18];

/// Whether bytes begin a frame of either kind.
pub(crate) fn is_frame(start: &[u8]) -> bool {
    start.starts_with(&MAGIC) || is_skippable(start)
}

/// Whether bytes begin a frame that holds nothing to unpack.
pub(crate) fn is_skippable(start: &[u8]) -> bool {
    matches!(start, [first, rest @ ..] if first & 0xf0 == 0x50 && rest.starts_with(&SKIPPABLE[1..]))
}

#[cfg(not(target_family = "wasm"))]
mod in_c {
    use std::io::{self, BufRead as _, Read};

    use zstd::stream::raw::{Decoder, Operation as _};

    use super::{MAGIC, is_frame};
    use crate::source::Source;
    use crate::{Compression, UnpackError};

    /// A stream of frames.
    pub(crate) struct Frames<R> {
        pub(crate) source: Source<R>,
        decoder: Decoder<'static>,
        is_within: bool,
        is_ended: bool,
    }

    impl<R: Read> Frames<R> {
        pub(crate) fn new(source: Source<R>) -> io::Result<Self> {
            Ok(Self { source, decoder: Decoder::new()?, is_within: false, is_ended: false })
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
                    if !is_frame(self.source.peek(MAGIC.len())?) {
                        return if self.source.rest_is_padding()? {
                            Ok(0)
                        } else {
                            Err(UnpackError::TrailingBytes(Compression::Zstd).into())
                        };
                    }
                    self.decoder.reinit()?;
                    self.is_within = true;
                }
                let packed = self.source.peek(1)?;
                let is_at_end = packed.is_empty();
                let status = self.decoder.run_on_buffers(packed, target).map_err(|error| {
                    let detail = error.to_string();
                    UnpackError::Damaged { compression: Compression::Zstd, detail }
                })?;
                self.source.consume(status.bytes_read);
                self.is_within = status.remaining != 0;
                if status.bytes_written > 0 {
                    return Ok(status.bytes_written);
                }
                if self.is_within && is_at_end {
                    return Err(UnpackError::Truncated(Compression::Zstd).into());
                }
            }
        }
    }
}
