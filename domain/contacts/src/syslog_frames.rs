//! Syslog messages cut out of a stream.

/// The longest message that is taken, in bytes: senders cut at 8 KiB, most of them.
const LONGEST: usize = 64 << 10;
/// No length has more digits.
const MOST_DIGITS: usize = 7;

/// Cuts a stream of syslog messages into messages: those that begin with their length (RFC 6587
/// section 3.4.1, RFC 5425) and those that end with a line end or a NUL (section 3.4.2), told apart
/// message by message. Holds at most one message; a longer one is passed over and counted.
#[derive(Clone, Debug, Default)]
pub struct SyslogFrames {
    /// The start of a message whose end has not come.
    held: Vec<u8>,
    /// The rest of a message that is too long is passed over.
    passing: Option<Passing>,
    refused: u64,
}

#[derive(Clone, Copy, Debug)]
enum Passing {
    Bytes(usize),
    Line,
}

/// What some bytes begin with.
enum Step<'b> {
    /// A message, and how many bytes it takes with what stands around it.
    Message(&'b [u8], usize),
    /// Its end has not come.
    Wait,
    /// It is longer than is taken.
    TooLong(Passing),
}

/// Whether a message begins with its length.
enum Counted {
    /// Where the message starts, and its length.
    Yes(usize, usize),
    No,
    /// The bytes that tell have not come.
    Unsure,
}

impl SyslogFrames {
    /// Reads the bytes that come next; how they are cut does not matter.
    pub fn push(&mut self, bytes: &[u8], each: &mut impl FnMut(&[u8])) {
        if self.held.is_empty() {
            let done = self.read(bytes, each);
            self.held.extend_from_slice(bytes.get(done..).unwrap_or_default());
            return;
        }
        let mut held = std::mem::take(&mut self.held);
        held.extend_from_slice(bytes);
        let done = self.read(&held, each);
        held.drain(..done.min(held.len()));
        self.held = held;
    }

    /// Nothing comes any more: a line without an end is a message, part of a counted one is refused.
    pub fn finish(&mut self, each: &mut impl FnMut(&[u8])) {
        let held = std::mem::take(&mut self.held);
        self.passing = None;
        match counted(&held) {
            _ if held.is_empty() => {}
            Counted::Yes(..) => self.refused += 1,
            Counted::No | Counted::Unsure => each(&held),
        }
    }

    /// How many messages were too long or cut off, since this was asked last.
    pub fn take_refused(&mut self) -> u64 {
        std::mem::take(&mut self.refused)
    }

    /// Reads the messages at the start of some bytes; gives how many bytes are done with.
    fn read(&mut self, bytes: &[u8], each: &mut impl FnMut(&[u8])) -> usize {
        let mut done = 0;
        loop {
            let rest = bytes.get(done..).unwrap_or_default();
            if rest.is_empty() {
                return done;
            }
            if let Some(passing) = self.passing {
                done += self.pass(passing, rest);
                continue;
            }
            match step(rest) {
                Step::Message(message, length) => {
                    if !message.is_empty() {
                        each(message);
                    }
                    done += length;
                }
                Step::Wait => return done,
                Step::TooLong(passing) => {
                    self.refused += 1;
                    self.passing = Some(passing);
                }
            }
        }
    }

    /// Passes over the rest of a message that is too long; gives how many of the bytes belong to it.
    fn pass(&mut self, passing: Passing, bytes: &[u8]) -> usize {
        let (passed, is_over) = match passing {
            Passing::Bytes(left) if left > bytes.len() => {
                self.passing = Some(Passing::Bytes(left - bytes.len()));
                return bytes.len();
            }
            Passing::Bytes(left) => (left, true),
            Passing::Line => match memchr::memchr2(b'\n', 0, bytes) {
                Some(end) => (end + 1, true),
                None => (bytes.len(), false),
            },
        };
        if is_over {
            self.passing = None;
        }
        passed
    }
}

/// A length is digits, a space, and the `<` of the message: a line may begin with a number too.
fn counted(bytes: &[u8]) -> Counted {
    if !matches!(bytes.first(), Some(b'1'..=b'9')) {
        return Counted::No;
    }
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits > MOST_DIGITS {
        return Counted::No;
    }
    match (bytes.get(digits), bytes.get(digits + 1)) {
        (None, _) | (Some(b' '), None) => Counted::Unsure,
        (Some(b' '), Some(b'<')) => {
            let text = bytes.get(..digits).unwrap_or_default();
            let length = text.iter().fold(0, |sum, digit| sum * 10 + usize::from(digit - b'0'));
            Counted::Yes(digits + 1, length)
        }
        _ => Counted::No,
    }
}

fn step(bytes: &[u8]) -> Step<'_> {
    match counted(bytes) {
        Counted::Unsure => return Step::Wait,
        Counted::Yes(start, length) if length > LONGEST => {
            return Step::TooLong(Passing::Bytes(start + length));
        }
        Counted::Yes(start, length) => {
            return match bytes.get(start..start + length) {
                Some(message) => Step::Message(message, start + length),
                None => Step::Wait,
            };
        }
        Counted::No => {}
    }
    match memchr::memchr2(b'\n', 0, bytes) {
        Some(end) if end <= LONGEST => Step::Message(bytes.get(..end).unwrap_or_default(), end + 1),
        None if bytes.len() <= LONGEST => Step::Wait,
        _ => Step::TooLong(Passing::Line),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn messages(pieces: &[&[u8]]) -> (Vec<String>, u64) {
        let mut frames = SyslogFrames::default();
        let mut found = Vec::new();
        let mut each = |message: &[u8]| found.push(String::from_utf8_lossy(message).into_owned());
        for piece in pieces {
            frames.push(piece, &mut each);
        }
        frames.finish(&mut each);
        (found, frames.take_refused())
    }

    #[test]
    fn both_kinds_of_framing_are_read_from_one_stream() {
        let check = |stream: &[u8], expected: &[&str]| {
            let expected: Vec<String> = expected.iter().map(|it| (*it).to_owned()).collect();
            for piece in 1..=stream.len() {
                let pieces: Vec<&[u8]> = stream.chunks(piece).collect();
                assert_eq!(messages(&pieces), (expected.clone(), 0), "{piece}");
            }
        };
        check(b"<13>one\n<13>two\n", &["<13>one", "<13>two"]);
        check(b"7 <13>one8 <13>t\nwo<13>three\n", &["<13>one", "<13>t\nwo", "<13>three"]);
        check(b"<13>a\0<13>b\r\n\n<13>c", &["<13>a", "<13>b\r", "<13>c"]);
        check(
            b"2026-11-27 is no length\n7 is none\n8",
            &["2026-11-27 is no length", "7 is none", "8"],
        );
    }

    #[test]
    fn messages_that_are_too_long_or_cut_off_are_counted() {
        let long = [&b"<13>"[..], &vec![b'x'; 2 << 20], b"\n<13>next\n"].concat();
        let pieces: Vec<&[u8]> = long.chunks(100_000).collect();
        assert_eq!(messages(&pieces), (vec!["<13>next".to_owned()], 1));
        let counted = [&b"2000000 <"[..], &vec![b'x'; 1_999_999], b"5 <13>a"].concat();
        let pieces: Vec<&[u8]> = counted.chunks(4_096).collect();
        assert_eq!(messages(&pieces), (vec!["<13>a".to_owned()], 1));
        assert_eq!(messages(&[b"20 <13>cut off"]), (Vec::new(), 1));
    }

    proptest! {
        #[test]
        fn counted_messages_come_out_as_they_went_in(
            texts in proptest::collection::vec("<13>[^\0]{0,40}", 1..8),
            piece in 1_usize..50,
        ) {
            let stream: Vec<u8> =
                texts.iter().flat_map(|it| format!("{} {it}", it.len()).into_bytes()).collect();
            let pieces: Vec<&[u8]> = stream.chunks(piece).collect();
            prop_assert_eq!(messages(&pieces), (texts, 0));
        }

        #[test]
        fn any_bytes_are_read_and_no_more_is_held_than_a_message(
            pieces in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..64), 0..20),
        ) {
            let mut frames = SyslogFrames::default();
            for piece in &pieces {
                frames.push(piece, &mut |_| {});
            }
            prop_assert!(frames.held.len() <= LONGEST + 16);
        }
    }
}
