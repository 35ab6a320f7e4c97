//! Everything about a file but its content.

use cleaning::{Bytes, HostError, Node, NodeKind, Times};
use rustix::fs::{self, AtFlags, FileType, Gid, Mode, Timespec, Timestamps, Uid, XattrFlags};
use rustix::io::Errno;

use super::place::Place;
use super::{attributes, error, flags, path_in};

/// Bytes that names or one value of extended attributes take at most, by the kernel's own limit.
const MAX_EXTENDED_BYTES: usize = 64 << 10;

/// What is at a place; `None` when nothing is.
#[expect(clippy::cast_sign_loss, reason = "no size is negative")]
#[allow(
    clippy::unnecessary_cast,
    clippy::cast_possible_truncation,
    clippy::useless_conversion,
    reason = "the fields differ from processor to processor; nanoseconds are below a thousand million"
)]
pub(super) fn node(place: &Place) -> Result<Option<Node>, HostError> {
    let Some(stat) = place.stat()? else { return Ok(None) };
    let kind = match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => NodeKind::File(stat.st_size as u64),
        FileType::Directory => NodeKind::Folder,
        FileType::Symlink => {
            let target = fs::readlinkat(&place.folder, &*place.name, Vec::new()).map_err(error)?;
            NodeKind::Link(Bytes(target.into_bytes()))
        }
        _ => NodeKind::Other,
    };
    let times = Times {
        accessed: (stat.st_atime as i64, stat.st_atime_nsec as u32),
        modified: (stat.st_mtime as i64, stat.st_mtime_nsec as u32),
        created: None,
    };
    let mut extended = extended(place)?;
    extended.extend(flags::get(place, &kind));
    Ok(Some(Node {
        mode: Some(stat.st_mode & 0o7777),
        owner: Some((stat.st_uid, stat.st_gid)),
        attributes: attributes::get(place, &kind)?,
        times,
        extended,
        links: u64::from(stat.st_nlink),
        id: (u64::from(stat.st_dev), u64::from(stat.st_ino)),
        kind,
    }))
}

/// Gives something everything that `node` says, its times last. What is as it should be is not
/// touched: on a file system without owners nobody may set one.
pub(super) fn dress(place: &Place, node: &Node) -> Result<(), HostError> {
    let now = self::node(place)?.ok_or(HostError::Absent)?;
    if let Some((user, group)) = node.owner.filter(|_| node.owner != now.owner) {
        let (user, group) = (Uid::from_raw(user), Gid::from_raw(group));
        let flags = AtFlags::SYMLINK_NOFOLLOW;
        fs::chownat(&place.folder, &*place.name, Some(user), Some(group), flags).map_err(error)?;
    }
    let at = path_in(&place.folder, &place.name);
    for (name, value) in &node.extended {
        if !flags::is_mark(name) && !now.extended.contains(&(name.clone(), value.clone())) {
            fs::lsetxattr(&*at, &*name.0, &value.0, XattrFlags::empty()).map_err(error)?;
        }
    }
    // A folder hands access lists down to what is made in it.
    for (name, _) in &now.extended {
        if node.extended.iter().all(|(kept, _)| kept != name) {
            fs::lremovexattr(&*at, &*name.0).map_err(error)?;
        }
    }
    if let Some(wanted) = node.attributes.filter(|_| node.attributes != now.attributes) {
        attributes::set(place, wanted)?;
    }
    let is_link = matches!(node.kind, NodeKind::Link(_));
    if let Some(mode) = node.mode.filter(|_| !is_link) {
        let has = self::node(place)?.and_then(|it| it.mode);
        if has != Some(mode) {
            let mode = Mode::from_raw_mode(mode);
            fs::chmodat(&place.folder, &*place.name, mode, AtFlags::empty()).map_err(error)?;
        }
    }
    set_times(place, &node.times)
}

/// Sets times, of a link itself and not of where it leads.
pub(super) fn set_times(place: &Place, times: &Times) -> Result<(), HostError> {
    let spec = |(seconds, nanoseconds): (i64, u32)| Timespec {
        tv_sec: seconds,
        tv_nsec: nanoseconds.into(),
    };
    let times =
        Timestamps { last_access: spec(times.accessed), last_modification: spec(times.modified) };
    let flags = AtFlags::SYMLINK_NOFOLLOW;
    fs::utimensat(&place.folder, &*place.name, &times, flags).map_err(error)
}

/// Extended attributes, those that a file system makes up left out.
fn extended(place: &Place) -> Result<Vec<(Bytes, Bytes)>, HostError> {
    let at = path_in(&place.folder, &place.name);
    let mut names = vec![0_u8; MAX_EXTENDED_BYTES];
    let length = match fs::llistxattr(&*at, &mut *names) {
        Ok(length) => length,
        Err(Errno::OPNOTSUPP | Errno::NOSYS) => return Ok(Vec::new()),
        Err(errno) => return Err(error(errno)),
    };
    let names = names.get(..length).unwrap_or_default();
    let mut extended = Vec::new();
    for name in names.split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
        if name.starts_with(b"system.") && !name.starts_with(b"system.posix_acl_") {
            continue;
        }
        let mut value = vec![0_u8; MAX_EXTENDED_BYTES];
        match fs::lgetxattr(&*at, name, &mut *value) {
            Ok(length) => value.truncate(length),
            // Gone since it was listed, or listed and kept for the system itself.
            Err(Errno::NODATA | Errno::OPNOTSUPP) => continue,
            Err(errno) => return Err(error(errno)),
        }
        extended.push((Bytes(name.to_vec()), Bytes(value)));
    }
    extended.sort();
    Ok(extended)
}
