//! JSON records, cut without decoding: values are slices of the line, only their ends are looked
//! for. Escapes stay as they are; no name or address needs one.

use memchr::memchr2;

use crate::scan::find_soon;

/// Walks through the members of the object that `text` begins with; what stands behind it.
///
/// `member` gets a key and the text from its value on, and gives what stands behind the value: it
/// takes the value with [`value`], or walks into it with [`object`]. `None` when either does not
/// find a whole value.
#[inline]
pub(crate) fn object<'l>(
    text: &'l [u8],
    mut member: impl FnMut(&'l [u8], &'l [u8]) -> Option<&'l [u8]>,
) -> Option<&'l [u8]> {
    let mut rest = space(text).strip_prefix(b"{")?;
    loop {
        rest = space(rest);
        if let Some(after) = rest.strip_prefix(b"}") {
            return Some(after);
        }
        rest = rest.strip_prefix(b"\"")?;
        let end = string_end(rest)?;
        let (key, after) = rest.split_at_checked(end)?;
        let after = space(after.get(1..)?).strip_prefix(b":")?;
        rest = space(member(key, space(after))?);
        match rest.split_first()? {
            (b',', after) => rest = after,
            (b'}', after) => return Some(after),
            _ => return None,
        }
    }
}

/// Walks through the elements of the array that `text` begins with; what stands behind it.
pub(crate) fn array<'l>(
    text: &'l [u8],
    mut element: impl FnMut(&'l [u8]) -> Option<&'l [u8]>,
) -> Option<&'l [u8]> {
    let mut rest = space(text).strip_prefix(b"[")?;
    loop {
        rest = space(rest);
        if let Some(after) = rest.strip_prefix(b"]") {
            return Some(after);
        }
        rest = space(element(rest)?);
        match rest.split_first()? {
            (b',', after) => rest = after,
            (b']', after) => return Some(after),
            _ => return None,
        }
    }
}

/// Walks through the elements that stand between the brackets of an array, as far as they are whole.
pub(crate) fn elements<'l>(inner: &'l [u8], mut element: impl FnMut(&'l [u8]) -> Option<&'l [u8]>) {
    let mut rest = space(inner);
    while let Some(after) = element(rest) {
        let Some(next) = space(after).strip_prefix(b",") else { return };
        rest = space(next);
    }
}

/// The value that `text` begins with, without its quotes or brackets, and what stands behind it.
#[inline]
pub(crate) fn value(text: &[u8]) -> Option<(&[u8], &[u8])> {
    match text.first()? {
        b'"' => {
            let inner = text.get(1..)?;
            let (value, rest) = inner.split_at_checked(string_end(inner)?)?;
            Some((value, rest.get(1..)?))
        }
        b'[' | b'{' => {
            let (value, rest) = text.split_at_checked(nested_length(text)?)?;
            Some((value.get(1..value.len() - 1)?, rest))
        }
        _ => {
            let is_end = |b: &u8| matches!(b, b',' | b'}' | b']');
            let (value, rest) = text.split_at_checked(text.iter().position(is_end)?)?;
            Some((value.trim_ascii_end(), rest))
        }
    }
}

#[inline]
fn space(text: &[u8]) -> &[u8] {
    // Most writers put none.
    if text.first().is_some_and(u8::is_ascii_whitespace) { text.trim_ascii_start() } else { text }
}

/// Where a string's closing quote stands; a backslash takes the byte behind it along.
#[inline]
pub(crate) fn string_end(inner: &[u8]) -> Option<usize> {
    let quote = find_soon(inner, b'"')?;
    // Only a quote behind a backslash may be a part of the text.
    if quote.checked_sub(1).and_then(|it| inner.get(it)) != Some(&b'\\') {
        return Some(quote);
    }
    let mut at = 0;
    loop {
        let found = at + memchr2(b'"', b'\\', inner.get(at..)?)?;
        if inner.get(found) == Some(&b'"') {
            return Some(found);
        }
        at = found + 2;
    }
}

/// Length of an array or object with everything in it.
fn nested_length(text: &[u8]) -> Option<usize> {
    let mut depth = 0_u32;
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => at += string_end(text.get(at + 1..)?)? + 1,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(text: &str) -> Option<Vec<(String, String)>> {
        let mut members = Vec::new();
        let text_of = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let rest = object(text.as_bytes(), |key, rest| {
            let (value, rest) = value(rest)?;
            members.push((text_of(key), text_of(value)));
            Some(rest)
        });
        rest.map(|_| members)
    }

    #[test]
    fn members_are_cut_whatever_they_hold() {
        let check = |text: &str, expected: &[(&str, &str)]| {
            let expected = expected.iter().map(|(key, value)| ((*key).into(), (*value).into()));
            assert_eq!(members(text), Some(expected.collect()), "{text}");
        };
        check("{}", &[]);
        check(r#"{"a":"b"}"#, &[("a", "b")]);
        check(r#" { "a" : 1 , "b" : null } tail"#, &[("a", "1"), ("b", "null")]);
        check(
            r#"{"a":"}\"{","b":[1,{"c":"]"}],"d":{}}"#,
            &[("a", r#"}\"{"#), ("b", r#"1,{"c":"]"}"#), ("d", "")],
        );
        check(r#"{"a":"\\","b":-1.5e3}"#, &[("a", r"\\"), ("b", "-1.5e3")]);
    }

    #[test]
    fn what_is_no_whole_object_gives_nothing() {
        for text in [
            "",
            "{",
            r#"{"a"#,
            r#"{"a""#,
            r#"{"a":"#,
            r#"{"a":1"#,
            r#"{"a":"b"#,
            r#"{"a":[}"#,
            "[]",
            r#"{"a":]}"#,
            r#"{"a" "b"}"#,
            r#"{"a":"\"#,
        ] {
            assert_eq!(members(text), None, "{text}");
        }
    }
}
