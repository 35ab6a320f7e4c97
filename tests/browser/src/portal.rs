//! The real program, serving on a free port of loopback.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use std::{env, fs, thread};

use storage::Location;
use tempfile::TempDir;
use test_support::{Engine, TestDatabase};

/// How long making a demonstration may take on a busy machine, unoptimised.
const PATIENCE: Duration = Duration::from_mins(5);

/// A running `lamsach serve` with a data folder of its own; it ends with the value.
pub struct Portal {
    /// `http://127.0.0.1:PORT`.
    pub address: String,
    program: Child,
    lines: mpsc::Receiver<String>,
    folder: TempDir,
    _database: Option<TestDatabase>,
}

impl Portal {
    /// The password of every sign-in of a demonstration.
    pub const PASSWORD: &str = "minh-hoa-2026";

    /// The province of 2026 in the middle of a campaign.
    pub async fn demo(engine: Engine) -> Self {
        Self::start(engine, &["--demo"]).await
    }

    /// As [`Portal::demo`], and browsers may match logs themselves.
    pub async fn demo_with_module(engine: Engine) -> Self {
        let module = module().display().to_string();
        Self::start(engine, &["--demo", "--browser-module", &module]).await
    }

    /// Nothing but the first-run page.
    pub async fn empty(engine: Engine) -> Self {
        Self::start(engine, &[]).await
    }

    async fn start(engine: Engine, more: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the data");
        let mut command = Command::new(program());
        command.args(["serve", "--listen", "127.0.0.1:0", "--log", "warn", "--data"]);
        command.arg(folder.path()).args(more);
        let database = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => {
                let database = TestDatabase::postgres().await;
                let Location::Postgres(url) = database.location() else { unreachable!() };
                command.args(["--database", url]);
                Some(database)
            }
        };
        let mut program = command.stdout(Stdio::piped()).spawn().expect("lamsach starts");
        let output = BufReader::new(program.stdout.take().expect("its output is ours"));
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            // Read to the end: a program whose output nobody reads would stand still.
            output.lines().map_while(Result::ok).for_each(|line| drop(sender.send(line)));
        });
        let address = after(&lines, "http://").expect("lamsach says where it listens");
        Self { address: format!("http://{address}"), program, lines, folder, _database: database }
    }

    /// Address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// The logs to try that came with a demonstration.
    pub fn logs(&self) -> Vec<PathBuf> {
        ["bind-query.log", "fortigate.log"].map(|name| self.logs_folder().join(name)).into()
    }

    /// The devices that must be found in them, and no other.
    pub fn infected_devices(&self) -> Vec<String> {
        let path = self.logs_folder().join("expected-devices.txt");
        let text = fs::read_to_string(&path).expect("the logs come with their truth");
        text.lines().map(str::to_owned).collect()
    }

    /// Login of the officer whose unit has cases in every state; to be asked once.
    pub fn busy_officer(&self) -> String {
        let login = after(&self.lines, "  cb.").expect("lamsach names the sign-ins");
        format!("cb.{}", login.split(' ').next().unwrap_or_default())
    }

    /// What the program's `match` gives of a log, as JSON.
    pub fn match_log(&self, list: &Path, log: &Path) -> Vec<serde_json::Value> {
        let mut command = Command::new(program());
        command.arg("match").arg("--indicators").arg(list).args(["--output", "json"]).arg(log);
        let output = command.output().expect("lamsach starts");
        let values = serde_json::Deserializer::from_slice(&output.stdout).into_iter();
        values.map(|it| it.expect("lamsach writes JSON")).collect()
    }

    /// Downloads a path with these cookies.
    pub(crate) fn download(&self, path: &str, cookies: &str) -> Vec<u8> {
        let request = ureq::get(self.url(path)).header("cookie", cookies);
        let mut answer = request.call().expect("the file is there");
        answer.body_mut().read_to_vec().expect("the file arrives whole")
    }

    fn logs_folder(&self) -> PathBuf {
        self.folder.path().join("demo-logs")
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        drop(Command::new("kill").arg(self.program.id().to_string()).status());
        drop(self.program.wait());
    }
}

/// What follows these words in the first line that holds them.
fn after(lines: &mpsc::Receiver<String>, words: &str) -> Option<String> {
    loop {
        let line = lines.recv_timeout(PATIENCE).ok()?;
        if let Some((_, rest)) = line.split_once(words) {
            return Some(rest.trim().to_owned());
        }
    }
}

/// The matcher for browsers, as `script/browser` builds it.
fn module() -> PathBuf {
    let profile = program();
    let target = profile.ancestors().nth(2).expect("programs stand in a folder of their profile");
    let module = target.join("lamsach-browser.wasm");
    assert!(module.exists(), "{}: run script/browser", module.display());
    module
}

/// The program, built beside this test.
fn program() -> PathBuf {
    beside_this_test("lamsach")
}

/// One of our programs.
pub(crate) fn beside_this_test(name: &str) -> PathBuf {
    let test = env::current_exe().expect("a test has a path");
    let profile = test.parent().and_then(Path::parent).expect("tests stand in `deps`");
    let program = profile.join(name);
    assert!(program.exists(), "{}: run `cargo build -p {name}`", program.display());
    program
}
