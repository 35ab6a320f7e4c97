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
