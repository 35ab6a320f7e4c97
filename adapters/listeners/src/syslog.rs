//! Syslog messages: RFC 5426 (UDP), RFC 6587 (TCP), RFC 5425 (TLS).

use std::collections::HashMap;
use std::fmt;
use std::io::{self, Read};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use contacts::SyslogFrames;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::datagrams::{Heard, TOGETHER_BYTES};
use crate::{DatagramListener, LAST_LOOK, PERIOD, is_pause};

/// How much of a connection is read at a time, in bytes.
const CHUNK_BYTES: usize = 32 << 10;
/// More connections at once are turned away.
const MOST_CONNECTIONS: usize = 512;
/// So many of them may be one sender's: it must not keep the others out.
const MOST_OF_SENDER: usize = 64;
/// A sender that does not finish the opening of TLS within this is turned away.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// A sender that says nothing for so long is gone.
const LONGEST_SILENCE: Duration = Duration::from_hours(24);

/// Where to listen, and how: `udp://0.0.0.0:514`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyslogAddress {
    /// A message a datagram.
    Udp(SocketAddr),
    /// Messages behind one another.
    Tcp(SocketAddr),
    /// The same, enciphered.
    Tls(SocketAddr),
}

/// The text is no address to listen at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyslogAddressError;

impl SyslogAddress {
    /// The same with the port that the system gave.
    fn bound(self, address: SocketAddr) -> Self {
        match self {
            Self::Udp(_) => Self::Udp(address),
            Self::Tcp(_) => Self::Tcp(address),
            Self::Tls(_) => Self::Tls(address),
        }
    }
}

impl FromStr for SyslogAddress {
    type Err = SyslogAddressError;

    fn from_str(text: &str) -> Result<Self, SyslogAddressError> {
        let (scheme, address) = text.split_once("://").ok_or(SyslogAddressError)?;
        let address = address.parse().map_err(|_| SyslogAddressError)?;
        match scheme {
            "udp" => Ok(Self::Udp(address)),
            "tcp" => Ok(Self::Tcp(address)),
            "tls" => Ok(Self::Tls(address)),
            _ => Err(SyslogAddressError),
        }
    }
}

impl fmt::Display for SyslogAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Udp(address) => write!(f, "udp://{address}"),
            Self::Tcp(address) => write!(f, "tcp://{address}"),
            Self::Tls(address) => write!(f, "tls://{address}"),
        }
    }
}

/// How a server speaks TLS.
#[derive(Clone, Debug)]
pub struct ServerTls(Arc<ServerConfig>);

/// The settings of a TLS server from PEM: its certificate chain and its key. Senders need no
/// certificate.
pub fn server_tls(certificates: &[u8], key: &[u8]) -> io::Result<ServerTls> {
    let chain = CertificateDer::pem_slice_iter(certificates).collect::<Result<Vec<_>, _>>();
    let chain = chain.map_err(io::Error::other)?;
    let key = PrivateKeyDer::from_pem_slice(key).map_err(io::Error::other)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(io::Error::other)?;
    Ok(ServerTls(Arc::new(config)))
}

/// Why a sender was turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TurnedAway {
    /// There are as many connections as are served, from everybody or from this sender.
    TooMany,
    /// It does not speak TLS, or not with our certificate.
    NoTls,
}

/// Takes what senders send. Called from several threads at once, never for one connection.
pub trait SyslogReceiver: Sync {
    /// Whether to end.
    fn is_stopping(&self) -> bool;

    /// Takes whole messages of a sender, each as one line with its end.
    fn lines(&self, sender: IpAddr, lines: &[u8]);

    /// So many messages came and were not read: too long, cut off, or dropped by the system.
    fn lost(&self, count: u64);

    /// A connection was closed before anything of it was read.
    fn turned_away(&self, sender: IpAddr, why: TurnedAway);
}

/// A bound socket for syslog messages.
#[derive(Debug)]
pub struct SyslogListener {
    address: SyslogAddress,
    socket: Socket,
}

#[derive(Debug)]
enum Socket {
    Udp(DatagramListener),
    Stream(TcpListener, Option<ServerTls>),
}

impl SyslogListener {
    /// Binds the socket; TLS needs its settings.
    pub fn bind(address: SyslogAddress, tls: Option<ServerTls>) -> io::Result<Self> {
        let socket = match address {
            SyslogAddress::Udp(address) => Socket::Udp(DatagramListener::bind(address)?),
            SyslogAddress::Tcp(address) => Socket::Stream(TcpListener::bind(address)?, None),
            SyslogAddress::Tls(address) => {
                let tls = tls.ok_or_else(|| io::Error::other("TLS needs certificate and key"))?;
                Socket::Stream(TcpListener::bind(address)?, Some(tls))
            }
        };
        let bound = match &socket {
            Socket::Udp(listener) => listener.address(),
            Socket::Stream(listener, _) => listener.local_addr()?,
        };
        Ok(Self { address: address.bound(bound), socket })
    }

    /// Where it listens.
    pub fn address(&self) -> SyslogAddress {
        self.address
    }

    /// Hands messages on until it is to end.
    pub fn run(self, receiver: &dyn SyslogReceiver) -> io::Result<()> {
        match self.socket {
            Socket::Udp(listener) => run_udp(&listener, receiver),
            Socket::Stream(listener, tls) => run_stream(&listener, tls.as_ref(), receiver),
        }
    }
}

fn run_udp(listener: &DatagramListener, receiver: &dyn SyslogReceiver) -> io::Result<()> {
    let mut first = Instant::now();
    let mut waiting: HashMap<IpAddr, Vec<u8>> = HashMap::new();
    let mut bytes = 0;
    let hand_on = |waiting: &mut HashMap<IpAddr, Vec<u8>>| {
        for (sender, lines) in waiting.drain() {
            receiver.lines(sender, &lines);
        }
    };
    listener.run(&|| receiver.is_stopping(), &mut |heard| {
        match heard {
            Heard::Datagram(sender, datagram) => {
                if bytes == 0 {
                    first = Instant::now();
                }
                let lines = waiting.entry(sender.ip().to_canonical()).or_default();
                let before = lines.len();
                push_message(lines, datagram);
                bytes += lines.len() - before;
            }
            Heard::Dropped(count) => receiver.lost(count),
            Heard::Pause => {}
        }
        if bytes >= TOGETHER_BYTES || heard == Heard::Pause || first.elapsed() >= PERIOD {
            hand_on(&mut waiting);
            bytes = 0;
        }
    })?;
    hand_on(&mut waiting);
    Ok(())
}

/// A message as one line, whatever line ends stand in it.
fn push_message(lines: &mut Vec<u8>, message: &[u8]) {
    let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r' | 0);
    let end = message.iter().rposition(|byte| !is_end(byte)).map_or(0, |at| at + 1);
    let message = message.get(..end).unwrap_or_default();
    if message.is_empty() {
        return;
    }
    lines.extend(message.iter().map(|byte| if *byte == b'\n' { b' ' } else { *byte }));
    lines.push(b'\n');
}

/// How many connections each sender has.
#[derive(Default)]
struct Connections(Mutex<HashMap<IpAddr, usize>>);

impl Connections {
    /// Counts one more, where there is room.
    fn admit(&self, sender: IpAddr) -> bool {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.values().sum::<usize>() >= MOST_CONNECTIONS {
            return false;
        }
        let of_sender = held.entry(sender).or_default();
        if *of_sender >= MOST_OF_SENDER {
            return false;
        }
        *of_sender += 1;
        true
    }

    fn let_go(&self, sender: IpAddr) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&sender) {
            *count -= 1;
            if *count == 0 {
                held.remove(&sender);
            }
        }
    }
}

fn run_stream(
    listener: &TcpListener,
    tls: Option<&ServerTls>,
    receiver: &dyn SyslogReceiver,
) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let connections = Connections::default();
    thread::scope(|scope| {
        while !receiver.is_stopping() {
            // What fails here is one connection, or there are too many files open.
            let Ok((stream, sender)) = listener.accept() else {
                thread::sleep(PERIOD);
                continue;
            };
            let sender = sender.ip().to_canonical();
            if !connections.admit(sender) {
                receiver.turned_away(sender, TurnedAway::TooMany);
                continue;
            }
            let (connections, tls) = (&connections, tls.cloned());
            scope.spawn(move || {
                // A connection that fails ends; its sender opens the next.
                read_connection(stream, tls, sender, receiver).unwrap_or_default();
                connections.let_go(sender);
            });
        }
    });
    Ok(())
}

fn read_connection(
    stream: TcpStream,
    tls: Option<ServerTls>,
    sender: IpAddr,
    receiver: &dyn SyslogReceiver,
) -> io::Result<()> {
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(PERIOD))?;
    stream.set_write_timeout(Some(HANDSHAKE))?;
    let Some(tls) = tls else { return read_messages(stream, sender, receiver) };
    let connection = ServerConnection::new(tls.0).map_err(io::Error::other)?;
    let mut stream = StreamOwned::new(connection, stream);
    let begun = Instant::now();
    while stream.conn.is_handshaking() {
        let done = stream.conn.complete_io(&mut stream.sock);
        let is_failed = done.is_err_and(|error| !is_pause(&error));
        if is_failed || begun.elapsed() > HANDSHAKE {
            receiver.turned_away(sender, TurnedAway::NoTls);
            return Ok(());
        }
        if receiver.is_stopping() {
            return Ok(());
        }
    }
    read_messages(stream, sender, receiver)
}

fn read_messages(
    mut stream: impl Read,
    sender: IpAddr,
    receiver: &dyn SyslogReceiver,
) -> io::Result<()> {
    let mut frames = SyslogFrames::default();
    let mut buffer = vec![0; CHUNK_BYTES];
    let mut lines = Vec::new();
    let mut last = Instant::now();
    let mut end = None;
    loop {
        let read = match stream.read(&mut buffer) {
            Ok(read) => Some(read),
            Err(error) if is_pause(&error) => None,
            // The sender is gone, or closes TLS without saying so, as many do: what came is read.
            Err(_) => Some(0),
        };
        lines.clear();
        let mut push = |message: &[u8]| push_message(&mut lines, message);
        match read {
            Some(0) => frames.finish(&mut push),
            Some(read) => {
                last = Instant::now();
                frames.push(buffer.get(..read).unwrap_or_default(), &mut push);
            }
            None => {}
        }
        if !lines.is_empty() {
            receiver.lines(sender, &lines);
        }
        let refused = frames.take_refused();
        if refused > 0 {
            receiver.lost(refused);
        }
        if end.is_none() && receiver.is_stopping() {
            end = Some(Instant::now() + LAST_LOOK);
        }
        let is_end = end.is_some_and(|end| read.is_none() || Instant::now() > end);
        if read == Some(0) || is_end || last.elapsed() > LONGEST_SILENCE {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::net::UdpSocket;
    use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

    use super::*;

    #[derive(Default)]
    struct Heap {
        stop: AtomicBool,
        text: Mutex<String>,
        lost: AtomicU64,
        turned_away: Mutex<Vec<TurnedAway>>,
    }

    impl SyslogReceiver for Heap {
        fn is_stopping(&self) -> bool {
            self.stop.load(Ordering::SeqCst)
        }

        fn lines(&self, sender: IpAddr, lines: &[u8]) {
            assert!(sender.is_loopback());
            self.text.lock().unwrap().push_str(std::str::from_utf8(lines).unwrap());
        }

        fn lost(&self, count: u64) {
            self.lost.fetch_add(count, Ordering::SeqCst);
        }

        fn turned_away(&self, _: IpAddr, why: TurnedAway) {
            self.turned_away.lock().unwrap().push(why);
        }
    }

    /// Runs a listener until what was sent has been heard.
    fn heard(scheme: &str, send: impl FnOnce(SocketAddr), is_done: impl Fn(&Heap) -> bool) -> Heap {
        let heap = Heap::default();
        let address = format!("{scheme}://127.0.0.1:0").parse().unwrap();
        let tls = (scheme == "tls").then(|| {
            let folder =
                concat!(env!("CARGO_MANIFEST_DIR"), "/../../apps/lamsach/tests/serve/testdata");
            let read = |name: &str| std::fs::read(format!("{folder}/{name}")).unwrap();
            server_tls(&read("certificate.pem"), &read("key.pem")).unwrap()
        });
        let listener = SyslogListener::bind(address, tls).unwrap();
        let (SyslogAddress::Udp(at) | SyslogAddress::Tcp(at) | SyslogAddress::Tls(at)) =
            listener.address();
        thread::scope(|scope| {
            scope.spawn(|| listener.run(&heap).unwrap());
            send(at);
            let end = Instant::now() + Duration::from_mins(1);
            while !is_done(&heap) && Instant::now() < end {
                thread::yield_now();
            }
            heap.stop.store(true, Ordering::SeqCst);
        });
        heap
    }

    fn has_line(heap: &Heap) -> bool {
        heap.text.lock().unwrap().contains('\n')
    }

    #[test]
    fn addresses_say_how_to_listen() {
        for text in ["udp://0.0.0.0:514", "tcp://[::]:601", "tls://192.0.2.7:6514"] {
            assert_eq!(text.parse::<SyslogAddress>().unwrap().to_string(), text);
        }
        for text in ["", "514", "0.0.0.0:514", "udp://:514", "udp://host:514", "http://0.0.0.0:1"] {
            assert_eq!(text.parse::<SyslogAddress>(), Err(SyslogAddressError), "{text}");
        }
    }

    #[test]
    fn a_datagram_is_a_line_whatever_stands_in_it() {
        let send = |at| {
            let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
            socket.send_to(b"<13>one\nand\r\n\0", at).unwrap();
        };
        let heap = heard("udp", send, has_line);
        assert_eq!(*heap.text.lock().unwrap(), "<13>one and\n");
    }

    #[test]
    fn what_a_connection_sends_before_it_breaks_off_is_read() {
        let send = |at| {
            let mut stream = TcpStream::connect(at).unwrap();
            stream.write_all(b"<13>one\n8 <13>two\n<13>three\n20 <13>cut").unwrap();
        };
        let heap = heard("tcp", send, |it| it.lost.load(Ordering::SeqCst) > 0);
        assert_eq!(*heap.text.lock().unwrap(), "<13>one\n<13>two\n<13>three\n");
        assert_eq!(heap.lost.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn whoever_does_not_speak_tls_is_turned_away() {
        let send = |at| TcpStream::connect(at).unwrap().write_all(b"<13>one\n").unwrap();
        let is_done = |it: &Heap| !it.turned_away.lock().unwrap().is_empty();
        let heap = heard("tls", send, is_done);
        assert_eq!(*heap.turned_away.lock().unwrap(), [TurnedAway::NoTls]);
        assert_eq!(*heap.text.lock().unwrap(), "");
    }

    #[test]
    fn one_sender_does_not_keep_the_others_out() {
        let connections = Connections::default();
        let sender = |number: u8| IpAddr::from([192, 0, 2, number]);
        let admitted = (0..100).filter(|_| connections.admit(sender(1))).count();
        assert_eq!(admitted, MOST_OF_SENDER);
        assert!(connections.admit(sender(2)));
        connections.let_go(sender(1));
        assert!(connections.admit(sender(1)) && !connections.admit(sender(1)));
        let admitted = (0..=255)
            .cycle()
            .take(MOST_CONNECTIONS)
            .filter(|it| connections.admit(IpAddr::from([10, 0, 0, *it])))
            .count();
        assert_eq!(admitted, MOST_CONNECTIONS - MOST_OF_SENDER - 1);
    }
}
