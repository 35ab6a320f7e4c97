//! Files that the real programs wrote, and what they come to.

use std::fmt::Write as _;

use std::net::IpAddr;

use contacts::TimeReading;
use jiff::{Timestamp, tz::TimeZone};
use proptest::prelude::*;

use crate::{
    Block, Intermediary, Names, NamesBuilder, NamesFormat, NamesReport, NotABlock, Reason, Source,
    Who,
};

fn times(written: &str) -> TimeReading {
    TimeReading { zone: TimeZone::get("Asia/Ho_Chi_Minh").unwrap(), written: written.parse().ok() }
}

fn read(text: &[u8], written: &str, site: Option<&str>) -> (Names, NamesReport) {
    let mut builder = NamesBuilder::new(site);
    let report = builder.read(text, &times(written));
    (builder.build(), report)
}

/// Device, source and confidence in words.
fn who(names: &Names, address: &str, at: &str) -> String {
    let Some(claim) = names.resolve(address.parse().unwrap(), at.parse().ok()) else {
        return "-".to_owned();
    };
    let facts = names.describe(claim.device);
    let mac = facts.mac.map_or_else(|| "-".to_owned(), |it| it.to_string());
    let name = facts.name.unwrap_or("-");
    format!("{name} {mac} {} {}", claim.source.code(), claim.confidence.code())
}

fn check(names: &Names, rows: &[(&str, &str, &str)]) {
    for (address, at, expected) in rows {
        assert_eq!(who(names, address, at), *expected, "{address} at {at}");
    }
}

const MOVED: &str = "192.0.2.10";

#[test]
fn isc_leases_tell_who_held_an_address_before() {
    let (names, report) = read(include_bytes!("../testdata/isc/dhcpd.leases"), "", None);
    assert_eq!((report.format, report.claims), (Some(NamesFormat::IscLeases), 4));
    assert_eq!(report.refused, []);
    check(
        &names,
        &[
            (MOVED, "2026-11-26T23:58:45Z", "-"),
            (MOVED, "2026-11-26T23:58:46Z", "may-ke-toan-01 02:00:5e:10:00:a1 dhcp-lease high"),
            (MOVED, "2026-11-26T23:58:50Z", "may-ke-toan-01 02:00:5e:10:00:a1 dhcp-lease high"),
            (MOVED, "2026-11-26T23:58:51Z", "-"),
            (MOVED, "2026-11-26T23:58:53Z", "may-van-thu 02:00:5e:10:00:a2 dhcp-lease high"),
            (MOVED, "2026-11-27T11:58:52Z", "may-van-thu 02:00:5e:10:00:a2 dhcp-lease high"),
            (MOVED, "2026-11-27T11:58:53Z", "-"),
            ("192.0.2.11", "2026-11-27T00:00:00Z", "PC-LANH-DAO 02:00:5e:10:00:a3 dhcp-lease high"),
            // Not a prefix of one, not another one.
            ("192.0.2.1", "2026-11-27T00:00:00Z", "-"),
            ("192.0.2.100", "2026-11-27T00:00:00Z", "-"),
            (
                "::ffff:192.0.2.11",
                "2026-11-27T00:00:00Z",
                "PC-LANH-DAO 02:00:5e:10:00:a3 dhcp-lease high",
            ),
            // Two devices held it, and nobody knows when.
            (MOVED, "", "-"),
            ("192.0.2.11", "", "PC-LANH-DAO 02:00:5e:10:00:a3 dhcp-lease low"),
        ],
    );
}

#[test]
fn kea_leases_tell_who_held_an_address_before() {
    let (names, report) = read(include_bytes!("../testdata/kea/kea-leases4.csv"), "", None);
    assert_eq!((report.format, report.claims), (Some(NamesFormat::KeaLeases), 4));
    assert_eq!(report.refused, []);
    check(
        &names,
        &[
            (MOVED, "2026-11-26T23:58:56Z", "-"),
            (MOVED, "2026-11-26T23:58:57Z", "-"),
            (MOVED, "2026-11-26T23:59:04Z", "may-van-thu 02:00:5e:10:00:a2 dhcp-lease high"),
            (MOVED, "2026-11-27T11:59:05Z", "-"),
        ],
    );
}

#[test]
fn kea_leases_of_ipv6_are_known_by_the_address_in_their_identifier() {
    let text = b"address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr,state,user_context,hwtype,hwaddr_source\n\
        2001:db8::10,00:03:00:01:02:00:5e:10:00:a1,3600,1795780737,1,1800,0,7,128,0,0,may&#x2cmot,,0,,,\n\
        2001:db8:1::,00:03:00:01:02:00:5e:10:00:a1,3600,1795780737,1,1800,2,7,56,0,0,,,0,,,\n\
        2001:db8::11,00:04:aa:bb,3600,1795780737,1,1800,0,7,128,0,0,,,1,,,\n\
        2001:db8::12,00:04:aa:bb,x,1795780737,1,1800,0,7,128,0,0,,,0,,,\n";
    let (names, report) = read(text, "", None);
    let reasons: Vec<_> = report.refused.iter().map(|it| (it.line, it.reason)).collect();
    assert_eq!((report.claims, reasons), (1, vec![(5, Reason::BadTime)]));
    let expected = "may,mot 02:00:5e:10:00:a1 dhcp-lease high";
    check(&names, &[("2001:db8::10", "2026-11-27T11:50:00Z", expected)]);
}

#[test]
fn dnsmasq_leases_are_sure_from_when_they_were_written() {
    let written = "2026-11-26T23:58:43Z";
    let (names, report) = read(include_bytes!("../testdata/dnsmasq/dnsmasq.leases"), written, None);
    assert_eq!((report.format, report.claims), (Some(NamesFormat::DnsmasqLeases), 2));
    let device = "may-van-thu 02:00:5e:10:00:a2 dhcp-lease";
    check(
        &names,
        &[
            (MOVED, "2026-11-26T23:58:43Z", &format!("{device} high")),
            (MOVED, "2026-11-27T11:58:41Z", &format!("{device} high")),
            (MOVED, "2026-11-26T20:00:00Z", &format!("{device} medium")),
            (MOVED, "2026-11-20T20:00:00Z", &format!("{device} low")),
            (MOVED, "2026-10-20T20:00:00Z", "-"),
            (MOVED, "", &format!("{device} low")),
        ],
    );
    // Written at an unknown time, it is no more than a hint.
    let (names, _) = read(include_bytes!("../testdata/dnsmasq/dnsmasq.leases"), "", None);
    check(&names, &[(MOVED, "2026-11-27T01:00:00Z", &format!("{device} low"))]);
}

#[test]
fn dnsmasq_leases_of_ipv6_stand_behind_the_servers_identifier() {
    let text = b"duid 00:01:00:01:32:9b:84:26:02:00:5e:10:00:01\n\
        1795780722 7 2001:db8::15 may-sau 00:01:00:01:32:9b:84:26:02:00:5e:10:00:a6\n\
        0 T8 2001:db8::16 * 00:04:01:02\n";
    let (names, report) = read(text, "2026-11-26T23:58:43Z", None);
    assert_eq!((report.claims, report.refused_total()), (2, 0));
    let at = "2026-11-27T00:00:00Z";
    check(
        &names,
        &[
            ("2001:db8::15", at, "may-sau 02:00:5e:10:00:a6 dhcp-lease high"),
            ("2001:db8::16", "2036-11-27T00:00:00Z", "- - dhcp-lease high"),
        ],
    );
}

#[test]
fn dnsmasq_says_in_its_log_when_a_lease_moved() {
    let written = "2026-11-26T23:58:43Z";
    let (names, report) = read(include_bytes!("../testdata/dnsmasq/dnsmasq.log"), written, None);
    assert_eq!((report.format, report.claims), (Some(NamesFormat::DhcpLog), 4));
    assert_eq!(report.refused, []);
    check(
        &names,
        &[
            (MOVED, "2026-11-26T23:58:34Z", "-"),
            (MOVED, "2026-11-26T23:58:35Z", "may-ke-toan-01 02:00:5e:10:00:a1 dhcp-log high"),
            (MOVED, "2026-11-26T23:58:39Z", "may-ke-toan-01 02:00:5e:10:00:a1 dhcp-log medium"),
            (MOVED, "2026-11-26T23:58:41Z", "-"),
            (MOVED, "2026-11-26T23:58:42Z", "may-van-thu 02:00:5e:10:00:a2 dhcp-log high"),
            (MOVED, "2026-11-27T23:58:41Z", "may-van-thu 02:00:5e:10:00:a2 dhcp-log medium"),
            (MOVED, "2026-11-27T23:58:43Z", "-"),
        ],
    );
}

#[test]
fn lease_file_and_log_together_know_more_than_either() {
    let written = times("2026-11-26T23:58:43Z");
    let mut builder = NamesBuilder::new(None);
    builder.read(include_bytes!("../testdata/dnsmasq/dnsmasq.leases"), &written);
    builder.read(include_bytes!("../testdata/dnsmasq/dnsmasq.log"), &written);
    let names = builder.build();
    check(
        &names,
        &[
            (MOVED, "2026-11-26T23:58:36Z", "may-ke-toan-01 02:00:5e:10:00:a1 dhcp-log medium"),
            // The table of later says nothing of before the lease was given.
            (MOVED, "2026-11-26T23:58:41Z", "-"),
            (MOVED, "2026-11-27T11:00:00Z", "may-van-thu 02:00:5e:10:00:a2 dhcp-lease high"),
        ],
    );
}

#[test]
fn isc_dhcp_says_the_same_in_syslog() {
    let written = "2026-11-27T02:00:00Z";
    let (names, report) = read(include_bytes!("../testdata/isc/dhcpd.log"), written, None);
    assert_eq!((report.format, report.claims), (Some(NamesFormat::DhcpLog), 4));
    let expected = "may-van-thu 02:00:5e:10:00:a2 dhcp-log high";
    check(&names, &[(MOVED, "2026-11-27T01:00:00Z", expected)]);
    let text =
        b"Nov 27 08:00:00 may-chu dhcpd[512]: DHCPACK to 192.0.2.10 (02:00:5e:10:00:a2) via br0\n\
        Nov 27 08:00:00 may-chu dhcpd[512]: DHCPACK on 192.0.2.300 to 02:00:5e:10:00:a2 via br0\n\
        Nov 27 08:00:00 may-chu dhcpd[512]: DHCPACK on 192.0.2.30 to ff:ff:ff:ff:ff:ff via br0\n\
        Nov 27 08:00:00 may-chu sshd[1]: something else\n";
    let (_, report) = read(text, written, None);
    let reasons: Vec<_> = report.refused.iter().map(|it| (it.line, it.reason)).collect();
    assert_eq!(report.claims, 0);
    assert_eq!(reasons, [(2, Reason::BadAddress), (3, Reason::BadMac)]);
}

// After the fields that Microsoft publishes; not from a running server.
const WINDOWS: &str = "\t\tMicrosoft DHCP Service Activity Log\r\n\r\n\
Event ID  Meaning\r\n\
00\tThe log was started.\r\n\
10\tA new IP address was leased to a client.\r\n\r\n\
ID,Date,Time,Description,IP Address,Host Name,MAC Address,User Name, TransactionID, QResult,Probationtime, CorrelationID,Dhcid,VendorClass(Hex),VendorClass(ASCII),UserClass(Hex),UserClass(ASCII),RelayAgentInformation,DnsRegError.\r\n\
00,11/24/26,07:00:00,Started,,,,,0,6,,,,,,,,,0\r\n\
10,11/24/26,08:00:00,Assign,192.0.2.20,PC-01.xa.example,02005E1000B1,,1,0,,,,,,,,,0\r\n\
30,11/24/26,08:00:00,DNS Update Request,192.0.2.20,PC-01.xa.example,,,0,6,,,,,,,,,0\r\n\
11,11/26/26,08:00:00,Renew,192.0.2.20,PC-01.xa.example,02005E1000B1,,2,0,,,,,,,,,0\r\n\
12,11/26/26,09:00:00,Release,192.0.2.20,PC-01.xa.example,02005E1000B1,,3,0,,,,,,,,,0\r\n\
10,11/26/26,10:00:00,Assign,192.0.2.20,PC-02.xa.example,02005E1000B2,,4,0,,,,,,,,,0\r\n\
17,11/26/26,11:00:00,Expired,192.0.2.20,,,,0,6,,,,,,,,,0\r\n\
10,13/26/26,10:00:00,Assign,192.0.2.21,PC-03.xa.example,02005E1000B3,,5,0,,,,,,,,,0\r\n\
10,11/26/26,10:00:00,Assign,,PC-03.xa.example,02005E1000B3,,5,0,,,,,,,,,0\r\n";

#[test]
fn the_audit_log_of_windows_is_read_in_local_time() {
    let (names, report) = read(WINDOWS.as_bytes(), "", None);
    let reasons: Vec<_> = report.refused.iter().map(|it| (it.line, it.reason)).collect();
    assert_eq!((report.format, report.claims), (Some(NamesFormat::WindowsDhcp), 5));
    assert_eq!(reasons, [(15, Reason::BadTime), (16, Reason::BadAddress)]);
    let first = "PC-01.xa.example 02:00:5e:10:00:b1 dhcp-log";
    let second = "PC-02.xa.example 02:00:5e:10:00:b2 dhcp-log";
    check(
        &names,
        &[
            ("192.0.2.20", "2026-11-24T00:59:59Z", "-"),
            ("192.0.2.20", "2026-11-24T01:00:00Z", &format!("{first} high")),
            ("192.0.2.20", "2026-11-25T20:00:00Z", &format!("{first} high")),
            ("192.0.2.20", "2026-11-26T01:30:00Z", &format!("{first} medium")),
            ("192.0.2.20", "2026-11-26T02:00:00Z", "-"),
            ("192.0.2.20", "2026-11-26T03:30:00Z", &format!("{second} medium")),
            ("192.0.2.20", "2026-11-26T04:00:00Z", "-"),
        ],
    );
    assert_eq!(names.by_name("pc-01"), names.by_name("PC-01.XA.example."));
    assert!(names.by_name("pc-01").is_some() && names.by_name("pc").is_none());
}

#[test]
fn every_neighbour_table_says_the_same() {
    let written = "2026-11-26T23:58:43Z";
    let tables: [&[u8]; 4] = [
        include_bytes!("../testdata/neighbours/ip-neigh.txt"),
        include_bytes!("../testdata/neighbours/arp-a.txt"),
        include_bytes!("../testdata/neighbours/arp-n.txt"),
        include_bytes!("../testdata/neighbours/proc-net-arp.txt"),
    ];
    for table in tables {
        let (names, report) = read(table, written, None);
        assert_eq!((report.format, report.claims), (Some(NamesFormat::Neighbours), 2));
        assert_eq!(report.refused, []);
        let device = "- 02:00:5e:10:00:a2 neighbour-table";
        check(
            &names,
            &[
                (MOVED, "2026-11-27T08:00:00Z", &format!("{device} medium")),
                (MOVED, "2026-11-29T08:00:00Z", &format!("{device} low")),
                (MOVED, "2027-01-29T08:00:00Z", "-"),
            ],
        );
    }
}

#[test]
fn what_windows_and_bsd_print_is_a_neighbour_table_too() {
    let text = "\r\nGiao diện: 192.0.2.77 --- 0x6\r\n  Địa chỉ Internet      Địa chỉ Vật lý        Loại\r\n  192.0.2.10            02-00-5e-10-00-a2     động     \r\n  192.0.2.255           ff-ff-ff-ff-ff-ff     tĩnh    \r\n  224.0.0.22            01-00-5e-00-00-16     tĩnh    \r\n";
    let (names, report) = read(text.as_bytes(), "2026-11-27T00:00:00Z", None);
    assert_eq!((report.claims, report.refused_total()), (1, 0));
    let at = "2026-11-27T01:00:00Z";
    check(&names, &[(MOVED, at, "- 02:00:5e:10:00:a2 neighbour-table medium")]);

    let text = b"may-van-thu.xa.example (192.0.2.10) at 2:0:5e:10:0:a2 on en0 ifscope [ethernet]\n\
        ? (192.0.2.12) at (incomplete) on en0 ifscope [ethernet]\n\
        fe80::1%en0 dev en0 lladdr 02:00:5e:10:00:a4 router STALE\n\
        192.0.2.13 dev br0 FAILED\n\
        192.0.2.14 dev br0 lladdr 02:00:5e:10:00:a5 FAILED\n\
        192.0.2.15 what is this\n";
    let (names, report) = read(text, "2026-11-27T00:00:00Z", None);
    let reasons: Vec<_> = report.refused.iter().map(|it| (it.line, it.reason)).collect();
    assert_eq!((report.claims, reasons), (2, vec![(6, Reason::NotUnderstood)]));
    let expected = "may-van-thu.xa.example 02:00:5e:10:00:a2 neighbour-table medium";
    check(&names, &[(MOVED, at, expected)]);
}

const INVENTORY: &str = "\u{feff}IP;MAC;Tên máy;Từ ngày;Đến ngày;Địa điểm\r\n\
192.0.2.30;02:00:5e:10:00:c1;Máy kế toán;01/10/2026;31/10/2026;Trụ sở\r\n\
192.0.2.30;;Máy văn thư;2026-11-01;;Trụ sở\r\n\
192.0.2.30;;Máy một cửa;;;Chi nhánh\r\n\
;02:00:5e:10:00:a2;Máy lãnh đạo;;;\r\n\
192.0.2.31;;Máy in;;;trụ  sở\r\n\
192.0.2.256;;Máy quét;;;\r\n\
192.0.2.32;x;Máy quét;;;\r\n\
192.0.2.32;;;;;\r\n\
192.0.2.32;;Máy quét;hôm nay;;\r\n\
192.0.2.32;;Máy quét;2026-11-02;2026-10-30;\r\n";

#[test]
fn an_inventory_is_of_sites_and_days() {
    let (names, report) = read(INVENTORY.as_bytes(), "", Some("Trụ sở"));
    let reasons: Vec<_> = report.refused.iter().map(|it| (it.line, it.reason)).collect();
    assert_eq!((report.format, report.claims), (Some(NamesFormat::Inventory), 4));
    assert_eq!(report.of_other_sites, 1);
    let expected = [
        (7, Reason::BadAddress),
        (8, Reason::BadMac),
        (9, Reason::NoDevice),
        (10, Reason::BadTime),
        (11, Reason::BadInterval),
    ];
    assert_eq!(reasons, expected);
    check(
        &names,
        &[
            ("192.0.2.30", "2026-09-30T16:59:59Z", "-"),
            (
                "192.0.2.30",
                "2026-09-30T17:00:00Z",
                "Máy kế toán 02:00:5e:10:00:c1 inventory medium",
            ),
            (
                "192.0.2.30",
                "2026-10-31T16:59:59Z",
                "Máy kế toán 02:00:5e:10:00:c1 inventory medium",
            ),
            ("192.0.2.30", "2026-10-31T17:00:00Z", "Máy văn thư - inventory medium"),
            ("192.0.2.31", "2026-10-31T17:00:00Z", "Máy in - inventory low"),
        ],
    );
}

#[test]
fn addresses_of_different_sites_do_not_mix() {
    let (names, report) = read(INVENTORY.as_bytes(), "", Some("Chi nhánh"));
    assert_eq!(report.of_other_sites, 3);
    check(&names, &[("192.0.2.30", "2026-11-20T00:00:00Z", "Máy một cửa - inventory low")]);
    // A run that does not say where its logs are from gets no name that could be another site's.
    let (names, report) = read(INVENTORY.as_bytes(), "", None);
    assert_eq!(report.refused_counts["needs-site"], 4);
    check(&names, &[("192.0.2.30", "2026-11-20T00:00:00Z", "-")]);
}

#[test]
fn an_inventory_names_what_a_lease_knows_by_its_hardware_address() {
    let mut builder = NamesBuilder::new(Some("Trụ sở"));
    let written = times("2026-11-26T23:58:43Z");
    builder.read(include_bytes!("../testdata/neighbours/arp-a.txt"), &written);
    builder.read(INVENTORY.as_bytes(), &written);
    let names = builder.build();
    let at = "2026-11-27T00:00:00Z";
    check(&names, &[(MOVED, at, "Máy lãnh đạo 02:00:5e:10:00:a2 neighbour-table medium")]);
    let claim = names.resolve(MOVED.parse().unwrap(), at.parse().ok()).unwrap();
    let said = names.said_of(claim.device, (claim.source, claim.confidence));
    assert_eq!(said.0, Source::Inventory);
}

#[test]
fn the_logs_own_name_comes_first() {
    let (names, _) = read(include_bytes!("../testdata/isc/dhcpd.leases"), "", None);
    let at: Option<Timestamp> = "2026-11-26T23:58:55Z".parse().ok();
    let address: Option<IpAddr> = MOVED.parse().ok();
    let check = |own: &str, expected: &str| {
        let holder = names.holder(address, own.as_bytes(), at);
        let who = match &holder.who {
            Who::Unknown => "-".to_owned(),
            Who::Device(device) => names.describe(*device).name.unwrap().to_owned(),
            Who::Named(name) => format!("named {name}"),
        };
        let source = holder.source.map_or("-", |(source, _)| source.code());
        assert_eq!(format!("{who} {source}"), expected, "{own}");
    };
    check("", "may-van-thu dhcp-lease");
    check("PC-LANH-DAO", "PC-LANH-DAO log");
    check("pc-lanh-dao.xa.example", "PC-LANH-DAO log");
    check("Máy-Lạ", "named máy-lạ log");
}

#[test]
fn what_is_no_file_of_names_is_said_to_be_none() {
    for text in [
        &b""[..],
        b"\n\n",
        b"24-Nov-2026 08:00:01.123 client @0x7f 10.0.0.7#51511 (a.example): query: a.example IN A\n",
        b"\0\x01\x02",
        b"ip;what\n10.0.0.1;x\n",
    ] {
        assert!(read(text, "", None).1.problem.is_some(), "{}", String::from_utf8_lossy(text));
    }
}

#[test]
fn addresses_and_networks_are_told_from_other_texts() {
    let check = |text: &str, inside: &[&str], outside: &[&str]| {
        let block: Block = text.parse().unwrap();
        for it in inside {
            assert!(block.holds(it.parse().unwrap()), "{text} {it}");
        }
        for it in outside {
            assert!(!block.holds(it.parse().unwrap()), "{text} {it}");
        }
    };
    check("192.0.2.7", &["192.0.2.7", "::ffff:192.0.2.7"], &["192.0.2.8", "2001:db8::7"]);
    check("192.0.2.77/28", &["192.0.2.64", "192.0.2.79"], &["192.0.2.63", "192.0.2.80"]);
    check("0.0.0.0/0", &["192.0.2.7", "255.255.255.255"], &["::1"]);
    check("::/0", &["2001:db8::7"], &["192.0.2.7"]);
    check("2001:db8::/127", &["2001:db8::1"], &["2001:db8::2"]);
    for text in ["", "192.0.2", "192.0.2.7/33", "192.0.2.7/x", "2001:db8::/129", "may-01", "/24"] {
        assert_eq!(text.parse::<Block>(), Err(NotABlock), "{text}");
    }
}

#[test]
fn a_role_belongs_to_the_device_or_to_the_address_for_its_time() {
    let text = "ip,mac,name,role,from,until\n\
        192.0.2.1,,,router,,\n\
        192.0.2.2,,,proxy,2026-11-01,2026-11-10\n\
        ,02:00:5e:10:00:a2,may-chu-1,dns-server,,\n\
        192.0.2.3,,may-chu-2,Proxy,,\n";
    let mut builder = NamesBuilder::new(None);
    builder.stand_in("192.0.2.1".parse().unwrap(), Intermediary::DnsForwarder);
    builder
        .read(include_bytes!("../testdata/neighbours/arp-a.txt"), &times("2026-11-26T23:58:43Z"));
    let report = builder.read(text.as_bytes(), &times(""));
    assert_eq!((report.claims, report.refused_total()), (4, 0));
    let names = builder.build();
    let check = |address: &str, at: &str, is_question: bool, expected: &str| {
        let (address, at): (IpAddr, _) = (address.parse().unwrap(), at.parse().ok());
        let holder = names.holder(Some(address), b"", at);
        let role = names.roles(Some(address), &holder.who, at).in_contact(is_question);
        let said =
            role.map_or("-".to_owned(), |(kind, by)| format!("{} {}", kind.code(), by.code()));
        assert_eq!(said, expected, "{address}");
    };
    let at = "2026-11-27T00:00:00Z";
    check("192.0.2.1", at, true, "dns-forwarder person");
    check("192.0.2.1", at, false, "nat inventory");
    check("192.0.2.2", "2026-11-05T00:00:00Z", false, "proxy inventory");
    check("192.0.2.2", at, false, "-");
    check("192.0.2.3", at, true, "proxy inventory");
    // The device that the neighbour table finds at this address, by its hardware address.
    check(MOVED, at, true, "dns-forwarder inventory");
    check(MOVED, at, false, "-");
    check("192.0.2.9", at, true, "-");
}

proptest! {
    /// Over a span an address is of a device exactly when it is of it at every moment in it.
    #[test]
    fn a_span_is_of_a_device_that_holds_it_all_the_time(
        leases in prop::collection::vec((0_i64..40, 1_i64..20, 0_usize..2), 0..5),
        saved in prop::collection::vec((0_i64..60, 0_usize..2), 0..3),
        (from, length) in (0_i64..50, 0_i64..15),
    ) {
        let mut builder = NamesBuilder::new(None);
        let mut csv = "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state\n".to_owned();
        for (start, length, device) in &leases {
            writeln!(csv, "192.0.2.9,02:00:00:00:00:0{device},,{length},{},1,0,0,m{device},0", start + length).unwrap();
        }
        builder.read(csv.as_bytes(), &times(""));
        for (at, device) in &saved {
            let written = Timestamp::from_second(*at).unwrap();
            let times = TimeReading { zone: jiff::tz::TimeZone::UTC, written: Some(written) };
            builder.read(format!("192.0.2.9 dev br0 lladdr 02:00:00:00:00:0{device} REACHABLE\n").as_bytes(), &times);
        }
        let names = builder.build();
        let address: IpAddr = "192.0.2.9".parse().unwrap();
        let second = |at: i64| Timestamp::from_second(at).unwrap();
        let found = names.resolve_span(address, second(from), second(from + length));
        let mut all = Vec::new();
        for half in 2 * from..=2 * (from + length) {
            for nanos in [-1, 0, 1] {
                let at = Timestamp::from_nanosecond(i128::from(half) * 500_000_000 + nanos).unwrap();
                if at >= second(from) && at <= second(from + length) {
                    all.push(names.resolve(address, Some(at)));
                }
            }
        }
        let first = all[0];
        let is_one = all.iter().all(|it| it.map(|it| it.device) == first.map(|it| it.device));
        let slow = first.filter(|_| is_one);
        prop_assert_eq!(found.map(|it| it.device), slow.map(|it| it.device));
        let least = all.iter().flatten().map(|it| it.confidence).min();
        if let Some(found) = found {
            prop_assert_eq!(Some(found.confidence), least);
        }
    }

    /// Leases that follow one another, given in any order and renewed at will: at each moment the
    /// address is of the device whose lease it is, as ten slow lines tell.
    #[test]
    fn a_lease_is_of_whom_the_server_gave_it_last(
        steps in prop::collection::vec((1_i64..5, 0_usize..3, 1_i64..8, any::<bool>()), 1..12),
        at in 0_i64..70,
    ) {
        let mut events = Vec::new();
        let mut now = 0;
        for (wait, device, length, is_released) in &steps {
            now += wait;
            let until = now + length;
            // A server gives an address to another only when it is free.
            let is_free = events.iter().all(|(other, _, end): &(usize, i64, i64)| {
                other == device || *end <= now
            });
            if !is_free {
                continue;
            }
            let end = if *is_released { now + 1 } else { until };
            for (other, from, until) in &mut events {
                if other == device && *until >= now && *from <= now {
                    *until = (*until).min(now);
                }
            }
            events.push((*device, now, end));
        }
        let slow = events.iter().rev().find(|(_, from, until)| *from <= at && at < *until);
        let mut csv = "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state\n".to_owned();
        for (device, from, until) in &events {
            writeln!(
                csv,
                "192.0.2.9,02:00:00:00:00:0{device},,{},{until},1,0,0,m{device},0",
                until - from
            )
            .unwrap();
        }
        let (names, report) = read(csv.as_bytes(), "", None);
        prop_assert_eq!(report.refused_total(), 0);
        let moment = Timestamp::from_second(at).unwrap();
        let found = names.resolve("192.0.2.9".parse().unwrap(), Some(moment));
        let name = found.and_then(|it| names.describe(it.device).name.map(str::to_owned));
        prop_assert_eq!(name, slow.map(|(device, _, _)| format!("m{device}")));
    }

    #[test]
    fn no_bytes_do_harm(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read(&bytes, "2026-11-27T00:00:00Z", None);
    }
}
