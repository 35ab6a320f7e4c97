//! HTML: what stands in it as `data:` (RFC 2397).

use memchr::memmem;

use super::{Opening, text};

pub(super) fn is_html(bytes: &[u8]) -> bool {
    let start = bytes.get(..512).unwrap_or(bytes).to_ascii_lowercase();
    let marks: [&[u8]; 6] =
        [b"<!doctype html", b"<html", b"<script", b"<a href", b"<body", b"<head"];
    marks.iter().any(|mark| memmem::find(&start, mark).is_some())
}

pub(super) fn open(opening: &mut Opening<'_>, bytes: &[u8]) {
    for at in memmem::find_iter(bytes, b";base64,") {
        if opening.is_over() {
            return;
        }
        let before = bytes.get(at.saturating_sub(200)..at).unwrap_or_default();
        let Some(start) = memmem::rfind(&before.to_ascii_lowercase(), b"data:") else { continue };
        let kind = super::cut::name(before.get(start + 5..).unwrap_or_default());
        let coded = bytes.get(at + 8..).unwrap_or_default();
        let end = coded
            .iter()
            .position(|it| matches!(it, b'"' | b'\'' | b')' | b'<' | b'>'))
            .unwrap_or(coded.len());
        opening.part(&kind, &text::base64(coded.get(..end).unwrap_or_default()));
    }
}
