//! Files of `[section]` and `key=value`: `autorun.inf`, `desktop.ini`, `.url`.

use crate::text::decode_text;

/// Bytes of an INI file that are read; worms pad `autorun.inf` with junk.
const MAX_BYTES: usize = 1 << 20;
/// Entries that are kept.
const MAX_ENTRIES: usize = 4_096;

/// One `key=value` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IniEntry {
    /// Section in lower case; empty in front of the first one.
    pub section: String,
    /// Key in lower case.
    pub key: String,
    /// Value without the spaces around it.
    pub value: String,
    /// Line number, from 1.
    pub line: u32,
}

/// What an INI file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ini {
    /// Entries, in the order of the file.
    pub entries: Vec<IniEntry>,
    /// Lines that are neither section, entry, comment nor empty.
    pub junk_lines: u32,
    /// Whether the file is longer than what is read.
    pub is_cut: bool,
}

impl Ini {
    /// Reads an INI file in any encoding.
    pub fn parse(bytes: &[u8]) -> Self {
        let mut ini = Self { is_cut: bytes.len() > MAX_BYTES, ..Self::default() };
        let text = decode_text(bytes.get(..MAX_BYTES).unwrap_or(bytes));
        let mut section = String::new();
        for (line, line_no) in text.split(['\n', '\r']).zip(1_u32..) {
            let line = line.trim_matches(|c: char| c.is_whitespace() || c == '\0');
            if line.is_empty() || line.starts_with([';', '#']) {
                continue;
            }
            if let Some(rest) = line.strip_prefix('[') {
                let name = rest.split(']').next().unwrap_or(rest);
                section = name.trim().to_lowercase();
            } else if let Some((key, value)) = line.split_once('=') {
                if ini.entries.len() == MAX_ENTRIES {
                    ini.is_cut = true;
                    break;
                }
                ini.entries.push(IniEntry {
                    section: section.clone(),
                    key: key.trim().to_lowercase(),
                    value: value.trim().to_owned(),
                    line: line_no,
                });
            } else {
                ini.junk_lines += 1;
            }
        }
        ini
    }

    /// First value of a key in a section; both in lower case.
    pub fn get(&self, section: &str, key: &str) -> Option<&str> {
        let mut entries = self.entries.iter();
        entries.find(|it| it.section == section && it.key == key).map(|it| it.value.as_str())
    }
}

/// What `autorun.inf` starts or shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Autorun {
    /// Programs it starts, by `open`, `shellexecute` or a `shell\…\command`, as written.
    pub commands: Vec<String>,
    /// Icon of the drive.
    pub icon: Option<String>,
    /// Name of the drive.
    pub label: Option<String>,
    /// Sentence in the window that Windows used to show ("Open folder to view files").
    pub action: Option<String>,
    /// Lines that mean nothing, put in to hide the others.
    pub junk_lines: u32,
}

/// Reads `autorun.inf`.
///
/// ```
/// let autorun = artifacts::autorun(b"[AutoRun]\r\nopen=worm.exe\r\nshell\\open\\Command=worm.exe e\r\n");
/// assert_eq!(autorun.commands, ["worm.exe", "worm.exe e"]);
/// ```
pub fn autorun(bytes: &[u8]) -> Autorun {
    let ini = Ini::parse(bytes);
    let mut autorun = Autorun { junk_lines: ini.junk_lines, ..Autorun::default() };
    for entry in ini.entries {
        // `[autorun.alpha]` and the like are read by Windows on that processor.
        if !entry.section.starts_with("autorun") || entry.value.is_empty() {
            continue;
        }
        let key = entry.key.as_str();
        let is_verb = key.starts_with("shell\\") && key.ends_with("\\command");
        match key {
            "open" | "shellexecute" => autorun.commands.push(entry.value),
            "icon" | "defaulticon" => autorun.icon = Some(entry.value),
            "label" => autorun.label = Some(entry.value),
            "action" => autorun.action = Some(entry.value),
            _ if is_verb => autorun.commands.push(entry.value),
            _ => {}
        }
    }
    autorun
}

/// What `desktop.ini` does to its folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DesktopIni {
    /// Icon that the folder shows.
    pub icon: Option<String>,
    /// Class that Explorer shows the folder as, with which its files seem to be gone.
    pub class_id: Option<String>,
    /// Another name that the folder shows.
    pub shown_name: Option<String>,
}

/// Reads `desktop.ini`.
pub fn desktop_ini(bytes: &[u8]) -> DesktopIni {
    let ini = Ini::parse(bytes);
    let get = |key| ini.get(".shellclassinfo", key).map(str::to_owned);
    DesktopIni {
        icon: get("iconresource").or_else(|| get("iconfile")),
        class_id: get("clsid").or_else(|| get("clsid2")).or_else(|| get("uiclsid")),
        shown_name: get("localizedresourcename"),
    }
}

/// What an Internet shortcut (`.url`) opens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UrlShortcut {
    /// Where it leads; `file:` starts a program.
    pub url: Option<String>,
    /// Icon it shows.
    pub icon: Option<String>,
    /// Folder it starts in.
    pub working_directory: Option<String>,
}

/// Reads an Internet shortcut.
pub fn url_shortcut(bytes: &[u8]) -> UrlShortcut {
    let ini = Ini::parse(bytes);
    let get = |key| ini.get("internetshortcut", key).map(str::to_owned);
    UrlShortcut {
        url: get("url"),
        icon: get("iconfile"),
        working_directory: get("workingdirectory"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn junk_in_autorun_hides_no_command() {
        let file = b"; qk2\r\nasdkj\xfe\r\n[autorun]\r\nzzzz\r\nOPEN = RECYCLER\\x.exe \r\n\
            action=Open folder to view files\r\nicon=%SystemRoot%\\system32\\SHELL32.dll,4\r\n\
            shell\\explore\\command=RECYCLER\\x.exe\r\nuseautoplay=1\r\n[other]\r\nopen=no.exe";
        let autorun = autorun(file);
        assert_eq!(autorun.commands, ["RECYCLER\\x.exe", "RECYCLER\\x.exe"]);
        assert_eq!(autorun.icon.as_deref(), Some("%SystemRoot%\\system32\\SHELL32.dll,4"));
        assert_eq!(autorun.action.as_deref(), Some("Open folder to view files"));
        assert_eq!(autorun.junk_lines, 2);
    }

    #[test]
    fn utf16_desktop_ini_is_read() {
        let text = "\u{feff}[.ShellClassInfo]\r\nCLSID={645FF040-5081-101B-9F08-00AA002F954E}\r\n";
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let facts = desktop_ini(&bytes);
        assert_eq!(facts.class_id.as_deref(), Some("{645FF040-5081-101B-9F08-00AA002F954E}"));
        assert_eq!(facts.icon, None);
    }

    #[test]
    fn url_shortcut_gives_its_target() {
        let facts =
            url_shortcut(b"[InternetShortcut]\r\nURL=file:///E:/x.exe\r\nIconFile=shell32.dll\r\n");
        assert_eq!(facts.url.as_deref(), Some("file:///E:/x.exe"));
    }

    #[test]
    fn a_huge_file_is_cut_and_says_so() {
        let file = b"a=b\n".repeat(300_000);
        let ini = Ini::parse(&file);
        assert_eq!((ini.entries.len(), ini.is_cut), (MAX_ENTRIES, true));
    }
}
