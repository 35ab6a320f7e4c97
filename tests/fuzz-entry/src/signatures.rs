//! Signatures of programs.

use std::io::Cursor;

/// Any bytes have an answer.
pub fn program_signatures(bytes: &[u8]) {
    assert!(signatures::carries_more(&mut Cursor::new(bytes)).is_ok());
}
