//! Side-cars in a folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use files::{InputFile, MappedFile, files_below, require_writable, write_whole};
use log_check::{
    About, Archive, LogInput, Logs, SideCar, SideCarBuilder, SideCarInput, open_member,
};

use super::inputs::log;

/// How the names of side-cars end.
const ENDING: &str = "side-car";

/// A folder of side-cars.
#[derive(Debug)]
pub(super) struct ArchiveFolder(PathBuf);

impl ArchiveFolder {
    pub(super) fn at(path: PathBuf) -> Self {
        Self(path)
    }

    /// A folder that can be written to: better known before the logs are read than behind them.
    pub(super) fn for_writing(path: PathBuf) -> io::Result<Self> {
        require_writable(&path)?;
        Ok(Self(path))
    }

    /// The side-cars in it, each read when its turn comes.
    pub(super) fn side_cars(&self) -> impl ExactSizeIterator<Item = SideCarInput> + use<> {
        let mut paths: Vec<PathBuf> = files_below(&self.0)
            .into_iter()
            .map(|(path, _)| path)
            .filter(|path| path.extension().is_some_and(|it| it == ENDING))
            .collect();
        paths.sort();
        paths.into_iter().map(|path| SideCarInput {
            name: path.display().to_string(),
            bytes: MappedFile::open(&path).map(|it| Box::new(it) as _),
        })
    }
}

/// How much of its log a side-car covers, where there is one.
fn bytes_covered(path: &Path) -> Option<u64> {
    let side_car = SideCar::open(MappedFile::open(path).ok()?).ok()?;
    Some(side_car.about().bytes)
}

impl Archive for ArchiveFolder {
    fn store(&self, name: &str, about: About, side_car: SideCarBuilder) -> io::Result<()> {
        // Whoever looks back may stand in another folder.
        let log = std::path::absolute(&about.log).map(|it| it.display().to_string());
        let about = About { log: log.unwrap_or_else(|_| about.log.clone()), ..about };
        let path = self.0.join(format!("{name}.{ENDING}"));
        // An earlier copy of a log, or one that could not be read to its end this time.
        if bytes_covered(&path).is_some_and(|covered| covered > about.bytes) {
            return Ok(());
        }
        write_whole(&path, &side_car.finish(&about))
    }

    fn drop_shorter(&self, name: &str) -> io::Result<()> {
        match fs::remove_file(self.0.join(format!("{name}.{ENDING}"))) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// Logs where they were when they were matched.
pub(super) struct LogsInPlace;

impl Logs for LogsInPlace {
    fn open(&self, about: &About) -> LogInput {
        let path = Path::new(&about.log);
        match archive_above(path) {
            Some((archive, member)) => {
                let file = InputFile::at(archive);
                let bytes = file.and_then(|file| open_member(file.bytes(), &member));
                LogInput { name: about.log.clone(), modified: None, size_bytes: None, bytes }
            }
            None => log(path, InputFile::at(path)),
        }
    }
}

/// The archive that a log is a member of, and the name it has there: the name of a log goes on behind
/// a file.
fn archive_above(log: &Path) -> Option<(&Path, String)> {
    let archive = log.ancestors().skip(1).find(|it| it.is_file())?;
    let member = log.strip_prefix(archive).ok()?;
    Some((archive, member.display().to_string()))
}
