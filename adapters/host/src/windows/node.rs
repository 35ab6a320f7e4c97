//! Everything about a file but its content.

use std::fs::{File, Metadata};
use std::io;
use std::os::windows::fs::MetadataExt as _;
use std::os::windows::io::AsRawHandle as _;

use cleaning::{HostError, Moment, Node, NodeKind, Times};
use windows_sys::Win32::Storage::FileSystem::{
    BY_HANDLE_FILE_INFORMATION, FILE_ATTRIBUTE_COMPRESSED, FILE_ATTRIBUTE_DIRECTORY,
    FILE_ATTRIBUTE_ENCRYPTED, FILE_ATTRIBUTE_NORMAL, FILE_ATTRIBUTE_READONLY,
    FILE_ATTRIBUTE_REPARSE_POINT, FILE_ATTRIBUTE_SPARSE_FILE, FILE_BASIC_INFO,
    FILE_DISPOSITION_FLAG_DELETE, FILE_DISPOSITION_FLAG_POSIX_SEMANTICS, FILE_DISPOSITION_INFO,
    FILE_DISPOSITION_INFO_EX, FILE_INFO_BY_HANDLE_CLASS, FILE_READ_ATTRIBUTES, FileBasicInfo,
    FileDispositionInfo, FileDispositionInfoEx, GetFileInformationByHandle, READ_CONTROL,
    SetFileInformationByHandle,
};

use super::place::{Place, is_link};
use super::{error, rights, streams};

/// Seconds from 1601, from which Windows counts, to 1970.
const TO_1970: i64 = 11_644_473_600;
/// Tenths of a microsecond, in which Windows counts, in a second.
const TICKS: i64 = 10_000_000;
/// Attributes that tell what a file is, which nobody sets.
const NOT_SET: u32 = FILE_ATTRIBUTE_DIRECTORY
    | FILE_ATTRIBUTE_REPARSE_POINT
    | FILE_ATTRIBUTE_COMPRESSED
    | FILE_ATTRIBUTE_ENCRYPTED
    | FILE_ATTRIBUTE_SPARSE_FILE;

/// The top of the running system, where the drives are.
pub(super) fn of_drives() -> Node {
    Node {
        kind: NodeKind::Folder,
        mode: None,
        owner: None,
        attributes: None,
        times: Times::default(),
        extended: Vec::new(),
        links: 1,
        id: (0, 0),
    }
}

/// What is at a place; `None` when nothing is.
pub(super) fn node(place: &Place) -> Result<Option<Node>, HostError> {
    let opened = match place.open(FILE_READ_ATTRIBUTES | READ_CONTROL) {
        Err(HostError::Denied) => place.open(FILE_READ_ATTRIBUTES),
        opened => opened,
    };
    match opened {
        Ok(file) => Ok(Some(of_file(&file, place)?)),
        Err(HostError::Absent) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What an open file is.
pub(super) fn of_file(file: &File, place: &Place) -> Result<Node, HostError> {
    let metadata = file.metadata().map_err(|it| error(&it))?;
    let mut facts = BY_HANDLE_FILE_INFORMATION::default();
    // SAFETY: the handle is open, and the structure is as large as the call expects.
    if unsafe { GetFileInformationByHandle(file.as_raw_handle(), &raw mut facts) } == 0 {
        return Err(error(&io::Error::last_os_error()));
    }
    let attributes = metadata.file_attributes();
    let kind = if is_link(&metadata) {
        // Links and folders under another name are made by the system and by the person.
        NodeKind::Other
    } else if metadata.is_dir() {
        NodeKind::Folder
    } else {
        NodeKind::File(metadata.file_size())
    };
    let mut extended = Vec::new();
    if kind != NodeKind::Other {
        extended.extend(rights::get(file));
        streams::read(file, &place.path, &mut extended)?;
    }
    Ok(Node {
        kind,
        mode: None,
        owner: None,
        attributes: Some(attributes),
        times: Times {
            accessed: moment(metadata.last_access_time()),
            modified: moment(metadata.last_write_time()),
            created: Some(moment(metadata.creation_time())),
        },
        extended,
        links: u64::from(facts.nNumberOfLinks),
        id: (
            u64::from(facts.dwVolumeSerialNumber),
            u64::from(facts.nFileIndexHigh) << 32 | u64::from(facts.nFileIndexLow),
        ),
    })
}

/// Whether the content is not where the name is, and no link either: clouds, de-duplication.
pub(super) fn is_stored_elsewhere(metadata: &Metadata) -> bool {
    metadata.file_attributes() & FILE_ATTRIBUTE_REPARSE_POINT != 0
}

/// Whether a file could not be made again as it is: its content is enciphered for one person, or it
/// carries more streams than are kept.
pub(super) fn is_beyond_us(node: &Node) -> bool {
    node.attributes.is_some_and(|it| it & FILE_ATTRIBUTE_ENCRYPTED != 0)
        || streams::is_too_much(node)
}

/// Sets times and attributes together; what is `None` stays.
pub(super) fn set_basics(
    file: &File,
    times: Option<&Times>,
    attributes: Option<u32>,
) -> Result<(), HostError> {
    let ticks = |moment: Moment| ticks(moment);
    let info = FILE_BASIC_INFO {
        CreationTime: times.and_then(|it| it.created).map_or(0, ticks),
        LastAccessTime: times.map_or(0, |it| ticks(it.accessed)),
        LastWriteTime: times.map_or(0, |it| ticks(it.modified)),
        ChangeTime: 0,
        // Zero means that they stay as they are.
        FileAttributes: attributes.map_or(0, |it| match it & !NOT_SET {
            0 => FILE_ATTRIBUTE_NORMAL,
            some => some,
        }),
    };
    set(file, FileBasicInfo, &info).map_err(|it| error(&it))
}

/// Takes the mark off that a file is only read, which hinders its removal.
pub(super) fn unlock(file: &File) -> Result<(), HostError> {
    let metadata = file.metadata().map_err(|it| error(&it))?;
    let attributes = metadata.file_attributes();
    if attributes & FILE_ATTRIBUTE_READONLY == 0 || metadata.is_dir() {
        return Ok(());
    }
    set_basics(file, None, Some(attributes & !FILE_ATTRIBUTE_READONLY))
}

/// Removes an open file or empty folder.
pub(super) fn delete(file: &File) -> Result<(), HostError> {
    let at_once = FILE_DISPOSITION_INFO_EX {
        Flags: FILE_DISPOSITION_FLAG_DELETE | FILE_DISPOSITION_FLAG_POSIX_SEMANTICS,
    };
    // Since Windows 10 the name goes at once, whoever else still has the file open.
    match set(file, FileDispositionInfoEx, &at_once) {
        Err(why) if matches!(why.raw_os_error(), Some(1 | 50 | 87 | 120 | 124)) => {
            let when_closed = FILE_DISPOSITION_INFO { DeleteFile: true };
            set(file, FileDispositionInfo, &when_closed).map_err(|it| error(&it))
        }
        done => done.map_err(|it| error(&it)),
    }
}

fn set<T>(file: &File, class: FILE_INFO_BY_HANDLE_CLASS, info: &T) -> io::Result<()> {
    let size = u32::try_from(size_of::<T>()).unwrap_or(0);
    // SAFETY: the handle is open, and `info` is the structure of the class, with its size.
    let done = unsafe {
        SetFileInformationByHandle(
            file.as_raw_handle(),
            class,
            std::ptr::from_ref(info).cast(),
            size,
        )
    };
    if done == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// A moment as Windows counts it, in tenths of a microsecond since 1601.
fn moment(ticks: u64) -> Moment {
    let ticks = i64::try_from(ticks).unwrap_or(i64::MAX);
    let nanoseconds = u32::try_from(ticks % TICKS * 100).unwrap_or(0);
    (ticks / TICKS - TO_1970, nanoseconds)
}

/// The same back. Zero would mean that the time stays as it is.
fn ticks((seconds, nanoseconds): Moment) -> i64 {
    let ticks = seconds.saturating_add(TO_1970).saturating_mul(TICKS);
    ticks.saturating_add(i64::from(nanoseconds / 100)).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_kept_to_the_tick() {
        for count in [0, 1, 116_444_736_000_000_000, 133_500_000_123_456_789] {
            assert_eq!(ticks(moment(count)), i64::try_from(count).unwrap());
        }
        assert_eq!(moment(116_444_736_000_000_001), (0, 100));
    }
}
