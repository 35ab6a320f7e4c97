//! Why results were not sent.

/// Why results were not sent: each variant is something else that the caller can do. None carries
/// the token.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The address cannot be used: give another.
    #[error("cannot send to `{address}`: {reason}")]
    Address {
        /// The address, without user name and password.
        address: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The certificates given are not readable: give a file with PEM certificates.
    #[error("the file of trusted certificates holds no PEM certificate")]
    Certificates,
    /// The token cannot be a token: look where it comes from.
    #[error("the token is empty or has characters that no token has")]
    TokenShape,
    /// Nobody answers there: check address and network, try later.
    #[error("`{host}` cannot be reached")]
    Unreachable {
        /// Host and port.
        host: String,
        /// What the system says.
        source: ureq::Error,
    },
    /// The portal's certificate is not trusted: give the certificate of the authority behind it.
    #[error("the certificate of `{host}` is not trusted")]
    Untrusted {
        /// Host and port.
        host: String,
        /// What the library says.
        source: ureq::Error,
    },
    /// The token does not hold: make a new one.
    #[error("the portal does not take the token: it is wrong, expired or taken back")]
    WrongToken,
    /// The token may not do this: make one with the scope named.
    #[error("the token may not send sightings: {}", .0.title)]
    NotAllowed(Refusal),
    /// There is no such portal, campaign or unit there, or the portal is too old.
    #[error("nothing at `{host}` takes sightings: wrong address, wrong campaign or an old portal")]
    NotThere {
        /// Host and port.
        host: String,
        /// What it says, when it speaks our language.
        refusal: Refusal,
    },
    /// The portal refuses what was sent: correct what is named.
    #[error("the portal refuses what was sent: {}", .0.title)]
    Refused(Refusal),
    /// One log has more than a message can carry: split it by day.
    #[error("the results of `{file}` are too large for one message")]
    TooLarge {
        /// Name of the log.
        file: String,
    },
    /// The portal has too much to do: wait so long.
    #[error("the portal is busy, wait {wait_seconds} s")]
    Busy {
        /// Seconds.
        wait_seconds: u64,
    },
    /// The portal fails: try later, tell its administrator.
    #[error("the portal at `{host}` fails with status {status}")]
    Failing {
        /// Host and port.
        host: String,
        /// HTTP status.
        status: u16,
    },
    /// The answer is none of ours: check the address.
    #[error("`{host}` answers, but not as a portal does (status {status})")]
    NotAPortal {
        /// Host and port.
        host: String,
        /// HTTP status.
        status: u16,
    },
}

/// What a portal says when it refuses, in the language it was asked in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// What it is, in one line.
    pub title: String,
    /// What to do next.
    pub detail: String,
    /// Place and what is wrong with it; a log is named by its file.
    pub places: Vec<(String, String)>,
}

impl SendError {
    /// The stable code, as it stands in message keys.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Address { .. } => "address",
            Self::Certificates => "certificates",
            Self::TokenShape => "token-shape",
            Self::Unreachable { .. } => "unreachable",
            Self::Untrusted { .. } => "untrusted",
            Self::WrongToken => "wrong-token",
            Self::NotAllowed(_) => "not-allowed",
            Self::NotThere { .. } => "not-there",
            Self::Refused(_) => "refused",
            Self::TooLarge { .. } => "too-large",
            Self::Busy { .. } => "busy",
            Self::Failing { .. } => "failing",
            Self::NotAPortal { .. } => "not-a-portal",
        }
    }

    /// What the portal itself says, when it does.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::NotAllowed(refusal) | Self::Refused(refusal) | Self::NotThere { refusal, .. } => {
                Some(refusal)
            }
            _ => None,
        }
    }
}
