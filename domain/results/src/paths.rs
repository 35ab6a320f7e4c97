//! Paths without what may be a person's: names of users, of their folders, of their files.

/// What the system has where, for one PC.
#[derive(Clone, Debug, Default)]
pub struct KnownPlaces {
    /// Names of accounts: they are left out wherever they stand.
    pub accounts: Vec<String>,
}

/// Folders that hold programs and settings of the system: paths in them are told whole.
const SYSTEM: [&str; 22] = [
    "/bin/",
    "/boot/",
    "/etc/",
    "/lib/",
    "/lib32/",
    "/lib64/",
    "/opt/",
    "/sbin/",
    "/usr/",
    "/var/lib/",
    "/var/www/",
    "/windows/",
    "/program files/",
    "/program files (x86)/",
    "/programdata/",
    "/efi/",
    "/$recycle.bin/",
    "hklm/",
    "hkcu/",
    "hkey_local_machine/",
    "hkey_current_user/",
    "hkcr/",
];
/// Folders in which everybody may write: they are told, what is in them is not.
const OPEN: [&str; 4] = ["/tmp/", "/var/tmp/", "/dev/shm/", "/var/spool/"];
/// Folders of a person's home that every home has; they are told, what is in them is not.
const IN_HOME: [&str; 12] = [
    "appdata/local/temp/",
    "appdata/local/",
    "appdata/locallow/",
    "appdata/roaming/microsoft/windows/start menu/programs/startup/",
    "appdata/roaming/",
    "desktop/",
    "documents/",
    "downloads/",
    ".config/autostart/",
    ".config/",
    ".local/",
    ".cache/",
];
/// Folders of which each folder below is a person's.
const HOMES: [&str; 4] = ["/home/", "/users/", "/documents and settings/", "/root/"];
/// What stands for something that is left out.
const LEFT_OUT: &str = "*";

/// A path of which only what every PC has is left: whole in folders of the system; of a person's
/// home the folder that every home has; of everything else the kind of file. Names of accounts are left
/// out everywhere.
pub fn reduced_path(path: &str, known: &KnownPlaces) -> String {
    let slashed = path.replace('\\', "/");
    // A letter of a drive is known; what else stands in front of the first folder is not.
    let (drive, rest) = match slashed.split_at_checked(2) {
        Some((drive, rest)) if is_drive(drive) => (drive, rest),
        _ => ("", slashed.as_str()),
    };
    let lower = rest.to_lowercase();
    if lower.len() != rest.len() || has_parent(&lower) {
        // Another length in small letters: places in it could not be told apart.
        return format!("{LEFT_OUT}/{}", kind_of_file(rest));
    }
    if SYSTEM.iter().any(|it| lower.starts_with(it)) {
        return format!("{drive}{}", without_accounts(rest, known));
    }
    if let Some(open) = OPEN.iter().find(|it| lower.starts_with(**it)) {
        return format!("{drive}{open}{}", kind_of_file(rest));
    }
    if let Some(homes) = HOMES.iter().find(|it| lower.starts_with(**it)) {
        let below = lower.get(homes.len()..).unwrap_or_default();
        let in_home = if *homes == "/root/" {
            below
        } else {
            below.split_once('/').map_or("", |(_, below)| below)
        };
        let folder = IN_HOME.iter().find(|it| in_home.starts_with(**it)).copied().unwrap_or("");
        return format!("{drive}{homes}{LEFT_OUT}/{folder}{}", kind_of_file(rest));
    }
    format!("{drive}{LEFT_OUT}/{}", kind_of_file(rest))
}

/// A file by its ending alone: `*.exe`.
fn kind_of_file(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or_default();
    // Behind a colon stands the number of a line.
    let name = name.split(':').next().unwrap_or_default();
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && is_ending(ending) => {
            format!("{LEFT_OUT}.{}", ending.to_lowercase())
        }
        _ => LEFT_OUT.to_owned(),
    }
}

/// Whether it is an ending of a program or document, rather than a part of a name.
fn is_ending(text: &str) -> bool {
    const ENDINGS: [&str; 46] = [
        "7z", "apk", "bat", "bin", "cab", "class", "cmd", "com", "cpl", "dll", "doc", "docm",
        "docx", "elf", "eml", "exe", "gz", "hta", "htm", "html", "img", "inf", "iso", "jar", "js",
        "jse", "lnk", "msi", "msg", "ocx", "pdf", "ps1", "py", "rar", "reg", "rtf", "scr", "sh",
        "so", "sys", "vbe", "vbs", "wsf", "xls", "xlsm", "zip",
    ];
    ENDINGS.iter().any(|it| it.eq_ignore_ascii_case(text))
}

fn without_accounts(path: &str, known: &KnownPlaces) -> String {
    let is_account = |part: &str| {
        let part = part.to_lowercase();
        let is_in = |account: &String| {
            let account = account.to_lowercase();
            // A short name stands in many words.
            part == account || (account.chars().count() >= 5 && part.contains(&account))
        };
        known.accounts.iter().any(is_in)
    };
    // A security id names one account of one domain.
    let is_hidden = |part: &&str| is_account(part) || part.to_uppercase().starts_with("S-1-5-21-");
    let parts = path.split('/').map(|it| if is_hidden(&it) { LEFT_OUT } else { it });
    parts.collect::<Vec<_>>().join("/")
}

fn is_drive(text: &str) -> bool {
    matches!(text.as_bytes(), [letter, b':'] if letter.is_ascii_alphabetic())
}

fn has_parent(path: &str) -> bool {
    path.split('/').any(|it| it == "..")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_what_every_pc_has_is_left() {
        let known = KnownPlaces { accounts: vec!["nguyenvana".to_owned(), "root".to_owned()] };
        let check = |path: &str, expected: &str| {
            assert_eq!(reduced_path(path, &known), expected, "{path}");
        };
        check(r"C:\Windows\Temp\x.exe", "C:/Windows/Temp/x.exe");
        check(r"C:\Program Files\A\b.dll", "C:/Program Files/A/b.dll");
        check(r"C:\Users\NguyenVanA\AppData\Roaming\x\y.exe", "C:/users/*/appdata/roaming/*.exe");
        check(r"C:\Users\NguyenVanA\Downloads\Lý lịch Trần B.docx", "C:/users/*/downloads/*.docx");
        check(r"C:\Users\NguyenVanA\Việc riêng\thư.txt", "C:/users/*/*");
        check(r"D:\Hồ sơ\Nguyễn Văn A.exe", "D:*/*.exe");
        check("/home/an/.config/autostart/x.desktop", "/home/*/.config/autostart/*");
        check("/home/an/a.sh", "/home/*/*.sh");
        check("/root/a.sh", "/root/*/*.sh");
        check("/usr/lib/x.so", "/usr/lib/x.so");
        check("/etc/cron.d/job:3", "/etc/cron.d/job:3");
        check("/var/spool/cron/crontabs/an:1", "/var/spool/*");
        check("/var/lib/nguyenvana/x", "/var/lib/*/x");
        check("/etc/NguyenVanA.conf", "/etc/*");
        check("/tmp/an/x.elf", "/tmp/*.elf");
        check("/media/an/USB/x.lnk", "*/*.lnk");
        check("files/Nguyễn Văn A.exe", "*/*.exe");
        check("/usr/../home/an/x.exe", "*/*.exe");
        check("/usr/İ/../x.exe", "*/*.exe");
        check(r"HKCU\Software\Run\x", "HKCU/Software/Run/x");
        check(r"HKLM\SOFTWARE\S-1-5-21-1-2-3-1001\x", "HKLM/SOFTWARE/*/x");
        check(r"HKU\S-1-5-21-1-2-3-1001\Run", "*/*");
        check("", "*/*");
        check("/home/an", "/home/*/*");
    }

    proptest! {
        #[test]
        fn nothing_of_a_home_is_told(user in "[a-z]{3,12}x", file in "[a-zA-Zà-ỹ ]{4,20}q") {
            let known = KnownPlaces::default();
            for home in ["/home/", "C:\\Users\\", "/Users/", "/media/", "D:\\", "\\\\may\\chia-se\\"] {
                let told = reduced_path(&format!("{home}{user}/{file}/{file}.exe"), &known);
                prop_assert!(!told.contains(&user) && !told.contains(&file), "{}", told);
            }
        }
    }
}
