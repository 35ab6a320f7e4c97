//! TNEF, the `winmail.dat` of Outlook: its attachments. Source of the format: [MS-OXTNEF].

use super::cut::Cut;
use super::{Opening, PartReason};

pub(super) const START: &[u8] = &[0x78, 0x9f, 0x3e, 0x22];
const ATTACH_DATA: u32 = 0x0006_800f;

pub(super) fn open(opening: &mut Opening<'_>, bytes: &[u8]) {
    let mut cut = Cut::at(bytes, 6);
    let mut number = 0;
    while !opening.is_over() && !cut.0.is_empty() {
        let (Some(_), Some(id), Some(length)) = (cut.u8(), cut.u32(), cut.u32()) else {
            return opening.refuse(PartReason::damaged("an attribute is cut off"));
        };
        let content = usize::try_from(length).ok().and_then(|it| cut.take(it));
        let (Some(content), Some(_)) = (content, cut.u16()) else {
            return opening.refuse(PartReason::damaged("an attribute is cut off"));
        };
        if id == ATTACH_DATA {
            number += 1;
            opening.part(&format!("attachment {number}"), content);
        }
    }
}
