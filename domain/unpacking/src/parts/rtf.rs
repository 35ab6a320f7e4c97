//! RTF: objects, written in hexadecimal behind `\objdata`. Source of the format: the Rich Text
//! Format Specification 1.9.1 and [MS-OLEDS] sections 2.2.4 and 2.2.5.

use memchr::memmem;

use super::cut::Cut;
use super::{Opening, ole, text};

pub(super) fn open(opening: &mut Opening<'_>, bytes: &[u8]) {
    for (number, at) in memmem::find_iter(bytes, b"\\objdata").enumerate() {
        if opening.is_over() {
            return;
        }
        let coded = bytes.get(at + 8..).unwrap_or_default();
        let mut digits = Vec::new();
        let mut depth = 0_i32;
        for byte in coded {
            match byte {
                b'{' => depth += 1,
                b'}' if depth == 0 => break,
                b'}' => depth -= 1,
                byte => digits.extend(text::hex(*byte)),
            }
        }
        let object: Vec<u8> =
            digits.chunks_exact(2).map(|it| it.iter().fold(0, |all, it| all << 4 | it)).collect();
        let name = format!("object {}", number + 1);
        match native_data(&object) {
            Some(data) => {
                opening.part(&name, data);
                ole::package(opening, data);
            }
            None => opening.part(&name, &object),
        }
    }
}

/// The native data of an embedded object.
fn native_data(object: &[u8]) -> Option<&[u8]> {
    let mut cut = Cut(object);
    cut.u32()?;
    (cut.u32()? == 2).then_some(())?;
    for _ in 0..3 {
        let length = cut.u32()?;
        cut.take(usize::try_from(length).ok()?)?;
    }
    let size = usize::try_from(cut.u32()?).ok()?;
    Some(cut.0.get(..size).unwrap_or(cut.0))
}
