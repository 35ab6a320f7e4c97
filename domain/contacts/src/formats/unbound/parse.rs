//! One line of an Unbound log.

use jiff::Timestamp;
use memchr::{memchr, memrchr};

use crate::fields::{before, is_address, split_once};
use crate::scan::{Pieces, find_text};
use crate::time::{self, TimeReading};
use crate::{Contact, LineKind, Outcome, Part};

/// Where the program's name may begin at the latest: behind time and host of a syslog header.
const LATEST_PROGRAM: usize = 200;

pub(crate) fn read_line<'l>(line: &'l [u8], sink: &mut impl FnMut(&Contact<'l>)) -> LineKind {
    let Some((head, message)) = message(line) else { return LineKind::NotParsed };
    let mut part = Part::Answer;
    let (client, name, outcome) = match first_words(message) {
        // `CLIENT NAME. TYPE CLASS`, a reply with code, duration, cache and size behind it.
        [client, name, _, class] if is_address(client) && is_question(name, class) => {
            if message.split(|b| *b == b' ').nth(4).is_none() {
                part = Part::Question;
            }
            (client, name, Outcome::DnsQueried)
        }
        // `rpz: applied [LOG] TRIGGER ACTION CLIENT@PORT NAME. TYPE CLASS`.
        [b"rpz:", ..] => match asked_by(message) {
            Some((action, client, name)) => (client, name, policy_outcome(action)),
            None => return LineKind::Understood,
        },
        // `ZONE ACTION CLIENT@PORT NAME. TYPE CLASS`.
        [_, action, client, name] => match memrchr(b'@', client) {
            Some(at) if client.get(..at).is_some_and(is_address) => {
                (client.get(..at).unwrap_or_default(), name, zone_outcome(action))
            }
            _ => return LineKind::Understood,
        },
    };
    let time = match head.strip_prefix(b"[") {
        Some(seconds) => before(seconds, b']'),
        None => time::syslog_time(head),
    };
    sink(&Contact { device: client, name, time, outcome, part, ..Contact::default() });
    LineKind::Understood
}

/// What stands before the program's name, and the message behind thread and severity.
///
/// `[1661212800] unbound[7:0] info: …` in a file, with other kinds of time too;
/// `Nov 24 08:00:01 host unbound: [7:0] info: …` or `… unbound[7]: [7:0] info: …` through syslog.
fn message(line: &[u8]) -> Option<(&[u8], &[u8])> {
    const NAME: &[u8] = b"unbound";
    let start = line.get(..LATEST_PROGRAM).unwrap_or(line);
    let mut from = 0;
    // The host may be called so too.
    loop {
        let at = from + find_text(start.get(from..)?, NAME)?;
        let (head, rest) = line.split_at_checked(at)?;
        if let Some(message) = behind_thread(rest.get(NAME.len()..)?) {
            return Some((head, message));
        }
        from = at + NAME.len();
    }
}

fn behind_thread(rest: &[u8]) -> Option<&[u8]> {
    let inner = match rest.strip_prefix(b"[") {
        Some(inner) if split_once(inner, b']').is_some_and(|(it, _)| it.contains(&b':')) => inner,
        Some(inner) => split_once(inner, b']')?.1.strip_prefix(b": [")?,
        None => rest.strip_prefix(b": [")?,
    };
    let (thread, rest) = split_once(inner, b']')?;
    let is_thread = thread.iter().all(|b| b.is_ascii_hexdigit() || *b == b':');
    let rest = rest.strip_prefix(b" ")?;
    let colon = memchr(b':', rest.get(..12).unwrap_or(rest))?;
    let is_severity = rest.get(..colon)?.iter().all(u8::is_ascii_lowercase);
    if !is_thread || !is_severity {
        return None;
    }
    rest.get(colon + 2..)
}

fn first_words(message: &[u8]) -> [&[u8]; 4] {
    let mut words = Pieces::new(message, [b' ']);
    [(); 4].map(|()| words.next().unwrap_or_default())
}

fn is_question(name: &[u8], class: &[u8]) -> bool {
    let is_class = matches!(class, b"IN" | b"CH" | b"HS" | b"ANY" | b"NONE");
    name.ends_with(b".") && (is_class || class.starts_with(b"CLASS"))
}

/// Action, client and name of `… ACTION CLIENT@PORT NAME. TYPE CLASS`.
fn asked_by(message: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let mut words = message.split(|b| *b == b' ');
    let mut action: &[u8] = b"";
    let client = loop {
        let word = words.next()?;
        match memrchr(b'@', word).and_then(|at| word.get(..at)) {
            Some(client) if is_address(client) => break client,
            _ => action = word,
        }
    };
    Some((action, client, words.next()?))
}

/// Zones of these types give their own data where they have some and let all else through.
fn zone_outcome(action: &[u8]) -> Outcome {
    match action {
        b"transparent" | b"typetransparent" | b"always_transparent" | b"inform" | b"nodefault" => {
            Outcome::DnsQueried
        }
        _ => Outcome::DnsBlocked,
    }
}

fn policy_outcome(action: &[u8]) -> Outcome {
    let action = action.strip_prefix(b"rpz-").unwrap_or(action);
    match action {
        b"passthru" | b"tcp-only" | b"disabled" | b"no-override" => Outcome::DnsQueried,
        _ => Outcome::DnsBlocked,
    }
}

pub(crate) fn timestamp(text: &[u8], reading: &TimeReading) -> Option<Timestamp> {
    time::epoch(text).or_else(|| time::header_moment(text, reading))
}
