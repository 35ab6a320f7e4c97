//! Which device an address was, and which stand for others: what the person gives.

use std::path::{Path, PathBuf};

use files::InputFile;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use log_check::{
    Block, Intermediary, MOST_NAMES_BYTES, Names, NamesInput, NamesReport, load_names,
};

use command_line::bilingual::failure;

// Help texts stand in the message files: see `commands::help`.
/// What the person gives.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::commands) struct NamesArgs {
    #[arg(long, value_name = "FILE")]
    names: Vec<PathBuf>,
    #[arg(long, value_name = "ADDRESS")]
    forwarder: Vec<String>,
    #[arg(long, value_name = "ADDRESS")]
    proxy: Vec<String>,
    #[arg(long, value_name = "ADDRESS")]
    nat: Vec<String>,
}

/// The same, checked.
#[derive(Clone, Debug)]
pub(in crate::commands) struct NamesAsked {
    paths: Vec<PathBuf>,
    stand_ins: Vec<(Block, Intermediary)>,
}

impl NamesArgs {
    /// Checks what can be checked without opening a file.
    pub(in crate::commands) fn check(self) -> anyhow::Result<NamesAsked> {
        let mut stand_ins = Vec::new();
        let given = [
            (self.forwarder, Intermediary::DnsForwarder),
            (self.proxy, Intermediary::Proxy),
            (self.nat, Intermediary::Nat),
        ];
        for (texts, kind) in given {
            for text in texts {
                let block = text.parse::<Block>().map_err(|_| {
                    failure("match-stand-in-wrong", &[("value", text.as_str().into())])
                })?;
                stand_ins.push((block, kind));
            }
        }
        Ok(NamesAsked { paths: self.names, stand_ins })
    }
}

impl NamesAsked {
    /// The files.
    pub(in crate::commands) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.paths.iter().map(PathBuf::as_path)
    }

    /// Reads the files before any log is read: one that is not there, or is of no known format, is an
    /// error.
    pub(in crate::commands) fn open(
        &self,
        site: Option<&str>,
        zone: &TimeZone,
    ) -> anyhow::Result<(Names, Vec<(String, NamesReport)>)> {
        let unreadable = |name: String, why: String| {
            failure("match-names-unreadable", &[("path", name.into()), ("why", why.into())])
        };
        let mut inputs = Vec::with_capacity(self.paths.len());
        for path in &self.paths {
            let name = path.display().to_string();
            let file =
                InputFile::at(path).map_err(|error| unreadable(name.clone(), error.to_string()))?;
            inputs.push(NamesInput {
                name,
                modified: file.modified.and_then(|it| Timestamp::try_from(it).ok()),
                bytes: Box::new(file.bytes()),
            });
        }
        let (names, reports) = load_names(inputs, &self.stand_ins, site, zone, MOST_NAMES_BYTES)
            .map_err(|it| unreadable(it.name, it.error.to_string()))?;
        if let Some((name, problem)) =
            reports.iter().find_map(|(name, report)| Some((name, report.problem?)))
        {
            let key = format!("match-names-{}", problem.code());
            return Err(failure(&key, &[("path", name.as_str().into())]));
        }
        Ok((names, reports))
    }
}
