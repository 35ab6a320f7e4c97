//! Compiled help (CHM): a folder of files, of which most stand behind one another in one LZX stream.
//! Source of the format: "Microsoft's HTML Help (.chm) format" of Matthew T. Russotto, [MS-PATCH] for
//! LZX.

use lzxd::{Lzxd, WindowSize};

use super::cut::Cut;
use super::{Opening, PartReason};

pub(super) const START: &[u8] = b"ITSF";
const STORAGE: &str = "::DataSpace/Storage/MSCompressed/";
const RESET_TABLE: &str =
    "Transform/{7FC28940-9D31-11D0-9B27-00A0C91E9C7C}/InstanceData/ResetTable";
/// Bytes of content between two places of the table.
const BLOCK: usize = 0x8000;

struct Entry<'b> {
    name: &'b str,
    section: usize,
    offset: usize,
    length: usize,
}

pub(super) fn open(opening: &mut Opening<'_>, bytes: &[u8]) {
    let Some((plain, entries, is_whole)) = folder(bytes) else {
        return opening.refuse(PartReason::damaged("no folder of files"));
    };
    if !is_whole || entries.is_empty() {
        opening.refuse(PartReason::damaged("the folder of files is not whole"));
    }
    let is_packed = entries.iter().any(|entry| entry.section == 1);
    let content = if is_packed { content(opening, plain, &entries) } else { Vec::new() };
    for entry in entries {
        // A folder, or what the program that wrote it keeps for itself.
        if entry.name.ends_with('/') || entry.name.starts_with("::") {
            continue;
        }
        if opening.is_over() {
            return;
        }
        let section = if entry.section == 0 { plain } else { &content };
        match slice(section, entry.offset, entry.length) {
            Some(file) => opening.part(entry.name, file),
            None => opening.refuse_part(entry.name, PartReason::damaged("it is cut off")),
        }
    }
}

fn slice(bytes: &[u8], offset: usize, length: usize) -> Option<&[u8]> {
    bytes.get(offset..offset.checked_add(length)?)
}

/// What is not packed, all entries that can be read, and whether that is all.
fn folder(bytes: &[u8]) -> Option<(&[u8], Vec<Entry<'_>>, bool)> {
    let version = Cut::at(bytes, 4).u32()?;
    let mut places = Cut::at(bytes, 0x48);
    let (place, length) = (places.size()?, places.size()?);
    let plain_at = if version < 3 { place.checked_add(length)? } else { places.size()? };
    let plain = bytes.get(plain_at..).unwrap_or_default();
    let folder = slice(bytes, place, length)?;
    folder.starts_with(b"ITSP").then_some(())?;
    let mut header = Cut::at(folder, 8);
    let start = usize::try_from(header.u32()?).ok()?;
    header.u32()?;
    let chunk_length = usize::try_from(header.u32()?).ok()?;
    (chunk_length >= 0x20).then_some(())?;
    let (mut entries, mut is_whole) = (Vec::new(), true);
    for chunk in folder.get(start..)?.chunks(chunk_length) {
        if !chunk.starts_with(b"PMGL") {
            continue;
        }
        let free = usize::try_from(Cut::at(chunk, 4).u32()?).ok()?;
        let mut cut = Cut(chunk.get(0x14..chunk.len().checked_sub(free)?)?);
        while !cut.0.is_empty() {
            let Some(entry) = entry(&mut cut) else {
                is_whole = false;
                break;
            };
            entries.push(entry);
        }
    }
    Some((plain, entries, is_whole))
}

fn entry<'b>(cut: &mut Cut<'b>) -> Option<Entry<'b>> {
    let length = number(cut)?;
    // Whatever its name is written in, its content is looked at.
    let name = std::str::from_utf8(cut.take(length)?).unwrap_or("?");
    Some(Entry { name, section: number(cut)?, offset: number(cut)?, length: number(cut)? })
}

/// Seven bits a byte, the highest first.
fn number(cut: &mut Cut<'_>) -> Option<usize> {
    let mut value: usize = 0;
    loop {
        let byte = cut.u8()?;
        value = value.checked_mul(0x80)? | usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
}

/// The unpacked stream, as far as it can be.
fn content(opening: &mut Opening<'_>, plain: &[u8], entries: &[Entry<'_>]) -> Vec<u8> {
    let find = |name: &str| {
        let is_it = |entry: &&Entry<'_>| {
            entry.section == 0 && entry.name.strip_prefix(STORAGE) == Some(name)
        };
        let entry = entries.iter().find(is_it)?;
        slice(plain, entry.offset, entry.length)
    };
    let mut unpacked = Vec::new();
    let (Some(packed), Some(control), Some(table)) =
        (find("Content"), find("ControlData"), find(RESET_TABLE))
    else {
        opening.refuse(PartReason::damaged("no packed content"));
        return unpacked;
    };
    let (Some((window, reset_blocks)), Some((size, places))) = (settings(control), places(table))
    else {
        opening.refuse(PartReason::damaged("no settings of the packed content"));
        return unpacked;
    };
    let Some(most) = opening.fair_size("content", packed.len(), size) else { return unpacked };
    // The decoder begins anew with each group of blocks.
    for (number, group) in places.chunks(reset_blocks).enumerate() {
        if unpacked.len() >= most {
            break;
        }
        let after = places.get((number + 1) * reset_blocks).copied().unwrap_or(packed.len());
        let before = unpacked.len();
        // Places cost nothing to write: no more is unpacked than is fair, whatever they say.
        let room = (most - before).div_ceil(BLOCK) * BLOCK;
        let wanted = room.min(size - before);
        let mut done = blocks(packed, group, after, window, wanted, &mut unpacked);
        if done.is_err() && size - before < group.len() * BLOCK {
            // Some programs fill the last block up, and count it as it was.
            unpacked.truncate(before);
            done = blocks(packed, group, after, window, room, &mut unpacked);
        }
        if let Err(error) = done
            && unpacked.len() < most
        {
            opening.refuse(PartReason::damaged(&error));
            return unpacked;
        }
    }
    if unpacked.len() < most {
        opening.refuse(PartReason::damaged("the packed content is cut off"));
    }
    unpacked.truncate(most);
    unpacked
}

/// Unpacks blocks that one decoder reads.
fn blocks(
    packed: &[u8],
    places: &[usize],
    after: usize,
    window: WindowSize,
    size: usize,
    unpacked: &mut Vec<u8>,
) -> Result<(), lzxd::DecompressError> {
    let mut decoder = Lzxd::new(window);
    let ends = places.iter().skip(1).copied().chain([after]);
    let mut rest = size;
    for (place, end) in places.iter().zip(ends) {
        let wanted = BLOCK.min(rest);
        // The last place may be where the last block ends.
        if wanted == 0 || *place >= packed.len() {
            break;
        }
        let block = packed.get(*place..end).unwrap_or_default();
        unpacked.extend_from_slice(decoder.decompress_next(block, wanted)?);
        rest -= wanted;
    }
    Ok(())
}

/// The window, and after how many blocks the decoder begins anew.
fn settings(control: &[u8]) -> Option<(WindowSize, usize)> {
    let mut cut = Cut::at(control, 4);
    (cut.take(4)? == b"LZXC").then_some(())?;
    let unit = if cut.u32()? == 1 { 1 } else { BLOCK };
    let interval = usize::try_from(cut.u32()?).ok()?.checked_mul(unit)?;
    let window = match usize::try_from(cut.u32()?).ok()?.checked_mul(unit)? {
        0x8000 => WindowSize::KB32,
        0x1_0000 => WindowSize::KB64,
        0x2_0000 => WindowSize::KB128,
        0x4_0000 => WindowSize::KB256,
        0x8_0000 => WindowSize::KB512,
        0x10_0000 => WindowSize::MB1,
        0x20_0000 => WindowSize::MB2,
        _ => return None,
    };
    Some((window, (interval / BLOCK).max(1)))
}

/// The size of the content, and where in the packed one each block begins.
fn places(table: &[u8]) -> Option<(usize, Vec<usize>)> {
    let mut cut = Cut::at(table, 4);
    let count = usize::try_from(cut.u32()?).ok()?;
    (cut.u32()? == 8).then_some(())?;
    let start = usize::try_from(cut.u32()?).ok()?;
    let size = cut.size()?;
    cut.size()?;
    (cut.size()? == BLOCK).then_some(())?;
    let mut cut = Cut::at(table, start);
    let mut places = Vec::new();
    while places.len() < count
        && let Some(place) = cut.size()
    {
        places.push(place);
    }
    Some((size, places))
}
