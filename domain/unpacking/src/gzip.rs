//! gzip: members one behind the other. Source of the format: RFC 1952.

use std::io::{self, Read};

use flate2::bufread::GzDecoder;

use crate::source::Source;
use crate::{Compression, UnpackError};

/// The first bytes of a member (RFC 1952 section 2.3.1).
pub(crate) const MAGIC: &[u8] = &[0x1f, 0x8b];

/// Where a stream of members stands.
#[derive(Debug)]
pub(crate) enum Members<R> {
    /// Before a member, or behind the last one.
    Between(Source<R>),
    /// In a member.
    Within(Box<GzDecoder<Source<R>>>),
    /// Stopped for good.
    Ended(Source<R>),
    /// Held by nobody, for the length of one step.
    Moving,
}

impl<R: Read> Members<R> {
    pub(crate) fn source(&self) -> Option<&Source<R>> {
        match self {
            Self::Between(source) | Self::Ended(source) => Some(source),
            Self::Within(decoder) => Some(decoder.get_ref()),
            Self::Moving => None,
        }
    }

    /// Unpacks into `target`, which has room; 0 at the end.
    pub(crate) fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        loop {
            match std::mem::replace(self, Self::Moving) {
                Self::Between(mut source) => {
                    let next = source.peek(MAGIC.len()).map(|bytes| bytes.starts_with(MAGIC));
                    match next {
                        Ok(true) => *self = Self::Within(Box::new(GzDecoder::new(source))),
                        Ok(false) => {
                            let is_padding = source.rest_is_padding();
                            *self = Self::Ended(source);
                            return if is_padding? {
                                Ok(0)
                            } else {
                                Err(UnpackError::TrailingBytes(Compression::Gzip).into())
                            };
                        }
                        Err(error) => {
                            *self = Self::Ended(source);
                            return Err(error);
                        }
                    }
                }
                Self::Within(mut decoder) => match decoder.read(target) {
                    Ok(0) => *self = Self::Between(decoder.into_inner()),
                    Ok(read) => {
                        *self = Self::Within(decoder);
                        return Ok(read);
                    }
                    Err(error) => {
                        let source = decoder.into_inner();
                        let error = if source.has_failed { error } else { reason(&error).into() };
                        *self = Self::Ended(source);
                        return Err(error);
                    }
                },
                ended => {
                    *self = ended;
                    return Ok(0);
                }
            }
        }
    }
}

fn reason(error: &io::Error) -> UnpackError {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        UnpackError::Truncated(Compression::Gzip)
    } else {
        let detail = error.to_string();
        UnpackError::Damaged { compression: Compression::Gzip, detail }
    }
}
