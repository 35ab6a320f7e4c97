//! A name server that answers for listed names itself and passes every other question on.

use std::collections::HashMap;
use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use contacts::dns::{NoQuestion, Question, answered_addresses};
use ipnet::IpNet;

use crate::datagrams::Heard;
use crate::{DatagramListener, PERIOD, is_pause};

/// Questions that are passed on at once; each waits for its answer.
const WORKERS: usize = 64;
/// Questions that wait to be passed on; further ones are answered as failed.
const MOST_WAITING: usize = 1_024;
/// Connections at once; more are turned away.
const MOST_CONNECTIONS: usize = 128;
/// So many of them may be one client's.
const MOST_OF_CLIENT: usize = 16;
/// How long the server above may take, each of [`TRIES`] times.
const UPSTREAM_WAIT: Duration = Duration::from_millis(1_500);
const TRIES: usize = 2;
/// How long a client of a connection may be silent.
const LONGEST_SILENCE: Duration = Duration::from_secs(10);
/// No question is longer, in bytes.
const LONGEST_QUESTION: usize = 4_096;
/// How long an answer of ours is remembered by others, in seconds: what is no longer listed must soon be
/// reachable again.
const LIFETIME: u32 = 60;

/// Decides what is answered, and takes note of who asked. Called from several threads at once.
pub trait Judge: Sync {
    /// Whether to end.
    fn is_stopping(&self) -> bool;

    /// Whether a name is listed: it is then not passed on.
    fn is_listed(&self, client: IpAddr, name: &[u8]) -> bool;

    /// The server above gave these addresses for a name; none for other kinds of question.
    fn answered(&self, client: IpAddr, name: &[u8], addresses: &[IpAddr]);

    /// The server above gave no answer.
    fn failed(&self, client: IpAddr, name: &[u8]);

    /// Something that was not answered: of a client that may not ask, or no question at all.
    fn refused(&self);

    /// So many questions came that the system had no room for.
    fn dropped(&self, count: u64);
}

/// How a sinkhole answers.
#[derive(Clone, Debug)]
pub struct SinkholeSettings {
    /// The server that every other question is passed on to.
    pub upstream: SocketAddr,
    /// Addresses that listed names get; without any the name does not exist.
    pub answers: Vec<IpAddr>,
    /// Networks that may ask besides this machine and private ones.
    pub clients: Vec<IpNet>,
}

/// A bound name server.
#[derive(Debug)]
pub struct Sinkhole {
    udp: DatagramListener,
    tcp: TcpListener,
    settings: SinkholeSettings,
}

/// A question that is to be passed on.
struct Waiting {
    client: SocketAddr,
    message: Vec<u8>,
}

/// What to do with a message.
enum Verdict<'m> {
    Ignore,
    Answer(Vec<u8>),
    PassOn(Question<'m>),
}

impl Sinkhole {
    /// Binds UDP and TCP at an address; port 0 takes one that is free for both.
    pub fn bind(address: SocketAddr, settings: SinkholeSettings) -> io::Result<Self> {
        let tcp = TcpListener::bind(address)?;
        let udp = DatagramListener::bind(tcp.local_addr()?)?;
        tcp.set_nonblocking(true)?;
        if settings.upstream == udp.address() {
            return Err(io::Error::other("it would pass questions on to itself"));
        }
        Ok(Self { udp, tcp, settings })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.udp.address()
    }

    /// Answers until it is to end.
    pub fn run(&self, judge: &dyn Judge) -> io::Result<()> {
        let (sender, receiver) = sync_channel(MOST_WAITING);
        let receiver = Mutex::new(receiver);
        thread::scope(|scope| {
            for _ in 0..WORKERS {
                scope.spawn(|| self.pass_on(&receiver, judge));
            }
            scope.spawn(|| self.serve_connections(judge));
            // The workers end when nothing more can come.
            let result = self.serve_datagrams(&sender, judge);
            drop(sender);
            result
        })
    }

    /// Answers for listed names at once, whatever the server above does.
    fn serve_datagrams(&self, waiting: &SyncSender<Waiting>, judge: &dyn Judge) -> io::Result<()> {
        self.udp.run(&|| judge.is_stopping(), &mut |heard| {
            let (client, message) = match heard {
                Heard::Datagram(client, message) => (client, message),
                Heard::Dropped(count) => return judge.dropped(count),
                Heard::Pause => return,
            };
            match self.judge(client.ip(), message, judge) {
                Verdict::Ignore => {}
                Verdict::Answer(answer) => self.udp.answer(client, &answer),
                Verdict::PassOn(question) => {
                    let sent = waiting.try_send(Waiting { client, message: message.to_vec() });
                    if let Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) = sent {
                        judge.failed(client.ip().to_canonical(), &question.name);
                        self.udp.answer(client, &question.failed());
                    }
                }
            }
        })
    }

    fn pass_on(&self, waiting: &Mutex<Receiver<Waiting>>, judge: &dyn Judge) {
        loop {
            let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(Waiting { client, message }) = next else { return };
            // It was a question when it came.
            let Ok(question) = Question::read(&message) else { continue };
            let answer = answer(&question, client.ip(), judge, |it| self.ask_udp(it));
            self.udp.answer(client, &answer);
        }
    }

    fn serve_connections(&self, judge: &dyn Judge) {
        let clients: Mutex<HashMap<IpAddr, usize>> = Mutex::default();
        let connections = AtomicUsize::new(0);
        thread::scope(|scope| {
            while !judge.is_stopping() {
                let Ok((stream, client)) = self.tcp.accept() else {
                    thread::sleep(PERIOD);
                    continue;
                };
                let client = client.ip();
                let mut held = clients.lock().unwrap_or_else(PoisonError::into_inner);
                let of_client = held.entry(client).or_default();
                if !self.may_ask(client)
                    || *of_client >= MOST_OF_CLIENT
                    || connections.load(Ordering::Relaxed) >= MOST_CONNECTIONS
                {
                    if *of_client == 0 {
                        held.remove(&client);
                    }
                    judge.refused();
                    continue;
                }
                *of_client += 1;
                drop(held);
                connections.fetch_add(1, Ordering::Relaxed);
                let (clients, connections) = (&clients, &connections);
                scope.spawn(move || {
                    // A client that breaks off has what it wanted.
                    self.serve_connection(stream, client, judge).unwrap_or_default();
                    connections.fetch_sub(1, Ordering::Relaxed);
                    let mut held = clients.lock().unwrap_or_else(PoisonError::into_inner);
                    if let Some(count) = held.get_mut(&client) {
                        *count -= 1;
                    }
                    held.retain(|_, count| *count > 0);
                });
            }
        });
    }

    fn serve_connection(
        &self,
        mut stream: TcpStream,
        client: IpAddr,
        judge: &dyn Judge,
    ) -> io::Result<()> {
        stream.set_nonblocking(false)?;
        stream.set_read_timeout(Some(PERIOD))?;
        stream.set_write_timeout(Some(LONGEST_SILENCE))?;
        while !judge.is_stopping() {
            let end = Instant::now() + LONGEST_SILENCE;
            let message = read_framed(&mut stream, end, || judge.is_stopping())?;
            let answer = match self.judge(client, &message, judge) {
                Verdict::Ignore => return Ok(()),
                Verdict::Answer(answer) => answer,
                Verdict::PassOn(question) => {
                    answer(&question, client, judge, |it| self.ask_tcp(it))
                }
            };
            write_framed(&mut stream, &answer)?;
        }
        Ok(())
    }

    fn judge<'m>(&self, client: IpAddr, message: &'m [u8], judge: &dyn Judge) -> Verdict<'m> {
        let client = client.to_canonical();
        // Whoever may not ask gets nothing, not even a refusal that could be sent to somebody else.
        if !self.may_ask(client) || message.len() > LONGEST_QUESTION {
            judge.refused();
            return Verdict::Ignore;
        }
        match Question::read(message) {
            Ok(question)
                if question.is_of_internet() && judge.is_listed(client, &question.name) =>
            {
                Verdict::Answer(question.blocked(&self.settings.answers, LIFETIME))
            }
            Ok(question) => Verdict::PassOn(question),
            Err(wrong) => {
                judge.refused();
                match wrong {
                    NoQuestion::Silence => Verdict::Ignore,
                    NoQuestion::Answer(answer) => Verdict::Answer(answer),
                }
            }
        }
    }

    fn may_ask(&self, client: IpAddr) -> bool {
        let client = client.to_canonical();
        is_near(client) || self.settings.clients.iter().any(|it| it.contains(&client))
    }

    /// Asks the server above with a number that nobody can guess, from a port that the system chooses
    /// at random. What comes from elsewhere or does not answer the question is passed over.
    fn ask_udp(&self, question: &Question<'_>) -> io::Result<Vec<u8>> {
        let mut answer = vec![0; 1 << 16];
        for _ in 0..TRIES {
            let socket = UdpSocket::bind(any_address(self.settings.upstream))?;
            socket.connect(self.settings.upstream)?;
            let number = rand::random();
            socket.send(&question.numbered(number))?;
            let end = Instant::now() + UPSTREAM_WAIT;
            while let Some(left) = left_until(end) {
                socket.set_read_timeout(Some(left))?;
                let length = match socket.recv(&mut answer) {
                    Ok(length) => length,
                    Err(error) if is_pause(&error) => continue,
                    // Nobody listens there, at the moment.
                    Err(_) => break,
                };
                let answer = answer.get(..length).unwrap_or_default();
                if let Some(answer) = question.answer_of(number, answer) {
                    return Ok(answer);
                }
            }
        }
        Err(io::ErrorKind::TimedOut.into())
    }

    fn ask_tcp(&self, question: &Question<'_>) -> io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect_timeout(&self.settings.upstream, UPSTREAM_WAIT)?;
        stream.set_read_timeout(Some(PERIOD))?;
        stream.set_write_timeout(Some(UPSTREAM_WAIT))?;
        let number = rand::random();
        write_framed(&mut stream, &question.numbered(number))?;
        let answer = read_framed(&mut stream, Instant::now() + UPSTREAM_WAIT * 2, || false)?;
        question.answer_of(number, &answer).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }
}

/// The answer of the server above, or that there is none.
fn answer(
    question: &Question<'_>,
    client: IpAddr,
    judge: &dyn Judge,
    ask: impl Fn(&Question<'_>) -> io::Result<Vec<u8>>,
) -> Vec<u8> {
    let client = client.to_canonical();
    if let Ok(answer) = ask(question) {
        judge.answered(client, &question.name, &answered_addresses(&answer));
        answer
    } else {
        judge.failed(client, &question.name);
        question.failed()
    }
}

/// This machine, private networks and the own link.
fn is_near(client: IpAddr) -> bool {
    match client {
        IpAddr::V4(it) => it.is_loopback() || it.is_private() || it.is_link_local(),
        IpAddr::V6(it) => it.is_loopback() || it.is_unique_local() || it.is_unicast_link_local(),
    }
}

fn any_address(like: SocketAddr) -> SocketAddr {
    let address = if like.is_ipv4() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED)
    } else {
        IpAddr::V6(Ipv6Addr::UNSPECIFIED)
    };
    SocketAddr::new(address, 0)
}

fn left_until(end: Instant) -> Option<Duration> {
    end.checked_duration_since(Instant::now()).filter(|left| *left > Duration::from_millis(1))
}

/// RFC 1035 section 4.2.2: a length before the message.
fn read_framed(
    stream: &mut TcpStream,
    end: Instant,
    is_stopping: impl Fn() -> bool,
) -> io::Result<Vec<u8>> {
    let mut fill = |bytes: &mut [u8]| {
        let mut filled = 0;
        while filled < bytes.len() {
            match stream.read(bytes.get_mut(filled..).unwrap_or_default()) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(read) => filled += read,
                Err(error) if is_pause(&error) && Instant::now() < end && !is_stopping() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    };
    let mut length = [0; 2];
    fill(&mut length)?;
    let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
    fill(&mut message)?;
    Ok(message)
}

fn write_framed(stream: &mut TcpStream, message: &[u8]) -> io::Result<()> {
    let length = u16::try_from(message.len()).map_err(io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes()[..], message].concat())
}
