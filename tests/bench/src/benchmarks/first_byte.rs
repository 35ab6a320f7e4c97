//! `first-byte`: how long the portal thinks before the first byte of a page, at demo size.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, ensure};
use ureq::Agent;
use ureq::http::header;

use crate::measure::Measure;

/// How often a page is asked for, after once to warm up.
const TIMES: usize = 40;

/// Sign-in and sections of each person whose pages are asked for.
const PEOPLE: [(&str, &str, &[&str]); 2] = [
    ("dieuphoi", "board", &["board", "roll-up", "edit"]),
    ("xa.canbo", "letter", &["letter", "logs", "cases", "report"]),
];

pub(crate) fn run(_: u32) -> anyhow::Result<Vec<Measure>> {
    let folder = tempfile::tempdir()?;
    let portal = Served::start(folder.path())?;
    let mut measures = Vec::new();
    for (login, link, sections) in PEOPLE {
        let agent: Agent = Agent::config_builder().max_redirects(0).build().into();
        let cookie = portal.sign_in(&agent, login)?;
        let get = |path: &str| agent.get(portal.url(path)).header(header::COOKIE, &cookie);
        let home = get("/").call()?.body_mut().read_to_string()?;
        let start = home
            .split('"')
            .find(|it| it.starts_with("/campaigns/") && it.contains(&format!("/{link}/")))
            .with_context(|| format!("{login} has no link to a {link}"))?;
        let paths =
            sections.iter().map(|it| start.replace(&format!("/{link}/"), &format!("/{it}/")));
        for path in paths.chain(["/".to_owned()]) {
            let mut waits = Vec::with_capacity(TIMES);
            for time in 0..=TIMES {
                let begun = Instant::now();
                let mut answer = get(&path).call()?;
                let wait = begun.elapsed().as_secs_f64() * 1_000.0;
                ensure!(answer.status() == 200, "{path}: {}", answer.status());
                answer.body_mut().read_to_vec()?;
                if time > 0 {
                    waits.push(wait);
                }
            }
            waits.sort_by(f64::total_cmp);
            let section = path.split('/').nth(3).unwrap_or("home");
            let median = waits.get(TIMES / 2).copied().unwrap_or_default();
            let slow = waits.get(TIMES * 95 / 100).copied().unwrap_or_default();
            let name = format!("first-byte/{login}/{section}");
            measures.push(Measure::new(name.clone(), median, "ms, median"));
            measures.push(Measure::new(name, slow, "ms, 95 of 100"));
        }
    }
    Ok(measures)
}

/// A portal with the demonstration, until dropped.
struct Served {
    program: Child,
    address: String,
    /// Held open: the program goes on to print sign-ins.
    _output: BufReader<ChildStdout>,
}

impl Served {
    fn start(folder: &std::path::Path) -> anyhow::Result<Self> {
        let program = std::env::current_exe()?.with_file_name("lamsach");
        let mut program = Command::new(program)
            .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--log", "warn", "--data"])
            .arg(folder)
            .stdout(Stdio::piped())
            .spawn()
            .context("lamsach stands beside this program")?;
        let mut output = BufReader::new(program.stdout.take().context("its output")?);
        let mut line = String::new();
        while !line.contains("http://") {
            line.clear();
            let read = output.read_line(&mut line)?;
            ensure!(read > 0, "lamsach did not say where it listens");
        }
        let (_, address) = line.split_once("http://").unwrap_or_default();
        Ok(Self { program, address: format!("http://{}", address.trim()), _output: output })
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// The session's cookie.
    fn sign_in(&self, agent: &Agent, login: &str) -> anyhow::Result<String> {
        let form = [("login", login), ("password", portal::demo::PASSWORD)];
        let request = agent.post(self.url("/sign-in")).header(header::ORIGIN, &self.address);
        let answer = request.send_form(form)?;
        let cookie = answer.headers().get(header::SET_COOKIE).context("no session was begun")?;
        Ok(cookie.to_str()?.split(';').next().unwrap_or_default().to_owned())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // A benchmark's portal holds nothing worth an orderly end.
        self.program.kill().unwrap_or_default();
        self.program.wait().map(drop).unwrap_or_default();
    }
}
