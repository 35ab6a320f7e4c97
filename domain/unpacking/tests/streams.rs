//! Streams as programs and disks leave them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]
#![allow(clippy::format_collect, reason = "a test's text need not be made fast")]

use std::io::{self, Read, Write as _};

use flate2::write::GzEncoder;
use proptest::prelude::*;
use unpacking::{Compression, Limits, UnpackError, Unpacker};

const BOTH: &str = "first line\nsecond line\nthird line\n";
const FIRST: &str = "first line\nsecond line\n";

/// Gives a byte, then several, then one again: as pipes do.
struct Dribble<R>(R, usize);

impl<R: Read> Read for Dribble<R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        self.1 = self.1 % 7 + 1;
        let length = target.len().min(self.1);
        self.0.read(&mut target[..length])
    }
}

fn unpack_with(bytes: &[u8], limits: Limits) -> (Vec<u8>, Result<(), UnpackError>) {
    let mut out = Vec::new();
    let done = Unpacker::new(Dribble(bytes, 0), limits).read_to_end(&mut out);
    (out, done.map(drop).map_err(|error| UnpackError::of(&error).unwrap().clone()))
}

fn unpack(bytes: &[u8]) -> (Vec<u8>, Result<(), UnpackError>) {
    unpack_with(bytes, Limits::default())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(1);
    let mut writer = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

#[test]
fn streams_of_the_real_programs_are_unpacked_whole() {
    let check = |packed: &[u8], compression, text: &str| {
        let (out, done) = unpack(packed);
        assert_eq!((String::from_utf8(out).unwrap().as_str(), done), (text, Ok(())));
        let mut unpacker = Unpacker::new(packed, Limits::default());
        assert_eq!(unpacker.compression().unwrap(), compression);
        // Asking first takes nothing away.
        assert_eq!(io::read_to_string(unpacker).unwrap(), text);
    };
    let (gzip, zstd) = (Some(Compression::Gzip), Some(Compression::Zstd));
    check(include_bytes!("../testdata/with-name.gz"), gzip, FIRST);
    check(include_bytes!("../testdata/two-members.gz"), gzip, BOTH);
    check(include_bytes!("../testdata/padded.gz"), gzip, FIRST);
    check(include_bytes!("../testdata/empty.gz"), gzip, "");
    check(include_bytes!("../testdata/one-frame.zst"), zstd, FIRST);
    check(include_bytes!("../testdata/frames-and-skippable.zst"), zstd, BOTH);
    check(include_bytes!("../testdata/skippable-first.zst"), zstd, FIRST);
    check(include_bytes!("../testdata/empty.zst"), zstd, "");
    let (xz, bzip2) = (Some(Compression::Xz), Some(Compression::Bzip2));
    check(include_bytes!("../testdata/one.xz"), xz, FIRST);
    check(include_bytes!("../testdata/two-streams-padded.xz"), xz, BOTH);
    check(include_bytes!("../testdata/empty.xz"), xz, "");
    check(include_bytes!("../testdata/crc32-x86.xz"), xz, FIRST);
    check(include_bytes!("../testdata/one.bz2"), bzip2, FIRST);
    check(include_bytes!("../testdata/two-streams.bz2"), bzip2, BOTH);
    check(include_bytes!("../testdata/empty.bz2"), bzip2, "");
    check(b"BZh9 is the name of a road", None, "BZh9 is the name of a road");
    check(b"", None, "");
    check(b"\x1f", None, "\x1f");
    check(b"P*M", None, "P*M");
    check(b"plain text, longer than the magic\n", None, "plain text, longer than the magic\n");
}

#[test]
fn bytes_behind_the_data_are_an_error_after_all_of_the_data() {
    let (out, done) = unpack(include_bytes!("../testdata/trailing.gz"));
    assert_eq!(out, FIRST.as_bytes());
    assert_eq!(done, Err(UnpackError::TrailingBytes(Compression::Gzip)));
    let mut packed = zstd(b"x");
    packed.extend(b"junk");
    assert_eq!(
        unpack(&packed),
        (b"x".to_vec(), Err(UnpackError::TrailingBytes(Compression::Zstd)))
    );
    for (mut packed, compression) in
        [(xz(b"x"), Compression::Xz), (bzip2(b"x"), Compression::Bzip2)]
    {
        packed.extend(b"junk");
        let trailing = Err(UnpackError::TrailingBytes(compression));
        assert_eq!(unpack(&packed), (b"x".to_vec(), trailing));
    }
}

#[test]
fn a_stream_cut_anywhere_is_truncated_and_gives_what_was_there() {
    let text: String = (0..5_000).map(|line| format!("line {line}\n")).collect();
    let packs = [
        (gzip(text.as_bytes()), Compression::Gzip),
        (zstd(text.as_bytes()), Compression::Zstd),
        (xz(text.as_bytes()), Compression::Xz),
        (bzip2(text.as_bytes()), Compression::Bzip2),
    ];
    for (packed, compression) in packs {
        for length in (10..packed.len()).step_by(97).chain([packed.len() - 1]) {
            let (out, done) = unpack(&packed[..length]);
            assert_eq!(done, Err(UnpackError::Truncated(compression)), "{length}");
            assert!(text.as_bytes().starts_with(&out));
        }
        // These come in blocks larger than this text.
        let is_blockwise = compression != Compression::Gzip;
        let (half, _) = unpack(&packed[..packed.len() * 3 / 4]);
        assert!(is_blockwise || half.len() > text.len() / 4, "{}", half.len());
    }
}

#[test]
fn damage_is_told_from_truncation() {
    // The zstd program writes checksums; the library does not unless asked to.
    let packs = [
        (gzip(FIRST.as_bytes()), "gzip"),
        (include_bytes!("../testdata/one-frame.zst").to_vec(), "zstd"),
        (xz(FIRST.as_bytes()), "xz"),
        (bzip2(FIRST.as_bytes()), "bzip2"),
    ];
    for (mut packed, compression) in packs {
        let last = packed.len() - 6;
        packed[last] ^= 0x55;
        let (_, done) = unpack(&packed);
        let message = done.unwrap_err().to_string();
        assert!(message.starts_with(&format!("the {compression} data is damaged")), "{message}");
    }
    let mut method = gzip(b"x");
    method[2] = 9;
    assert!(matches!(unpack(&method).1, Err(UnpackError::Damaged { .. })));
}

#[test]
fn a_bomb_stops_at_the_ratio() {
    let zeroes = vec![0; 16 << 20];
    let mut bomb = Vec::new();
    // Members of 16 MiB, so that the test need not hold a whole bomb.
    for _ in 0..64 {
        bomb.extend(gzip(&zeroes));
    }
    let mut unpacker = Unpacker::new(bomb.as_slice(), Limits::default());
    let error = io::copy(&mut unpacker, &mut io::sink()).unwrap_err();
    assert_eq!(UnpackError::of(&error), Some(&UnpackError::RatioTooHigh { ratio: 1_000 }));
    assert_eq!(unpacker.read(&mut [0; 10]).unwrap(), 0);

    let zeroes = vec![0; 8 << 20];
    for bomb in [xz(&zeroes).repeat(12), bzip2(&zeroes).repeat(12)] {
        let error =
            io::copy(&mut Unpacker::new(bomb.as_slice(), Limits::default()), &mut io::sink());
        let error = error.unwrap_err();
        assert_eq!(UnpackError::of(&error), Some(&UnpackError::RatioTooHigh { ratio: 1_000 }));
    }
    let bomb = zstd(&vec![0; 128 << 20]);
    let error = io::copy(&mut Unpacker::new(bomb.as_slice(), Limits::default()), &mut io::sink());
    let error = error.unwrap_err();
    assert_eq!(UnpackError::of(&error), Some(&UnpackError::RatioTooHigh { ratio: 1_000 }));
}

#[test]
fn xz_that_asks_for_more_memory_than_any_log_is_refused() {
    // The block header's dictionary of 4 GiB, its checksum put right.
    let mut packed = xz(FIRST.as_bytes());
    let header = 12..12 + (usize::from(packed[12]) + 1) * 4;
    assert_eq!(packed[14..16], [0x21, 1]);
    packed[16] = 40;
    let mut sum = flate2::Crc::new();
    sum.update(&packed[header.start..header.end - 4]);
    packed[header.end - 4..header.end].copy_from_slice(&sum.sum().to_le_bytes());
    let (out, done) = unpack(&packed);
    assert!(out.is_empty());
    assert!(
        matches!(done, Err(UnpackError::Damaged { compression: Compression::Xz, .. })),
        "{done:?}"
    );
}

#[test]
fn uniform_logs_are_no_bombs() {
    // One device that asks for one name all day long.
    let line = |at: u32| {
        let (minute, second, milli) = (at / 60_000 % 60, at / 1_000 % 60, at % 1_000);
        format!(
            "24-Nov-2026 08:{minute:02}:{second:02}.{milli:03} client 10.0.0.7#51511 (a.example): query: a.example IN A +\n"
        )
    };
    let text: String = (0..900_000).map(|at| line(at * 4)).collect();
    assert!(text.len() > 64 << 20);
    for packed in [gzip(text.as_bytes()), zstd(text.as_bytes())] {
        let mut unpacker = Unpacker::new(packed.as_slice(), Limits::default());
        let read = io::copy(&mut unpacker, &mut io::sink());
        assert_eq!(read.unwrap(), text.len() as u64);
    }
}

#[test]
fn small_uniform_files_may_have_any_ratio_and_the_size_has_its_own_limit() {
    let zeroes = vec![0; 8 << 20];
    assert_eq!(unpack(&zstd(&zeroes)).1, Ok(()));
    let limits = Limits { output_bytes: 1 << 20, ..Limits::default() };
    let too_large = Err(UnpackError::TooLarge { bytes: 1 << 20 });
    assert_eq!(unpack_with(&zstd(&zeroes), limits).1, too_large);
    assert_eq!(unpack_with(&gzip(&zeroes), limits).1, too_large);
    // What is not compressed has the size it has.
    assert_eq!(unpack_with(&zeroes, limits).1, Ok(()));
}

#[test]
fn a_failure_below_stays_what_it_is() {
    struct Torn;
    impl Read for Torn {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::new(io::ErrorKind::UnexpectedEof, "torn"))
        }
    }
    let text: String = (0..5_000).map(|line| format!("line {line}\n")).collect();
    for packed in [gzip(text.as_bytes()), zstd(text.as_bytes()), text.clone().into_bytes()] {
        let start = &packed[..packed.len() / 2];
        let error = io::read_to_string(Unpacker::new(start.chain(Torn), Limits::default()));
        let error = error.unwrap_err();
        assert_eq!((UnpackError::of(&error), error.to_string().as_str()), (None, "torn"));
    }
    assert!(Unpacker::new(Torn, Limits::default()).compression().is_err());
}

proptest! {
    #[test]
    fn what_was_packed_comes_out(parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..3_000), 1..5)) {
        for pack in [gzip, zstd, xz, bzip2] {
            let packed: Vec<u8> = parts.iter().flat_map(|part| pack(part)).collect();
            prop_assert_eq!(unpack(&packed), (parts.concat(), Ok(())));
        }
    }

    #[test]
    fn no_bytes_make_it_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..300), magic in 0_usize..6) {
        let start = [
            &b""[..],
            b"\x1f\x8b\x08",
            b"\x28\xb5\x2f\xfd",
            b"\x50\x2a\x4d\x18",
            b"\xfd7zXZ\0\0\x04\xe6\xd6\xb4\x46",
            b"BZh91AY&SY",
        ][magic];
        bytes.splice(0..0, start.iter().copied());
        let _outcome = unpack(&bytes);
    }
}
