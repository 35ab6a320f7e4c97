//! The registry of the running system.

use std::io;
use std::ptr;

use artifacts::{HiveName, LiveHive, RegistryValue, RegistryView};
use cleaning::{Bytes, HostError, KeyTree, Value};
use windows_sys::Wdk::System::Registry::NtDeleteKey;
use windows_sys::Win32::Foundation::{
    ERROR_FILE_NOT_FOUND, ERROR_MORE_DATA, ERROR_NO_MORE_ITEMS, ERROR_PATH_NOT_FOUND,
    ERROR_SUCCESS, RtlNtStatusToDosError, WIN32_ERROR,
};
use windows_sys::Win32::Storage::FileSystem::DELETE;
use windows_sys::Win32::System::Registry::{
    HKEY, HKEY_LOCAL_MACHINE, HKEY_USERS, KEY_CREATE_SUB_KEY, KEY_READ, KEY_SET_VALUE,
    KEY_WOW64_64KEY, REG_LINK, REG_OPTION_BACKUP_RESTORE, REG_OPTION_NON_VOLATILE,
    REG_OPTION_OPEN_LINK, RegCloseKey, RegCreateKeyExW, RegDeleteValueW, RegEnumKeyExW,
    RegEnumValueW, RegFlushKey, RegOpenKeyExW, RegQueryValueExW, RegSetValueExW,
};

use super::error;

/// Units of a key's name and of a value's name, by the registry's own limits.
const MAX_KEY_UNITS: usize = 256;
const MAX_NAME_UNITS: usize = 16_384;
/// Bytes of a value that are read.
const MAX_DATA_BYTES: usize = 16 << 20;
/// Subkeys or values of one key that are read.
const MAX_ENTRIES: u32 = 65_536;
/// Keys in one another, by the registry's own limit.
const MAX_DEPTH: usize = 512;
/// Keys and values of a key that is deleted with everything in it.
const MAX_TREE: usize = 100_000;
/// Where the folders of users are told.
const PROFILES: &str = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList";

/// Keys that Windows itself makes links to others, in a hive that takes an administrator to write to.
const LINKS_OF_WINDOWS: [&str; 3] = [
    r"HKLM\SYSTEM\CurrentControlSet",
    r"HKLM\SOFTWARE\Classes\Wow6432Node",
    r"HKLM\SOFTWARE\Wow6432Node\Classes",
];

/// An open key.
struct Key(HKEY);

impl Drop for Key {
    fn drop(&mut self) {
        // SAFETY: the key is open, and nobody else closes it.
        unsafe { RegCloseKey(self.0) };
    }
}

fn wide(text: &str) -> Result<Vec<u16>, HostError> {
    // A zero would end the name early and mean another one.
    if text.contains('\0') {
        Err(HostError::Absent)
    } else {
        Ok(text.encode_utf16().chain([0]).collect())
    }
}

fn checked(status: WIN32_ERROR) -> Result<(), HostError> {
    match status {
        ERROR_SUCCESS => Ok(()),
        status => Err(error(&io::Error::from_raw_os_error(status.cast_signed()))),
    }
}

/// The root of a path, and what is below.
fn root(path: &str) -> Result<(HKEY, &str), HostError> {
    let (root, below) = path.split_once('\\').unwrap_or((path, ""));
    match root {
        "HKLM" => Ok((HKEY_LOCAL_MACHINE, below)),
        "HKU" => Ok((HKEY_USERS, below)),
        _ => Err(HostError::Absent),
    }
}

/// Opens a key; with the right of whoever keeps backups, by which lists of access do not count, where
/// it cannot be had otherwise.
fn with_backup_right(
    options: u32,
    open: impl Fn(u32) -> (WIN32_ERROR, HKEY),
) -> Result<Key, HostError> {
    let (status, key) = match open(options) {
        opened @ (ERROR_SUCCESS | ERROR_FILE_NOT_FOUND | ERROR_PATH_NOT_FOUND, _) => opened,
        failed => match open(options | REG_OPTION_BACKUP_RESTORE) {
            (ERROR_SUCCESS, key) => (ERROR_SUCCESS, key),
            _ => failed,
        },
    };
    checked(status)?;
    Ok(Key(key))
}

impl Key {
    /// Opens a key to read it, wherever links lead.
    fn open(path: &str, access: u32) -> Result<Self, HostError> {
        let (root, below) = root(path)?;
        Self::open_below(root, below, access, 0)
    }

    /// Opens a key to change it or to keep what is in it. Where a link stands in the way, by which
    /// a program without rights could lead one that has them elsewhere, it is refused; those that
    /// Windows itself makes are followed.
    fn open_itself(path: &str, access: u32) -> Result<Self, HostError> {
        Self::walk(path, access, Self::open_below)
    }

    /// The same, and makes what lacks of it.
    fn create(path: &str) -> Result<Self, HostError> {
        Self::walk(path, KEY_SET_VALUE | KEY_CREATE_SUB_KEY, Self::create_below)
    }

    fn walk(
        path: &str,
        access: u32,
        step: fn(HKEY, &str, u32, u32) -> Result<Self, HostError>,
    ) -> Result<Self, HostError> {
        let (root, below) = root(path)?;
        let mut reached: Option<Self> = None;
        let mut taken = path.len() - below.len();
        let mut names = below.split('\\').peekable();
        while let Some(name) = names.next() {
            taken = path.len().min(taken + name.len() + 1);
            let above = reached.as_ref().map_or(root, |it| it.0);
            let access = if names.peek().is_some() { KEY_READ } else { access | KEY_READ };
            let mut key = step(above, name, access, REG_OPTION_OPEN_LINK)?;
            if key.is_link()? {
                let here = path.get(..taken).unwrap_or(path).trim_end_matches('\\');
                if !LINKS_OF_WINDOWS.iter().any(|it| it.eq_ignore_ascii_case(here)) {
                    return Err(HostError::LinkInPath);
                }
                key = Self::open_below(above, name, access, 0)?;
            }
            reached = Some(key);
        }
        reached.ok_or(HostError::Absent)
    }

    fn is_link(&self) -> Result<bool, HostError> {
        Ok(self.value("SymbolicLinkValue")?.is_some_and(|it| it.kind == REG_LINK))
    }

    fn open_below(above: HKEY, name: &str, access: u32, options: u32) -> Result<Self, HostError> {
        let name = wide(name)?;
        with_backup_right(options, |options| {
            let mut key: HKEY = ptr::null_mut();
            // SAFETY: the name ends with a zero; the key is written where there is room for it.
            let status = unsafe {
                let access = access | KEY_WOW64_64KEY;
                RegOpenKeyExW(above, name.as_ptr(), options, access, &raw mut key)
            };
            (status, key)
        })
    }

    fn create_below(above: HKEY, name: &str, access: u32, options: u32) -> Result<Self, HostError> {
        match Self::open_below(above, name, access, options) {
            Err(HostError::Absent) => {}
            opened => return opened,
        }
        let name = wide(name)?;
        let mut key: HKEY = ptr::null_mut();
        // SAFETY: the name ends with a zero; the key is written where there is room for it.
        checked(unsafe {
            RegCreateKeyExW(
                above,
                name.as_ptr(),
                0,
                ptr::null(),
                REG_OPTION_NON_VOLATILE | options,
                access | KEY_WOW64_64KEY,
                ptr::null(),
                &raw mut key,
                ptr::null_mut(),
            )
        })?;
        Ok(Self(key))
    }

    fn value(&self, name: &str) -> Result<Option<Value>, HostError> {
        let name = wide(name)?;
        let mut data = vec![0_u8; 4 << 10];
        loop {
            let mut kind = 0;
            let mut size = u32::try_from(data.len()).unwrap_or(u32::MAX);
            // SAFETY: the name ends with a zero, and the buffer is as long as is said.
            let status = unsafe {
                RegQueryValueExW(
                    self.0,
                    name.as_ptr(),
                    ptr::null(),
                    &raw mut kind,
                    data.as_mut_ptr(),
                    &raw mut size,
                )
            };
            let size = usize::try_from(size).unwrap_or(usize::MAX);
            match status {
                ERROR_FILE_NOT_FOUND => return Ok(None),
                // It may grow again until it is asked for anew.
                ERROR_MORE_DATA if data.len() < MAX_DATA_BYTES => {
                    data.resize(size.max(data.len() * 2).min(MAX_DATA_BYTES), 0);
                }
                status => {
                    checked(status)?;
                    data.truncate(size);
                    return Ok(Some(Value { kind, data: Bytes(data) }));
                }
            }
        }
    }

    fn set(&self, name: &str, value: &Value) -> Result<(), HostError> {
        let name = wide(name)?;
        let size = u32::try_from(value.data.0.len()).map_err(|_| HostError::Unsupported)?;
        // The call adds the zero that a text lacks where one follows in memory: here none does.
        let data = [&*value.data.0, &[0xff; 4]].concat();
        // SAFETY: the name ends with a zero, and the data is longer than is said.
        checked(unsafe {
            RegSetValueExW(self.0, name.as_ptr(), 0, value.kind, data.as_ptr(), size)
        })
    }

    fn delete(&self, name: &str) -> Result<(), HostError> {
        let name = wide(name)?;
        // SAFETY: the name ends with a zero.
        match unsafe { RegDeleteValueW(self.0, name.as_ptr()) } {
            ERROR_FILE_NOT_FOUND => Ok(()),
            status => checked(status),
        }
    }

    /// Puts what was changed on the disk; that it could not be loses nothing that is not seen when
    /// somebody looks.
    fn flush(&self) {
        // SAFETY: the key is open.
        unsafe { RegFlushKey(self.0) };
    }

    /// Names of subkeys, and whether that is all: a name that is no text is left out.
    fn subkeys(&self) -> (Vec<String>, bool) {
        let mut names = Vec::new();
        let mut is_whole = true;
        for index in 0..MAX_ENTRIES {
            let mut name = [0_u16; MAX_KEY_UNITS];
            let mut length = u32::try_from(name.len()).unwrap_or(0);
            // SAFETY: the buffer is as long as is said.
            let status = unsafe {
                RegEnumKeyExW(
                    self.0,
                    index,
                    name.as_mut_ptr(),
                    &raw mut length,
                    ptr::null(),
                    ptr::null_mut(),
                    ptr::null_mut(),
                    ptr::null_mut(),
                )
            };
            match status {
                ERROR_NO_MORE_ITEMS => return (names, is_whole),
                ERROR_SUCCESS => match text(&name, length) {
                    Some(name) => names.push(name),
                    None => is_whole = false,
                },
                _ => return (names, false),
            }
        }
        (names, false)
    }

    /// Values, and whether that is all.
    fn values(&self) -> (Vec<(String, Value)>, bool) {
        let mut values = Vec::new();
        let mut is_whole = true;
        for index in 0..MAX_ENTRIES {
            let mut name = vec![0_u16; MAX_NAME_UNITS];
            let mut length = u32::try_from(name.len()).unwrap_or(0);
            // SAFETY: the buffer is as long as is said; the data is asked for by name afterwards.
            let status = unsafe {
                RegEnumValueW(
                    self.0,
                    index,
                    name.as_mut_ptr(),
                    &raw mut length,
                    ptr::null(),
                    ptr::null_mut(),
                    ptr::null_mut(),
                    ptr::null_mut(),
                )
            };
            match status {
                ERROR_NO_MORE_ITEMS => return (values, is_whole),
                ERROR_SUCCESS | ERROR_MORE_DATA => {
                    let named =
                        text(&name, length).and_then(|name| Some((self.value(&name).ok()??, name)));
                    match named {
                        Some((value, name)) => values.push((name, value)),
                        None => is_whole = false,
                    }
                }
                _ => return (values, false),
            }
        }
        (values, false)
    }
}

/// A name that a call wrote; `None` for one that is no text or has a zero in it, by which some hide.
fn text(units: &[u16], length: u32) -> Option<String> {
    let name = String::from_utf16(units.get(..usize::try_from(length).ok()?)?).ok()?;
    (!name.contains('\0')).then_some(name)
}

/// A value; `None` when it or its key is not there.
pub(super) fn value(key: &str, name: &str) -> Result<Option<Value>, HostError> {
    match Key::open_itself(key, KEY_READ) {
        Ok(key) => key.value(name),
        Err(HostError::Absent) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Sets or deletes a value.
pub(super) fn set_value(key: &str, name: &str, value: Option<&Value>) -> Result<(), HostError> {
    let key = match value {
        Some(_) => Key::create(key)?,
        None => match Key::open_itself(key, KEY_SET_VALUE) {
            Err(HostError::Absent) => return Ok(()),
            opened => opened?,
        },
    };
    match value {
        Some(value) => key.set(name, value)?,
        None => key.delete(name)?,
    }
    key.flush();
    Ok(())
}

/// A key with everything in it; `None` when it is not there.
pub(super) fn key_tree(path: &str) -> Result<Option<KeyTree>, HostError> {
    let mut left = MAX_TREE;
    match tree(path, 0, &mut left) {
        Ok(tree) => Ok(Some(tree)),
        Err(HostError::Absent) => Ok(None),
        Err(error) => Err(error),
    }
}

fn tree(path: &str, depth: usize, left: &mut usize) -> Result<KeyTree, HostError> {
    let key = Key::open_itself(path, KEY_READ)?;
    let (values, has_all_values) = key.values();
    let (names, has_all_keys) = key.subkeys();
    let size = 1 + values.len();
    // What cannot be kept whole cannot be given back.
    if !has_all_values || !has_all_keys || depth > MAX_DEPTH || *left < size {
        return Err(HostError::Unsupported);
    }
    *left -= size;
    let mut keys = Vec::new();
    for name in names {
        let inner = tree(&format!("{path}\\{name}"), depth + 1, left)?;
        keys.push((name, inner));
    }
    Ok(KeyTree { values, keys })
}

/// Makes a key, or what lacks of it.
pub(super) fn create_key(path: &str, tree: &KeyTree) -> Result<(), HostError> {
    let key = Key::create(path)?;
    for (name, value) in &tree.values {
        if key.value(name)?.as_ref() != Some(value) {
            key.set(name, value)?;
        }
    }
    for (name, inner) in &tree.keys {
        if name.contains('\\') {
            return Err(HostError::Unsupported);
        }
        create_key(&format!("{path}\\{name}"), inner)?;
    }
    key.flush();
    Ok(())
}

/// Deletes a key with everything in it. That it may be done is seen before anything is deleted; what
/// went before a failure all the same is made again.
pub(super) fn delete_key(path: &str) -> Result<(), HostError> {
    let (_, below) = root(path)?;
    // Neither a whole hive nor what all programs of the machine have in common.
    if below.matches('\\').count() < 2 {
        return Err(HostError::Unsupported);
    }
    let kept = key_tree(path)?.ok_or(HostError::Absent)?;
    let mut paths = Vec::new();
    below_first(path, &kept, &mut paths);
    for path in &paths {
        drop(Key::open_itself(path, DELETE)?);
    }
    for path in &paths {
        if let Err(why) = delete_one(path) {
            drop(create_key(&paths.last().cloned().unwrap_or_default(), &kept));
            return Err(why);
        }
    }
    Ok(())
}

fn below_first(path: &str, tree: &KeyTree, paths: &mut Vec<String>) {
    for (name, inner) in &tree.keys {
        below_first(&format!("{path}\\{name}"), inner, paths);
    }
    paths.push(path.to_owned());
}

/// By what is open: a name could lead elsewhere by now.
fn delete_one(path: &str) -> Result<(), HostError> {
    let key = match Key::open_itself(path, DELETE) {
        Err(HostError::Absent) => return Ok(()),
        opened => opened?,
    };
    // SAFETY: the key is open.
    checked(unsafe { RtlNtStatusToDosError(NtDeleteKey(key.0)) })
}

/// One of the machine's hives, or a user's, as it is in use.
struct View(String);

impl View {
    /// An open key; an error where it is there and may not be read.
    fn key(&self, below: &str) -> Option<Result<Key, HostError>> {
        let path = if below.is_empty() { self.0.clone() } else { format!("{}\\{below}", self.0) };
        match Key::open(path.trim_end_matches('\\'), KEY_READ) {
            Err(HostError::Absent) => None,
            opened => Some(opened),
        }
    }
}

impl RegistryView for View {
    fn values(&self, key: &str) -> Option<(Vec<RegistryValue>, bool)> {
        let Ok(key) = self.key(key)? else { return Some((Vec::new(), false)) };
        let (values, is_whole) = key.values();
        let values = values.into_iter().map(|(name, value)| RegistryValue {
            name,
            kind: value.kind,
            data: value.data.0,
        });
        Some((values.collect(), is_whole))
    }

    fn subkeys(&self, key: &str) -> Option<(Vec<String>, bool)> {
        Some(self.key(key)?.map_or((Vec::new(), false), |key| key.subkeys()))
    }
}

/// The machine's hives and those of the users who are signed in.
pub(super) fn live_hives() -> Vec<LiveHive> {
    let machine = |hive, at: &str| LiveHive {
        hive,
        owner: None,
        user_folder: None,
        view: Box::new(View(at.to_owned())),
    };
    let mut hives = vec![
        machine(HiveName::Software, r"HKLM\SOFTWARE"),
        machine(HiveName::System, r"HKLM\SYSTEM"),
    ];
    let users = Key::open("HKU", KEY_READ).map(|it| it.subkeys().0).unwrap_or_default();
    // `.DEFAULT` is that of the system's own account under another name.
    for name in users.into_iter().filter(|name| name.starts_with("S-1-")) {
        let (owner, hive) = match name.strip_suffix("_Classes") {
            Some(owner) => (owner.to_owned(), HiveName::UserClasses),
            None => (name.clone(), HiveName::User),
        };
        let view = Box::new(View(format!("HKU\\{name}")));
        let user_folder = user_folder(&owner);
        hives.push(LiveHive { hive, owner: Some(owner), user_folder, view });
    }
    hives
}

/// The folder of a user, from the list of those who ever signed in.
fn user_folder(owner: &str) -> Option<String> {
    let found = value(&format!("{PROFILES}\\{owner}"), "ProfileImagePath").ok()??;
    let value = RegistryValue { name: String::new(), kind: found.kind, data: found.data.0 };
    let folder = value.texts().into_iter().next()?;
    let windows = std::env::var("SystemRoot").unwrap_or_else(|_| r"C:\Windows".to_owned());
    let drive = windows.get(..2).unwrap_or("C:").to_owned();
    Some(
        folder
            .replace("%SystemDrive%", &drive)
            .replace("%systemroot%", &windows)
            .replace("%SystemRoot%", &windows),
    )
}
