//! Starting the program, and what it says.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

/// A portal that runs until it is stopped or dropped.
pub(crate) struct Serving {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
    /// Its address.
    pub(crate) url: String,
}

/// The program, with nothing from outside that changes what it does.
pub(crate) fn lamsach(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lamsach"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for variable in ["LAMSACH_DATA", "LAMSACH_DATABASE", "LAMSACH_LISTEN", "LAMSACH_LOG"] {
        command.env_remove(variable);
    }
    command
}

/// Runs the program to its end.
pub(crate) fn run(arguments: &[&str]) -> Output {
    lamsach(arguments).output().unwrap()
}

/// What the program said when it failed with status 2.
pub(crate) fn refusal(arguments: &[&str]) -> String {
    let output = run(arguments);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    said
}

impl Serving {
    /// Starts a portal on a free port and waits until it says its address.
    pub(crate) fn start(folder: &Path, more: &[&str]) -> Self {
        let folder = folder.to_str().unwrap();
        let mut arguments = vec!["serve", "--data", folder, "--listen", "127.0.0.1:0"];
        arguments.extend(more);
        let mut child = lamsach(&arguments).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        out.read_line(&mut first).unwrap();
        let Some((_, url)) = first.trim().rsplit_once(' ').filter(|(_, url)| url.contains("://"))
        else {
            let mut said = String::new();
            child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            panic!("not started: {first} {said}");
        };
        Self { url: url.to_owned(), child, out }
    }

    /// Asks it to stop as a service manager does; gives its status and both its outputs.
    pub(crate) fn stop(mut self) -> (Option<i32>, String, String) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let status = self.child.wait().unwrap();
        let (mut out, mut log) = (String::new(), String::new());
        self.out.read_to_string(&mut out).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        (status.code(), out, log)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
