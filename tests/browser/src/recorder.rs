//! Everything that a browser sends to a portal, byte by byte.

use std::io::{self, Read, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Stands between browsers and a portal and keeps what goes up; it ends with the test's process.
pub struct Recorder {
    /// `http://127.0.0.1:PORT`.
    pub address: String,
    sent: Arc<Mutex<Vec<u8>>>,
}

impl Recorder {
    /// A recorder before the portal at this address.
    pub fn before(portal: &str) -> Self {
        let portal = portal.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener.local_addr().expect("it has an address");
        let sent = Arc::<Mutex<Vec<u8>>>::default();
        let kept = sent.clone();
        thread::spawn(move || {
            for browser in listener.incoming().map_while(Result::ok) {
                let Ok(server) = TcpStream::connect(&portal) else { return };
                let kept = kept.clone();
                let (up, down) = (pair(&browser, &server), pair(&server, &browser));
                thread::spawn(move || drop(pass(up, Some(&kept))));
                thread::spawn(move || drop(pass(down, None)));
            }
        });
        Self { address: format!("http://{address}"), sent }
    }

    /// Every byte that went up since this was asked last.
    pub fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.sent.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn pair(from: &TcpStream, to: &TcpStream) -> io::Result<(TcpStream, TcpStream)> {
    Ok((from.try_clone()?, to.try_clone()?))
}

fn pass(ways: io::Result<(TcpStream, TcpStream)>, kept: Option<&Mutex<Vec<u8>>>) -> io::Result<()> {
    let (mut from, mut to) = ways?;
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            return to.shutdown(Shutdown::Write);
        }
        let bytes = buffer.get(..read).unwrap_or_default();
        if let Some(kept) = kept {
            kept.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        }
        to.write_all(bytes)?;
    }
}
