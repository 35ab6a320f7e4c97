//! Names as the server writes them: each label behind its length, `(3)www(7)example(0)`.

use crate::fields::split_once;

/// RFC 1035 section 2.3.4.
const LONGEST_LABEL: usize = 63;

/// Writes a name with dots. A dot within a label is escaped, as name servers do: it separates
/// nothing. `None` when the text is no such name.
pub(super) fn decode(mut text: &[u8], name: &mut Vec<u8>) -> Option<()> {
    name.clear();
    loop {
        let (length, rest) = split_once(text.strip_prefix(b"(")?, b')')?;
        let length = match length {
            [b'0'] => break,
            [ones @ b'1'..=b'9'] => usize::from(ones - b'0'),
            [tens @ b'1'..=b'6', ones @ b'0'..=b'9'] => {
                usize::from(tens - b'0') * 10 + usize::from(ones - b'0')
            }
            _ => return None,
        };
        if length > LONGEST_LABEL {
            return None;
        }
        // What cannot be printed is written in more than one byte: the next length ends it.
        let length = match rest.get(length) {
            Some(b'(') => length,
            _ => memchr::memchr(b'(', rest)?,
        };
        let (label, after) = rest.split_at_checked(length)?;
        if !name.is_empty() {
            name.push(b'.');
        }
        for byte in label {
            if *byte == b'.' {
                name.push(b'\\');
            }
            name.push(*byte);
        }
        text = after;
    }
    if name.is_empty() {
        name.push(b'.');
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_with_dots() {
        let check = |text: &str, expected: Option<&str>| {
            let mut name = b"before".to_vec();
            let decoded = decode(text.as_bytes(), &mut name);
            let name = decoded.map(|()| String::from_utf8(name).unwrap());
            assert_eq!(name.as_deref(), expected, "{text}");
        };
        check("(3)www(7)example(0)", Some("www.example"));
        check("(12)settings-win(4)data(7)Example(0)", Some("settings-win.data.Example"));
        check("(0)", Some("."));
        check("(12)evil.example(7)example(0)", Some(r"evil\.example.example"));
        check("(5)a(3)b(7)example(0)", Some("a(3)b.example"));
        check(r"(1)\001(7)example(0)", Some(r"\001.example"));
        check("(3)www(7)example", None);
        check("(64)www(0)", None);
        check("(3)www", None);
        check("www.example", None);
        check("", None);
    }
}
