//! Frames onto an interface, many at a time.

use std::io;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::ptr;

use crate::ring::{bind, index_of, number, packet_socket, set};

/// So many frames are handed to the system at once.
const BURST: usize = 64;

/// Puts frames on an interface as fast as the system takes them: what measures how many of them are read
/// must not be what ends first.
#[derive(Debug)]
pub struct Sender {
    socket: OwnedFd,
}

impl Sender {
    /// Opens an interface; needs `CAP_NET_RAW`. Nothing is read from it.
    pub fn open(name: &str) -> io::Result<Self> {
        let socket = packet_socket(libc::SOCK_RAW)?;
        // Straight to the interface, past the queue in front of it.
        let is_wanted: libc::c_int = 1;
        set(&socket, libc::PACKET_QDISC_BYPASS, &is_wanted)?;
        // Protocol 0: what arrives is not for this socket.
        bind(&socket, 0, index_of(name)?)?;
        Ok(Self { socket })
    }

    /// Sends the first frames of these, whole with their Ethernet headers; tells how many the system took,
    /// at least one unless there is none.
    pub fn send(&self, frames: &[&[u8]]) -> io::Result<usize> {
        let no_part = libc::iovec { iov_base: ptr::null_mut(), iov_len: 0 };
        let mut parts = [no_part; BURST];
        for (part, frame) in parts.iter_mut().zip(frames) {
            // The system does not write through it.
            *part =
                libc::iovec { iov_base: frame.as_ptr().cast_mut().cast(), iov_len: frame.len() };
        }
        let mut messages = parts.each_mut().map(|part| libc::mmsghdr {
            msg_hdr: libc::msghdr {
                msg_name: ptr::null_mut(),
                msg_namelen: 0,
                msg_iov: ptr::from_mut(part),
                msg_iovlen: 1,
                msg_control: ptr::null_mut(),
                msg_controllen: 0,
                msg_flags: 0,
            },
            msg_len: 0,
        });
        let count = number(frames.len().min(BURST))?;
        #[expect(unsafe_code, reason = "the standard library sends no such messages")]
        // SAFETY: as many messages are named as there are frames, at most all of the array; each names one
        // part, and each part one of the frames with its length. All of them live until the call returns.
        let sent = unsafe {
            libc::sendmmsg(
                self.socket.as_raw_fd(),
                messages.as_mut_ptr(),
                count,
                libc::MSG_DONTWAIT,
            )
        };
        usize::try_from(sent).map_err(|_| io::Error::last_os_error())
    }
}
