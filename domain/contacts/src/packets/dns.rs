//! DNS messages: RFC 1035 section 4.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::bytes::{be16, byte};
use crate::Outcome;

pub(crate) const HEADER: usize = 12;
/// The longest name on the wire, length bytes and root included (RFC 1035 section 2.3.4).
const LONGEST_NAME: usize = 255;
/// Questions of one message that are read; programs ask one.
const MOST_QUESTIONS: u16 = 8;

/// What of a message matters here.
#[derive(Debug, Default)]
pub(crate) struct Message {
    pub(crate) id: u16,
    pub(crate) is_response: bool,
    /// Names asked for, one behind the other, as text; [`Self::names`] gives them.
    text: Vec<u8>,
    ends: Vec<usize>,
    /// The addresses of the answer section.
    pub(crate) answers: Vec<IpAddr>,
}

/// The message is none, or ends before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotDns;

impl Message {
    /// Reads a message over what was read before; keeps its memory.
    pub(crate) fn read(&mut self, message: &[u8]) -> Result<(), NotDns> {
        self.text.clear();
        self.ends.clear();
        self.answers.clear();
        let flags = be16(message, 2).ok_or(NotDns)?;
        self.id = be16(message, 0).ok_or(NotDns)?;
        self.is_response = flags & 0x8000 != 0;
        let questions = be16(message, 4).ok_or(NotDns)?;
        let answers = be16(message, 6).ok_or(NotDns)?;
        if message.len() < HEADER {
            return Err(NotDns);
        }
        // Transfers, notifications and updates ask for nothing.
        let is_query = flags & 0x7800 == 0;
        let mut at = HEADER;
        for question in 0..questions {
            let end = if is_query && question < MOST_QUESTIONS {
                self.read_name(message, at)?
            } else {
                pass_name(message, at)?
            };
            be16(message, end + 2).ok_or(NotDns)?;
            at = end + 4;
        }
        if !is_query || !self.is_response {
            return Ok(());
        }
        for _ in 0..answers {
            at = self.read_answer(message, at)?;
        }
        Ok(())
    }

    /// The names asked for: labels with dots between them. The root has an empty name.
    pub(crate) fn names(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let bounds = starts.zip(self.ends.iter().copied());
        bounds.map(|(start, end)| self.text.get(start..end).unwrap_or_default())
    }

    /// What the message proves of its names.
    pub(crate) fn outcome(&self) -> Outcome {
        if self.answers.is_empty() {
            Outcome::DnsQueried
        } else if self.answers.iter().all(leads_nowhere) {
            Outcome::DnsBlocked
        } else {
            Outcome::DnsResolved
        }
    }

    fn read_answer(&mut self, message: &[u8], at: usize) -> Result<usize, NotDns> {
        let at = pass_name(message, at)?;
        let (kind, class) = (be16(message, at).ok_or(NotDns)?, be16(message, at + 2));
        let length = usize::from(be16(message, at + 8).ok_or(NotDns)?);
        let start = at + 10;
        let data = message.get(start..start + length).ok_or(NotDns)?;
        let address = match (kind, class) {
            (1, Some(1)) => data.as_array().map(|four| Ipv4Addr::from(*four).into()),
            (28, Some(1)) => data.as_array::<16>().map(|it| Ipv6Addr::from(*it).to_canonical()),
            _ => None,
        };
        self.answers.extend(address);
        Ok(start + length)
    }

    /// Reads a name that may be compressed; gives where it ends in place.
    fn read_name(&mut self, message: &[u8], start: usize) -> Result<usize, NotDns> {
        let first = self.text.len();
        let (mut at, mut end, mut length) = (start, None, 1);
        loop {
            let size = byte(message, at).ok_or(NotDns)?;
            match size {
                0 => break,
                1..=63 => {
                    let size = usize::from(size);
                    length += size + 1;
                    let label = message.get(at + 1..at + 1 + size).ok_or(NotDns)?;
                    if length > LONGEST_NAME {
                        return Err(NotDns);
                    }
                    if self.text.len() > first {
                        self.text.push(b'.');
                    }
                    self.push_label(label);
                    at += 1 + size;
                }
                0xc0.. => {
                    let target = usize::from(be16(message, at).ok_or(NotDns)? & 0x3fff);
                    end.get_or_insert(at + 2);
                    // Only backwards: no loop can be made of that.
                    if target >= at {
                        return Err(NotDns);
                    }
                    at = target;
                    // Every jump costs: a chain of jumps ends as a long name does.
                    length += 2;
                    if length > LONGEST_NAME {
                        return Err(NotDns);
                    }
                }
                // Reserved, and the bit labels of RFC 2673, which nobody uses
                _ => return Err(NotDns),
            }
        }
        self.ends.push(self.text.len());
        Ok(end.unwrap_or(at + 1))
    }

    /// A dot inside a label is written `\046` (RFC 1035 section 5.1): the text of a name must not
    /// say that there are more labels than there are.
    fn push_label(&mut self, label: &[u8]) {
        for byte in label {
            if *byte == b'.' {
                self.text.extend_from_slice(b"\\046");
            } else {
                self.text.push(*byte);
            }
        }
    }
}

/// Where a name ends in place.
pub(crate) fn pass_name(message: &[u8], mut at: usize) -> Result<usize, NotDns> {
    loop {
        match byte(message, at).ok_or(NotDns)? {
            0 => return Ok(at + 1),
            size @ 1..=63 => at += 1 + usize::from(size),
            0xc0.. => return Ok(at + 2),
            _ => return Err(NotDns),
        }
    }
}

/// `0.0.0.0`, `::` and this machine itself: the answer of a filter.
fn leads_nowhere(answer: &IpAddr) -> bool {
    answer.is_unspecified() || answer.is_loopback()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(text: &str) -> Vec<u8> {
        let mut wire = Vec::new();
        for label in text.split('.').filter(|it| !it.is_empty()) {
            wire.push(u8::try_from(label.len()).unwrap());
            wire.extend_from_slice(label.as_bytes());
        }
        wire.push(0);
        wire
    }

    fn message(flags: u16, questions: &[&[u8]], answers: &[Vec<u8>]) -> Vec<u8> {
        let count = |it: usize| u16::try_from(it).unwrap().to_be_bytes();
        let mut wire = b"\x12\x34".to_vec();
        wire.extend(flags.to_be_bytes());
        wire.extend(count(questions.len()));
        wire.extend(count(answers.len()));
        wire.extend([0; 4]);
        for question in questions {
            wire.extend_from_slice(question);
            wire.extend(b"\0\x01\0\x01");
        }
        wire.extend(answers.concat());
        wire
    }

    fn answer(kind: u16, data: &[u8]) -> Vec<u8> {
        let mut wire = b"\xc0\x0c".to_vec();
        wire.extend(kind.to_be_bytes());
        wire.extend(b"\0\x01\0\0\0\x3c");
        wire.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        wire.extend_from_slice(data);
        wire
    }

    fn read(wire: &[u8]) -> Option<(Vec<String>, Vec<String>, Outcome)> {
        let mut message = Message::default();
        message.read(wire).ok()?;
        let text = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
        let answers = message.answers.iter().map(ToString::to_string).collect();
        Some((message.names().map(text).collect(), answers, message.outcome()))
    }

    #[test]
    fn names_and_addresses_are_read() {
        let check = |wire: &[u8], names: &[&str], answers: &[&str], outcome| {
            let expected: (Vec<_>, Vec<_>, _) = (
                names.iter().map(ToString::to_string).collect(),
                answers.iter().map(ToString::to_string).collect(),
                outcome,
            );
            assert_eq!(read(wire), Some(expected));
            for length in 0..wire.len() {
                assert_eq!(read(&wire[..length]), None, "cut at {length}");
            }
        };
        let evil = name("A.Evil.example");
        check(&message(0x100, &[&evil], &[]), &["A.Evil.example"], &[], Outcome::DnsQueried);
        let cname = answer(5, b"\xc0\x0e");
        let v4 = answer(1, &[192, 0, 2, 7]);
        let v6 = answer(28, &"2001:db8::7".parse::<Ipv6Addr>().unwrap().octets());
        check(
            &message(0x8180, &[&evil], &[cname, v4.clone(), v6]),
            &["A.Evil.example"],
            &["192.0.2.7", "2001:db8::7"],
            Outcome::DnsResolved,
        );
        let nowhere = answer(1, &[0, 0, 0, 0]);
        check(
            &message(0x8180, &[&evil], std::slice::from_ref(&nowhere)),
            &["A.Evil.example"],
            &["0.0.0.0"],
            Outcome::DnsBlocked,
        );
        check(
            &message(0x8180, &[&evil], &[nowhere, v4]),
            &["A.Evil.example"],
            &["0.0.0.0", "192.0.2.7"],
            Outcome::DnsResolved,
        );
        check(&message(0x8183, &[&evil], &[]), &["A.Evil.example"], &[], Outcome::DnsQueried);
        let second = b"\x01b\xc0\x0e";
        check(
            &message(0x100, &[&evil, second], &[]),
            &["A.Evil.example", "b.Evil.example"],
            &[],
            Outcome::DnsQueried,
        );
        check(&message(0x100, &[b"\0"], &[]), &[""], &[], Outcome::DnsQueried);
        // An update names a zone, and nobody asks for it.
        check(&message(0x2800, &[&evil], &[]), &[], &[], Outcome::DnsQueried);
    }

    #[test]
    fn a_dot_inside_a_label_makes_no_label() {
        let wire = message(0x100, &[b"\x0cevil.example\0"], &[]);
        assert_eq!(read(&wire).unwrap().0, ["evil\\046example"]);
        let wire = message(0x100, &[b"\x06x.evil\x07example\0"], &[]);
        assert_eq!(read(&wire).unwrap().0, ["x\\046evil.example"]);
    }

    #[test]
    fn names_that_cannot_be_are_refused() {
        let check = |question: &[u8]| {
            assert_eq!(read(&message(0x100, &[question], &[])), None, "{question:?}");
        };
        // A pointer at itself, one forward, two at one another.
        check(b"\xc0\x0c");
        check(b"\xc0\x20");
        check(b"\x01a\xc0\x10\xc0\x0c");
        check(b"\x41aaaa\0");
        let label = format!("{}.", "a".repeat(63));
        check(&name(&label.repeat(4)));
        let longest = name(&format!("{}{}", label.repeat(3), "a".repeat(61)));
        assert_eq!(longest.len(), 255);
        assert_eq!(read(&message(0x100, &[&longest], &[])).unwrap().0[0].len(), 253);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_harm(wire in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut message = Message::default();
            if message.read(&wire).is_ok() {
                for name in message.names() {
                    // Four characters for a dot inside a label.
                    prop_assert!(name.len() <= 4 * LONGEST_NAME);
                }
            }
        }
    }
}
