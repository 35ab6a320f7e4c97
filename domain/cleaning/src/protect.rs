//! What is never touched: files of the system, as far as that can be told.

use std::collections::BTreeMap;

use artifacts::{DiskPath, System};

use crate::signature::Signature;

/// What is known of a file's origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It is on the campaign's list of good files.
    GoodList,
    /// It is a file of the system, unchanged.
    OfSystem,
    /// It is a file of the system that was changed: it is installed again, not removed.
    SystemChanged,
    /// It lies where the system's files are, and whether it is one cannot be told.
    SystemUnverified,
    /// It is none of the system's files.
    Own,
}

/// Endings of scripts, which run whatever their first line says.
const SCRIPTS: [&str; 22] = [
    "bat", "cmd", "com", "exe", "hta", "js", "jse", "jsp", "lnk", "php", "pif", "pl", "ps1", "py",
    "rb", "scr", "sh", "vbe", "vbs", "wsc", "wsf", "wsh",
];

/// Whether a file of this name that begins so is a program or a script: what it carries is its own.
pub fn is_program(name: &[u8], start: &[u8]) -> bool {
    let dot = name.iter().rposition(|byte| *byte == b'.');
    let ending = dot.and_then(|at| name.get(at + 1..)).unwrap_or_default();
    let is_script = SCRIPTS.iter().any(|it| ending.eq_ignore_ascii_case(it.as_bytes()));
    is_script || [&b"MZ"[..], b"\x7fELF", b"#!"].iter().any(|mark| start.starts_with(mark))
}

/// Whether a file that begins so is a mailbox with many mails: those of Unix, Outlook and Outlook Express.
pub fn is_mailbox(start: &[u8]) -> bool {
    let is_of_outlook = start.starts_with(b"!BDN") && start.get(8..10) == Some(b"SM");
    let is_of_express = start.starts_with(b"\xcf\xad\x12\xfe\xc5\xfd\x74\x6f\x66\xe3\xd1\x11");
    let mut lines = start.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
    // Who sent it, and when: "Sat Jan  3 01:05:34 2026".
    let is_envelope = lines.next().and_then(|it| it.strip_prefix(b"From ")).is_some_and(|line| {
        let parts: Vec<&[u8]> =
            line.split(u8::is_ascii_whitespace).filter(|it| !it.is_empty()).collect();
        let is_year = |it: &&[u8]| it.len() == 4 && it.iter().all(u8::is_ascii_digit);
        let is_time = |it: &&[u8]| it.len() >= 5 && it.get(2) == Some(&b':');
        parts.len() >= 6 && parts.iter().any(is_time) && parts.iter().any(is_year)
    });
    // The next line is that of a head: a name without blanks, and a colon.
    let is_head = lines.next().is_some_and(|line| {
        let name = line.iter().position(|byte| *byte == b':').and_then(|at| line.get(..at));
        name.is_some_and(|it| !it.is_empty() && it.iter().all(u8::is_ascii_graphic))
    });
    is_of_outlook || is_of_express || (is_envelope && is_head)
}

/// Folders of Windows in which files are the system's unless proved otherwise.
const WINDOWS_FOLDERS: [&str; 5] =
    ["windows", "program files/windowsapps", "boot", "efi", "recovery"];
/// Folders in them where anything can write, and malware does.
const WINDOWS_OPEN: [&str; 6] = [
    "windows/temp",
    "windows/tasks",
    "windows/debug",
    "windows/tracing",
    "windows/registration/crmlog",
    "windows/system32/tasks",
];
/// Folders of Linux that belong to the package manager.
const LINUX_FOLDERS: [&str; 7] = ["bin", "sbin", "lib", "lib32", "lib64", "usr", "boot"];
/// Folders in them that belong to the administrator.
const LINUX_OPEN: [&str; 1] = ["usr/local"];

/// Files of installed packages: MD5 of their content, as the package manager of Debian keeps it.
#[derive(Clone, Debug, Default)]
pub struct PackageFiles {
    /// By path without the first `/`; `None` where no sum is kept.
    sums: BTreeMap<Vec<u8>, Option<String>>,
}

impl PackageFiles {
    /// Adds a `.list` file of the package database.
    pub fn add_list(&mut self, list: &[u8]) {
        for line in list.split(|byte| *byte == b'\n') {
            if let Some(path) = line.strip_prefix(b"/").filter(|path| !path.is_empty()) {
                self.sums.entry(path.to_vec()).or_default();
            }
        }
    }

    /// Adds an `.md5sums` file of the package database.
    pub fn add_sums(&mut self, sums: &[u8]) {
        for line in sums.split(|byte| *byte == b'\n') {
            if let (Some(sum), Some(path)) = (line.get(..32), line.get(34..)) {
                let sum = String::from_utf8_lossy(sum).into_owned();
                self.sums.insert(path.to_vec(), Some(sum));
            }
        }
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.sums.is_empty()
    }

    /// What is known of a path: `None` when no package has it.
    #[expect(clippy::option_option, reason = "no package, or a package without a sum")]
    fn sum(&self, path: &DiskPath) -> Option<Option<&str>> {
        let bytes = path.as_bytes().strip_prefix(b"/")?;
        // `/lib` and `/usr/lib` are one folder on systems of today, and packages use both names.
        let other = match bytes.strip_prefix(b"usr/") {
            Some(rest) => rest.to_vec(),
            None => [b"usr/", bytes].concat(),
        };
        let found = self.sums.get(bytes).or_else(|| self.sums.get(&other))?;
        Some(found.as_deref())
    }
}

/// The standing of a file; `md5` is only asked for files that a package has.
pub fn standing(
    system: System,
    path: &DiskPath,
    packages: &PackageFiles,
    md5: impl FnOnce() -> Option<String>,
) -> Standing {
    let is_in = |folders: &[&str]| {
        let text = String::from_utf8_lossy(path.as_bytes()).to_lowercase();
        let mut text = text.trim_start_matches('/');
        // `C:/Windows` on a running PC.
        if text.as_bytes().get(1) == Some(&b':') {
            text = text.get(3..).unwrap_or_default();
        }
        folders
            .iter()
            .any(|folder| text.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
    };
    match system {
        System::Windows => {
            let is_system = is_in(&WINDOWS_FOLDERS) && !is_in(&WINDOWS_OPEN);
            if is_system { Standing::SystemUnverified } else { Standing::Own }
        }
        System::Linux => match packages.sum(path) {
            Some(Some(sum)) => match md5() {
                Some(found) if found == sum => Standing::OfSystem,
                Some(_) => Standing::SystemChanged,
                None => Standing::SystemUnverified,
            },
            Some(None) => Standing::SystemUnverified,
            // With a package database, what no package has is not the system's.
            None if !packages.is_empty() => Standing::Own,
            None if is_in(&LINUX_FOLDERS) && !is_in(&LINUX_OPEN) => Standing::SystemUnverified,
            None => Standing::Own,
        },
    }
}

/// Why a file is not changed, whatever was found in it, as a code; `None` when it may be.
///
/// In the system's own folders every file stays: that one is not signed, or that its signature could
/// not be verified, does not prove that it is not the system's.
pub fn protection(standing: Standing, signature: Option<&Signature>) -> Option<&'static str> {
    match (standing, signature) {
        (Standing::GoodList, _) => Some("on-good-list"),
        (Standing::OfSystem, _) => Some("of-system"),
        (_, Some(Signature::Vendor { .. })) => Some("vendor-signed"),
        (Standing::SystemChanged, _) => Some("system-changed"),
        (Standing::SystemUnverified, _) => Some("system-unverified"),
        (Standing::Own, Some(signature)) if signature.protects() => Some("vendor-unverified"),
        (Standing::Own, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::NotVerified;

    #[test]
    fn programs_and_mailboxes_are_told_by_their_beginning() {
        for start in [&b"MZ\x90"[..], b"\x7fELF\x02", b"#!/bin/sh\n"] {
            assert!(is_program(b"x", start) && !is_mailbox(start));
        }
        assert!(
            is_program(b"x.PHP", b"From a")
                && !is_program(b"php", b"")
                && !is_program(b"x.txt", b"")
        );
        let mailboxes = [
            &b"From an@example.net Sat Jan  3 01:05:34 2026\r\nReceived: from x\r\n"[..],
            b"From - Sat Jan  3 01:05:34 2026\nX-Mozilla-Status: 0001\n",
            b"!BDN\x00\x00\x00\x00SM\x17",
            b"\xcf\xad\x12\xfe\xc5\xfd\x74\x6f\x66\xe3\xd1\x11\x9a",
        ];
        for start in mailboxes {
            assert!(is_mailbox(start) && !is_program(b"Inbox", start));
        }
        for start in [
            &b""[..],
            b"From: an@example.net\nTo: x\n",
            b"From here on\nall is: well\n: \n",
            b"From a\nb:\n",
            b"!BDN\r\n",
        ] {
            assert!(!is_mailbox(start), "{start:?}");
        }
    }

    #[test]
    fn each_answer_about_a_signature_leads_to_one_decision() {
        let by = || Some("x".to_owned());
        let unknown = |has_vendors_root| Signature::NotVerified {
            by: by(),
            why: NotVerified::UnknownIssuer,
            has_vendors_root,
        };
        let vendor = Signature::Vendor { by: by() };
        let others = [
            Signature::Other { by: by() },
            Signature::Unsigned,
            Signature::Altered { by: by() },
            unknown(false),
        ];
        for standing in [Standing::Own, Standing::SystemUnverified, Standing::SystemChanged] {
            assert_eq!(protection(standing, Some(&vendor)), Some("vendor-signed"));
        }
        assert_eq!(protection(Standing::OfSystem, Some(&vendor)), Some("of-system"));
        assert_eq!(protection(Standing::GoodList, Some(&unknown(false))), Some("on-good-list"));
        assert_eq!(protection(Standing::Own, Some(&unknown(true))), Some("vendor-unverified"));
        for signature in others.iter().map(Some).chain([None]) {
            let check = |standing, expected| assert_eq!(protection(standing, signature), expected);
            check(Standing::Own, None);
            check(Standing::SystemUnverified, Some("system-unverified"));
            check(Standing::SystemChanged, Some("system-changed"));
        }
    }

    #[test]
    fn files_of_the_system_are_known() {
        let mut packages = PackageFiles::default();
        packages.add_list(b"/.\n/usr/bin/x\n/usr/share/doc\n/etc/conf\n");
        packages.add_sums(b"0123456789abcdef0123456789abcdef  usr/bin/x\n");
        let check = |path: &str, md5: Option<&str>, expected| {
            let path = DiskPath::parse(path.as_bytes()).unwrap();
            let found = standing(System::Linux, &path, &packages, || md5.map(str::to_owned));
            assert_eq!(found, expected, "{path}");
        };
        let sum = "0123456789abcdef0123456789abcdef";
        check("/usr/bin/x", Some(sum), Standing::OfSystem);
        check("/bin/x", Some(sum), Standing::OfSystem);
        check("/usr/bin/x", Some("other"), Standing::SystemChanged);
        check("/usr/bin/x", None, Standing::SystemUnverified);
        check("/etc/conf", None, Standing::SystemUnverified);
        check("/usr/bin/dropped", None, Standing::Own);
        let none = PackageFiles::default();
        let check = |system, path: &str, expected| {
            let path = DiskPath::parse(path.as_bytes()).unwrap();
            assert_eq!(standing(system, &path, &none, || None), expected, "{path}");
        };
        check(System::Linux, "/usr/bin/x", Standing::SystemUnverified);
        check(System::Linux, "/usr/local/bin/x", Standing::Own);
        check(System::Linux, "/home/an/x", Standing::Own);
        check(System::Windows, "/Windows/System32/x.dll", Standing::SystemUnverified);
        check(System::Windows, "/C:/Windows/x.exe", Standing::SystemUnverified);
        check(System::Windows, "/Windows/Temp/x.exe", Standing::Own);
        check(System::Windows, "/WindowsOld/x.exe", Standing::Own);
        check(System::Windows, "/Users/An/x.exe", Standing::Own);
    }
}
