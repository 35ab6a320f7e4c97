//! A ring of blocks that the system fills and this program empties.

use std::ffi::CString;
use std::fs;
use std::io;
use std::marker::PhantomData;
use std::mem::offset_of;
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Ethernet in the registry of tcpdump.org.
const LINK_ETHERNET: u16 = 1;
/// IP without anything before it.
const LINK_RAW: u16 = 101;
/// A block, in bytes; the system hands over whole blocks.
const BLOCK_BYTES: usize = 1 << 20;
/// How many there are: at a million packets of 100 bytes a second, half a second's worth.
const BLOCKS: usize = 64;
/// After so many milliseconds a block is handed over though it is not full.
const BLOCK_MILLIS: u32 = 20;
/// A packet takes at least so much; the system wants to know, and with blocks makes nothing of it.
const FRAME_BYTES: usize = 1 << 11;

/// Kinds of interfaces (`linux/if_arp.h`) whose frames begin as Ethernet's do.
const KIND_ETHERNET: &str = "1";
const KIND_LOOPBACK: &str = "772";

/// Where the kind of a packet stands, behind its header and from there in `sockaddr_ll`.
const PACKET_KIND: usize = size_of::<libc::tpacket3_hdr>().next_multiple_of(16)
    + offset_of!(libc::sockaddr_ll, sll_pkttype);

/// What the system counted since it was asked last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Packets that came, those dropped among them.
    pub packets: u64,
    /// Packets that there was no room for.
    pub dropped: u64,
}

/// An interface whose packets are read.
#[derive(Debug)]
pub struct Capture {
    socket: OwnedFd,
    ring: NonNull<u8>,
    next: usize,
    name: String,
    index: u32,
    link_type: u16,
    /// Both ways of a packet pass there: one is enough.
    is_loopback: bool,
}

#[expect(unsafe_code, reason = "a capture is read by another thread than the one that opens it")]
// SAFETY: the ring is this value's own and is reached through `&mut self` alone.
unsafe impl Send for Capture {}

/// The packets of one block; the block goes back to the system when this is dropped.
#[derive(Debug)]
pub struct Packets<'c> {
    block: NonNull<u8>,
    left: u32,
    at: usize,
    is_loopback: bool,
    capture: PhantomData<&'c mut Capture>,
}

impl Capture {
    /// Opens an interface; needs `CAP_NET_RAW`. The ring takes 64 MiB of memory.
    pub fn open(name: &str) -> io::Result<Self> {
        let index = index_of(name)?;
        let kind = fs::read_to_string(format!("/sys/class/net/{name}/type"))?;
        let kind = kind.trim();
        let is_loopback = kind == KIND_LOOPBACK;
        let (link_type, socket_type) = match kind {
            KIND_ETHERNET | KIND_LOOPBACK => (LINK_ETHERNET, libc::SOCK_RAW),
            _ => (LINK_RAW, libc::SOCK_DGRAM),
        };
        let socket = packet_socket(socket_type)?;
        let version = libc::tpacket_versions::TPACKET_V3 as libc::c_int;
        set(&socket, libc::PACKET_VERSION, &version)?;
        let request = libc::tpacket_req3 {
            tp_block_size: number(BLOCK_BYTES)?,
            tp_block_nr: number(BLOCKS)?,
            tp_frame_size: number(FRAME_BYTES)?,
            tp_frame_nr: number(BLOCKS * (BLOCK_BYTES / FRAME_BYTES))?,
            tp_retire_blk_tov: BLOCK_MILLIS,
            tp_sizeof_priv: 0,
            tp_feature_req_word: 0,
        };
        set(&socket, libc::PACKET_RX_RING, &request)?;
        let promiscuous = libc::packet_mreq {
            mr_ifindex: index.cast_signed(),
            mr_type: u16::try_from(libc::PACKET_MR_PROMISC).unwrap_or_default(),
            mr_alen: 0,
            mr_address: [0; 8],
        };
        set(&socket, libc::PACKET_ADD_MEMBERSHIP, &promiscuous)?;
        #[expect(unsafe_code, reason = "the only way to share memory with the system")]
        // SAFETY: the system chooses the place; the length is that of the ring that was asked for.
        let ring = unsafe {
            libc::mmap(
                ptr::null_mut(),
                BLOCKS * BLOCK_BYTES,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED,
                socket.as_raw_fd(),
                0,
            )
        };
        if ring == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let ring = NonNull::new(ring.cast()).ok_or_else(io::Error::last_os_error)?;
        let name = name.to_owned();
        let capture = Self { socket, ring, next: 0, name, index, link_type, is_loopback };
        bind(&capture.socket, libc::ETH_P_ALL, index)?;
        Ok(capture)
    }

    /// The interface.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What stands before IP in its frames, by the registry of tcpdump.org.
    pub fn link_type(&self) -> u16 {
        self.link_type
    }

    /// Whether the interface is still there, up or down. One that is made anew under its name is another.
    pub fn is_there(&self) -> bool {
        index_of(&self.name).is_ok_and(|index| index == self.index)
    }

    /// Waits until a block is there, or so long; tells whether one is.
    pub fn wait(&self, most: Duration) -> io::Result<bool> {
        if self.is_ready() {
            return Ok(true);
        }
        self.poll(most)?;
        Ok(self.is_ready())
    }

    /// The packets of the next block, when one is there.
    pub fn take(&mut self) -> Option<Packets<'_>> {
        if !self.is_ready() {
            return None;
        }
        let block = self.block();
        self.next = (self.next + 1) % BLOCKS;
        let header = block_header(block);
        Some(Packets {
            block,
            left: header.num_pkts,
            at: header.offset_to_first_pkt as usize,
            is_loopback: self.is_loopback,
            capture: PhantomData,
        })
    }

    fn block(&self) -> NonNull<u8> {
        #[expect(unsafe_code, reason = "blocks are found by their place in the ring")]
        // SAFETY: `next` is always below the number of blocks in the mapping.
        unsafe {
            self.ring.add(self.next * BLOCK_BYTES)
        }
    }

    /// Whether the system has handed the next block over.
    fn is_ready(&self) -> bool {
        status_of(self.block()).load(Ordering::Acquire) & libc::TP_STATUS_USER != 0
    }

    fn poll(&self, most: Duration) -> io::Result<()> {
        let fd = self.socket.as_raw_fd();
        let mut polled = libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
        let millis = i32::try_from(most.as_millis()).unwrap_or(i32::MAX);
        #[expect(unsafe_code, reason = "the standard library waits for no such socket")]
        // SAFETY: one structure is named, and it lives until the call returns.
        let done = unsafe { libc::poll(&raw mut polled, 1, millis) };
        if done < 0 {
            let error = io::Error::last_os_error();
            return if error.kind() == io::ErrorKind::Interrupted { Ok(()) } else { Err(error) };
        }
        if polled.revents & libc::POLLERR != 0 {
            // The interface went down or away; the error is read from the socket, once.
            let mut code: libc::c_int = 0;
            get(&self.socket, libc::SOL_SOCKET, libc::SO_ERROR, &mut code)?;
            if code != 0 {
                return Err(io::Error::from_raw_os_error(code));
            }
        }
        Ok(())
    }

    /// What the system counted since this was asked last.
    pub fn counts(&self) -> io::Result<Counts> {
        let mut counts = libc::tpacket_stats_v3 { tp_packets: 0, tp_drops: 0, tp_freeze_q_cnt: 0 };
        get(&self.socket, libc::SOL_PACKET, libc::PACKET_STATISTICS, &mut counts)?;
        Ok(Counts { packets: counts.tp_packets.into(), dropped: counts.tp_drops.into() })
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        #[expect(unsafe_code, reason = "the mapping is not the standard library's")]
        // SAFETY: place and length are those of the mapping made in `open`, and no packet of it is held:
        // each borrows this value.
        unsafe {
            libc::munmap(self.ring.as_ptr().cast(), BLOCKS * BLOCK_BYTES);
        }
    }
}

impl Packets<'_> {
    /// Calls `each` for every packet, with its bytes and the nanoseconds since 1970.
    #[inline]
    pub fn for_each(mut self, mut each: impl FnMut(&[u8], u64)) {
        while self.left > 0 {
            self.left -= 1;
            // The header and what it says must lie in the block, whatever it says.
            if self.at > BLOCK_BYTES - PACKET_KIND - 1 {
                return;
            }
            #[expect(unsafe_code, reason = "packets are found by their offset in the block")]
            // SAFETY: header and kind lie in the block, as just looked at, and the block is this program's
            // until its status says otherwise. Any bytes are a header: it holds numbers alone.
            let (header, kind) = unsafe {
                let place = self.block.as_ptr().add(self.at);
                let header = place.cast::<libc::tpacket3_hdr>().read_unaligned();
                (header, place.add(PACKET_KIND).read())
            };
            let start = self.at + usize::from(header.tp_mac);
            let length = header.tp_snaplen as usize;
            if start.checked_add(length).is_none_or(|end| end > BLOCK_BYTES) {
                return;
            }
            if !(self.is_loopback && kind == libc::PACKET_OUTGOING) {
                let time = u64::from(header.tp_sec) * 1_000_000_000 + u64::from(header.tp_nsec);
                #[expect(unsafe_code, reason = "the packet is looked at where it lies")]
                // SAFETY: start and length lie in the block, which is this program's until its status says
                // otherwise: that is set when `self` is dropped, after the call.
                let packet =
                    unsafe { std::slice::from_raw_parts(self.block.as_ptr().add(start), length) };
                each(packet, time);
            }
            if header.tp_next_offset == 0 {
                return;
            }
            self.at = self.at.saturating_add(header.tp_next_offset as usize);
        }
    }
}

impl Drop for Packets<'_> {
    fn drop(&mut self) {
        status_of(self.block).store(libc::TP_STATUS_KERNEL, Ordering::Release);
    }
}

fn status_of<'b>(block: NonNull<u8>) -> &'b AtomicU32 {
    let offset =
        offset_of!(libc::tpacket_block_desc, hdr) + offset_of!(libc::tpacket_hdr_v1, block_status);
    #[expect(unsafe_code, reason = "the system changes the word behind our back")]
    // SAFETY: the word lies in the block, is aligned as blocks are, and both sides reach it by atomic
    // operations alone. The mapping outlives every use: each is within a borrow of the capture.
    unsafe {
        AtomicU32::from_ptr(block.as_ptr().add(offset).cast())
    }
}

/// What the system says of a block that it has handed over.
fn block_header(block: NonNull<u8>) -> libc::tpacket_hdr_v1 {
    let offset = offset_of!(libc::tpacket_block_desc, hdr);
    #[expect(unsafe_code, reason = "the structure is the system's")]
    // SAFETY: a block begins with this header, and any bytes are one: it holds numbers alone.
    unsafe {
        block.as_ptr().add(offset).cast::<libc::tpacket_hdr_v1>().read_unaligned()
    }
}

/// A socket for packets. None arrive before it is bound to a protocol.
pub(crate) fn packet_socket(kind: libc::c_int) -> io::Result<OwnedFd> {
    #[expect(unsafe_code, reason = "the standard library opens no such socket")]
    // SAFETY: the call takes numbers alone.
    let socket = unsafe { libc::socket(libc::AF_PACKET, kind | libc::SOCK_CLOEXEC, 0) };
    if socket < 0 {
        return Err(io::Error::last_os_error());
    }
    #[expect(unsafe_code, reason = "the descriptor is this program's from here on")]
    // SAFETY: the system has just given it, and nobody else has it.
    let socket = unsafe { OwnedFd::from_raw_fd(socket) };
    Ok(socket)
}

/// Binds a socket to an interface, for the packets of a protocol; 0 is none.
pub(crate) fn bind(socket: &OwnedFd, protocol: libc::c_int, interface: u32) -> io::Result<()> {
    let number_of = |it: libc::c_int| u16::try_from(it).unwrap_or_default();
    let address = libc::sockaddr_ll {
        sll_family: number_of(libc::AF_PACKET),
        sll_protocol: number_of(protocol).to_be(),
        sll_ifindex: interface.cast_signed(),
        sll_hatype: 0,
        sll_pkttype: 0,
        sll_halen: 0,
        sll_addr: [0; 8],
    };
    let length = number(size_of::<libc::sockaddr_ll>())?;
    #[expect(unsafe_code, reason = "the standard library binds no such socket")]
    // SAFETY: the address lives until the call returns, and the length is its size.
    let done = unsafe { libc::bind(socket.as_raw_fd(), (&raw const address).cast(), length) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

pub(crate) fn number(value: usize) -> io::Result<u32> {
    u32::try_from(value).map_err(io::Error::other)
}

pub(crate) fn index_of(interface: &str) -> io::Result<u32> {
    let name = CString::new(interface)?;
    #[expect(unsafe_code, reason = "the standard library knows no interfaces")]
    // SAFETY: the text ends with a NUL and lives until the call returns.
    let index = unsafe { libc::if_nametoindex(name.as_ptr()) };
    if index == 0 { Err(io::Error::last_os_error()) } else { Ok(index) }
}

pub(crate) fn set<T>(socket: &OwnedFd, option: libc::c_int, value: &T) -> io::Result<()> {
    let length = number(size_of::<T>())?;
    let value = ptr::from_ref(value).cast();
    #[expect(unsafe_code, reason = "the standard library sets no such option")]
    // SAFETY: the value lives until the call returns, and the length is its size.
    let done =
        unsafe { libc::setsockopt(socket.as_raw_fd(), libc::SOL_PACKET, option, value, length) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Asks for an option that is numbers alone.
fn get<T>(
    socket: &OwnedFd,
    level: libc::c_int,
    option: libc::c_int,
    value: &mut T,
) -> io::Result<()> {
    let mut length = number(size_of::<T>())?;
    let value = ptr::from_mut(value).cast();
    #[expect(unsafe_code, reason = "the standard library reads no such option")]
    // SAFETY: the system writes at most as many bytes as the value has, whose callers give numbers.
    let done =
        unsafe { libc::getsockopt(socket.as_raw_fd(), level, option, value, &raw mut length) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
