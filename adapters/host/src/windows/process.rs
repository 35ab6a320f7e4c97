//! Running programs, and ending them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::os::windows::ffi::OsStringExt as _;
use std::os::windows::io::{AsRawHandle as _, FromRawHandle as _, OwnedHandle};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use artifacts::{DiskPath, Surroundings, windows_files};
use cleaning::{HostError, Path, Process};
use windows_sys::Wdk::System::Threading::{
    NtQueryInformationProcess, ProcessBreakOnTermination, ProcessCommandLineInformation,
};
use windows_sys::Win32::Foundation::{FILETIME, INVALID_HANDLE_VALUE, WAIT_OBJECT_0};
use windows_sys::Win32::System::Diagnostics::ToolHelp::{
    CreateToolhelp32Snapshot, PROCESSENTRY32W, Process32FirstW, Process32NextW, TH32CS_SNAPPROCESS,
};
use windows_sys::Win32::System::Threading::{
    GetProcessTimes, OpenProcess, PROCESS_QUERY_LIMITED_INFORMATION, PROCESS_SYNCHRONIZE,
    PROCESS_TERMINATE, QueryFullProcessImageNameW, TerminateProcess, WaitForSingleObject,
};

use super::error;
use super::place::Top;

/// How often new children of what is ended are looked for.
const MOST_ROUNDS: usize = 16;
/// How long the end of a program is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// UTF-16 units of a path or command line.
const MAX_UNITS: usize = 32_768;
/// What an ended program leaves as its status.
const ENDED: u32 = 1;

/// Programs that run scripts, without the number of their version.
const INTERPRETERS: [&str; 11] = [
    "wscript",
    "cscript",
    "powershell",
    "pwsh",
    "cmd",
    "mshta",
    "rundll32",
    "regsvr32",
    "python",
    "pythonw",
    "node",
];

/// Programs whose file is told.
pub(super) fn all(top: &Top) -> Vec<Process> {
    let mut found = Vec::new();
    for (pid, ..) in programs() {
        let Ok(handle) = open(pid, PROCESS_QUERY_LIMITED_INFORMATION) else { continue };
        if let (Some(started), Some(path)) = (started(&handle), file(&handle, top)) {
            found.push(Process { pid, started, path: Path(path) });
        }
    }
    found
}

/// Interpreters with each file that their command line may mean.
pub(super) fn scripts(top: &Top) -> Vec<(Process, DiskPath)> {
    let runs = |process: &Process| {
        let name = String::from_utf8_lossy(process.path.0.name()).to_lowercase();
        let name = name.trim_end_matches(".exe");
        INTERPRETERS.contains(&name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.'))
    };
    let mut found = Vec::new();
    for process in all(top).into_iter().filter(runs) {
        let Ok(handle) = open(process.pid, PROCESS_QUERY_LIMITED_INFORMATION) else { continue };
        let Some(command) = command_line(&handle) else { continue };
        // Another program may have the number by now.
        if started(&handle) != Some(process.started) {
            continue;
        }
        for file in windows_files(&command, &Surroundings::default()) {
            let path = PathBuf::from(file);
            let script = path.is_file().then(|| top.disk_path(&path)).flatten();
            if let Some(script) = script.filter(|script| *script != process.path.0) {
                found.push((process.clone(), script));
            }
        }
    }
    found
}

/// Ends a program with those it started.
pub(super) fn stop(process: &Process, top: &Top) -> Result<(), HostError> {
    if !may_end(process.pid) {
        return Err(HostError::Denied);
    }
    let to_end = PROCESS_TERMINATE | PROCESS_QUERY_LIMITED_INFORMATION | PROCESS_SYNCHRONIZE;
    let first = open(process.pid, to_end)?;
    // While the handle is open the number cannot become another program's.
    let is_same = started(&first) == Some(process.started)
        && file(&first, top).as_ref() == Some(&process.path.0);
    if !is_same || has_ended(&first, Duration::ZERO) {
        return Err(HostError::Absent);
    }
    end(&first)?;
    let mut held = BTreeMap::from([(process.pid, first)]);
    for _ in 0..MOST_ROUNDS {
        let mut is_new = false;
        for (pid, parent, _) in programs() {
            let Some(parent) = held.get(&parent).filter(|_| may_end(pid)) else { continue };
            if held.contains_key(&pid) {
                continue;
            }
            let Ok(child) = open(pid, to_end) else { continue };
            // Windows does not take a parent's number out when it is another program's by now.
            if started(&child) < started(parent) {
                continue;
            }
            // One that Windows cannot do without is left, with what it started.
            if is_vital(&child) {
                continue;
            }
            end(&child)?;
            held.insert(pid, child);
            is_new = true;
        }
        if !is_new {
            break;
        }
    }
    let until = Instant::now() + PATIENCE;
    for program in held.values() {
        if !has_ended(program, until.saturating_duration_since(Instant::now())) {
            return Err(HostError::Locked);
        }
    }
    Ok(())
}

/// This program and the kernel's own are left alone.
fn may_end(pid: u32) -> bool {
    pid > 4 && pid != std::process::id()
}

fn end(program: &OwnedHandle) -> Result<(), HostError> {
    if is_vital(program) {
        return Err(HostError::Denied);
    }
    // SAFETY: the handle is open.
    let is_ended = unsafe { TerminateProcess(program.as_raw_handle(), ENDED) } != 0;
    // It may have ended by itself.
    if is_ended || has_ended(program, Duration::ZERO) {
        Ok(())
    } else {
        Err(error(&io::Error::last_os_error()))
    }
}

/// Whether Windows stops as a whole when it ends: so are those that it starts with.
fn is_vital(program: &OwnedHandle) -> bool {
    let mut answer = 0_u32;
    let mut length = 0;
    // SAFETY: the handle is open, and the answer is as long as is said.
    let status = unsafe {
        NtQueryInformationProcess(
            program.as_raw_handle(),
            ProcessBreakOnTermination,
            (&raw mut answer).cast(),
            4,
            &raw mut length,
        )
    };
    status >= 0 && answer != 0
}

fn has_ended(program: &OwnedHandle, patience: Duration) -> bool {
    let milliseconds = u32::try_from(patience.as_millis()).unwrap_or(0);
    // SAFETY: the handle is open.
    unsafe { WaitForSingleObject(program.as_raw_handle(), milliseconds) == WAIT_OBJECT_0 }
}

pub(super) fn open(pid: u32, access: u32) -> Result<OwnedHandle, HostError> {
    // SAFETY: the call takes numbers, and a handle that it gives is nobody else's.
    let handle = unsafe { OpenProcess(access, 0, pid) };
    if handle.is_null() {
        let why = io::Error::last_os_error();
        // There is no program of that number.
        return Err(if why.raw_os_error() == Some(87) { HostError::Absent } else { error(&why) });
    }
    // SAFETY: as above.
    Ok(unsafe { OwnedHandle::from_raw_handle(handle) })
}

/// Numbers of all programs, each with that of the program that started it, and its name.
pub(super) fn programs() -> Vec<(u32, u32, String)> {
    let mut found = Vec::new();
    // SAFETY: the call takes numbers, and a handle that it gives is nobody else's.
    let snapshot = unsafe { CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0) };
    if snapshot == INVALID_HANDLE_VALUE {
        return found;
    }
    // SAFETY: as above.
    let snapshot = unsafe { OwnedHandle::from_raw_handle(snapshot) };
    let mut entry = PROCESSENTRY32W {
        dwSize: u32::try_from(size_of::<PROCESSENTRY32W>()).unwrap_or(0),
        ..Default::default()
    };
    // SAFETY: the handle is open, and the structure says how large it is.
    let mut is_there = unsafe { Process32FirstW(snapshot.as_raw_handle(), &raw mut entry) } != 0;
    while is_there {
        let name = entry.szExeFile.iter().take_while(|unit| **unit != 0).copied();
        let name = char::decode_utf16(name).map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER));
        found.push((entry.th32ProcessID, entry.th32ParentProcessID, name.collect()));
        // SAFETY: as above.
        is_there = unsafe { Process32NextW(snapshot.as_raw_handle(), &raw mut entry) } != 0;
    }
    found
}

/// When it started, in tenths of a microsecond since 1601.
fn started(program: &OwnedHandle) -> Option<u64> {
    let mut times = [FILETIME::default(); 4];
    let [created, ended, kernel, user] = &mut times;
    // SAFETY: the handle is open, and the four structures are of the kind that the call expects.
    let done = unsafe { GetProcessTimes(program.as_raw_handle(), created, ended, kernel, user) };
    let created = *created;
    (done != 0).then(|| u64::from(created.dwHighDateTime) << 32 | u64::from(created.dwLowDateTime))
}

/// The program's file.
pub(super) fn file(program: &OwnedHandle, top: &Top) -> Option<DiskPath> {
    let mut buffer = vec![0_u16; MAX_UNITS];
    let mut length = u32::try_from(MAX_UNITS).ok()?;
    // SAFETY: the handle is open, and the buffer is as long as is said.
    let done = unsafe {
        QueryFullProcessImageNameW(program.as_raw_handle(), 0, buffer.as_mut_ptr(), &raw mut length)
    };
    let path = buffer.get(..usize::try_from(length).ok()?).filter(|_| done != 0)?;
    top.disk_path(&PathBuf::from(OsString::from_wide(path)))
}

/// The command line, as the program was given it. Windows before 8.1 does not tell.
fn command_line(program: &OwnedHandle) -> Option<String> {
    // A `UNICODE_STRING`, whose text follows it in the same memory: length and room in bytes as
    // 16-bit numbers, then, at the next multiple of a pointer, where the text is.
    let mut buffer = vec![0_u64; MAX_UNITS / 2];
    let size = u32::try_from(buffer.len() * 8).ok()?;
    let mut length = 0;
    // SAFETY: the handle is open, and the buffer is as long as is said.
    let status = unsafe {
        NtQueryInformationProcess(
            program.as_raw_handle(),
            ProcessCommandLineInformation,
            buffer.as_mut_ptr().cast(),
            size,
            &raw mut length,
        )
    };
    if status < 0 {
        return None;
    }
    let bytes: Vec<u8> = buffer.iter().flat_map(|word| word.to_le_bytes()).collect();
    let text_bytes = usize::from(u16::from_le_bytes(*bytes.first_chunk()?));
    let text = bytes.get(2 * size_of::<usize>()..)?.get(..text_bytes)?;
    let units: Vec<u16> =
        text.as_chunks::<2>().0.iter().map(|it| u16::from_le_bytes(*it)).collect();
    Some(String::from_utf16_lossy(&units))
}
