//! Mail: the parts of MIME (RFC 2045, 2046), and files that stand in the text as uuencode.

use super::{Opening, text};

/// Parts of parts, so many deep.
const DEEPEST: usize = 16;

/// Whether a text begins like a mail: header lines, one of them a mail's own.
pub(super) fn is_mail(bytes: &[u8]) -> bool {
    let start = bytes.get(..4096).unwrap_or(bytes);
    let first = start.split(|it| *it == b'\n').next().unwrap_or_default();
    let is_header = |line: &[u8]| {
        let name = line.iter().take_while(|it| it.is_ascii_alphanumeric() || **it == b'-').count();
        name > 1 && line.get(name) == Some(&b':')
    };
    if !first.starts_with(b"From ") && !is_header(first) {
        return false;
    }
    let (head, _) = head_and_body(start);
    ["mime-version", "content-type", "received", "message-id", "return-path"]
        .iter()
        .filter(|name| field(head, name).is_some())
        .count()
        >= if first.starts_with(b"From ") { 1 } else { 2 }
}

pub(super) fn open(opening: &mut Opening<'_>, bytes: &[u8]) {
    entity(opening, bytes, 0);
}

fn entity(opening: &mut Opening<'_>, bytes: &[u8], depth: usize) {
    let (head, body) = head_and_body(bytes);
    let kind = field(head, "content-type").unwrap_or_default();
    if let Some(boundary) = parameter(&kind, "boundary")
        && depth < DEEPEST
    {
        for part in parts(body, boundary.as_bytes()) {
            if opening.is_over() {
                return;
            }
            entity(opening, part, depth + 1);
        }
        return;
    }
    let disposition = field(head, "content-disposition").unwrap_or_default();
    let name = parameter(&disposition, "filename").or_else(|| parameter(&kind, "name"));
    let encoding = field(head, "content-transfer-encoding").unwrap_or_default();
    let encoding = encoding.trim().to_ascii_lowercase();
    let decoded = match encoding.as_str() {
        "base64" => Some(text::base64(body)),
        "quoted-printable" => Some(text::quoted_printable(body)),
        _ => None,
    };
    for (name, file) in text::uuencoded(body) {
        opening.part(&name, &file);
    }
    let is_plain = decoded.is_none();
    let content = decoded.as_deref().unwrap_or(body);
    // The text of the mail itself was looked at with the mail.
    if !is_plain || name.is_some() || depth > 0 {
        opening.part(&name.unwrap_or_else(|| "text".to_owned()), content);
    }
}

fn head_and_body(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    for line in bytes.split_inclusive(|it| *it == b'\n') {
        at += line.len();
        if matches!(line, b"\n" | b"\r\n") {
            break;
        }
    }
    (bytes.get(..at).unwrap_or_default(), bytes.get(at..).unwrap_or_default())
}

/// The value of a header field, unfolded.
fn field(head: &[u8], name: &str) -> Option<String> {
    let mut value: Option<String> = None;
    for line in head.split(|it| *it == b'\n') {
        let line = String::from_utf8_lossy(line);
        if line.starts_with([' ', '\t']) {
            if let Some(value) = &mut value {
                value.push(' ');
                value.push_str(line.trim());
            }
            continue;
        }
        if value.is_some() {
            return value;
        }
        if let Some((own, rest)) = line.split_once(':')
            && own.eq_ignore_ascii_case(name)
        {
            value = Some(rest.trim().to_owned());
        }
    }
    value
}

/// A parameter of a field: `; name="value"`.
fn parameter(field: &str, name: &str) -> Option<String> {
    let lower = field.to_ascii_lowercase();
    let at = lower.match_indices(name).find_map(|(at, _)| {
        let before = lower.get(..at)?.trim_end();
        let after = lower.get(at + name.len()..)?;
        let is_start = before.ends_with(';') || before.is_empty();
        (is_start && after.trim_start().starts_with('=')).then_some(at + name.len())
    })?;
    let value = field.get(at..)?.trim_start().strip_prefix('=')?.trim_start();
    let value = match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next()?,
        None => value.split([';', ' ', '\t']).next()?,
    };
    (!value.is_empty()).then(|| value.to_owned())
}

/// What stands between lines of a boundary.
fn parts<'b>(body: &'b [u8], boundary: &[u8]) -> Vec<&'b [u8]> {
    let mut found = Vec::new();
    let mut start = None;
    let mut at = 0;
    for line in body.split_inclusive(|it| *it == b'\n') {
        let is_mark = line.strip_prefix(b"--").is_some_and(|rest| rest.starts_with(boundary));
        if is_mark {
            if let Some(start) = start {
                found.extend(body.get(start..at));
            }
            start = Some(at + line.len());
        }
        at += line.len();
    }
    if let Some(start) = start {
        found.extend(body.get(start..).filter(|it| !it.is_empty()));
    }
    found
}
