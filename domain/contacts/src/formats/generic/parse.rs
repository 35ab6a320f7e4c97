//! One line of any text.

use jiff::Timestamp;
use memchr::memchr_iter;

use crate::fields::{is_name_byte, port, run_behind_escape};
use crate::scan::{NameRuns, STEP, Window};
use crate::time::{self, TimeReading};
use crate::{Contact, LineKind, Outcome};

/// Names and addresses of a line that are held until its first addresses are known.
const HELD: usize = 24;
/// How much of a line's start may hold its time.
const TIME_BYTES: usize = 40;

/// A name or an address.
#[derive(Clone, Copy, Default)]
struct Token<'l> {
    text: &'l [u8],
    is_address: bool,
    port: u16,
    path: &'l [u8],
}

pub(crate) fn read_line<'l>(line: &'l [u8], sink: &mut impl FnMut(&Contact<'l>)) -> LineKind {
    let mut held = [Token::default(); HELD];
    let mut count = 0;
    let mut addresses: [&[u8]; 2] = [b"", b""];
    let time = line.get(..TIME_BYTES).unwrap_or(line);
    let mut take = |token: Token<'l>| {
        if token.is_address {
            note(&mut addresses, token.text);
        }
        match held.get_mut(count) {
            Some(place) => *place = token,
            // Long lines name whom they name at their start.
            None => push(&token, &addresses, time, sink),
        }
        count += 1;
    };
    let mut done = 0;
    let mut take_v6 = |at: usize, take: &mut dyn FnMut(Token<'l>)| {
        if at >= done
            && let Some((token, end)) = v6(line, at, done)
        {
            done = end;
            take(token);
        }
    };
    let mut colons = may_hold_v6(line).then(|| memchr_iter(b':', line)).into_iter().flatten();
    let mut colon = colons.next();
    for (start, end) in NameRuns::of(line) {
        while let Some(at) = colon.filter(|at| *at < start) {
            take_v6(at, &mut take);
            colon = colons.next();
        }
        if let Some(token) = name_or_v4(line, start, end) {
            take(token);
        }
    }
    while let Some(at) = colon {
        take_v6(at, &mut take);
        colon = colons.next();
    }
    for token in held.iter().take(count) {
        push(token, &addresses, time, sink);
    }
    LineKind::Understood
}

/// Keeps the first two addresses that differ.
fn note<'l>(addresses: &mut [&'l [u8]; 2], text: &'l [u8]) {
    let [first, second] = addresses;
    if first.is_empty() {
        *first = text;
    } else if second.is_empty() && *first != text {
        *second = text;
    }
}

fn push<'l>(
    token: &Token<'l>,
    addresses: &[&'l [u8]; 2],
    time: &'l [u8],
    sink: &mut impl FnMut(&Contact<'l>),
) {
    let [first, second] = *addresses;
    let (name, address) =
        if token.is_address { (&b""[..], token.text) } else { (token.text, &b""[..]) };
    sink(&Contact {
        device: if address == first { second } else { first },
        name,
        address,
        port: token.port,
        path: token.path,
        time,
        outcome: Outcome::Mentioned,
        ..Contact::default()
    });
}

/// The name or address that a run of bytes of names is, if it is one.
#[inline]
fn name_or_v4(line: &[u8], start: usize, end: usize) -> Option<Token<'_>> {
    if end - start > LONGEST_RUN {
        return None;
    }
    // A sentence ends in a dot, as a name of the DNS may.
    let text = trim(run_behind_escape(line, start, end));
    let last = memchr::memrchr(b'.', text).and_then(|dot| text.get(dot + 1..))?;
    let after = line.get(end..).unwrap_or_default();
    let named_port = match after.strip_prefix(b":") {
        Some(digits) => {
            let length = digits.iter().take(6).take_while(|b| b.is_ascii_digit()).count();
            port(digits.get(..length).unwrap_or_default())
        }
        None => 0,
    };
    if last.iter().all(u8::is_ascii_digit) {
        let is_v4 = (7..=15).contains(&text.len())
            && text.iter().all(|b| b.is_ascii_digit() || *b == b'.')
            && memchr::memchr_iter(b'.', text).count() == 3;
        let token = Token { text, is_address: true, port: named_port, path: path(after) };
        return is_v4.then_some(token);
    }
    // Top-level domains have two letters or more; `1.5s` and `a.b` are none.
    let is_name = last.len() >= 2 && !matches!(last.first(), Some(b'0'..=b'9' | b'-' | b'_'));
    let token = Token { text, is_address: false, port: named_port, path: path(after) };
    is_name.then_some(token)
}

/// The path that stands behind a host, its query cut off.
#[inline]
fn path(after: &[u8]) -> &[u8] {
    let after = match after {
        [b':', rest @ ..] => {
            let digits = rest.iter().take(5).take_while(|b| b.is_ascii_digit()).count();
            rest.get(digits..).unwrap_or_default()
        }
        _ => after,
    };
    if after.first() != Some(&b'/') {
        return b"";
    }
    let is_end = |b: &u8| {
        b.is_ascii_whitespace()
            || matches!(b, b'?' | b'#' | b'"' | b'\'' | b'<' | b'>' | b',' | b';')
    };
    let end = after.iter().position(is_end).unwrap_or(after.len());
    after.get(..end).unwrap_or(after)
}

/// Start and end of the run of digits and colons around one; `None` when it is longer than any name, so that a
/// line of nothing else is not read over and over.
#[inline]
fn run_around(line: &[u8], at: usize, from: usize) -> Option<(usize, usize)> {
    let first = from.max(at.saturating_sub(LONGEST_RUN));
    let before = line.get(first..at)?;
    let start = match before.iter().rposition(|b| !is_v6_part(*b)) {
        Some(it) => first + it + 1,
        None if first == from => from,
        None => return None,
    };
    let last = line.len().min(at + LONGEST_RUN);
    let rest = line.get(at..last)?;
    let end = match rest.iter().position(|b| !is_v6_part(*b)) {
        Some(it) => at + it,
        None if last == line.len() => last,
        None => return None,
    };
    Some((start, end))
}

/// Whether an IPv6 address may be written with a byte.
fn is_v6_part(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || byte == b':'
}

/// Longer than a name of 253 octets with its escapes and a dot.
const LONGEST_RUN: usize = 300;

/// Whether an IPv6 address can be in a line at all: it has two colons one after the other, or seven.
#[inline]
fn may_hold_v6(line: &[u8]) -> bool {
    let (mut count, mut is_last, mut at) = (0, 0, 0);
    while at < line.len() {
        let colons = Window::of(line, at).equal_to(b':');
        if colons & (colons << 1 | is_last) != 0 {
            return true;
        }
        is_last = colons >> 63;
        count += colons.count_ones();
        at += STEP;
    }
    count >= 7
}

/// An IPv6 address: with `::` in it, or all eight groups. Times and MAC addresses have neither.
fn v6(line: &[u8], at: usize, from: usize) -> Option<(Token<'_>, usize)> {
    let next = line.get(at + 1)?;
    // `http:` and `key: value` end here.
    if !is_v6_part(*next) {
        return None;
    }
    let (start, end) = run_around(line, at, from)?;
    let text = line.get(start..end)?;
    let text = if text.ends_with(b"::") { text } else { text.strip_suffix(b":").unwrap_or(text) };
    let colons = memchr::memchr_iter(b':', text).count();
    let is_v6 = text.len() >= 3
        && (colons == 7 || (colons >= 2 && memchr::memmem::find(text, b"::").is_some()));
    // An IPv4 address behind `::ffff:` is read from its own dots on.
    if !is_v6 || line.get(end) == Some(&b'.') {
        return None;
    }
    let glued = start.checked_sub(1).and_then(|it| line.get(it)).is_some_and(|b| is_name_byte(*b));
    let tail = line.get(end..).unwrap_or_default();
    let is_cut = glued || tail.first().is_some_and(|b| is_name_byte(*b));
    let port = match tail {
        [b']', b':', digits @ ..] => {
            let length = digits.iter().take(6).take_while(|b| b.is_ascii_digit()).count();
            port(digits.get(..length).unwrap_or_default())
        }
        _ => 0,
    };
    (!is_cut).then_some((Token { text, is_address: true, port, path: b"" }, end))
}

/// Without the dots and dashes around it.
fn trim(mut text: &[u8]) -> &[u8] {
    while let [b'.' | b'-' | b'_', rest @ ..] = text {
        // A name may begin with `_`.
        if text.first() == Some(&b'_') {
            break;
        }
        text = rest;
    }
    while let [rest @ .., b'.' | b'-'] = text {
        text = rest;
    }
    text
}

/// The time that a line begins with, in any of the forms that programs use.
pub(crate) fn timestamp(text: &[u8], reading: &TimeReading) -> Option<Timestamp> {
    let text = text.strip_prefix(b"[").unwrap_or(text);
    let word_end = |from: usize| {
        let rest = text.get(from..)?;
        let is_end = |b: &u8| matches!(b, b' ' | b'\t' | b']' | b',' | b'|' | b';');
        Some(rest.iter().position(is_end).map_or(text.len(), |it| from + it))
    };
    let first = word_end(0)?;
    let second = word_end(first + 1).unwrap_or(first);
    let whole = |end: usize| text.get(..end);
    [Some(second), Some(first), Some(15)]
        .into_iter()
        .flatten()
        .filter_map(whole)
        .find_map(|text| time::any_moment(text, reading))
}
