//! Files of IPFIX messages: RFC 5655.

use super::{FlowFileProblem, Step};
use crate::packets::bytes::be16;

const HEADER: usize = 16;
const SET_HEADER: usize = 4;

/// Whether a file that begins like this is one: a message, and in it a set that fits.
pub(super) fn is_start(start: &[u8]) -> bool {
    let field = |at| be16(start, at).map(usize::from);
    let (Some(10), Some(length)) = (field(0), field(2)) else { return false };
    let (Some(set), Some(set_length)) = (field(HEADER), field(HEADER + 2)) else { return false };
    let is_known = matches!(set, 2 | 3 | 256..);
    is_known && set_length > SET_HEADER && HEADER + set_length <= length
}

/// The length of the message that comes next.
pub(super) fn step(bytes: &[u8]) -> Step {
    if bytes.len() < HEADER {
        return Step::Need(HEADER);
    }
    let field = |at| be16(bytes, at).unwrap_or_default();
    let (version, length) = (field(0), usize::from(field(2)));
    if version != 10 || length < HEADER {
        return Step::Stop(FlowFileProblem::Damaged);
    }
    if bytes.len() < length { Step::Need(length) } else { Step::Took(length) }
}
