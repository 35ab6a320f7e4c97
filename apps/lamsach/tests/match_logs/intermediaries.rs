//! Addresses that stand for devices behind them: told, or shown by the logs.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use super::{Ran, run};

const LIST: &str = "evil.example\n203.0.113.66\n";

fn bind(client: &str, server: &str) -> String {
    format!(
        "24-Nov-2026 08:00:01.123 client @0x7f {client}#51511 (a.evil.example): query: a.evil.example IN A +E(0)K ({server})\n"
    )
}

fn fortigate(source: &str, translated: &str) -> String {
    format!(
        "date=2026-11-24 time=08:00:02 type=\"traffic\" subtype=\"forward\" srcip={source} dstip=203.0.113.66 dstport=443 trandisp=\"snat\" transip={translated} transport=51511 action=\"close\" sentbyte=100 rcvdbyte=100\n"
    )
}

const ZEEK_HTTP: &str = "#separator \\x09\n#path\thttp\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tmethod\thost\turi\tstatus_code\tproxied\n";

fn zeek_http(client: &str, proxied: &str) -> String {
    format!(
        "1795482001.123456\tC1\t{client}\t51511\t203.0.113.9\t80\tGET\ta.evil.example\t/x\t200\t{proxied}\n"
    )
}

fn check(arguments: &[&str], files: &[(&str, &str)]) -> Ran {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("list.txt"), LIST).unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let logs = files.iter().map(|it| it.0).filter(|it| *it != "devices.csv");
    let logs: Vec<&str> = logs.collect();
    let ran = run(folder.path(), &[&["-i", "list.txt"], arguments, &logs].concat());
    assert_eq!(ran.status, Some(1), "{}", ran.err);
    ran
}

/// Each device with what it stands for others as, and who says so.
fn told(arguments: &[&str], files: &[(&str, &str)]) -> Vec<String> {
    let ran = check(&[&["--output", "json"], arguments].concat(), files);
    let lines = ran.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let sightings = lines.filter(|it| it.get("device").is_some());
    let text = |it: &Value, field: &str| it[field].as_str().unwrap_or("-").to_owned();
    let mut told: Vec<String> = sightings
        .map(|it| {
            let what = (text(&it, "device"), text(&it, "intermediary"));
            format!("{} {} {}", what.0, what.1, text(&it, "intermediary_source"))
        })
        .collect();
    told.sort();
    told
}

#[test]
fn what_the_officer_says_of_an_address_stands_with_its_sightings() {
    let queries = bind("192.0.2.53", "192.0.2.1") + &bind("192.0.2.77", "192.0.2.1");
    let dns = [("dns.log", queries.as_str())];
    let plain = ["192.0.2.53 - -", "192.0.2.77 - -"];
    assert_eq!(told(&[], &dns), plain);
    assert_eq!(
        told(&["--forwarder", "192.0.2.48/28"], &dns),
        ["192.0.2.53 dns-forwarder person", "192.0.2.77 - -"]
    );
    assert_eq!(told(&["--nat", "192.0.2.53"], &dns)[0], "192.0.2.53 nat person");
    assert_eq!(told(&["--proxy", "::ffff:192.0.2.53"], &dns)[0], "192.0.2.53 proxy person");
    // Who only passes on questions makes its own connections.
    let traffic = fortigate("192.0.2.53", "198.51.100.1");
    let both = [("dns.log", queries.as_str()), ("fw.log", traffic.as_str())];
    assert_eq!(
        told(&["--forwarder", "192.0.2.53"], &both),
        ["192.0.2.53 - -", "192.0.2.53 dns-forwarder person", "192.0.2.77 - -"]
    );
}

#[test]
fn an_inventory_tells_what_a_device_is_there_for() {
    let queries = bind("192.0.2.53", "192.0.2.1") + &bind("192.0.2.77", "192.0.2.1");
    let inventory = "ip;tên máy;vai trò\n192.0.2.53;;Máy chủ DNS\n192.0.2.77;may-01;máy trạm\n192.0.2.78;may-02;lạ\n";
    let files = [("dns.log", queries.as_str()), ("devices.csv", inventory)];
    let names = ["--names", "devices.csv"];
    assert_eq!(told(&names, &files), ["192.0.2.53 dns-forwarder inventory", "192.0.2.77 - -"]);
    let ran = check(&names, &files);
    assert!(
        ran.out.contains("CẦN XỬ LÝ: 1 thiết bị, 1 địa chỉ cần xem log phía sau"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("192.0.2.53: Địa chỉ này hỏi DNS thay cho máy khác"), "{}", ran.out);
    assert!(ran.err.contains("dòng 4: 192.0.2.78,may-02,lạ"), "{}", ran.err);
    let ran = check(&[&names[..], &["--output", "csv"]].concat(), &files);
    assert!(ran.out.contains(";dns-forwarder;inventory"), "{}", ran.out);
    let ran = check(&[&names[..], &["--output", "html"]].concat(), &files);
    assert!(ran.out.contains("<strong>192.0.2.53</strong>: Địa chỉ này hỏi DNS"), "{}", ran.out);
}

#[test]
fn who_is_asked_and_asks_the_same_is_a_forwarder() {
    let inside = bind("192.0.2.77", "192.0.2.53");
    let outside = bind("192.0.2.53", "198.51.100.53");
    let files = [("a.log", inside.as_str()), ("b.log", outside.as_str())];
    assert_eq!(told(&[], &files), ["192.0.2.53 dns-forwarder log", "192.0.2.77 - -"]);
    // A server that asks itself, as its own programs do, stands for nobody.
    let own = bind("192.0.2.53", "192.0.2.53");
    assert_eq!(told(&[], &[("a.log", own.as_str())]), ["192.0.2.53 - -"]);
}

#[test]
fn an_address_that_others_go_out_by_is_shared() {
    let inside = fortigate("192.0.2.77", "198.51.100.1");
    let outside = fortigate("198.51.100.1", "198.51.100.1");
    let files = [("in.log", inside.as_str()), ("out.log", outside.as_str())];
    assert_eq!(told(&[], &files), ["192.0.2.77 - -", "198.51.100.1 nat log"]);
    assert_eq!(told(&[], &files[1..]), ["198.51.100.1 - -"]);
}

#[test]
fn who_passes_requests_of_two_clients_on_is_a_proxy() {
    let of = |behind: &[&str], clients: &[&str]| {
        let requests = behind.iter().map(|it| {
            let proxied = match *it {
                "-" => "-".to_owned(),
                it => format!("VIA -> 1.1 proxy (squid),X-FORWARDED-FOR -> {it}"),
            };
            zeek_http("192.0.2.80", &proxied)
        });
        let log = ZEEK_HTTP.to_owned() + &requests.collect::<String>();
        let clients = clients.iter().map(|it| bind(it, "198.51.100.53")).collect::<String>();
        let files = [("http.log", log.as_str()), ("dns.log", clients.as_str())];
        let files = if clients.is_empty() { &files[..1] } else { &files };
        let told = told(&[], files);
        told.into_iter().find(|it| it.starts_with("192.0.2.80 ")).unwrap()
    };
    let (plain, proxy) = ("192.0.2.80 - -", "192.0.2.80 proxy log");
    let both = ["10.0.0.7", "10.0.0.8"];
    assert_eq!(of(&["-"], &both), plain);
    // What stands in the headers may be the client's own invention, another one each time.
    assert_eq!(of(&["10.0.0.7", "10.0.0.7"], &both), plain);
    assert_eq!(of(&["192.0.2.80", "10.0.0.7"], &both), plain);
    assert_eq!(of(&["10.0.0.7", "10.0.0.8", "10.0.0.9"], &[]), plain);
    assert_eq!(of(&["10.0.0.7", "10.0.0.8"], &["10.0.0.7", "10.0.0.80"]), plain);
    assert_eq!(of(&["10.0.0.7", "10.0.0.8"], &both), proxy);
    assert_eq!(of(&["-", "10.0.0.6", "10.0.0.7", "10.0.0.8", "10.0.0.7"], &both), proxy);
}

#[test]
fn what_is_no_address_is_refused_before_a_log_is_read() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("list.txt"), LIST).unwrap();
    for wrong in ["192.0.2.300", "192.0.2.0/33", "may-01", ""] {
        let ran = run(folder.path(), &["-i", "list.txt", "--forwarder", wrong, "none.log"]);
        assert_eq!(ran.status, Some(2));
        assert!(ran.err.contains("không phải là địa chỉ IP hay dải địa chỉ"), "{}", ran.err);
    }
}
