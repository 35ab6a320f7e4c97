//! Running programs with their sockets, and the names they asked for.

use std::collections::BTreeSet;
use std::ffi::c_void;
use std::fs::File;
use std::io::{self, Read as _};
use std::ptr;

use artifacts::{DiskPath, HostsLine, SocketOwner, Transport, read_hosts, read_windows_sockets};
use windows_sys::Win32::Foundation::{ERROR_INSUFFICIENT_BUFFER, NO_ERROR};
use windows_sys::Win32::System::Threading::PROCESS_QUERY_LIMITED_INFORMATION;
use windows_sys::core::s;

use super::library::function;
use super::place::Top;
use super::process;
use crate::running::{AskedNames, HeldSocket, NotSeen, Program, Running, Unseen};

/// `AF_INET` and `AF_INET6` of `ws2def.h`.
const FAMILIES: [(u32, bool); 2] = [(2, false), (23, true)];
/// `TCP_TABLE_OWNER_PID_ALL` and `UDP_TABLE_OWNER_PID` of `iprtrmib.h`.
const CLASSES: [(Transport, i32); 2] = [(Transport::Tcp, 5), (Transport::Udp, 1)];
/// Bytes of a table that are taken.
const MAX_TABLE_BYTES: u32 = 256 << 20;
/// Between asking for a size and for the table it may have grown.
const MOST_TRIES: usize = 8;
/// The numbers of the idle loop and of the kernel.
const KERNEL: u32 = 4;
/// Names of the cache that are read, and UTF-16 units of a name.
const MOST_NAMES: usize = 1_000_000;
const MAX_NAME_UNITS: usize = 256;
/// The hosts file, where it is unless somebody moved it, and bytes of it that are read.
const HOSTS: &str = "/C:/Windows/System32/drivers/etc/hosts";
const MAX_HOSTS_BYTES: u64 = 64 << 20;

/// `GetExtendedTcpTable` and `GetExtendedUdpTable`.
type TableCall = unsafe extern "system" fn(*mut c_void, *mut u32, i32, u32, i32, u32) -> u32;
/// `DnsGetCacheDataTable`, which Microsoft does not document; its own `ipconfig /displaydns` calls it.
type CacheCall = unsafe extern "system" fn(*mut *const CacheEntry) -> i32;

/// An entry of the cache: the next one, a name that ends with zero, type, length, flags.
#[repr(C)]
struct CacheEntry {
    next: *const CacheEntry,
    name: *const u16,
    kind: u16,
    length: u16,
    flags: u32,
}

/// Everything that runs, as far as this program may see it.
pub(super) fn all(top: &Top) -> Running {
    let mut running = Running { asked: asked_names(), ..Running::default() };
    match names_in_hosts(top) {
        Ok(names) => running.in_hosts = names,
        Err(error) => {
            let what = Unseen::File(HOSTS.to_owned());
            running.not_seen.push(NotSeen { what, why: error.to_string() });
        }
    }
    for (pid, parent, name) in process::programs() {
        // The kernel's own programs are named without an ending, and have no file.
        if pid <= KERNEL || (parent == KERNEL && !name.contains('.')) {
            continue;
        }
        let file = match process::open(pid, PROCESS_QUERY_LIMITED_INFORMATION) {
            Ok(handle) => process::file(&handle, top),
            Err(cleaning::HostError::Absent) => continue,
            Err(_) => None,
        };
        if file.is_none() {
            let why = io::Error::from(io::ErrorKind::PermissionDenied).to_string();
            running.not_seen.push(NotSeen { what: Unseen::Program(pid, name.clone()), why });
        }
        running.programs.push(Program { pid, name, file });
    }
    for (transport, class) in CLASSES {
        for (family, is_v6) in FAMILIES {
            match table(transport, class, family) {
                Ok(bytes) => {
                    let read = read_windows_sockets(&bytes, transport, is_v6);
                    running.rows_refused(named(transport, is_v6), read.refused);
                    running.sockets.extend(read.sockets.into_iter().map(|socket| {
                        let programs = match socket.owner {
                            SocketOwner::Program(pid) if pid != 0 => vec![pid],
                            _ => Vec::new(),
                        };
                        HeldSocket { socket, programs, network: 0 }
                    }));
                }
                Err(error) => {
                    let what = Unseen::Sockets(named(transport, is_v6));
                    running.not_seen.push(NotSeen { what, why: error.to_string() });
                }
            }
        }
    }
    running
}

/// What a table is called: as Linux does.
fn named(transport: Transport, is_v6: bool) -> String {
    format!("{}{}", transport.code(), if is_v6 { "6" } else { "" })
}

/// Names that the hosts file blocks, which Windows keeps in its cache from the start of the service on. One
/// that it leads somewhere else may be what a program wrote there for itself.
fn names_in_hosts(top: &Top) -> io::Result<BTreeSet<String>> {
    let path = DiskPath::parse(HOSTS.as_bytes()).map_err(io::Error::other)?;
    let path = top.spelled(&path).map_err(|error| io::Error::other(error.to_string()))?;
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    file.take(MAX_HOSTS_BYTES).read_to_end(&mut bytes)?;
    let blocked = read_hosts(&bytes).into_iter().filter(HostsLine::blocks);
    Ok(blocked.flat_map(|it| it.names).collect())
}

/// A table of sockets, as its bytes.
fn table(transport: Transport, class: i32, family: u32) -> io::Result<Vec<u8>> {
    let name = match transport {
        Transport::Tcp => s!("GetExtendedTcpTable"),
        Transport::Udp => s!("GetExtendedUdpTable"),
    };
    let call = function(windows_sys::core::w!("iphlpapi.dll"), name)?;
    // SAFETY: both functions of this library have this form.
    let call =
        unsafe { std::mem::transmute::<unsafe extern "system" fn() -> isize, TableCall>(call) };
    let mut bytes: Vec<u32> = Vec::new();
    for _ in 0..MOST_TRIES {
        let mut size = u32::try_from(bytes.len() * 4).unwrap_or(u32::MAX);
        let buffer = if bytes.is_empty() { ptr::null_mut() } else { bytes.as_mut_ptr().cast() };
        // SAFETY: the buffer is as long as is said.
        let status = unsafe { call(buffer, &raw mut size, 0, family, class, 0) };
        if status == NO_ERROR {
            let words = usize::try_from(size).unwrap_or(0) / 4;
            return Ok(bytes.iter().take(words).flat_map(|it| it.to_le_bytes()).collect());
        }
        if status != ERROR_INSUFFICIENT_BUFFER || size > MAX_TABLE_BYTES {
            return Err(io::Error::from_raw_os_error(status.cast_signed()));
        }
        // Some room for connections that are made meanwhile.
        bytes = vec![0; usize::try_from(size).unwrap_or(0) / 4 + 1_024];
    }
    Err(io::ErrorKind::ResourceBusy.into())
}

/// Names in the cache of the DNS client.
fn asked_names() -> AskedNames {
    let call = match function(windows_sys::core::w!("dnsapi.dll"), s!("DnsGetCacheDataTable")) {
        Ok(call) => call,
        Err(error) => return AskedNames::NotTold(error.to_string()),
    };
    // SAFETY: the function has this form from Windows 2000 on.
    let call =
        unsafe { std::mem::transmute::<unsafe extern "system" fn() -> isize, CacheCall>(call) };
    let mut first = ptr::null();
    // SAFETY: the call writes one pointer.
    let done = unsafe { call(&raw mut first) };
    if done == 0 {
        // So it is where the service of the cache is switched off.
        return AskedNames::NotTold(io::Error::last_os_error().to_string());
    }
    // What the list lies in is not given back: nobody says how, and this program asks for it twice.
    let mut names = Vec::new();
    while !first.is_null() && names.len() < MOST_NAMES {
        // SAFETY: an entry of the list, which nothing else changes.
        let entry = unsafe { &*first };
        names.extend(text(entry.name).filter(|name| !name.is_empty()));
        first = entry.next;
    }
    names.sort();
    names.dedup();
    AskedNames::Names(names)
}

fn text(start: *const u16) -> Option<String> {
    if start.is_null() {
        return None;
    }
    let mut units = Vec::new();
    while units.len() < MAX_NAME_UNITS {
        // SAFETY: the text ends with zero, and nothing behind that is read.
        let unit = unsafe { *start.add(units.len()) };
        if unit == 0 {
            break;
        }
        units.push(unit);
    }
    Some(String::from_utf16_lossy(&units))
}
