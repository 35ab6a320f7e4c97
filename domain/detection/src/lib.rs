//! What is malicious in a file: rules, hashes and file names, and what their matches mean.
//!
//! [`Rules`] asks YARA rules, [`Known`] looks up hashes and names of indicator lists, [`Verdict`]
//! says what all of it amounts to. Everything takes bytes and gives values.
//!
//! ```
//! use detection::{FileFacts, RuleText, Rules};
//!
//! let text = r#"rule greeting { strings: $a = "xin chào thế giới" condition: $a }"#;
//! let texts = vec![RuleText { name: "mine.yar".to_owned(), text: text.to_owned() }];
//! let (rules, refused) = Rules::read(texts, &|_, _| Err("no files here".to_owned()), 1);
//! assert!(refused.is_empty());
//!
//! let mut hits = Vec::new();
//! let bytes = "… xin chào thế giới …".as_bytes();
//! let facts = FileFacts::of("greeting.txt", "/tmp", bytes);
//! rules.examiner().examine(&facts, bytes, |hit| hits.push(hit.rule)).unwrap();
//! assert_eq!(hits, ["greeting"]);
//! ```
//!
//! What it deliberately does not do: read files, unpack archives (`unpacking` does), decide what is
//! done about a finding.

mod facts;
mod known;
mod rules;
mod verdict;

pub use facts::{FileFacts, FileKind};
pub use known::{
    Digests, Known, KnownCounts, KnownDamaged, ListOutcome, NeededDigests, WithoutFiles,
    is_of_files, read_known,
};
pub use rules::{
    CompiledBefore, Include, RefusedRules, RuleExaminer, RuleHit, RuleText, Rules, RulesUndecided,
};
pub use verdict::{Category, Verdict};
