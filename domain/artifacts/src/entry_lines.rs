//! Entries of the files in which a program can be named to be started, one a line.

use crate::command_line::words;
use crate::places::FileForm;
use crate::text::utf16_le;
use crate::{Ini, Lnk, Task, TaskAction, decode_text, url_shortcut};

/// Entries of one file that are kept.
const MAX_ENTRIES: usize = 10_000;

/// An entry in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileEntry {
    /// Line it is on; `None` for the file as a whole.
    pub(crate) line: Option<u32>,
    /// What it starts.
    pub(crate) command: String,
    /// Whether the file itself says that it is switched off.
    pub(crate) is_switched_off: bool,
}

impl FileEntry {
    fn line(line: u32, command: &str) -> Self {
        Self { line: Some(line), command: command.trim().to_owned(), is_switched_off: false }
    }

    fn whole(command: String) -> Self {
        Self { line: None, command, is_switched_off: false }
    }
}

/// Entries of a file, read as its place says; `path` is what a file that itself is started is called.
pub(crate) fn file_entries(form: FileForm, path: &str, bytes: &[u8]) -> Vec<FileEntry> {
    match form {
        FileForm::Program => vec![FileEntry::whole(program(path, bytes))],
        FileForm::TaskXml => task(bytes),
        FileForm::Job => job(bytes).map(FileEntry::whole).into_iter().collect(),
        FileForm::WmiRepository => wmi_consumers(bytes),
        _ => lines(form, bytes),
    }
}

/// The file, and what it leads to where it is a link.
fn program(path: &str, bytes: &[u8]) -> String {
    if let Ok(lnk) = Lnk::parse(bytes) {
        return lnk.command();
    }
    let is_url = path.rsplit('.').next().is_some_and(|it| it.eq_ignore_ascii_case("url"));
    let target = if is_url { url_shortcut(bytes).url } else { None };
    target.unwrap_or_else(|| path.to_owned())
}

fn task(bytes: &[u8]) -> Vec<FileEntry> {
    let Ok(task) = Task::parse(bytes) else { return Vec::new() };
    let commands = task.actions.into_iter().map(|action| match action {
        TaskAction::Exec { command, arguments, .. } => {
            let needs_quotes = command.contains(' ') && !command.starts_with('"');
            let command = if needs_quotes { format!("\"{command}\"") } else { command };
            format!("{command} {arguments}").trim_end().to_owned()
        }
        TaskAction::ComHandler { class_id, data } => {
            format!("{class_id} {data}").trim_end().to_owned()
        }
        TaskAction::Other => String::new(),
    });
    let is_switched_off = !task.is_enabled;
    commands.map(|command| FileEntry { line: None, command, is_switched_off }).collect()
}

/// Program of a `.job` file: two fixed parts, then strings with their length in front.
fn job(bytes: &[u8]) -> Option<String> {
    let mut at = usize::from(crate::bytes::u16_at(bytes, 20)?);
    let mut text = || {
        let chars = usize::from(crate::bytes::u16_at(bytes, at)?);
        let raw = crate::bytes::slice(bytes, at + 2, chars * 2)?;
        at += 2 + chars * 2;
        Some(utf16_le(raw).trim_end_matches('\0').to_owned())
    };
    let (program, arguments) = (text()?, text().unwrap_or_default());
    Some(format!("{program} {arguments}").trim_end().to_owned())
}

/// Consumers that run a command or a script, by their marks in the repository. The repository keeps
/// deleted objects for a while: what is found here is looked at again on the running PC.
fn wmi_consumers(bytes: &[u8]) -> Vec<FileEntry> {
    let mut found: Vec<FileEntry> = Vec::new();
    for class in ["CommandLineEventConsumer", "ActiveScriptEventConsumer"] {
        let mark = format!("{class}.Name=\"");
        let wide: Vec<u8> = mark.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (needle, step) in [(mark.as_bytes(), 1), (wide.as_slice(), 2)] {
            let mut at = 0;
            while let Some(offset) = find(bytes.get(at..).unwrap_or_default(), needle) {
                at += offset + needle.len();
                let raw = bytes.get(at..bytes.len().min(at + 512)).unwrap_or_default();
                let text: String = if step == 1 {
                    raw.iter().map(|byte| char::from(*byte)).collect()
                } else {
                    utf16_le(raw)
                };
                let Some((name, _)) = text.split_once('"') else { continue };
                let entry = FileEntry::whole(name.to_owned());
                if !found.contains(&entry) && found.len() < MAX_ENTRIES {
                    found.push(entry);
                }
            }
        }
    }
    found
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).position(|window| window == needle)
}

/// Entries of a text file, line by line. Continued lines stay apart: the part that names the program
/// is what counts.
fn lines(form: FileForm, bytes: &[u8]) -> Vec<FileEntry> {
    if form == FileForm::PolicyScripts {
        let entries = Ini::parse(bytes).entries;
        let commands = entries.iter().filter(|entry| entry.key.ends_with("cmdline"));
        return commands.map(|entry| FileEntry::line(entry.line, &entry.value)).collect();
    }
    let text = decode_text(bytes);
    let mut found = Vec::new();
    for (line, line_no) in text.split('\n').zip(1_u32..) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') || line.starts_with("//") {
            continue;
        }
        for command in commands(form, line) {
            if found.len() >= MAX_ENTRIES {
                return found;
            }
            if !command.is_empty() {
                found.push(FileEntry::line(line_no, &command));
            }
        }
    }
    found
}

/// What one line starts.
fn commands(form: FileForm, line: &str) -> Vec<String> {
    let one = |command: Option<&str>| command.map(str::to_owned).into_iter().collect();
    match form {
        FileForm::Cron { has_user } => one(cron_command(line, has_user)),
        FileForm::Inittab => one(line.splitn(4, ':').nth(3)),
        FileForm::Unit => one(directive(line, |key| key.starts_with("Exec"))),
        FileForm::Desktop => one(directive(line, |key| key == "Exec" || key == "TryExec")),
        FileForm::Environment => {
            let line = line.strip_prefix("export ").unwrap_or(line);
            one(directive(line, |key| matches!(key, "LD_PRELOAD" | "LD_LIBRARY_PATH" | "LD_AUDIT")))
        }
        FileForm::Sysctl => one(directive(line, |key| {
            matches!(key, "kernel.core_pattern" | "kernel.modprobe" | "kernel.hotplug")
        })),
        FileForm::SshdConfig => {
            let (key, value) = line.split_once([' ', '\t']).unwrap_or((line, ""));
            let names = ["authorizedkeyscommand", "forcecommand", "authorizedprincipalscommand"];
            one(names.contains(&key.to_lowercase().as_str()).then_some(value))
        }
        FileForm::Words => words(&line.replace([':', ','], " ")),
        FileForm::Script | FileForm::AuthorizedKeys => vec![line.to_owned()],
        FileForm::Udev => udev_commands(line),
        FileForm::Modules => one(line.split_whitespace().next()),
        FileForm::Modprobe => {
            let rest = line.strip_prefix("install ").map(str::trim);
            one(rest.and_then(|rest| rest.split_once([' ', '\t'])).map(|(_, command)| command))
        }
        FileForm::Pam => {
            let module = words(line).iter().position(|word| word.ends_with("pam_exec.so"));
            let is_own_path = words(line).iter().any(|word| word.starts_with('/'));
            one((module.is_some() || is_own_path).then_some(line))
        }
        FileForm::AptHooks => {
            let lower = line.to_lowercase();
            let is_hook = lower.contains("invoke") || lower.contains("pre-install-pkgs");
            let parts = line.split('"').skip(1).step_by(2);
            // Hooks over several lines have the command on a line of its own, in quotes.
            if is_hook || line.starts_with('"') {
                parts.map(str::to_owned).collect()
            } else {
                vec![]
            }
        }
        FileForm::Inetd => {
            let server = directive(line, |key| key == "server");
            let columns: Vec<&str> = line.split_whitespace().collect();
            let program = columns.get(5..).filter(|it| !it.is_empty() && !line.contains('='));
            let classic = program.map(|program| program.join(" "));
            server.map(str::to_owned).or(classic).into_iter().collect()
        }
        FileForm::Program
        | FileForm::TaskXml
        | FileForm::Job
        | FileForm::WmiRepository
        | FileForm::PolicyScripts => Vec::new(),
    }
}

/// Value of a `key=value` line whose key is wanted.
fn directive(line: &str, wants: impl Fn(&str) -> bool) -> Option<&str> {
    let (key, value) = line.split_once('=')?;
    wants(key.trim()).then(|| value.trim().trim_matches('"'))
}

/// Command of a line of a cron table: behind five columns or an `@word`, and perhaps the user.
fn cron_command(line: &str, has_user: bool) -> Option<&str> {
    let columns = if line.starts_with('@') { 1 } else { 5 };
    let first = line.chars().next()?;
    // `PATH=…` and other settings.
    if !(first == '@' || first == '*' || first.is_ascii_digit()) {
        return None;
    }
    let mut rest = line;
    for _ in 0..columns + usize::from(has_user) {
        rest = rest.split_once([' ', '\t'])?.1.trim_start();
    }
    Some(rest)
}

/// Commands of `RUN+="…"` and `PROGRAM="…"`.
fn udev_commands(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in line.split(',') {
        let part = part.trim();
        let is_run = part.starts_with("RUN") || part.starts_with("PROGRAM");
        let is_builtin = part.starts_with("RUN{builtin}");
        if let Some((_, value)) = part.split_once('"').filter(|_| is_run && !is_builtin) {
            found.push(value.trim_end_matches('"').to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_give_their_commands() {
        let check = |form, text: &str, expected: &[(u32, &str)]| {
            let found = file_entries(form, "/x", text.as_bytes());
            let found: Vec<_> =
                found.iter().map(|entry| (entry.line.unwrap(), entry.command.as_str())).collect();
            assert_eq!(found, expected, "{form:?}");
        };
        let cron = "# c\nPATH=/bin\n*/5 * * * * root /tmp/x -a\n@reboot root /tmp/y\n";
        check(FileForm::Cron { has_user: true }, cron, &[(3, "/tmp/x -a"), (4, "/tmp/y")]);
        check(FileForm::Cron { has_user: false }, "1 2 3 4 5 /a b", &[(1, "/a b")]);
        check(FileForm::Unit, "[Service]\nExecStart=-/tmp/x\nUser=a", &[(2, "-/tmp/x")]);
        check(FileForm::Udev, "A==\"b\", RUN+=\"/tmp/x %k\"", &[(1, "/tmp/x %k")]);
        check(FileForm::Modprobe, "install usb /tmp/x\nblacklist y", &[(1, "/tmp/x")]);
        check(FileForm::Inittab, "x:2345:respawn:/tmp/x", &[(1, "/tmp/x")]);
        check(FileForm::Words, "/a.so /b.so", &[(1, "/a.so"), (1, "/b.so")]);
        check(FileForm::AptHooks, "DPkg::Post-Invoke {\"/tmp/x\";};", &[(1, "/tmp/x")]);
        check(FileForm::SshdConfig, "ForceCommand /tmp/x\nPort 22", &[(1, "/tmp/x")]);
        check(FileForm::Inetd, "x stream tcp nowait root /tmp/x x -i", &[(1, "/tmp/x x -i")]);
        check(
            FileForm::Pam,
            "auth required pam_exec.so /tmp/x",
            &[(1, "auth required pam_exec.so /tmp/x")],
        );
        check(FileForm::PolicyScripts, "[Logon]\n0CmdLine=x.bat\n0Parameters=", &[(2, "x.bat")]);
    }

    #[test]
    fn wmi_consumers_are_found_by_their_marks() {
        let mut bytes = b"..CommandLineEventConsumer.Name=\"Updater\"..".to_vec();
        bytes.extend(
            "ActiveScriptEventConsumer.Name=\"vé\"".encode_utf16().flat_map(u16::to_le_bytes),
        );
        let names: Vec<_> = file_entries(FileForm::WmiRepository, "", &bytes)
            .into_iter()
            .map(|entry| entry.command)
            .collect();
        assert_eq!(names, ["Updater", "vé"]);
    }
}
