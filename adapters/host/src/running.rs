//! What runs on a computer, and whom it talks to.

use artifacts::{DiskPath, Socket};

/// Programs and sockets of a running system, at one moment.
#[derive(Clone, Debug, Default)]
pub struct Running {
    /// Programs, by number; the kernel's own are left out.
    pub programs: Vec<Program>,
    /// Sockets.
    pub sockets: Vec<HeldSocket>,
    /// Names that programs asked for.
    pub asked: AskedNames,
    /// What could not be looked at.
    pub not_seen: Vec<NotSeen>,
}

/// A running program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its number.
    pub pid: u32,
    /// What the system calls it.
    pub name: String,
    /// Its file, where it is told.
    pub file: Option<DiskPath>,
}

/// A socket, and who holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldSocket {
    /// The socket.
    pub socket: Socket,
    /// Numbers of the programs that have it open; none where that is not told.
    pub programs: Vec<u32>,
    /// Which network it is in: Linux gives containers a network of their own.
    pub network: u64,
}

/// Names that programs asked for, as the system remembers them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AskedNames {
    /// The system remembers none.
    #[default]
    NotKept,
    /// The names, without those of the hosts file where that can be told.
    Names(Vec<String>),
    /// It does, and does not tell.
    NotTold(String),
}

/// Something that could not be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotSeen {
    /// What.
    pub what: Unseen,
    /// What the system says.
    pub why: String,
}

/// What could not be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unseen {
    /// A program: its file, its sockets, or both.
    Program(u32, String),
    /// A table of sockets.
    Sockets(String),
}
