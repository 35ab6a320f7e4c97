//! 7z.

use std::io::Cursor;

use sevenz_rust2::{ArchiveReader, Error, Password};

use super::{Opening, PartReason};

/// The dictionary that an archive may ask for, in KiB.
const MEMORY_KIB: usize = 160 << 10;

pub(super) fn open(opening: &mut Opening<'_>, bytes: &[u8]) {
    let opened =
        ArchiveReader::new_with_memory_limit(Cursor::new(bytes), Password::empty(), MEMORY_KIB);
    let mut archive = match opened {
        Ok(archive) => archive,
        Err(error) => return opening.refuse(reason(&error)),
    };
    archive.set_thread_count(1);
    let packed = bytes.len() as u64;
    let done = archive.for_each_entries(|entry, reader| {
        if !entry.is_directory() {
            opening.read_part(entry.name(), packed, &mut *reader);
            // What lies behind in the same block can only be reached through the rest of this one.
            if !opening.is_over() {
                std::io::copy(reader, &mut std::io::sink())?;
            }
        }
        Ok(!opening.is_over())
    });
    if let Err(error) = done
        && !opening.is_over()
    {
        opening.refuse(reason(&error));
    }
}

fn reason(error: &Error) -> PartReason {
    match error {
        Error::PasswordRequired | Error::MaybeBadPassword(_) => PartReason::Encrypted,
        Error::UnsupportedCompressionMethod(method) => PartReason::UnknownMethod(method.clone()),
        other => PartReason::damaged(other),
    }
}
