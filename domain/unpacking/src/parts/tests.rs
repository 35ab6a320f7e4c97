use std::io::Write as _;

use super::*;

/// The ways to all parts, and what was refused.
pub(super) fn opened(name: &str, bytes: &[u8], limits: PartLimits) -> (Vec<String>, Vec<String>) {
    let mut ways = Vec::new();
    let refused = each_part(name, bytes, &limits, &mut |part| {
        ways.push(format!("{}={}", part.way.join("/"), String::from_utf8_lossy(part.bytes)));
        ControlFlow::Continue(())
    });
    let refused = refused.iter().map(|it| format!("{} {}", it.way.join("/"), it.reason.code()));
    (ways, refused.collect())
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

#[test]
fn a_stream_is_one_part_named_without_its_ending() {
    let (ways, refused) = opened("a.txt.gz", &gzipped(b"x"), PartLimits::default());
    assert_eq!((ways, refused), (vec!["a.txt=x".to_owned()], vec![]));
}

#[test]
fn archives_in_archives_are_opened_as_deep_as_allowed() {
    let nested = gzipped(&gzipped(&gzipped(b"x")));
    let limits = PartLimits { depth: 2, ..PartLimits::default() };
    let (ways, refused) = opened("a.gz.gz.gz", &nested, limits);
    assert_eq!(ways.len(), 2);
    assert_eq!(refused, ["a.gz.gz/a.gz too-deep"]);
    let (_, refused) = opened("a.gz", &nested, PartLimits { depth: 0, ..limits });
    assert_eq!(refused, [" too-deep"]);
}

#[test]
fn every_limit_that_is_hit_is_said() {
    let zeroes = vec![0; 9 << 20];
    let check = |limits: PartLimits, bytes: &[u8], expected: &str| {
        let mut seen = 0;
        let refused = each_part("a.gz", bytes, &limits, &mut |part| {
            seen += part.bytes.len() as u64;
            ControlFlow::Continue(())
        });
        assert_eq!(refused[0].reason.code(), expected);
        assert!(seen <= 9 << 20, "{seen}");
    };
    let all = PartLimits::default();
    check(PartLimits { part_bytes: 1 << 20, ..all }, &gzipped(&zeroes), "part-too-large");
    check(PartLimits { total_bytes: 1 << 20, ..all }, &gzipped(&zeroes), "archive-too-large");
    check(PartLimits { ratio: 10, ..all }, &gzipped(&zeroes), "bomb");
    check(PartLimits { parts: 1, ..all }, &gzipped(&gzipped(b"x")), "too-many-parts");
    check(all, &gzipped(b"some text")[..20], "damaged");
}
