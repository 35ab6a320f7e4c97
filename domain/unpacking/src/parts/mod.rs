//! The parts of archives and documents, one after the other and within one another, under limits.

mod arj;
mod autoit;
mod bits;
mod cabinet;
mod checksum;
mod chm;
mod cpio;
mod cut;
mod html;
mod installshield;
mod iso;
mod lha;
mod mail;
mod mark;
mod nsis;
mod ole;
mod pdf;
mod program;
mod rtf;
mod seven_zip;
mod sis;
mod szdd;
mod tar;
#[cfg(test)]
mod tests;
mod text;
mod tnef;
mod upx;
mod zip;

use std::io::Read;
use std::ops::ControlFlow;

use crate::{Compression, Limits, UnpackError, Unpacker};

/// How much is unpacked of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PartLimits {
    /// How many archives may stand in one another; 0 opens none and says so.
    pub depth: usize,
    /// Parts of all archives in the file together.
    pub parts: u64,
    /// Bytes of one part.
    pub part_bytes: u64,
    /// Bytes of all parts together.
    pub total_bytes: u64,
    /// How many times its packed size a part may be, from 8 MiB on.
    pub ratio: u64,
}

impl Default for PartLimits {
    fn default() -> Self {
        Self { depth: 16, parts: 100_000, part_bytes: 64 << 20, total_bytes: 1 << 30, ratio: 1_000 }
    }
}

/// A part of an archive.
#[derive(Clone, Copy, Debug)]
pub struct Part<'p> {
    /// Its name, behind the names of the archives that it stands in.
    pub way: &'p [String],
    /// What it is, unpacked.
    pub bytes: &'p [u8],
}

/// Something in an archive that was not unpacked, or not whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotOpened {
    /// Where: empty for the file itself.
    pub way: Vec<String>,
    /// Why.
    pub reason: PartReason,
}

/// Why something was not unpacked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartReason {
    /// Too many archives stand in one another.
    TooDeep,
    /// The file has more parts than are looked at.
    TooManyParts,
    /// The part is larger than is looked at.
    PartTooLarge,
    /// All parts together are larger than is looked at.
    TotalTooLarge,
    /// It unpacks to so much more than it is that it can only be meant to do harm.
    Bomb,
    /// A password is needed.
    Encrypted,
    /// It is packed in a way that is not known here.
    UnknownMethod(String),
    /// It is a program that unpacks itself in memory; what packed it.
    PackedProgram(&'static str),
    /// The archive contradicts itself, or ends too early.
    Damaged(String),
}

impl NotOpened {
    /// The code of every reason.
    pub const CODES: [&str; 9] = [
        "too-deep",
        "too-many-parts",
        "part-too-large",
        "archive-too-large",
        "bomb",
        "encrypted",
        "unknown-method",
        "packed-program",
        "damaged",
    ];
}

impl PartReason {
    /// The code used in outputs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooDeep => "too-deep",
            Self::TooManyParts => "too-many-parts",
            Self::PartTooLarge => "part-too-large",
            Self::TotalTooLarge => "archive-too-large",
            Self::Bomb => "bomb",
            Self::Encrypted => "encrypted",
            Self::UnknownMethod(_) => "unknown-method",
            Self::PackedProgram(_) => "packed-program",
            Self::Damaged(_) => "damaged",
        }
    }

    /// What the reader of the archive says.
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::UnknownMethod(detail) | Self::Damaged(detail) if !detail.is_empty() => {
                Some(detail.clone())
            }
            Self::PackedProgram(packer) => Some((*packer).to_owned()),
            _ => None,
        }
    }

    pub(crate) fn damaged(detail: &(impl ToString + ?Sized)) -> Self {
        Self::Damaged(detail.to_string())
    }
}

/// What has parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Container {
    Compressed(Compression),
    Zip,
    SevenZip,
    Cabinet,
    Tar,
    Cpio,
    Szdd,
    Iso,
    Ole,
    Tnef,
    Pdf,
    Rtf,
    Mail,
    Html,
    BinHex,
    Sis,
    Arj,
    Lha,
    Chm,
    InstallShield,
    /// An archive of a kind that is known and not read, by its name.
    NotRead(&'static str),
    Program,
}

impl Container {
    /// What bytes are, by how they begin.
    fn of(bytes: &[u8]) -> Option<Self> {
        if let Some(compression) = Compression::of(bytes) {
            return Some(Self::Compressed(compression));
        }
        let starts: [(&[u8], Self); 16] = [
            (b"PK\x03\x04", Self::Zip),
            (b"7z\xbc\xaf\x27\x1c", Self::SevenZip),
            (b"MSCF\0\0\0\0", Self::Cabinet),
            (szdd::START, Self::Szdd),
            (ole::START, Self::Ole),
            (tnef::START, Self::Tnef),
            (b"%PDF-", Self::Pdf),
            (b"{\\rt", Self::Rtf),
            (b"(This file must be converted with BinHex", Self::BinHex),
            (chm::START, Self::Chm),
            (installshield::CABINET, Self::InstallShield),
            (b"Rar!\x1a\x07", Self::NotRead("RAR")),
            (b"xar!", Self::NotRead("XAR")),
            (b"MSWIM\0\0\0", Self::NotRead("WIM")),
            (b"hsqs", Self::NotRead("SquashFS")),
            (b"MZ", Self::Program),
        ];
        if let Some((_, container)) = starts.iter().find(|(start, _)| bytes.starts_with(start)) {
            return Some(*container);
        }
        if tar::is_tar(bytes) {
            Some(Self::Tar)
        } else if cpio::is_cpio(bytes) {
            Some(Self::Cpio)
        } else if sis::is_sis(bytes) {
            Some(Self::Sis)
        } else if arj::is_arj(bytes) {
            Some(Self::Arj)
        } else if lha::is_lha(bytes) {
            Some(Self::Lha)
        } else if bytes.get(7..14) == Some(b"**ACE**") {
            Some(Self::NotRead("ACE"))
        } else if iso::is_iso(bytes) {
            Some(Self::Iso)
        } else if mail::is_mail(bytes) {
            Some(Self::Mail)
        } else if html::is_html(bytes) {
            Some(Self::Html)
        } else {
            None
        }
    }

    /// Whether what a program carries looks like an archive, and not like the four bytes that a
    /// program which handles archives compares with.
    fn is_plausible(bytes: &[u8]) -> bool {
        let number = |at: usize| {
            let four = bytes.get(at..).and_then(|it| it.first_chunk::<4>());
            four.map_or(0, |it| u32::from_le_bytes(*it) as usize)
        };
        match Self::of(bytes) {
            // Size and version of a cabinet: 1.3.
            Some(Self::Cabinet) => number(8) <= bytes.len() && bytes.get(24..26) == Some(&[3, 1]),
            // The code of the first header, which says where the last one is.
            Some(Self::SevenZip) => {
                let header = bytes.get(12..32).unwrap_or_default();
                bytes.get(6) == Some(&0) && number(8) == crc32fast::hash(header) as usize
            }
            // Byte order and the size of sectors.
            Some(Self::Ole) => bytes.get(28..30) == Some(&[0xfe, 0xff]),
            // A version that was ever published, a name, and an end.
            Some(Self::Zip) => {
                let version = number(4) & 0xffff;
                let name_length = number(26) & 0xffff;
                (10..=63).contains(&version)
                    && (1..=4_096).contains(&name_length)
                    && memchr::memmem::rfind(bytes, b"PK\x05\x06").is_some()
            }
            _ => false,
        }
    }

    /// Whether something that is none of these may be in it: what is not opened is then no loss.
    fn is_archive(self) -> bool {
        !matches!(self, Self::Program | Self::Html)
    }
}

/// Calls `visit` with every part of a file, and with every part of these, and gives what could not
/// be unpacked. A file without parts gives neither.
///
/// Parts are held in memory one in another, so at most [`PartLimits::depth`] times
/// [`PartLimits::part_bytes`].
pub fn each_part(
    name: &str,
    bytes: &[u8],
    limits: &PartLimits,
    visit: &mut dyn FnMut(&Part<'_>) -> ControlFlow<()>,
) -> Vec<NotOpened> {
    let mut opening = Opening {
        limits: *limits,
        visit,
        refused: Vec::new(),
        way: Vec::new(),
        parts: 0,
        total: 0,
        is_over: false,
    };
    opening.open(name, bytes);
    opening.refused
}

/// A file being unpacked.
pub(crate) struct Opening<'v> {
    limits: PartLimits,
    visit: &'v mut dyn FnMut(&Part<'_>) -> ControlFlow<()>,
    refused: Vec<NotOpened>,
    way: Vec<String>,
    parts: u64,
    total: u64,
    is_over: bool,
}

impl Opening<'_> {
    fn open(&mut self, name: &str, bytes: &[u8]) {
        let Some(container) = Container::of(bytes) else { return };
        if self.way.len() >= self.limits.depth {
            if container.is_archive() {
                self.refuse(PartReason::TooDeep);
            }
            return;
        }
        match container {
            Container::Compressed(compression) => self.compressed(name, compression, bytes),
            Container::Zip => zip::open(self, bytes),
            Container::SevenZip => seven_zip::open(self, bytes),
            Container::Cabinet => cabinet::open(self, bytes),
            Container::Tar => tar::open(self, bytes),
            Container::Cpio => cpio::open(self, bytes),
            Container::Szdd => szdd::open(self, name, bytes),
            Container::Iso => iso::open(self, bytes),
            Container::Ole => ole::open(self, bytes),
            Container::Tnef => tnef::open(self, bytes),
            Container::Pdf => pdf::open(self, bytes),
            Container::Rtf => rtf::open(self, bytes),
            Container::Mail => mail::open(self, bytes),
            Container::Html => html::open(self, bytes),
            Container::BinHex => match text::binhex(bytes) {
                Some((name, data)) => self.part(&name, &data),
                None => self.refuse(PartReason::damaged("no BinHex text")),
            },
            Container::Sis => sis::open(self, bytes),
            Container::Arj => arj::open(self, bytes),
            Container::Lha => lha::open(self, bytes),
            Container::Chm => chm::open(self, bytes),
            Container::InstallShield => installshield::open(self, bytes),
            Container::NotRead(name) => {
                self.refuse(PartReason::UnknownMethod(name.to_owned()));
            }
            Container::Program => program::open(self, bytes),
        }
    }

    /// One compressed stream.
    fn compressed(&mut self, name: &str, compression: Compression, bytes: &[u8]) {
        let limits =
            Limits { ratio: self.limits.ratio, ratio_from_bytes: 8 << 20, output_bytes: u64::MAX };
        let inner = name.rfind('.').and_then(|at| name.get(..at)).filter(|it| !it.is_empty());
        let inner = match (inner, name.rsplit('.').next()) {
            (Some(inner), Some("tgz" | "tbz2" | "txz" | "tzst")) => format!("{inner}.tar"),
            (Some(inner), _) => inner.to_owned(),
            (None, _) => compression.name().to_owned(),
        };
        let unpacker = Unpacker::new(bytes, limits);
        self.read_part(&inner, bytes.len() as u64, unpacker);
    }

    /// Whether nothing more is to be unpacked.
    pub(crate) fn is_over(&self) -> bool {
        self.is_over
    }

    /// Notes that the container itself is not, or not whole, unpacked.
    pub(crate) fn refuse(&mut self, reason: PartReason) {
        self.refused.push(NotOpened { way: self.way.clone(), reason });
    }

    /// Notes that a part of the container is not unpacked.
    pub(crate) fn refuse_part(&mut self, name: &str, reason: PartReason) {
        self.way.push(name.to_owned());
        self.refuse(reason);
        self.way.pop();
    }

    /// Does something where a part of this name is what is opened, unless that is too deep.
    pub(crate) fn within(&mut self, name: &str, work: impl FnOnce(&mut Self)) {
        if self.way.len() + 1 >= self.limits.depth {
            return self.refuse_part(name, PartReason::TooDeep);
        }
        self.way.push(name.to_owned());
        work(self);
        self.way.pop();
    }

    /// What so many packed bytes may come to.
    pub(crate) fn fair_bytes(&self, packed: usize) -> usize {
        let fair = (packed as u64).saturating_mul(self.limits.ratio).max(8 << 20);
        usize::try_from(fair).unwrap_or(usize::MAX)
    }

    /// How much of a part is to be unpacked, by its own account of its size; refuses what is more than
    /// that. Nothing when there is no room left for any of it.
    pub(crate) fn fair_size(&mut self, name: &str, packed: usize, size: usize) -> Option<usize> {
        let limits = self.limits;
        let fair = self.fair_bytes(packed) as u64;
        let room = limits.total_bytes.saturating_sub(self.total);
        let size = size as u64;
        let reason = match size {
            size if size > fair => PartReason::Bomb,
            size if size > limits.part_bytes => PartReason::PartTooLarge,
            size if size > room => {
                self.refuse_part(name, PartReason::TotalTooLarge);
                self.is_over = true;
                return None;
            }
            size => return usize::try_from(size).ok(),
        };
        self.refuse_part(name, reason);
        usize::try_from(fair.min(limits.part_bytes).min(room)).ok()
    }

    /// Reads a part of so many packed bytes, and hands it on. What came out before it broke off is
    /// handed on too.
    pub(crate) fn read_part(&mut self, name: &str, packed: u64, reader: impl Read) {
        if self.is_over {
            return;
        }
        let most = self.limits.part_bytes.min(self.limits.total_bytes.saturating_sub(self.total));
        let fair = packed.saturating_mul(self.limits.ratio).max(8 << 20);
        let mut bytes = Vec::new();
        let read = reader.take(most.min(fair).saturating_add(1)).read_to_end(&mut bytes);
        let length = bytes.len() as u64;
        let reason = match read {
            Err(error) => Some(reason_of(&error)),
            Ok(_) if length > fair => Some(PartReason::Bomb),
            Ok(_) if length > self.limits.part_bytes => Some(PartReason::PartTooLarge),
            Ok(_) if length > most => Some(PartReason::TotalTooLarge),
            Ok(_) => None,
        };
        let is_total = matches!(reason, Some(PartReason::TotalTooLarge));
        if let Some(reason) = reason {
            self.refuse_part(name, reason);
        }
        self.part(name, &bytes);
        self.is_over |= is_total;
    }

    /// Hands on a part whose bytes are at hand, and opens it.
    pub(crate) fn part(&mut self, name: &str, bytes: &[u8]) {
        self.hand_on(name, bytes, true);
    }

    /// Hands on a part whose own parts somebody else opens.
    pub(crate) fn closed_part(&mut self, name: &str, bytes: &[u8]) {
        self.hand_on(name, bytes, false);
    }

    fn hand_on(&mut self, name: &str, bytes: &[u8], opens: bool) {
        if self.is_over {
            return;
        }
        self.parts += 1;
        self.total += bytes.len() as u64;
        if self.parts > self.limits.parts {
            self.refuse(PartReason::TooManyParts);
            self.is_over = true;
            return;
        }
        if self.total > self.limits.total_bytes {
            self.refuse(PartReason::TotalTooLarge);
            self.is_over = true;
            return;
        }
        self.way.push(name.to_owned());
        if (self.visit)(&Part { way: &self.way, bytes }).is_break() {
            self.is_over = true;
        } else if opens {
            self.open(name, bytes);
        }
        self.way.pop();
    }
}

fn reason_of(error: &std::io::Error) -> PartReason {
    match UnpackError::of(error) {
        Some(UnpackError::RatioTooHigh { .. }) => PartReason::Bomb,
        Some(UnpackError::TooLarge { .. }) => PartReason::PartTooLarge,
        _ => PartReason::damaged(error),
    }
}
