//! JSON Lines: a sighting each, then `{"summary": …}`. The fields: `docs/formats.md`.

use std::io::{self, Write};

use serde::Serialize;

use super::super::finished::{Finished, SummaryOut};

#[derive(Serialize)]
struct Last<'f> {
    summary: SummaryOut<'f>,
}

pub(super) fn write(out: &mut dyn Write, finished: &Finished) -> io::Result<()> {
    for sighting in &finished.report.sightings {
        line(out, sighting)?;
    }
    line(out, &Last { summary: finished.summary() })
}

fn line(out: &mut dyn Write, object: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, object)?;
    out.write_all(b"\n")
}
