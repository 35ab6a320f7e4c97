//! What a rule may ask about a file besides its bytes.

/// What a rule may ask about a file besides its bytes: YARA's "external variables", in the meaning
/// that signature-base gives them.
#[derive(Clone, Copy, Debug)]
pub struct FileFacts<'f> {
    /// `filename`: its name without the folder.
    pub name: &'f str,
    /// `filepath`: its folder.
    pub folder: &'f str,
    /// `extension`: from the last dot on, dot included; empty without one.
    pub extension: &'f str,
    /// `filetype`: what its first bytes say.
    pub kind: FileKind,
    /// `owner`: always empty so far.
    pub owner: &'f str,
}

impl<'f> FileFacts<'f> {
    /// Of a name, a folder and the bytes.
    pub fn of(name: &'f str, folder: &'f str, bytes: &[u8]) -> Self {
        let extension = name.rfind('.').and_then(|at| name.get(at..)).unwrap_or_default();
        Self { name, folder, extension, kind: FileKind::of(bytes), owner: "" }
    }
}

/// What the first bytes of a file say that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileKind(&'static str);

/// How files begin, and how rules call them.
const STARTS: [(&[u8], &str); 28] = [
    (b"MZ", "EXE"),
    (b"\x7fELF", "ELF"),
    (b"PK\x03\x04", "ZIP"),
    (b"PK\x05\x06", "ZIP"),
    (b"%PDF-", "PDF"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE"),
    (b"{\\rt", "RTF"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7Z"),
    (b"MSCF", "CAB"),
    (b"\x1f\x8b", "GZIP"),
    (b"BZh", "BZIP2"),
    (b"\xfd7zXZ\0", "XZ"),
    (b"\x28\xb5\x2f\xfd", "ZSTD"),
    (b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F", "LNK"),
    (b"ITSF", "CHM"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF8", "GIF"),
    (b"RIFF", "RIFF"),
    (b"\0\0\x01\0", "ICO"),
    (b"\xca\xfe\xba\xbe", "JAVA"),
    (b"\xcf\xfa\xed\xfe", "MACHO"),
    (b"\xce\xfa\xed\xfe", "MACHO"),
    (b"regf", "REGF"),
    (b"ElfFile\0", "EVTX"),
    (b"MDMP", "MDMP"),
    (b"#!", "SCRIPT"),
];

impl FileKind {
    /// Of the bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let found = STARTS.iter().find(|(start, _)| bytes.starts_with(start));
        Self(found.map_or("", |(_, code)| code))
    }

    /// As rules call it; empty when the bytes say nothing.
    pub fn code(self) -> &'static str {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_what_rules_expect() {
        let facts = FileFacts::of("báo cáo.pdf.exe", "C:\\Users", b"MZ\x90\0");
        assert_eq!((facts.extension, facts.kind.code()), (".exe", "EXE"));
        assert_eq!(FileFacts::of("README", "/", b"").extension, "");
    }
}
