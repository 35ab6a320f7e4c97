//! Archives as programs write them, and as they arrive when something went wrong.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::io::{self, Cursor, Read, Write as _};

use proptest::prelude::*;
use unpacking::{Limits, UnpackError, ZipReader, ZipRefusal, ZipTime};
use zip_archives::CompressionMethod;
use zip_archives::write::{SimpleFileOptions, ZipWriter};

/// What is known of a member once it was read.
type Member = (String, Result<Vec<u8>, String>);

/// Gives a byte, then several, then one again: as pipes do.
struct Dribble<R>(R, usize);

impl<R: Read> Read for Dribble<R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        self.1 = self.1 % 7 + 1;
        let length = target.len().min(self.1);
        self.0.read(&mut target[..length])
    }
}

fn code(error: &io::Error) -> String {
    match UnpackError::of(error) {
        Some(UnpackError::ArchiveTruncated) => "truncated".to_owned(),
        Some(UnpackError::ArchiveDamaged { detail }) => format!("damaged: {detail}"),
        Some(UnpackError::RatioTooHigh { .. }) => "bomb".to_owned(),
        other => format!("{other:?} {error}"),
    }
}

/// Reads every member with these limits; an archive's own faults stand among them as `!`.
fn read_with(bytes: impl Read, limits: Limits) -> Vec<Member> {
    let mut zip = ZipReader::new(bytes, limits);
    let mut members = Vec::new();
    loop {
        match zip.next_member() {
            Ok(None) => return members,
            Err(error) => members.push(("!".to_owned(), Err(code(&error)))),
            Ok(Some(member)) => {
                let read = match member.refusal {
                    Some(ZipRefusal::Encrypted) => Err("encrypted".to_owned()),
                    Some(ZipRefusal::UnknownMethod(method)) => Err(format!("method {method}")),
                    None => {
                        let mut bytes = Vec::new();
                        zip.read_to_end(&mut bytes).map_err(|it| code(&it)).map(|_| bytes)
                    }
                };
                members.push((member.name, read));
            }
        }
        assert!(members.len() < 100, "it comes to an end: {members:?}");
    }
}

fn read(bytes: &[u8]) -> Vec<Member> {
    let members = read_with(bytes, Limits::default());
    assert_eq!(read_with(Dribble(bytes, 0), Limits::default()), members, "in pieces of any size");
    members
}

fn testdata(name: &str) -> Vec<u8> {
    let bytes: &[u8] = match name {
        "7z-aes.zip" => include_bytes!("../testdata/zip/7z-aes.zip"),
        "7z-deflate64.zip" => include_bytes!("../testdata/zip/7z-deflate64.zip"),
        "7z-lzma.zip" => include_bytes!("../testdata/zip/7z-lzma.zip"),
        "7z-xz.zip" => include_bytes!("../testdata/zip/7z-xz.zip"),
        "info-zip-bzip2.zip" => include_bytes!("../testdata/zip/info-zip-bzip2.zip"),
        "info-zip-encrypted-stream.zip" => {
            include_bytes!("../testdata/zip/info-zip-encrypted-stream.zip")
        }
        "info-zip-encrypted.zip" => include_bytes!("../testdata/zip/info-zip-encrypted.zip"),
        "info-zip-pipe.zip" => include_bytes!("../testdata/zip/info-zip-pipe.zip"),
        "info-zip-stored.zip" => include_bytes!("../testdata/zip/info-zip-stored.zip"),
        "info-zip-stream.zip" => include_bytes!("../testdata/zip/info-zip-stream.zip"),
        "info-zip.zip" => include_bytes!("../testdata/zip/info-zip.zip"),
        "python-stream-deflate.zip" => include_bytes!("../testdata/zip/python-stream-deflate.zip"),
        "python-stream-stored.zip" => include_bytes!("../testdata/zip/python-stream-stored.zip"),
        "python-stream-zip64.zip" => include_bytes!("../testdata/zip/python-stream-zip64.zip"),
        "python-zip64.zip" => include_bytes!("../testdata/zip/python-zip64.zip"),
        other => panic!("{other} is not there"),
    };
    bytes.to_vec()
}

fn lines(of: &str, count: usize) -> Vec<u8> {
    (0..count).flat_map(|at| format!("line {at} of {of}\n").into_bytes()).collect()
}

/// What should be in an archive: `one` and `two` stand for their lines, other texts for refusals.
fn check(name: &str, expected: &[(&str, &str)]) {
    let members = read(&testdata(name));
    let names: Vec<_> = members.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(names, expected.iter().map(|it| it.0).collect::<Vec<_>>(), "{name}");
    for ((member, read), (_, wanted)) in members.into_iter().zip(expected) {
        let wanted = match *wanted {
            "one" => Ok(lines("one", 40)),
            "two" => Ok(lines("two", 30)),
            "" => Ok(Vec::new()),
            refusal => Err(refusal.to_owned()),
        };
        assert_eq!(read, wanted, "{name}: {member}");
    }
}

#[test]
fn archives_of_real_programs_are_read_member_by_member() {
    let (one, two) = (("logs/one.log", "one"), ("logs/sub/two.log", "two"));
    check("info-zip-stored.zip", &[one, two]);
    check("info-zip-stream.zip", &[one, two]);
    check("info-zip-pipe.zip", &[("-", "one")]);
    check("info-zip-bzip2.zip", &[one, two]);
    check("7z-deflate64.zip", &[one, two]);
    check("7z-xz.zip", &[one, two]);
    check("python-stream-stored.zip", &[one, ("logs/empty.log", ""), two]);
    check("python-stream-deflate.zip", &[one, ("logs/empty.log", ""), two]);
    check("python-zip64.zip", &[one, two]);
    check("python-stream-zip64.zip", &[one]);
    // Folders are no logs; a compressed log is handed on as it is.
    let members = read(&testdata("info-zip.zip"));
    let mut names: Vec<_> = members.iter().map(|it| it.0.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["logs/empty.log", "logs/one.log", "logs/one.log.gz", "logs/sub/two.log"]);
    let packed = members.iter().find(|it| it.0 == "logs/one.log.gz").unwrap();
    assert!(packed.1.as_ref().unwrap().starts_with(b"\x1f\x8b"));
}

#[test]
fn what_cannot_be_read_is_named_and_what_follows_is_read() {
    let two = ("logs/sub/two.log", "two");
    check("info-zip-encrypted.zip", &[("logs/one.log", "encrypted"), two]);
    check("info-zip-encrypted-stream.zip", &[("logs/one.log", "encrypted")]);
    check("7z-aes.zip", &[("logs/one.log", "encrypted")]);
    check("7z-lzma.zip", &[("logs/one.log", "method 14"), two]);
}

#[test]
fn the_time_is_that_of_the_file() {
    let modified = |name: &str| {
        let bytes = testdata(name);
        ZipReader::new(bytes.as_slice(), Limits::default()).next_member().unwrap().unwrap().modified
    };
    assert_eq!(modified("info-zip-stored.zip"), Some(ZipTime::Unix(1_795_482_002)));
    let local = ZipTime::Local { year: 2026, month: 11, day: 24, hour: 8, minute: 0, second: 2 };
    assert_eq!(modified("python-zip64.zip"), Some(local));
}

fn zip_of(method: CompressionMethod, members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn streamed(method: CompressionMethod, members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new_stream(Vec::new());
    for (name, bytes) in members {
        zip.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const METHODS: [CompressionMethod; 5] = [
    CompressionMethod::Stored,
    CompressionMethod::Deflated,
    CompressionMethod::Bzip2,
    CompressionMethod::Xz,
    CompressionMethod::Zstd,
];

#[test]
fn every_method_gives_the_bytes_back() {
    let (one, two) = (lines("one", 9_000), lines("two", 3));
    for method in METHODS {
        let members = read(&zip_of(method, &[("one", &one), ("none", b""), ("two", &two)]));
        let expected = [("one", one.clone()), ("none", vec![]), ("two", two.clone())];
        let expected = expected.map(|(name, bytes)| (name.to_owned(), Ok(bytes)));
        assert_eq!(members, expected, "{method:?}");
    }
}

#[test]
fn a_member_that_holds_an_archive_ends_where_it_ends() {
    // What ends a stored member of unknown length stands in it too, with its very numbers.
    let inner = streamed(CompressionMethod::Stored, &[("deep", b"text"), ("deeper", b"more")]);
    let members = [("inner.zip", inner.as_slice()), ("after", b"still here")];
    let read = read(&streamed(CompressionMethod::Stored, &members));
    let expected = members.map(|(name, bytes)| (name.to_owned(), Ok(bytes.to_vec())));
    assert_eq!(read, expected);
}

#[test]
fn a_damaged_member_is_named_and_the_next_one_read() {
    let (one, two) = (lines("one", 900), lines("two", 30));
    for method in METHODS {
        let mut bytes = zip_of(method, &[("one", &one), ("two", &two)]);
        // In the middle of what is packed of the first.
        let second = memchr::memmem::find(&bytes[4..], b"PK\x03\x04").unwrap();
        bytes[second / 2] ^= 0x55;
        let members = read(&bytes);
        assert_eq!(members.len(), 2, "{method:?}: {members:?}");
        assert!(members[0].1.as_ref().is_err_and(|it| it.starts_with("damaged")), "{method:?}");
        assert_eq!(members[1], ("two".to_owned(), Ok(two.clone())), "{method:?}");
    }
    let mut bytes = streamed(CompressionMethod::Deflated, &[("one", &one), ("two", &two)]);
    bytes[60] ^= 0x55;
    let members = read(&bytes);
    assert!(members[0].1.as_ref().is_err_and(|it| it.starts_with("damaged")), "{members:?}");
    assert_eq!(members.last().unwrap(), &("two".to_owned(), Ok(two)));
}

#[test]
fn an_archive_that_ends_too_early_says_so_wherever_it_ends() {
    let (one, two) = (lines("one", 40), lines("two", 30));
    for method in METHODS {
        for whole in [
            zip_of(method, &[("one", &one), ("two", &two)]),
            zip_of(CompressionMethod::Stored, &[("one", &one), ("two", &two)]),
            streamed(CompressionMethod::Deflated, &[("one", &one), ("two", &two)]),
            streamed(CompressionMethod::Stored, &[("one", &one), ("two", &two)]),
        ] {
            for length in 0..whole.len() {
                let members = read_with(&whole[..length], Limits::default());
                let is_told = members.iter().any(|it| it.1.is_err());
                assert!(is_told, "{method:?} {length} of {}: {members:?}", whole.len());
                let gave_up = |it: &Member| matches!(&it.1, Err(code) if code == "truncated");
                assert!(members.iter().any(gave_up), "{method:?} {length}: {members:?}");
            }
        }
    }
}

#[test]
fn a_member_that_the_directory_lists_and_that_is_not_there_is_told() {
    let whole = zip_of(CompressionMethod::Stored, &[("one", b"first"), ("two", b"second")]);
    let second = memchr::memmem::find(&whole[4..], b"PK\x03\x04").unwrap() + 4;
    let directory = memchr::memmem::find(&whole, b"PK\x01\x02").unwrap();
    let without = [&whole[..second], &whole[directory..]].concat();
    let members = read(&without);
    assert_eq!(members[0], ("one".to_owned(), Ok(b"first".to_vec())));
    assert_eq!(members[1].1, Err("damaged: 1 members were not found".to_owned()));
    let noise = [&whole[..second], b"noise PK noise", &whole[second..]].concat();
    let members = read(&noise);
    assert_eq!(members[1].1, Err("damaged: bytes stand where a member should begin".to_owned()));
    assert_eq!(members[2], ("two".to_owned(), Ok(b"second".to_vec())));
    assert_eq!(members.len(), 3);
}

#[test]
fn bombs_end_at_the_limit_and_the_next_member_is_read() {
    let zeroes = vec![0; 8 << 20];
    let limits = Limits { ratio: 100, ratio_from_bytes: 1 << 20, output_bytes: u64::MAX };
    let bomb = zip_of(CompressionMethod::Deflated, &[("bomb", &zeroes), ("two", b"second")]);
    let members = read_with(bomb.as_slice(), limits);
    assert_eq!(members[0], ("bomb".to_owned(), Err("bomb".to_owned())));
    // A compressed member hardly gets smaller: one that does is a bomb within a bomb.
    let inner = zstd::encode_all(zeroes.as_slice(), 3).unwrap();
    let inner = [inner, vec![0; 4 << 20]].concat();
    let bomb = zip_of(CompressionMethod::Deflated, &[("bomb.zst", &inner)]);
    let generous = Limits { ratio: 10_000, ..limits };
    assert_eq!(read_with(bomb.as_slice(), generous)[0].1, Err("bomb".to_owned()));
    // Small members that are bombs only all together.
    let small = vec![0; 512 << 10];
    let names: Vec<String> = (0..20).map(|at| at.to_string()).collect();
    let members: Vec<(&str, &[u8])> = names.iter().map(|it| (it.as_str(), &small[..])).collect();
    let members = read_with(zip_of(CompressionMethod::Deflated, &members).as_slice(), limits);
    assert!(members.iter().any(|it| it.1 == Err("bomb".to_owned())), "{}", members.len());
}

#[test]
fn a_failing_disk_is_no_damaged_archive() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("gone"))
        }
    }
    for method in METHODS {
        let whole = zip_of(method, &[("one", &lines("one", 40_000))]);
        let bytes = Cursor::new(whole[..whole.len() / 2].to_vec()).chain(Failing);
        let members = read_with(bytes, Limits::default());
        assert_eq!(members.len(), 1, "{method:?}");
        assert!(members[0].1.as_ref().is_err_and(|it| it.contains("gone")), "{members:?}");
    }
}

proptest! {
    #[test]
    fn what_is_packed_comes_out(
        members in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..3_000), 0..5),
        method in 0..METHODS.len(),
        is_streamed: bool,
    ) {
        let names: Vec<String> = (0..members.len()).map(|at| format!("m{at}")).collect();
        let pairs: Vec<(&str, &[u8])> =
            names.iter().map(String::as_str).zip(members.iter().map(Vec::as_slice)).collect();
        let bytes = match METHODS[method] {
            method @ (CompressionMethod::Stored | CompressionMethod::Deflated) if is_streamed => {
                streamed(method, &pairs)
            }
            method => zip_of(method, &pairs),
        };
        let expected: Vec<Member> =
            pairs.iter().map(|(name, bytes)| ((*name).to_owned(), Ok(bytes.to_vec()))).collect();
        prop_assert_eq!(read(&bytes), expected);
    }

    #[test]
    fn no_bytes_make_it_panic_or_go_on_for_ever(
        noise in proptest::collection::vec(any::<u8>(), 0..300),
        at in 0_usize..600,
    ) {
        let mut bytes = testdata("info-zip-stream.zip");
        let end = (at + noise.len()).min(bytes.len());
        let at = at.min(end);
        bytes.splice(at..end, noise);
        drop(read(&bytes));
    }
}
