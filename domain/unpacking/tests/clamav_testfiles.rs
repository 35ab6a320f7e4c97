//! Debian's `clamav-testfiles`: one harmless program wrapped in 44 ways. `script/setup --for test`
//! installs them; they are never copied here.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that reads files"
)]

use std::collections::BTreeSet;
use std::fs;
use std::ops::ControlFlow;

use unpacking::{PartLimits, each_part};

const FOLDER: &str = "/usr/share/clamav-testfiles";

/// Programs that unpack themselves in memory, which only running them or an emulator does, and what packed
/// them.
const NOT_OPENED: &[(&str, &str)] = &[
    ("clam-aspack.exe", "ASPack"),
    ("clam-mew.exe", "MEW"),
    ("clam-pespin.exe", "PESpin"),
    ("clam-petite.exe", "Petite"),
    ("clam-upack.exe", "Upack"),
    ("clam-wwpack.exe", "WWPack32"),
    ("clam-yc.exe", "yC"),
];

#[test]
fn the_program_inside_is_found() {
    let inside = fs::read(format!("{FOLDER}/clam.exe"))
        .expect("clamav-testfiles is not installed: script/setup --for test installs it");
    let mut missed = BTreeSet::new();
    let mut count = 0;
    for entry in fs::read_dir(FOLDER).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let bytes = fs::read(&path).unwrap();
        let mut is_found = bytes == inside;
        let refused = each_part(&name, &bytes, &PartLimits::default(), &mut |part| {
            is_found |= part.bytes == inside;
            ControlFlow::Continue(())
        });
        count += 1;
        if !is_found {
            let reasons = refused.iter().filter_map(|it| it.reason.detail());
            missed.insert((name, reasons.collect::<Vec<_>>().join(", ")));
        }
    }
    let expected: BTreeSet<(String, String)> = NOT_OPENED
        .iter()
        .map(|(name, packer)| ((*name).to_owned(), (*packer).to_owned()))
        .collect();
    assert_eq!(missed, expected, "{} of {count} found", count - missed.len());
}

/// The first mark of `AutoIt` is what whoever wants to hide the second writes.
#[test]
fn a_script_behind_a_made_up_mark_is_found() {
    let inside = fs::read(format!("{FOLDER}/clam.exe")).unwrap();
    for name in ["clam.ea05.exe", "clam.ea06.exe"] {
        let mut bytes = fs::read(format!("{FOLDER}/{name}")).unwrap();
        let at = memchr::memmem::find(&bytes, b"AU3!EA0").unwrap() - 16;
        let mark = bytes[at..at + 24].to_vec();
        // Where the program says that it does not run under DOS.
        bytes[0x40..0x58].copy_from_slice(&mark);
        let mut is_found = false;
        each_part(name, &bytes, &PartLimits::default(), &mut |part| {
            is_found |= part.bytes == inside;
            ControlFlow::Continue(())
        });
        assert!(is_found, "{name}");
    }
}

/// Two more methods of UPX: the checksums in the files prove what comes out.
#[test]
fn programs_packed_by_upx_come_out_whole() {
    for name in ["clam-upx.exe", "clam.ea05.exe", "clam.ea06.exe"] {
        let bytes = fs::read(format!("{FOLDER}/{name}")).unwrap();
        let mut length = 0;
        let refused = each_part(name, &bytes, &PartLimits::default(), &mut |part| {
            if part.way == ["UPX"] {
                length = part.bytes.len();
            }
            ControlFlow::Continue(())
        });
        assert!(length > bytes.len() && refused.is_empty(), "{name}: {length} {refused:?}");
    }
}

/// `InstallShield` carries its own engine in a cabinet of LZX: 13 files in 55 blocks.
#[test]
fn a_cabinet_of_lzx_comes_out_whole() {
    let name = "clam_IScab_int.exe";
    let bytes = fs::read(format!("{FOLDER}/{name}")).unwrap();
    let (mut count, mut checksums) = (0, 0);
    let refused = each_part(name, &bytes, &PartLimits::default(), &mut |part| {
        if part.way.len() == 2 && part.way.first().is_some_and(|it| it == "engine32.cab") {
            count += 1;
            checksums ^= crc32fast::hash(part.bytes);
        }
        ControlFlow::Continue(())
    });
    // As 7-Zip unpacks them.
    assert_eq!((count, checksums, refused), (13, 0x05da_0fa8, Vec::new()));
}
