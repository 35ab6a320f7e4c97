//! Readers of lists, single values, tables and compressed bytes.

use std::io::Read as _;

use campaigns::tree_import;
use indicators::{ListFormat, ReadOptions, read_list};
use observables::{Observable, refang};
use unpacking::{Limits, NotOpened, PartLimits, Unpacker, ZipReader, each_part};

/// Every indicator taken is counted, and means the same when it is written and read again.
pub fn lists(bytes: &[u8]) {
    for format in [None, Some(ListFormat::Plain), Some(ListFormat::Csv), Some(ListFormat::Hosts)] {
        let options = ReadOptions { format, today: None };
        let mut taken = 0;
        let report = read_list(&mut &*bytes, options, |indicator| {
            taken += 1;
            assert_stable(&indicator.observable);
        });
        assert_eq!(report.accepted.values().sum::<u64>(), taken);
    }
}

/// A value that was read is in normal form.
pub fn observables(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(observable) = Observable::parse(text) {
        assert_stable(&observable);
    }
}

/// What is written is read as the same; a path that happens to look like a disguise set aside.
fn assert_stable(observable: &Observable) {
    let written = observable.to_string();
    if refang(&written) != written {
        return;
    }
    assert_eq!(Observable::parse(&written).as_ref(), Ok(observable), "{written}");
}

/// Tables stay within their limits; a table of units is planned without a unit of its own.
pub fn tables(bytes: &[u8]) {
    let limits = tables::Limits {
        bytes: 1 << 20,
        unpacked_bytes: 4 << 20,
        rows: 500,
        columns: 16,
        cell_chars: 100,
    };
    let Ok(table) = tables::read(bytes, &limits) else { return };
    assert!(!table.rows.is_empty() && table.rows.len() <= limits.rows);
    assert!(table.rows.iter().all(|row| row.cells.len() <= limits.columns));
    let Ok(rows) = tree_import::read_rows(&table) else { return };
    assert!(rows.rows.len() + rows.refused.len() <= table.rows.len());
    let known = tree_import::Known {
        units: Vec::new(),
        places: Vec::new(),
        reach: std::iter::empty().collect(),
        today: jiff::civil::date(2026, 11, 24),
    };
    let _ = tree_import::plan(&rows, &known);
}

/// No more comes out than the limits let.
pub fn unpacking(bytes: &[u8]) {
    let limits = Limits { ratio: 100, ratio_from_bytes: 1 << 16, output_bytes: 1 << 22 };
    let mut unpacker = Unpacker::new(bytes, limits);
    let is_packed = matches!(unpacker.compression(), Ok(Some(_)));
    let mut total = 0_u64;
    let mut block = vec![0; 1 << 14];
    while let Ok(length @ 1..) = unpacker.read(&mut block) {
        total += length as u64;
        assert!(!is_packed || total <= limits.output_bytes + block.len() as u64);
    }
    assert!(is_packed || total <= bytes.len() as u64);
}

/// The members of an archive come to an end, and no more comes out of them than the limits let.
pub fn zips(bytes: &[u8]) {
    let limits = Limits { ratio: 100, ratio_from_bytes: 1 << 16, output_bytes: 1 << 22 };
    let mut zip = ZipReader::new(bytes, limits);
    let mut block = vec![0; 1 << 14];
    let mut steps = 0;
    while !matches!(zip.next_member(), Ok(None)) {
        while let Ok(1..) = zip.read(&mut block) {}
        steps += 1;
        // Each member takes a header; after a fault it goes on further behind.
        assert!(steps <= bytes.len() + 2);
    }
    assert!(zip.unpacked() <= limits.output_bytes + block.len() as u64);
}

/// No more parts, and no larger ones, than the limits let.
pub fn parts(bytes: &[u8]) {
    let limits =
        PartLimits { depth: 4, parts: 64, part_bytes: 1 << 18, total_bytes: 1 << 20, ratio: 100 };
    let (mut count, mut total) = (0, 0_u64);
    let refused = each_part("a", bytes, &limits, &mut |part| {
        count += 1;
        total += part.bytes.len() as u64;
        assert!(part.way.len() <= limits.depth);
        std::ops::ControlFlow::Continue(())
    });
    assert!(count <= limits.parts && total <= limits.total_bytes);
    assert!(refused.iter().all(|it| NotOpened::CODES.contains(&it.reason.code())));
}
