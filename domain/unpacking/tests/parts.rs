//! Archives and installers as other programs wrote them.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests that read files"
)]

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;

use unpacking::{PartLimits, each_part};

fn file(name: &str) -> Vec<u8> {
    fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/parts").join(name)).unwrap()
}

/// The parts of bytes by their way, and what was not opened.
fn open(name: &str, bytes: &[u8]) -> (BTreeMap<String, Vec<u8>>, Vec<String>) {
    let mut parts = BTreeMap::new();
    let refused = each_part(name, bytes, &PartLimits::default(), &mut |part| {
        parts.insert(part.way.join("/"), part.bytes.to_vec());
        ControlFlow::Continue(())
    });
    let refused = refused
        .iter()
        .map(|it| format!("{} {} {:?}", it.way.join("/"), it.reason.code(), it.reason.detail()));
    (parts, refused.collect())
}

/// Both files, under these names, and nothing that was refused.
fn check(name: &str, bytes: &[u8], text: &str, binary: &str) {
    let (parts, refused) = open(name, bytes);
    assert_eq!(refused, Vec::<String>::new(), "{name}");
    let ways: Vec<_> = parts.keys().collect();
    assert!(parts.get(text) == Some(&file("a.txt")), "{name}: {ways:?}");
    assert!(parts.get(binary) == Some(&file("b.bin")), "{name}: {ways:?}");
}

/// What an installer has behind its code, behind the code of none.
fn installer(name: &str) -> Vec<u8> {
    let mut bytes = b"MZ".to_vec();
    bytes.resize(512, 0);
    bytes.extend(file(name));
    bytes
}

#[test]
fn cabinets_are_read() {
    for name in ["stored.cab", "mszip.cab"] {
        check(name, &file(name), "a.txt", "b.bin");
    }
    // Of two blocks and a half, each of which refers to the one before.
    let (parts, _) = open("mszip.cab", &file("mszip.cab"));
    let hash = parts["long.txt"]
        .iter()
        .fold(0_u32, |all, it| all.wrapping_mul(31).wrapping_add(u32::from(*it)));
    assert_eq!((parts["long.txt"].len(), hash), (82_125, 3_726_668_512));
}

/// A library that read cabinets before failed over this.
#[test]
fn a_cabinet_whose_files_are_in_no_folder_says_so() {
    let mut bytes = file("mszip.cab");
    bytes[26] = 0;
    assert!(!open("a.cab", &bytes).1.is_empty());
    // More files than there are.
    let mut bytes = file("stored.cab");
    bytes[28] = 0xff;
    assert!(!open("a.cab", &bytes).1.is_empty());
}

#[test]
fn each_method_of_arj_is_read() {
    for name in ["m0.arj", "m1.arj", "m2.arj", "m3.arj", "m4.arj"] {
        check(name, &file(name), "a.txt", "b.bin");
    }
}

#[test]
fn an_archive_with_a_password_says_so() {
    assert_eq!(open("garbled.arj", &file("garbled.arj")).1, ["a.txt encrypted None"]);
}

#[test]
fn lha_is_read() {
    for name in ["lh0.lzh", "lh5.lzh", "lh7.lzh"] {
        check(name, &file(name), "a.txt", "b.bin");
    }
}

#[test]
fn compiled_help_is_read() {
    let bytes = file("help.chm");
    let (parts, refused) = open("help.chm", &bytes);
    assert_eq!(refused, Vec::<String>::new());
    assert!(parts["/a.txt"] == file("a.txt"));
    assert_eq!(parts["/page.htm"], b"<html><body>The page of the help.</body></html>\n");
}

#[test]
fn installers_of_nsis_are_read() {
    for name in ["nsis-zlib.data", "nsis-lzma.data", "nsis-zlib-solid.data", "nsis-lzma-solid.data"]
    {
        check(name, &installer(name), "NSIS at 512/file 1", "NSIS at 512/file 2");
    }
}

#[test]
fn an_installer_is_opened_as_deep_as_allowed() {
    let bytes = installer("nsis-zlib.data");
    for depth in 0..4 {
        let limits = PartLimits { depth, ..PartLimits::default() };
        let (mut deepest, mut count) = (0, 0);
        let refused = each_part("a.exe", &bytes, &limits, &mut |part| {
            deepest = deepest.max(part.way.len());
            count += 1;
            ControlFlow::Continue(())
        });
        assert!(deepest <= depth, "{depth}: {deepest}");
        // A program alone is not called an archive, so at no depth at all nothing is missed.
        assert!(
            depth == 0 || count >= 2 || refused.iter().any(|it| it.reason.code() == "too-deep")
        );
    }
}

#[test]
fn an_installer_that_is_not_read_says_so() {
    for name in ["nsis-bzip2.data", "nsis-bzip2-solid.data"] {
        let (_, refused) = open(name, &installer(name));
        assert!(
            !refused.is_empty() && refused.iter().all(|it| it.contains("NSIS, bzip2")),
            "{name}"
        );
    }
}

/// The first mark is what whoever wants to hide the second writes.
#[test]
fn an_installer_behind_a_made_up_mark_is_read() {
    let bytes = installer("nsis-zlib.data");
    let mark = &bytes[512..532];
    let mut made_up = bytes[..512].to_vec();
    made_up[100..120].copy_from_slice(mark);
    let whole = [made_up, bytes[512..].to_vec()].concat();
    let (parts, refused) = open("a.exe", &whole);
    assert!(parts["NSIS at 512/file 1"] == file("a.txt"));
    assert!(refused.iter().all(|it| it.starts_with("NSIS at 100 ")), "{refused:?}");
    // More of them than are looked at: it is told.
    let many = [b"MZ".to_vec(), mark.repeat(40)].concat();
    let (_, refused) = open("a.exe", &many);
    assert!(refused.iter().any(|it| it.starts_with(" too-many-parts")), "{refused:?}");
}

#[test]
fn what_an_installer_has_behind_the_length_it_tells_is_read_or_told() {
    // Every file is read, whatever the length says; nothing else is there.
    let shortened = |name: &str, length: usize| {
        let mut bytes = installer(name);
        bytes[536..540].copy_from_slice(&u32::try_from(length).unwrap().to_le_bytes());
        bytes
    };
    let whole = installer("nsis-zlib.data");
    let script = usize::try_from(u32::from_le_bytes(whole[540..544].try_into().unwrap())).unwrap();
    let length = 28 + 4 + (script & 0x7fff_ffff);
    check(
        "blocks",
        &shortened("nsis-zlib.data", length),
        "NSIS at 512/file 1",
        "NSIS at 512/file 2",
    );
    for name in ["nsis-zlib-solid.data", "nsis-lzma-solid.data"] {
        let (parts, refused) = open("a.exe", &shortened(name, 600));
        assert!(parts["NSIS at 512/file 1"] == file("a.txt"), "{name}");
        assert!(parts["NSIS at 512/file 2"] == file("b.bin"), "{name}");
        let told = "NSIS at 512/behind the installer's data damaged";
        assert!(refused.len() == 1 && refused[0].starts_with(told), "{name}: {refused:?}");
    }
    // What a signature looks like is no data, an archive is opened, and of the rest it is told.
    let behind = |more: &[u8]| {
        let mut bytes = installer("nsis-zlib.data");
        bytes.resize(bytes.len().next_multiple_of(8), 0);
        let (parts, refused) = open("a.exe", &[&bytes, more].concat());
        assert!(parts["NSIS at 512/file 2"] == file("b.bin"));
        (parts.into_keys().collect::<Vec<_>>(), refused)
    };
    let mut signature = b"\x38\x01\0\0\0\x02\x02\0\x30\x82\x01\x29".to_vec();
    signature.extend(b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02");
    signature.resize(0x138, 0);
    assert_eq!(behind(&signature).1, Vec::<String>::new());
    assert_eq!(behind(&[0; 64]).1, Vec::<String>::new());
    let (ways, refused) = behind(&[signature.clone(), b"more".to_vec()].concat());
    assert!(ways.contains(&"NSIS at 512/behind the installer's data".to_owned()), "{ways:?}");
    assert_eq!(refused.len(), 1, "{refused:?}");
    let (ways, refused) = behind(&[signature, file("lh5.lzh")].concat());
    assert!(ways.contains(&"NSIS at 512/behind the installer's data/b.bin".to_owned()), "{ways:?}");
    assert_eq!(refused, Vec::<String>::new());
    // Longer than what is signed.
    let mut hiding = b"\x40\x01\0\0\0\x02\x02\0\x30\x82\x01\x29".to_vec();
    hiding.extend(b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02");
    hiding.resize(0x140, 1);
    assert_eq!(behind(&hiding).1.len(), 1);
}

#[test]
fn archives_of_kinds_that_are_not_read_say_so() {
    let check = |bytes: &[u8], expected: &str| {
        assert_eq!(open("a", bytes).1, [format!(" unknown-method Some({expected:?})")]);
    };
    check(b"Rar!\x1a\x07\x01\x00", "RAR");
    check(b"Rar!\x1a\x07\x00", "RAR");
    check(b"\0\0\x31\0\0\0\x90**ACE**\x14\x14", "ACE");
    check(
        &[b"ISc(\0\x95\0\x01".as_slice(), &[0; 40]].concat(),
        "InstallShield, described in a file beside it",
    );
}

/// What breaks off is refused at every place, and nothing is refused of the whole.
#[test]
fn what_is_cut_off_says_so() {
    for name in ["m1.arj", "m4.arj", "lh5.lzh", "help.chm", "stored.cab"] {
        let whole = file(name);
        for length in (60..whole.len() - 1).step_by(97) {
            let (parts, refused) = open(name, &whole[..length]);
            let is_whole = parts.values().any(|it| *it == file("b.bin"))
                && parts.values().any(|it| *it == file("a.txt"));
            assert!(!refused.is_empty() || is_whole, "{name}, {length} bytes");
        }
    }
}

#[test]
fn a_size_that_is_a_lie_costs_nothing() {
    // The size of the second file of 3.3 KB becomes 3.9 GB.
    let mut bytes = file("m1.arj");
    let at = memchr::memmem::rfind(&bytes, b"\x60\xea").unwrap();
    let header = (0..at).rev().find(|at| bytes[*at..].starts_with(b"\x60\xea")).unwrap();
    let basic = header + 4..header + 4 + usize::from(bytes[header + 2]);
    bytes[basic.start + 19] = 0xe9;
    let checksum = crc32fast::hash(&bytes[basic.clone()]);
    bytes[basic.end..basic.end + 4].copy_from_slice(&checksum.to_le_bytes());
    let (parts, refused) = open("m1.arj", &bytes);
    assert!(refused.iter().any(|it| it.starts_with("b.bin bomb")), "{refused:?}");
    assert!(parts["a.txt"] == file("a.txt"));
}
