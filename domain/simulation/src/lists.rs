//! Indicator lists: targets that the logs are planted with, and any number of others around them.

use std::fmt::Write as _;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::names::malicious_name;
use crate::random::Random;

/// Names of targets are numbered from here, those of fillers from 0.
const TARGETS_FROM: u64 = 1 << 40;

/// Labels in Vietnamese and as A-labels.
const IDN_LABELS: [(&str, &str); 6] = [
    ("máy-tính", "xn--my-tnh-pta3h"),
    ("cập-nhật", "xn--cp-nht-bf8be"),
    ("tải-về", "xn--ti-v-gr5a3h"),
    ("thư-viện", "xn--th-vin-4zb3960d"),
    ("điểm-thi", "xn--im-thi-92a1391d"),
    ("hóa-đơn", "xn--ha-n-qqa6pu2b"),
];

/// A name in Vietnamese and its normal form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IdnName {
    pub(crate) unicode: String,
    pub(crate) ascii: String,
}

/// The indicators that generated logs talk to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Targets {
    /// Names with everything below them.
    pub(crate) domains: Vec<String>,
    /// Names alone.
    pub(crate) exact_domains: Vec<String>,
    /// Names below a name that is not listed: `c2.NAME`.
    pub(crate) nested_domains: Vec<String>,
    pub(crate) idn: Vec<IdnName>,
    /// Last octet 3–9, so that one digit more behind it is another address.
    pub(crate) v4: Vec<Ipv4Addr>,
    /// Like [`Self::v4`], and one digit more before it is another address too.
    pub(crate) short_v4: Vec<Ipv4Addr>,
    pub(crate) v6: Vec<Ipv6Addr>,
    pub(crate) endpoints: Vec<(Ipv4Addr, u16)>,
    /// Networks by first address and prefix length; the address behind each is not listed.
    pub(crate) networks: Vec<(Ipv4Addr, u8)>,
    pub(crate) v6_networks: Vec<(Ipv6Addr, u8)>,
    /// Host and path.
    pub(crate) urls: Vec<(String, String)>,
}

impl Targets {
    /// So many targets of each kind, at most 4,096.
    pub fn new(seed: u64, of_each_kind: u32) -> Self {
        let mut random = Random::for_part(seed, "targets");
        let count = of_each_kind.clamp(1, 4096);
        let mut next = TARGETS_FROM + (random.bits() >> 32);
        let mut name = || {
            next += 1;
            malicious_name(next)
        };
        let mut names = || (0..count).map(|_| name()).collect::<Vec<_>>();
        let (domains, exact_domains, nested, idn) = (names(), names(), names(), names());
        let hosts = names();
        let low = |number: u32| u8::try_from(number & 0xff).unwrap_or_default();
        let last = |number: u32| u8::try_from(3 + number % 7).unwrap_or(3);
        let v4_of = |first: u8, number: u32| {
            Ipv4Addr::new(first, low(number >> 8), low(number), last(number))
        };
        let v6_of = |area: u128, number: u32| {
            Ipv6Addr::from(
                0x2001_0db8_0bad_u128 << 80 | area << 64 | u128::from(number) << 8 | 0xe4,
            )
        };
        Self {
            domains,
            exact_domains,
            nested_domains: nested.into_iter().map(|name| format!("c2.{name}")).collect(),
            idn: idn.into_iter().zip(IDN_LABELS.into_iter().cycle()).map(idn_name).collect(),
            // 240.0.0.0/4 is reserved and routed nowhere, and 0.0.0.0/8 is "this network".
            v4: (0..count).map(|number| v4_of(241, number)).collect(),
            short_v4: (0..count).map(|number| v4_of(0, number + 256)).collect(),
            v6: (0..count).map(|number| v6_of(1, number)).collect(),
            endpoints: (0..count).map(|number| (v4_of(240, number), 8443)).collect(),
            networks: (0..count)
                .map(|number| {
                    // 64 addresses stay free behind each network at least.
                    let prefix_length = 25 + u8::try_from(number % 6).unwrap_or_default();
                    (Ipv4Addr::new(247, low(number >> 8), low(number), 0), prefix_length)
                })
                .collect(),
            v6_networks: (0..count).map(|number| (v6_network(number), 64)).collect(),
            urls: hosts.into_iter().zip(0_u64..).map(url).collect(),
        }
    }

    /// The few targets of a demonstration: names under `.example` and the addresses of RFC 5737.
    pub fn demo(seed: u64) -> Self {
        let all = Self::new(seed, 12);
        let last = [3, 4, 5, 6, 7, 8, 9];
        Self {
            domains: all.domains,
            idn: all.idn.into_iter().take(3).collect(),
            v4: last.map(|it| Ipv4Addr::new(192, 0, 2, it)).to_vec(),
            endpoints: last.map(|it| (Ipv4Addr::new(203, 0, 113, it), 8443)).to_vec(),
            networks: vec![(Ipv4Addr::new(198, 51, 100, 16), 28)],
            urls: all.urls.into_iter().take(4).collect(),
            ..Self::default()
        }
    }

    /// Writes the targets as a list with a header: `indicator,type,family,scope`. Returns how
    /// many.
    pub fn write_csv(&self, out: &mut dyn io::Write) -> io::Result<u64> {
        let mut list = ListWriter::new(out)?;
        for name in self.domains.iter().chain(&self.nested_domains) {
            list.row(name, "domain", "subdomains")?;
        }
        for name in &self.exact_domains {
            list.row(name, "domain", "exact")?;
        }
        for (number, name) in self.idn.iter().enumerate() {
            // Lists write both forms.
            let is_ascii = number % 2 == 0;
            list.row(if is_ascii { &name.ascii } else { &name.unicode }, "domain", "subdomains")?;
        }
        for address in self.v4.iter().chain(&self.short_v4) {
            list.row(&address.to_string(), "ip", "")?;
        }
        for address in &self.v6 {
            list.row(&address.to_string(), "ip", "")?;
        }
        for (address, port) in &self.endpoints {
            list.row(&format!("{address}:{port}"), "ip-port", "")?;
        }
        for (first, prefix_length) in &self.networks {
            list.row(&format!("{first}/{prefix_length}"), "network", "")?;
        }
        for (first, prefix_length) in &self.v6_networks {
            list.row(&format!("{first}/{prefix_length}"), "network", "")?;
        }
        for (host, path) in &self.urls {
            list.row(&format!("http://{host}{path}"), "url", "")?;
        }
        Ok(list.rows)
    }
}

fn idn_name((name, (unicode, ascii)): (String, (&str, &str))) -> IdnName {
    IdnName { unicode: format!("{unicode}.{name}"), ascii: format!("{ascii}.{name}") }
}

fn url((host, number): (String, u64)) -> (String, String) {
    let path = match number % 3 {
        0 => format!("/gate{number}.php"),
        1 => format!("/wp-content/p{number}"),
        _ => format!("/Panel/v{number}/index"),
    };
    (host, path)
}

fn v6_network(number: u32) -> Ipv6Addr {
    Ipv6Addr::from(0x2001_0db8_0bae_u128 << 80 | u128::from(number) << 64)
}

/// How many fillers a list has: indicators nobody talks to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fillers {
    /// Domain names.
    pub domains: u64,
    /// Single IPv4 addresses, every tenth with a port; at most 2²⁶.
    pub addresses: u64,
    /// IPv4 networks of 2–256 addresses; at most 65,536.
    pub networks: u32,
    /// Single IPv6 addresses.
    pub v6: u32,
    /// URLs.
    pub urls: u64,
}

impl Fillers {
    /// Writes the fillers as a list of their own; they overlap with no [`Targets`] and no good
    /// name. Returns how many.
    pub fn write_csv(&self, out: &mut dyn io::Write) -> io::Result<u64> {
        let mut list = ListWriter::new(out)?;
        for number in 0..self.domains {
            list.row(&malicious_name(number), "domain", "subdomains")?;
        }
        let mut text = String::new();
        for number in 0..u32::try_from(self.addresses).unwrap_or(u32::MAX).min(1 << 26) {
            text.clear();
            // An odd factor makes each number another address of 242.0.0.0–245.255.255.255.
            let address = Ipv4Addr::from(0xf200_0000 | number.wrapping_mul(0x9e37_79b1) >> 6);
            let port = if number % 10 == 0 { ":4444" } else { "" };
            write!(text, "{address}{port}").unwrap_or_default();
            list.row(&text, "", "")?;
        }
        for number in 0..self.networks.min(1 << 16) {
            let prefix_length = 24 + number % 8;
            let first = Ipv4Addr::from(0xf600_0000 | number << 8);
            list.row(&format!("{first}/{prefix_length}"), "network", "")?;
        }
        for number in 0..self.v6 {
            let address = Ipv6Addr::from(0x2001_0db8_0baf_u128 << 80 | u128::from(number));
            list.row(&address.to_string(), "ip", "")?;
        }
        for number in 0..self.urls {
            let host = malicious_name(TARGETS_FROM / 2 + number);
            list.row(&format!("https://{host}/files/{number}.bin"), "url", "")?;
        }
        Ok(list.rows)
    }
}

/// The address behind the last one of a network.
pub(crate) fn behind(first: IpAddr, prefix_length: u8) -> IpAddr {
    match first {
        IpAddr::V4(first) => {
            let size = 1_u32.checked_shl(32 - u32::from(prefix_length)).unwrap_or(0);
            Ipv4Addr::from(u32::from(first).wrapping_add(size)).into()
        }
        IpAddr::V6(first) => {
            let size = 1_u128.checked_shl(128 - u32::from(prefix_length)).unwrap_or(0);
            Ipv6Addr::from(u128::from(first).wrapping_add(size)).into()
        }
    }
}

struct ListWriter<'o> {
    out: &'o mut dyn io::Write,
    rows: u64,
}

impl<'o> ListWriter<'o> {
    fn new(out: &'o mut dyn io::Write) -> io::Result<Self> {
        out.write_all(b"indicator,type,family,scope\n")?;
        Ok(Self { out, rows: 0 })
    }

    fn row(&mut self, indicator: &str, kind: &str, scope: &str) -> io::Result<()> {
        let family = self.rows % 97;
        self.rows += 1;
        writeln!(self.out, "{indicator},{kind},family-{family:02},{scope}")
    }
}
