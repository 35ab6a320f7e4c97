//! What runs on a computer, and whom it talks to.

use std::collections::BTreeSet;

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
    /// Names of the hosts file, in small letters, where the system keeps them among those that were asked for.
    pub in_hosts: BTreeSet<String>,
    /// What could not be looked at.
    pub not_seen: Vec<NotSeen>,
}

impl Running {
    /// Rows of a table that were not understood: what they say is not known.
    pub(crate) fn rows_refused(&mut self, table: impl Into<String>, count: u64) {
        if count > 0 {
            let what = Unseen::Sockets(table.into());
            self.not_seen.push(NotSeen { what, why: count.to_string() });
        }
    }
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
    /// The names; on Windows with those of the hosts file, which nobody need have asked for.
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
    /// A table of sockets, or rows of it.
    Sockets(String),
    /// A file of the system that says what something else means.
    File(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refused_rows_are_told_by_their_table() {
        let mut running = Running::default();
        running.rows_refused("tcp", 0);
        assert_eq!(running.not_seen, []);
        running.rows_refused("tcp6", 3);
        let (what, why) = (Unseen::Sockets("tcp6".to_owned()), "3".to_owned());
        assert_eq!(running.not_seen, [NotSeen { what, why }]);
    }
}
