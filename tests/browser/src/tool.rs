//! The clean-up tool, showing its own pages.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use crate::portal::beside_this_test;

/// A running `lamsach-clean window`; it ends with the value.
pub struct Tool {
    /// The address that works once.
    pub address: String,
    program: Child,
}

impl Tool {
    /// Starts it with rules, and a folder of its own for what it keeps.
    pub fn start(rules: &Path, store: &Path) -> Self {
        let mut command = Command::new(beside_this_test("lamsach-clean"));
        command.args(["window", "--no-browser", "--rules"]).arg(rules).arg("--store").arg(store);
        // What it remembers of earlier scans stays away from that of the person who tests.
        command.env("XDG_STATE_HOME", store);
        let mut program = command.stderr(Stdio::piped()).spawn().expect("lamsach-clean starts");
        let output = BufReader::new(program.stderr.take().expect("its output is ours"));
        let mut lines = output.lines().map_while(Result::ok);
        let address = lines.find(|it| it.starts_with("http://")).expect("it says its address");
        Self { address, program }
    }

    /// How it ended.
    pub fn ended(&mut self) -> ExitStatus {
        self.program.wait().expect("it ends")
    }
}

impl Drop for Tool {
    fn drop(&mut self) {
        drop(self.program.kill());
        drop(self.program.wait());
    }
}
