//! Which connections and names are findings, and of which program.

#![allow(clippy::unwrap_used, reason = "test helpers may panic")]

use std::io::Cursor;

use artifacts::{DiskPath, Socket, SocketOwner, SocketState, Transport};
use file_check::{Category, Finding, What};
use host::{AskedNames, HeldSocket, NotSeen, Program, Running, Unseen};
use indicators::{Indicator, Scope};
use jiff::civil::date;
use live_check::{Addresses, LiveCheck, LiveChecked};
use matching::IndexBuilder;

fn addresses(list: &str) -> Addresses {
    let bytes: Box<dyn std::io::Read + Send> = Box::new(Cursor::new(list.as_bytes().to_vec()));
    let lists = vec![("list".to_owned(), bytes)];
    Addresses::load(lists, Vec::new(), date(2026, 11, 27)).unwrap().0
}

fn socket(local: &str, remote: &str, state: SocketState, programs: &[u32]) -> HeldSocket {
    let (local, remote) = (local.parse().unwrap(), remote.parse().unwrap());
    let (transport, owner) = (Transport::Tcp, SocketOwner::Inode(1));
    let socket = Socket { transport, local, remote, state, owner };
    HeldSocket { socket, programs: programs.to_vec(), network: 1 }
}

fn running(sockets: Vec<HeldSocket>) -> Running {
    let program = |pid: u32, name: &str| {
        let file = DiskPath::parse(format!("/opt/{name}").as_bytes()).ok();
        Program { pid, name: name.to_owned(), file }
    };
    let programs = vec![program(7, "ftp"), program(8, "mail")];
    Running { programs, sockets, ..Running::default() }
}

fn check(addresses: &Addresses, looks: &[Running]) -> LiveChecked {
    let mut check = LiveCheck::new(addresses);
    for it in looks {
        check.look(it);
    }
    check.finish()
}

fn shown(findings: &[Finding]) -> Vec<String> {
    let show = |it: &Finding| {
        let live = it.live.clone().unwrap();
        let pid = live.pid.map_or_else(|| "-".to_owned(), |it| it.to_string());
        let state = live.state.unwrap_or_default();
        format!("{pid} {} {} {state}", it.path, it.indicator.clone().unwrap())
    };
    findings.iter().map(show).collect()
}

#[test]
fn a_connection_matches_exactly_and_names_its_program() {
    let list =
        "value,type,family\n198.51.100.4,ip,Bad\n203.0.113.0/24,network,\n192.0.2.9:8080,,\n";
    let addresses = addresses(list);
    let check = |remote: &str, expected: &str| {
        let held = socket("10.0.0.5:50000", remote, SocketState::Connected, &[7]);
        let found = check(&addresses, &[running(vec![held])]).findings;
        let expected: Vec<_> = Some(expected).filter(|it| !it.is_empty()).into_iter().collect();
        assert_eq!(shown(&found), expected, "{remote}");
        for it in found {
            assert_eq!((it.what, it.category), (What::Connection, Category::Suspicious));
        }
    };
    check("198.51.100.4:443", "7 /opt/ftp 198.51.100.4 connected");
    check("198.51.100.45:443", "");
    check("198.51.100.40:443", "");
    check("203.0.113.200:1", "7 /opt/ftp 203.0.113.0/24 connected");
    check("203.0.114.1:1", "");
    check("192.0.2.9:8080", "7 /opt/ftp 192.0.2.9:8080 connected");
    check("192.0.2.9:80", "");
    // The same address as IPv6 writes it.
    let mapped =
        socket("[::ffff:10.0.0.5]:1", "[::ffff:198.51.100.4]:443", SocketState::Connected, &[7]);
    let found = crate::check(&addresses, &[running(vec![mapped])]).findings;
    let live = found.first().unwrap().live.clone().unwrap();
    assert_eq!(
        (live.address.unwrap().to_string(), live.port),
        ("198.51.100.4".to_owned(), Some(443))
    );
    assert_eq!((live.family.as_deref(), live.list.as_deref()), (Some("Bad"), Some("list")));
}

#[test]
fn what_a_listed_address_opens_is_a_scan_and_no_finding() {
    let addresses = addresses("198.51.100.4\n");
    let listening = socket("0.0.0.0:22", "0.0.0.0:0", SocketState::Listening, &[7]);
    let inbound = socket("10.0.0.5:22", "198.51.100.4:50000", SocketState::Connected, &[8]);
    let asked = socket("10.0.0.5:80", "198.51.100.4:50001", SocketState::Asked, &[]);
    let checked = check(&addresses, &[running(vec![listening, inbound.clone(), asked])]);
    assert_eq!(shown(&checked.findings), Vec::<String>::new());
    assert_eq!((checked.counts.inbound, checked.counts.sockets), (2, 3));
    // Nobody listens at that port in the network of this one.
    let listening = socket("0.0.0.0:22", "0.0.0.0:0", SocketState::Listening, &[7]);
    let elsewhere = HeldSocket { network: 2, ..listening };
    let checked = check(&addresses, &[running(vec![elsewhere, inbound])]);
    assert_eq!(shown(&checked.findings), ["8 /opt/mail 198.51.100.4 connected"]);
}

#[test]
fn private_addresses_never_match_whatever_a_list_or_pack_says() {
    let private = ["10.0.0.9:443", "127.0.0.1:443", "192.168.1.1:80", "[::1]:1", "[fe80::1]:1"];
    let looks: Vec<_> = private
        .iter()
        .map(|it| running(vec![socket("10.0.0.5:1000", it, SocketState::Connected, &[7])]))
        .collect();
    let listed = addresses("10.0.0.9\n127.0.0.1\n192.168.0.0/16\n8.8.8.8\ncom.vn\nevil.example\n");
    assert_eq!(listed.len(), 1, "the guard refuses all but a name");
    // Somebody made an index without a guard.
    let mut builder = IndexBuilder::default();
    for text in ["0.0.0.0/0", "10.0.0.9", "::/0", "com.vn", "198.51.100.4"] {
        let (observable, scope) = (text.parse().unwrap(), Scope::Subdomains);
        let indicator = Indicator { observable, scope, family: None, valid_until: None };
        builder.push(&indicator, "pack").unwrap();
    }
    let packed = vec![("pack".to_owned(), builder.build().as_bytes().to_vec())];
    let (packed, _) = Addresses::load(Vec::new(), packed, date(2026, 11, 27)).unwrap();
    for addresses in [&listed, &packed] {
        assert_eq!(shown(&check(addresses, &looks).findings), Vec::<String>::new());
    }
    let asked = AskedNames::Names(vec!["tin.com.vn".to_owned()]);
    let asks = Running { asked, ..Running::default() };
    let checked = check(&packed, &[asks]);
    assert_eq!((checked.findings.len(), checked.counts.refused), (0, 1));
    let held = socket("10.0.0.5:1", "198.51.100.4:443", SocketState::Connected, &[7]);
    assert_eq!(check(&packed, &[running(vec![held])]).findings.len(), 1);
}

#[test]
fn a_name_matches_by_its_labels() {
    let addresses = addresses("evil.example\n");
    let check = |name: &str, is_found: bool| {
        let asked = AskedNames::Names(vec![name.to_owned()]);
        let checked = check(&addresses, &[Running { asked, ..Running::default() }]);
        assert_eq!(checked.findings.len(), usize::from(is_found), "{name}");
        assert_eq!(checked.counts.names, Some(1));
        for it in checked.findings {
            assert_eq!((it.what, it.path.as_str()), (What::DnsCache, ""));
            assert_eq!(it.live.unwrap().name.as_deref(), Some(name));
        }
    };
    check("evil.example", true);
    check("A.Evil.Example", true);
    check("notevil.example", false);
    check("evil.example.good.example", false);
}

#[test]
fn the_furthest_of_several_looks_is_told_once() {
    let addresses = addresses("198.51.100.4\n");
    let look = |state, programs: &[u32]| {
        running(vec![socket("10.0.0.5:1", "198.51.100.4:443", state, programs)])
    };
    let looks = [
        look(SocketState::Asking, &[7]),
        look(SocketState::Connected, &[7]),
        look(SocketState::Asking, &[7]),
        // Its program has closed it, and nobody holds it any more.
        look(SocketState::Ending, &[]),
    ];
    assert_eq!(shown(&check(&addresses, &looks).findings), ["7 /opt/ftp 198.51.100.4 connected"]);
    let nobody = check(&addresses, &looks[3..]).findings;
    assert_eq!(shown(&nobody), ["-  198.51.100.4 ending"]);
    let several = look(SocketState::Connected, &[7, 8]);
    assert_eq!(check(&addresses, &[several]).findings.len(), 2);
}

/// Windows loads the hosts file into its cache: whoever blocks the campaign's names there asked for none.
#[test]
fn names_of_the_hosts_file_are_not_taken_for_asked() {
    let addresses = addresses("evil.example\nbad.example\n");
    let names = ["evil.example", "A.Bad.Example", "bad.example", "printer.lan"];
    let asked = AskedNames::Names(names.map(str::to_owned).to_vec());
    let in_hosts = ["evil.example", "a.bad.example", "printer.lan"].map(str::to_owned).into();
    let look = Running { asked, in_hosts, ..Running::default() };
    let checked = check(&addresses, &[look.clone(), look]);
    let told: Vec<_> =
        checked.findings.iter().map(|it| it.live.clone().unwrap().name.unwrap()).collect();
    assert_eq!(told, ["bad.example"]);
    assert_eq!((checked.counts.names, checked.counts.in_hosts), (Some(1), 2));
}

#[test]
fn what_was_not_seen_is_told_where_it_matters() {
    let why = "no".to_owned();
    let not_seen = vec![
        NotSeen { what: Unseen::Program(7, "ftp".to_owned()), why: why.clone() },
        NotSeen { what: Unseen::Sockets("tcp6".to_owned()), why: why.clone() },
        NotSeen { what: Unseen::File("/hosts".to_owned()), why: why.clone() },
    ];
    let asked = AskedNames::NotTold(why);
    let unseen = Running { not_seen, asked, ..Running::default() };
    let reasons = |addresses: &Addresses| -> Vec<String> {
        let checked = check(addresses, &[unseen.clone(), unseen.clone()]);
        checked.not_scanned.into_iter().map(|it| format!("{} {}", it.path, it.reason)).collect()
    };
    let always = ["ftp (7) process-not-seen", "tcp6 sockets-not-read"];
    assert_eq!(reasons(&addresses("198.51.100.4\n")), always);
    let with_names = reasons(&addresses("evil.example\n"));
    assert_eq!(with_names, [" dns-cache-not-read", "/hosts place-not-read", always[0], always[1]]);
}
