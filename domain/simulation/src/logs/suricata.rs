//! Suricata's eve.json: dns of versions 1 to 3, tls, http, fileinfo, alert and flow.

use std::net::IpAddr;

use super::Writer;
use super::event::{Answer, Ending, Event, Flow};
use crate::random::Random;

pub(super) fn write(writer: &mut Writer, event: &Event<'_>, time_us: i64, random: &mut Random) {
    let time = writer.local(time_us).strftime("%Y-%m-%dT%H:%M:%S%.6f").to_string();
    let time = format!("{time}{}", writer.offset_text().replace(':', ""));
    let source = full(&event.source);
    let from = 32_768 + random.below(28_000);
    let flow_id = random.bits() >> 12;
    let mut line = |kind: &str, client_first: bool, target: &str, port: u16, rest: String| {
        let ends = if client_first {
            format!(
                "\"src_ip\":\"{source}\",\"src_port\":{from},\"dest_ip\":\"{target}\",\"dest_port\":{port}"
            )
        } else {
            format!(
                "\"src_ip\":\"{target}\",\"src_port\":{port},\"dest_ip\":\"{source}\",\"dest_port\":{from}"
            )
        };
        let proto = if port == 53 { "UDP" } else { "TCP" };
        writer.line(format_args!(
            "{{\"timestamp\":\"{time}\",\"flow_id\":{flow_id},\"in_iface\":\"eth1\",\
             \"event_type\":\"{kind}\",{ends},\"proto\":\"{proto}\",{rest}}}"
        ));
    };
    match &event.flow {
        Flow::Dns { name, answer } => {
            let (client_first, dns) = dns(name, *answer, random);
            line("dns", client_first, "10.0.0.1", 53, dns);
        }
        Flow::Connection { address, port, ending } => {
            line("flow", true, &full(address), *port, flow(*ending, random));
        }
        Flow::Inbound { from, ending } => {
            // The one knocking is the client.
            let rest = flow(*ending, random);
            let (target, port) = (full(&from.to_string()), 32_768 + random.below(28_000));
            let client = format!(
                "\"src_ip\":\"{target}\",\"src_port\":{port},\"dest_ip\":\"{source}\",\"dest_port\":3389"
            );
            writer.line(format_args!(
                "{{\"timestamp\":\"{time}\",\"flow_id\":{flow_id},\"in_iface\":\"eth1\",\
                 \"event_type\":\"flow\",{client},\"proto\":\"TCP\",{rest}}}"
            ));
        }
        Flow::Tls { name, address, ending: Ending::Served } => {
            let tls = format!(
                "\"tls\":{{\"subject\":\"CN=*.cdn.example\",\"issuerdn\":\"C=VN, O=\\\"CA\\\" {{x}}\",\
                 \"sni\":\"{name}\",\"version\":\"TLS 1.3\",\"ja3\":{{\"hash\":\"0\",\"string\":\"771,1-2,0\"}}}}"
            );
            line("tls", true, &full(&address.to_string()), 443, tls);
        }
        Flow::Tls { name, address, ending: Ending::Refused } => {
            let alert = format!(
                "\"alert\":{{\"action\":\"blocked\",\"gid\":1,\"signature_id\":9000001,\"rev\":1,\
                 \"signature\":\"LISTED name\",\"metadata\":{{\"tag\":[\"a\",\"b\"]}}}},\
                 \"tls\":{{\"sni\":\"{name}\"}},\"flow\":{{\"pkts_toserver\":4,\"pkts_toclient\":2}}"
            );
            line("alert", true, &full(&address.to_string()), 443, alert);
        }
        Flow::Web { host, address, path, query, ending } => {
            let mark = if query.is_empty() { "" } else { "?" };
            let is_served = *ending == Ending::Served;
            let status = if is_served { ",\"status\":200,\"length\":353" } else { "" };
            let http = format!(
                "\"tx_id\":0,\"http\":{{\"hostname\":\"{host}\",\"url\":\"{path}{mark}{query}\",\
                 \"http_user_agent\":\"curl \\\"7\\\"\",\"http_method\":\"GET\",\
                 \"protocol\":\"HTTP/1.1\"{status}}}"
            );
            let address = full(&address.to_string());
            match random.below(8) {
                0 if is_served => {
                    let file = "\"app_proto\":\"http\",\"fileinfo\":{\"filename\":\"/x\",\"state\":\"CLOSED\"}";
                    line("fileinfo", false, &address, 80, format!("{http},{file}"));
                }
                1 => {
                    let back = u8::from(is_served);
                    let alert = format!(
                        "\"alert\":{{\"action\":\"allowed\",\"signature\":\"LISTED\"}},{http},\
                         \"flow\":{{\"pkts_toserver\":4,\"pkts_toclient\":{back}}}"
                    );
                    line("alert", is_served, &address, 80, alert);
                }
                _ => line("http", true, &address, 80, http),
            }
        }
    }
}

/// Suricata writes IPv6 addresses in full.
fn full(address: &str) -> String {
    match address.parse() {
        Ok(IpAddr::V6(address)) => {
            let groups = address.segments().map(|it| format!("{it:04x}"));
            groups.join(":")
        }
        _ => address.to_owned(),
    }
}

fn flow(ending: Ending, random: &mut Random) -> String {
    let (packets, flags) = match ending {
        Ending::Served => (random.below(40) + 3, random.word(&["1b", "1a", "12", "1e"])),
        Ending::Refused => (random.below(2), "14"),
    };
    let flags = if packets == 0 { "00" } else { flags };
    let sent = random.below(1 << 16);
    format!(
        "\"flow\":{{\"pkts_toserver\":6,\"pkts_toclient\":{packets},\"bytes_toserver\":{sent},\
         \"bytes_toclient\":{},\"state\":\"closed\",\"reason\":\"timeout\",\"alerted\":false}},\
         \"tcp\":{{\"tcp_flags\":\"1b\",\"tcp_flags_ts\":\"1b\",\"tcp_flags_tc\":\"{flags}\",\
         \"syn\":true,\"ack\":true,\"state\":\"closed\"}}",
        packets * 60
    )
}

/// Whether the client stands first, and the event's `dns`.
fn dns(name: &str, answer: Answer, random: &mut Random) -> (bool, String) {
    let id = random.below(65_536);
    let address = match answer {
        Answer::Address(address) => full(&address.to_string()),
        Answer::Blocked => "0.0.0.0".to_owned(),
        Answer::None => {
            let queried = match random.below(3) {
                0 => format!(
                    "\"type\":\"query\",\"id\":{id},\"rrname\":\"{name}\",\"rrtype\":\"A\",\"tx_id\":0"
                ),
                1 => format!(
                    "\"version\":2,\"type\":\"answer\",\"id\":{id},\"rrname\":\"{name}\",\"rrtype\":\"A\",\"rcode\":\"NXDOMAIN\""
                ),
                _ => format!(
                    "\"version\":3,\"type\":\"request\",\"queries\":[{{\"rrname\":\"{name}\",\"rrtype\":\"A\"}}]"
                ),
            };
            return (true, format!("\"dns\":{{{queried}}}"));
        }
    };
    let records = format!(
        "[{{\"rrname\":\"{name}\",\"rrtype\":\"CNAME\",\"ttl\":60,\"rdata\":\"edge.tomana.net.example\"}},\
         {{\"rrname\":\"edge.tomana.net.example\",\"rrtype\":\"A\",\"ttl\":60,\"rdata\":\"{address}\"}}]"
    );
    let group = if address.contains(':') { "AAAA" } else { "A" };
    let grouped =
        format!("{{\"CNAME\":[\"edge.tomana.net.example\"],\"{group}\":[\"{address}\"]}}");
    let (client_first, told) = match random.below(4) {
        0 => (
            false,
            format!(
                "\"type\":\"answer\",\"id\":{id},\"rcode\":\"NOERROR\",\"rrname\":\"{name}\",\"rrtype\":\"A\",\"ttl\":60,\"rdata\":\"{address}\""
            ),
        ),
        1 => (
            true,
            format!(
                "\"version\":2,\"type\":\"answer\",\"rrname\":\"{name}\",\"rcode\":\"NOERROR\",\"answers\":{records}"
            ),
        ),
        2 => (
            true,
            format!(
                "\"version\":2,\"type\":\"answer\",\"rrname\":\"{name}\",\"rcode\":\"NOERROR\",\"answers\":{records},\"grouped\":{grouped}"
            ),
        ),
        _ => (
            true,
            format!(
                "\"version\":3,\"type\":\"response\",\"queries\":[{{\"rrname\":\"{name}\",\"rrtype\":\"A\"}}],\"answers\":{records},\"grouped\":{grouped}"
            ),
        ),
    };
    (client_first, format!("\"dns\":{{{told}}}"))
}
