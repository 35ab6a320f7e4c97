//! A side-car answers as reading all contacts again would.

use std::collections::BTreeMap;

use contacts::{Contact, Outcome};
use hunting::{About, Questions, SideCar, SideCarBuilder, SideCarError};
use indicators::{Indicator, Scope};
use jiff::Timestamp;
use observables::{Observable, parse_address};
use proptest::prelude::*;

#[derive(Clone, Debug)]
struct Line {
    device: &'static str,
    destination: String,
    port: u16,
    outcome: Outcome,
    second: i64,
}

impl Line {
    /// The destination as a trace gives it.
    fn text(&self) -> String {
        match (parse_address(&self.destination), self.port) {
            (Err(_), _) => self.destination.clone(),
            (Ok(address), 0) => address.to_string(),
            (Ok(address), port) => observables::Endpoint { address, port }.to_string(),
        }
    }
}

fn line() -> impl Strategy<Value = Line> {
    let name = prop_oneof![
        "[ab]{1,2}(\\.[ab]{1,2}){0,2}\\.(evil|evil-x|good)\\.example",
        Just("evil.example".to_owned()),
        "192\\.0\\.[23]\\.[0-9]{1,2}",
        "2001:db8::[0-9]{1,2}",
    ];
    let device = prop::sample::select(vec!["10.0.0.1", "10.0.0.2", "fd00::1", "may-01"]);
    let outcome =
        prop::sample::select(vec![Outcome::DnsQueried, Outcome::Attempted, Outcome::Connected]);
    let port = prop::sample::select(vec![0, 53, 443]);
    (device, name, port, outcome, 0..100_000_i64).prop_map(
        |(device, destination, port, outcome, second)| Line {
            device,
            destination,
            port,
            outcome,
            second,
        },
    )
}

fn indicator(text: &str, scope: Scope) -> Indicator {
    let observable = Observable::parse(text).expect("an indicator of this test");
    Indicator { observable, scope, family: None, valid_until: None }
}

fn add(builder: &mut SideCarBuilder, offset: u64, line: &Line) {
    let is_address = parse_address(&line.destination).is_ok();
    let destination = line.destination.as_bytes();
    let contact = Contact {
        device: line.device.as_bytes(),
        name: if is_address { b"" } else { destination },
        address: if is_address { destination } else { b"" },
        port: line.port,
        outcome: line.outcome,
        ..Contact::default()
    };
    builder.add(&contact, Timestamp::from_second(1_700_000_000 + line.second).ok(), offset);
}

fn built(lines: &[(u64, Line)]) -> SideCarBuilder {
    let mut builder = SideCarBuilder::default();
    for (offset, line) in lines {
        add(&mut builder, *offset, line);
    }
    builder
}

/// How specific an indicator is that covers a line; `None` when it does not.
fn covers(indicator: &Indicator, line: &Line) -> Option<usize> {
    let address = parse_address(&line.destination).ok();
    match (&indicator.observable, address) {
        (Observable::Domain(domain), None) => {
            let rest = line.destination.strip_suffix(domain.as_str())?;
            let is_below = rest.ends_with('.') && indicator.scope == Scope::Subdomains;
            (rest.is_empty() || is_below).then_some(domain.as_str().len())
        }
        (Observable::Address(its), Some(address)) => (*its == address).then_some(200),
        (Observable::Endpoint(its), Some(address)) => {
            (its.address == address && its.port == line.port).then_some(201)
        }
        (Observable::Network(its), Some(address)) => {
            its.contains(address).then_some(usize::from(its.prefix_length()))
        }
        _ => None,
    }
}

proptest! {
    #[test]
    fn it_finds_what_reading_again_would(lines in prop::collection::vec(line(), 0..60)) {
        let indicators = [
            indicator("evil.example", Scope::Subdomains),
            indicator("a.evil.example", Scope::Exact),
            indicator("b.evil.example", Scope::Subdomains),
            indicator("good.example", Scope::Exact),
            indicator("192.0.2.0/28", Scope::Subdomains),
            indicator("192.0.2.7", Scope::Subdomains),
            indicator("192.0.2.7:443", Scope::Subdomains),
            indicator("2001:db8::/64", Scope::Subdomains),
            indicator("2001:db8::1", Scope::Subdomains),
        ];
        let lines: Vec<(u64, Line)> = (0..).step_by(100).zip(lines).collect();
        let mut expected: BTreeMap<(usize, &str, String), (u64, i64, i64)> = BTreeMap::new();
        for (_, line) in &lines {
            let best = indicators
                .iter()
                .enumerate()
                .filter_map(|(number, it)| Some((covers(it, line)?, number)))
                .max_by_key(|(rank, number)| (*rank, std::cmp::Reverse(*number)));
            if let Some((_, number)) = best {
                let destination = line.text();
                let second = 1_700_000_000 + line.second;
                let held = expected.entry((number, line.device, destination)).or_insert((0, second, second));
                *held = (held.0 + 1, held.1.min(second), held.2.max(second));
            }
        }
        let side_car = SideCar::open(built(&lines).finish(&About::default())).unwrap();
        let traces = side_car.find(&Questions::new(&indicators)).unwrap();
        for trace in &traces {
            // The line given shows the strongest outcome, and no other line a stronger one.
            let of_pair = |it: &&(u64, Line)| {
                it.1.device == trace.device && it.1.text() == trace.destination
            };
            let strongest = lines.iter().filter(of_pair).map(|it| it.1.outcome).max();
            prop_assert_eq!(Some(trace.outcome), strongest);
            let first = lines.iter().filter(of_pair).find(|it| Some(it.1.outcome) == strongest);
            prop_assert_eq!(first.map(|it| it.0), Some(trace.offset));
        }
        let found: BTreeMap<_, _> = traces
            .iter()
            .map(|it| {
                let times = (it.first_seen.unwrap().as_second(), it.last_seen.unwrap().as_second());
                ((it.indicator, it.device.as_str(), it.destination.clone()), (it.count, times.0, times.1))
            })
            .collect();
        prop_assert_eq!(found.len(), traces.len());
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn parts_in_any_order_give_the_same_bytes(
        lines in prop::collection::vec(line(), 0..60),
        parts in prop::collection::vec(0..3_usize, 60),
    ) {
        let lines: Vec<(u64, Line)> = (0..).step_by(100).zip(lines).collect();
        let whole = built(&lines).finish(&About::default());
        let mut merged = SideCarBuilder::default();
        for part in [2, 0, 1] {
            let its: Vec<(u64, Line)> = lines
                .iter()
                .zip(&parts)
                .filter(|(_, its)| **its == part)
                .map(|(line, _)| line.clone())
                .collect();
            merged.merge(&built(&its));
        }
        prop_assert_eq!(merged.finish(&About::default()), whole);
    }

    #[test]
    fn a_damaged_side_car_is_refused_or_read_as_far_as_it_goes(
        lines in prop::collection::vec(line(), 0..40),
        cut in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let lines: Vec<(u64, Line)> = (0..).step_by(100).zip(lines).collect();
        let mut bytes = built(&lines).finish(&About::default());
        let at = at.index(bytes.len());
        bytes[at] = byte;
        bytes.truncate(cut.index(bytes.len()) + 1);
        if let Ok(side_car) = SideCar::open(bytes) {
            let evil = [
                indicator("evil.example", Scope::Subdomains),
                indicator("0.0.0.0/0", Scope::Subdomains),
            ];
            // Nothing is promised but that it ends.
            drop(side_car.find(&Questions::new(&evil)));
        }
    }
}

#[test]
fn answers_and_urls_are_found() {
    let mut builder = SideCarBuilder::default();
    let dns = Contact {
        device: b"10.0.0.7",
        device_name: b"May-Ke-Toan",
        name: b"cdn.example",
        answers: b"198.51.100.9, 192.0.2.200",
        outcome: Outcome::DnsResolved,
        ..Contact::default()
    };
    builder.add(&dns, None, 0);
    let web = Contact {
        device: b"10.0.0.8",
        name: b"host.example",
        path: b"/a/b",
        outcome: Outcome::Connected,
        ..Contact::default()
    };
    builder.add(&web, None, 500);
    let side_car = SideCar::open(builder.finish(&About::default())).unwrap();
    let indicators = [
        indicator("192.0.2.200", Scope::Subdomains),
        indicator("http://host.example/a", Scope::Subdomains),
        indicator("http://cdn.example:8080/a", Scope::Subdomains),
    ];
    let traces = side_car.find(&Questions::new(&indicators)).unwrap();
    let short: Vec<_> = traces
        .iter()
        .map(|it| (it.indicator, it.is_host_only, it.device.as_str(), it.destination.as_str()))
        .collect();
    assert_eq!(
        short,
        [
            (0, false, "10.0.0.7", "192.0.2.200"),
            (2, true, "10.0.0.7", "cdn.example"),
            (1, true, "10.0.0.8", "host.example"),
        ]
    );
    assert_eq!(traces[0].device_name.as_deref(), Some("May-Ke-Toan"));
    assert_eq!(traces[0].outcome, Outcome::DnsResolved);
}

#[test]
fn other_files_are_told_apart() {
    let error = |bytes: &[u8]| SideCar::open(bytes.to_vec()).unwrap_err();
    assert_eq!(error(b""), SideCarError::Foreign);
    assert_eq!(error(b"PK\x03\x04 something else"), SideCarError::Foreign);
    let mut bytes = SideCarBuilder::default().finish(&About::default());
    assert!(SideCar::open(bytes.clone()).unwrap().find(&Questions::new(&[])).unwrap().is_empty());
    bytes[8] = 9;
    assert_eq!(error(&bytes), SideCarError::Newer(9));
    bytes[8] = 1;
    assert_eq!(error(&bytes), SideCarError::Older(1));
    bytes[8] = 2;
    bytes.truncate(70);
    assert_eq!(error(&bytes), SideCarError::Damaged);
}
