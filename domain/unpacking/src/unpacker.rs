//! Any stream, unpacked when it is compressed.

use std::fmt;
use std::io::{self, Read};

use bzip2::bufread::BzDecoder;
use flate2::bufread::GzDecoder;
use lzma_rust2::XzReader;

use crate::members::{Member, Members};
use crate::source::Source;
use crate::zst;
#[cfg(not(target_family = "wasm"))]
use crate::zst::Frames;
#[cfg(target_family = "wasm")]
use crate::zst_rust::Frames;
use crate::{Limits, UnpackError};

/// What a stream is compressed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Compression {
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
    /// "The .xz File Format".
    Xz,
    /// The bzip2 manual.
    Bzip2,
}

impl Compression {
    /// How many bytes tell what a stream is compressed with.
    pub const START: usize = 10;

    /// The name used in outputs: `gzip`, `zstd`, `xz` or `bzip2`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Xz => "xz",
            Self::Bzip2 => "bzip2",
        }
    }

    /// What bytes that begin like this are compressed with; ten bytes tell it.
    pub fn of(start: &[u8]) -> Option<Self> {
        // RFC 1952 section 2.3.1.
        if start.starts_with(&[0x1f, 0x8b]) {
            Some(Self::Gzip)
        } else if start.starts_with(b"\xfd7zXZ\0") {
            Some(Self::Xz)
        } else if is_bzip2(start) {
            Some(Self::Bzip2)
        } else if zst::is_frame(start) {
            Some(Self::Zstd)
        } else {
            None
        }
    }
}

/// `BZh`, the size of blocks, and the first block's or the end's mark: `BZh` alone may be text.
fn is_bzip2(start: &[u8]) -> bool {
    let marks: [&[u8]; 2] = [b"1AY&SY", b"\x17\x72\x45\x38\x50\x90"];
    match start {
        [b'B', b'Z', b'h', b'1'..=b'9', mark @ ..] => marks.iter().any(|it| mark.starts_with(it)),
        _ => false,
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Reads a stream, unpacked when it is compressed.
///
/// Reading fails with an [`UnpackError`] inside the [`io::Error`] when the compressed bytes are at
/// fault, and with the stream's own error otherwise. What was read before counts; after an error
/// the stream is at its end.
pub struct Unpacker<R: Read> {
    state: State<R>,
    limits: Limits,
    unpacked: u64,
    /// Stopped for good.
    is_ended: bool,
}

enum State<R: Read> {
    /// Nothing was read: what it is is not known.
    Fresh(Source<R>),
    Plain(Source<R>),
    Gzip(Members<R, GzDecoder<Source<R>>>),
    Xz(Members<R, XzReader<Source<R>>>),
    Bzip2(Members<R, BzDecoder<Source<R>>>),
    Zstd(Box<Frames<R>>),
    /// Could not begin.
    Lost,
}

impl<R: Read> Unpacker<R> {
    /// A reader of a stream from its beginning; nothing is read yet.
    pub fn new(reader: R, limits: Limits) -> Self {
        Self { state: State::Fresh(Source::new(reader)), limits, unpacked: 0, is_ended: false }
    }

    /// What the stream is compressed with; reads its first bytes when none were read.
    pub fn compression(&mut self) -> io::Result<Option<Compression>> {
        self.open()?;
        Ok(match &self.state {
            State::Gzip(_) => Some(Compression::Gzip),
            State::Zstd(_) => Some(Compression::Zstd),
            State::Xz(_) => Some(Compression::Xz),
            State::Bzip2(_) => Some(Compression::Bzip2),
            State::Fresh(_) | State::Plain(_) | State::Lost => None,
        })
    }

    fn open(&mut self) -> io::Result<()> {
        let State::Fresh(source) = &mut self.state else { return Ok(()) };
        let compression = Compression::of(source.peek(Compression::START)?);
        let State::Fresh(source) = std::mem::replace(&mut self.state, State::Lost) else {
            return Ok(());
        };
        self.state = match compression {
            None => State::Plain(source),
            Some(Compression::Gzip) => State::Gzip(Members::Between(source)),
            Some(Compression::Xz) => State::Xz(Members::Between(source)),
            Some(Compression::Bzip2) => State::Bzip2(Members::Between(source)),
            Some(Compression::Zstd) => State::Zstd(Box::new(Frames::new(source)?)),
        };
        Ok(())
    }

    /// The stream below; `None` when it was lost.
    pub(crate) fn get_ref(&self) -> Option<&R> {
        let source = match &self.state {
            State::Fresh(source) | State::Plain(source) => Some(source),
            State::Gzip(members) => members.source(),
            State::Xz(members) => members.source(),
            State::Bzip2(members) => members.source(),
            State::Zstd(frames) => Some(&frames.source),
            State::Lost => None,
        };
        source.map(Source::get_ref)
    }

    /// The stream below, behind what was taken from it ahead; `None` when it was lost.
    pub(crate) fn into_inner(self) -> Option<R> {
        let source = match self.state {
            State::Fresh(source) | State::Plain(source) => Some(source),
            State::Gzip(members) => members.into_source(),
            State::Xz(members) => members.into_source(),
            State::Bzip2(members) => members.into_source(),
            State::Zstd(frames) => Some(frames.source),
            State::Lost => None,
        };
        source.map(Source::into_inner)
    }
}

impl<R: Read> Read for Unpacker<R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        if target.is_empty() || self.is_ended {
            return Ok(0);
        }
        self.open()?;
        let (read, packed) = match &mut self.state {
            State::Plain(source) => return source.read(target),
            State::Fresh(_) | State::Lost => return Ok(0),
            State::Gzip(members) => step(members, target),
            State::Xz(members) => step(members, target),
            State::Bzip2(members) => step(members, target),
            State::Zstd(frames) => {
                let read = frames.read(target);
                (read, frames.source.consumed)
            }
        };
        let read = match read {
            Ok(read) => read,
            Err(error) => {
                self.is_ended = true;
                return Err(error);
            }
        };
        self.unpacked += read as u64;
        if let Err(error) = self.limits.check(packed, self.unpacked) {
            self.is_ended = true;
            return Err(UnpackError::into(error));
        }
        Ok(read)
    }
}

/// Unpacks a piece; also how much was taken so far.
fn step<R: Read, M: Member<R>>(
    members: &mut Members<R, M>,
    target: &mut [u8],
) -> (io::Result<usize>, u64) {
    let read = members.read(target);
    (read, members.source().map_or(0, |source| source.consumed))
}

impl<R: Read> fmt::Debug for Unpacker<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unpacker").field("unpacked", &self.unpacked).finish_non_exhaustive()
    }
}
