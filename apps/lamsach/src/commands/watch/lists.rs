//! The lists of a watch, looked at again and again.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use log_check::{
    Guarding, IndicatorInput, ListReport, LoadedGuard, Names, ReadOptions, load_indicators_by,
};
use matching::{Index, Layers};
use watch::{Lists, Loaded};

use crate::commands::indicators::indicator_input;
use crate::commands::match_logs::{NamesAsked, require_usable};
use command_line::bilingual::failure;

/// How often files are looked at.
const PERIOD: Duration = Duration::from_millis(500);

/// What tells that a file is another one, or was written to.
type Stamp = Option<(u64, Option<SystemTime>)>;

/// Lists as files. Each compiled file is a layer of its own, mapped and never copied; all other lists
/// together are one more, in front of them: to change a small list, the large file beside it is not
/// touched.
pub(super) struct ListFiles {
    paths: Vec<PathBuf>,
    /// Held: to read it anew would take most of a change.
    guard: LoadedGuard,
    zone: TimeZone,
    stamps: Vec<Stamp>,
    layers: Vec<(Option<PathBuf>, Index)>,
    next_look: Instant,
    /// Seen to change, and perhaps still being written.
    changing: Option<Vec<Stamp>>,
    names: Option<NameFiles>,
}

/// Files that tell which device an address was.
struct NameFiles {
    asked: NamesAsked,
    site: Option<String>,
    stamps: Vec<Stamp>,
    next_look: Instant,
    /// What they said first, until it is used.
    first: Option<Names>,
}

/// Layers, and what became of each list.
pub(super) type FirstLoad = (ListFiles, Layers, Vec<(String, ListReport)>);

impl ListFiles {
    /// Reads the lists.
    pub(super) fn read(
        paths: Vec<PathBuf>,
        guarding: Guarding,
        zone: TimeZone,
    ) -> anyhow::Result<FirstLoad> {
        let stamps = stamps(&paths);
        let mut files = Self {
            paths,
            guard: guarding.load(),
            zone,
            stamps,
            layers: Vec::new(),
            next_look: Instant::now(),
            changing: None,
            names: None,
        };
        let all = vec![true; files.paths.len()];
        let reports = files.load(&all)?;
        let layers = files.layers()?;
        Ok((files, layers, reports))
    }

    /// Reads the files of names; they are looked at again and again as the lists are.
    pub(super) fn take_names(
        &mut self,
        asked: NamesAsked,
        site: Option<String>,
    ) -> anyhow::Result<()> {
        let stamps = asked.paths().map(stamp).collect();
        let (names, _) = asked.open(site.as_deref(), &self.zone)?;
        let next_look = Instant::now() + PERIOD;
        self.names = Some(NameFiles { asked, site, stamps, next_look, first: Some(names) });
        Ok(())
    }

    /// Reads the layers again that hold a changed file; when it fails, nothing has changed.
    fn load(&mut self, changed: &[bool]) -> anyhow::Result<Vec<(String, ListReport)>> {
        let today = Timestamp::now().to_zoned_datetime(self.zone.clone()).date();
        let options = ReadOptions { format: None, today: Some(today) };
        let (mut lists, mut layers, mut reports) = (Vec::new(), Vec::new(), Vec::new());
        let mut is_list_changed = self.layers.is_empty();
        for (path, is_changed) in self.paths.iter().zip(changed) {
            let known = self.layers.iter().find(|it| it.0.as_ref() == Some(path));
            if let Some(known) = known.filter(|_| !is_changed) {
                layers.push(known.clone());
                continue;
            }
            match indicator_input(path)? {
                IndicatorInput::Compiled { name, index } => {
                    let input = IndicatorInput::Compiled { name, index: index.clone() };
                    let loaded = load_indicators_by(vec![input], options, &self.guard)?;
                    reports.extend(loaded.reports);
                    layers.push((Some(path.clone()), index));
                    is_list_changed |= known.is_none();
                }
                list @ IndicatorInput::List(_) => {
                    is_list_changed |= is_changed | known.is_some();
                    lists.push(list);
                }
            }
        }
        if !is_list_changed {
            layers.splice(0..0, self.layers.iter().find(|it| it.0.is_none()).cloned());
        } else if !lists.is_empty() {
            let loaded = load_indicators_by(lists, options, &self.guard)
                .map_err(|error| too_large(&error))?;
            reports.splice(0..0, loaded.reports);
            layers.insert(0, (None, loaded.index));
        }
        require_usable_or_unread(&reports)?;
        self.layers = layers;
        Ok(reports)
    }

    fn layers(&self) -> anyhow::Result<Layers> {
        let indexes = self.layers.iter().map(|(_, index)| index.clone()).collect();
        Layers::new(indexes).map_err(|error| too_large(&error))
    }
}

fn too_large(error: &impl ToString) -> anyhow::Error {
    failure("match-lists-too-large", &[("why", error.to_string().into())])
}

fn require_usable_or_unread(reports: &[(String, ListReport)]) -> anyhow::Result<()> {
    if reports.is_empty() { Ok(()) } else { require_usable(reports) }
}

fn stamps(paths: &[PathBuf]) -> Vec<Stamp> {
    paths.iter().map(|path| stamp(path)).collect()
}

fn stamp(path: &Path) -> Stamp {
    let about = fs::metadata(path).ok()?;
    Some((about.len(), about.modified().ok()))
}

impl Lists for ListFiles {
    fn look(&mut self, must: bool) -> Loaded {
        if !must && Instant::now() < self.next_look {
            return Loaded::Unchanged;
        }
        self.next_look = Instant::now() + PERIOD;
        let stamps = stamps(&self.paths);
        if !must {
            if stamps == self.stamps {
                self.changing = None;
                return Loaded::Unchanged;
            }
            // A file that is being written is read when it stays the same from one look to the next.
            if self.changing.as_ref() != Some(&stamps) {
                self.changing = Some(stamps);
                return Loaded::Unchanged;
            }
        }
        let changed: Vec<bool> =
            stamps.iter().zip(&self.stamps).map(|(now, before)| must || now != before).collect();
        self.changing = None;
        // Those that cannot be used are not tried again until they change once more.
        self.stamps = stamps;
        match self.load(&changed).and_then(|_| self.layers()) {
            Ok(layers) => Loaded::Changed(layers),
            Err(error) => Loaded::Failed(format!("{error:#}")),
        }
    }

    fn look_at_names(&mut self, must: bool) -> Option<Result<Names, String>> {
        let files = self.names.as_mut()?;
        if let Some(names) = files.first.take() {
            return Some(Ok(names));
        }
        if !must && Instant::now() < files.next_look {
            return None;
        }
        files.next_look = Instant::now() + PERIOD;
        let stamps: Vec<Stamp> = files.asked.paths().map(stamp).collect();
        if !must && stamps == files.stamps {
            return None;
        }
        // A file that is being written is read once more when it has been written.
        files.stamps = stamps;
        let read = files.asked.open(files.site.as_deref(), &self.zone);
        Some(read.map(|(names, _)| names).map_err(|error| format!("{error:#}")))
    }
}
