//! Which files a command line starts.

/// What variables in a command stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Folder of the user whose entry it is, such as `C:\Users\an`, when known.
    pub user_folder: Option<String>,
}

/// Candidates kept of one command.
const MAX_CANDIDATES: usize = 256;

/// Words of a command line: separated by spaces, `"…"` and `'…'` kept together.
pub(crate) fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    for character in command.chars() {
        match quote {
            Some(open) if character == open => quote = None,
            None if character == '"' || character == '\'' => quote = Some(character),
            None if character.is_whitespace() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            Some(_) | None => word.push(character),
        }
        if words.len() >= MAX_CANDIDATES {
            break;
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Every file that a command of Windows may name, with variables filled in, in lower case with `\`:
/// each word, and for text without quotes each beginning that ends in front of a space, as Windows
/// itself tries them.
///
/// ```
/// use artifacts::{Surroundings, windows_files};
/// let files = windows_files(r"%windir%\system32\rundll32.exe C:\a b.dll,Run", &Surroundings::default());
/// assert!(files.contains(&r"c:\windows\system32\rundll32.exe".to_owned()));
/// assert!(files.contains(&r"c:\a b.dll".to_owned()));
/// ```
pub fn windows_files(command: &str, surroundings: &Surroundings) -> Vec<String> {
    let command = expand(command, surroundings);
    let mut found = Vec::new();
    let mut add = |text: &str| {
        let text = text.trim_matches(|c: char| c.is_whitespace() || "\"',;".contains(c));
        // A function behind the file of a library: `x.dll,Run`.
        let file = text.split(',').next().unwrap_or_default();
        if let Some(path) = normal_windows_path(file)
            && found.len() < MAX_CANDIDATES
            && !found.contains(&path)
        {
            found.push(path);
        }
    };
    let words = words(&command);
    for word in &words {
        add(word);
        // `/file:C:\x.ps1`, `//script=C:\x.vbs`.
        if let Some(at) = word.find(":\\").filter(|at| *at > 1) {
            add(word.get(at - 1..).unwrap_or_default());
        }
    }
    // Unquoted paths with spaces, wherever a drive begins.
    let starts = command.match_indices(":\\").filter_map(|(at, _)| at.checked_sub(1));
    for start in starts.take(16) {
        let Some(rest) = command.get(start..) else { continue };
        let rest = rest.split(['"', '\'']).next().unwrap_or_default();
        for (end, _) in rest.match_indices(' ').chain([(rest.len(), "")]).take(32) {
            add(rest.get(..end).unwrap_or_default());
        }
    }
    found
}

/// A path of Windows in the form in which two are compared; `None` when it is none.
pub fn normal_windows_path(path: &str) -> Option<String> {
    let mut path = path.replace('/', "\\").to_lowercase();
    for prefix in ["\\??\\", "\\\\?\\"] {
        if path.starts_with(prefix) {
            path.drain(..prefix.len());
        }
    }
    for (prefix, folder) in
        [("\\systemroot\\", "c:\\windows\\"), ("system32\\", "c:\\windows\\system32\\")]
    {
        if let Some(rest) = path.strip_prefix(prefix) {
            path = format!("{folder}{rest}");
        }
    }
    let drive = path.as_bytes().first().is_some_and(u8::is_ascii_alphabetic);
    let is_absolute = drive && path.get(1..3) == Some(":\\");
    if is_absolute { Some(path) } else { None }
}

/// Fills in the variables that every Windows has.
fn expand(command: &str, surroundings: &Surroundings) -> String {
    let user = surroundings.user_folder.as_deref();
    let mut expanded = String::new();
    let mut rest = command;
    while let Some((before, after)) = rest.split_once('%') {
        expanded.push_str(before);
        let Some((name, behind)) = after.split_once('%') else {
            expanded.push('%');
            rest = after;
            continue;
        };
        let in_user = |tail: &str| user.map(|folder| format!("{folder}{tail}"));
        let value = match name.to_lowercase().as_str() {
            "systemroot" | "windir" => Some("C:\\Windows".to_owned()),
            "systemdrive" | "homedrive" => Some("C:".to_owned()),
            "programfiles" | "programw6432" | "commonprogramfiles" => {
                Some("C:\\Program Files".to_owned())
            }
            "programfiles(x86)" => Some("C:\\Program Files (x86)".to_owned()),
            "programdata" | "allusersprofile" => Some("C:\\ProgramData".to_owned()),
            "public" => Some("C:\\Users\\Public".to_owned()),
            "comspec" => Some("C:\\Windows\\System32\\cmd.exe".to_owned()),
            "userprofile" => in_user(""),
            "appdata" => in_user("\\AppData\\Roaming"),
            "localappdata" => in_user("\\AppData\\Local"),
            "temp" | "tmp" => in_user("\\AppData\\Local\\Temp"),
            _ => None,
        };
        if let Some(value) = value {
            expanded.push_str(&value);
            rest = behind;
        } else {
            expanded.push('%');
            rest = after;
        }
    }
    expanded.push_str(rest);
    expanded
}

/// Every absolute path that a command of Linux names.
///
/// ```
/// let files = artifacts::linux_files("nohup /tmp/.x/miner -o pool >/dev/null 2>&1");
/// assert_eq!(files, ["/tmp/.x/miner", "/dev/null"]);
/// ```
pub fn linux_files(command: &str) -> Vec<String> {
    let mut found = Vec::new();
    for word in words(&command.replace([';', '|', '&', '(', ')', '<', '>', '`'], " ")) {
        let at = word.find('/').filter(|at| *at == 0 || word.as_bytes().get(at - 1) == Some(&b'='));
        // systemd writes `-`, `@`, `+`, `!` in front of a program.
        let bare = word.trim_start_matches(['-', '@', '+', '!', ':']);
        let path =
            if bare.starts_with('/') { Some(bare) } else { at.and_then(|at| word.get(at..)) };
        if let Some(path) = path
            && found.len() < MAX_CANDIDATES
        {
            found.push(path.to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_commands_are_found() {
        let surroundings = Surroundings { user_folder: Some("C:\\Users\\An".into()) };
        let check = |command: &str, file: &str| {
            let files = windows_files(command, &surroundings);
            assert!(files.contains(&file.to_owned()), "{command}: {files:?}");
        };
        check(r#""C:\Program Files\x y\a.exe" -s"#, r"c:\program files\x y\a.exe");
        check(r"C:\Program Files\x y\a.exe -s", r"c:\program files\x y\a.exe");
        check(r"%APPDATA%\x.exe", r"c:\users\an\appdata\roaming\x.exe");
        check(r"\??\C:\x\y.sys", r"c:\x\y.sys");
        check(r"system32\drivers\x.sys", r"c:\windows\system32\drivers\x.sys");
        check(r"\SystemRoot\System32\x.sys", r"c:\windows\system32\x.sys");
        check(r#"wscript.exe //B //E:vbs "C:\a b\c.txt""#, r"c:\a b\c.txt");
        check(r"cmd /c start C:\x.exe&exit", r"c:\x.exe&exit");
        assert!(!windows_files(r"C:\x.exe.bak", &surroundings).contains(&r"c:\x.exe".to_owned()));
    }

    #[test]
    fn systemd_prefixes_and_assignments_are_understood() {
        assert_eq!(linux_files("-/usr/bin/x"), ["/usr/bin/x"]);
        assert_eq!(linux_files("LD_PRELOAD=/tmp/x.so ls"), ["/tmp/x.so"]);
        assert_eq!(linux_files("curl https://x/y"), Vec::<String>::new());
    }
}
