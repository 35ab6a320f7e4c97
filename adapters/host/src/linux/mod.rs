//! A running Linux, or a disk of any system mounted on one.

#[expect(unsafe_code, reason = "FAT tells attributes by a call of its own, which has no safe form")]
mod attributes;
mod disk;
mod flags;
mod node;
mod place;
mod process;
mod running;
mod sticks;

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read, Write as _};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use artifacts::{DiskPath, LiveHive};
use cleaning::{
    Host, HostError, KeyTree, Node, NodeKind, NotVerified, Process, Signature, Times, Value,
    io_error,
};
use rustix::fs::{self, AtFlags, Mode, OFlags, RenameFlags};
use rustix::io::Errno;

pub use sticks::sticks;

use crate::SignatureCheck;
use crate::running::Running;

use place::{Place, Top};

/// Bytes that are copied at a time.
const BLOCK_BYTES: usize = 64 << 10;

/// The running system, or a disk that is mounted at a folder.
#[derive(Debug)]
pub struct Computer {
    top: Top,
    is_live: bool,
    /// Programs of Linux are not signed one by one.
    signatures: Option<Box<dyn SignatureCheck>>,
}

impl Computer {
    /// Opens the running system, or with a folder what is mounted there.
    pub fn open(root: Option<&Path>) -> Result<Self, HostError> {
        let top = Top::open(root.unwrap_or(Path::new("/")))?;
        Ok(Self { top, is_live: root.is_none(), signatures: None })
    }

    /// With another way to tell who signed a file.
    #[must_use]
    pub fn with_signature_check(self, check: Box<dyn SignatureCheck>) -> Self {
        Self { signatures: Some(check), ..self }
    }

    /// Who signed the file at a place, if it is the one that `expected` tells of.
    fn signature_at(&self, place: &Place, expected: &Node) -> Result<Option<Signature>, HostError> {
        let NodeKind::File(_) = &expected.kind else { return Ok(None) };
        let Some(check) = &self.signatures else { return Ok(of_no_check(place)) };
        let file = place.open_file()?;
        let stat = fs::fstat(&file).map_err(error)?;
        if (stat.st_dev, stat.st_ino) != expected.id {
            return Err(HostError::Changed);
        }
        Ok(Some(check.signature(&file, Path::new(OsStr::from_bytes(&place.name)))))
    }

    /// Whether programs run on it, as opposed to a mounted disk.
    pub fn is_live(&self) -> bool {
        self.is_live
    }

    /// Where the system's own folders are: the top.
    pub fn system_top(&self) -> DiskPath {
        DiskPath::top()
    }

    /// The registry as it is in use; Linux has none.
    pub fn live_hives(&self) -> Vec<LiveHive> {
        Vec::new()
    }

    /// Programs that run; none on a mounted disk. Those whose file is not told are left out: the
    /// system's own, and those of others for somebody without rights.
    pub fn processes(&self) -> Vec<Process> {
        if self.is_live { process::all() } else { Vec::new() }
    }

    /// Interpreters that run, with the script that each of them runs; none on a mounted disk.
    pub fn scripts(&self) -> Vec<(Process, DiskPath)> {
        if !self.is_live {
            return Vec::new();
        }
        let scripts = process::scripts().into_iter();
        scripts.filter_map(|(process, script)| Some((process, self.disk_path(&script)?))).collect()
    }

    /// Programs, sockets and names that were asked for; `None` on a mounted disk.
    pub fn running(&self) -> Option<Running> {
        self.is_live.then(running::all)
    }

    /// The path that a path stands for when links among its folders are followed; the last name
    /// stays what it is. No link leads out of the disk. `None` where there is no such folder.
    pub fn resolved(&self, path: &DiskPath) -> Option<DiskPath> {
        let folder = self.top.resolved(path.parent()?.as_bytes())?;
        folder.join(path.name()).ok()
    }

    /// The same for an absolute path as this system writes it, whatever disk it is on.
    pub fn disk_path(&self, path: &Path) -> Option<DiskPath> {
        let bytes = path.as_os_str().as_bytes();
        match (path.parent(), path.file_name()) {
            (Some(folder), Some(name)) => {
                let folder = self.top.resolved(folder.as_os_str().as_bytes())?;
                folder.join(name.as_bytes()).ok()
            }
            // The top, or a way up.
            _ => self.top.resolved(bytes),
        }
    }
}

/// Disks of this computer: all are mounted below the top.
pub fn disks() -> Vec<PathBuf> {
    vec![PathBuf::from("/")]
}

/// Makes something under a name of its own, and gives it its name once it is whole.
fn make(
    place: &Place,
    node: &Node,
    tag: &str,
    content: &mut dyn Read,
    name_it: &dyn Fn(&Place, &Place) -> Result<(), HostError>,
) -> Result<(), HostError> {
    let unfinished = place.beside(&format!(".lamsach-{tag}"))?;
    unfinished.remove_leftover()?;
    let made = fill(&unfinished, node, content).and_then(|()| name_it(&unfinished, place));
    if made.is_err() {
        // That it could not be removed changes nothing about why.
        drop(unfinished.remove_leftover());
    }
    made?;
    // What could mark it before can do so again; that it could not leaves a file that is whole.
    drop(flags::hold(place, node));
    place.sync()
}

/// Makes what `node` says under a name that nothing has.
fn fill(place: &Place, node: &Node, content: &mut dyn Read) -> Result<(), HostError> {
    match &node.kind {
        NodeKind::File(size) => {
            let flags = OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY | OFlags::NOFOLLOW;
            let file = fs::openat(&place.folder, &*place.name, flags | OFlags::CLOEXEC, private());
            let mut file = File::from(file.map_err(error)?);
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
            node::dress(place, node)?;
            file.sync_all().map_err(io_error)
        }
        NodeKind::Folder => {
            fs::mkdirat(&place.folder, &*place.name, Mode::RWXU).map_err(error)?;
            node::dress(place, node)
        }
        NodeKind::Link(target) => {
            fs::symlinkat(&*target.0, &place.folder, &*place.name).map_err(error)?;
            node::dress(place, node)
        }
        NodeKind::Other => Err(HostError::Unsupported),
    }
}

fn private() -> Mode {
    Mode::RUSR | Mode::WUSR
}

/// Gives something another name that nothing has. Where the file system cannot do both at once, it
/// looks first.
fn rename_new(from: &Place, to: &Place) -> Result<(), HostError> {
    let flags = RenameFlags::NOREPLACE;
    match fs::renameat_with(&from.folder, &*from.name, &to.folder, &*to.name, flags) {
        Err(Errno::INVAL | Errno::NOSYS) => {
            if to.stat()?.is_some() {
                return Err(HostError::Exists);
            }
            fs::renameat(&from.folder, &*from.name, &to.folder, &*to.name).map_err(error)
        }
        other => other.map_err(error),
    }
}

fn rename_over(from: &Place, to: &Place) -> Result<(), HostError> {
    fs::renameat(&from.folder, &*from.name, &to.folder, &*to.name).map_err(error)
}

/// Programs of Windows, on a disk or stick that is mounted here, may be signed: nothing here tells by whom.
fn of_no_check(place: &Place) -> Option<Signature> {
    let mut start = [0; 2];
    place.open_file().ok()?.read_exact(&mut start).ok()?;
    let (by, why) = (None, NotVerified::NoMeans);
    (start == *b"MZ").then_some(Signature::NotVerified { by, why, has_vendors_root: false })
}

impl Host for Computer {
    fn node(&mut self, path: &DiskPath) -> Result<Option<Node>, HostError> {
        match self.top.place(path) {
            Ok(place) => node::node(&place),
            Err(HostError::Absent) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn list(&mut self, path: &DiskPath) -> Result<Vec<Vec<u8>>, HostError> {
        let place = self.top.place(path)?;
        Ok(place.names()?.into_iter().map(|(name, _)| name).collect())
    }

    fn read<'h>(&'h mut self, path: &DiskPath) -> Result<Box<dyn Read + 'h>, HostError> {
        Ok(Box::new(self.top.place(path)?.open_file()?))
    }

    fn signature(
        &mut self,
        path: &DiskPath,
        expected: &Node,
    ) -> Result<Option<Signature>, HostError> {
        self.signature_at(&self.top.place(path)?, expected)
    }

    fn remove(&mut self, path: &DiskPath, expected: &Node) -> Result<(), HostError> {
        let place = self.top.place(path)?;
        let now = node::node(&place)?.ok_or(HostError::Absent)?;
        if !expected.is_unchanged(&now) {
            return Err(HostError::Changed);
        }
        if self.signature_at(&place, &now)?.is_some_and(|it| it.protects()) {
            return Err(HostError::VendorSigned);
        }
        let how = match now.kind {
            NodeKind::Folder => AtFlags::REMOVEDIR,
            NodeKind::Other => return Err(HostError::Unsupported),
            _ => AtFlags::empty(),
        };
        flags::release(&place, &now)?;
        if let Err(errno) = fs::unlinkat(&place.folder, &*place.name, how) {
            drop(flags::hold(&place, &now));
            return Err(error(errno));
        }
        place.sync()
    }

    fn create(
        &mut self,
        path: &DiskPath,
        node: &Node,
        tag: &str,
        content: &mut dyn Read,
    ) -> Result<(), HostError> {
        let place = self.top.place(path)?;
        if place.stat()?.is_some() {
            return Err(HostError::Exists);
        }
        make(&place, node, tag, content, &rename_new)
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
        make(&place, node, tag, &mut &*content, &|from, to| {
            let now = still(to)?;
            flags::release(to, &now)?;
            rename_over(from, to).inspect_err(|_| drop(flags::hold(to, &now)))
        })
    }

    fn rename(&mut self, from: &DiskPath, to: &DiskPath) -> Result<(), HostError> {
        let (from, to) = (self.top.place(from)?, self.top.place(to)?);
        let node = node::node(&from)?.ok_or(HostError::Absent)?;
        flags::release(&from, &node)?;
        if let Err(error) = rename_new(&from, &to) {
            drop(flags::hold(&from, &node));
            return Err(error);
        }
        drop(flags::hold(&to, &node));
        from.sync()?;
        to.sync()
    }

    fn set_attributes(&mut self, path: &DiskPath, attributes: u32) -> Result<(), HostError> {
        attributes::set(&self.top.place(path)?, attributes)
    }

    fn set_times(&mut self, path: &DiskPath, times: &Times) -> Result<(), HostError> {
        node::set_times(&self.top.place(path)?, times)
    }

    /// A file that runs can be removed here.
    fn remove_at_next_start(&mut self, _: &DiskPath) -> Result<(), HostError> {
        Err(HostError::Unsupported)
    }

    fn cancel_next_start(&mut self, _: &DiskPath) -> Result<(), HostError> {
        Err(HostError::Unsupported)
    }

    fn value(&mut self, _: &str, _: &str) -> Result<Option<Value>, HostError> {
        Err(HostError::Unsupported)
    }

    fn set_value(&mut self, _: &str, _: &str, _: Option<&Value>) -> Result<(), HostError> {
        Err(HostError::Unsupported)
    }

    fn key_tree(&mut self, _: &str) -> Result<Option<KeyTree>, HostError> {
        Err(HostError::Unsupported)
    }

    fn create_key(&mut self, _: &str, _: &KeyTree) -> Result<(), HostError> {
        Err(HostError::Unsupported)
    }

    fn delete_key(&mut self, _: &str) -> Result<(), HostError> {
        Err(HostError::Unsupported)
    }

    fn stop(&mut self, process: &Process) -> Result<(), HostError> {
        if self.is_live { process::stop(process) } else { Err(HostError::Unsupported) }
    }
}

/// The reason behind a failure of the system.
fn error(errno: Errno) -> HostError {
    match errno {
        Errno::NOENT | Errno::NOTDIR => HostError::Absent,
        Errno::EXIST => HostError::Exists,
        Errno::ACCESS | Errno::PERM | Errno::ROFS => HostError::Denied,
        Errno::NOSPC | Errno::DQUOT => HostError::Full,
        Errno::BUSY | Errno::TXTBSY => HostError::Locked,
        Errno::NOTEMPTY => HostError::NotEmpty,
        Errno::LOOP => HostError::LinkInPath,
        Errno::OPNOTSUPP | Errno::NOSYS | Errno::XDEV | Errno::NOTTY => HostError::Unsupported,
        other => HostError::Other(io::Error::from(other).to_string()),
    }
}

/// Where a name in an open folder stands for calls that take no folder. The link to the folder
/// leads to what is open, wherever it was moved to.
fn path_in(folder: &OwnedFd, name: &[u8]) -> Vec<u8> {
    use std::os::fd::AsRawFd as _;
    let mut path = format!("/proc/self/fd/{}/", folder.as_fd().as_raw_fd()).into_bytes();
    path.extend(name);
    path
}
