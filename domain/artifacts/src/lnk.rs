//! Shell links (`.lnk`), after \[MS-SHLLINK\], and the item identifiers inside them.

use crate::bytes::{slice, u16_at, u32_at, u64_at};
use crate::text::{narrow_until_zero, utf16_le, utf16_le_until_zero};

/// Bytes of a link that are read; Windows writes a few kilobytes.
const MAX_BYTES: usize = 1 << 20;
/// Items of a target that are read.
const MAX_ITEMS: usize = 256;
/// Size of the header, which also is its first field.
const HEADER_SIZE: usize = 0x4c;
/// `00021401-0000-0000-C000-000000000046` as stored.
const CLASS_ID: [u8; 16] = [1, 0x14, 2, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46];

/// What a link starts, and how it looks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lnk {
    /// `LinkFlags`.
    pub flags: u32,
    /// Attributes that the target had (`FILE_ATTRIBUTE_…`).
    pub target_attributes: u32,
    /// Size that the target had, modulo 2³².
    pub target_size: u32,
    /// Creation, access and write time of the target as FILETIME; 0 when not set.
    pub target_times: [u64; 3],
    /// `ShowCommand`: 1 normal, 3 maximised, 7 minimised, by which worms hide a window.
    pub show_command: u32,
    /// Target as the item list spells it, such as `C:\Windows\System32\cmd.exe`.
    pub items_path: Option<String>,
    /// Target as the link information spells it.
    pub local_path: Option<String>,
    /// `\\server\share` the target is on.
    pub network_share: Option<String>,
    /// Target with variables, such as `%ComSpec%`.
    pub environment_path: Option<String>,
    /// Description.
    pub name: Option<String>,
    /// Target relative to the link.
    pub relative_path: Option<String>,
    /// Folder the target starts in.
    pub working_directory: Option<String>,
    /// Arguments for the target.
    pub arguments: Option<String>,
    /// File the icon is from.
    pub icon: Option<String>,
    /// Which icon of that file.
    pub icon_index: i32,
    /// Bytes behind the last block: a payload hidden in the link.
    pub overlay_bytes: usize,
    /// Parts that ended early or made no sense.
    pub is_damaged: bool,
}

/// Why bytes are no link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LnkError {
    /// They do not begin like one.
    #[error("the bytes do not begin like a shell link")]
    NotALink,
    /// The header is not whole.
    #[error("the shell link ends in its header")]
    Truncated,
}

impl Lnk {
    /// Reads a link. What is damaged behind the header is left out and marked.
    pub fn parse(bytes: &[u8]) -> Result<Self, LnkError> {
        let bytes = bytes.get(..MAX_BYTES).unwrap_or(bytes);
        if u32_at(bytes, 0) != Some(0x4c) || slice(bytes, 4, 16) != Some(&CLASS_ID[..]) {
            return Err(LnkError::NotALink);
        }
        let header = bytes.get(..HEADER_SIZE).ok_or(LnkError::Truncated)?;
        let field = |at| u32_at(header, at).unwrap_or(0);
        let time = |at| u64_at(header, at).unwrap_or(0);
        let mut lnk = Self {
            flags: field(0x14),
            target_attributes: field(0x18),
            target_times: [time(0x1c), time(0x24), time(0x2c)],
            target_size: field(0x34),
            icon_index: field(0x38).cast_signed(),
            show_command: field(0x3c),
            ..Self::default()
        };
        let mut at = HEADER_SIZE;
        if lnk.read_parts(bytes, &mut at).is_none() {
            lnk.is_damaged = true;
        }
        Ok(lnk)
    }

    /// Best spelling of what it starts: the first that is there of items, link information,
    /// environment and relative path.
    pub fn target(&self) -> Option<&str> {
        let ways =
            [&self.items_path, &self.local_path, &self.environment_path, &self.relative_path];
        ways.into_iter().flatten().map(String::as_str).find(|path| !path.is_empty())
    }

    /// Target and arguments as a command line.
    pub fn command(&self) -> String {
        let mut command = self.target().unwrap_or_default().to_owned();
        if let Some(arguments) = self.arguments.as_deref().filter(|it| !it.is_empty()) {
            command.push(' ');
            command.push_str(arguments);
        }
        command
    }

    /// Everything behind the header; `None` when it ended early.
    fn read_parts(&mut self, bytes: &[u8], at: &mut usize) -> Option<()> {
        if self.flags & 0x1 != 0 {
            let size = usize::from(u16_at(bytes, *at)?);
            self.items_path = items_path(slice(bytes, *at + 2, size)?);
            *at += 2 + size;
        }
        if self.flags & 0x2 != 0 {
            let size = usize::try_from(u32_at(bytes, *at)?).ok()?;
            self.read_link_info(slice(bytes, *at, size)?);
            *at = at.checked_add(size.max(4))?;
        }
        let is_wide = self.flags & 0x80 != 0;
        let targets = [
            (0x4, &mut self.name),
            (0x8, &mut self.relative_path),
            (0x10, &mut self.working_directory),
            (0x20, &mut self.arguments),
            (0x40, &mut self.icon),
        ];
        for (flag, target) in targets {
            if self.flags & flag == 0 {
                continue;
            }
            let chars = usize::from(u16_at(bytes, *at)?);
            let size = if is_wide { chars * 2 } else { chars };
            let raw = slice(bytes, *at + 2, size)?;
            let text = if is_wide {
                utf16_le(raw)
            } else {
                raw.iter().map(|byte| char::from(*byte)).collect()
            };
            // Wine counts a final zero, Windows does not.
            *target = Some(text.trim_end_matches('\0').to_owned());
            *at += 2 + size;
        }
        self.read_extra_data(bytes, at)
    }

    /// \[MS-SHLLINK\] section 2.3.
    fn read_link_info(&mut self, info: &[u8]) {
        let header_size = u32_at(info, 4).unwrap_or(0);
        let flags = u32_at(info, 8).unwrap_or(0);
        let part = |field: usize| {
            let offset = usize::try_from(u32_at(info, field)?).ok()?;
            info.get(offset..).filter(|_| offset != 0)
        };
        let narrow = |field| part(field).map(narrow_until_zero);
        let wide = |field| (header_size >= 0x24).then(|| part(field).map(utf16_le_until_zero))?;
        let suffix = wide(0x20).or_else(|| narrow(0x18)).unwrap_or_default();
        if flags & 1 != 0 {
            self.local_path = wide(0x1c).or_else(|| narrow(0x10)).map(|base| base + &suffix);
        }
        if flags & 2 != 0
            && let Some(network) = part(0x14)
        {
            let offset = u32_at(network, 8).and_then(|it| usize::try_from(it).ok()).unwrap_or(0);
            self.network_share =
                network.get(offset..).filter(|_| offset != 0).map(narrow_until_zero);
            if self.local_path.is_none() {
                let share = self.network_share.clone().unwrap_or_default();
                self.local_path = Some(format!("{share}\\{suffix}"));
            }
        }
    }

    /// \[MS-SHLLINK\] section 2.5: blocks up to one that is shorter than its own size field.
    fn read_extra_data(&mut self, bytes: &[u8], at: &mut usize) -> Option<()> {
        loop {
            // Links end without the terminal block often enough.
            if *at >= bytes.len() {
                return Some(());
            }
            let size = usize::try_from(u32_at(bytes, *at)?).ok()?;
            if size < 4 {
                self.overlay_bytes = bytes.len() - (*at + 4);
                return Some(());
            }
            let block = slice(bytes, *at, size)?;
            match u32_at(block, 4)? {
                // EnvironmentVariableDataBlock: 260 bytes narrow, 520 bytes wide.
                0xa000_0001 => {
                    let wide = slice(block, 268, 520).map(utf16_le_until_zero);
                    let narrow = || slice(block, 8, 260).map(narrow_until_zero);
                    self.environment_path = wide.filter(|it| !it.is_empty()).or_else(narrow);
                }
                0xa000_0007 if self.icon.is_none() => {
                    self.icon = slice(block, 268, 520).map(utf16_le_until_zero);
                }
                _ => {}
            }
            *at += size;
        }
    }
}

/// Path that a list of shell items spells, where they are of a disk.
fn items_path(list: &[u8]) -> Option<String> {
    let mut path = String::new();
    let mut at = 0;
    for _ in 0..MAX_ITEMS {
        let size = usize::from(u16_at(list, at)?);
        if size == 0 {
            break;
        }
        let item = slice(list, at, size)?;
        at += size;
        let Some(kind) = item.get(2).copied() else { continue };
        match kind & 0x70 {
            // "My Computer" and other roots.
            0x10 => {}
            0x20 => {
                let name = narrow_until_zero(item.get(3..)?);
                path.push_str(name.trim_end_matches('\\'));
            }
            0x30 => {
                let name = file_entry_name(item, kind)?;
                path.push('\\');
                path.push_str(&name);
            }
            0x40 => {
                path.push_str(&narrow_until_zero(item.get(5..)?));
            }
            // A place that is no file, such as the control panel.
            _ => return None,
        }
    }
    (!path.is_empty()).then_some(path)
}

/// Name of a file entry: the long one of its extension block `0xbeef0004`, else the short one.
fn file_entry_name(item: &[u8], kind: u8) -> Option<String> {
    let short = item.get(14..)?;
    let short_name =
        if kind & 0x4 != 0 { utf16_le_until_zero(short) } else { narrow_until_zero(short) };
    // The last two bytes of the item say where the extension block begins.
    let offset = usize::from(u16_at(item, item.len().checked_sub(2)?)?);
    let extension = item.get(offset..).filter(|_| offset > 14);
    let long_name = extension.and_then(|block| {
        if u32_at(block, 4)? != 0xbeef_0004 {
            return None;
        }
        let name_at = match u16_at(block, 2)? {
            version if version >= 9 => 46,
            8 => 42,
            7 => 38,
            3 => 20,
            _ => return None,
        };
        Some(utf16_le_until_zero(block.get(name_at..)?)).filter(|name| !name.is_empty())
    });
    Some(long_name.unwrap_or(short_name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_bytes_are_no_link() {
        assert_eq!(Lnk::parse(b""), Err(LnkError::NotALink));
        assert_eq!(Lnk::parse(&[0x4c; 100]), Err(LnkError::NotALink));
        let mut head = vec![0x4c, 0, 0, 0];
        head.extend(CLASS_ID);
        assert_eq!(Lnk::parse(&head), Err(LnkError::Truncated));
    }

    #[test]
    fn a_cut_link_keeps_what_was_read() {
        let mut link = vec![0x4c, 0, 0, 0];
        link.extend(CLASS_ID);
        link.extend((0x4_u32 | 0x20 | 0x80).to_le_bytes());
        link.resize(HEADER_SIZE, 0);
        link.extend([2, 0, b'h', 0, b'i', 0, 200, 0, b'x', 0]);
        let lnk = Lnk::parse(&link).unwrap();
        assert_eq!((lnk.name.as_deref(), lnk.arguments, lnk.is_damaged), (Some("hi"), None, true));
    }
}
