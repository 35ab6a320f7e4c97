//! Which device an address was: `--names`.

use std::fs;

use super::{folder, run};

const LEASES: &str = "\
# The format of this file is documented in the dhcpd.leases(5) manual page.
lease 10.0.0.7 {
  starts 2 2026/11/24 00:00:00;
  ends 2 2026/11/24 02:00:00;
  binding state free;
  hardware ethernet 02:00:5e:10:00:a1;
  client-hostname \"may-ke-toan-01\";
}
lease 10.0.0.7 {
  starts 2 2026/11/24 02:00:00;
  ends 2 2026/11/24 14:00:00;
  binding state active;
  hardware ethernet 02:00:5e:10:00:a2;
  client-hostname \"may-van-thu\";
}
lease 10.0.0.8 {
  starts 2 2026/11/24 02:00:00;
  ends 2 hom qua;
  binding state active;
  hardware ethernet 02:00:5e:10:00:a3;
}
";

fn result(arguments: &[&str]) -> (String, String) {
    let folder = folder();
    fs::write(folder.path().join("dhcpd.leases"), LEASES).unwrap();
    let names = ["-i", "list.txt", "--names", "dhcpd.leases"];
    let ran = run(folder.path(), &[&names, arguments, &["dns.log"]].concat());
    assert_eq!(ran.status, Some(1), "{}", ran.err);
    (ran.out, ran.err)
}

#[test]
fn an_address_that_moved_is_two_devices_in_every_form() {
    let (out, err) = result(&[]);
    assert!(out.contains("CẦN XỬ LÝ: 2 thiết bị"), "{out}");
    for said in ["may-ke-toan-01", "02:00:5e:10:00:a1", "may-van-thu", "độ tin cậy cao"] {
        assert!(out.contains(said), "{said}: {out}");
    }
    assert!(err.contains("dhcpd.leases: lấy được 2 dòng cho biết tên thiết bị"), "{err}");
    assert!(err.contains("dòng 16: lease 10.0.0.8 {"), "{err}");

    let (out, _) = result(&["--output", "json"]);
    let lines: Vec<serde_json::Value> =
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let row = |at: usize| {
        let field = |name: &str| lines[at][name].as_str().unwrap_or_default().to_owned();
        let said = field("name_source") + " " + &field("name_confidence");
        (
            field("device"),
            field("device_name"),
            field("device_mac"),
            said,
            lines[at]["count"].clone(),
        )
    };
    let said = "dhcp-lease high".to_owned();
    let device = |name: &str, mac: &str| {
        let address = "10.0.0.7".to_owned();
        (address, name.to_owned(), mac.to_owned(), said.clone(), serde_json::json!(1))
    };
    assert_eq!(row(0), device("may-ke-toan-01", "02:00:5e:10:00:a1"));
    assert_eq!(row(1), device("may-van-thu", "02:00:5e:10:00:a2"));
    let summary = &lines[2]["summary"];
    assert_eq!(summary["devices"], 2);
    assert_eq!(summary["names"][0]["refused"]["bad-time"], 1);
    assert_eq!(summary["names"][0]["refused_listed"][0]["line"], 16);

    let (out, _) = result(&["--output", "csv"]);
    assert!(out.contains(";02:00:5e:10:00:a1;dhcp-lease;high"), "{out}");
    let (out, _) = result(&["--output", "html"]);
    assert!(out.contains("10.0.0.7</span><br>may-ke-toan-01<br>02:00:5e:10:00:a1<br>"), "{out}");
    assert!(out.contains("<code>lease 10.0.0.8 {</code>"), "{out}");
}

#[test]
fn a_file_that_tells_no_names_is_an_error_before_any_log_is_read() {
    let folder = folder();
    for (file, said) in
        [("dns.log", "dns.log: không phải dạng tệp"), ("none", "Không đọc được tệp none")]
    {
        let ran = run(folder.path(), &["-i", "list.txt", "--names", file, "dns.log"]);
        assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""));
        assert!(ran.err.contains(said), "{}", ran.err);
    }
}
