//! Side-cars in a folder.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use files::{InputFile, files_below, write_whole};
use log_check::{About, Archive, LogInput, Logs, SideCarBuilder, SideCarInput};

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

    /// The side-cars in it, each read when its turn comes.
    pub(super) fn side_cars(&self) -> impl ExactSizeIterator<Item = SideCarInput> + use<> {
        let mut paths: Vec<PathBuf> = files_below(&self.0)
            .into_iter()
            .map(|(path, _)| path)
            .filter(|path| path.extension().is_some_and(|it| it == ENDING))
            .collect();
        paths.sort();
        paths
            .into_iter()
            .map(|path| SideCarInput { name: path.display().to_string(), bytes: whole(&path) })
    }
}

fn whole(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    InputFile::at(path)?.bytes().read_to_end(&mut bytes)?;
    Ok(bytes)
}

impl Archive for ArchiveFolder {
    fn store(&self, name: &str, about: About, side_car: SideCarBuilder) -> io::Result<()> {
        // Whoever looks back may stand in another folder.
        let log = std::path::absolute(&about.log).map(|it| it.display().to_string());
        let about = About { log: log.unwrap_or_else(|_| about.log.clone()), ..about };
        write_whole(&self.0.join(format!("{name}.{ENDING}")), &side_car.finish(&about))
    }
}

/// Logs where they were when they were matched.
pub(super) struct LogsInPlace;

impl Logs for LogsInPlace {
    fn open(&self, about: &About) -> LogInput {
        let path = Path::new(&about.log);
        log(path, InputFile::at(path))
    }
}
