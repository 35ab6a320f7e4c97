//! `InstallShield`: what its setup programs carry behind their own code, and its cabinets, versions 5
//! and later. Source of the formats: the description of cabinets that comes with unshield, and the
//! files that setup programs carry.

use flate2::read::{DeflateDecoder, ZlibDecoder};

use super::cut::{self, Cut};
use super::{Opening, PartReason};

/// How a cabinet begins.
pub(super) const CABINET: &[u8] = b"ISc(";
/// How the list of packed files in a setup program for MSI packages begins.
const PACKED_LIST: &[u8] = b"InstallShield\0";
/// Debugging information may stand before it.
const SEARCHED: usize = 4 << 10;
/// Bytes of the list's header, and of each file's.
const LIST_HEADER: usize = 46;
const FILE_HEADER: usize = 312;
const NAME: usize = 260;
/// A field of text in front of a file that is not packed.
const LONGEST_FIELD: usize = 1_024;

/// Files behind the code of a setup program; false when there are none.
pub(super) fn open_carried(opening: &mut Opening<'_>, behind: &[u8]) -> bool {
    let begin = behind.get(..SEARCHED.min(behind.len())).unwrap_or_default();
    if let Some(at) = memchr::memmem::find(begin, PACKED_LIST) {
        packed_files(opening, Cut::at(behind, at));
        true
    } else {
        plain_files(opening, Cut(behind))
    }
}

/// Files that are enciphered with their own names, and deflated.
fn packed_files(opening: &mut Opening<'_>, mut cut: Cut<'_>) {
    const ENCIPHERED: u32 = 2;
    const IN_BLOCKS: u32 = 4;
    let Some(count) = Cut::at(cut.0, PACKED_LIST.len()).u16() else { return };
    cut.take(LIST_HEADER);
    for _ in 0..count {
        if opening.is_over() {
            return;
        }
        let read = |cut: &mut Cut<'_>| {
            let mut header = Cut(cut.take(FILE_HEADER)?);
            let name = Cut(header.take(NAME)?).until(0)?.to_vec();
            let flags = header.u32()?;
            header.u32()?;
            let length = usize::try_from(header.u32()?).ok()?;
            header.take(8)?;
            Some((name, flags, length, header.u16()? != 0))
        };
        let Some((name, flags, length, is_packed)) = read(&mut cut) else {
            return opening.refuse(PartReason::damaged("the list is cut off"));
        };
        let shown = cut::name(&name);
        let is_cut_off = length > cut.0.len();
        let mut data = cut.take(length.min(cut.0.len())).unwrap_or_default().to_vec();
        if flags & ENCIPHERED != 0 {
            decipher(&mut data, &name, flags & IN_BLOCKS != 0);
        }
        if is_cut_off {
            opening.refuse_part(&shown, PartReason::damaged("it is cut off"));
        }
        if is_packed {
            opening.read_part(&shown, data.len() as u64, ZlibDecoder::new(data.as_slice()));
        } else {
            opening.part(&shown, &data);
        }
    }
}

fn decipher(data: &mut [u8], name: &[u8], in_blocks: bool) {
    const SALT: [u8; 4] = [0x13, 0x35, 0x86, 0x07];
    let key: Vec<u8> = name.iter().zip(SALT.iter().cycle()).map(|(it, salt)| it ^ salt).collect();
    let block = if in_blocks { 1_024 } else { data.len().max(1) };
    for block in data.chunks_mut(block) {
        for (byte, key) in block.iter_mut().zip(key.iter().cycle()) {
            *byte = !(byte.rotate_left(4) ^ key);
        }
    }
}

/// Files as they are, each behind its name, path, version and size as text.
fn plain_files(opening: &mut Opening<'_>, mut cut: Cut<'_>) -> bool {
    let mut files: Vec<(String, &[u8])> = Vec::new();
    while !cut.0.is_empty() {
        let Some((name, length)) = plain_header(&mut cut) else {
            if files.is_empty() {
                return false;
            }
            // Setup programs are often signed: the signature stands behind the last file.
            break;
        };
        let is_cut_off = length > cut.0.len();
        let file = cut.take(length.min(cut.0.len())).unwrap_or_default();
        if is_cut_off {
            if files.is_empty() {
                return false;
            }
            opening.refuse_part(&name, PartReason::damaged("it is cut off"));
        }
        files.push((name, file));
    }
    let headers: Vec<_> = files
        .iter()
        .filter_map(|(name, header)| Some((name, name.strip_suffix("1.hdr")?, *header)))
        .collect();
    for (name, file) in &files {
        if opening.is_over() {
            return true;
        }
        // Cabinets whose header is here are opened below.
        let stem =
            name.strip_suffix(".cab").map(|it| it.trim_end_matches(|c: char| c.is_ascii_digit()));
        if file.starts_with(CABINET)
            && headers
                .iter()
                .any(|(header, its_stem, _)| Some(*its_stem) == stem || *header == name)
        {
            opening.closed_part(name, file);
        } else {
            opening.part(name, file);
        }
    }
    for (name, stem, header) in headers {
        let volume = |number: u16| {
            let wanted = format!("{stem}{number}.cab");
            files.iter().find(|(name, _)| *name == wanted).map(|(_, bytes)| *bytes)
        };
        opening.within(name, |opening| cabinet(opening, header, &volume));
    }
    true
}

fn plain_header(cut: &mut Cut<'_>) -> Option<(String, usize)> {
    let mut field = || {
        let near = Cut(cut.0.get(..LONGEST_FIELD.min(cut.0.len()))?).until(0)?;
        cut.take(near.len() + 1)?;
        std::str::from_utf8(near).ok()
    };
    let (name, _path, _version, size) = (field()?, field()?, field()?, field()?);
    let is_name = !name.is_empty() && !name.chars().any(char::is_control);
    is_name.then_some((name.to_owned(), size.parse().ok()?))
}

/// A cabinet that is one file by itself.
pub(super) fn open(opening: &mut Opening<'_>, bytes: &[u8]) {
    let described = Cut::at(bytes, 16).u32().unwrap_or(0) > 0;
    if described {
        // A file of headers alone has nothing that could be looked at.
        cabinet(opening, bytes, &|_| Some(bytes));
    } else {
        let reason = "InstallShield, described in a file beside it";
        opening.refuse(PartReason::UnknownMethod(reason.to_owned()));
    }
}

/// A file of a cabinet.
struct Member {
    flags: u16,
    size: usize,
    packed: usize,
    place: usize,
    name_at: usize,
    volume: u16,
}

/// What the header of a cabinet describes, out of its volumes.
fn cabinet<'b>(
    opening: &mut Opening<'_>,
    header: &'b [u8],
    volume: &dyn Fn(u16) -> Option<&'b [u8]>,
) {
    const SPLIT: u16 = 1;
    const ENCIPHERED: u16 = 2;
    const PACKED: u16 = 4;
    const INVALID: u16 = 8;
    let Some((members, names)) = members(header) else {
        return opening.refuse(PartReason::damaged("no list of files"));
    };
    for member in members {
        if opening.is_over() {
            return;
        }
        if member.flags & INVALID != 0 || member.place == 0 {
            continue;
        }
        let name =
            Cut::at(names, member.name_at).until(0).map_or_else(|| "?".to_owned(), cut::name);
        if member.flags & SPLIT != 0 {
            opening
                .refuse_part(&name, PartReason::UnknownMethod("InstallShield, split".to_owned()));
            continue;
        }
        let length = if member.flags & PACKED != 0 { member.packed } else { member.size };
        let data = volume(member.volume)
            .and_then(|it| it.get(member.place..member.place.checked_add(length)?));
        let Some(data) = data else {
            // A header by itself describes what lies elsewhere.
            if volume(member.volume).is_none_or(|it| !std::ptr::eq(it, header)) {
                opening.refuse_part(&name, PartReason::damaged("it is not in its volume"));
            }
            continue;
        };
        let mut data = data.to_vec();
        if member.flags & ENCIPHERED != 0 {
            for (seed, byte) in (0_usize..).zip(data.iter_mut()) {
                let step = u8::try_from(seed % 0x47).unwrap_or(0);
                *byte = (*byte ^ 0xd5).rotate_right(2).wrapping_sub(step);
            }
        }
        if member.flags & PACKED == 0 {
            opening.part(&name, &data);
            continue;
        }
        let Some(most) = opening.fair_size(&name, length, member.size) else { continue };
        let unpacked = inflate(&data, most);
        if unpacked.len() < most {
            opening.refuse_part(&name, PartReason::damaged("it is cut off"));
        }
        opening.part(&name, &unpacked);
    }
}

/// Streams behind one another, each behind its length.
fn inflate(data: &[u8], most: usize) -> Vec<u8> {
    let mut unpacked = Vec::new();
    let mut cut = Cut(data);
    while let Some(length) = cut.u16()
        && let Some(packed) = cut.take(usize::from(length))
    {
        let room = (most - unpacked.len()) as u64;
        let mut stream = std::io::Read::take(DeflateDecoder::new(packed), room);
        // Streams of old versions have no end of their own; the caller compares the sizes.
        let _has_end = std::io::Read::read_to_end(&mut stream, &mut unpacked).is_ok();
    }
    unpacked
}

/// All files, and where their names are.
fn members(header: &[u8]) -> Option<(Vec<Member>, &[u8])> {
    let mut cut = Cut::at(header, 4);
    let version = cut.u32()?;
    cut.u32()?;
    let described_at = usize::try_from(cut.u32()?).ok()?;
    let major = match version >> 24 {
        1 => version >> 12 & 0xf,
        2 | 4 => (version & 0xffff) / 100,
        _ => return None,
    };
    let described = header.get(described_at..)?;
    let mut cut = Cut::at(described, 12);
    let table_at = usize::try_from(cut.u32()?).ok()?;
    cut.take(12)?;
    let folders = usize::try_from(cut.u32()?).ok()?;
    cut.take(8)?;
    let files = usize::try_from(cut.u32()?).ok()?;
    let second_table_at = usize::try_from(cut.u32()?).ok()?;
    let table = described.get(table_at..)?;
    let mut members = Vec::new();
    if major <= 5 {
        for number in 0..files {
            let Some(member) = old_member(table, folders, number) else { break };
            members.push(member);
        }
    } else {
        let mut cut = Cut(table.get(second_table_at..)?);
        while members.len() < files
            && let Some(member) = member(&mut cut)
        {
            members.push(member);
        }
    }
    Some((members, table))
}

fn old_member(table: &[u8], folders: usize, number: usize) -> Option<Member> {
    let at = folders.checked_add(number)?.checked_mul(4)?;
    let mut cut = Cut(table.get(usize::try_from(Cut::at(table, at).u32()?).ok()?..)?);
    let name_at = usize::try_from(cut.u32()?).ok()?;
    cut.u32()?;
    let flags = cut.u16()?;
    let size = usize::try_from(cut.u32()?).ok()?;
    let packed = usize::try_from(cut.u32()?).ok()?;
    cut.take(20)?;
    let place = usize::try_from(cut.u32()?).ok()?;
    // Which volume a file is in is not said: the first, where there is one only.
    Some(Member { flags, size, packed, place, name_at, volume: 1 })
}

fn member(cut: &mut Cut<'_>) -> Option<Member> {
    let flags = cut.u16()?;
    let (size, packed, place) = (cut.size()?, cut.size()?, cut.size()?);
    cut.take(32)?;
    let name_at = usize::try_from(cut.u32()?).ok()?;
    cut.take(2 + 12 + 4 + 4 + 1)?;
    Some(Member { flags, size, packed, place, name_at, volume: cut.u16()? })
}
