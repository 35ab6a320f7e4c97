//! Logs with planted contacts and near misses.
//!
//! [`write_log`] draws events from a seed, lets the module of the log's format write each as the
//! real program would, and enters the planted ones into the [`Truth`].

mod adguard;
mod bind;
mod capture;
mod cisco_asa;
mod dnsmasq;
mod event;
mod events;
mod filterlog;
mod flows;
mod fortigate;
mod mikrotik;
mod netfilter;
mod paloalto;
mod planting;
mod powerdns;
mod sophos;
mod squid;
mod suricata;
mod unbound;
mod unknown;
mod w3c;
mod web;
mod windows_dns;
mod windows_firewall;
mod zeek;

use std::io;

use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use self::event::{Answer, Channel, Ending, Event, Flow};
use self::planting::{Planted, Planting};
use crate::lists::Targets;
use crate::names::{GoodNames, SimulatedDevice, devices, good_v6};
use crate::random::Random;
use crate::truth::Truth;

pub use self::capture::write_capture;
pub use self::events::{EventFile, LoggedEvent, event_log, write_events};
pub use self::flows::{FlowFile, write_flows};
pub use self::planting::PlantKind;
pub use self::zeek::{ZeekLog, ZeekWriter};

/// Which log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LogKind {
    /// BIND 9 query log.
    Bind,
    /// dnsmasq with `log-queries`.
    Dnsmasq,
    /// `FortiGate` key=value: traffic, webfilter and dns together.
    Fortigate,
    /// One of Zeek's logs.
    Zeek(ZeekLog, ZeekWriter),
    /// Squid's native access log.
    Squid,
    /// Suricata's eve.json.
    Suricata,
    /// Squid's `combined` log: a proxy in the form of web servers.
    WebProxy,
    /// Apache's `vhost_combined`: a web server, asked from outside.
    WebServer,
    /// A proxy's W3C log.
    W3cProxy,
    /// IIS: a web server's W3C log.
    W3cServer,
    /// Unbound with `log-queries`, `log-replies` and `rpz-log`.
    Unbound,
    /// PowerDNS Recursor and dnsdist.
    Powerdns,
    /// AdGuard Home's query log.
    Adguard,
    /// Windows DNS Server debug log.
    WindowsDns,
    /// Palo Alto CSV: TRAFFIC and THREAT together.
    Paloalto,
    /// Cisco ASA messages.
    CiscoAsa,
    /// Sophos Firewall: sessions, web and threats together.
    Sophos,
    /// pfSense filterlog.
    Filterlog,
    /// MikroTik RouterOS: firewall and dns.
    Mikrotik,
    /// Linux kernel log of iptables.
    Netfilter,
    /// Windows Firewall.
    WindowsFirewall,
    /// Another log behind syslog headers.
    Syslog(Wrapping),
    /// The log of a program that nobody knows.
    Unknown,
}

/// How syslog headers are written, and what stands behind them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wrapping {
    /// RFC 3164 with its priority, before Squid's native log.
    Rfc3164,
    /// RFC 5424 with structured data, before Suricata's log.
    Rfc5424,
    /// RFC 3339 times in a file of a syslog daemon, before a web server's log.
    Rfc3339,
}

impl LogKind {
    /// Every log of a known format.
    pub const ALL: [Self; 33] = [
        Self::Bind,
        Self::Dnsmasq,
        Self::Fortigate,
        Self::Zeek(ZeekLog::Conn, ZeekWriter::Tsv),
        Self::Zeek(ZeekLog::Dns, ZeekWriter::Tsv),
        Self::Zeek(ZeekLog::Ssl, ZeekWriter::Tsv),
        Self::Zeek(ZeekLog::Http, ZeekWriter::Tsv),
        Self::Zeek(ZeekLog::Conn, ZeekWriter::Json),
        Self::Zeek(ZeekLog::Dns, ZeekWriter::Json),
        Self::Zeek(ZeekLog::Ssl, ZeekWriter::Json),
        Self::Zeek(ZeekLog::Http, ZeekWriter::Json),
        Self::Zeek(ZeekLog::Files, ZeekWriter::Tsv),
        Self::Zeek(ZeekLog::Files, ZeekWriter::Json),
        Self::Squid,
        Self::Suricata,
        Self::WebProxy,
        Self::WebServer,
        Self::W3cProxy,
        Self::W3cServer,
        Self::Unbound,
        Self::Powerdns,
        Self::Adguard,
        Self::WindowsDns,
        Self::Paloalto,
        Self::CiscoAsa,
        Self::Sophos,
        Self::Filterlog,
        Self::Mikrotik,
        Self::Netfilter,
        Self::WindowsFirewall,
        Self::Syslog(Wrapping::Rfc3164),
        Self::Syslog(Wrapping::Rfc5424),
        Self::Syslog(Wrapping::Rfc3339),
    ];

    /// The log behind the syslog headers; any other is itself.
    #[must_use]
    pub fn inner(self) -> Self {
        match self {
            Self::Syslog(Wrapping::Rfc3164) => Self::Squid,
            Self::Syslog(Wrapping::Rfc5424) => Self::Suricata,
            Self::Syslog(Wrapping::Rfc3339) => Self::WebServer,
            other => other,
        }
    }

    /// The name of its format, as `lamsach match` calls it.
    #[must_use]
    pub fn format(self) -> &'static str {
        match self.inner() {
            Self::Bind => "bind",
            Self::Dnsmasq => "dnsmasq",
            Self::Fortigate => "fortigate",
            Self::Zeek(_, ZeekWriter::Tsv) => "zeek-tsv",
            Self::Zeek(_, ZeekWriter::Json) => "zeek-json",
            Self::Squid => "squid",
            Self::Suricata | Self::Syslog(_) => "suricata",
            Self::WebProxy => "web-proxy",
            Self::WebServer => "web-server",
            Self::W3cProxy | Self::W3cServer => "w3c",
            Self::Unbound => "unbound",
            Self::Powerdns => "powerdns",
            Self::Adguard => "adguard",
            Self::WindowsDns => "windows-dns",
            Self::Paloalto => "paloalto",
            Self::CiscoAsa => "cisco-asa",
            Self::Sophos => "sophos",
            Self::Filterlog => "filterlog",
            Self::Mikrotik => "mikrotik",
            Self::Netfilter => "netfilter",
            Self::WindowsFirewall => "windows-firewall",
            Self::Unknown => "generic",
        }
    }

    /// Whether its clients are anybody and its host is ours.
    fn is_server(self) -> bool {
        matches!(self.inner(), Self::WebServer | Self::W3cServer)
    }

    /// A file name such a log may have, different for each kind.
    pub fn file_name(self) -> String {
        match self {
            Self::Bind => "bind-query.log".to_owned(),
            Self::Dnsmasq => "dnsmasq.log".to_owned(),
            Self::Fortigate => "fortigate.log".to_owned(),
            Self::Zeek(log, ZeekWriter::Tsv) => format!("zeek-{}.log", log.path()),
            Self::Zeek(log, ZeekWriter::Json) => format!("zeek-{}.json", log.path()),
            Self::Squid => "squid-access.log".to_owned(),
            Self::Suricata => "eve.json".to_owned(),
            Self::WebProxy => "squid-combined.log".to_owned(),
            Self::WebServer => "apache-access.log".to_owned(),
            Self::W3cProxy => "proxysg.log".to_owned(),
            Self::W3cServer => "iis.log".to_owned(),
            Self::Unbound => "unbound.log".to_owned(),
            Self::Powerdns => "powerdns.log".to_owned(),
            Self::Adguard => "querylog.json".to_owned(),
            Self::WindowsDns => "windows-dns.log".to_owned(),
            Self::Paloalto => "paloalto.log".to_owned(),
            Self::CiscoAsa => "cisco-asa.log".to_owned(),
            Self::Sophos => "sophos.log".to_owned(),
            Self::Filterlog => "filterlog.log".to_owned(),
            Self::Mikrotik => "mikrotik.log".to_owned(),
            Self::Netfilter => "netfilter.log".to_owned(),
            Self::WindowsFirewall => "pfirewall.log".to_owned(),
            Self::Unknown => "unknown.log".to_owned(),
            Self::Syslog(Wrapping::Rfc3164) => "syslog-squid.log".to_owned(),
            Self::Syslog(Wrapping::Rfc5424) => "syslog-eve.log".to_owned(),
            Self::Syslog(Wrapping::Rfc3339) => "syslog-apache.log".to_owned(),
        }
    }

    fn channels(self) -> &'static [Channel] {
        match self.inner() {
            Self::Bind
            | Self::Dnsmasq
            | Self::Unbound
            | Self::Powerdns
            | Self::Adguard
            | Self::WindowsDns
            | Self::Zeek(ZeekLog::Dns, _) => &[Channel::Dns],
            Self::Fortigate | Self::Paloalto | Self::Sophos => {
                &[Channel::Connection, Channel::Connection, Channel::Web, Channel::Dns]
            }
            Self::CiscoAsa => &[Channel::Connection, Channel::Connection, Channel::Web],
            Self::Mikrotik => &[Channel::Connection, Channel::Dns],
            Self::Filterlog
            | Self::Netfilter
            | Self::WindowsFirewall
            | Self::Zeek(ZeekLog::Conn | ZeekLog::Files, _) => &[Channel::Connection],
            Self::Zeek(ZeekLog::Ssl, _) => &[Channel::Tls],
            Self::Squid | Self::WebProxy | Self::W3cProxy => &[Channel::Web, Channel::Tls],
            Self::Suricata | Self::Unknown => {
                &[Channel::Connection, Channel::Dns, Channel::Tls, Channel::Web]
            }
            Self::Zeek(ZeekLog::Http, _) | Self::WebServer | Self::W3cServer | Self::Syslog(_) => {
                &[Channel::Web]
            }
        }
    }

    /// Whether its lines are packets or first packets, which prove no answer.
    fn shows_openings_only(self) -> bool {
        matches!(self, Self::Filterlog | Self::Mikrotik | Self::Netfilter | Self::WindowsFirewall)
    }

    /// The shortest time step the log can show, in microseconds.
    fn time_step(self) -> i64 {
        match self.inner() {
            Self::Dnsmasq
            | Self::WebProxy
            | Self::WebServer
            | Self::W3cProxy
            | Self::W3cServer
            | Self::Unbound
            | Self::WindowsDns
            | Self::Paloalto
            | Self::CiscoAsa
            | Self::Sophos
            | Self::Filterlog
            | Self::Mikrotik
            | Self::Netfilter
            | Self::Unknown
            | Self::WindowsFirewall => 1_000_000,
            Self::Bind | Self::Squid | Self::Powerdns => 1000,
            Self::Fortigate | Self::Zeek(..) | Self::Adguard | Self::Suricata | Self::Syslog(_) => {
                1
            }
        }
    }
}

/// What a log is like.
#[derive(Clone, Copy, Debug)]
pub struct LogSettings {
    /// Everything follows from it.
    pub seed: u64,
    /// When the log begins.
    pub start: Timestamp,
    /// How long it goes on.
    pub span: SignedDuration,
    /// Offset from UTC of the local times that most programs write.
    pub offset: Offset,
    /// How many devices the organisation has, at most 192,000.
    pub devices: u32,
    /// How many of them talk to targets; all others never do.
    pub infected_devices: u32,
    /// At least so many lines.
    pub lines: u64,
    /// Planted contacts and near misses in 100,000 events, as many of the one as of the other.
    pub planted_per_100k: u64,
}

/// Writes one log and enters what must be found in it into the truth.
///
/// The same settings and targets give the same bytes, whatever other logs are written.
pub fn write_log(
    kind: LogKind,
    settings: &LogSettings,
    targets: &Targets,
    truth: &mut Truth,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let devices = devices(settings.seed, settings.devices);
    let mut random = Random::for_part(settings.seed, &kind.file_name());
    let mut planting = Planting::new(kind, targets, infected(&devices, settings));
    let good_names = GoodNames::new();
    let mut unique = String::new();
    let mut writer = Writer::new(kind, settings, &mut random);
    writer.begin();
    let lines_wanted = settings.lines.max(1);
    let span_us = settings.span.as_micros().max(1);
    let start_us = settings.start.as_microsecond();
    while writer.lines < lines_wanted {
        // Events come evenly, with a jitter of one step either way.
        let done = i128::from(writer.lines) * span_us / i128::from(lines_wanted);
        let done = i64::try_from(done).unwrap_or_default();
        let jitter = i64::try_from(random.below(900)).unwrap_or_default();
        let time_us = (start_us + done + jitter).max(writer.last_us);
        let is_planted = random.below(100_000) < settings.planted_per_100k.saturating_mul(2);
        let planted = if is_planted { planting.draw(&mut random) } else { None };
        if let Some(planted) = planted {
            let lines_before = writer.lines;
            let count = writer.write(&planted.event, time_us, &mut random);
            enter(truth, kind, &planted, time_us, count);
            if planted.expected.as_ref().is_some_and(|it| it.verdict.is_finding()) {
                truth.add_finding_lines(lines_before + 1, writer.lines);
            }
        } else {
            let event = good_event(kind, &devices, &good_names, &mut unique, &mut random);
            writer.write(&event, time_us, &mut random);
        }
        if writer.buffer.len() > 1 << 20 {
            writer.flush(out)?;
        }
    }
    writer.flush(out)?;
    truth.add_lines(writer.lines);
    Ok(())
}

/// The devices that talk to targets: the first ones of a shuffle.
fn infected<'d>(
    devices: &'d [SimulatedDevice],
    settings: &LogSettings,
) -> Vec<&'d SimulatedDevice> {
    let mut random = Random::for_part(settings.seed, "infected");
    let mut order: Vec<_> = devices.iter().map(|device| (random.bits(), device)).collect();
    order.sort_by_key(|(key, _)| *key);
    order.into_iter().take(settings.infected_devices as usize).map(|(_, device)| device).collect()
}

fn enter(truth: &mut Truth, kind: LogKind, planted: &Planted<'_>, time_us: i64, count: u64) {
    let Some(expected) = &planted.expected else { return truth.add_near_miss() };
    let shown_us = time_us - time_us.rem_euclid(kind.time_step());
    // Within the span of a log there is no moment that cannot be written.
    let time = Timestamp::from_microsecond(shown_us).unwrap_or_default();
    truth.add(&expected.device, &expected.indicator, expected.verdict, time, count);
}

fn good_event<'e>(
    kind: LogKind,
    devices: &'e [SimulatedDevice],
    names: &'e GoodNames,
    unique: &'e mut String,
    random: &mut Random,
) -> Event<'e> {
    let at = usize::try_from(random.rank(devices.len() as u64)).unwrap_or_default();
    // `devices` never gives none.
    let device = devices.get(at).unwrap_or_else(|| unreachable!("a rank is below the count"));
    let channel = random.pick(kind.channels()).copied().unwrap_or(Channel::Connection);
    let (name, address) = names.pick(random, unique);
    let name = name.into();
    let ending = if random.per_mille(40) { Ending::Refused } else { Ending::Served };
    let flow = match channel {
        Channel::Dns => {
            let answer = match random.below(20) {
                0 => Answer::None,
                1 => Answer::Blocked,
                _ => Answer::Address(address.into()),
            };
            Flow::Dns { name, answer }
        }
        Channel::Connection if random.per_mille(50) => {
            let address = good_v6(random.below(5000)).to_string();
            Flow::Connection { address: address.into(), port: 443, ending }
        }
        Channel::Connection => {
            let port =
                random.pick(&[443, 443, 443, 80, 53, 123, 993, 8080]).copied().unwrap_or(443);
            Flow::Connection { address: address.to_string().into(), port, ending }
        }
        Channel::Tls => Flow::Tls { name, address: address.into(), ending },
        Channel::Web => {
            let (path, query) = planting::good_path(random);
            Flow::Web {
                host: name,
                address: address.into(),
                path: path.into(),
                query: query.into(),
                ending,
            }
        }
    };
    Event { source: device.v4.to_string().into(), device, flow }
}

/// Gathers lines; each format's module adds to the text.
struct Writer {
    kind: LogKind,
    offset: Offset,
    buffer: String,
    lines: u64,
    last_us: i64,
    /// A number that belongs to this run of the program: a process id, a serial.
    run: u64,
}

impl Writer {
    fn new(kind: LogKind, settings: &LogSettings, random: &mut Random) -> Self {
        let run = 1000 + random.below(30_000);
        let start_us = settings.start.as_microsecond();
        Self {
            kind,
            offset: settings.offset,
            buffer: String::new(),
            lines: 0,
            last_us: start_us,
            run,
        }
    }

    fn begin(&mut self) {
        match self.kind {
            LogKind::Zeek(log, ZeekWriter::Tsv) => zeek::write_header(log, self),
            LogKind::W3cProxy | LogKind::W3cServer => w3c::write_header(self),
            LogKind::WindowsDns => windows_dns::write_header(self),
            LogKind::WindowsFirewall => windows_firewall::write_header(self),
            _ => {}
        }
    }

    /// Writes an event and says how many contacts its lines show: some programs write a line for a
    /// question and one for its answer.
    fn write(&mut self, event: &Event<'_>, time_us: i64, random: &mut Random) -> u64 {
        self.last_us = time_us;
        match self.kind.inner() {
            LogKind::Bind => bind::write(self, event, time_us, random),
            LogKind::Dnsmasq => dnsmasq::write(self, event, time_us, random),
            LogKind::Fortigate => fortigate::write(self, event, time_us, random),
            LogKind::Zeek(log, writer) => zeek::write(log, writer, self, event, time_us, random),
            LogKind::Squid => squid::write(self, event, time_us, random),
            LogKind::Suricata | LogKind::Syslog(_) => suricata::write(self, event, time_us, random),
            LogKind::Unknown => unknown::write(self, event, time_us),
            LogKind::WebProxy => web::write_proxied(self, event, time_us, random),
            LogKind::WebServer => web::write_served(self, event, time_us, random),
            LogKind::W3cProxy => w3c::write_proxied(self, event, time_us, random),
            LogKind::W3cServer => w3c::write_served(self, event, time_us, random),
            LogKind::Unbound => return unbound::write(self, event, time_us, random),
            LogKind::Powerdns => powerdns::write(self, event, time_us, random),
            LogKind::Adguard => adguard::write(self, event, time_us, random),
            LogKind::WindowsDns => return windows_dns::write(self, event, time_us, random),
            LogKind::Paloalto => paloalto::write(self, event, time_us, random),
            LogKind::CiscoAsa => return cisco_asa::write(self, event, time_us, random),
            LogKind::Sophos => sophos::write(self, event, time_us, random),
            LogKind::Filterlog => filterlog::write(self, event, time_us, random),
            LogKind::Mikrotik => mikrotik::write(self, event, time_us, random),
            LogKind::Netfilter => netfilter::write(self, event, time_us, random),
            LogKind::WindowsFirewall => windows_firewall::write(self, event, time_us, random),
        }
        1
    }

    fn line(&mut self, text: std::fmt::Arguments<'_>) {
        use std::fmt::Write as _;
        if let LogKind::Syslog(wrapping) = self.kind {
            self.push_syslog_header(wrapping);
        }
        // Writing into a `String` cannot fail.
        self.buffer.write_fmt(text).unwrap_or_default();
        self.buffer.push('\n');
        self.lines += 1;
    }

    /// A syslog header, its time a second late, as it is when a relay writes it.
    fn push_syslog_header(&mut self, wrapping: Wrapping) {
        use std::fmt::Write as _;
        let local = self.local(self.last_us + 1_000_000);
        let run = self.run;
        // Writing into a `String` cannot fail.
        match wrapping {
            Wrapping::Rfc3164 => {
                let time = local.strftime("%b %e %H:%M:%S");
                write!(self.buffer, "<190>{time} proxy.portal.example squid[{run}]: ")
            }
            Wrapping::Rfc5424 => {
                let time = local.strftime("%Y-%m-%dT%H:%M:%S%.6f");
                write!(
                    self.buffer,
                    "<13>1 {time}{} sensor suricata {run} - [meta sequenceId=\"{}\" note=\"a\\]b\"] ",
                    self.offset_text(),
                    self.lines
                )
            }
            Wrapping::Rfc3339 => {
                let time = local.strftime("%Y-%m-%dT%H:%M:%S%.6f");
                write!(self.buffer, "{time}{} www apache[{run}]: ", self.offset_text())
            }
        }
        .unwrap_or_default();
    }

    /// `+07:00`.
    fn offset_text(&self) -> String {
        let minutes = self.offset.seconds().unsigned_abs() / 60;
        let sign = if self.offset.is_negative() { '-' } else { '+' };
        format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }

    /// The local time of the log.
    fn local(&self, time_us: i64) -> jiff::civil::DateTime {
        self.offset.to_datetime(Timestamp::from_microsecond(time_us).unwrap_or_default())
    }

    fn flush(&mut self, out: &mut dyn io::Write) -> io::Result<()> {
        out.write_all(self.buffer.as_bytes())?;
        self.buffer.clear();
        Ok(())
    }
}
