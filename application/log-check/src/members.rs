//! Members of archives as logs.

use std::io::{self, Read};

use jiff::{Timestamp, civil, tz::TimeZone};
use unpacking::{Limits, ZipReader, ZipRefusal, ZipTime};

use crate::Problem;

/// The bytes of one member of a zip, by its name; what looking back reads again.
///
/// # Errors
/// As reading the archive has, and [`io::ErrorKind::NotFound`] when no member of it is called so.
pub fn open_member(
    archive: impl Read + Send + 'static,
    name: &str,
) -> io::Result<Box<dyn Read + Send>> {
    let mut zip = ZipReader::new(archive, Limits::default());
    while let Some(member) = zip.next_member()? {
        if member.name == name && member.refusal.is_none() {
            return Ok(Box::new(zip));
        }
    }
    Err(io::ErrorKind::NotFound.into())
}

/// Why a member is not read.
pub(crate) fn refused(refusal: &ZipRefusal) -> Problem {
    match refusal {
        ZipRefusal::Encrypted => Problem::Encrypted,
        ZipRefusal::UnknownMethod(method) => Problem::UnknownMethod { method: *method },
    }
}

/// The moment a member was last written; its date may be that of a clock in the logs' zone.
pub(crate) fn written(time: ZipTime, zone: &TimeZone) -> Option<Timestamp> {
    match time {
        ZipTime::Unix(seconds) => Timestamp::from_second(seconds).ok(),
        ZipTime::Local { year, month, day, hour, minute, second } => {
            let local = civil::DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
            zone.to_timestamp(local).ok()
        }
    }
}
