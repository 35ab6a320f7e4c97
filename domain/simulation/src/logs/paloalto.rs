//! Palo Alto CSV through syslog: TRAFFIC at the end of a session, THREAT of web and DNS.

use super::Writer;
use super::event::{Answer, Ending, Event, Flow};
use crate::random::Random;

pub(super) fn write(writer: &mut Writer, event: &Event<'_>, time_us: i64, random: &mut Random) {
    let local = writer.local(time_us);
    let head =
        local.strftime("%b %e %H:%M:%S PA-VM 1,%Y/%m/%d %H:%M:%S,007900000000001").to_string();
    let time = local.strftime("%Y/%m/%d %H:%M:%S").to_string();
    let (source, session) = (&event.source, random.below(1 << 31));
    let port = 1024 + random.below(64_000);
    let between = |from: &str, to: &str, application: &str, zones: &str| {
        format!(
            "2561,{time},{from},{to},0.0.0.0,0.0.0.0,\"Cho phép, có ghi\",,,{application},vsys1,{zones},\
             ethernet1/2,ethernet1/1,SIEM,{time},{session},1"
        )
    };
    let outward = "trust,untrust";
    match &event.flow {
        Flow::Connection { address, port: to, ending } => {
            let (subtype, action, received) = match ending {
                Ending::Served => ("end", "allow", random.below(1 << 22) + 60),
                Ending::Refused => {
                    let (subtype, action) =
                        if random.per_mille(500) { ("drop", "deny") } else { ("end", "allow") };
                    (subtype, action, 0)
                }
            };
            let between = between(source, address, "ssl", outward);
            let sent = random.below(1 << 16) + 60;
            writer.line(format_args!(
                "{head},TRAFFIC,{subtype},{between},{port},{to},{port},{to},0x400053,tcp,{action},{},\
                 {sent},{received},16,{time},3,any,0,{session},0x0,Reserved,Reserved,0,9,7,tcp-fin,0,0,0,0,,\
                 PA-VM,from-policy",
                sent + received
            ));
        }
        Flow::Inbound { from, ending } => {
            let (subtype, action, received) = match ending {
                Ending::Served => ("end", "allow", random.below(4096) + 40),
                Ending::Refused => ("drop", "deny", 0),
            };
            let between = between(&from.to_string(), source, "ms-rdp", "untrust,trust");
            writer.line(format_args!(
                "{head},TRAFFIC,{subtype},{between},{port},3389,{port},3389,0x0,tcp,{action},{},60,\
                 {received},2,{time},1,any,0,{session},0x0,Reserved,Reserved,0,1,1,tcp-rst-from-server",
                60 + received
            ));
        }
        Flow::Web { host, address, path, query, ending } => {
            let action = match ending {
                Ending::Served => "alert",
                Ending::Refused => "block-url",
            };
            let mark = if query.is_empty() { "" } else { "?" };
            let between = between(source, &address.to_string(), "web-browsing", outward);
            writer.line(format_args!(
                "{head},THREAT,url,{between},{port},80,{port},80,0x403000,tcp,{action},\
                 \"{host}{path}{mark}{query}\",(9999),unknown,informational,client-to-server,{session},0x0,\
                 Reserved,Reserved,0,text/html"
            ));
        }
        Flow::Dns { name, answer } => {
            let action = if *answer == Answer::Blocked { "sinkhole" } else { "alert" };
            let between = between(source, "203.0.113.253", "dns", outward);
            let (url, threat) = if random.per_mille(500) {
                ("Suspicious DNS Query", format!("Suspicious DNS Query (generic:{name})(4000000)"))
            } else {
                (name.as_ref(), format!("Malware:{name}(109000001)"))
            };
            writer.line(format_args!(
                "{head},THREAT,spyware,{between},{port},53,{port},53,0x80002000,udp,{action},\"{url}\",\
                 {threat},any,medium,client-to-server,{session},0x0,Reserved,Reserved,0,"
            ));
        }
        Flow::Tls { .. } => {}
    }
}
