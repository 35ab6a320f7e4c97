//! Where a program for Windows carries its signatures, and whether more stands there.
//!
//! The table of signatures is the one part of a signed program that no signature covers. Windows
//! looks at the signature in it and not at what stands behind, unless it is told to: programs that
//! Microsoft signed were sent around with scripts written there (CVE-2013-3900).
//! Layout: Microsoft's "PE Format", "The Attribute Certificate Table".

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

/// Bytes at the start of a program in which its headers are looked for.
const HEADERS_BYTES: u64 = 64 << 10;
/// Bytes of a table that are read; a longer one holds more than signatures.
const MAX_TABLE_BYTES: u64 = 8 << 20;

/// Entries begin at multiples of this; what fills the room before is zero.
const STEP: usize = 8;
/// The entry of the table among those of the headers.
const TABLE_ENTRY: usize = 4;

/// Whether a program carries anything else where its signatures stand: behind one of them, between two,
/// or behind the table, where Windows expects the end.
pub fn carries_more(program: &mut (impl Read + Seek)) -> io::Result<bool> {
    let mut start = Vec::new();
    program.seek(SeekFrom::Start(0))?;
    program.by_ref().take(HEADERS_BYTES).read_to_end(&mut start)?;
    let Some(range) = table_place(&start) else { return Ok(false) };
    let length = range.end - range.start;
    if length > MAX_TABLE_BYTES {
        return Ok(true);
    }
    let mut table = Vec::new();
    program.seek(SeekFrom::Start(range.start))?;
    program.by_ref().take(length + 1).read_to_end(&mut table)?;
    Ok(table.len() as u64 > length || holds_more(&table))
}

/// Where in a program the table of signatures is, after the program's first [`HEADERS_BYTES`]; `None`
/// when it has none, or is no program.
fn table_place(start: &[u8]) -> Option<Range<u64>> {
    if slice(start, 0, 2)? != b"MZ" {
        return None;
    }
    let headers = usize::try_from(u32_at(start, 0x3c)?).ok()?;
    if slice(start, headers, 4)? != b"PE\0\0" {
        return None;
    }
    let optional = headers.checked_add(24)?;
    let entries = match u16_at(start, optional)? {
        0x10b => 92,
        0x20b => 108,
        _ => return None,
    };
    let entries = optional.checked_add(entries)?;
    if usize::try_from(u32_at(start, entries)?).ok()? <= TABLE_ENTRY {
        return None;
    }
    let entry = entries.checked_add(4 + 8 * TABLE_ENTRY)?;
    let (at, length) = (u64::from(u32_at(start, entry)?), u64::from(u32_at(start, entry + 4)?));
    (at != 0 && length != 0).then_some(at..at + length)
}

/// Whether a table of signatures holds anything else.
fn holds_more(table: &[u8]) -> bool {
    let mut rest = table;
    while !rest.is_empty() {
        match entry(rest) {
            Some(behind) => rest = behind,
            // What is left is no entry. Zeros that fill the table up are nothing.
            None => return rest.len() >= STEP || rest.iter().any(|byte| *byte != 0),
        }
    }
    false
}

/// What stands behind the first entry of a table, if that holds a signature and nothing else.
fn entry(table: &[u8]) -> Option<&[u8]> {
    let length = usize::try_from(u32_at(table, 0)?).ok()?;
    let content = slice(table, STEP, length.checked_sub(STEP)?)?;
    let behind_signature = content.get(der_length(content)?..)?;
    let filled_up = length.checked_next_multiple_of(STEP)?.min(table.len());
    let filling = table.get(length..filled_up)?;
    let is_filling = behind_signature.len() < STEP
        && behind_signature.iter().chain(filling).all(|byte| *byte == 0);
    is_filling.then(|| table.get(filled_up..)).flatten()
}

/// Bytes of the sequence that stands first, by its own length.
fn der_length(bytes: &[u8]) -> Option<usize> {
    let (&[tag, first], rest) = bytes.split_first_chunk::<2>()?;
    if tag != 0x30 {
        return None;
    }
    if first < 0x80 {
        return Some(2 + usize::from(first));
    }
    let count = usize::from(first & 0x7f);
    // A length that is told at the end has no place in a signature.
    let digits = rest.get(..count).filter(|_| (1..=4).contains(&count))?;
    let length = digits.iter().fold(0_usize, |sum, digit| sum << 8 | usize::from(*digit));
    (2 + count).checked_add(length)
}

fn slice(bytes: &[u8], at: usize, length: usize) -> Option<&[u8]> {
    bytes.get(at..at.checked_add(length)?)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(slice(bytes, at, 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(slice(bytes, at, 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// The headers of a program with a table at a place.
    fn program(magic: u16, entries: u32, at: u32, length: u32) -> Vec<u8> {
        let mut bytes = vec![0; 0x40];
        bytes[..2].copy_from_slice(b"MZ");
        bytes[0x3c] = 0x40;
        bytes.extend(b"PE\0\0");
        bytes.extend([0; 20]);
        bytes.extend(magic.to_le_bytes());
        bytes.extend(vec![0; if magic == 0x20b { 106 } else { 90 }]);
        bytes.extend(entries.to_le_bytes());
        bytes.extend([0; 32]);
        bytes.extend(at.to_le_bytes());
        bytes.extend(length.to_le_bytes());
        bytes
    }

    #[test]
    fn the_table_is_found_in_programs_of_both_widths() {
        for magic in [0x10b, 0x20b] {
            let bytes = program(magic, 16, 0x200, 0x30);
            assert_eq!(table_place(&bytes), Some(0x200..0x230));
            assert_eq!(table_place(&program(magic, 4, 0x200, 0x30)), None);
            assert_eq!(table_place(&program(magic, 16, 0, 0x30)), None);
            assert_eq!(table_place(&program(magic, 16, 0x200, 0)), None);
            for cut in 0..bytes.len() {
                assert_eq!(table_place(&bytes[..cut]), None);
            }
        }
        assert_eq!(table_place(&program(0x107, 16, 0x200, 0x30)), None);
        let far = u64::from(u32::MAX);
        assert_eq!(table_place(&program(0x20b, 16, u32::MAX, u32::MAX)), Some(far..2 * far));
        assert_eq!(table_place(b"#!/bin/sh\n"), None);
    }

    /// An entry around a sequence of a length, with bytes behind it, filled up.
    fn one(length: usize, behind: &[u8]) -> Vec<u8> {
        let size = u16::try_from(length).unwrap().to_be_bytes();
        let mut content = vec![0x30, 0x82, size[0], size[1]];
        content.extend(vec![0xaa; length]);
        content.extend(behind);
        let mut bytes = u32::try_from(content.len() + 8).unwrap().to_le_bytes().to_vec();
        bytes.extend([0, 2, 2, 0]);
        bytes.extend(content);
        bytes.resize(bytes.len().next_multiple_of(8), 0);
        bytes
    }

    #[test]
    fn what_stands_beside_a_signature_is_seen() {
        let check = |table: &[u8], expected| assert_eq!(holds_more(table), expected, "{table:?}");
        check(&[], false);
        for length in 300..310 {
            check(&one(length, &[]), false);
            check(&[one(length, &[]), one(length + 1, &[])].concat(), false);
            check(&one(length, b"<script>"), true);
            check(&one(length, b"x"), true);
            check(&[one(length, &[]), b"<script>".to_vec()].concat(), true);
            check(&[one(length, b"x"), one(length, &[])].concat(), true);
        }
        // Zeros to the next step are filling, more of them are not.
        check(&one(300, &[0; 7]), false);
        check(&one(300, &[0; 8]), true);
        check(&[one(300, &[]), vec![0; 7]].concat(), false);
        check(&[one(300, &[]), vec![0; 64]].concat(), true);
        let whole = one(300, &[]);
        for cut in 1..whole.len() {
            check(&whole[..cut], true);
        }
        check(b"not a table of signatures", true);
    }
    #[test]
    fn a_program_ends_with_its_signatures() {
        let check = |table: &[u8], length: usize, expected| {
            let at = program(0x20b, 16, 0, 0).len() + 40;
            let length = u32::try_from(length).unwrap();
            let mut bytes = program(0x20b, 16, u32::try_from(at).unwrap(), length);
            bytes.resize(at, b'x');
            bytes.extend(table);
            assert_eq!(carries_more(&mut Cursor::new(bytes)).unwrap(), expected);
        };
        let table = one(300, &[]);
        let longer = [table.clone(), b"<script>".to_vec()].concat();
        check(&table, table.len(), false);
        check(&longer, longer.len(), true);
        check(&longer, table.len(), true);
        // One that is cut off, and one that would be larger than any.
        check(&table[..40], table.len(), true);
        check(&table, 9 << 20, true);
        check(&table, 0, false);
        assert!(!carries_more(&mut Cursor::new(b"#!/bin/sh\n")).unwrap());
    }
}
