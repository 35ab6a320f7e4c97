//! Compiled indexes.

use std::sync::OnceLock;

use contacts::{Contact, Outcome};
use indicators::{Indicator, Scope};
use matching::{Index, IndexBuilder, Matcher};

/// An index that looks right is searched; one that is verified holds what it says.
///
/// The bytes are tried as they are, and as changes to an index that is right: two bytes of a place,
/// one of a value, and so on.
pub fn index_file(bytes: &[u8]) {
    if let Ok(index) = Index::from_bytes(bytes.to_vec()) {
        search(&index);
    }
    let mut changed = sound().to_vec();
    for change in bytes.chunks_exact(3) {
        let [low, high, value] = change else { continue };
        let at = usize::from(u16::from_le_bytes([*low, *high]));
        if let Some(byte) = changed.get_mut(at) {
            *byte = *value;
        }
    }
    if let Ok(index) = Index::from_bytes(changed) {
        search(&index);
    }
}

fn search(index: &Index) {
    let mut matcher = Matcher::new(index);
    for (name, address) in [
        ("evil.example", "192.0.2.7"),
        ("a.b.evil.example", "198.51.100.200"),
        ("shared.example", "203.0.113.9"),
        ("", "203.0.113.20"),
        ("l\u{e0}m.example", "2001:db8::7"),
    ] {
        let contact = Contact {
            name: name.as_bytes(),
            address: address.as_bytes(),
            path: b"/gate/x",
            port: 8443,
            outcome: Outcome::Connected,
            ..Contact::default()
        };
        if let Some(hit) = matcher.examine(&contact) {
            drop(index.describe(hit.indicator));
        }
    }
    let described = index.iter().count();
    drop(index.about());
    if index.verify().is_ok() {
        assert_eq!(described, index.len());
    }
}

fn sound() -> &'static [u8] {
    static SOUND: OnceLock<Index> = OnceLock::new();
    let index = SOUND.get_or_init(|| {
        let mut builder = IndexBuilder::default();
        for text in [
            "evil.example",
            "a.very.deep.name.of.evil.vn",
            "192.0.2.7",
            "198.51.100.0/24",
            "203.0.113.9:8443",
            "2001:db8::7",
            "2001:db8:1::/48",
            "shared.example:8080/x",
            "203.0.113.20/drop",
        ] {
            let Ok(observable) = text.parse() else { continue };
            let scope = Scope::Subdomains;
            let indicator = Indicator { observable, scope, family: None, valid_until: None };
            assert!(builder.push(&indicator, "list").is_ok());
        }
        builder.build()
    });
    index.as_bytes()
}
