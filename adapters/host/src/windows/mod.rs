//! A running Windows, or a disk that is plugged into one.

mod disk;
mod drives;
mod library;
mod next_start;
mod node;
mod place;
mod process;
mod protected;
mod registry;
mod rights;
mod running;
mod streams;
mod trust;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write as _};
use std::os::windows::fs::OpenOptionsExt as _;
use std::path::Path;

use artifacts::{DiskPath, LiveHive};
use cleaning::{
    Host, HostError, KeyTree, Node, NodeKind, Process, Signature, Times, Value, io_error,
};
use windows_sys::Win32::Foundation::GENERIC_WRITE;
use windows_sys::Win32::Storage::FileSystem::{
    DELETE, FILE_GENERIC_READ, FILE_READ_ATTRIBUTES, FILE_WRITE_ATTRIBUTES,
    MOVEFILE_REPLACE_EXISTING, MOVEFILE_WRITE_THROUGH, MoveFileExW, READ_CONTROL, WRITE_DAC,
    WRITE_OWNER,
};

pub use drives::{disks, sticks};
pub(crate) use protected::administrators_folder;

use crate::SignatureCheck;
use crate::running::Running;

use place::{AS_IT_IS, Place, SHARE_ALL, Top, wide};

/// Bytes that are copied at a time.
const BLOCK_BYTES: usize = 64 << 10;

/// The running system, or a disk or folder on it.
#[derive(Debug)]
pub struct Computer {
    top: Top,
    is_live: bool,
    signatures: Box<dyn SignatureCheck>,
}

impl Computer {
    /// Opens the running system, or with a folder the disk whose top it is.
    pub fn open(root: Option<&Path>) -> Result<Self, HostError> {
        rights::take();
        let signatures = Box::new(trust::WindowsSignatures);
        Ok(Self { top: Top::open(root)?, is_live: root.is_none(), signatures })
    }

    /// With another way to tell who signed a file.
    #[must_use]
    pub fn with_signature_check(self, check: Box<dyn SignatureCheck>) -> Self {
        Self { signatures: check, ..self }
    }

    /// Whether programs run on it, as opposed to a disk.
    pub fn is_live(&self) -> bool {
        self.is_live
    }

    /// Where the system's own folders are: the drive `C:`, or the top of the disk.
    pub fn system_top(&self) -> DiskPath {
        if !self.is_live {
            return DiskPath::top();
        }
        DiskPath::top().join(b"C:").unwrap_or_default()
    }

    /// The registry as it is in use; nothing of a disk.
    pub fn live_hives(&self) -> Vec<LiveHive> {
        if self.is_live { registry::live_hives() } else { Vec::new() }
    }

    /// Programs that run; none on a disk. Those whose file is not told are left out.
    pub fn processes(&self) -> Vec<Process> {
        if self.is_live { process::all(&self.top) } else { Vec::new() }
    }

    /// Interpreters that run, with each file that their command line may mean.
    pub fn scripts(&self) -> Vec<(Process, DiskPath)> {
        if self.is_live { process::scripts(&self.top) } else { Vec::new() }
    }

    /// Programs, sockets and names that were asked for; `None` of a disk.
    pub fn running(&self) -> Option<Running> {
        self.is_live.then(|| running::all(&self.top))
    }

    /// The path that a path stands for when links among its folders are followed; the last name
    /// stays what it is. No link leads out of the disk. `None` where there is no such folder.
    pub fn resolved(&self, path: &DiskPath) -> Option<DiskPath> {
        let folder = self.top.spelled(&path.parent()?).ok();
        match folder {
            Some(folder) => self.top.resolved(&folder)?.join(path.name()).ok(),
            // A drive.
            None => Some(path.clone()),
        }
    }

    /// The same for a path as this system writes it, with the letters of its last name as they are
    /// on the disk.
    pub fn disk_path(&self, path: &Path) -> Option<DiskPath> {
        self.top.disk_path(path)
    }
}

/// Everything that giving a file its old looks needs.
const TO_DRESS: u32 = FILE_GENERIC_READ | FILE_WRITE_ATTRIBUTES | READ_CONTROL;

/// Makes something under a name of its own, and gives it its name once it is whole.
fn make(
    place: &Place,
    node: &Node,
    tag: &str,
    content: &mut dyn Read,
    name_it: &dyn Fn(&Path, &Place) -> Result<(), HostError>,
) -> Result<(), HostError> {
    let unfinished = place.beside(&format!(".lamsach-{tag}"));
    remove_leftover(&unfinished)?;
    let made = fill(&unfinished, node, content).and_then(|()| name_it(&unfinished, place));
    if made.is_err() {
        // That it could not be removed changes nothing about why.
        drop(remove_leftover(&unfinished));
    }
    made?;
    // NTFS gives a name that was just free the time of creation it had before.
    let file = place.open(FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES)?;
    node::set_basics(&file, Some(&node.times), node.attributes)
}

/// Makes what `node` says under a name that nothing has.
fn fill(path: &Path, node: &Node, content: &mut dyn Read) -> Result<(), HostError> {
    if node::is_beyond_us(node) {
        return Err(HostError::Unsupported);
    }
    match &node.kind {
        NodeKind::File(size) => {
            let mut file = OpenOptions::new()
                .access_mode(GENERIC_WRITE)
                .create_new(true)
                .write(true)
                .share_mode(SHARE_ALL)
                .open(path)
                .map_err(|it| error(&it))?;
            let mut block = vec![0; BLOCK_BYTES];
            let mut written = 0_u64;
            loop {
                let length = content.read(&mut block).map_err(io_error)?;
                if length == 0 {
                    break;
                }
                file.write_all(block.get(..length).unwrap_or_default()).map_err(io_error)?;
                written += length as u64;
            }
            if written != *size {
                return Err(HostError::Changed);
            }
            streams::write(path, node)?;
            file.sync_all().map_err(io_error)?;
            drop(file);
        }
        NodeKind::Folder => {
            fs::create_dir(path).map_err(|it| error(&it))?;
            streams::write(path, node)?;
        }
        NodeKind::Link(_) | NodeKind::Other => return Err(HostError::Unsupported),
    }
    let file = match place::open(path, TO_DRESS | WRITE_DAC | WRITE_OWNER) {
        // Only what differs needs these rights.
        Err(HostError::Denied) => place::open(path, TO_DRESS | WRITE_DAC)?,
        opened => opened?,
    };
    rights::set(&file, node)?;
    node::set_basics(&file, Some(&node.times), node.attributes)
}

/// Removes what a crash left under a name.
fn remove_leftover(path: &Path) -> Result<(), HostError> {
    let file = match place::open(path, DELETE | FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES) {
        Err(HostError::Absent) => return Ok(()),
        opened => opened?,
    };
    node::unlock(&file)?;
    node::delete(&file)
}

/// Gives something another name.
fn rename(from: &Path, to: &Path, flags: u32) -> Result<(), HostError> {
    let (from, to) = (wide(from), wide(to));
    // SAFETY: both paths end with a zero.
    let done = unsafe { MoveFileExW(from.as_ptr(), to.as_ptr(), flags | MOVEFILE_WRITE_THROUGH) };
    if done == 0 { Err(error(&io::Error::last_os_error())) } else { Ok(()) }
}

impl Host for Computer {
    fn node(&mut self, path: &DiskPath) -> Result<Option<Node>, HostError> {
        if self.top.is_drives(path) {
            return Ok(Some(node::of_drives()));
        }
        match self.top.place(path) {
            Ok(place) => node::node(&place),
            Err(HostError::Absent) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn list(&mut self, path: &DiskPath) -> Result<Vec<Vec<u8>>, HostError> {
        if self.top.is_drives(path) {
            return Ok(drives::names());
        }
        let place = self.top.place(path)?;
        let mut names = Vec::new();
        for entry in fs::read_dir(&place.path).map_err(|it| error(&it))? {
            let name = entry.map_err(|it| error(&it))?.file_name();
            names.push(name.as_encoded_bytes().to_vec());
        }
        Ok(names)
    }

    fn read<'h>(&'h mut self, path: &DiskPath) -> Result<Box<dyn Read + 'h>, HostError> {
        Ok(Box::new(open_file(&self.top.place(path)?)?))
    }

    fn signature(
        &mut self,
        path: &DiskPath,
        expected: &Node,
    ) -> Result<Option<Signature>, HostError> {
        if !matches!(expected.kind, NodeKind::File(_)) {
            return Ok(None);
        }
        let place = self.top.place(path)?;
        let file = open_file(&place)?;
        if !expected.is_unchanged(&node::of_file(&file, &place)?) {
            return Err(HostError::Changed);
        }
        Ok(Some(self.signatures.signature(&file, &place.path)))
    }

    fn remove(&mut self, path: &DiskPath, expected: &Node) -> Result<(), HostError> {
        let place = self.top.place(path)?;
        let access = DELETE | FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES | READ_CONTROL;
        let is_file = matches!(expected.kind, NodeKind::File(_));
        // What is removed is the very file that was asked about.
        let file = place.open(if is_file { access | FILE_GENERIC_READ } else { access })?;
        let now = node::of_file(&file, &place)?;
        if !expected.is_unchanged(&now) {
            return Err(HostError::Changed);
        }
        if is_file && self.signatures.signature(&file, &place.path).protects() {
            return Err(HostError::VendorSigned);
        }
        if node::is_beyond_us(&now) || matches!(now.kind, NodeKind::Link(_) | NodeKind::Other) {
            return Err(HostError::Unsupported);
        }
        node::unlock(&file)?;
        match node::delete(&file) {
            Ok(()) => Ok(()),
            Err(why) => {
                drop(node::set_basics(&file, Some(&now.times), now.attributes));
                // A running program's file can be opened for it, and is then not removed.
                Err(if why == HostError::Denied { HostError::Locked } else { why })
            }
        }
    }

    fn create(
        &mut self,
        path: &DiskPath,
        node: &Node,
        tag: &str,
        content: &mut dyn Read,
    ) -> Result<(), HostError> {
        let place = self.top.place(path)?;
        if node::node(&place)?.is_some() {
            return Err(HostError::Exists);
        }
        make(&place, node, tag, content, &|from, to| rename(from, &to.path, 0))
    }

    fn replace(
        &mut self,
        path: &DiskPath,
        expected: &Node,
        node: &Node,
        tag: &str,
        content: &[u8],
    ) -> Result<(), HostError> {
        let place = self.top.place(path)?;
        let still = |place: &Place| match node::node(place)? {
            Some(now) if expected.is_unchanged(&now) => Ok(now),
            Some(_) => Err(HostError::Changed),
            None => Err(HostError::Absent),
        };
        // The other names of the file would keep the old content, and would be of another file.
        if still(&place)?.links > 1 {
            return Err(HostError::Unsupported);
        }
        let node = Node { kind: NodeKind::File(content.len() as u64), ..node.clone() };
        make(&place, &node, tag, &mut &*content, &|from, to| {
            let now = still(to)?;
            let file = to.open(FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES)?;
            node::unlock(&file)?;
            drop(file);
            rename(from, &to.path, MOVEFILE_REPLACE_EXISTING).inspect_err(|_| {
                if let Ok(file) = to.open(FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES) {
                    drop(node::set_basics(&file, Some(&now.times), now.attributes));
                }
            })
        })
    }

    fn rename(&mut self, from: &DiskPath, to: &DiskPath) -> Result<(), HostError> {
        let (from, to) = (self.top.place(from)?, self.top.place(to)?);
        rename(&from.path, &to.path, 0)
    }

    fn set_attributes(&mut self, path: &DiskPath, attributes: u32) -> Result<(), HostError> {
        let file = self.top.place(path)?.open(FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES)?;
        node::set_basics(&file, None, Some(attributes))
    }

    fn set_times(&mut self, path: &DiskPath, times: &Times) -> Result<(), HostError> {
        if self.top.is_drives(path) {
            return Ok(());
        }
        let file = self.top.place(path)?.open(FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES)?;
        node::set_basics(&file, Some(times), None)
    }

    fn remove_at_next_start(&mut self, path: &DiskPath) -> Result<(), HostError> {
        next_start::remove(&self.top.place(path)?.path)
    }

    fn cancel_next_start(&mut self, path: &DiskPath) -> Result<(), HostError> {
        next_start::cancel(&self.top.spelled(path)?)
    }

    fn value(&mut self, key: &str, name: &str) -> Result<Option<Value>, HostError> {
        self.registry()?;
        registry::value(key, name)
    }

    fn set_value(&mut self, key: &str, name: &str, value: Option<&Value>) -> Result<(), HostError> {
        self.registry()?;
        registry::set_value(key, name, value)
    }

    fn key_tree(&mut self, key: &str) -> Result<Option<KeyTree>, HostError> {
        self.registry()?;
        registry::key_tree(key)
    }

    fn create_key(&mut self, key: &str, tree: &KeyTree) -> Result<(), HostError> {
        self.registry()?;
        registry::create_key(key, tree)
    }

    fn delete_key(&mut self, key: &str) -> Result<(), HostError> {
        self.registry()?;
        registry::delete_key(key)
    }

    fn stop(&mut self, process: &Process) -> Result<(), HostError> {
        if self.is_live { process::stop(process, &self.top) } else { Err(HostError::Unsupported) }
    }
}

impl Computer {
    /// The registry is that of the running system.
    fn registry(&self) -> Result<(), HostError> {
        if self.is_live { Ok(()) } else { Err(HostError::Unsupported) }
    }
}

/// Opens a file for reading.
fn open_file(place: &Place) -> Result<File, HostError> {
    let file = place.open(FILE_GENERIC_READ)?;
    let metadata = file.metadata().map_err(|it| error(&it))?;
    if place::is_link(&metadata) || metadata.is_dir() {
        return Err(HostError::Unsupported);
    }
    if !node::is_stored_elsewhere(&metadata) {
        return Ok(file);
    }
    // A file that lies in a cloud, or is kept in another form: whoever keeps it gives its content
    // to those who do not ask for what stands in its place. This handle holds the name meanwhile.
    let opened = OpenOptions::new()
        .access_mode(FILE_GENERIC_READ)
        .share_mode(SHARE_ALL)
        .custom_flags(
            AS_IT_IS & !windows_sys::Win32::Storage::FileSystem::FILE_FLAG_OPEN_REPARSE_POINT,
        )
        .open(&place.path);
    opened.map_err(|it| error(&it))
}

/// The reason behind a failure of the system, by its number in `winerror.h`.
fn error(error: &io::Error) -> HostError {
    match error.raw_os_error() {
        // No such file, path, drive; a name that cannot be; a file in the place of a folder; a file
        // that is being deleted.
        Some(2 | 3 | 15 | 21 | 123 | 161 | 267 | 303) => HostError::Absent,
        Some(5 | 19 | 1307 | 1314) => HostError::Denied,
        Some(32 | 33 | 1224) => HostError::Locked,
        Some(39 | 112) => HostError::Full,
        Some(80 | 183) => HostError::Exists,
        Some(145) => HostError::NotEmpty,
        Some(1 | 17 | 50 | 120) => HostError::Unsupported,
        _ => match error.kind() {
            io::ErrorKind::NotFound => HostError::Absent,
            io::ErrorKind::PermissionDenied => HostError::Denied,
            _ => HostError::Other(error.to_string()),
        },
    }
}
