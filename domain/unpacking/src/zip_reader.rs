//! zip as a stream: member after member in the order they were written, nothing sought, nothing kept.
//!
//! Source of the format: PKWARE's APPNOTE 6.3.10. Every member stands behind a header of its own; the
//! directory at the end repeats them, and is used to tell whether one was missed. That the directory
//! could point into the same bytes many times, as some bombs do, does no harm here.

use std::io::{self, BufRead, Read};

use bzip2::bufread::BzDecoder;
use crc32fast::Hasher;
use deflate64::Deflate64Decoder;
use flate2::bufread::DeflateDecoder;

use crate::source::Source;
use crate::{Compression, Limits, UnpackError, Unpacker};

/// A member's header, the end of the directory, and what else may begin at a record.
const MEMBER: [u8; 4] = *b"PK\x03\x04";
const LISTED: [u8; 4] = *b"PK\x01\x02";
const END: [u8; 4] = *b"PK\x05\x06";
const END_64: [u8; 4] = *b"PK\x06\x06";
const END_64_PLACE: [u8; 4] = *b"PK\x06\x07";
const EXTRA_DATA: [u8; 4] = *b"PK\x06\x08";
const SIGNATURE: [u8; 4] = *b"PK\x05\x05";
/// What may stand before a member's sizes where they follow it; also before the first member of an
/// archive that was to be spread over disks and was not.
const DESCRIPTOR: [u8; 4] = *b"PK\x07\x08";
const ONE_DISK: [u8; 4] = *b"PK00";
/// The most bytes of a descriptor: mark, checksum, two sizes of 64 bits.
const DESCRIPTOR_BYTES: usize = 24;
/// How many times its packed size a member may be that is compressed itself: it hardly gets smaller.
const COMPRESSED_RATIO: u64 = 32;
/// How many members of one archive are read.
const MOST_MEMBERS: u64 = 10_000;

/// Reads an archive member by member: [`ZipReader::next_member`] goes to the next one, and what is then
/// read is that member's bytes.
///
/// A member that is damaged gives an error, and the next one can still be gone to. Memory is bounded by
/// the decompressor of one member.
pub struct ZipReader<R: Read> {
    state: State<R>,
    limits: Limits,
    /// Files met, and files the directory lists.
    met: u64,
    listed: u64,
    /// Bytes unpacked of all members, and what those took that were read before.
    unpacked: u64,
    taken: u64,
}

/// A member of an archive, before it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZipMember {
    /// Its name with its folders, as the archive has it.
    pub name: String,
    /// When it was last written.
    pub modified: Option<ZipTime>,
    /// Why it cannot be read, if it cannot; reading it gives nothing.
    pub refusal: Option<ZipRefusal>,
}

/// Why a member cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ZipRefusal {
    /// It is encrypted.
    Encrypted,
    /// It is packed by a method that is not known here: its number.
    UnknownMethod(u16),
}

/// When a member was last written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZipTime {
    /// Seconds since 1970.
    Unix(i64),
    /// On the clock of the machine that packed it.
    Local {
        /// From 1980.
        year: i16,
        /// From 1.
        month: i8,
        /// From 1.
        day: i8,
        /// To 23.
        hour: i8,
        /// To 59.
        minute: i8,
        /// Even.
        second: i8,
    },
}

enum State<R: Read> {
    /// At the start of a record.
    Between(Source<R>),
    /// In a member.
    Within(Box<Within<R>>),
    /// In a member of which no more is read.
    Left(Packed<R>, Head),
    /// At the end, or stopped for good.
    Ended,
}

/// A member being read.
struct Within<R: Read> {
    decoder: Decoder<R>,
    head: Head,
    crc: Hasher,
    unpacked: u64,
    /// How it begins, to tell whether it is compressed itself.
    start: Vec<u8>,
    ratio: u64,
}

/// What the header of a member says that reading it takes.
#[derive(Clone, Copy, Debug)]
struct Head {
    crc: u32,
    unpacked: u64,
    /// Checksum and sizes stand behind the member.
    has_descriptor: bool,
}

/// The packed bytes of one member.
struct Packed<R> {
    source: Source<R>,
    /// How many are left, where that was said before.
    left: Option<u64>,
    taken: u64,
    /// What stands behind them was read too.
    is_ended: bool,
}

enum Decoder<R: Read> {
    Stored(Packed<R>),
    /// Stored, and only what stands behind it tells where it ends.
    StoredOpen(Packed<R>),
    Deflate(Box<DeflateDecoder<Packed<R>>>),
    Deflate64(Box<Deflate64Decoder<Packed<R>>>),
    Bzip2(Box<BzDecoder<Packed<R>>>),
    /// xz or zstd.
    Stream(Box<Unpacker<Packed<R>>>),
}

/// Whether bytes begin like an archive; four tell it.
pub fn is_zip(start: &[u8]) -> bool {
    [MEMBER, END, ONE_DISK].iter().any(|it| start.starts_with(it))
}

impl<R: Read> ZipReader<R> {
    /// A reader of an archive from its beginning. The limits hold for each member, and the most bytes
    /// that may come out for all of them.
    pub fn new(reader: R, limits: Limits) -> Self {
        let state = State::Between(Source::new(reader));
        Self { state, limits, met: 0, listed: 0, unpacked: 0, taken: 0 }
    }

    /// Goes to the next member; `None` at the archive's end. Folders are passed over.
    ///
    /// # Errors
    /// What is wrong with the archive itself: after [`UnpackError::ArchiveDamaged`] it may be asked for
    /// more, and goes on where the next member begins.
    pub fn next_member(&mut self) -> io::Result<Option<ZipMember>> {
        let mut source = match std::mem::replace(&mut self.state, State::Ended) {
            State::Between(source) => source,
            State::Within(within) => {
                let packed = within.decoder.into_packed().ok_or_else(lost)?;
                leave(packed, within.head)?
            }
            State::Left(packed, head) => leave(packed, head)?,
            State::Ended => return Ok(None),
        };
        loop {
            let start = *source.peek(4)?.first_chunk().ok_or(UnpackError::ArchiveTruncated)?;
            match start {
                MEMBER => {
                    let (member, packed, method, head) = header(source)?;
                    if member.name.ends_with('/') {
                        source = leave(packed, head)?;
                        continue;
                    }
                    self.met += 1;
                    if self.met > MOST_MEMBERS {
                        return Err(UnpackError::TooManyMembers { members: MOST_MEMBERS }.into());
                    }
                    return Ok(Some(self.enter(member, packed, method, head)));
                }
                LISTED => {
                    skip(&mut source, 28)?;
                    let [name, extra, comment] = array::<6, _>(&mut source).map(lengths)?;
                    skip(&mut source, 12)?;
                    let name = take(&mut source, name.into())?;
                    self.listed += u64::from(!name.ends_with(b"/"));
                    skip(&mut source, u64::from(extra) + u64::from(comment))?;
                }
                END => {
                    skip(&mut source, 20)?;
                    let comment = u16::from_le_bytes(array(&mut source)?);
                    skip(&mut source, comment.into())?;
                    if self.listed > self.met {
                        let detail = format!("{} members were not found", self.listed - self.met);
                        return Err(UnpackError::ArchiveDamaged { detail }.into());
                    }
                    if !source.rest_is_padding()? {
                        let detail = "other bytes stand behind its end".to_owned();
                        return Err(UnpackError::ArchiveDamaged { detail }.into());
                    }
                    return Ok(None);
                }
                END_64 => {
                    skip(&mut source, 4)?;
                    let length = u64::from_le_bytes(array(&mut source)?);
                    skip(&mut source, length)?;
                }
                END_64_PLACE => skip(&mut source, 20)?,
                EXTRA_DATA => {
                    skip(&mut source, 4)?;
                    let length = u32::from_le_bytes(array(&mut source)?);
                    skip(&mut source, length.into())?;
                }
                SIGNATURE => {
                    skip(&mut source, 4)?;
                    let length = u16::from_le_bytes(array(&mut source)?);
                    skip(&mut source, length.into())?;
                }
                ONE_DISK => skip(&mut source, 4)?,
                _ => {
                    to_record(&mut source)?;
                    self.state = State::Between(source);
                    let detail = "bytes stand where a member should begin".to_owned();
                    return Err(UnpackError::ArchiveDamaged { detail }.into());
                }
            }
        }
    }

    /// Bytes unpacked so far, of all members.
    pub fn unpacked(&self) -> u64 {
        self.unpacked
    }

    fn enter(
        &mut self,
        mut member: ZipMember,
        packed: Packed<R>,
        method: u16,
        head: Head,
    ) -> ZipMember {
        if member.refusal.is_some() {
            self.state = State::Left(packed, head);
            return member;
        }
        match Decoder::open(method, packed) {
            Ok(decoder) => {
                let (crc, start) = (Hasher::new(), Vec::new());
                let ratio = self.limits.ratio;
                let within = Within { decoder, head, crc, unpacked: 0, start, ratio };
                self.state = State::Within(Box::new(within));
            }
            Err(packed) => {
                member.refusal = Some(ZipRefusal::UnknownMethod(method));
                self.state = State::Left(packed, head);
            }
        }
        member
    }
}

impl<R: Read> Read for ZipReader<R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        if target.is_empty() {
            return Ok(0);
        }
        let mut within = match std::mem::replace(&mut self.state, State::Ended) {
            State::Within(within) => within,
            other => {
                self.state = other;
                return Ok(0);
            }
        };
        let read = match within.read(target) {
            Ok(0) => return self.close(*within).map(|()| 0),
            Ok(read) => read,
            Err(error) => return Err(self.give_up(*within, &error)),
        };
        self.unpacked += read as u64;
        let taken = within.decoder.packed().map_or(0, |it| it.taken);
        let checked = self.limits.check(self.taken + taken, self.unpacked);
        if let Err(error) = checked {
            // All members together are too much: nothing more is read.
            return Err(error.into());
        }
        let own = Limits { ratio: within.ratio, ..self.limits };
        if let Err(error) = own.check(taken, within.unpacked) {
            self.leave_within(*within);
            return Err(error.into());
        }
        self.state = State::Within(within);
        Ok(read)
    }
}

impl<R: Read> ZipReader<R> {
    /// Ends a member that was read whole, and holds it against what is said of it.
    fn close(&mut self, within: Within<R>) -> io::Result<()> {
        let Within { decoder, head, crc, unpacked, .. } = within;
        let mut packed = decoder.into_packed().ok_or_else(lost)?;
        let crc = crc.finalize();
        let is_right = if packed.left.is_some_and(|left| left > 0) {
            false
        } else if head.has_descriptor {
            let said = (crc, packed.taken, unpacked);
            let width = descriptor(&mut packed.source, |it| it == said)?;
            packed.source.consume(width.unwrap_or_default());
            packed.is_ended = width.is_some();
            width.is_some()
        } else {
            (head.crc, head.unpacked) == (crc, unpacked)
        };
        let error = if is_right { None } else { Some(packed.fault("its checksum is wrong")?) };
        self.taken += packed.taken;
        self.state = State::Left(packed, head);
        error.map_or(Ok(()), |error| Err(error.into()))
    }

    /// Leaves a member whose bytes cannot be unpacked, and tells why.
    fn give_up(&mut self, within: Within<R>, error: &io::Error) -> io::Error {
        let Within { decoder, head, .. } = within;
        let Some(mut packed) = decoder.into_packed() else { return lost() };
        if packed.source.has_failed {
            // What the stream below said ends it all.
            return io::Error::new(error.kind(), error.to_string());
        }
        let fault = packed.fault(&error.to_string());
        self.taken += packed.taken;
        self.state = State::Left(packed, head);
        fault.map_or_else(|error| error, io::Error::from)
    }

    fn leave_within(&mut self, within: Within<R>) {
        if let Some(packed) = within.decoder.into_packed() {
            self.taken += packed.taken;
            self.state = State::Left(packed, within.head);
        }
    }
}

impl<R: Read> Within<R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let read = self.decoder.read(target, &self.crc)?;
        let bytes = target.get(..read).unwrap_or_default();
        self.crc.update(bytes);
        self.unpacked += read as u64;
        if self.start.len() < Compression::START && read > 0 {
            self.start.extend(bytes.iter().take(Compression::START - self.start.len()));
            if self.start.len() == Compression::START && Compression::of(&self.start).is_some() {
                self.ratio = self.ratio.min(COMPRESSED_RATIO);
            }
        }
        Ok(read)
    }
}

impl<R: Read> Decoder<R> {
    /// The decompressor of a method; gives the bytes back where there is none.
    fn open(method: u16, packed: Packed<R>) -> Result<Self, Packed<R>> {
        let is_sized = packed.left.is_some();
        Ok(match method {
            0 if is_sized => Self::Stored(packed),
            0 => Self::StoredOpen(packed),
            8 => Self::Deflate(Box::new(DeflateDecoder::new(packed))),
            9 => Self::Deflate64(Box::new(Deflate64Decoder::with_buffer(packed))),
            12 => Self::Bzip2(Box::new(BzDecoder::new(packed))),
            // These take bytes ahead, so their end must have been said. The archive's limits hold.
            93 | 95 if is_sized => {
                let limits = Limits { ratio: u64::MAX, ..Limits::default() };
                Self::Stream(Box::new(Unpacker::new(packed, limits)))
            }
            _ => return Err(packed),
        })
    }

    fn read(&mut self, target: &mut [u8], crc: &Hasher) -> io::Result<usize> {
        match self {
            Self::Stored(packed) => packed.read(target),
            Self::StoredOpen(packed) => packed.read_to_descriptor(target, crc),
            Self::Deflate(decoder) => decoder.read(target),
            Self::Deflate64(decoder) => decoder.read(target),
            Self::Bzip2(decoder) => decoder.read(target),
            Self::Stream(decoder) => decoder.read(target),
        }
    }

    /// The packed bytes; `None` when the decompressor lost them.
    fn packed(&self) -> Option<&Packed<R>> {
        match self {
            Self::Stored(packed) | Self::StoredOpen(packed) => Some(packed),
            Self::Deflate(decoder) => Some(decoder.get_ref()),
            Self::Deflate64(decoder) => Some(decoder.get_ref()),
            Self::Bzip2(decoder) => Some(decoder.get_ref()),
            Self::Stream(decoder) => decoder.get_ref(),
        }
    }

    fn into_packed(self) -> Option<Packed<R>> {
        match self {
            Self::Stored(packed) | Self::StoredOpen(packed) => Some(packed),
            Self::Deflate(decoder) => Some(decoder.into_inner()),
            Self::Deflate64(decoder) => Some(decoder.into_inner()),
            Self::Bzip2(decoder) => Some(decoder.into_inner()),
            Self::Stream(decoder) => decoder.into_inner(),
        }
    }
}

impl<R: Read> Packed<R> {
    /// What a fault in the member means: where nothing follows, the archive was cut off.
    fn fault(&mut self, detail: &str) -> io::Result<UnpackError> {
        let is_cut = self.left != Some(0) && self.source.peek(1)?.is_empty();
        Ok(if is_cut {
            UnpackError::ArchiveTruncated
        } else {
            UnpackError::ArchiveDamaged { detail: detail.to_owned() }
        })
    }

    /// Reads bytes that are not packed up to what ends them: a descriptor that fits them.
    fn read_to_descriptor(&mut self, target: &mut [u8], crc: &Hasher) -> io::Result<usize> {
        let taken = self.taken;
        if descriptor(&mut self.source, |it| it == (crc.clone().finalize(), taken, taken))?
            .is_some()
        {
            return Ok(0);
        }
        let bytes = self.source.peek(DESCRIPTOR_BYTES)?;
        // Another byte of the member, and as many as stand before what may be the next descriptor.
        let next = memchr::memmem::find(bytes.get(1..).unwrap_or_default(), &DESCRIPTOR);
        let most = match next {
            Some(at) => at + 1,
            None if bytes.len() < DESCRIPTOR_BYTES => bytes.len(),
            None => bytes.len() + 1 - DESCRIPTOR.len(),
        };
        let read = bytes.get(..most).unwrap_or(bytes).read(target)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: Read> BufRead for Packed<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let left = self.left.map_or(usize::MAX, |left| usize::try_from(left).unwrap_or(usize::MAX));
        if left == 0 {
            return Ok(b"");
        }
        let bytes = self.source.fill_buf()?;
        Ok(bytes.get(..left).unwrap_or(bytes))
    }

    fn consume(&mut self, amount: usize) {
        self.source.consume(amount);
        self.taken += amount as u64;
        self.left = self.left.map(|left| left.saturating_sub(amount as u64));
    }
}

impl<R: Read> Read for Packed<R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(target)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: Read> std::fmt::Debug for ZipReader<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ZipReader").field("met", &self.met).finish_non_exhaustive()
    }
}

/// A decompressor that could not begin keeps what it was given.
fn lost() -> io::Error {
    let detail = "a member cannot be passed over".to_owned();
    UnpackError::ArchiveDamaged { detail }.into()
}

/// Reads the header of a member (section 4.3.7).
fn header<R: Read>(mut source: Source<R>) -> io::Result<(ZipMember, Packed<R>, u16, Head)> {
    skip(&mut source, 6)?;
    let [flags, method, time, date] = array::<8, _>(&mut source).map(lengths)?;
    let crc = u32::from_le_bytes(array(&mut source)?);
    let packed = u32::from_le_bytes(array(&mut source)?);
    let unpacked = u32::from_le_bytes(array(&mut source)?);
    let [name, extra] = array::<4, _>(&mut source).map(lengths)?;
    let name = take(&mut source, name.into())?;
    let extra = take(&mut source, extra.into())?;
    let (packed, unpacked) = sizes(packed, unpacked, &extra);
    // Bit 0: encrypted; 6: strongly; 13: and the header hidden. 99 is AES.
    let is_encrypted = flags & 0b10_0000_0100_0001 != 0 || method == 99;
    let has_descriptor = flags & 0b1000 != 0;
    let member = ZipMember {
        name: String::from_utf8_lossy(&name).into_owned(),
        modified: unix_time(&extra).map(ZipTime::Unix).or_else(|| local_time(date, time)),
        refusal: is_encrypted.then_some(ZipRefusal::Encrypted),
    };
    // Sizes of zero before a descriptor are sizes that were not known.
    let left = (!has_descriptor || packed > 0).then_some(packed);
    let packed = Packed { source, left, taken: 0, is_ended: false };
    Ok((member, packed, method, Head { crc, unpacked, has_descriptor }))
}

/// Both sizes, from the extra field where they need 64 bits (section 4.5.3).
fn sizes(packed: u32, unpacked: u32, extra: &[u8]) -> (u64, u64) {
    let mut wide = extra_field(extra, 1).unwrap_or_default();
    let mut size = |narrow: u32| {
        let Some((eight, rest)) = wide.split_first_chunk().filter(|_| narrow == u32::MAX) else {
            return u64::from(narrow);
        };
        wide = rest;
        u64::from_le_bytes(*eight)
    };
    let unpacked = size(unpacked);
    (size(packed), unpacked)
}

fn extra_field(mut extra: &[u8], wanted: u16) -> Option<&[u8]> {
    loop {
        let (head, rest) = extra.split_first_chunk::<4>()?;
        let [kind, length] = lengths(*head);
        let field = rest.get(..length.into())?;
        if kind == wanted {
            return Some(field);
        }
        extra = rest.get(length.into()..)?;
    }
}

/// Seconds since 1970, from the field that Unix programs write.
fn unix_time(extra: &[u8]) -> Option<i64> {
    match extra_field(extra, 0x5455)? {
        [flags, time @ ..] if flags & 1 == 1 => {
            time.first_chunk().map(|it| i32::from_le_bytes(*it).into())
        }
        _ => None,
    }
}

/// Date and time as MS-DOS keeps them.
fn local_time(date: u16, time: u16) -> Option<ZipTime> {
    let bits = |of: u16, from: u16, most: u16| i8::try_from(of >> from & most).ok();
    let (month, day) = (bits(date, 5, 15)?, bits(date, 0, 31)?);
    let year = 1980 + i16::from(bits(date, 9, 127)?);
    let (hour, minute) = (bits(time, 11, 31)?, bits(time, 5, 63)?);
    let second = bits(time, 0, 31)? * 2;
    (month > 0 && day > 0).then_some(ZipTime::Local { year, month, day, hour, minute, second })
}

/// Passes what is left of a member.
fn leave<R: Read>(mut packed: Packed<R>, head: Head) -> io::Result<Source<R>> {
    if packed.is_ended {
        return Ok(packed.source);
    }
    if let Some(left) = packed.left {
        let whole = packed.taken + left;
        skip(&mut packed.source, left)?;
        if head.has_descriptor {
            let width = descriptor(&mut packed.source, |(_, taken, _)| taken == whole)?;
            packed.source.consume(width.unwrap_or_default());
        }
        return Ok(packed.source);
    }
    // Only the descriptor tells where it ends: it says how many bytes came before it.
    loop {
        let bytes = packed.source.peek(DESCRIPTOR_BYTES)?;
        if bytes.is_empty() {
            return Err(UnpackError::ArchiveTruncated.into());
        }
        if bytes.starts_with(&DESCRIPTOR) {
            let whole = packed.taken;
            if let Some(width) = descriptor(&mut packed.source, |(_, taken, _)| taken == whole)? {
                packed.source.consume(width);
                return Ok(packed.source);
            }
            packed.consume(1);
            continue;
        }
        let at = memchr::memmem::find(bytes, &DESCRIPTOR);
        let passed = at.unwrap_or(bytes.len().saturating_sub(DESCRIPTOR.len() - 1).max(1));
        packed.consume(passed);
    }
}

/// The length of the descriptor that comes next, if one does that fits: checksum, packed and unpacked
/// size (section 4.3.9). Its mark may lack, and its sizes may have 32 or 64 bits.
fn descriptor<R: Read>(
    source: &mut Source<R>,
    fits: impl Fn((u32, u64, u64)) -> bool,
) -> io::Result<Option<usize>> {
    let bytes = source.peek(DESCRIPTOR_BYTES)?;
    let four = |at: usize| bytes.get(at..)?.first_chunk().map(|it| u32::from_le_bytes(*it));
    let eight = |at: usize| bytes.get(at..)?.first_chunk().map(|it| u64::from_le_bytes(*it));
    let marks = if bytes.starts_with(&DESCRIPTOR) { &[4, 0][..] } else { &[0] };
    for mark in marks.iter().copied() {
        let narrow = || Some((four(mark)?, four(mark + 4)?.into(), four(mark + 8)?.into()));
        if narrow().is_some_and(&fits) {
            return Ok(Some(mark + 12));
        }
        let wide = || Some((four(mark)?, eight(mark + 4)?, eight(mark + 12)?));
        if wide().is_some_and(&fits) {
            return Ok(Some(mark + 20));
        }
    }
    Ok(None)
}

/// Goes on to where a record begins.
fn to_record<R: Read>(source: &mut Source<R>) -> io::Result<()> {
    loop {
        let bytes = source.peek(4)?;
        if bytes.len() < 4 {
            return Err(UnpackError::ArchiveTruncated.into());
        }
        if [MEMBER, LISTED, END].iter().any(|it| bytes.starts_with(it)) {
            return Ok(());
        }
        let next = memchr::memchr(b'P', bytes.get(1..).unwrap_or_default());
        let passed = next.map_or(bytes.len(), |at| at + 1);
        source.consume(passed);
    }
}

fn lengths<const BYTES: usize, const COUNT: usize>(bytes: [u8; BYTES]) -> [u16; COUNT] {
    let mut pairs = bytes.chunks_exact(2).map(|it| match it {
        [low, high] => u16::from_le_bytes([*low, *high]),
        _ => 0,
    });
    std::array::from_fn(|_| pairs.next().unwrap_or_default())
}

fn array<const BYTES: usize, R: Read>(source: &mut Source<R>) -> io::Result<[u8; BYTES]> {
    let bytes = *source.peek(BYTES)?.first_chunk().ok_or(UnpackError::ArchiveTruncated)?;
    source.consume(BYTES);
    Ok(bytes)
}

fn take<R: Read>(source: &mut Source<R>, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.by_ref().take(length as u64).read_to_end(&mut bytes)?;
    if bytes.len() < length {
        return Err(UnpackError::ArchiveTruncated.into());
    }
    Ok(bytes)
}

fn skip<R: Read>(source: &mut Source<R>, mut length: u64) -> io::Result<()> {
    while length > 0 {
        let ready = source.fill_buf()?.len();
        if ready == 0 {
            return Err(UnpackError::ArchiveTruncated.into());
        }
        let passed = ready.min(usize::try_from(length).unwrap_or(usize::MAX));
        source.consume(passed);
        length -= passed as u64;
    }
    Ok(())
}
