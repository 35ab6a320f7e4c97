//! Windows cabinets: stored, MSZIP and LZX.

use std::io::Cursor;

use cab::Cabinet;

use super::{Opening, PartReason};

pub(super) fn open(opening: &mut Opening<'_>, bytes: &[u8]) {
    let mut cabinet = match Cabinet::new(Cursor::new(bytes)) {
        Ok(cabinet) => cabinet,
        Err(error) => return opening.refuse(PartReason::damaged(&error)),
    };
    let names: Vec<String> = cabinet
        .folder_entries()
        .flat_map(|folder| folder.file_entries().map(|file| file.name().to_owned()))
        .collect();
    for name in names {
        if opening.is_over() {
            return;
        }
        match cabinet.read_file(&name) {
            Ok(reader) => opening.read_part(&name, bytes.len() as u64, reader),
            Err(error) => opening.refuse_part(&name, PartReason::damaged(&error)),
        }
    }
}
