//! Zeek's conn, dns, ssl and http logs, by its ASCII and its JSON writer.

use std::fmt::Write as _;
use std::net::IpAddr;

use super::Writer;
use super::event::{Answer, Ending, Event, Flow};
use crate::random::Random;

/// Which of Zeek's logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ZeekLog {
    /// Connections.
    Conn,
    /// DNS.
    Dns,
    /// TLS.
    Ssl,
    /// HTTP.
    Http,
    /// Files.
    Files,
}

/// How Zeek writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ZeekWriter {
    /// Tab-separated, with header lines.
    Tsv,
    /// One JSON object a line; fields without a value are left out.
    Json,
}

impl ZeekLog {
    /// Its name, as in the `#path` line.
    pub fn path(self) -> &'static str {
        match self {
            Self::Conn => "conn",
            Self::Dns => "dns",
            Self::Ssl => "ssl",
            Self::Http => "http",
            Self::Files => "files",
        }
    }

    /// Fields and types behind those that all logs begin with.
    fn columns(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Conn => &[
                ("proto", "enum"),
                ("service", "string"),
                ("duration", "interval"),
                ("orig_bytes", "count"),
                ("resp_bytes", "count"),
                ("conn_state", "string"),
                ("local_orig", "bool"),
                ("local_resp", "bool"),
                ("missed_bytes", "count"),
                ("history", "string"),
                ("orig_pkts", "count"),
                ("orig_ip_bytes", "count"),
                ("resp_pkts", "count"),
                ("resp_ip_bytes", "count"),
                ("tunnel_parents", "set[string]"),
            ],
            Self::Dns => &[
                ("proto", "enum"),
                ("trans_id", "count"),
                ("rtt", "interval"),
                ("query", "string"),
                ("qclass", "count"),
                ("qclass_name", "string"),
                ("qtype", "count"),
                ("qtype_name", "string"),
                ("rcode", "count"),
                ("rcode_name", "string"),
                ("AA", "bool"),
                ("TC", "bool"),
                ("RD", "bool"),
                ("RA", "bool"),
                ("Z", "count"),
                ("answers", "vector[string]"),
                ("TTLs", "vector[interval]"),
                ("rejected", "bool"),
            ],
            Self::Ssl => &[
                ("version", "string"),
                ("cipher", "string"),
                ("curve", "string"),
                ("server_name", "string"),
                ("resumed", "bool"),
                ("last_alert", "string"),
                ("next_protocol", "string"),
                ("established", "bool"),
                ("ssl_history", "string"),
                ("sni_matches_cert", "bool"),
            ],
            Self::Files => &[
                ("fuid", "string"),
                ("source", "string"),
                ("depth", "count"),
                ("analyzers", "set[string]"),
                ("mime_type", "string"),
                ("filename", "string"),
                ("duration", "interval"),
                ("local_orig", "bool"),
                ("is_orig", "bool"),
                ("seen_bytes", "count"),
                ("total_bytes", "count"),
                ("missing_bytes", "count"),
                ("overflow_bytes", "count"),
                ("timedout", "bool"),
            ],
            Self::Http => &[
                ("trans_depth", "count"),
                ("method", "string"),
                ("host", "string"),
                ("uri", "string"),
                ("referrer", "string"),
                ("version", "string"),
                ("user_agent", "string"),
                ("origin", "string"),
                ("request_body_len", "count"),
                ("response_body_len", "count"),
                ("status_code", "count"),
                ("status_msg", "string"),
                ("info_code", "count"),
                ("info_msg", "string"),
                ("tags", "set[enum]"),
                ("username", "string"),
                ("password", "string"),
                ("proxied", "set[string]"),
                ("resp_mime_types", "vector[string]"),
            ],
        }
    }
}

/// The first columns of every log.
const ENDPOINTS: [(&str, &str); 6] = [
    ("ts", "time"),
    ("uid", "string"),
    ("id.orig_h", "addr"),
    ("id.orig_p", "port"),
    ("id.resp_h", "addr"),
    ("id.resp_p", "port"),
];

pub(super) fn write_header(log: ZeekLog, writer: &mut Writer) {
    let columns = || ENDPOINTS.iter().chain(log.columns());
    let fields: Vec<&str> = columns().map(|column| column.0).collect();
    let types: Vec<&str> = columns().map(|column| column.1).collect();
    let opened = writer.local(writer.last_us).strftime("%Y-%m-%d-%H-%M-%S").to_string();
    writer.line(format_args!("#separator \\x09"));
    writer.line(format_args!("#set_separator\t,"));
    writer.line(format_args!("#empty_field\t(empty)"));
    writer.line(format_args!("#unset_field\t-"));
    writer.line(format_args!("#path\t{}", log.path()));
    writer.line(format_args!("#open\t{opened}"));
    writer.line(format_args!("#fields\t{}", fields.join("\t")));
    writer.line(format_args!("#types\t{}", types.join("\t")));
}

/// A value of a record.
enum Value<'v> {
    Unset,
    Empty,
    Text(&'v str),
    Owned(String),
    Number(u64),
    /// Microseconds.
    Seconds(i64),
    Flag(bool),
    List(Vec<String>),
}

pub(super) fn write(
    log: ZeekLog,
    style: ZeekWriter,
    writer: &mut Writer,
    event: &Event<'_>,
    time_us: i64,
    random: &mut Random,
) {
    let Some((source, target, port, values)) = record(log, event, random) else { return };
    let uid = uid(random);
    let from_port = 1024 + random.below(64_000);
    let endpoints = [
        Value::Seconds(time_us),
        Value::Text(&uid),
        Value::Text(&source),
        Value::Number(from_port),
        Value::Text(&target),
        Value::Number(port.into()),
    ];
    let values = endpoints.iter().chain(&values);
    let columns = ENDPOINTS.iter().chain(log.columns()).map(|column| column.0);
    let line = match style {
        ZeekWriter::Tsv => tsv(values),
        ZeekWriter::Json => json(columns.zip(values)),
    };
    writer.line(format_args!("{line}"));
}

type Record<'r> = (String, String, u16, Vec<Value<'r>>);

/// Originator, responder, its port, and the values behind them.
fn record<'r>(log: ZeekLog, event: &'r Event<'_>, random: &mut Random) -> Option<Record<'r>> {
    let source = event.source.to_string();
    Some(match (log, &event.flow) {
        (ZeekLog::Conn, Flow::Connection { address, port, ending }) => {
            // Zeek writes addresses in their shortest form; IPv4-mapped ones stay as they are.
            let target =
                address.parse::<IpAddr>().map_or_else(|_| address.to_string(), |it| it.to_string());
            (source, target, *port, connection(*ending, true, random))
        }
        (ZeekLog::Conn, Flow::Inbound { from, ending }) => {
            (from.to_string(), source, 3389, connection(*ending, false, random))
        }
        (ZeekLog::Files, Flow::Connection { address, port, ending }) => {
            let target =
                address.parse::<IpAddr>().map_or_else(|_| address.to_string(), |it| it.to_string());
            (source, target, *port, file(*ending, random))
        }
        (ZeekLog::Files, Flow::Inbound { from, ending }) => {
            (from.to_string(), source, 3389, file(*ending, random))
        }
        (ZeekLog::Dns, Flow::Dns { name, answer }) => {
            let (code, code_name, answers) = match answer {
                Answer::Address(address) if random.per_mille(200) => (
                    0,
                    "NOERROR",
                    Some(vec!["edge.tomana.net.example".to_owned(), address.to_string()]),
                ),
                Answer::Address(address) => (0, "NOERROR", Some(vec![address.to_string()])),
                Answer::Blocked => (0, "NOERROR", Some(vec!["0.0.0.0".to_owned()])),
                Answer::None => (3, "NXDOMAIN", None),
            };
            let lives = answers.iter().flatten().map(|_| "300.000000".to_owned()).collect();
            let has_answers = answers.is_some();
            let values = vec![
                Value::Text("udp"),
                Value::Number(random.below(65_536)),
                Value::Seconds(i64::try_from(random.below(90_000)).unwrap_or_default()),
                Value::Text(name),
                Value::Number(1),
                Value::Text("C_INTERNET"),
                Value::Number(1),
                Value::Text("A"),
                Value::Number(code),
                Value::Text(code_name),
                Value::Flag(false),
                Value::Flag(false),
                Value::Flag(true),
                Value::Flag(true),
                Value::Number(0),
                answers.map_or(Value::Unset, Value::List),
                if has_answers { Value::List(lives) } else { Value::Unset },
                Value::Flag(false),
            ];
            (source, "10.0.0.1".to_owned(), 53, values)
        }
        (ZeekLog::Ssl, Flow::Tls { name, address, ending }) => {
            let is_served = *ending == Ending::Served;
            let values = vec![
                Value::Text("TLSv13"),
                Value::Text("TLS_AES_128_GCM_SHA256"),
                Value::Text("x25519"),
                Value::Text(name),
                Value::Flag(random.per_mille(300)),
                if is_served { Value::Unset } else { Value::Text("handshake_failure") },
                if is_served { Value::Text("h2") } else { Value::Unset },
                Value::Flag(is_served),
                Value::Text(if is_served { "CsiI" } else { "Cl" }),
                Value::Unset,
            ];
            (source, address.to_string(), 443, values)
        }
        (ZeekLog::Http, Flow::Web { host, address, .. }) => {
            (source, address.to_string(), 80, http(host, &event.flow, random))
        }
        _ => return None,
    })
}

fn connection<'v>(ending: Ending, is_local: bool, random: &mut Random) -> Vec<Value<'v>> {
    let is_served = ending == Ending::Served;
    let state = match ending {
        Ending::Served => random.word(&["SF", "SF", "SF", "S1", "RSTO", "RSTR"]),
        Ending::Refused => random.word(&["S0", "REJ"]),
    };
    let (sent, received) = (random.below(1 << 14), random.below(1 << 20) + 1);
    let counted = |count: u64| if is_served { Value::Number(count) } else { Value::Unset };
    vec![
        Value::Text("tcp"),
        if is_served { Value::Text("ssl") } else { Value::Unset },
        if is_served {
            Value::Seconds(i64::try_from(random.below(60_000_000)).unwrap_or_default())
        } else {
            Value::Unset
        },
        counted(sent),
        counted(received),
        Value::Text(state),
        Value::Flag(is_local),
        Value::Flag(!is_local),
        Value::Number(0),
        Value::Text(if is_served { "ShADadfF" } else { "S" }),
        Value::Number(if is_served { sent / 1400 + 4 } else { 1 }),
        Value::Number(if is_served { sent + 200 } else { 60 }),
        Value::Number(if is_served { received / 1400 + 4 } else { 0 }),
        Value::Number(if is_served { received + 200 } else { 0 }),
        Value::Unset,
    ]
}

fn file<'v>(ending: Ending, random: &mut Random) -> Vec<Value<'v>> {
    let seen = if ending == Ending::Served { random.below(1 << 20) + 1 } else { 0 };
    vec![
        Value::Owned(format!("F{}", random.below(1 << 40))),
        Value::Text("HTTP"),
        Value::Number(0),
        Value::Empty,
        Value::Text("text/html"),
        Value::Unset,
        Value::Seconds(1),
        Value::Flag(false),
        Value::Flag(random.per_mille(300)),
        Value::Number(seen),
        Value::Unset,
        Value::Number(0),
        Value::Number(0),
        Value::Flag(false),
    ]
}

fn http<'v>(host: &'v str, flow: &'v Flow<'_>, random: &mut Random) -> Vec<Value<'v>> {
    let Flow::Web { path, query, ending, .. } = flow else { return Vec::new() };
    let is_served = *ending == Ending::Served;
    let uri =
        if query.is_empty() { Value::Text(path) } else { Value::Owned(format!("{path}?{query}")) };
    vec![
        Value::Number(1),
        Value::Text(random.word(&["GET", "GET", "POST"])),
        Value::Text(host),
        uri,
        Value::Unset,
        Value::Text("1.1"),
        Value::Text("Mozilla/5.0 (Windows NT 10.0; Win64; x64)"),
        Value::Unset,
        Value::Number(0),
        Value::Number(if is_served { random.below(1 << 18) } else { 0 }),
        if is_served { Value::Number(200) } else { Value::Unset },
        if is_served { Value::Text("OK") } else { Value::Unset },
        Value::Unset,
        Value::Unset,
        Value::Empty,
        Value::Unset,
        Value::Unset,
        Value::Unset,
        if is_served { Value::List(vec!["text/html".to_owned()]) } else { Value::Unset },
    ]
}

/// `C` and 17 letters and digits.
fn uid(random: &mut Random) -> String {
    const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut uid = String::with_capacity(18);
    uid.push('C');
    let mut bits = u128::from(random.bits()) << 64 | u128::from(random.bits());
    for _ in 0..17 {
        let at = usize::try_from(bits % 62).unwrap_or_default();
        uid.push(LETTERS.get(at).copied().map_or('0', char::from));
        bits /= 62;
    }
    uid
}

fn tsv<'v>(values: impl Iterator<Item = &'v Value<'v>>) -> String {
    let mut line = String::with_capacity(256);
    for (column, value) in values.enumerate() {
        if column > 0 {
            line.push('\t');
        }
        // Writing into a `String` cannot fail.
        match value {
            Value::Unset => line.push('-'),
            Value::Empty => line.push_str("(empty)"),
            Value::Text(text) => line.push_str(text),
            Value::Owned(text) => line.push_str(text),
            Value::Number(number) => write!(line, "{number}").unwrap_or_default(),
            Value::Seconds(us) => push_seconds(&mut line, *us),
            Value::Flag(flag) => line.push(if *flag { 'T' } else { 'F' }),
            Value::List(items) => line.push_str(&items.join(",")),
        }
    }
    line
}

fn json<'v>(members: impl Iterator<Item = (&'static str, &'v Value<'v>)>) -> String {
    let mut line = String::with_capacity(512);
    line.push('{');
    for (name, value) in members {
        if matches!(value, Value::Unset) {
            continue;
        }
        if line.len() > 1 {
            line.push(',');
        }
        write!(line, "\"{name}\":").unwrap_or_default();
        match value {
            Value::Unset => {}
            Value::Empty => line.push_str("[]"),
            Value::Text(text) => write!(line, "\"{text}\"").unwrap_or_default(),
            Value::Owned(text) => write!(line, "\"{text}\"").unwrap_or_default(),
            Value::Number(number) => write!(line, "{number}").unwrap_or_default(),
            Value::Seconds(us) => push_seconds(&mut line, *us),
            Value::Flag(flag) => write!(line, "{flag}").unwrap_or_default(),
            Value::List(items) => push_list(&mut line, name, items),
        }
    }
    line.push('}');
    line
}

fn push_list(line: &mut String, name: &str, items: &[String]) {
    match name {
        "TTLs" => write!(line, "[{}]", items.join(",")).unwrap_or_default(),
        _ => write!(line, "[\"{}\"]", items.join("\",\"")).unwrap_or_default(),
    }
}

fn push_seconds(line: &mut String, us: i64) {
    write!(line, "{}.{:06}", us / 1_000_000, us % 1_000_000).unwrap_or_default();
}
