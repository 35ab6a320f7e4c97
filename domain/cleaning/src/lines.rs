//! Lines that were taken out of a text file, put back into what has become of it since.

use std::collections::BTreeMap;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The file as it is `now`, with the lines of `before` that were removed (by their numbers, from 1);
/// nothing of `now` is lost. `None` where it cannot be told what a line is.
///
/// A line goes back to its place where everything before it, or everything behind it, is as it was
/// left; else to the end. One that stands in the file again is not added.
pub(crate) fn put_back(before: &[u8], removed: &[u32], now: &[u8]) -> Option<Vec<u8>> {
    if before.contains(&0) || now.contains(&0) {
        return None;
    }
    let (mut kept, mut missing) = (Vec::new(), Vec::new());
    for (index, line) in lines(before).into_iter().enumerate() {
        let number = u32::try_from(index + 1).ok()?;
        if removed.contains(&number) { missing.push((kept.len(), line)) } else { kept.push(line) }
    }
    let now = lines(now);
    let is_same = |(one, other): &(&&[u8], &&[u8])| text(one) == text(other);
    let first_same = kept.iter().zip(&now).take_while(is_same).count();
    let last_same = kept.iter().rev().zip(now.iter().rev()).take_while(is_same).count();
    let last_same = last_same.min(kept.len().min(now.len()) - first_same);

    let mut added: BTreeMap<&[u8], usize> = BTreeMap::new();
    for line in &now {
        *added.entry(text(line)).or_default() += 1;
    }
    for line in &kept {
        added.entry(text(line)).and_modify(|count| *count = count.saturating_sub(1));
    }
    let mut places: BTreeMap<usize, Vec<&[u8]>> = BTreeMap::new();
    for (at, line) in missing {
        if let Some(count) = added.get_mut(text(line)).filter(|count| **count > 0) {
            *count -= 1;
            continue;
        }
        let behind = kept.len() - at;
        let place = match at {
            1.. if at <= first_same => at,
            _ if (1..=last_same).contains(&behind) => now.len() - behind,
            _ => now.len(),
        };
        places.entry(place).or_default().push(line);
    }

    let ending = now.iter().chain(&kept).find_map(|line| line.strip_suffix(b"\n"));
    let is_windows = ending.is_some_and(|line| line.ends_with(b"\r"));
    let ending: &[u8] = if is_windows { b"\r\n" } else { b"\n" };
    let mut whole: Vec<u8> = Vec::new();
    let mut push = |line: &[u8]| {
        if !whole.is_empty() && !whole.ends_with(b"\n") {
            whole.extend(ending);
        }
        let is_first = whole.is_empty();
        let line = line.strip_prefix(BYTE_ORDER_MARK).filter(|_| !is_first).unwrap_or(line);
        whole.extend(line);
    };
    for place in 0..=now.len() {
        places.get(&place).into_iter().flatten().for_each(|line| push(line));
        now.get(place).into_iter().for_each(|line| push(line));
    }
    Some(whole)
}

fn lines(content: &[u8]) -> Vec<&[u8]> {
    content.split_inclusive(|byte| *byte == b'\n').collect()
}

/// A line without its ending, and without the mark that begins a file.
pub(crate) fn text(line: &[u8]) -> &[u8] {
    let line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removed_lines_go_back_where_they_were_or_to_the_end() {
        let check = |before: &str, removed: &[u32], now: &str, expected: Option<&str>| {
            let whole = put_back(before.as_bytes(), removed, now.as_bytes());
            assert_eq!(
                whole.map(|it| String::from_utf8(it).unwrap()).as_deref(),
                expected,
                "{now}"
            );
            // Done twice, it is done once.
            if let Some(whole) = expected {
                let again = put_back(before.as_bytes(), removed, whole.as_bytes());
                assert_eq!(again.as_deref(), Some(whole.as_bytes()));
            }
        };
        // As it was left.
        check("a\nbad\nb\n", &[2], "a\nb\n", Some("a\nbad\nb\n"));
        // Lines of the person's at the end, at the start, on both sides.
        check("a\nbad\nb\n", &[2], "a\nb\nmine\n", Some("a\nbad\nb\nmine\n"));
        check("a\nbad\nb\n", &[2], "mine\na\nb\n", Some("mine\na\nbad\nb\n"));
        check("a\nbad\nb\n", &[2], "0\na\nb\nmine\n", Some("0\na\nb\nmine\nbad\n"));
        check("bad\na\n", &[1], "mine\na\n", Some("mine\nbad\na\n"));
        check("a\nbad\n", &[2], "a\nmine\n", Some("a\nbad\nmine\n"));
        // Several, of which some can be told.
        check("1\nx\n2\ny\n3\n", &[2, 4], "1\n3\n", Some("1\nx\ny\n3\n"));
        check("1\nx\n2\ny\n3\n", &[2, 4], "1\n2b\n3\n", Some("1\nx\n2b\ny\n3\n"));
        // Nothing is left of what was there.
        check("bad\n", &[1], "mine\n", Some("mine\nbad\n"));
        check("a\nbad\nb\n", &[2], "", Some("bad\n"));
        // It is there again; another of the same text is not it.
        check("a\nbad\n", &[2], "a\nmine\nbad\n", Some("a\nmine\nbad\n"));
        check("x\nx\na\n", &[2], "x\na\nmine\n", Some("x\nx\na\nmine\n"));
        // Endings: none is lost, none runs into another.
        check("a\r\nbad", &[2], "a\r\nmine", Some("a\r\nbad\r\nmine"));
        check("a\nbad\n", &[2], "b\nmine", Some("b\nmine\nbad\n"));
        check("\u{feff}bad\na\n", &[1], "mine\na\n", Some("mine\nbad\na\n"));
        // What has no lines.
        check("a\nbad\n", &[2], "a\0\n\0", None);
    }
}
