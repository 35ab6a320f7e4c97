//! Logs that write a question and what became of it on lines of their own.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use contacts::{Format, Parser};
use indicators::{Indicator, Scope};
use matching::Verdict::{DnsBlocked, DnsQueried};
use matching::{Gatherer, IndexBuilder, Matcher, Place, Verdict};
use naming::{Holder, Names};

/// The verdict, count and evidence of lines about one device and indicator, each in the log of its format.
fn found(lines: &[(Format, &str)], threads: usize) -> (Verdict, u64, String) {
    let mut builder = IndexBuilder::default();
    let observable = "evil.example".parse().unwrap();
    let indicator =
        Indicator { observable, scope: Scope::Subdomains, family: None, valid_until: None };
    builder.push(&indicator, "list").unwrap();
    let index = builder.build();
    let mut parts = vec![Gatherer::default(); threads];
    for (at, (format, line)) in lines.iter().enumerate() {
        let mut matcher = Matcher::new(&index);
        let place = Place { log: 0, offset: at as u64, line: at as u64 + 1 };
        Parser::new(*format).read_line(line.as_bytes(), &mut |contact| {
            if let Some(hit) = matcher.examine(contact) {
                parts[at % threads].add(&hit, Holder::default(), None, place, line.as_bytes());
            }
        });
    }
    let mut whole = Gatherer::default();
    for part in parts.into_iter().rev() {
        whole.merge(part);
    }
    let found = whole.finish(&index, &Names::default(), |_| (String::new(), 1));
    assert_eq!(found.len(), 1, "{lines:?}");
    (found[0].verdict, found[0].count, found[0].evidence.line.clone())
}

/// Of lines of one format: the verdict, and which of the lines is the evidence.
fn check(format: Format, lines: &[&String], verdict: Verdict, evidence: usize) {
    let lines: Vec<_> = lines.iter().map(|it| (format, it.as_str())).collect();
    for threads in 1..=3 {
        let expected = (verdict, lines.len() as u64, lines[evidence].1.to_owned());
        assert_eq!(found(&lines, threads), expected, "{threads} {lines:?}");
    }
}

#[test]
fn what_unbound_blocks_each_time_is_blocked() {
    let unbound = |rest: String| format!("[1795482001] unbound[975:0] info: {rest}");
    let question = |name: &str| unbound(format!("192.0.2.77 {name}. A IN"));
    let reply = |name: &str| unbound(format!("192.0.2.77 {name}. A IN NXDOMAIN 0.000000 1 33"));
    let policy = |action: &str, name: &str| {
        unbound(format!(
            "rpz: applied [ds] *.evil.example. rpz-{action} 192.0.2.77@46619 {name}. A IN"
        ))
    };
    let zone =
        |name: &str| unbound(format!("evil.example. always_nxdomain 192.0.2.77@1024 {name}. A IN"));
    let (a, b) = ("a.evil.example", "b.evil.example");
    let (asked, replied, blocked) = (question(a), reply(a), policy("nxdomain", a));
    let check = |lines: &[&String], verdict, evidence| {
        check(Format::Unbound, lines, verdict, evidence);
    };
    check(&[&asked, &blocked], DnsBlocked, 1);
    check(&[&blocked, &asked], DnsBlocked, 0);
    check(&[&asked, &zone(a), &replied], DnsBlocked, 1);
    check(&[&zone(a), &replied], DnsBlocked, 0);
    check(&[&asked, &blocked, &question(b), &policy("drop", b)], DnsBlocked, 1);
    // Asked once without anything in its place: that may have got an address.
    check(&[&asked, &blocked, &question(b)], DnsQueried, 0);
    check(&[&question(b), &asked, &zone(a), &replied, &reply(b)], DnsQueried, 0);
    check(&[&asked], DnsQueried, 0);
    check(&[&asked, &policy("passthru", a)], DnsQueried, 0);
}

#[test]
fn what_windows_dns_refuses_each_time_is_blocked() {
    let packet = |rest: String| {
        format!(
            "24/11/2026 08:00:01 0E70 PACKET  00000000033397A0 UDP {rest} A      (1)a(4)evil(7)example(0)"
        )
    };
    let asked = packet("Rcv 192.0.2.77      acbd   Q [0001   D   NOERROR]".to_owned());
    let answer = |code: &str| packet(format!("Snd 192.0.2.77      acbd R Q [8081   DR {code}]"));
    let (refused, answered) = (answer(" REFUSED"), answer(" NOERROR"));
    check(Format::WindowsDns, &[&asked, &refused], DnsBlocked, 1);
    check(Format::WindowsDns, &[&asked, &answered], DnsQueried, 0);
    check(Format::WindowsDns, &[&asked, &refused, &asked, &answered], DnsQueried, 0);
}

#[test]
fn what_dnsdist_refuses_each_time_is_blocked() {
    let asked = "[1795482001.1] Packet from 192.0.2.77:36902 for a.evil.example. A with id 42580";
    let answer = |code: &str| {
        format!(
            "[1795482001.1] Answer to 192.0.2.77:36902 for a.evil.example. A ({code}) with id 42580"
        )
    };
    let (asked, refused) = (asked.to_owned(), answer("Query Refused"));
    check(Format::Powerdns, &[&asked, &refused], DnsBlocked, 1);
    check(Format::Powerdns, &[&asked, &answer("No Error")], DnsQueried, 0);
    check(Format::Powerdns, &[&asked, &refused, &asked], DnsQueried, 0);
}

#[test]
fn what_a_policy_of_bind_withholds_each_time_is_blocked() {
    let bind = |rest: &str| {
        format!("24-Nov-2026 08:00:01.123 client @0x7f 192.0.2.77#5000 (a.evil.example): {rest}")
    };
    let asked = bind("query: a.evil.example IN A + (192.0.2.53)");
    let policy = |action: &str| {
        bind(&format!("rpz QNAME {action} rewrite a.evil.example/A/IN via a.evil.example.rpz"))
    };
    check(Format::Bind, &[&asked, &policy("NXDOMAIN")], DnsBlocked, 1);
    check(Format::Bind, &[&asked, &policy("PASSTHRU")], DnsQueried, 0);
    check(Format::Bind, &[&asked, &policy("NXDOMAIN"), &asked], DnsQueried, 0);
}

#[test]
fn a_question_in_a_log_without_answers_stays_one() {
    let blocked = "[1795482001] unbound[975:0] info: rpz: applied [ds] *.evil.example. rpz-nxdomain \
                   192.0.2.77@46619 a.evil.example. A IN";
    let asked = "Nov 24 08:00:02 gw dnsmasq[9]: query[A] a.evil.example from 192.0.2.77";
    let lines = [(Format::Unbound, blocked), (Format::Dnsmasq, asked)];
    assert_eq!(found(&lines, 1).0, DnsQueried);
    assert_eq!(found(&lines, 2).0, DnsQueried);
}
