//! The result in the form that was asked for.

mod csv;
mod html;
mod json;
pub(super) mod refused;
mod table;

use std::io::{self, BufWriter, Write as _};

use anyhow::Context as _;

use super::args::OutputKind;
use super::finished::Finished;
use super::words::Words;

/// Writes the result to standard output; what a form has no room for goes to standard error.
///
/// A reader that has seen enough, such as `head`, closes the pipe: that is no error.
pub(super) fn write(kind: OutputKind, words: &Words, finished: &Finished) -> anyhow::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    let written = match kind {
        OutputKind::Table => table::write(&mut out, words, finished, table::width(&io::stdout())),
        OutputKind::Json => json::write(&mut out, finished),
        OutputKind::Csv => csv::write(&mut out, words, finished),
        OutputKind::Html => html::write(&mut out, words, finished),
    };
    match written.and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
        written => written.context("write the result")?,
    }
    drop(out);
    let mut err = BufWriter::new(io::stderr().lock());
    let said = match kind {
        OutputKind::Table => refused::write(&mut err, words, &finished.lists)
            .and_then(|()| refused::write_names(&mut err, words, &finished.names)),
        OutputKind::Csv => {
            table::write_summary(&mut err, words, finished, table::width(&io::stderr()))
                .and_then(|()| refused::write(&mut err, words, &finished.lists))
                .and_then(|()| refused::write_names(&mut err, words, &finished.names))
        }
        OutputKind::Json | OutputKind::Html => Ok(()),
    };
    // Nobody reading along is no error either.
    drop(said.and_then(|()| err.flush()));
    Ok(())
}
