//! Questions to a name server of ours, and its own answers: RFC 1035, 2308, 6891, 8914.
//!
//! A message that is passed on stays as it came, byte for byte; only its number is another one. So
//! what is read here is the header and the question, and what is written is a handful of records.

use std::net::IpAddr;

use crate::packets::bytes::be16;
use crate::packets::dns::{HEADER, Message, pass_name};

const A: u16 = 1;
const AAAA: u16 = 28;
const OPT: u16 = 41;
const ANY: u16 = 255;
const INTERNET: u16 = 1;

const IS_ANSWER: u16 = 0x8000;
const OPERATION: u16 = 0x7800;
const RECURSION_DESIRED: u16 = 0x0100;
const RECURSION_AVAILABLE: u16 = 0x0080;
const CHECKING_DISABLED: u16 = 0x0010;

/// What we say we take in one datagram (RFC 6891 section 6.2.5; what fits every network).
const PAYLOAD: u16 = 1_232;
/// The question's own name, where it stands.
const NAME: [u8; 2] = [0xc0, 0x0c];

/// Codes of answers (RFC 1035 section 4.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
enum Code {
    FormatError = 1,
    ServerFailure = 2,
    NoSuchName = 3,
    NotImplemented = 4,
}

/// A message with one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question<'m> {
    message: &'m [u8],
    /// The name asked for, as text; a dot inside a label is written `\046`.
    pub name: Vec<u8>,
    kind: u16,
    class: u16,
    /// Where the question ends.
    end: usize,
    has_options: bool,
}

/// Why a message is not answered as a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoQuestion {
    /// It is no message, or an answer: nothing is sent back.
    Silence,
    /// The answer that says what is wrong with it.
    Answer(Vec<u8>),
}

impl<'m> Question<'m> {
    /// Reads a message.
    pub fn read(message: &'m [u8]) -> Result<Self, NoQuestion> {
        let flags = be16(message, 2).ok_or(NoQuestion::Silence)?;
        if message.len() < HEADER || flags & IS_ANSWER != 0 {
            return Err(NoQuestion::Silence);
        }
        let fail = |code: Code| {
            let mut answer = header(message, code as u16);
            answer.extend([0; 8]);
            NoQuestion::Answer(answer)
        };
        if flags & OPERATION != 0 {
            return Err(fail(Code::NotImplemented));
        }
        Self::parse(message).ok_or_else(|| fail(Code::FormatError))
    }

    fn parse(message: &'m [u8]) -> Option<Self> {
        if be16(message, 4)? != 1 {
            return None;
        }
        let mut read = Message::default();
        read.read(message).ok()?;
        let name = read.names().next()?.to_vec();
        let end = pass_name(message, HEADER).ok()?;
        // A pointer here would have to lead into the header.
        if !is_spelled_out(message.get(HEADER..end)?) {
            return None;
        }
        let (kind, class) = (be16(message, end)?, be16(message, end + 2)?);
        let end = end + 4;
        let records =
            [6, 8, 10].iter().map(|at| be16(message, *at).map(u32::from)).sum::<Option<u32>>()?;
        let has_options = has_options(message, end, records)?;
        Some(Self { message, name, kind, class, end, has_options })
    }

    /// Whether it is about the Internet, and not about another class of names.
    pub fn is_of_internet(&self) -> bool {
        self.class == INTERNET
    }

    /// The message to pass on, with another number.
    pub fn numbered(&self, number: u16) -> Vec<u8> {
        renumbered(self.message, number)
    }

    /// An answer of another server to [`Self::numbered`], as the one who asked expects it; `None` when it
    /// is no answer to this question under this number.
    pub fn answer_of(&self, number: u16, answer: &[u8]) -> Option<Vec<u8>> {
        let is_numbered = be16(answer, 0)? == number && be16(answer, 2)? & IS_ANSWER != 0;
        let asked = self.message.get(HEADER..self.end)?;
        let is_same = match be16(answer, 4)? {
            1 => answer.get(HEADER..self.end)?.eq_ignore_ascii_case(asked),
            // Some leave the question out when they refuse.
            0 => be16(answer, 6)? == 0 && answer.len() >= HEADER,
            _ => false,
        };
        let own = be16(self.message, 0)?;
        (is_numbered && is_same).then(|| renumbered(answer, own))
    }

    /// Our own answer for a listed name: those of the addresses that are of the kind asked for. Without
    /// any address the name does not exist. It may be remembered for `seconds`.
    pub fn blocked(&self, addresses: &[IpAddr], seconds: u32) -> Vec<u8> {
        let fits = |address: &&IpAddr| match address {
            IpAddr::V4(_) => matches!(self.kind, A | ANY),
            IpAddr::V6(_) => matches!(self.kind, AAAA | ANY),
        };
        let given: Vec<&IpAddr> = addresses.iter().filter(fits).take(16).collect();
        let code = if addresses.is_empty() { Code::NoSuchName as u16 } else { 0 };
        let mut answer = header(self.message, code);
        let counts = [1, given.len(), usize::from(given.is_empty()), usize::from(self.has_options)];
        for count in counts {
            answer.extend(u16::try_from(count).unwrap_or_default().to_be_bytes());
        }
        answer.extend_from_slice(self.message.get(HEADER..self.end).unwrap_or_default());
        for address in given {
            let (kind, bytes) = match address {
                IpAddr::V4(it) => (A, it.octets().to_vec()),
                IpAddr::V6(it) => (AAAA, it.octets().to_vec()),
            };
            record(&mut answer, kind, seconds, &bytes);
        }
        if counts[2] > 0 {
            // SOA: without it nobody remembers that there is nothing (RFC 2308 section 5).
            let mut soa = [NAME, NAME].concat();
            for number in [1, 3_600, 600, 86_400, seconds] {
                soa.extend(number.to_be_bytes());
            }
            record(&mut answer, 6, seconds, &soa);
        }
        if self.has_options {
            // RFC 8914 section 4.16: blocked, so that whoever looks sees why.
            options(&mut answer, &[0, 15, 0, 2, 0, 15]);
        }
        answer
    }

    /// Our own answer when the server above gives none.
    pub fn failed(&self) -> Vec<u8> {
        let mut answer = header(self.message, Code::ServerFailure as u16);
        answer.extend([0, 1, 0, 0, 0, 0, 0, u8::from(self.has_options)]);
        answer.extend_from_slice(self.message.get(HEADER..self.end).unwrap_or_default());
        if self.has_options {
            // RFC 8914 section 4.24: network error.
            options(&mut answer, &[0, 15, 0, 2, 0, 23]);
        }
        answer
    }
}

/// The addresses in an answer; none when it is no message.
pub fn answered_addresses(answer: &[u8]) -> Vec<IpAddr> {
    let mut message = Message::default();
    if message.read(answer).is_err() {
        return Vec::new();
    }
    message.answers
}

/// A name without pointers.
fn is_spelled_out(mut name: &[u8]) -> bool {
    loop {
        match name.first() {
            Some(0) => return name.len() == 1,
            Some(size @ 1..=63) => name = name.get(1 + usize::from(*size)..).unwrap_or_default(),
            _ => return false,
        }
    }
}

/// Whether options stand among the records behind the question; `None` when a record has no end.
fn has_options(message: &[u8], mut at: usize, records: u32) -> Option<bool> {
    let mut has_options = false;
    for _ in 0..records {
        at = pass_name(message, at).ok()?;
        has_options |= be16(message, at)? == OPT;
        at += 10 + usize::from(be16(message, at + 8)?);
        message.get(..at)?;
    }
    Some(has_options)
}

/// Number and flags of an answer.
fn header(message: &[u8], code: u16) -> Vec<u8> {
    let asked = be16(message, 2).unwrap_or_default();
    let kept = asked & (OPERATION | RECURSION_DESIRED | CHECKING_DISABLED);
    let flags = IS_ANSWER | RECURSION_AVAILABLE | kept | code;
    let mut answer = message.get(..2).unwrap_or_default().to_vec();
    answer.extend(flags.to_be_bytes());
    answer
}

/// A record of the question's name.
fn record(answer: &mut Vec<u8>, kind: u16, seconds: u32, data: &[u8]) {
    answer.extend(NAME);
    answer.extend(kind.to_be_bytes());
    answer.extend(INTERNET.to_be_bytes());
    answer.extend(seconds.to_be_bytes());
    answer.extend(u16::try_from(data.len()).unwrap_or_default().to_be_bytes());
    answer.extend_from_slice(data);
}

fn options(answer: &mut Vec<u8>, options: &[u8]) {
    answer.push(0);
    answer.extend(OPT.to_be_bytes());
    answer.extend(PAYLOAD.to_be_bytes());
    answer.extend([0; 4]);
    answer.extend(u16::try_from(options.len()).unwrap_or_default().to_be_bytes());
    answer.extend_from_slice(options);
}

fn renumbered(message: &[u8], number: u16) -> Vec<u8> {
    let mut message = message.to_vec();
    if let Some(place) = message.first_chunk_mut() {
        *place = number.to_be_bytes();
    }
    message
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What dig 9.18 sends for `A.Evil.example`: recursion desired, authentic data, EDNS with a cookie.
    fn asked(kind: u16) -> Vec<u8> {
        let mut wire = b"\x12\x34\x01\x20\0\x01\0\0\0\0\0\x01\x01A\x04Evil\x07example\0".to_vec();
        wire.extend(kind.to_be_bytes());
        wire.extend(b"\0\x01\0\0\x29\x04\xd0\0\0\0\0\0\x0c\0\x0a\0\x08cookie!!");
        wire
    }

    fn code(answer: &[u8]) -> u16 {
        be16(answer, 2).unwrap() & 0xf
    }

    #[test]
    fn a_listed_name_gets_our_answer() {
        let v4: IpAddr = "192.0.2.1".parse().unwrap();
        let v6: IpAddr = "2001:db8::1".parse().unwrap();
        let check = |kind, addresses: &[IpAddr], expected: (u16, &[IpAddr])| {
            let wire = asked(kind);
            let question = Question::read(&wire).unwrap();
            assert_eq!(question.name, b"A.Evil.example");
            let answer = question.blocked(addresses, 60);
            assert_eq!((code(&answer), &answered_addresses(&answer)[..]), expected);
            // It is a whole message, to the question that was asked, and has options.
            let records = [6, 8, 10].map(|at| u32::from(be16(&answer, at).unwrap())).iter().sum();
            assert_eq!(has_options(&answer, question.end, records), Some(true));
            assert_eq!(question.answer_of(0x1234, &answer), Some(answer));
        };
        check(A, &[], (3, &[]));
        check(A, &[v4, v6], (0, &[v4]));
        check(AAAA, &[v4, v6], (0, &[v6]));
        check(ANY, &[v4, v6], (0, &[v4, v6]));
        // HTTPS: the name is there, and has nothing of the kind.
        check(65, &[v4], (0, &[]));
    }

    #[test]
    fn what_is_passed_on_has_another_number_and_comes_back_with_its_own() {
        let wire = asked(A);
        let question = Question::read(&wire).unwrap();
        let passed = question.numbered(0xbeef);
        assert_eq!((&passed[..2], &passed[2..]), (&b"\xbe\xef"[..], &wire[2..]));
        let mut answer = passed.clone();
        answer[2] |= 0x80;
        let back = question.answer_of(0xbeef, &answer).unwrap();
        assert_eq!((&back[..2], &back[2..]), (&b"\x12\x34"[..], &answer[2..]));
        assert_eq!(question.answer_of(0xbeee, &answer), None, "another number");
        assert_eq!(question.answer_of(0xbeef, &passed), None, "no answer");
        answer[13] = b'b';
        assert_eq!(question.answer_of(0xbeef, &answer), None, "another name");
        answer[13] = b'a';
        assert!(question.answer_of(0xbeef, &answer).is_some(), "in another case");
        assert_eq!(code(&question.failed()), 2);
    }

    #[test]
    fn what_is_no_question_is_answered_with_what_is_wrong_or_not_at_all() {
        let check = |wire: &[u8], expected: Option<u16>| {
            let found = match Question::read(wire) {
                Err(NoQuestion::Answer(answer)) => Some(code(&answer)),
                Err(NoQuestion::Silence) => None,
                Ok(question) => panic!("{question:?}"),
            };
            assert_eq!(found, expected);
        };
        check(b"", None);
        check(b"\x12\x34\x01\x20", None);
        let mut answer = asked(A);
        answer[2] |= 0x80;
        check(&answer, None);
        let mut update = asked(A);
        update[2] |= 0x28;
        check(&update, Some(4));
        let mut two = asked(A);
        two[5] = 2;
        check(&two, Some(1));
        let whole = asked(A);
        for length in 12..whole.len() {
            check(&whole[..length], Some(1));
        }
        check(b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\xc0\x04\0\x01\0\x01", Some(1));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_harm(wire in prop::collection::vec(any::<u8>(), 0..80)) {
            if let Ok(question) = Question::read(&wire) {
                prop_assert!(question.answer_of(7, &question.numbered(7)).is_none());
                let answer = question.blocked(&[], 60);
                prop_assert!(Question::read(&answer).is_err());
            }
        }
    }
}
