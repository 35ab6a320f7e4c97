//! `packets`: a capture against 1.5 million indicators, beside tshark's reading of the same fields.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Read as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, ensure};
use jiff::SignedDuration;
use simulation::{LogSettings, Targets, TrueSighting, Truth, write_capture};

use super::Context;
use super::match_logs::{as_double, best_check, judged};
use crate::data::log_settings;
use crate::measure::Measure;
use crate::{measured_run, say};

/// Packets of the capture, about 600 bytes each.
const PACKETS: u64 = 1_500_000;
/// tshark gets so many of them.
const SLICE_BYTES: u64 = 32 << 20;

pub(crate) fn run(context: &Context) -> anyhow::Result<Vec<Measure>> {
    let folder = &context.data.folder;
    let capture = folder.join("capture.pcap");
    let (packets, truth) = prepare(&capture)?;
    let (run, checked) = best_check(context, 1, &[capture.as_path()])?;
    ensure!(checked.lines_read == packets, "not every packet was read");
    let rate = as_double(packets) / checked.match_cpu_seconds;
    let size = as_double(fs::metadata(&capture)?.len());
    let mut measures = vec![
        Measure::new("packets/rate", rate, "packets/CPU s"),
        Measure::new("packets/bytes", size / 1e6 / checked.match_cpu_seconds, "MB/CPU s"),
        Measure::new("packets/peak-memory", run.peak_bytes / 1e6, "MB"),
        Measure::new("packets/not-parsed", as_double(checked.lines_not_parsed), "packets"),
    ];
    measures.extend(judged("packets", &truth, checked.sightings)?);
    match tshark(context, &capture) {
        Ok(theirs) => {
            measures
                .push(Measure::new("packets/rate", rate, "packets/CPU s").beside("tshark", theirs));
        }
        Err(_) => say("skipped: no `tshark` (apt install tshark)"),
    }
    Ok(measures)
}

/// Finds the capture, or makes it; gives its packets and what must be found in it.
pub(super) fn prepare(capture: &Path) -> anyhow::Result<(u64, Vec<TrueSighting>)> {
    let kept = capture.with_extension("truth.json");
    if let Ok(text) = fs::read(&kept) {
        return serde_json::from_slice(&text).context("read the kept truth");
    }
    say(&capture.display().to_string());
    // The targets of the lists of all benchmarks.
    let targets = Targets::new(1, 500);
    let settings = LogSettings {
        span: SignedDuration::from_hours(24),
        planted_per_100k: 25,
        ..log_settings(PACKETS)
    };
    let mut truth = Truth::default();
    let mut out = BufWriter::new(File::create(capture)?);
    write_capture(&settings, &targets, &mut truth, &mut out)?;
    out.flush()?;
    let all = (truth.lines(), truth.sightings());
    fs::write(kept, serde_json::to_vec(&all)?)?;
    Ok(all)
}

/// Packets a CPU second of tshark while it writes out the fields that are matched; nothing is
/// matched yet.
fn tshark(context: &Context, capture: &Path) -> anyhow::Result<f64> {
    let slice = context.data.folder.join("slice.pcap");
    let mut start = Vec::new();
    BufReader::new(File::open(capture)?).take(SLICE_BYTES).read_to_end(&mut start)?;
    fs::write(&slice, start)?;
    let output = context.data.folder.join("tshark.txt");
    let mut command = vec!["tshark".to_owned(), "-n".to_owned(), "-r".to_owned()];
    command.push(slice.display().to_string());
    command.extend(["-T", "fields"].map(str::to_owned));
    let fields = [
        "ip.src",
        "ip.dst",
        "dns.qry.name",
        "dns.a",
        "http.host",
        "http.request.uri",
        "tls.handshake.extensions_server_name",
    ];
    command.extend(fields.iter().flat_map(|field| ["-e".to_owned(), (*field).to_owned()]));
    // 2: the slice ends inside a packet.
    let run = measured_run::best_of(1, &command, &output, &[0, 2])?;
    let packets = bytes_lines(&output)?;
    ensure!(packets > 0, "tshark read nothing");
    Ok(as_double(packets) / run.cpu_seconds)
}

fn bytes_lines(path: &Path) -> anyhow::Result<u64> {
    let text = fs::read(path)?;
    Ok(text.iter().map(|byte| u64::from(*byte == b'\n')).sum())
}
