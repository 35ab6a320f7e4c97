//! `live`: packets on a pair of virtual interfaces, read by `lamsach watch` against 1.5 million indicators, on
//! a processor of its own; another one sends them, and carries them into the ring of the reader. High rates come in
//! bursts from a program inside of the system ([`Injector`]), others evenly from a socket.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use capture::{Injector, Sender};
use serde_json::Value;

use super::Context;
use super::match_logs::as_double;
use super::packets::prepare;
use crate::measure::Measure;
use crate::say;

/// How long packets are sent, in seconds.
const SPAN: u64 = 10;
/// How long a start may take.
const PATIENCE: Duration = Duration::from_mins(2);
/// Packets a second; 0 is as many as the sender can.
const RATES: [(&str, u64); 4] =
    [("100k", 100_000), ("500k", 500_000), ("1m", 1_000_000), ("topspeed", 0)];
/// The processor that sends, and the one that reads.
const PROCESSORS: [&str; 2] = ["0", "1"];
/// So many packets are sent at once.
const BURST: usize = 64;
/// From this rate on, in packets a second, a socket is too slow.
const INJECTED_FROM: u64 = 1_000_000;
/// So many packets are then in a burst.
const INJECTED_BURST: u32 = 200_000;

pub(crate) fn run(context: &Context) -> anyhow::Result<Vec<Measure>> {
    let folder = &context.data.folder;
    let program = std::env::current_exe()?.with_file_name("lamsach");
    let Some(network) = Network::new() else {
        say("skipped: needs root, `ip` (apt install iproute2), `taskset` and two processors");
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
    for (name, rate) in RATES {
        let run = network.run(&program, &index, &capture, rate, folder)?;
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
        let commands = [make, "link set near up mtu 3400", "link set far up mtu 3400"];
        let is_up = |command: &str| {
            let mut ip = quiet("ip");
            ip.args(["-n", &network.0])
                .args(command.split(' '))
                .status()
                .is_ok_and(|it| it.success())
        };
        let has_processors = PROCESSORS.into_iter().all(|processor| {
            let mut nothing = quiet("taskset");
            nothing.args(["-c", processor, "true"]).status().is_ok_and(|it| it.success())
        });
        (is_made && commands.into_iter().all(is_up) && has_processors).then_some(network)
    }

    fn inside(&self, program: &Path, processor: &str) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.0, "taskset", "-c", processor]);
        command.arg(program).stdin(Stdio::null());
        command
    }

    /// Packets that `near` has sent.
    fn sent(&self) -> anyhow::Result<u64> {
        let counter = self
            .inside(Path::new("cat"), PROCESSORS[0])
            .arg("/sys/class/net/near/statistics/tx_packets")
            .output()?;
        String::from_utf8(counter.stdout)?.trim().parse().context("read the counter")
    }

    fn run(
        &self,
        program: &Path,
        index: &Path,
        capture: &Path,
        rate: u64,
        folder: &Path,
    ) -> anyhow::Result<LiveRun> {
        let (out, err) = (folder.join("live.json"), folder.join("live.err"));
        let mut watch = self
            .inside(program, PROCESSORS[1])
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
        let mut sender = self.inside(&std::env::current_exe()?, PROCESSORS[0]);
        sender.args(["send", "near", "far", "--rate", &rate.to_string()]).arg(capture);
        let mut sender = sender.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        // It says so when it has read the packets, and sends when it is told to.
        let mut ready = String::new();
        let output = sender.stdout.as_mut().context("no output")?;
        BufReader::new(output).read_line(&mut ready)?;
        let (sent, cpu_seconds, begun) = (self.sent()?, cpu_seconds(&watch)?, Instant::now());
        drop(sender.stdin.take());
        ensure!(sender.wait()?.success(), "the sender failed");
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

/// Sends the packets of a capture onto an interface, over and over, at a rate or as fast as they go: begins at the
/// end of the standard input.
pub(crate) fn send_in_process(
    interface: &str,
    peer: &str,
    capture: &Path,
    rate: u64,
) -> anyhow::Result<()> {
    let bytes = fs::read(capture)?;
    let frames = frames_of(&bytes)?;
    if rate == 0 || rate >= INJECTED_FROM {
        match Injector::new(interface, peer, &frames) {
            Ok(injector) => return inject(&injector, frames.len(), rate),
            Err(error) => say(&format!("by a socket, which is slower: {error}")),
        }
    }
    let sender = Sender::open(interface)?;
    wait_for_the_word(frames.len())?;
    let (begun, end) = (Instant::now(), Duration::from_secs(SPAN));
    let mut sent = 0_u64;
    loop {
        for mut burst in frames.chunks(BURST) {
            while !burst.is_empty() {
                let gone = begun.elapsed();
                if gone >= end {
                    return Ok(());
                }
                if rate > 0 && as_double(sent) > gone.as_secs_f64() * as_double(rate) {
                    std::hint::spin_loop();
                    continue;
                }
                match sender.send(burst) {
                    Ok(count) => {
                        sent += count as u64;
                        burst = burst.get(count..).unwrap_or_default();
                    }
                    // The system has no room for the moment.
                    Err(error) if is_busy(&error) => std::hint::spin_loop(),
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }
}

/// Says that the packets are there, and waits until it is told to begin.
fn wait_for_the_word(packets: usize) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{packets} packets")?;
    out.flush()?;
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

fn inject(injector: &Injector, packets: usize, rate: u64) -> anyhow::Result<()> {
    wait_for_the_word(packets)?;
    let (begun, end) = (Instant::now(), Duration::from_secs(SPAN));
    let mut sent = 0_u64;
    while begun.elapsed() < end {
        if rate > 0 {
            let due = Duration::from_secs_f64(as_double(sent) / as_double(rate));
            thread::sleep(due.saturating_sub(begun.elapsed()));
        }
        injector.send(INJECTED_BURST)?;
        sent += u64::from(INJECTED_BURST);
    }
    Ok(())
}

fn is_busy(error: &io::Error) -> bool {
    const NO_BUFFERS: i32 = nix::errno::Errno::ENOBUFS as i32;
    error.kind() == io::ErrorKind::WouldBlock || error.raw_os_error() == Some(NO_BUFFERS)
}

/// The frames of a pcap file in the byte order of this machine.
fn frames_of(bytes: &[u8]) -> anyhow::Result<Vec<&[u8]>> {
    let mut frames = Vec::new();
    let mut rest = bytes.get(24..).context("no pcap file")?;
    while let Some((head, behind)) = rest.split_first_chunk::<16>() {
        let [.., l0, l1, l2, l3, _, _, _, _] = *head;
        let length = u32::from_ne_bytes([l0, l1, l2, l3]) as usize;
        let (frame, behind) = behind.split_at_checked(length).context("a cut capture")?;
        frames.push(frame);
        rest = behind;
    }
    ensure!(!frames.is_empty(), "no packets");
    Ok(frames)
}
