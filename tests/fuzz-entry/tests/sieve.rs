//! Lines of every format with something listed put anywhere into them: none may be left out.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::fs;
use std::path::Path;

use proptest::prelude::*;

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus");

/// What the entry's list names, in forms that logs write.
const LISTED: [&str; 18] = [
    "c2.example",
    "A.C2.EXAMPLE.",
    "203.0.113.9",
    "[203.0.113.9]:443",
    "198.51.100.77",
    "2001:db8::bad",
    "2001:db8:0:0:0:0:0:bad",
    "::ffff:203.0.113.9",
    "0:0:0:0:0:ffff:cb00:7109",
    "bad.example/gate",
    "www.long-name.listed.example",
    "203.0.113.77/gate",
    "192.0.2.7:443",
    "(2)c2(7)example(0)",
    "evil.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.example",
    "20:01:0d:b8:00:00:00:1",
    // What stands around it, and is no part of it.
    "------------------------------------------------------------",
    " :x :y :z ",
];

/// Single bytes that separate, escape, or belong to names and addresses.
const BYTES: &[u8] = b"\0\xff\"\\ \t#=:/.[]{}'()09aZ\xc3%-_,;<>@|..::--";

fn lines() -> Vec<Vec<u8>> {
    let folders = ["sieve", "log_lines", "check_logs"].map(|it| Path::new(CORPUS).join(it));
    let files = folders.iter().flat_map(|it| fs::read_dir(it).unwrap());
    let mut paths: Vec<_> = files.map(|it| it.unwrap().path()).collect();
    paths.sort();
    let logs = paths.iter().map(|it| fs::read(it).unwrap());
    logs.flat_map(|log| log.split(|it| *it == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>())
        .collect()
}

/// In place of the last name or address of a line, which most likely is what its device contacted.
fn replace_last(line: &mut Vec<u8>, listed: &str) {
    let Some(dot) = line.iter().rposition(|it| *it == b'.') else { return };
    let is_part = |it: &u8| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'-');
    let start = line[..dot].iter().rposition(|it| !is_part(it)).map_or(0, |it| it + 1);
    let end = line[dot..].iter().position(|it| !is_part(it)).map_or(line.len(), |it| dot + it);
    line.splice(start..end, listed.bytes());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn no_line_with_something_listed_is_left_out(
        at in any::<prop::sample::Index>(),
        count in 1..4_usize,
        replaced in prop::option::of(prop::sample::select(&LISTED[..])),
        put in prop::collection::vec(
            (any::<prop::sample::Index>(), prop::sample::select(&LISTED[..])),
            0..3,
        ),
        changed in prop::collection::vec(
            (any::<prop::sample::Index>(), prop::sample::select(BYTES), any::<bool>()),
            0..6,
        ),
    ) {
        thread_local!(static LINES: Vec<Vec<u8>> = lines());
        let mut bytes = LINES.with(|lines| {
            let from = at.index(lines.len());
            lines[from..lines.len().min(from + count)].to_vec()
        });
        if let Some(listed) = replaced {
            for line in &mut bytes {
                replace_last(line, listed);
            }
        }
        let mut bytes = bytes.join(&b'\n');
        for (at, listed) in put {
            let at = at.index(bytes.len() + 1);
            bytes.splice(at..at, listed.bytes());
        }
        for (at, byte, is_inserted) in changed {
            let at = at.index(bytes.len() + 1);
            bytes.splice(at..(at + usize::from(!is_inserted)).min(bytes.len()), [byte]);
        }
        fuzz_entry::sieve(&bytes);
    }
}
