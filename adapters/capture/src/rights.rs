//! Giving up what is needed to open sockets and nothing else.

use std::ffi::CString;
use std::fmt;
use std::io;

use nix::sys::prctl::set_no_new_privs;
use nix::unistd::{Uid, User, initgroups, setgid, setuid};

/// Why rights could not be given up.
#[derive(Debug)]
pub enum RightsError {
    /// There is no such user.
    NoUser(String),
    /// The system refuses.
    System(io::Error),
}

impl fmt::Display for RightsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoUser(name) => write!(f, "there is no user `{name}`"),
            Self::System(error) => write!(f, "rights cannot be given up: {error}"),
        }
    }
}

impl std::error::Error for RightsError {}

/// Capabilities of a thread: `capset(2)`, version 3.
#[repr(C)]
struct CapabilityHeader {
    version: u32,
    process: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
struct CapabilitySets {
    effective: u32,
    permitted: u32,
    inheritable: u32,
}

const CAPABILITY_VERSION: u32 = 0x2008_0522;

/// Becomes another user, when one is named, with the groups that user is in; gives up every capability,
/// and whatever a program that is started could gain. Without a name root stays root: it may have to read
/// files of others.
///
/// Capabilities are a thread's: to be called before other threads are started.
pub fn give_up_rights(user: Option<&str>) -> Result<(), RightsError> {
    let system = |error: nix::Error| RightsError::System(error.into());
    if let Some(name) = user {
        let found = User::from_name(name).map_err(system)?;
        let found = found.ok_or_else(|| RightsError::NoUser(name.to_owned()))?;
        let is_other = Uid::current() != found.uid || Uid::effective() != found.uid;
        if is_other {
            become_user(&found).map_err(RightsError::System)?;
        }
    }
    set_no_new_privs().map_err(system)?;
    if user.is_some() || !Uid::effective().is_root() {
        give_up_capabilities().map_err(RightsError::System)?;
    }
    Ok(())
}

/// Groups first: whoever is no longer root can change them no more.
fn become_user(user: &User) -> io::Result<()> {
    initgroups(&CString::new(user.name.as_str())?, user.gid)?;
    setgid(user.gid)?;
    setuid(user.uid)?;
    // Nothing leads back.
    if !user.uid.is_root() && setuid(Uid::from_raw(0)).is_ok() {
        return Err(io::Error::other("the system lets this program become root again"));
    }
    Ok(())
}

fn give_up_capabilities() -> io::Result<()> {
    let header = CapabilityHeader { version: CAPABILITY_VERSION, process: 0 };
    let none = [CapabilitySets { effective: 0, permitted: 0, inheritable: 0 }; 2];
    #[expect(unsafe_code, reason = "the standard library cannot set capabilities")]
    // SAFETY: both point to what version 3 of the call reads, a header and two sets, which live until it
    // returns; it writes to the header alone and only where it does not know the version, which is this
    // program's to write to as well: the system has known this one since 2.6.26.
    let done = unsafe { libc::syscall(libc::SYS_capset, &raw const header, none.as_ptr()) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
