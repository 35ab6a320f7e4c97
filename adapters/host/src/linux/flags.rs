//! Files that are marked as never to be changed (`chattr +i`) or as only to grow (`+a`), by which
//! malware holds on to them.

use cleaning::{Bytes, HostError, Node, NodeKind};
use rustix::fs::{
    self, AtFlags, IFlags, Mode, OFlags, StatxAttributes, StatxFlags, ioctl_getflags,
    ioctl_setflags,
};

use super::error;
use super::place::Place;

/// The name under which they stand among the extended attributes; no file system has one like it.
const NAME: &[u8] = b"lamsach.held";
const IMMUTABLE: u8 = 1;
const APPEND: u8 = 2;

/// The mark of a file or folder, as one of its extended attributes.
pub(super) fn get(place: &Place, kind: &NodeKind) -> Option<(Bytes, Bytes)> {
    if !matches!(kind, NodeKind::File(_) | NodeKind::Folder) {
        return None;
    }
    let flags = AtFlags::SYMLINK_NOFOLLOW;
    // Systems and file systems that do not tell have none.
    let stat = fs::statx(&place.folder, &*place.name, flags, StatxFlags::TYPE).ok()?;
    let has = |attribute| stat.stx_attributes.contains(attribute);
    let immutable = if has(StatxAttributes::IMMUTABLE) { IMMUTABLE } else { 0 };
    let append = if has(StatxAttributes::APPEND) { APPEND } else { 0 };
    let marks = immutable | append;
    (marks != 0).then(|| (Bytes(NAME.to_vec()), Bytes(vec![marks])))
}

/// Whether this is not an attribute that a file system keeps.
pub(super) fn is_mark(name: &Bytes) -> bool {
    name.0 == NAME
}

/// Takes the mark off, so that the file can be changed.
pub(super) fn release(place: &Place, node: &Node) -> Result<(), HostError> {
    if marks(node).is_empty() { Ok(()) } else { set(place, IFlags::empty()) }
}

/// Puts the mark on again.
pub(super) fn hold(place: &Place, node: &Node) -> Result<(), HostError> {
    let marks = marks(node);
    if marks.is_empty() { Ok(()) } else { set(place, marks) }
}

fn marks(node: &Node) -> IFlags {
    let mark = node.extended.iter().find(|(name, _)| is_mark(name));
    let mark = mark.and_then(|(_, value)| value.0.first()).copied().unwrap_or(0);
    let mut marks = IFlags::empty();
    marks.set(IFlags::IMMUTABLE, mark & IMMUTABLE != 0);
    marks.set(IFlags::APPEND, mark & APPEND != 0);
    marks
}

fn set(place: &Place, marks: IFlags) -> Result<(), HostError> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = fs::openat(&place.folder, &*place.name, flags, Mode::empty()).map_err(error)?;
    // By bits: flags without a name here have to stay, or ext4 would store the file in another way.
    let ours = (IFlags::IMMUTABLE | IFlags::APPEND).bits();
    let flags = ioctl_getflags(&file).map_err(error)?.bits() & !ours | marks.bits();
    ioctl_setflags(&file, IFlags::from_bits_retain(flags)).map_err(error)
}
