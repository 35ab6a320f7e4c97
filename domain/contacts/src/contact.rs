//! What one log line proves.

/// One line of evidence that a device talked, or tried to talk, to a destination.
///
/// All slices point into the line (or are empty when the line does not say); where a format writes
/// names or answers in a code of its own, into the parser's room for what it decoded. Addresses and
/// names are as the log wrote them, without quotes and brackets: not validated, not lower-cased.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Contact<'l> {
    /// Address of the device that asked or connected.
    pub device: &'l [u8],
    /// What the log itself calls that device: a host name, or empty.
    pub device_name: &'l [u8],
    /// Domain name asked for or connected to (query name, SNI, HTTP host), without port.
    pub name: &'l [u8],
    /// Path of a URL with its leading `/`, query string cut off; empty when there is none.
    pub path: &'l [u8],
    /// Query string of a URL, after the `?`: names in it are mentions, never contacts.
    pub query: &'l [u8],
    /// Address connected to.
    pub address: &'l [u8],
    /// Port connected to; 0 when the line does not say.
    pub port: u16,
    /// Addresses a DNS answer gave for `name`, as the log lists them, separators included.
    pub answers: &'l [u8],
    /// When, as the log writes it; [`crate::Parser::timestamp`] reads it.
    pub time: &'l [u8],
    /// How it ended, as far as this line tells.
    pub outcome: Outcome,
    /// What the line shows of machines that stand for others.
    pub between: Between<&'l [u8]>,
    /// How much of a question and its answer the line is about.
    pub part: Part,
}

/// How much of a question for a name and its answer a line is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// All that the log has of it.
    #[default]
    Whole,
    /// The question; lines about the answer, or about what answered in the destination's place, stand
    /// apart.
    Question,
    /// The answer; the question may stand apart.
    Answer,
}

/// What a contact shows of a machine that stands for others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Between<A> {
    /// Nothing.
    #[default]
    Nobody,
    /// The device asked this machine, a name server or a proxy, and not the destination itself.
    Asked(A),
    /// Further on the device's packets carry this address.
    Translated(A),
    /// The device passed on what this address asked of it.
    For(A),
}

/// How a contact ended, as far as its line tells; ordered from weakest to strongest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The line holds the name or the address; who talked to it, and whether, it does not tell.
    Mentioned,
    /// A server of ours was asked. What it is called is no destination: only the one who asked, and
    /// what the query string says, can be of interest.
    Inbound,
    /// A resolver or a filter answered in the destination's place.
    DnsBlocked,
    /// A name was asked for; the line does not give the answer.
    #[default]
    DnsQueried,
    /// A name was asked for and got an address.
    DnsResolved,
    /// A connection was tried and refused, blocked or not answered.
    Attempted,
    /// Bytes went both ways, or the device in between let the exchange through.
    Connected,
}
