//! Programs for Windows: what installers and self-unpacking archives carry, and programs that unpack
//! themselves in memory.

use super::cut::Cut;
use super::upx::Packing;
use super::{Container, Opening, PartReason, autoit, installshield, nsis, ole};

/// Sections of a program; more are not looked at.
const MOST_SECTIONS: usize = 96;
/// Bytes in front of the header that counts.
const MOST_STUB: usize = 64 << 10;
/// Programs in a program; more are not looked at.
const MOST_EMBEDDED: usize = 256;
/// Marks of one kind of installer in a program; more are not looked at.
const MOST_MARKS: usize = 16;
/// Sections in memory begin at pages.
const PAGE: usize = 0x1000;
const UPX: &str = "UPX";

pub(super) fn open(opening: &mut Opening<'_>, bytes: &[u8]) {
    carried(opening, bytes);
    embedded(opening, bytes, 2);
    let Some(program) = Program::read(bytes) else { return };
    if let Some(packer) = program.packer(bytes)
        && !(packer == UPX && unpacked(opening, bytes, &program))
    {
        opening.refuse(PartReason::PackedProgram(packer));
    }
    let behind = bytes.get(program.end..).unwrap_or_default();
    if !behind.is_empty() {
        installshield::open_carried(opening, behind);
    }
}

/// What a program packed by UPX is in memory, with the programs in it; whether it came out.
fn unpacked(opening: &mut Opening<'_>, bytes: &[u8], program: &Program) -> bool {
    let [first, second, ..] = program.sections.as_slice() else { return false };
    let Some(packing) = Packing::of(bytes, second.place) else { return false };
    let Some(most) = opening.fair_size(UPX, bytes.len(), packing.size) else { return true };
    if most < packing.size {
        return true;
    }
    let Some(unpacked) = packing.unpack() else { return false };
    opening.closed_part(UPX, &unpacked);
    opening.within(UPX, |opening| {
        for section in sections_of(&unpacked, first.address) {
            embedded(opening, section, 0);
        }
    });
    true
}

/// What was in the program's sections. Its first headers are kept behind them, at the place that the last
/// number says.
fn sections_of(unpacked: &[u8], base: usize) -> Vec<&[u8]> {
    let headers = unpacked.last_chunk::<4>().map(|it| u32::from_le_bytes(*it));
    let program = headers
        .and_then(|at| usize::try_from(at).ok())
        .and_then(|at| Program::read_at(unpacked, at));
    let Some(program) = program else { return vec![unpacked] };
    let slice = |section: &Section| {
        let start = section.address.checked_sub(base)?;
        let end = start.checked_add(section.in_memory)?.checked_next_multiple_of(PAGE)?;
        unpacked.get(start..end.min(unpacked.len()))
    };
    program.sections.iter().filter_map(slice).collect()
}

/// Programs in a program from a place on, as droppers carry them.
fn embedded(opening: &mut Opening<'_>, bytes: &[u8], mut from: usize) {
    let mut number = 0;
    while !opening.is_over()
        && let Some(found) = bytes.get(from..).and_then(|it| memchr::memmem::find(it, b"MZ"))
    {
        let at = from + found;
        from = at + 2;
        let rest = bytes.get(at..).unwrap_or_default();
        let Some(program) = Program::read(rest) else { continue };
        number += 1;
        if number > MOST_EMBEDDED {
            return opening.refuse(PartReason::TooManyParts);
        }
        let length = program.end.min(rest.len());
        opening.part(&format!("program at {at}"), rest.get(..length).unwrap_or_default());
        // What stands in that program is found when it is opened.
        from = at + length.max(2);
    }
}

/// Archives, wherever in a program they stand.
fn carried(opening: &mut Opening<'_>, bytes: &[u8]) {
    let starts: [&[u8]; 4] = [b"MSCF\0\0\0\0", b"7z\xbc\xaf\x27\x1c", ole::START, b"PK\x03\x04"];
    for start in starts {
        // One of each kind: an archive names its own end, which the next is not looked for in.
        let Some(at) = memchr::memmem::find(bytes, start) else { continue };
        let carried = bytes.get(at..).unwrap_or_default();
        if Container::is_plausible(carried) {
            opening.part(&format!("carried at {at}"), carried);
        }
    }
    each_mark(opening, bytes, &nsis::MARK.bytes(), |opening, at| {
        let Some(at) = at.checked_sub(nsis::BEFORE_MARK) else { return };
        let carried = bytes.get(at..).unwrap_or_default();
        // The installer's own code looks for its data nowhere else.
        let is_of_program = at.is_multiple_of(nsis::ALIGNMENT);
        let open = |opening: &mut Opening<'_>| nsis::open(opening, carried, is_of_program);
        opening.within(&format!("NSIS at {at}"), open);
    });
    each_mark(opening, bytes, &autoit::MARK.bytes(), |opening, at| {
        let carried = bytes.get(at..).unwrap_or_default();
        opening.within(&format!("AutoIt at {at}"), |opening| autoit::open(opening, carried));
    });
}

/// Opens what stands at each mark: the first may be made up, to keep the one that counts from being found.
fn each_mark(
    opening: &mut Opening<'_>,
    bytes: &[u8],
    mark: &[u8],
    open: impl Fn(&mut Opening<'_>, usize),
) {
    for (number, at) in memchr::memmem::find_iter(bytes, mark).enumerate() {
        if opening.is_over() {
            return;
        }
        if number == MOST_MARKS {
            return opening.refuse(PartReason::TooManyParts);
        }
        open(opening, at);
    }
}

/// What the headers of a program say.
struct Program {
    /// Where the last section ends.
    end: usize,
    /// Where in the file it begins to run.
    entry: usize,
    /// Names of the sections.
    names: Vec<[u8; 8]>,
    /// The sections.
    sections: Vec<Section>,
}

struct Section {
    /// Where in the file it begins.
    place: usize,
    /// Where in memory, and how much it takes there.
    address: usize,
    in_memory: usize,
}

impl Program {
    fn read(bytes: &[u8]) -> Option<Self> {
        let at = usize::try_from(Cut::at(bytes, 0x3c).u32()?).ok()?;
        (at <= MOST_STUB).then_some(())?;
        Self::read_at(bytes, at)
    }

    /// The headers of which the first stands at a place.
    fn read_at(bytes: &[u8], at: usize) -> Option<Self> {
        let mut cut = Cut(bytes.get(at..)?);
        (cut.take(4)? == b"PE\0\0").then_some(())?;
        cut.u16()?;
        let count = usize::from(cut.u16()?);
        (1..=MOST_SECTIONS).contains(&count).then_some(())?;
        cut.take(12)?;
        let optional_length = usize::from(cut.u16()?);
        cut.u16()?;
        let optional = cut.take(optional_length)?;
        matches!(Cut(optional).u16()?, 0x10b | 0x20b).then_some(())?;
        let starts_at = Cut::at(optional, 16).u32()?;
        let alignment = Cut::at(optional, 36).u32()?.clamp(1, 1 << 16);
        let mut program =
            Self { end: 0, entry: usize::MAX, names: Vec::new(), sections: Vec::new() };
        for _ in 0..count {
            let mut section = Cut(cut.take(40)?);
            program.names.push(section.array()?);
            let in_memory = section.u32()?;
            let address = section.u32()?;
            let length = section.u32()?;
            let place = section.u32()?;
            program.sections.push(Section {
                place: usize::try_from(place).ok()?,
                address: usize::try_from(address).ok()?,
                in_memory: usize::try_from(in_memory).ok()?,
            });
            if let Some(offset) = starts_at.checked_sub(address)
                && offset < length.max(in_memory)
            {
                program.entry = usize::try_from(place.checked_add(offset)?).ok()?;
            }
            if length > 0 {
                let end = place.checked_add(length)?.checked_next_multiple_of(alignment)?;
                program.end = program.end.max(usize::try_from(end).ok()?);
            }
        }
        Some(program)
    }

    /// What packed a program that unpacks itself in memory.
    fn packer(&self, bytes: &[u8]) -> Option<&'static str> {
        const SECTIONS: [(&[u8], &str); 21] = [
            (b"yC", "yC"),
            (b"UPX0", UPX),
            (b"UPX1", UPX),
            (b".aspack", "ASPack"),
            (b".petite", "Petite"),
            (b".WWP32", "WWPack32"),
            (b".WWPACK", "WWPack32"),
            (b"MEW", "MEW"),
            (b".Upack", "Upack"),
            (b".ByDwing", "Upack"),
            (b".MPRESS1", "MPRESS"),
            (b".nsp0", "NsPack"),
            (b"nsp0", "NsPack"),
            (b".nsp1", "NsPack"),
            (b"pec1", "PECompact"),
            (b"PEC2", "PECompact"),
            (b".themida", "Themida"),
            (b"Themida", "Themida"),
            (b".vmp1", "VMProtect"),
            (b".enigma1", "Enigma"),
            (b".yP", "yoda's Protector"),
        ];
        let is_named = |start: &[u8]| self.names.iter().any(|name| name.starts_with(start));
        if let Some((_, packer)) = SECTIONS.iter().find(|(start, _)| is_named(start)) {
            return Some(packer);
        }
        if bytes.starts_with(b"MZKERNEL32.DLL") || bytes.starts_with(b"MZLoadLibraryA") {
            return Some("Upack");
        }
        // The first instructions that it writes.
        let code = bytes.get(self.entry..).unwrap_or_default();
        code.starts_with(b"\xeb\x01\x68\x60\xe8\0\0\0\0\x8b\x1c\x24\x83\xc3").then_some("PESpin")
    }
}
