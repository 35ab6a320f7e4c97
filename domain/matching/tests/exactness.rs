//! The fast matcher against a slow one, and every near miss by name.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::type_complexity,
    reason = "test helpers may panic"
)]

use contacts::{Contact, Outcome, WireContact};
use indicators::{Indicator, Scope};
use matching::{Gatherer, Index, IndexBuilder, Layers, Matcher, Place, Verdict};
use naming::{Holder, Names};
use observables::{DomainName, Host, Observable, parse_address, path_covers};
use proptest::prelude::*;

fn indicator(text: &str) -> Indicator {
    let (text, scope) = match text.strip_prefix('=') {
        Some(text) => (text, Scope::Exact),
        None => (text, Scope::Subdomains),
    };
    Indicator { observable: text.parse().unwrap(), scope, family: None, valid_until: None }
}

fn index_of(indicators: &[Indicator]) -> Index {
    let mut builder = IndexBuilder::default();
    for indicator in indicators {
        builder.push(indicator, "list").unwrap();
    }
    builder.build()
}

fn connection<'l>(name: &'l str, address: &'l str, port: u16, path: &'l str) -> Contact<'l> {
    Contact {
        device: b"10.0.0.7",
        name: name.as_bytes(),
        path: path.as_bytes(),
        address: address.as_bytes(),
        port,
        outcome: Outcome::Connected,
        ..Contact::default()
    }
}

/// What an indicator says of a destination, and how specific it is; one indicator at a time.
fn slow_rank(indicator: &Indicator, contact: &Contact<'_>) -> Option<(u8, usize)> {
    let address = |text: &[u8]| parse_address(std::str::from_utf8(text).ok()?).ok();
    let destinations = [address(contact.name), address(contact.address)];
    let name = DomainName::parse(contact.name).ok();
    let is_within = |domain: &DomainName| match indicator.scope {
        Scope::Exact => name.as_ref() == Some(domain),
        Scope::Subdomains => name.as_ref().is_some_and(|name| name.is_within(domain)),
    };
    let is_host = |host: &Host| match host {
        Host::Name(host) => name.as_ref() == Some(host),
        Host::Address(host) if contact.name.is_empty() => destinations[1] == Some(*host),
        Host::Address(host) => destinations[0] == Some(*host),
    };
    let path = if contact.path.is_empty() { b"/" } else { contact.path };
    match &indicator.observable {
        Observable::Url(url) => (is_host(&url.host)
            && url.port.is_none_or(|port| port == contact.port)
            && path_covers(url.path.as_bytes(), path))
        .then(|| (5, url.path.len() * 2 + usize::from(url.port.is_some()))),
        Observable::Domain(domain) => is_within(domain).then(|| (4, domain.as_str().len())),
        Observable::Endpoint(it) => {
            (it.port == contact.port && destinations.contains(&Some(it.address))).then_some((3, 0))
        }
        Observable::Address(it) => destinations.contains(&Some(*it)).then_some((2, 0)),
        Observable::Network(it) => destinations
            .iter()
            .flatten()
            .any(|to| it.contains(*to))
            .then(|| (1, usize::from(it.prefix_length()))),
    }
}

fn fast(index: &Index, contact: &Contact<'_>) -> Option<(String, Verdict)> {
    let hit = Matcher::new(index).examine(contact)?;
    Some((index.describe(hit.indicator).unwrap().text(), hit.verdict))
}

const LIST: [&str; 18] = [
    "evil.example",
    "deep.evil.example",
    "=exact.example",
    "làmsạch.example",
    "=both.example",
    "both.example",
    "192.0.2.7",
    "198.51.100.0/24",
    "198.51.100.128/25",
    "198.51.100.200",
    "203.0.113.9:8443",
    "2001:db8::7",
    "2001:db8:1::/48",
    "shared.example/gate",
    "shared.example/gate/deep/",
    "shared.example:8080/x",
    "203.0.113.20/drop",
    "[2001:db8::9]:443",
];

#[test]
fn near_misses_do_not_match_and_their_neighbours_do() {
    let index = index_of(&LIST.map(indicator));
    let check = |name: &str, address: &str, port: u16, path: &str, expected: Option<&str>| {
        let found = fast(&index, &connection(name, address, port, path)).map(|it| it.0);
        assert_eq!(found.as_deref(), expected, "{name} {address}:{port} {path}");
    };
    check("evil.example", "", 0, "", Some("evil.example"));
    check("A.EVIL.Example.", "", 0, "", Some("evil.example"));
    check("x.deep.evil.example", "", 0, "", Some("deep.evil.example"));
    check("evil.example.good.example", "", 0, "", None);
    check("notevil.example", "", 0, "", None);
    check("evil.example-x.example", "", 0, "", None);
    check("evil.examples", "", 0, "", None);
    check("example", "", 0, "", None);
    check("exact.example", "", 0, "", Some("exact.example"));
    check("a.exact.example", "", 0, "", None);
    check("a.both.example", "", 0, "", Some("both.example"));
    check("www.LÀMSẠCH.example", "", 0, "", Some("xn--lmsch-rqa5344c.example"));
    check("www.XN--lmsch-rqa5344c.example", "", 0, "", Some("xn--lmsch-rqa5344c.example"));
    check("lamsach.example", "", 0, "", None);
    check("", "192.0.2.7", 80, "", Some("192.0.2.7"));
    check("", "::ffff:192.0.2.7", 80, "", Some("192.0.2.7"));
    check("192.0.2.7", "", 80, "", Some("192.0.2.7"));
    check("", "192.0.2.70", 80, "", None);
    check("", "92.0.2.7", 80, "", None);
    check("", "192.0.2.8", 80, "", None);
    check("", "198.51.100.0", 0, "", Some("198.51.100.0/24"));
    check("", "198.51.100.255", 0, "", Some("198.51.100.128/25"));
    check("", "198.51.100.200", 0, "", Some("198.51.100.200"));
    check("", "198.51.101.0", 0, "", None);
    check("", "198.51.99.255", 0, "", None);
    check("", "203.0.113.9", 8443, "", Some("203.0.113.9:8443"));
    check("", "203.0.113.9", 443, "", None);
    check("", "203.0.113.9", 0, "", None);
    check("", "2001:DB8:0::7", 0, "", Some("2001:db8::7"));
    check("", "2001:db8:1:ffff::1", 0, "", Some("2001:db8:1::/48"));
    check("", "2001:db8:2::", 0, "", None);
    check("", "2001:db8::9", 443, "", Some("[2001:db8::9]:443"));
    check("", "2001:db8::9", 444, "", None);
    check("shared.example", "", 80, "/gate", Some("shared.example/gate"));
    check("Shared.Example", "", 80, "/gate/x", Some("shared.example/gate"));
    check("shared.example", "", 80, "/gate/deep/x", Some("shared.example/gate/deep/"));
    check("shared.example", "", 80, "/gateway", None);
    check("shared.example", "", 80, "/other", None);
    check("a.shared.example", "", 80, "/gate", None);
    check("shared.example", "", 80, "/x", None);
    check("shared.example", "", 8080, "/x", Some("shared.example:8080/x"));
    check("", "203.0.113.20", 80, "/drop/1", Some("203.0.113.20/drop"));
    check("good.example", "203.0.113.20", 80, "/drop/1", None);
}

#[test]
fn what_is_not_a_contact_is_told_apart() {
    let index = index_of(&LIST.map(indicator));
    let inbound = connection("", "10.1.1.1", 22, "");
    let inbound = Contact { device: b"192.0.2.7", ..inbound };
    assert_eq!(fast(&index, &inbound), Some(("192.0.2.7".into(), Verdict::InboundScan)));
    let hit = Matcher::new(&index).examine(&inbound).unwrap();
    assert_eq!(hit.device, matching::Device::Address("10.1.1.1".parse().unwrap()));

    let check = |query: &str, expected: Option<&str>| {
        let contact =
            Contact { query: query.as_bytes(), ..connection("good.example", "", 80, "/") };
        let expected = expected.map(|it| (it.to_owned(), Verdict::MentionOnly));
        assert_eq!(fast(&index, &contact), expected, "{query}");
    };
    check("u=http://a.evil.example/x", Some("evil.example"));
    check("u=http%3A%2F%2Fevil.example%2Fx", Some("evil.example"));
    check("u=%2Fevil.example", Some("evil.example"));
    check("u=%22www.evil.example%22&v=1.0", Some("evil.example"));
    check("u=%2Fnotevil.example", None);
    check("%2.evil.example", Some("evil.example"));
    check("ip=192.0.2.7", Some("192.0.2.7"));
    check("u=notevil.example", None);
    check("u=evil.example.good.example", None);
    check("%", None);

    let dns = |answers: &'static str, outcome| Contact {
        device: b"10.0.0.7",
        name: b"good.example",
        answers: answers.as_bytes(),
        outcome,
        ..Contact::default()
    };
    let found = fast(&index, &dns("203.0.113.77,192.0.2.7", Outcome::DnsResolved));
    assert_eq!(found, Some(("192.0.2.7".into(), Verdict::DnsResolved)));
    let found = fast(&index, &dns("192.0.2.7", Outcome::Connected));
    assert_eq!(found, Some(("192.0.2.7".into(), Verdict::DnsResolved)));
    assert_eq!(fast(&index, &dns("192.0.2.77 1192.0.2.7", Outcome::DnsResolved)), None);
    let url = Contact { name: b"shared.example", path: b"/gate", ..dns("", Outcome::DnsQueried) };
    assert_eq!(fast(&index, &url), None);
}

/// Hosts of a small world, where lists and logs meet often.
fn name() -> impl Strategy<Value = String> {
    let label =
        prop::sample::select(vec!["a", "evil", "evil-x", "notevil", "vn", "example", "làm"]);
    prop::collection::vec(label, 2..5).prop_map(|labels| labels.join("."))
}

fn address() -> impl Strategy<Value = String> {
    prop_oneof![
        (0_u8..4, 0_u8..=255).prop_map(|(third, last)| format!("192.0.{third}.{last}")),
        (0_u8..4, 0_u8..16).prop_map(|(group, last)| format!("2001:db8:{group}::{last:x}")),
    ]
}

fn listed() -> impl Strategy<Value = Indicator> {
    let path = prop::sample::select(vec!["/", "/a", "/a/b", "/ab", "/a/"]);
    let port = prop::sample::select(vec!["", ":80", ":8080"]);
    prop_oneof![
        name(),
        name().prop_map(|it| format!("={it}")),
        address(),
        (address(), 20_u8..=32).prop_map(|(it, length)| format!("{it}/{length}")),
        (name(), port, path).prop_map(|(host, port, path)| format!("http://{host}{port}{path}")),
        (0_u8..4, 0_u8..=255).prop_map(|(third, last)| format!("192.0.{third}.{last}:80")),
    ]
    .prop_map(|text| indicator(&text))
}

proptest! {
    #[test]
    fn several_layers_find_what_one_index_of_all_finds(
        list in prop::collection::vec((listed(), 0_usize..4), 0..40),
        name in prop_oneof![name(), Just(String::new()), address()],
        (source, target) in (prop_oneof![address(), Just("10.0.0.7".to_owned())], prop_oneof![address(), Just(String::new())]),
        answers in prop::collection::vec(address(), 0..3),
        port in prop::sample::select(vec![0, 80, 8080]),
        path in prop::sample::select(vec!["", "/", "/a", "/a/b", "/ab"]),
        query in prop_oneof![Just(String::new()), name().prop_map(|it| format!("u=//{it}/"))],
        outcome in prop::sample::select(vec![Outcome::DnsQueried, Outcome::Inbound, Outcome::Connected]),
    ) {
        // The first layer's indicators come first in the one index too.
        let mut all: Vec<_> = list.clone();
        all.sort_by_key(|(_, layer)| *layer);
        let whole = index_of(&all.into_iter().map(|it| it.0).collect::<Vec<_>>());
        let part = |layer| {
            let of_layer = list.iter().filter(|it| it.1 == layer).map(|it| it.0.clone());
            index_of(&of_layer.collect::<Vec<_>>())
        };
        let layers = Layers::new((0..4).map(part).collect()).unwrap();
        // A server of ours that was asked for a page asked no name server.
        let answers = if outcome == Outcome::Inbound { String::new() } else { answers.join(",") };
        let contact = Contact {
            device: source.as_bytes(),
            answers: answers.as_bytes(),
            query: query.as_bytes(),
            outcome,
            ..connection(&name, &target, port, path)
        };
        let told = |hit: Option<matching::Hit<'_>>, of: &dyn matching::Describe| {
            hit.map(|it| {
                let text = of.describe(it.indicator).unwrap().text();
                (text, it.verdict, format!("{:?} {:?}", it.device, it.destination))
            })
        };
        let one = told(Matcher::new(&whole).examine(&contact), &whole);
        let several = told(Matcher::over(&layers).examine(&contact), &layers);
        prop_assert_eq!(one, several);
        let address: std::net::IpAddr = source.parse().unwrap();
        prop_assert_eq!(
            Matcher::new(&whole).holds_address(address),
            Matcher::over(&layers).holds_address(address)
        );
    }

    #[test]
    fn the_fast_matcher_agrees_with_the_slow_one(
        list in prop::collection::vec(listed(), 0..40),
        name in prop_oneof![name(), name().prop_map(|it| it.to_uppercase() + "."), Just(String::new()), address()],
        address in prop_oneof![address(), Just(String::new()), Just("::ffff:192.0.2.9".to_owned())],
        port in prop::sample::select(vec![0, 80, 8080]),
        path in prop::sample::select(vec!["", "/", "/a", "/a/b", "/ab", "/a/b/c", "/b"]),
    ) {
        let contact = connection(&name, &address, port, path);
        // Where a name is an address itself it is the nearer destination.
        let by_name = Contact { address: b"", ..contact };
        let best = |contact: &Contact<'_>| list.iter().filter_map(|it| slow_rank(it, contact)).max();
        let slow = best(&by_name).or_else(|| best(&contact));
        let index = index_of(&list);
        let hit = Matcher::new(&index).examine(&contact);
        let found = hit.map(|hit| index.describe(hit.indicator).unwrap().text());
        let rank = found.map(|text| {
            let same = list.iter().filter(|it| it.observable.to_string() == text);
            same.filter_map(|it| slow_rank(it, &contact)).max().unwrap()
        });
        prop_assert_eq!(rank, slow);
    }

    #[test]
    fn what_packets_gave_is_matched_as_what_a_log_gave(
        list in prop::collection::vec(listed(), 0..40),
        name in prop_oneof![name(), Just(String::new()), address()],
        (source, target) in (address(), prop::option::of(address())),
        answers in prop::collection::vec(address(), 0..3),
        port in prop::sample::select(vec![0, 80, 8080]),
        path in prop::sample::select(vec!["", "/", "/a", "/a/b", "/ab"]),
        query in prop_oneof![Just(String::new()), name().prop_map(|it| format!("u=//{it}/"))],
        outcome in prop::sample::select(vec![Outcome::DnsQueried, Outcome::DnsResolved, Outcome::Connected]),
    ) {
        let address = |text: &String| text.parse::<std::net::IpAddr>().unwrap();
        let typed: Vec<_> = answers.iter().map(address).collect();
        let wire = WireContact {
            address: target.as_ref().map(address),
            port,
            name: name.as_bytes(),
            path: path.as_bytes(),
            query: query.as_bytes(),
            answers: &typed,
            outcome,
            ..WireContact::by(address(&source))
        };
        let answers = answers.join(",");
        let target = target.unwrap_or_default();
        let logged = Contact {
            device: source.as_bytes(),
            address: target.as_bytes(),
            port,
            name: name.as_bytes(),
            path: path.as_bytes(),
            query: query.as_bytes(),
            answers: answers.as_bytes(),
            outcome,
            ..Contact::default()
        };
        let index = index_of(&list);
        let mut matcher = Matcher::new(&index);
        // Where a hit's path stands on a bare address, only the text of the host differs.
        let told = |hit: matching::Hit<'_>| {
            let device = format!("{:?}", hit.device);
            (hit.indicator, hit.verdict, device)
        };
        let by_wire = matcher.examine_wire(&wire).map(told);
        prop_assert_eq!(by_wire, matcher.examine(&logged).map(told));
        let is_on_its_address = !target.is_empty() && index.holds_address(address(&target));
        let bare = WireContact { port: 80, ..WireContact::by(address(&source)) };
        let bare = WireContact { address: wire.address, ..bare };
        let has_hit = matcher.examine_wire(&bare).is_some_and(|it| it.verdict > Verdict::InboundScan);
        // The list holds endpoints of port 80 and no other.
        prop_assert_eq!(is_on_its_address, has_hit);
    }

    #[test]
    fn the_order_of_parts_does_not_change_the_sightings(
        hits in prop::collection::vec((0_usize..3, 0_usize..2, 0_usize..4, prop::option::of(0_i64..9)), 0..30),
        order in any::<prop::sample::Index>(),
        cut in any::<prop::sample::Index>(),
    ) {
        let index = index_of(&LIST.map(indicator));
        let outcomes = [Outcome::DnsQueried, Outcome::Attempted, Outcome::Connected, Outcome::DnsBlocked];
        let gather = |part: &[(usize, (usize, usize, usize, Option<i64>))]| {
            let mut gatherer = Gatherer::default();
            for (at, (device, name, outcome, second)) in part {
                let contact = Contact {
                    device: [&b"10.0.0.1"[..], b"10.0.0.2", b"PC-7"][*device],
                    name: [&b"evil.example"[..], b"deep.evil.example"][*name],
                    outcome: outcomes[*outcome], ..Contact::default()
                };
                let hit = Matcher::new(&index).examine(&contact).unwrap();
                let time = second.map(|it| jiff::Timestamp::from_second(it).unwrap());
                let place = Place { log: 0, offset: *at as u64, line: *at as u64 + 1 };
                let holder = hit.holder(&Names::default(), time);
                gatherer.add(&hit, holder, time, place, b"line");
            }
            gatherer
        };
        let hits: Vec<_> = hits.into_iter().enumerate().collect();
        let whole = gather(&hits).finish(&index, &Names::default(), |place| ("log".into(), place.line));
        let mut turned = hits.clone();
        turned.rotate_left(order.index(hits.len().max(1)).min(hits.len()));
        let (left, right) = turned.split_at(cut.index(hits.len() + 1));
        let mut parts = gather(right);
        parts.merge(gather(left));
        prop_assert_eq!(parts.finish(&index, &Names::default(), |place| ("log".into(), place.line)), whole);
    }
}

#[test]
fn a_url_on_a_bare_address_is_found_and_written_out() {
    let index = index_of(&LIST.map(indicator));
    let check = |address: &str, path: &str, expected: &str| {
        let between = WireContact::between(
            "10.0.0.7".parse().unwrap(),
            address.parse().unwrap(),
            if path == "/" { 443 } else { 80 },
        );
        let contact = WireContact { path: path.as_bytes(), outcome: Outcome::Connected, ..between };
        let mut gatherer = Gatherer::default();
        let hit = Matcher::new(&index).examine_wire(&contact).unwrap();
        let place = Place { log: 0, offset: 0, line: 1 };
        gatherer.add(&hit, Holder::default(), None, place, b"");
        gatherer.add_to(&hit, Holder::default(), None, place, b"");
        let sightings =
            gatherer.finish(&index, &Names::default(), |place| ("log".into(), place.line));
        let found: Vec<_> =
            sightings.iter().map(|it| (it.destination.as_str(), it.count)).collect();
        assert_eq!(found, [(expected, 1)]);
    };
    check("203.0.113.20", "/drop/1", "203.0.113.20/drop/1");
    check("2001:db8::9", "/", "[2001:db8::9]:443");
}

#[test]
fn a_full_gatherer_says_so() {
    let index = index_of(&LIST.map(indicator));
    let mut gatherer = Gatherer::with_limit(1);
    for device in ["10.0.0.1", "10.0.0.2"] {
        let contact =
            Contact { device: device.as_bytes(), name: b"evil.example", ..Contact::default() };
        let hit = Matcher::new(&index).examine(&contact).unwrap();
        gatherer.add(&hit, Holder::default(), None, Place { log: 0, offset: 0, line: 1 }, b"");
    }
    assert_eq!((gatherer.len(), gatherer.is_full()), (1, true));
}

#[test]
fn an_index_holds_what_it_was_made_of_and_nothing_that_is_near() {
    let listed = [
        "evil.example",
        "=exact.example",
        "192.0.2.7",
        "2001:db8::66",
        "192.0.2.8:8443",
        "[2001:db8::66]:53",
        "198.51.100.0/24",
        "198.51.100.0/25",
        "2001:db8:1::/48",
        "http://url.example/a/b",
        "http://url.example:8080/a",
        "http://203.0.113.5/x",
    ];
    let indicators: Vec<_> = listed.iter().map(|it| indicator(it)).collect();
    let index = index_of(&indicators);
    for it in &indicators {
        assert!(index.holds(&it.observable), "{}", it.observable);
    }
    for near in [
        "a.evil.example",
        "example",
        "a.exact.example",
        "url.example",
        "192.0.2.8",
        "192.0.2.7:80",
        "192.0.2.8:443",
        "198.51.100.1",
        "198.51.100.0/26",
        "198.51.100.0/23",
        "2001:db8::67",
        "[2001:db8::66]:54",
        "2001:db8:1::/49",
        "http://url.example/a",
        "http://url.example/a/b/c",
        "http://url.example:8081/a",
        "http://url.example:8080/a/b",
        "http://203.0.113.5/y",
        "http://203.0.113.6/x",
    ] {
        let Ok(observable) = Observable::parse(near) else { continue };
        assert!(!index.holds(&observable), "{near}");
    }
}

#[test]
fn a_device_known_by_name_alone_keeps_the_capitals_of_the_log() {
    let index = index_of(&[indicator("evil.example")]);
    for (written, device, device_name) in
        [("PC-KeToan", "pc-ketoan", Some("PC-KeToan")), ("pc-1", "pc-1", None)]
    {
        let contact = Contact {
            device: written.as_bytes(),
            name: b"evil.example",
            outcome: Outcome::DnsQueried,
            ..Contact::default()
        };
        let hit = Matcher::new(&index).examine(&contact).unwrap();
        let mut gatherer = Gatherer::default();
        gatherer.add(&hit, Holder::default(), None, Place { log: 0, offset: 0, line: 1 }, b"");
        let found = gatherer.finish(&index, &Names::default(), |_| (String::new(), 1)).remove(0);
        assert_eq!((found.device.as_str(), found.device_name.as_deref()), (device, device_name));
    }
}
