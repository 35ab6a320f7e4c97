//! Running programs, and ending them.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use artifacts::DiskPath;
use cleaning::{HostError, Path, Process};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::error;

/// How often new children of what is stopped are looked for.
const MOST_ROUNDS: usize = 16;
/// How long the end of a program is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(10);

/// Where each program sees the files that it holds open itself.
const OPEN_FILES: [&str; 3] = ["/dev/fd", "/proc/self/fd", "/proc/thread-self/fd"];

/// Programs that run scripts, without the number of their version.
const INTERPRETERS: [&str; 15] = [
    "sh", "dash", "bash", "ash", "ksh", "zsh", "fish", "busybox", "python", "perl", "ruby", "node",
    "php", "lua", "tclsh",
];

/// What `/proc` says of a program.
#[derive(Clone, Copy)]
struct Stat {
    parent: u32,
    started: u64,
    has_ended: bool,
    is_kernels: bool,
}

/// A thread of the kernel (`PF_KTHREAD` of `include/linux/sched.h`).
const KERNEL_THREAD: u32 = 0x0020_0000;

/// Programs whose file is told.
pub(super) fn all() -> Vec<Process> {
    let mut found = Vec::new();
    for pid in pids() {
        if let (Some(stat), Ok(Some(path))) = (stat(pid), file(pid)) {
            found.push(Process { pid, started: stat.started, path: Path(path) });
        }
    }
    found
}

/// Interpreters with the script they run, as their first argument that is no option names it.
pub(super) fn scripts() -> Vec<(Process, PathBuf)> {
    let runs = |process: &Process| {
        let name = String::from_utf8_lossy(process.path.0.name()).into_owned();
        let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        INTERPRETERS.contains(&name)
    };
    let mut found = Vec::new();
    for process in all().into_iter().filter(runs) {
        let folder = format!("/proc/{}", process.pid);
        let Ok(arguments) = fs::read(format!("{folder}/cmdline")) else { continue };
        let mut arguments = arguments.split(|byte| *byte == 0).skip(1);
        let Some(script) = arguments.find(|it| !it.starts_with(b"-")) else { continue };
        // What is no absolute path begins where the program is.
        let Ok(begins) = fs::read_link(format!("{folder}/cwd")) else { continue };
        let script = begins.join(OsStr::from_bytes(script));
        let open = OPEN_FILES.iter().find_map(|it| script.strip_prefix(it).ok());
        let script = match open {
            None => Some(script),
            // Ours would be another file, or a folder.
            Some(number) => fs::read_link(PathBuf::from(&folder).join("fd").join(number)).ok(),
        };
        found.extend(script.filter(|it| it.is_file()).map(|script| (process, script)));
    }
    found
}

/// Ends a program with those it started. They are held first, so that none starts another while its
/// fellow ends, and ended without a chance to answer.
pub(super) fn stop(process: &Process) -> Result<(), HostError> {
    if !may_end(process.pid) {
        return Err(HostError::Denied);
    }
    let first = open(process.pid)?;
    // Read after it was opened: from here on the number cannot be another program's.
    let now = stat(process.pid).filter(|now| !now.has_ended).ok_or(HostError::Absent)?;
    if now.started != process.started
        || file(process.pid).ok().flatten().as_ref() != Some(&process.path.0)
    {
        return Err(HostError::Absent);
    }
    let mut held = BTreeMap::from([(process.pid, first)]);
    send(&held, Signal::STOP)?;
    for _ in 0..MOST_ROUNDS {
        let new = children(&held);
        if new.is_empty() {
            break;
        }
        for pid in new {
            if let Ok(child) = open(pid) {
                held.insert(pid, child);
            }
        }
        send(&held, Signal::STOP)?;
    }
    send(&held, Signal::KILL)?;
    let until = Instant::now() + PATIENCE;
    while held.keys().any(|pid| stat(*pid).is_some_and(|now| !now.has_ended)) {
        if Instant::now() > until {
            return Err(HostError::Locked);
        }
        thread::sleep(PAUSE);
    }
    Ok(())
}

/// This program and the first one of the system are left alone.
fn may_end(pid: u32) -> bool {
    pid > 1 && pid != std::process::id()
}

fn children(held: &BTreeMap<u32, OwnedFd>) -> Vec<u32> {
    let is_child = |pid: &u32| {
        !held.contains_key(pid)
            && may_end(*pid)
            && stat(*pid).is_some_and(|it| !it.has_ended && held.contains_key(&it.parent))
    };
    pids().into_iter().filter(is_child).collect()
}

fn open(pid: u32) -> Result<OwnedFd, HostError> {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).ok_or(HostError::Absent)?;
    match pidfd_open(pid, PidfdFlags::empty()) {
        Err(Errno::SRCH) => Err(HostError::Absent),
        opened => opened.map_err(error),
    }
}

fn send(held: &BTreeMap<u32, OwnedFd>, signal: Signal) -> Result<(), HostError> {
    for program in held.values() {
        match pidfd_send_signal(program, signal) {
            // It ended by itself.
            Ok(()) | Err(Errno::SRCH) => {}
            Err(errno) => return Err(error(errno)),
        }
    }
    Ok(())
}

/// Whether a number is that of a running program, and not of a thread of the kernel.
pub(super) fn is_program(pid: u32) -> bool {
    stat(pid).is_some_and(|now| !now.has_ended && !now.is_kernels)
}

pub(super) fn pids() -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let mut pids: Vec<u32> =
        entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    pids.sort_unstable();
    pids
}

/// Fields of `/proc/PID/stat`, by proc(5). The name in the second may hold blanks and brackets.
fn stat(pid: u32) -> Option<Stat> {
    let text = fs::read(format!("/proc/{pid}/stat")).ok()?;
    let text = String::from_utf8_lossy(&text).into_owned();
    let (_, rest) = text.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    Some(Stat {
        has_ended: matches!(*fields.first()?, "Z" | "X"),
        parent: fields.get(1)?.parse().ok()?,
        started: fields.get(19)?.parse().ok()?,
        is_kernels: fields.get(6)?.parse::<u32>().ok()? & KERNEL_THREAD != 0,
    })
}

/// The program's file, also when its name is gone; `None` of what has none.
pub(super) fn file(pid: u32) -> io::Result<Option<DiskPath>> {
    let target = match fs::read_link(format!("/proc/{pid}/exe")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        target => target?,
    };
    let target = target.as_os_str().as_bytes();
    let target = target.strip_suffix(b" (deleted)").unwrap_or(target);
    Ok(DiskPath::parse(target).ok())
}
