//! Events by their fields, whatever they tell: for readers of other providers than this crate's.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::xml::{Fields, file_time};
use super::{CHUNK, CHUNK_HEADER, CHUNK_START, FILE_HEADER, RECORD_HEADER, is_start, le64, walk};
use crate::events::{EventFileProblem, Reason};

/// An event of Windows.
#[derive(Clone, Copy, Debug)]
pub struct WindowsEvent<'e> {
    fields: &'e Fields,
    written: Option<Timestamp>,
}

impl WindowsEvent<'_> {
    /// Who noted it, such as `Microsoft-Windows-Windows Defender`.
    pub fn provider(&self) -> &str {
        &self.fields.provider
    }

    /// Its number.
    pub fn id(&self) -> &str {
        &self.fields.id
    }

    /// The computer on which it was noted.
    pub fn computer(&self) -> &str {
        &self.fields.computer
    }

    /// When.
    pub fn time(&self) -> Option<Timestamp> {
        self.fields.time.or(self.written)
    }

    /// A data field by its name; empty when there is none.
    pub fn get(&self, name: &str) -> &str {
        self.fields.get(name)
    }
}

/// How the reading of a log went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WindowsEvents {
    /// Events that were read.
    pub events: u64,
    /// What was not understood, by reason.
    pub not_parsed: BTreeMap<Reason, u64>,
    /// What is wrong with the file.
    pub problem: Option<EventFileProblem>,
}

/// Reads an event log that is in memory as a whole, and hands on each event.
pub fn read_windows_events(bytes: &[u8], mut take: impl FnMut(&WindowsEvent<'_>)) -> WindowsEvents {
    let mut read = WindowsEvents::default();
    let Some(chunks) = bytes.get(FILE_HEADER..).filter(|_| is_start(bytes)) else {
        return WindowsEvents { problem: Some(EventFileProblem::CutOff), ..read };
    };
    let mut fields = Fields::default();
    for chunk in chunks.chunks(CHUNK) {
        let is_empty = chunk.iter().all(|byte| *byte == 0);
        if chunk.len() < CHUNK && !is_empty {
            read.problem = Some(EventFileProblem::CutOff);
        }
        if !chunk.starts_with(CHUNK_START) || chunk.len() <= CHUNK_HEADER {
            if !is_empty {
                *read.not_parsed.entry(Reason::Chunk).or_default() += 1;
            }
            continue;
        }
        walk(chunk, |at, record| {
            let size = match record {
                Ok(size) => size,
                Err(reason) => return *read.not_parsed.entry(reason).or_default() += 1,
            };
            if fields.read(chunk, at + RECORD_HEADER, at + size - 4).is_err() {
                return *read.not_parsed.entry(Reason::Event).or_default() += 1;
            }
            read.events += 1;
            let written = le64(chunk, at + 16).and_then(file_time);
            take(&WindowsEvent { fields: &fields, written });
        });
    }
    read
}
