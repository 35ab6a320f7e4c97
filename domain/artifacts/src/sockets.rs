//! Sockets of a running system, as its kernel lists them.
//!
//! Linux: the files `tcp`, `tcp6`, `udp` and `udp6` of `/proc/net`, by proc(5) and the kernel's
//! `Documentation/networking/proc_net_tcp.rst`. Windows: the tables of `GetExtendedTcpTable` and
//! `GetExtendedUdpTable` with the number of the program (`MIB_TCPTABLE_OWNER_PID` and its siblings).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Sockets that are read of one table.
const MAX_SOCKETS: usize = 1_000_000;

/// What carries the packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transport {
    /// With connections.
    Tcp,
    /// Without.
    Udp,
}

impl Transport {
    /// Short name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }
}

/// How far a connection is (RFC 9293, section 3.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SocketState {
    /// It waits for somebody to connect.
    Listening,
    /// It asked for a connection and got no answer yet.
    Asking,
    /// Somebody asks it for a connection.
    Asked,
    /// Both sides are connected.
    Connected,
    /// The connection stood and ends, or has just ended.
    Ending,
    /// Neither: a socket without a connection.
    Idle,
}

impl SocketState {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Listening, Self::Asking, Self::Asked, Self::Connected, Self::Ending, Self::Idle];

    /// Short name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Listening => "listening",
            Self::Asking => "asking",
            Self::Asked => "asked",
            Self::Connected => "connected",
            Self::Ending => "ending",
            Self::Idle => "idle",
        }
    }

    /// As Linux numbers them (`include/net/tcp_states.h`).
    fn of_linux(number: u8) -> Option<Self> {
        Some(match number {
            1 => Self::Connected,
            2 => Self::Asking,
            3 | 12 => Self::Asked,
            4 | 5 | 6 | 8 | 9 | 11 => Self::Ending,
            7 | 13 => Self::Idle,
            10 => Self::Listening,
            _ => return None,
        })
    }

    /// As Windows numbers them (`MIB_TCP_STATE`).
    fn of_windows(number: u32) -> Option<Self> {
        Some(match number {
            1 => Self::Idle,
            2 => Self::Listening,
            3 => Self::Asking,
            4 => Self::Asked,
            5 => Self::Connected,
            6..=12 => Self::Ending,
            _ => return None,
        })
    }
}

/// Who holds a socket, as the table says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SocketOwner {
    /// The socket's own number, by which it is found among the open files of programs; 0 once its
    /// program has closed it.
    Inode(u64),
    /// The number of the program; 0 where the system itself holds it.
    Program(u32),
}

/// A socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Socket {
    /// What carries its packets.
    pub transport: Transport,
    /// This side.
    pub local: SocketAddr,
    /// The other side; an address of zeros where there is none.
    pub remote: SocketAddr,
    /// How far it is.
    pub state: SocketState,
    /// Who holds it.
    pub owner: SocketOwner,
}

impl Socket {
    /// Whether there is another side.
    pub fn has_remote(&self) -> bool {
        self.state != SocketState::Listening && !self.remote.ip().is_unspecified()
    }
}

/// A table of sockets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SocketsRead {
    /// The sockets, in the order of the table.
    pub sockets: Vec<Socket>,
    /// Lines or rows that are none, and those beyond a million.
    pub refused: u64,
}

/// Reads `/proc/net/tcp`, `tcp6`, `udp` or `udp6`.
///
/// ```
/// use artifacts::{SocketState, Transport, read_proc_net};
/// let text = b"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   \
/// 0: 0100007F:0016 076433C6:01BB 01 00000000:00000000 00:00000000 00000000  1000        0 4242 1 0 20 4 30 10 -1\n";
/// let read = read_proc_net(text, Transport::Tcp);
/// assert_eq!(read.sockets[0].remote.to_string(), "198.51.100.7:443");
/// assert_eq!(read.sockets[0].state, SocketState::Connected);
/// ```
pub fn read_proc_net(bytes: &[u8], transport: Transport) -> SocketsRead {
    let mut read = SocketsRead::default();
    // The first line names the columns.
    for line in bytes.split(|byte| *byte == b'\n').skip(1) {
        if line.trim_ascii().is_empty() {
            continue;
        }
        let socket = str::from_utf8(line).ok().and_then(|line| linux_socket(line, transport));
        match socket {
            Some(socket) if read.sockets.len() < MAX_SOCKETS => read.sockets.push(socket),
            _ => read.refused += 1,
        }
    }
    read
}

fn linux_socket(line: &str, transport: Transport) -> Option<Socket> {
    let mut columns = line.split_ascii_whitespace();
    columns.next()?.strip_suffix(':')?;
    let local = linux_address(columns.next()?)?;
    let remote = linux_address(columns.next()?)?;
    let state = SocketState::of_linux(u8::from_str_radix(columns.next()?, 16).ok()?)?;
    // Queues, timer, repeats, user, time-out.
    let inode = columns.nth(5)?.parse().ok()?;
    Some(Socket { transport, local, remote, state, owner: SocketOwner::Inode(inode) })
}

/// Words of 32 bits, each as the processor has them in memory; the port as a number.
fn linux_address(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    if !address.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; 16];
    let (words, rest) = address.as_bytes().as_chunks::<8>();
    if !rest.is_empty() || words.len() > 4 {
        return None;
    }
    for (word, to) in words.iter().zip(bytes.as_chunks_mut::<4>().0) {
        let word = u32::from_str_radix(str::from_utf8(word).ok()?, 16).ok()?;
        *to = word.to_ne_bytes();
    }
    let address: IpAddr = match words.len() {
        1 => Ipv4Addr::from(*bytes.first_chunk::<4>()?).into(),
        4 => Ipv6Addr::from(bytes).into(),
        _ => return None,
    };
    Some(SocketAddr::new(address, port))
}

/// Reads a table of Windows: the number of rows, then the rows, all in words of 32 bits.
pub fn read_windows_sockets(bytes: &[u8], transport: Transport, is_v6: bool) -> SocketsRead {
    let mut read = SocketsRead::default();
    let words: Vec<u32> =
        bytes.as_chunks::<4>().0.iter().map(|it| u32::from_le_bytes(*it)).collect();
    let Some((rows, words)) = words.split_first() else { return read };
    let width = match (transport, is_v6) {
        (Transport::Tcp, false) => 6,
        (Transport::Tcp, true) => 14,
        (Transport::Udp, false) => 3,
        (Transport::Udp, true) => 7,
    };
    let rows = usize::try_from(*rows).unwrap_or(usize::MAX);
    for row in words.chunks_exact(width).take(rows) {
        match windows_socket(row, transport, is_v6) {
            Some(socket) if read.sockets.len() < MAX_SOCKETS => read.sockets.push(socket),
            _ => read.refused += 1,
        }
    }
    // Rows that are promised and not there.
    read.refused += rows.saturating_sub(words.len() / width) as u64;
    read
}

fn windows_socket(row: &[u32], transport: Transport, is_v6: bool) -> Option<Socket> {
    let port = |word: u32| {
        let [high, low, ..] = word.to_le_bytes();
        u16::from_be_bytes([high, low])
    };
    let v4 = |address: u32, port_word: u32| {
        SocketAddr::new(Ipv4Addr::from(address.to_le_bytes()).into(), port(port_word))
    };
    let v6 = |address: &[u32], port_word: u32| {
        let mut bytes = [0; 16];
        for (word, to) in address.iter().zip(bytes.as_chunks_mut::<4>().0) {
            *to = word.to_le_bytes();
        }
        SocketAddr::new(Ipv6Addr::from(bytes).into(), port(port_word))
    };
    let nobody = |is_v6: bool| {
        let address: IpAddr =
            if is_v6 { Ipv6Addr::UNSPECIFIED.into() } else { Ipv4Addr::UNSPECIFIED.into() };
        SocketAddr::new(address, 0)
    };
    let (local, remote, state, program) = match (transport, is_v6, row) {
        (Transport::Tcp, false, [state, local, local_port, remote, remote_port, program]) => {
            (v4(*local, *local_port), v4(*remote, *remote_port), Some(*state), *program)
        }
        (Transport::Tcp, true, [rest @ .., state, program]) => {
            let (local, rest) = rest.split_at_checked(6)?;
            let ([local @ .., _, local_port], [remote @ .., _, remote_port]) = (local, rest) else {
                return None;
            };
            (v6(local, *local_port), v6(remote, *remote_port), Some(*state), *program)
        }
        (Transport::Udp, false, [local, local_port, program]) => {
            (v4(*local, *local_port), nobody(false), None, *program)
        }
        (Transport::Udp, true, [local @ .., _, local_port, program]) => {
            (v6(local, *local_port), nobody(true), None, *program)
        }
        _ => return None,
    };
    let state = state.map_or(Some(SocketState::Idle), SocketState::of_windows)?;
    Some(Socket { transport, local, remote, state, owner: SocketOwner::Program(program) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // `testdata/README.md` says where they are from.
    const TCP: &[u8] = include_bytes!("../testdata/proc-net/tcp");
    const TCP6: &[u8] = include_bytes!("../testdata/proc-net/tcp6");
    const UDP: &[u8] = include_bytes!("../testdata/proc-net/udp");
    const UDP6: &[u8] = include_bytes!("../testdata/proc-net/udp6");

    fn shown(read: &SocketsRead) -> Vec<String> {
        let show = |it: &Socket| {
            let owner = match it.owner {
                SocketOwner::Inode(number) => format!("i{number}"),
                SocketOwner::Program(number) => format!("p{number}"),
            };
            format!("{} {} {} {owner}", it.local, it.remote, it.state.code())
        };
        read.sockets.iter().map(show).collect()
    }

    #[test]
    #[cfg(target_endian = "little")]
    fn tables_of_linux_are_read() {
        let check = |table: &[u8], transport, expected: &[&str]| {
            let read = read_proc_net(table, transport);
            let numbered = shown(&read);
            let texts = numbered.iter().map(|it| it.rsplit_once(' ').unwrap().0);
            assert_eq!((texts.collect::<Vec<_>>(), read.refused), (expected.to_vec(), 0));
            read
        };
        let tcp = check(
            TCP,
            Transport::Tcp,
            &[
                "198.51.100.7:443 0.0.0.0:0 listening",
                "198.51.100.7:443 10.10.100.5:54000 connected",
                "10.10.100.5:41930 192.0.2.1:80 asking",
                "10.10.100.5:41928 198.51.100.7:443 ending",
                "10.10.100.5:54000 198.51.100.7:443 connected",
                "10.10.100.5:50000 198.51.100.7:22 connected",
            ],
        );
        check(
            TCP6,
            Transport::Tcp,
            &[
                "[2001:db8::d]:443 [::]:0 listening",
                "[::]:22 [::]:0 listening",
                "[::ffff:198.51.100.7]:22 [::ffff:10.10.100.5]:50000 connected",
                "[2001:db8::1]:49153 [2001:db8::d]:443 ending",
                "[2001:db8::d]:443 [2001:db8::1]:49153 ending",
            ],
        );
        check(UDP, Transport::Udp, &["10.10.100.5:40000 198.51.100.7:53 connected"]);
        check(UDP6, Transport::Udp, &["[::]:5353 [::]:0 idle"]);
        assert!(!tcp.sockets[0].has_remote() && tcp.sockets[1].has_remote());
        // Nobody holds a connection that has ended.
        let ended = tcp.sockets.iter().find(|it| it.state == SocketState::Ending);
        assert_eq!(ended.unwrap().owner, SocketOwner::Inode(0));
    }

    #[test]
    fn what_is_no_line_of_a_table_is_counted() {
        let check = |line: &str| {
            let text = format!("header\n{line}\n\n");
            let read = read_proc_net(text.as_bytes(), Transport::Udp);
            assert_eq!((read.sockets.len(), read.refused), (0, 1), "{line}");
        };
        check("0: 0100007F:1538 00000000:0000 0A");
        check("0: 0100007F:1538 00000000:0000 FF 0:0 0:0 0 0 0 1");
        check("0: 0100007:1538 00000000:0000 0A 0:0 0:0 0 0 0 1");
        check("0: +100007F:1538 00000000:0000 0A 0:0 0:0 0 0 0 1");
        check("0: 0100007F0100007F:1538 00000000:0000 0A 0:0 0:0 0 0 0 1");
        check("0: 0100007F:15388 00000000:0000 0A 0:0 0:0 0 0 0 1");
        check("\u{fffd}");
        assert_eq!(read_proc_net(b"", Transport::Tcp), SocketsRead::default());
    }

    fn table(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    /// Made by the published layouts of the structures.
    #[test]
    fn tables_of_windows_are_read() {
        let here = u32::from_le_bytes([10, 0, 0, 5]);
        let there = u32::from_le_bytes([198, 51, 100, 7]);
        let port = |port: u16| u32::from(port.swap_bytes());
        let words = [2, 5, here, port(50_000), there, port(443), 77, 2, 0, port(445), 0, 0, 4];
        let read = read_windows_sockets(&table(&words), Transport::Tcp, false);
        let expected =
            ["10.0.0.5:50000 198.51.100.7:443 connected p77", "0.0.0.0:445 0.0.0.0:0 listening p4"];
        assert_eq!((shown(&read), read.refused), (expected.map(str::to_owned).to_vec(), 0));
        let six = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9];
        let six: Vec<u32> =
            six.as_chunks::<4>().0.iter().map(|it| u32::from_le_bytes(*it)).collect();
        let words = [&[1], &six[..], &[3, port(1_000)], &six[..], &[0, port(80), 3, 9]].concat();
        let read = read_windows_sockets(&table(&words), Transport::Tcp, true);
        assert_eq!(shown(&read), ["[2001:db8::9]:1000 [2001:db8::9]:80 asking p9"]);
        let read = read_windows_sockets(&table(&[1, here, port(53), 8]), Transport::Udp, false);
        assert_eq!(shown(&read), ["10.0.0.5:53 0.0.0.0:0 idle p8"]);
        let words = [&[1], &six[..], &[0, port(53), 8]].concat();
        let read = read_windows_sockets(&table(&words), Transport::Udp, true);
        assert_eq!(shown(&read), ["[2001:db8::9]:53 [::]:0 idle p8"]);
        // A table that promises more than it holds, and a state that nobody knows.
        let read = read_windows_sockets(&table(&[9, 99, 0, 0, 0, 0, 0]), Transport::Tcp, false);
        assert_eq!((read.sockets.len(), read.refused), (0, 9));
    }

    proptest! {
        #[test]
        #[cfg(target_endian = "little")]
        fn what_a_kernel_writes_is_read_back(
            address: [u8; 4], port: u16, remote: [u8; 4], remote_port: u16, inode: u64,
        ) {
            let hex = |it: [u8; 4]| format!("{:08X}", u32::from_le_bytes(it));
            let line = format!(
                "h\n 7: {}:{port:04X} {}:{remote_port:04X} 01 0:0 00:0 0 0 0 {inode} 1 0 20 4 30 10 -1\n",
                hex(address), hex(remote),
            );
            let read = read_proc_net(line.as_bytes(), Transport::Tcp);
            let socket = read.sockets[0];
            prop_assert_eq!(socket.local, SocketAddr::from((address, port)));
            prop_assert_eq!(socket.remote, SocketAddr::from((remote, remote_port)));
            prop_assert_eq!(socket.owner, SocketOwner::Inode(inode));
        }

        #[test]
        fn any_bytes_are_counted_or_read(bytes: Vec<u8>) {
            for transport in [Transport::Tcp, Transport::Udp] {
                let read = read_proc_net(&bytes, transport);
                let lines = bytes.split(|it| *it == b'\n').skip(1);
                let lines = lines.filter(|it| !it.trim_ascii().is_empty()).count() as u64;
                prop_assert_eq!(read.sockets.len() as u64 + read.refused, lines);
                for is_v6 in [false, true] {
                    read_windows_sockets(&bytes, transport, is_v6);
                }
            }
        }
    }
}
