//! `live`: packets on a pair of virtual interfaces, sent by tcpreplay and read by `lamsach watch` against
//! 1.5 million indicators; its CPU apart from the sender's.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use serde_json::Value;

use super::Context;
use super::match_logs::as_double;
use super::packets::prepare;
use crate::measure::Measure;
use crate::say;

/// How long packets are sent, in seconds.
const SPAN: &str = "10";
/// How long a start may take.
const PATIENCE: Duration = Duration::from_mins(2);
/// A rate that leaves the sender room, and as fast as it can.
const SPEEDS: [(&str, &str); 2] = [("100k", "--pps=100000"), ("topspeed", "--topspeed")];

pub(crate) fn run(context: &Context) -> anyhow::Result<Vec<Measure>> {
    let folder = &context.data.folder;
    let program = std::env::current_exe()?.with_file_name("lamsach");
    let Some(network) = Network::new() else {
        say("skipped: needs root, `ip` (apt install iproute2) and `tcpreplay`");
        return Ok(Vec::new());
    };
    let capture = folder.join("capture.pcap");
    prepare(&capture)?;
    let index = folder.join("live.lsx");
    let mut compile = Command::new(&program);
    compile.args(["indicators", "compile", "--no-guard", "-o"]).arg(&index);
    let compiled = compile.args(&context.data.lists).stdout(Stdio::null()).status()?;
    ensure!(compiled.success(), "the lists were not compiled");
    let mut measures = Vec::new();
    for (name, speed) in SPEEDS {
        let run = network.run(&program, &index, &capture, speed, folder)?;
        let named = |what: &str| format!("live/{name}/{what}");
        measures.extend([
            Measure::new(named("sent"), as_double(run.sent) / run.seconds, "packets/s"),
            Measure::new(named("read"), as_double(run.read) / run.seconds, "packets/s"),
            Measure::new(named("dropped"), as_double(run.dropped), "packets"),
            Measure::new(named("cpu"), run.cpu_seconds / run.seconds * 100.0, "% of a processor"),
            Measure::new(named("rate"), as_double(run.read) / run.cpu_seconds, "packets/CPU s"),
            Measure::new(named("sightings"), as_double(run.sightings), "sightings"),
        ]);
    }
    Ok(measures)
}

struct LiveRun {
    sent: u64,
    read: u64,
    dropped: u64,
    sightings: u64,
    seconds: f64,
    cpu_seconds: f64,
}

/// A network with two ends of a cable, `near` and `far`; goes away with its value.
struct Network(String);

impl Network {
    fn new() -> Option<Self> {
        let network = Self(format!("lamsach-bench-{}", std::process::id()));
        let is_made = quiet("ip").args(["netns", "add", &network.0]).status().ok()?.success();
        let make = "link add near type veth peer name far";
        let commands = [make, "link set near up mtu 9000", "link set far up mtu 9000"];
        let is_up = |command: &str| {
            let mut ip = quiet("ip");
            ip.args(["-n", &network.0])
                .args(command.split(' '))
                .status()
                .is_ok_and(|it| it.success())
        };
        let has_sender = quiet("tcpreplay").arg("--version").status().is_ok_and(|it| it.success());
        (is_made && commands.into_iter().all(is_up) && has_sender).then_some(network)
    }

    fn inside(&self, program: &Path) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.0]).arg(program).stdin(Stdio::null());
        command
    }

    /// Packets that `near` has sent.
    fn sent(&self) -> anyhow::Result<u64> {
        let counter = self
            .inside(Path::new("cat"))
            .arg("/sys/class/net/near/statistics/tx_packets")
            .output()?;
        String::from_utf8(counter.stdout)?.trim().parse().context("read the counter")
    }

    fn run(
        &self,
        program: &Path,
        index: &Path,
        capture: &Path,
        speed: &str,
        folder: &Path,
    ) -> anyhow::Result<LiveRun> {
        let (out, err) = (folder.join("live.json"), folder.join("live.err"));
        let mut watch = self
            .inside(program)
            .args(["watch", "--interface", "far", "--no-guard", "--language", "en", "-i"])
            .arg(index)
            .stdout(File::create(&out)?)
            .stderr(File::create(&err)?)
            .spawn()?;
        let begun = Instant::now();
        while !fs::read_to_string(&err)?.contains("Watching") {
            ensure!(begun.elapsed() < PATIENCE && watch.try_wait()?.is_none(), "no start");
            thread::sleep(Duration::from_millis(50));
        }
        let (sent, cpu_seconds, begun) = (self.sent()?, cpu_seconds(&watch)?, Instant::now());
        let mut replay = self.inside(Path::new("tcpreplay"));
        replay.args(["-i", "near", "--preload-pcap", "--loop=0", "--duration", SPAN, speed]);
        let replayed = replay.arg(capture).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        ensure!(replayed.success(), "tcpreplay failed");
        let seconds = begun.elapsed().as_secs_f64();
        // What is still in the ring is read within a moment.
        thread::sleep(Duration::from_millis(500));
        let cpu_seconds = self::cpu_seconds(&watch)? - cpu_seconds;
        let sent = self.sent()? - sent;
        quiet("kill").arg(watch.id().to_string()).status()?;
        watch.wait()?;
        let text = fs::read_to_string(&out)?;
        let last: Value = serde_json::from_str(text.lines().last().context("no summary")?)?;
        let summary = last.get("summary").context("no summary")?;
        let of = |value: &Value, name: &str| value.get(name).and_then(Value::as_u64);
        let count = |name: &str| of(summary, name).context("no count");
        let inputs = summary.get("inputs").and_then(Value::as_array).context("no inputs")?;
        Ok(LiveRun {
            sent,
            read: count("lines_read")?,
            dropped: count("dropped")?,
            sightings: inputs.iter().filter_map(|it| of(it, "sightings")).sum(),
            seconds,
            cpu_seconds,
        })
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        quiet("ip").args(["netns", "del", &self.0]).status().map(drop).unwrap_or_default();
    }
}

fn quiet(program: &str) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// User and system time of a program that runs, in hundredths as the system counts them.
fn cpu_seconds(program: &Child) -> anyhow::Result<f64> {
    let text = fs::read_to_string(format!("/proc/{}/stat", program.id()))?;
    // Behind the name, which may hold anything.
    let (_, fields) = text.rsplit_once(')').context("read the times")?;
    let mut times =
        fields.split_ascii_whitespace().skip(11).filter_map(|it| it.parse::<u64>().ok());
    let (user, system) = (times.next().context("no time")?, times.next().context("no time")?);
    Ok(as_double(user + system) / 100.0)
}
