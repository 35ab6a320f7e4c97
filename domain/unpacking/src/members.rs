//! Members one behind the other: gzip, bzip2, xz. Sources of the formats: RFC 1952, the bzip2
//! manual, "The .xz File Format" 1.1.

use std::io::{self, Read};

use bzip2::bufread::BzDecoder;
use flate2::bufread::GzDecoder;
use lzma_rust2::XzReader;

use crate::source::Source;
use crate::{Compression, UnpackError};

/// The dictionary that xz data may ask for, in KiB: twice that of `xz -9`.
const XZ_MEMORY_KIB: u32 = 160 << 10;

/// The decompressor of one member.
pub(crate) trait Member<R>: Read + Sized {
    /// What it unpacks.
    const COMPRESSION: Compression;
    /// A decompressor at the start of a member.
    fn open(source: Source<R>) -> Self;
    /// The compressed bytes it takes.
    fn source(&self) -> &Source<R>;
    /// What stands behind the member.
    fn into_source(self) -> Source<R>;
}

impl<R: Read> Member<R> for GzDecoder<Source<R>> {
    const COMPRESSION: Compression = Compression::Gzip;

    fn open(source: Source<R>) -> Self {
        Self::new(source)
    }

    fn source(&self) -> &Source<R> {
        self.get_ref()
    }

    fn into_source(self) -> Source<R> {
        self.into_inner()
    }
}

impl<R: Read> Member<R> for BzDecoder<Source<R>> {
    const COMPRESSION: Compression = Compression::Bzip2;

    fn open(source: Source<R>) -> Self {
        Self::new(source)
    }

    fn source(&self) -> &Source<R> {
        self.get_ref()
    }

    fn into_source(self) -> Source<R> {
        self.into_inner()
    }
}

impl<R: Read> Member<R> for XzReader<Source<R>> {
    const COMPRESSION: Compression = Compression::Xz;

    fn open(source: Source<R>) -> Self {
        Self::new_mem_limit(source, false, XZ_MEMORY_KIB)
    }

    fn source(&self) -> &Source<R> {
        self.inner()
    }

    fn into_source(self) -> Source<R> {
        self.into_inner()
    }
}

/// Where a stream of members stands.
#[derive(Debug)]
pub(crate) enum Members<R, M> {
    /// Before a member, or behind the last one.
    Between(Source<R>),
    /// In a member.
    Within(Box<M>),
    /// Stopped for good.
    Ended(Source<R>),
    /// Held by nobody, for the length of one step.
    Moving,
}

impl<R: Read, M: Member<R>> Members<R, M> {
    pub(crate) fn source(&self) -> Option<&Source<R>> {
        match self {
            Self::Between(source) | Self::Ended(source) => Some(source),
            Self::Within(decoder) => Some(decoder.source()),
            Self::Moving => None,
        }
    }

    pub(crate) fn into_source(self) -> Option<Source<R>> {
        match self {
            Self::Between(source) | Self::Ended(source) => Some(source),
            Self::Within(decoder) => Some(decoder.into_source()),
            Self::Moving => None,
        }
    }

    /// Unpacks into `target`, which has room; 0 at the end.
    pub(crate) fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        loop {
            match std::mem::replace(self, Self::Moving) {
                Self::Between(mut source) => match is_at_member(&mut source, M::COMPRESSION) {
                    Ok(true) => *self = Self::Within(Box::new(M::open(source))),
                    ended => {
                        *self = Self::Ended(source);
                        return ended.map(|_| 0);
                    }
                },
                Self::Within(mut decoder) => match decoder.read(target) {
                    Ok(0) => *self = Self::Between(decoder.into_source()),
                    Ok(read) => {
                        *self = Self::Within(decoder);
                        return Ok(read);
                    }
                    Err(error) => {
                        let source = decoder.into_source();
                        let is_below = source.has_failed;
                        *self = Self::Ended(source);
                        return Err(if is_below { error } else { reason::<R, M>(&error).into() });
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

/// Whether a member follows, behind zeroes perhaps: those are the padding of tapes and of some
/// disks. Anything else behind a member is an error.
fn is_at_member<R: Read>(source: &mut Source<R>, compression: Compression) -> io::Result<bool> {
    if Compression::of(source.peek(Compression::START)?) == Some(compression) {
        return Ok(true);
    }
    if source.rest_is_padding()? {
        return Ok(false);
    }
    if Compression::of(source.peek(Compression::START)?) == Some(compression) {
        return Ok(true);
    }
    Err(UnpackError::TrailingBytes(compression).into())
}

fn reason<R, M: Member<R>>(error: &io::Error) -> UnpackError {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        UnpackError::Truncated(M::COMPRESSION)
    } else {
        let detail = error.to_string();
        UnpackError::Damaged { compression: M::COMPRESSION, detail }
    }
}
