//! `FortiGate` key=value lines: forwarded and inbound traffic, web filter, DNS filter.

use super::Writer;
use super::event::{Answer, Ending, Event, Flow};
use crate::random::Random;

pub(super) fn write(writer: &mut Writer, event: &Event<'_>, time_us: i64, random: &mut Random) {
    let time = writer.local(time_us).strftime("%Y-%m-%d time=%H:%M:%S").to_string();
    let zone = if writer.offset.is_negative() { '-' } else { '+' };
    let minutes = writer.offset.seconds().unsigned_abs() / 60;
    let head = format!(
        "date={time} devname=\"FGT-60F\" devid=\"FGT60FTK00000000\" eventtime={time_us}000 \
         tz=\"{zone}{:02}{:02}\"",
        minutes / 60,
        minutes % 60
    );
    let (source, name) = (&event.source, &event.device.host_name);
    let (port, session) = (1024 + random.below(64_000), random.below(1 << 31));
    match &event.flow {
        Flow::Connection { address, port: to, ending } => {
            let (action, received) = match ending {
                Ending::Served => {
                    (random.word(&["close", "accept", "client-rst"]), random.below(1 << 22) + 60)
                }
                Ending::Refused => (random.word(&["deny", "timeout"]), 0),
            };
            let service = if *to == 443 { "HTTPS" } else { "tcp/other" };
            let (sent, duration) = (random.below(1 << 16) + 60, random.below(300));
            writer.line(format_args!(
                "{head} logid=\"0000000013\" type=\"traffic\" subtype=\"forward\" level=\"notice\" \
                 vd=\"root\" srcip={source} srcname=\"{name}\" srcport={port} srcintf=\"lan\" \
                 srcintfrole=\"lan\" dstip={address} dstport={to} dstintf=\"wan1\" \
                 dstintfrole=\"wan\" srccountry=\"Reserved\" dstcountry=\"Reserved\" \
                 sessionid={session} proto=6 action=\"{action}\" policyid=1 policytype=\"policy\" \
                 service=\"{service}\" trandisp=\"snat\" transip=203.0.113.254 transport={port} \
                 duration={duration} sentbyte={sent} rcvdbyte={received} sentpkt=9 rcvdpkt=7 \
                 appcat=\"unscanned\""
            ));
        }
        Flow::Inbound { from, ending } => {
            let (action, sent) = match ending {
                Ending::Served => ("close", random.below(4096)),
                Ending::Refused => ("deny", 0),
            };
            writer.line(format_args!(
                "{head} logid=\"0000000013\" type=\"traffic\" subtype=\"forward\" level=\"notice\" \
                 vd=\"root\" srcip={from} srcport={port} srcintf=\"wan1\" srcintfrole=\"wan\" \
                 dstip={source} dstport=3389 dstintf=\"lan\" dstintfrole=\"lan\" \
                 srccountry=\"Reserved\" dstcountry=\"Reserved\" sessionid={session} proto=6 \
                 action=\"{action}\" policyid=7 policytype=\"policy\" service=\"RDP\" \
                 trandisp=\"noop\" duration=1 sentbyte=60 rcvdbyte={sent} sentpkt=1 rcvdpkt=0"
            ));
        }
        Flow::Web { host, address, path, query, ending } => {
            let (event_type, action, level, received) = match ending {
                Ending::Served => {
                    ("ftgd_allow", "passthrough", "notice", random.below(1 << 20) + 200)
                }
                Ending::Refused => ("ftgd_blk", "blocked", "warning", 0),
            };
            let mark = if query.is_empty() { "" } else { "?" };
            // FortiOS 7 writes the whole URL, FortiOS 6 its path.
            let url = if random.per_mille(750) {
                format!("http://{host}{path}{mark}{query}")
            } else {
                format!("{path}{mark}{query}")
            };
            writer.line(format_args!(
                "{head} logid=\"0317013312\" type=\"utm\" subtype=\"webfilter\" \
                 eventtype=\"{event_type}\" level=\"{level}\" vd=\"root\" policyid=1 \
                 sessionid={session} srcip={source} srcname=\"{name}\" srcport={port} \
                 srcintf=\"lan\" dstip={address} dstport=80 dstintf=\"wan1\" proto=6 \
                 service=\"HTTP\" hostname=\"{host}\" profile=\"default\" action=\"{action}\" \
                 reqtype=\"direct\" url=\"{url}\" sentbyte=417 rcvdbyte={received} \
                 direction=\"outgoing\" msg=\"URL belongs to a category in policy\" \
                 method=\"domain\" cat=52 catdesc=\"Information Technology\""
            ));
        }
        Flow::Dns { name: asked, answer } => {
            let (event_type, action, address) = match answer {
                Answer::Address(address) => {
                    ("dns-response", "pass", format!(" ipaddr=\"{address}\""))
                }
                Answer::Blocked => ("dns-response", "block", String::new()),
                Answer::None => ("dns-query", "pass", String::new()),
            };
            writer.line(format_args!(
                "{head} logid=\"1501054802\" type=\"utm\" subtype=\"dns\" \
                 eventtype=\"{event_type}\" level=\"notice\" vd=\"root\" policyid=1 \
                 sessionid={session} srcip={source} srcport={port} srcintf=\"lan\" \
                 dstip=203.0.113.253 dstport=53 dstintf=\"wan1\" proto=17 profile=\"default\" \
                 xid={port} qname=\"{asked}\" qtype=\"A\" qtypeval=1 qclass=\"IN\"{address} \
                 msg=\"Domain is monitored\" action=\"{action}\" cat=52 \
                 catdesc=\"Information Technology\""
            ));
        }
        Flow::Tls { .. } => {}
    }
}
