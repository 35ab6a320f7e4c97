//! File names that lie about what the file is.

/// Endings that Windows starts.
const STARTED: [&str; 24] = [
    "exe", "scr", "pif", "com", "bat", "cmd", "vbs", "vbe", "js", "jse", "wsf", "wsh", "hta",
    "ps1", "lnk", "msi", "cpl", "jar", "reg", "scf", "url", "dll", "chm", "msc",
];
/// Endings of documents, pictures and archives, as a reader expects them.
const DOCUMENTS: [&str; 30] = [
    "doc", "docx", "xls", "xlsx", "ppt", "pptx", "pdf", "txt", "rtf", "odt", "ods", "csv", "jpg",
    "jpeg", "png", "gif", "bmp", "mp3", "mp4", "avi", "mkv", "mov", "zip", "rar", "7z", "html",
    "htm", "dwg", "xml", "eml",
];

/// How a file name lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameTrick {
    /// `hoa-don.pdf.exe`: a document's ending in front of a program's.
    DoubleExtension,
    /// The real ending is pushed out of sight by many spaces.
    SpacesBeforeExtension,
    /// A character turns the reading direction: `exe` reads as part of the name.
    ReversedText,
}

/// Whether the ending is one that Windows starts.
pub fn is_started(name: &str) -> bool {
    extension(name).is_some_and(|ending| STARTED.contains(&ending.as_str()))
}

/// How a file name lies, if it does.
///
/// ```
/// use artifacts::{NameTrick, name_trick};
/// assert_eq!(name_trick("Hóa đơn.pdf.exe"), Some(NameTrick::DoubleExtension));
/// assert_eq!(name_trick("setup.v2.exe"), None);
/// ```
pub fn name_trick(name: &str) -> Option<NameTrick> {
    if !is_started(name) {
        return None;
    }
    if name.contains(['\u{202e}', '\u{202d}', '\u{2066}', '\u{2067}']) {
        return Some(NameTrick::ReversedText);
    }
    let (stem, _) = name.rsplit_once('.')?;
    // Explorer itself writes `document.pdf.lnk` for a link to a document.
    let is_link = matches!(extension(name).as_deref(), Some("lnk" | "url"));
    if is_link {
        return None;
    }
    let shown = stem.trim_end();
    if stem.len() - shown.len() >= 5 {
        return Some(NameTrick::SpacesBeforeExtension);
    }
    let inner = extension(shown)?;
    DOCUMENTS.contains(&inner.as_str()).then_some(NameTrick::DoubleExtension)
}

fn extension(name: &str) -> Option<String> {
    name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lies_are_told_from_honest_names() {
        let check = |name: &str, expected| assert_eq!(name_trick(name), expected, "{name}");
        check("a.pdf.exe", Some(NameTrick::DoubleExtension));
        check("a.PDF .SCR", Some(NameTrick::DoubleExtension));
        check("a.pdf                .exe", Some(NameTrick::SpacesBeforeExtension));
        check("a\u{202e}fdp.exe", Some(NameTrick::ReversedText));
        check("a.pdf.lnk", None);
        check("a.tar.gz", None);
        check("jquery.min.js", None);
        check("a.exe", None);
        check("", None);
    }
}
