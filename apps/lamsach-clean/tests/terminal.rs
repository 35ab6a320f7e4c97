//! The questions in a terminal, answered by a person at one. Every sample is harmless.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

const MARK: &str = "LAMSACH-HARMLESS-TEST-FILE";
const LONGEST: Duration = Duration::from_mins(1);

/// The program at a terminal of its own.
struct Session {
    child: Child,
    terminal: fs::File,
    seen: String,
}

impl Session {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&terminal).unwrap();
        unlockpt(&terminal).unwrap();
        let name = ptsname(&terminal, Vec::new()).unwrap();
        let side = || -> OwnedFd {
            rustix::fs::open(&*name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap()
        };
        let mut command = Command::new(env!("CARGO_BIN_EXE_lamsach-clean"));
        command
            .args(arguments)
            .current_dir(folder)
            .env("XDG_STATE_HOME", folder.join("state"))
            .env("LAMSACH_LANGUAGE", "en")
            .stdin(Stdio::from(side()))
            .stdout(Stdio::from(side()))
            .stderr(Stdio::from(side()));
        let child = command.spawn().unwrap();
        rustix::fs::fcntl_setfl(&terminal, OFlags::RDWR | OFlags::NONBLOCK).unwrap();
        Self { child, terminal: fs::File::from(terminal), seen: String::new() }
    }

    /// Waits until the terminal shows something behind what it showed the last time.
    fn shows(&mut self, wanted: &str) -> String {
        let until = Instant::now() + LONGEST;
        loop {
            if let Some(at) = self.seen.find(wanted) {
                let rest = self.seen.split_off(at + wanted.len());
                return std::mem::replace(&mut self.seen, rest);
            }
            assert!(Instant::now() < until, "{wanted}: {}", self.seen);
            let mut bytes = [0; 4096];
            match self.terminal.read(&mut bytes) {
                Ok(read @ 1..) => self.seen.push_str(&String::from_utf8_lossy(&bytes[..read])),
                _ => std::thread::sleep(Duration::from_millis(20)),
            }
        }
    }

    fn types(&mut self, line: &str) {
        writeln!(self.terminal, "{line}").unwrap();
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn a_person_scans_cleans_and_undoes_by_answering_questions() {
    let folder = tempfile::tempdir().unwrap();
    let root = fs::canonicalize(folder.path()).unwrap();
    fs::create_dir(root.join("files")).unwrap();
    let planted = root.join("files/bad.bin");
    fs::write(&planted, MARK).unwrap();
    fs::write(root.join("files/good.txt"), "nothing").unwrap();
    let rule = format!("rule planted {{ strings: $a = \"{MARK}\" condition: $a }}");
    fs::write(root.join("rules.yar"), rule).unwrap();

    let mut session = Session::start(&root, &["terminal", "--rules", "rules.yar"]);
    session.shows("Type a number and Enter:");
    session.types("nine");
    session.shows("Type a number from 0 to");
    session.types("3");
    session.shows("Path of the folder or file to scan:");
    session.types(root.join("files").to_str().unwrap());
    let shown = session.shows("Type a number and Enter:");
    assert!(shown.contains("bad.bin") && shown.contains("planted"), "{shown}");
    assert!(!shown.contains("good.txt"), "{shown}");
    // Anything but yes changes nothing.
    session.types("1");
    session.shows("(y/n)");
    session.types("");
    session.shows("Type a number and Enter:");
    assert!(planted.exists());
    session.types("1");
    session.shows("(y/n)");
    session.types("y");
    session.shows("Type a number and Enter:");
    assert!(!planted.exists());
    // The page to print.
    session.types("1");
    session.shows("lamsach-clean.html):");
    session.types("");
    session.shows("Type a number and Enter:");
    let page = fs::read_to_string(root.join("lamsach-clean.html")).unwrap();
    assert!(page.contains("bad.bin"));
    session.types("2");
    session.shows("(y/n)");
    session.types("y");
    session.shows("Type a number and Enter:");
    assert_eq!(fs::read_to_string(&planted).unwrap(), MARK);
    session.types("0");
    session.shows("The program has closed.");
    assert!(session.child.wait().unwrap().success());
}

#[test]
fn without_a_terminal_it_says_what_else_there_is() {
    let output = Command::new(env!("CARGO_BIN_EXE_lamsach-clean"))
        .args(["terminal"])
        .env("LAMSACH_LANGUAGE", "en")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("use scan, plan, apply"));
}

#[test]
fn ctrl_c_at_the_question_behind_a_scan_ends_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let root = fs::canonicalize(folder.path()).unwrap();
    fs::create_dir(root.join("stick")).unwrap();
    let planted = root.join("stick/bad.bin");
    fs::write(&planted, MARK).unwrap();
    let rule = format!("rule planted {{ strings: $a = \"{MARK}\" condition: $a }}");
    fs::write(root.join("rules.yar"), rule).unwrap();
    let arguments = ["usb", "--clean", "--rules", "rules.yar", "--no-memory", "stick"];
    let mut session = Session::start(&root, &arguments);
    session.shows("(y/n)");
    let sent = Command::new("kill").args(["-INT", &session.child.id().to_string()]).status();
    assert!(sent.unwrap().success());
    assert_eq!(session.child.wait().unwrap().code(), Some(130));
    assert!(planted.exists());
}
