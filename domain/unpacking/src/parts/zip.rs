//! zip, with every method of compression, and everything that is one: jar, apk, Office documents.

use std::io::Cursor;

use zip_archives::ZipArchive;
use zip_archives::result::ZipError;

use super::{Opening, PartReason};

pub(super) fn open(opening: &mut Opening<'_>, bytes: &[u8]) {
    let mut archive = match ZipArchive::new(Cursor::new(bytes)) {
        Ok(archive) => archive,
        Err(error) => return opening.refuse(reason(&error)),
    };
    for at in 0..archive.len() {
        if opening.is_over() {
            return;
        }
        let name = match archive.name_for_index(at) {
            Some(Ok(name)) => name.into_owned(),
            _ => at.to_string(),
        };
        match archive.by_index(at) {
            Ok(file) if file.is_dir() => {}
            Ok(file) => {
                let packed = file.compressed_size();
                opening.read_part(&name, packed, file);
            }
            Err(error) => opening.refuse_part(&name, reason(&error)),
        }
    }
}

fn reason(error: &ZipError) -> PartReason {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => PartReason::Encrypted,
        ZipError::UnsupportedArchive(detail) => PartReason::UnknownMethod((*detail).to_owned()),
        other => PartReason::damaged(other),
    }
}
