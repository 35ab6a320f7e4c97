//! Windows cabinets: stored, MSZIP and LZX. Source of the format: [MS-CAB], [MS-MCI], [MS-PATCH].

use flate2::{Decompress, FlushDecompress, Status};
use lzxd::{Lzxd, WindowSize};

use super::cut::{self, Cut};
use super::{Opening, PartReason};

/// Bytes that one block gives at most; also what the next one of MSZIP may refer to.
const BLOCK: usize = 0x8000;

/// How the blocks of a folder are packed.
enum Method {
    Stored,
    Mszip,
    Lzx(WindowSize),
}

impl Method {
    fn of(kind: u16) -> Result<Self, PartReason> {
        let unknown = |name: &str| Err(PartReason::UnknownMethod(name.to_owned()));
        match kind & 0xf {
            0 => Ok(Self::Stored),
            1 => Ok(Self::Mszip),
            2 => unknown("Quantum"),
            3 => Ok(Self::Lzx(match kind >> 8 & 0x1f {
                15 => WindowSize::KB32,
                16 => WindowSize::KB64,
                17 => WindowSize::KB128,
                18 => WindowSize::KB256,
                19 => WindowSize::KB512,
                20 => WindowSize::MB1,
                21 => WindowSize::MB2,
                _ => return unknown("LZX with another window"),
            })),
            _ => unknown("another method than cabinets have"),
        }
    }
}

struct Folder<'b> {
    blocks: Cut<'b>,
    count: u16,
    kind: u16,
}

struct File {
    name: String,
    folder: u16,
    offset: usize,
    size: usize,
}

struct Cabinet<'b> {
    folders: Vec<Folder<'b>>,
    files: Vec<File>,
    /// Whether there should be more files.
    is_cut_off: bool,
    /// Bytes of each block that are somebody else's.
    block_reserve: usize,
}

pub(super) fn open(opening: &mut Opening<'_>, bytes: &[u8]) {
    let Some(mut cabinet) = read(bytes) else {
        return opening.refuse(PartReason::damaged("no list of files"));
    };
    if cabinet.is_cut_off {
        opening.refuse(PartReason::damaged("the list of files is cut off"));
    }
    cabinet.files.sort_by_key(|file| (file.folder, file.offset));
    for (number, folder) in (0..).zip(&cabinet.folders) {
        let method = Method::of(folder.kind);
        let mut blocks = None;
        for file in cabinet.files.iter().filter(|it| it.folder == number) {
            if opening.is_over() {
                return;
            }
            match &method {
                Ok(method) => {
                    let blocks = blocks
                        .get_or_insert_with(|| Blocks::new(folder, method, cabinet.block_reserve));
                    one_file(opening, blocks, file, bytes.len());
                }
                Err(reason) => opening.refuse_part(&file.name, reason.clone()),
            }
        }
    }
    for file in &cabinet.files {
        if usize::from(file.folder) >= cabinet.folders.len() {
            let reason = "a part of it is in another cabinet";
            opening.refuse_part(&file.name, PartReason::damaged(reason));
        }
    }
}

fn one_file(opening: &mut Opening<'_>, blocks: &mut Blocks<'_>, file: &File, packed: usize) {
    let Some(most) = opening.fair_size(&file.name, packed, file.size) else { return };
    let fair = opening.fair_bytes(packed);
    match blocks.range(file.offset, most, fair) {
        Ok(content) => opening.part(&file.name, content),
        Err((reason, content)) => {
            opening.refuse_part(&file.name, reason);
            opening.part(&file.name, content);
        }
    }
}

fn read(bytes: &[u8]) -> Option<Cabinet<'_>> {
    const HAS_PREVIOUS: u16 = 1;
    const HAS_NEXT: u16 = 2;
    const HAS_RESERVE: u16 = 4;
    let mut cut = Cut::at(bytes, 16);
    let files_at = usize::try_from(cut.u32()?).ok()?;
    cut.take(6)?;
    let (folder_count, file_count, flags) = (cut.u16()?, cut.u16()?, cut.u16()?);
    cut.take(4)?;
    let (mut folder_reserve, mut block_reserve) = (0, 0);
    if flags & HAS_RESERVE != 0 {
        let header_reserve = usize::from(cut.u16()?);
        folder_reserve = usize::from(cut.u8()?);
        block_reserve = usize::from(cut.u8()?);
        cut.take(header_reserve)?;
    }
    for flag in [HAS_PREVIOUS, HAS_NEXT] {
        if flags & flag != 0 {
            cut.until(0)?;
            cut.until(0)?;
        }
    }
    let mut folders = Vec::new();
    for _ in 0..folder_count {
        let place = usize::try_from(cut.u32()?).ok()?;
        let (count, kind) = (cut.u16()?, cut.u16()?);
        cut.take(folder_reserve)?;
        folders.push(Folder { blocks: Cut::at(bytes, place), count, kind });
    }
    let mut cut = Cut(bytes.get(files_at..)?);
    let mut files = Vec::new();
    while files.len() < usize::from(file_count)
        && let Some(file) = file(&mut cut)
    {
        files.push(file);
    }
    let is_cut_off = files.len() < usize::from(file_count);
    Some(Cabinet { folders, files, is_cut_off, block_reserve })
}

fn file(cut: &mut Cut<'_>) -> Option<File> {
    let size = usize::try_from(cut.u32()?).ok()?;
    let offset = usize::try_from(cut.u32()?).ok()?;
    let folder = cut.u16()?;
    cut.take(6)?;
    Some(File { name: cut::name(cut.until(0)?), folder, offset, size })
}

enum Decoder {
    Stored,
    Mszip,
    Lzx(Box<Lzxd>),
}

/// The content of a folder, of which only what is asked for is held.
struct Blocks<'b> {
    rest: Cut<'b>,
    left: u16,
    reserve: usize,
    decoder: Decoder,
    /// What the block before gave.
    last: Vec<u8>,
    /// The content from `base` on.
    held: Vec<u8>,
    base: usize,
}

impl<'b> Blocks<'b> {
    fn new(folder: &Folder<'b>, method: &Method, reserve: usize) -> Self {
        let decoder = match method {
            Method::Stored => Decoder::Stored,
            Method::Mszip => Decoder::Mszip,
            Method::Lzx(window) => Decoder::Lzx(Box::new(Lzxd::new(*window))),
        };
        let (rest, left) = (folder.blocks, folder.count);
        Self { rest, left, reserve, decoder, last: Vec::new(), held: Vec::new(), base: 0 }
    }

    /// Bytes of the content; what there is of them where it breaks off, or comes to more than is fair.
    fn range(
        &mut self,
        offset: usize,
        size: usize,
        fair: usize,
    ) -> Result<&[u8], (PartReason, &[u8])> {
        let mut failed = None;
        if offset < self.base {
            return Err((PartReason::damaged("files lie over one another"), &[]));
        }
        while failed.is_none() && self.base + self.held.len() < offset.saturating_add(size) {
            let passed = (offset - self.base).min(self.held.len());
            self.held.drain(..passed);
            self.base += passed;
            if self.base >= fair {
                failed = Some(PartReason::Bomb);
            } else if let Err(reason) = self.next() {
                failed = Some(reason);
            }
        }
        let from = (offset - self.base).min(self.held.len());
        let content = self.held.get(from..).unwrap_or_default();
        let content = content.get(..size.min(content.len())).unwrap_or_default();
        match failed {
            None => Ok(content),
            Some(reason) => Err((reason, content)),
        }
    }

    /// Unpacks one block more.
    fn next(&mut self) -> Result<(), PartReason> {
        let cut_off = || PartReason::damaged("it is cut off");
        self.left = self.left.checked_sub(1).ok_or_else(cut_off)?;
        let mut header = || {
            self.rest.u32()?;
            let (packed, size) = (self.rest.u16()?, self.rest.u16()?);
            self.rest.take(self.reserve)?;
            Some((self.rest.take(usize::from(packed))?, usize::from(size)))
        };
        let (packed, size) = header().ok_or_else(cut_off)?;
        if size == 0 {
            return Err(PartReason::damaged("the rest is in the next cabinet"));
        }
        if size > BLOCK {
            return Err(PartReason::damaged("a block is larger than it may be"));
        }
        self.last = match &mut self.decoder {
            Decoder::Stored => packed.get(..size).ok_or_else(cut_off)?.to_vec(),
            Decoder::Mszip => inflate(packed, size, &self.last)?,
            Decoder::Lzx(decoder) => decoder
                .decompress_next(packed, size)
                .map_err(|error| PartReason::damaged(&error))?
                .to_vec(),
        };
        self.held.extend_from_slice(&self.last);
        Ok(())
    }
}

/// One block of MSZIP, which may refer to the one before.
fn inflate(packed: &[u8], size: usize, before: &[u8]) -> Result<Vec<u8>, PartReason> {
    let packed = packed.strip_prefix(b"CK").ok_or_else(|| PartReason::damaged("no MSZIP block"))?;
    let mut inflater = Decompress::new(false);
    if !before.is_empty() {
        inflater.set_dictionary(before).map_err(|error| PartReason::damaged(&error))?;
    }
    let mut unpacked = vec![0; size];
    let status = inflater
        .decompress(packed, &mut unpacked, FlushDecompress::Finish)
        .map_err(|error| PartReason::damaged(&error))?;
    let whole = usize::try_from(inflater.total_out()).unwrap_or(0);
    unpacked.truncate(whole);
    if whole < size && status != Status::StreamEnd {
        return Err(PartReason::damaged("a block is cut off"));
    }
    Ok(unpacked)
}
