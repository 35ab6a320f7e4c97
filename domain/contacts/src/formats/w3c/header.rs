//! What the `#Fields:` line says.

/// Columns further right are not read.
const COLUMNS: usize = 64;

/// What the header lines said so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Header {
    roles: Vec<Role>,
    /// Columns up to the last one that is read.
    pub(super) used: usize,
    pub(super) separator: u8,
    pub(super) is_proxy: bool,
}

/// What a column holds, as far as we read it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Role {
    #[default]
    Other,
    Date,
    Time,
    Epoch,
    Client,
    ServerAddress,
    Host,
    Port,
    Url,
    Path,
    Query,
    Referrer,
    Method,
    Status,
    Action,
    Filter,
    RemoteAddress,
}

impl Role {
    fn of(name: &[u8]) -> Self {
        match name.to_ascii_lowercase().as_slice() {
            b"date" => Self::Date,
            b"time" => Self::Time,
            b"timestamp" => Self::Epoch,
            b"c-ip" => Self::Client,
            b"s-ip" => Self::ServerAddress,
            b"cs-host" | b"r-host" | b"cs(host)" => Self::Host,
            b"cs-uri-port" | b"r-port" => Self::Port,
            b"cs-uri" | b"c-uri" => Self::Url,
            b"cs-uri-path" | b"cs-uri-stem" => Self::Path,
            b"cs-uri-query" => Self::Query,
            b"cs(referer)" | b"cs(referrer)" => Self::Referrer,
            b"cs-method" | b"s-operation" => Self::Method,
            b"sc-status" => Self::Status,
            b"s-action" => Self::Action,
            b"sc-filter-result" => Self::Filter,
            b"r-ip" | b"r-supplier-ip" | b"s-supplier-ip" => Self::RemoteAddress,
            _ => Self::Other,
        }
    }
}

/// Columns that only a proxy has.
const PROXY: [&[u8]; 12] = [
    b"cs-uri-scheme",
    b"cs-uri-path",
    b"cs-uri-port",
    b"s-action",
    b"s-hierarchy",
    b"s-supplier-name",
    b"s-supplier-ip",
    b"r-host",
    b"r-ip",
    b"r-port",
    b"sc-filter-result",
    b"s-object-source",
];
/// Columns that only a web server has.
const SERVER: [&[u8]; 7] = [
    b"s-port",
    b"s-sitename",
    b"s-siteid",
    b"sc-substatus",
    b"sc-win32-status",
    b"s-queuename",
    b"s-reason",
];

impl Header {
    /// Takes a line that begins with `#`; only `#Fields:` changes anything.
    pub(super) fn take(&mut self, line: &[u8]) {
        let Some(names) = line.strip_prefix(b"#Fields:") else { return };
        let names = names.trim_ascii();
        self.separator = if names.contains(&b'\t') { b'\t' } else { b' ' };
        let names = || names.split(|b| *b == self.separator).filter(|it| !it.is_empty());
        let has = |wanted: &[&[u8]]| {
            names().any(|name| wanted.iter().any(|it| name.eq_ignore_ascii_case(it)))
        };
        self.is_proxy =
            has(&PROXY) || (has(&[b"cs-host", b"cs-uri", b"cs(host)"]) && !has(&SERVER));
        // Of other logs with such a header, a firewall's for one, nothing is known here.
        let is_ours = has(&[b"c-ip"]);
        let roles = names().take(COLUMNS).map(Role::of);
        self.roles = if is_ours { roles.collect() } else { Vec::new() };
        self.used = self.roles.iter().rposition(|it| *it != Role::Other).map_or(0, |at| at + 1);
    }

    /// What each column holds, up to the last one that is read.
    #[inline]
    pub(super) fn roles(&self) -> &[Role] {
        self.roles.get(..self.used).unwrap_or_default()
    }

    /// Whether a `#Fields:` line of a web log came.
    pub(super) fn is_known(&self) -> bool {
        !self.roles.is_empty()
    }
}
