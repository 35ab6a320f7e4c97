//! Further streams of a file of NTFS, such as the mark of where it was downloaded from.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::windows::ffi::OsStringExt as _;
use std::os::windows::fs::OpenOptionsExt as _;
use std::os::windows::io::AsRawHandle as _;
use std::path::{Path, PathBuf};

use cleaning::{Bytes, HostError, Node, io_error};
use windows_sys::Win32::Storage::FileSystem::{FileStreamInfo, GetFileInformationByHandleEx};

use super::error;
use super::place::SHARE_ALL;

/// How they stand among the extended attributes.
const PREFIX: &[u8] = b"windows.stream:";
/// Stands there when there is more than is kept.
const TOO_MUCH: &[u8] = b"windows.streams-not-kept";
/// The content of the file itself, which is no further stream.
const CONTENT: &str = "::$DATA";
const DATA: &str = ":$DATA";
/// Bytes of the list of streams.
const MAX_LIST_BYTES: usize = 64 << 10;
/// Bytes of all further streams of a file that are kept.
const MAX_BYTES: u64 = 1 << 20;

/// Adds the further streams of a file.
pub(super) fn read(
    file: &File,
    path: &Path,
    extended: &mut Vec<(Bytes, Bytes)>,
) -> Result<(), HostError> {
    let too_much = || (Bytes(TOO_MUCH.to_vec()), Bytes(Vec::new()));
    let Some(streams) = list(file)? else {
        extended.push(too_much());
        return Ok(());
    };
    let mut all_bytes = 0_u64;
    for (name, size) in streams {
        all_bytes = all_bytes.saturating_add(size);
        let Some(short) = name.strip_suffix(DATA).filter(|_| all_bytes <= MAX_BYTES) else {
            extended.push(too_much());
            return Ok(());
        };
        let mut content = Vec::new();
        let opened = OpenOptions::new().read(true).share_mode(SHARE_ALL).open(named(path, short));
        // Who may not read the file cannot keep it either; that is told when it comes to it.
        let Ok(stream) = opened else {
            extended.push(too_much());
            return Ok(());
        };
        stream.take(MAX_BYTES + 1).read_to_end(&mut content).map_err(io_error)?;
        if content.len() as u64 > MAX_BYTES {
            extended.push(too_much());
            return Ok(());
        }
        extended.push((Bytes([PREFIX, short.as_bytes()].concat()), Bytes(content)));
    }
    Ok(())
}

/// Writes the further streams that a node has.
pub(super) fn write(path: &Path, node: &Node) -> Result<(), HostError> {
    for (name, content) in &node.extended {
        let Some(name) = name.0.strip_prefix(PREFIX) else { continue };
        let name = str::from_utf8(name).map_err(|_| HostError::Unsupported)?;
        if name.strip_prefix(':').is_none_or(|name| name.contains([':', '\\', '/'])) {
            return Err(HostError::Unsupported);
        }
        let mut stream = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .open(named(path, name))
            .map_err(|it| error(&it))?;
        stream.write_all(&content.0).map_err(io_error)?;
    }
    Ok(())
}

/// Whether a file has more streams than are kept.
pub(super) fn is_too_much(node: &Node) -> bool {
    node.extended.iter().any(|(name, _)| name.0 == TOO_MUCH)
}

fn named(path: &Path, stream: &str) -> PathBuf {
    let mut named = path.as_os_str().to_owned();
    named.push(stream);
    PathBuf::from(named)
}

/// Names (`:name:$DATA`) and sizes of the further streams; `None` when the list is too long.
fn list(file: &File) -> Result<Option<Vec<(String, u64)>>, HostError> {
    // 64-bit words, because the structures in it begin with some.
    let mut buffer = vec![0_u64; MAX_LIST_BYTES / 8];
    // SAFETY: the handle is open, and the buffer is as long as is said.
    let done = unsafe {
        GetFileInformationByHandleEx(
            file.as_raw_handle(),
            FileStreamInfo,
            buffer.as_mut_ptr().cast(),
            u32::try_from(MAX_LIST_BYTES).unwrap_or(0),
        )
    };
    if done == 0 {
        let why = io::Error::last_os_error();
        return match why.raw_os_error() {
            // No stream at all, as of a folder; a file system or a system without streams.
            Some(1 | 38 | 50 | 87 | 120 | 124) => Ok(Some(Vec::new())),
            Some(234) => Ok(None),
            _ => Err(error(&why)),
        };
    }
    let bytes: Vec<u8> = buffer.iter().flat_map(|word| word.to_le_bytes()).collect();
    Ok(Some(streams_in(&bytes)))
}

/// Reads `FILE_STREAM_INFO`: offset of the next entry, bytes of the name, size, size on the disk,
/// name.
fn streams_in(bytes: &[u8]) -> Vec<(String, u64)> {
    let mut streams = Vec::new();
    let mut rest = bytes;
    loop {
        let word = |at: usize| rest.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes);
        let (Some(next), Some(length)) = (word(0), word(4)) else { break };
        let size = rest.get(8..16).and_then(|it| it.try_into().ok()).map_or(0, u64::from_le_bytes);
        let name = usize::try_from(length).ok().and_then(|length| rest.get(24..24 + length));
        let units: Vec<u16> = name
            .unwrap_or_default()
            .as_chunks::<2>()
            .0
            .iter()
            .map(|it| u16::from_le_bytes(*it))
            .collect();
        let name = std::ffi::OsString::from_wide(&units).to_string_lossy().into_owned();
        if !name.is_empty() && name != CONTENT {
            streams.push((name, size));
        }
        match usize::try_from(next).ok().filter(|next| *next > 0).and_then(|next| rest.get(next..))
        {
            Some(behind) => rest = behind,
            None => break,
        }
    }
    streams
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_streams_is_read() {
        let entry = |next: u32, name: &str, size: u64| {
            let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let length = u32::try_from(units.len()).unwrap();
            let mut bytes = [next.to_le_bytes(), length.to_le_bytes()].concat();
            bytes.extend(size.to_le_bytes());
            bytes.extend(size.to_le_bytes());
            bytes.extend(units);
            bytes.resize(if next == 0 { bytes.len() } else { next as usize }, 0);
            bytes
        };
        let list = [entry(48, "::$DATA", 9), entry(0, ":Zone.Identifier:$DATA", 26)].concat();
        assert_eq!(streams_in(&list), [(":Zone.Identifier:$DATA".to_owned(), 26)]);
        assert_eq!(streams_in(&[0; 64]), []);
        assert_eq!(streams_in(&list[..30]), []);
    }
}
