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
        // Lengths first: one jump leads past nearly all names.
        match (name.len(), name) {
            (2, b"ts") => Self::Time,
            (9, b"id.orig_h") => Self::Device,
            (9, b"id.resp_h") => Self::Address,
            (9, b"id.resp_p") => Self::Port,
            (10, b"conn_state") => Self::ConnState,
            (10, b"resp_bytes") => Self::ReceivedBytes,
            (5, b"query") => Self::Query,
            (7, b"answers") => Self::Answers,
            (11, b"server_name") => Self::ServerName,
            (11, b"established") => Self::Established,
            (4, b"host") => Self::Host,
            (3, b"uri") => Self::Uri,
            (11, b"status_code") => Self::Status,
            (8, b"tx_hosts") => Self::Sender,
            (8, b"rx_hosts") => Self::Receiver,
            (7, b"is_orig") => Self::IsOriginator,
            (10, b"seen_bytes") => Self::SeenBytes,
            (7, b"proxied") => Self::Proxied,
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
