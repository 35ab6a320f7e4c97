//! Running programs with their sockets, by `/proc`.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::io::{self, ErrorKind, Read as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use artifacts::{SocketOwner, Transport, read_proc_net};

use super::process;
use crate::running::{AskedNames, HeldSocket, NotSeen, Program, Running, Unseen};

/// Files below `net`.
const TABLES: [(&str, Transport); 4] = [
    ("tcp", Transport::Tcp),
    ("tcp6", Transport::Tcp),
    ("udp", Transport::Udp),
    ("udp6", Transport::Udp),
];
/// Bytes of a table that are read: more than a million sockets.
const MAX_TABLE_BYTES: u64 = 256 << 20;

/// Everything that runs, as far as this program may see it.
pub(super) fn all() -> Running {
    let mut running = Running { asked: AskedNames::NotKept, ..Running::default() };
    // Who has the socket of a number open.
    let mut holders: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
    // Programs of each network: the tables of one are read through any of them.
    let mut networks: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
    let own = std::process::id();
    networks.extend(network(own).map(|network| (network, vec![own])));
    for pid in process::pids() {
        if !process::is_program(pid) {
            continue;
        }
        let folder = format!("/proc/{pid}");
        // One that ended meanwhile is none any more.
        let Ok(name) = fs::read(format!("{folder}/comm")) else { continue };
        let name = String::from_utf8_lossy(&name).trim_end().to_owned();
        let file = process::file(pid);
        let sockets = sockets_of(&folder);
        let refused = |error: &io::Error| error.kind() == ErrorKind::PermissionDenied;
        let denied = file.as_ref().err().filter(|it| refused(it));
        if let Some(error) = denied.or(sockets.as_ref().err().filter(|it| refused(it))) {
            let what = Unseen::Program(pid, name.clone());
            running.not_seen.push(NotSeen { what, why: error.to_string() });
        }
        for socket in sockets.unwrap_or_default() {
            holders.entry(socket).or_default().push(pid);
        }
        if let Some(network) = network(pid) {
            let members = networks.entry(network).or_default();
            if !members.contains(&pid) {
                members.push(pid);
            }
        }
        running.programs.push(Program { pid, name, file: file.ok().flatten() });
    }
    if networks.is_empty() {
        // Where networks are not told apart there is one.
        networks.insert(0, vec![own]);
    }
    for (network, members) in networks {
        for (table, transport) in TABLES {
            let sockets = match table_of(&members, table) {
                Ok(Some(bytes)) => read_proc_net(&bytes, transport),
                Ok(None) => continue,
                Err(error) => {
                    let what = Unseen::Sockets(format!("/proc/net/{table}"));
                    running.not_seen.push(NotSeen { what, why: error.to_string() });
                    continue;
                }
            };
            running.rows_refused(format!("/proc/net/{table}"), sockets.refused);
            running.sockets.extend(sockets.sockets.into_iter().map(|socket| {
                let programs = match socket.owner {
                    SocketOwner::Inode(inode) => holders.get(&inode).cloned(),
                    SocketOwner::Program(pid) => Some(vec![pid]),
                };
                HeldSocket { socket, programs: programs.unwrap_or_default(), network }
            }));
        }
    }
    running
}

/// Numbers of the sockets that a program has open, each once.
fn sockets_of(folder: &str) -> io::Result<BTreeSet<u64>> {
    let mut sockets = BTreeSet::new();
    for entry in fs::read_dir(format!("{folder}/fd"))? {
        let Ok(target) = fs::read_link(entry?.path()) else { continue };
        sockets.extend(numbered(target.as_os_str(), b"socket:["));
    }
    Ok(sockets)
}

/// The number of the network that a program is in.
fn network(pid: u32) -> Option<u64> {
    let target = fs::read_link(format!("/proc/{pid}/ns/net")).ok()?;
    numbered(target.as_os_str(), b"net:[")
}

/// The number in what a link of the kernel names: `socket:[4242]`.
fn numbered(target: &OsStr, start: &[u8]) -> Option<u64> {
    let digits = target.as_bytes().strip_prefix(start)?.strip_suffix(b"]")?;
    str::from_utf8(digits).ok()?.parse().ok()
}

/// A table as the first program of a network that still runs has it; `None` where the kernel has no
/// such table, as without IPv6, or none of the programs runs any more.
fn table_of(members: &[u32], table: &str) -> io::Result<Option<Vec<u8>>> {
    let mut failed = None;
    for pid in members {
        let path = format!("/proc/{pid}/net/{table}");
        let mut bytes = Vec::new();
        match fs::File::open(Path::new(&path))
            .and_then(|file| file.take(MAX_TABLE_BYTES).read_to_end(&mut bytes))
        {
            Ok(_) => return Ok(Some(bytes)),
            // Gone, or no such table.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound) => {}
            // ESRCH: it ended while it was asked.
            Err(error) if error.raw_os_error() == Some(3) => {}
            // Another of them may be asked.
            Err(error) => failed = Some(error),
        }
    }
    failed.map_or(Ok(None), Err)
}
