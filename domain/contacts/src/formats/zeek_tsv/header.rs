//! What the header lines say.

/// Columns further right are not read; Zeek's own logs have about 30.
const COLUMNS: usize = 64;

/// What the header lines said so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Header {
    roles: Vec<Role>,
    /// Columns up to the last one that is read.
    used: usize,
}

/// What a column holds, as far as we read it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Role {
    #[default]
    Other,
    Time,
    Device,
    Address,
    Port,
    ConnState,
    ReceivedBytes,
    Query,
    Answers,
    ServerName,
    Established,
    Host,
    Uri,
    Status,
    Sender,
    Receiver,
    IsOriginator,
    SeenBytes,
    Proxied,
}

impl Role {
    /// The role of a field by its name, in TSV and JSON alike.
    pub(crate) fn of(name: &[u8]) -> Self {
        match name {
            b"ts" => Self::Time,
            b"id.orig_h" => Self::Device,
            b"id.resp_h" => Self::Address,
            b"id.resp_p" => Self::Port,
            b"conn_state" => Self::ConnState,
            b"resp_bytes" => Self::ReceivedBytes,
            b"query" => Self::Query,
            b"answers" => Self::Answers,
            b"server_name" => Self::ServerName,
            b"established" => Self::Established,
            b"host" => Self::Host,
            b"uri" => Self::Uri,
            b"status_code" => Self::Status,
            b"tx_hosts" => Self::Sender,
            b"rx_hosts" => Self::Receiver,
            b"is_orig" => Self::IsOriginator,
            b"seen_bytes" => Self::SeenBytes,
            b"proxied" => Self::Proxied,
            _ => Self::Other,
        }
    }
}

impl Header {
    /// Takes a line that begins with `#`; only `#fields` changes anything.
    pub(super) fn take(&mut self, line: &[u8]) {
        let Some(names) = line.strip_prefix(b"#fields\t") else { return };
        self.roles = names.split(|b| *b == b'\t').take(COLUMNS).map(Role::of).collect();
        self.used = self.roles.iter().rposition(|it| *it != Role::Other).map_or(0, |at| at + 1);
    }

    /// What each column holds, up to the last one that is read.
    #[inline]
    pub(super) fn roles(&self) -> &[Role] {
        self.roles.get(..self.used).unwrap_or_default()
    }

    /// Whether a `#fields` line came.
    pub(super) fn is_known(&self) -> bool {
        !self.roles.is_empty()
    }
}
