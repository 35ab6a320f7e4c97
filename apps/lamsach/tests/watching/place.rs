//! A folder in which the program runs.

use std::fs::{self, File};
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// Long enough for any machine; what is waited for comes much earlier.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// A folder with a list, a log and a spool.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    pub(crate) fn new(list: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("list.txt"), list).unwrap();
        Self { folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn append(&self, text: &str) {
        let mut file =
            File::options().create(true).append(true).open(self.path("dns.log")).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    /// The program, following a log.
    pub(crate) fn follow(&self, arguments: &[&str], token: &str) -> Child {
        let arguments = [&["--follow", "dns.log"], arguments].concat();
        self.watch(&arguments, token)
    }

    /// The program; its output grows in a file that outlives it.
    pub(crate) fn watch(&self, arguments: &[&str], token: &str) -> Child {
        self.command(&[], arguments).env("LAMSACH_TOKEN", token).spawn().unwrap()
    }

    /// The program, before it starts.
    ///
    /// `behind` is the program, with its arguments, that is to start it.
    pub(crate) fn command(&self, behind: &[&str], arguments: &[&str]) -> Command {
        let out = File::options().create(true).append(true).open(self.path("out")).unwrap();
        let err = File::options().create(true).append(true).open(self.path("err")).unwrap();
        let line = [behind, &[env!("CARGO_BIN_EXE_lamsach")]].concat();
        let (program, first) = line.split_first().unwrap();
        let mut command = Command::new(program);
        command.args(first);
        command
            .args(["watch", "-i", "list.txt", "--interval", "1"])
            .args(["--sensor", "test", "--language", "en", "--spool", "spool"])
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err);
        command
    }

    /// Where an input listens, by the start of its name, once the program says so.
    pub(crate) fn address_of(&self, input: &str) -> SocketAddr {
        let find = || {
            let err = self.err();
            let (_, rest) = err.split_once(input)?;
            let end = rest.find([',', ' ']).unwrap_or(rest.len());
            rest.get(..end)?.parse().ok()
        };
        wait_until("the listener", || find().is_some());
        find().unwrap()
    }

    /// What was told of first, as device, verdict, indicator.
    pub(crate) fn sightings(&self) -> Vec<String> {
        let told = self.told();
        let first = told.iter().filter(|it| it["event"] == "first");
        let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
        let mut sightings: Vec<_> = first
            .map(|it| [&it["device"], &it["verdict"], &it["indicator"]].map(text).join(" "))
            .collect();
        sightings.sort();
        sightings
    }

    pub(crate) fn told(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.path("out")).unwrap_or_default();
        // The last line may be being written.
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// The greatest count told of each device, added up.
    pub(crate) fn count_told(&self) -> u64 {
        let mut counts = std::collections::BTreeMap::new();
        for event in self.told() {
            if let (Some(id), Some(count)) = (event["id"].as_str(), event["count"].as_u64()) {
                let held: &mut u64 = counts.entry(id.to_owned()).or_default();
                *held = count.max(*held);
            }
        }
        counts.values().sum()
    }

    pub(crate) fn err(&self) -> String {
        fs::read_to_string(self.path("err")).unwrap_or_default()
    }
}

pub(crate) fn line(number: usize, name: &str) -> String {
    format!(
        "20-Aug-2026 08:{:02}:{:02}.000 queries: info: client @0x7f 192.0.2.{}#5000 ({name}): \
         query: {name} IN A + (192.0.2.53)\n",
        number / 60 % 60,
        number % 60,
        number % 5 + 20,
    )
}

pub(crate) fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

pub(crate) fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < end, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

pub(crate) fn end(mut child: Child) -> Option<i32> {
    signal(&child, "-TERM");
    child.wait().unwrap().code()
}

/// Whether a program is there; a test that needs it is passed over without it, and says so.
pub(crate) fn has_program(name: &str, package: &str) -> bool {
    let is_there = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
        .chain(["/usr/sbin".into(), "/sbin".into()])
        .any(|folder| folder.join(name).exists());
    if !is_there {
        skip(&format!("no `{name}` (apt install {package})"));
    }
    is_there
}

#[expect(clippy::print_stderr, reason = "a test that is passed over says so")]
pub(crate) fn skip(why: &str) {
    eprintln!("skipped: {why}");
}

/// A program that ends with the test, however that ends.
pub(crate) struct Ending(pub(crate) Child);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.kill().unwrap_or_default();
        self.0.wait().map(drop).unwrap_or_default();
    }
}
