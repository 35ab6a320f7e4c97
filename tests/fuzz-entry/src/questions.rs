//! Questions to a name server of ours, and the answers of another one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use contacts::dns::{NoQuestion, Question, answered_addresses};

/// Whatever is answered is an answer, and a question that is passed on is none to itself.
pub fn questions(bytes: &[u8]) {
    let _ = answered_addresses(bytes);
    let addresses = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
    match Question::read(bytes) {
        Ok(question) => {
            assert!(question.answer_of(7, &question.numbered(7)).is_none());
            let number = bytes.first_chunk().map_or(0, |it| u16::from_be_bytes(*it));
            let answers =
                [question.blocked(&[], 60), question.blocked(&addresses, 60), question.failed()];
            for answer in answers {
                assert_eq!(Question::read(&answer), Err(NoQuestion::Silence));
                assert_eq!(question.answer_of(number, &answer), Some(answer));
            }
        }
        Err(NoQuestion::Answer(answer)) => {
            assert_eq!(Question::read(&answer), Err(NoQuestion::Silence));
        }
        Err(NoQuestion::Silence) => {}
    }
}
