use crate::Format;
use crate::formats::testing::{contacts, read};

#[test]
fn conn_dns_ssl_and_http_records_are_read() {
    let reading = read(Format::ZeekTsv, include_bytes!("testdata/mixed.log"));
    assert_eq!(reading.detection.format, Some(Format::ZeekTsv));
    assert_eq!(reading.not_parsed, ["1795482011.5\tCd3\t192.0.2.8"], "a record cut short");
    insta::assert_snapshot!(reading.contacts.join("\n"));
}

#[test]
fn without_its_header_a_record_means_nothing() {
    assert_eq!(contacts(Format::ZeekTsv, "1795482001.1\tCa1\t192.0.2.7\t1\t203.0.113.9"), [""; 0]);
    assert_eq!(contacts(Format::ZeekTsv, "#fields\t\n\t"), [""; 0]);
}

#[test]
fn columns_may_stand_in_any_order() {
    let log = "#fields\tconn_state\tid.resp_p\tid.resp_h\tid.orig_h\tts\nSF\t443\t203.0.113.9\t192.0.2.7\t1795482001";
    assert_eq!(contacts(Format::ZeekTsv, log), ["Connected 192.0.2.7 203.0.113.9 port 443"]);
}

#[test]
fn a_file_of_any_version_is_a_contact_of_the_one_who_connected() {
    let check = |fields: &str, record: &str, expected: &str| {
        let log = format!("#fields\t{fields}\n{record}");
        assert_eq!(contacts(Format::ZeekTsv, &log), [expected], "{record}");
    };
    let old = "ts\tfuid\ttx_hosts\trx_hosts\tconn_uids\tsource\tis_orig\tseen_bytes";
    check(
        old,
        "1795482001.5\tFa1\t203.0.113.9\t192.0.2.7\tCa1\tHTTP\tF\t5400",
        "Connected 192.0.2.7 203.0.113.9",
    );
    check(
        old,
        "1795482001.5\tFa1\t192.0.2.7\t203.0.113.9,203.0.113.8\tCa1\tSMTP\tT\t0",
        "Attempted 192.0.2.7 203.0.113.9",
    );
    check(
        "ts\tfuid\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tsource\tis_orig\tseen_bytes",
        "1795482001.5\tFa1\tCa1\t192.0.2.7\t51511\t203.0.113.9\t80\tHTTP\tF\t5400",
        "Connected 192.0.2.7 203.0.113.9 port 80",
    );
}
