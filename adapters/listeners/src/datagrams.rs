//! Datagrams, and how many of them the system dropped because nobody took them in time.

use std::fs;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::MetadataExt as _;
use std::time::{Duration, Instant};

use crate::{LAST_LOOK, PERIOD, is_pause};

/// What the system keeps of datagrams that nobody has taken yet, in bytes, as far as it allows.
const KEPT_BYTES: usize = 16 << 20;
/// How often drops are looked at.
const LOOK: Duration = Duration::from_secs(1);
/// No datagram is longer.
const LONGEST: usize = 1 << 16;

/// A datagram, behind its sender.
pub type Datagram = (SocketAddr, Vec<u8>);

/// A bound UDP socket.
#[derive(Debug)]
pub struct DatagramListener {
    socket: UdpSocket,
    address: SocketAddr,
}

/// What a listener tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard<'d> {
    /// A datagram and its sender.
    Datagram(SocketAddr, &'d [u8]),
    /// So many were dropped by the system.
    Dropped(u64),
    /// Nothing came for a while.
    Pause,
}

impl DatagramListener {
    /// Binds an address; port 0 takes a free one.
    pub fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = UdpSocket::bind(address)?;
        socket2::SockRef::from(&socket).set_recv_buffer_size(KEPT_BYTES)?;
        socket.set_read_timeout(Some(PERIOD))?;
        let address = socket.local_addr()?;
        Ok(Self { socket, address })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sends something back; what cannot be sent is asked for again.
    pub(crate) fn answer(&self, to: SocketAddr, message: &[u8]) {
        self.socket.send_to(message, to).map(drop).unwrap_or_default();
    }

    /// Hands datagrams on until it is to end, and hears at least every twentieth of a second whether
    /// there is nothing; what the system holds then is still read.
    pub(crate) fn run(
        &self,
        is_stopping: &dyn Fn() -> bool,
        each: &mut dyn FnMut(Heard<'_>),
    ) -> io::Result<()> {
        let mut drops = Drops::of(&self.socket)?;
        let mut last_look = Instant::now();
        let mut end = None;
        let mut datagram = vec![0; LONGEST];
        loop {
            let is_pause = match self.socket.recv_from(&mut datagram) {
                Ok((length, sender)) => {
                    each(Heard::Datagram(sender, datagram.get(..length).unwrap_or_default()));
                    false
                }
                Err(error) if is_pause(&error) => {
                    each(Heard::Pause);
                    true
                }
                // An answer to nothing we sent.
                Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => false,
                Err(error) => return Err(error),
            };
            if end.is_none() && is_stopping() {
                end = Some(Instant::now() + LAST_LOOK);
            }
            let is_end = end.is_some_and(|end| is_pause || Instant::now() > end);
            if is_end || last_look.elapsed() >= LOOK {
                last_look = Instant::now();
                let count = drops.since_last();
                if count > 0 {
                    each(Heard::Dropped(count));
                }
            }
            if is_end {
                return Ok(());
            }
        }
    }

    /// Hands datagrams on, several at a time, until it is to end: `each` hears those that came within a
    /// twentieth of a second, none when nothing came, and how many the system dropped.
    pub fn run_together(
        &self,
        is_stopping: &dyn Fn() -> bool,
        each: &mut dyn FnMut(&[Datagram], u64),
    ) -> io::Result<()> {
        let mut waiting = Waiting::default();
        self.run(is_stopping, &mut |heard| {
            let is_due = waiting.add(heard);
            if is_due {
                each(&waiting.datagrams, waiting.dropped);
                waiting = Waiting::default();
            }
        })?;
        each(&waiting.datagrams, waiting.dropped);
        Ok(())
    }
}

/// Datagrams that wait for one another.
#[derive(Default)]
struct Waiting {
    datagrams: Vec<Datagram>,
    bytes: usize,
    since: Option<Instant>,
    dropped: u64,
}

impl Waiting {
    /// Takes one in; tells whether they have waited long enough.
    fn add(&mut self, heard: Heard<'_>) -> bool {
        match heard {
            Heard::Datagram(sender, datagram) => {
                self.since.get_or_insert_with(Instant::now);
                self.bytes += datagram.len();
                self.datagrams.push((sender, datagram.to_vec()));
                self.is_due()
            }
            Heard::Dropped(count) => {
                self.dropped += count;
                false
            }
            Heard::Pause => true,
        }
    }

    fn is_due(&self) -> bool {
        self.bytes >= TOGETHER_BYTES || self.since.is_some_and(|it| it.elapsed() >= PERIOD)
    }
}

/// So much is handed on together, in bytes.
pub(crate) const TOGETHER_BYTES: usize = 256 << 10;

/// Counts what the system dropped of a socket: the last column of its table of sockets.
struct Drops {
    inode: u64,
    table: &'static str,
    told: u64,
}

impl Drops {
    fn of(socket: &UdpSocket) -> io::Result<Self> {
        let inode = fs::metadata(format!("/proc/self/fd/{}", socket.as_raw_fd()))?.ino();
        let is_v4 = socket.local_addr()?.is_ipv4();
        let table = if is_v4 { "/proc/self/net/udp" } else { "/proc/self/net/udp6" };
        Ok(Self { inode, table, told: 0 })
    }

    fn since_last(&mut self) -> u64 {
        let table = fs::read_to_string(self.table).unwrap_or_default();
        let Some(count) = of_inode(&table, self.inode) else { return 0 };
        let since = count.saturating_sub(self.told);
        self.told = count;
        since
    }
}

fn of_inode(table: &str, inode: u64) -> Option<u64> {
    table.lines().skip(1).find_map(|row| {
        let mut columns = row.split_ascii_whitespace();
        (columns.nth(9)?.parse::<u64>().ok()? == inode).then_some(())?;
        columns.next_back()?.parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drops_are_read_from_the_systems_table() {
        let table = "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n\
             \x20 417: 0100007F:0202 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 20151 2 0000000000000000 17\n\
             \x20 418: 00000000:0202 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 20152 2 0000000000000000 3\n";
        let counts = [20151, 20152, 1].map(|inode| of_inode(table, inode));
        assert_eq!(counts, [Some(17), Some(3), None]);
    }

    #[test]
    fn what_the_system_drops_is_told() {
        let listener = DatagramListener::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        // As small as the system allows: a few datagrams fill it.
        socket2::SockRef::from(&listener.socket).set_recv_buffer_size(1).unwrap();
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        for _ in 0..100 {
            sender.send_to(&[7; 1_000], listener.address()).unwrap();
        }
        let (mut came, mut dropped) = (0, 0);
        listener
            .run_together(&|| true, &mut |datagrams, lost| {
                came += datagrams.len() as u64;
                dropped += lost;
            })
            .unwrap();
        assert!(dropped > 0 && came > 0, "{came} {dropped}");
        assert_eq!(came + dropped, 100);
    }
}
