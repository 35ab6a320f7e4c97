//! Sophos Firewall: sessions, web, and threats told by DNS; in its own format or the central one.

use super::Writer;
use super::event::{Answer, Ending, Event, Flow};
use crate::random::Random;

pub(super) fn write(writer: &mut Writer, event: &Event<'_>, time_us: i64, random: &mut Random) {
    let local = writer.local(time_us);
    let zone = if writer.offset.is_negative() { '-' } else { '+' };
    let minutes = writer.offset.seconds().unsigned_abs() / 60;
    let is_central = random.per_mille(400);
    let head = if is_central {
        format!(
            "device_name=\"SFW\" timestamp=\"{}{zone}{:02}{:02}\" device_model=\"XGS2100\" \
             device_serial_id=\"X00000000000E\"",
            local.strftime("%Y-%m-%dT%H:%M:%S"),
            minutes / 60,
            minutes % 60
        )
    } else {
        format!(
            "device=\"SFW\" date={} timezone=\"+07\" device_name=\"XG-EXAMPLE\" device_id=C0000000000000E",
            local.strftime("%Y-%m-%d time=%H:%M:%S")
        )
    };
    let (sent, received) =
        if is_central { ("bytes_sent", "bytes_received") } else { ("sent_bytes", "recv_bytes") };
    let (source, port) = (&event.source, 1024 + random.below(64_000));
    let bytes = random.below(1 << 20) + 60;
    let firewall = |from: &str, to: &str, to_port: u16, ending: Ending, is_denied: bool| {
        let subtype = if is_denied { "Denied" } else { "Allowed" };
        let bytes = if ending == Ending::Served { bytes } else { 0 };
        format!(
            "{head} log_id=010101600001 log_type=\"Firewall\" log_component=\"Firewall Rule\" \
             log_subtype=\"{subtype}\" duration=3 fw_rule_id=7 user_name=\"\" src_ip={from} \
             src_country_code=R1 dst_ip={to} dst_country_code=R1 protocol=\"TCP\" src_port={port} \
             dst_port={to_port} {sent}=1200 {received}={bytes} connevent=\"Stop\""
        )
    };
    let line = match &event.flow {
        Flow::Connection { address, port: to, ending } => {
            let is_denied = *ending == Ending::Refused && random.per_mille(500);
            firewall(source, address, *to, *ending, is_denied)
        }
        Flow::Inbound { from, ending } => {
            firewall(&from.to_string(), source, 3389, *ending, *ending == Ending::Refused)
        }
        Flow::Web { host, address, path, query, ending } => {
            let subtype = if *ending == Ending::Served { "Allowed" } else { "Denied" };
            let mark = if query.is_empty() { "" } else { "?" };
            format!(
                "{head} log_id=050901616001 log_type=\"Content Filtering\" log_component=\"HTTP\" \
                 log_subtype=\"{subtype}\" fw_rule_id=7 category=\"None\" \
                 url=\"http://{host}{path}{mark}{query}\" src_ip={source} dst_ip={address} \
                 protocol=\"TCP\" src_port={port} dst_port=80 {sent}=417 {received}={bytes} domain={host}"
            )
        }
        Flow::Dns { name, answer } => {
            let subtype = if *answer == Answer::Blocked { "Drop" } else { "Alert" };
            format!(
                "{head} log_id=086304418010 log_type=\"ATP\" log_component=\"DNS\" \
                 log_subtype=\"{subtype}\" protocol=\"UDP\" src_port={port} dst_port=53 src_ip={source} \
                 dst_ip=203.0.113.253 url={name} threatname=C2/Example-A event_id=7"
            )
        }
        Flow::Tls { .. } => return,
    };
    writer.line(format_args!("{line}"));
}
