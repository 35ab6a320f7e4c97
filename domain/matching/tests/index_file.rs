//! The bytes of an index: written, read again, damaged, hostile; and a slow oracle of names.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use contacts::{Contact, Outcome};
use indicators::{Indicator, Scope};
use matching::{About, AboutList, Index, IndexBuilder, IndexError, Matcher, Origin};
use proptest::prelude::*;

fn indicator(text: &str) -> Indicator {
    let (text, scope) = match text.strip_prefix('=') {
        Some(text) => (text, Scope::Exact),
        None => (text, Scope::Subdomains),
    };
    let family = Some(format!("family-{}", text.len() % 3)).filter(|_| text.len() % 2 == 0);
    Indicator { observable: text.parse().unwrap(), scope, family, valid_until: None }
}

fn written(indicator: &Indicator) -> String {
    let mark = if indicator.scope == Scope::Exact { "=" } else { "" };
    format!("{mark}{} {:?}", indicator.observable, indicator.family)
}

const LIST: [&str; 17] = [
    "evil.example",
    "=exact.example",
    "a.very.deep.name.of.evil.vn",
    "làmsạch.example",
    "192.0.2.7",
    "0.0.0.0",
    "255.255.255.255",
    "198.51.100.0/24",
    "198.51.100.128/25",
    "203.0.113.9:8443",
    "2001:db8::7",
    "2001:db8:1::/48",
    "shared.example/gate",
    "shared.example:8080/x",
    "203.0.113.20/drop",
    "[2001:db8::9]:443",
    "http://[2001:db8::a]/drop",
];

fn index_of(list: &[&str]) -> Index {
    let mut builder = IndexBuilder::default();
    for text in list {
        let warning = text.starts_with("shared").then_some("shared hosts");
        builder.push_from(&indicator(text), Origin { list: "danh-sách.txt", warning }).unwrap();
    }
    let lists = vec![AboutList { name: "danh-sách.txt".into(), ..AboutList::default() }];
    let compiled_at = Some("2026-11-24T08:00:00Z".parse().unwrap());
    builder.build_about(&About { compiled_at, program: "test".into(), lists })
}

/// The bytes of the index of [`LIST`].
fn sound() -> &'static [u8] {
    static SOUND: std::sync::OnceLock<Index> = std::sync::OnceLock::new();
    SOUND.get_or_init(|| index_of(&LIST)).as_bytes()
}

fn contents(index: &Index) -> Vec<String> {
    let mut all: Vec<String> = index
        .iter()
        .map(|it| {
            let mark = if it.scope == Scope::Exact { "=" } else { "" };
            format!("{mark}{} {:?} {} {:?}", it.observable, it.family, it.list, it.warning)
        })
        .collect();
    all.sort_unstable();
    all
}

/// Every way of looking something up, whatever the answer.
fn look_up_everything(index: &Index) -> usize {
    let mut matcher = Matcher::new(index);
    let names =
        ["evil.example", "a.EVIL.example", "exact.example", "shared.example", "làm.example"];
    let addresses =
        ["192.0.2.7", "198.51.100.200", "203.0.113.9", "2001:db8::7", "255.255.255.255"];
    let mut hits = 0;
    for name in names {
        for address in addresses {
            let contact = Contact {
                device: b"203.0.113.20",
                name: name.as_bytes(),
                address: address.as_bytes(),
                path: b"/gate/x",
                query: b"u=http://evil.example/",
                port: 8443,
                outcome: Outcome::Connected,
                ..Contact::default()
            };
            let bare = Contact { name: b"", ..contact };
            for contact in [contact, bare] {
                if let Some(hit) = matcher.examine(&contact) {
                    hits += 1;
                    drop(index.describe(hit.indicator));
                }
            }
            matcher.holds_address(address.parse().unwrap());
        }
    }
    drop((index.len(), index.about(), index.iter().count(), index.counts()));
    hits
}

#[test]
fn an_index_is_the_same_after_a_journey_as_bytes() {
    let index = index_of(&LIST);
    let again = Index::from_bytes(index.as_bytes().to_vec()).unwrap();
    assert_eq!(again.verify(), Ok(()));
    assert_eq!(index.verify(), Ok(()));
    assert_eq!((again.len(), again.size_bytes()), (LIST.len(), index.size_bytes()));
    assert_eq!(contents(&again), contents(&index));
    assert_eq!(again.about(), index.about());
    assert_eq!(again.about().unwrap().lists[0].name, "danh-sách.txt");
    let shared = again.iter().find(|it| it.text() == "http://shared.example/gate");
    let shared = shared.or_else(|| again.iter().find(|it| it.text().ends_with("/gate"))).unwrap();
    assert_eq!((shared.list, shared.warning), ("danh-sách.txt", Some("shared hosts")));
    assert!(look_up_everything(&again) > 0);
}

#[test]
fn the_same_indicators_give_the_same_bytes() {
    assert_eq!(index_of(&LIST).as_bytes(), index_of(&LIST).as_bytes());
}

#[test]
fn an_empty_index_finds_nothing() {
    let index = IndexBuilder::default().build();
    assert!(index.is_empty());
    assert_eq!(index.verify(), Ok(()));
    assert_eq!(look_up_everything(&index), 0);
}

#[test]
fn what_is_no_index_is_told_apart() {
    let bytes = sound().to_vec();
    let opened = |bytes: &[u8]| Index::from_bytes(bytes.to_vec()).map(drop);
    let with = |at: usize, value: u8| {
        let mut bytes = bytes.clone();
        bytes[at] = value;
        bytes
    };
    let length = bytes.len() as u64;
    assert_eq!(opened(&bytes), Ok(()));
    assert_eq!(opened(b""), Err(IndexError::NotAnIndex));
    assert_eq!(opened(b"evil.example\n"), Err(IndexError::NotAnIndex));
    assert_eq!(opened(&with(8, 2)), Err(IndexError::Version { found: 2 }));
    let cut = &bytes[..bytes.len() - 1];
    let expected = IndexError::Length { expected: length, found: length - 1 };
    assert_eq!(opened(cut), Err(expected));
    let damaged = IndexError::Damaged { part: "header" };
    assert_eq!(opened(&bytes[..10]), Err(damaged));
    // Sections: their number, the offset of the first, the length of the second.
    assert_eq!(opened(&with(13, 1)), Err(damaged));
    assert_eq!(opened(&with(72 + 8, 1)), Err(damaged));
    assert_eq!(opened(&with(72 + 24 + 22, 1)), Err(damaged));
    assert_eq!(opened(&with(64, 3)), Err(damaged));
}

#[test]
fn every_changed_byte_is_noticed_by_the_digest() {
    let bytes = sound().to_vec();
    for at in (0..bytes.len()).step_by(31) {
        let mut changed = bytes.clone();
        changed[at] ^= 0x10;
        if let Ok(index) = Index::from_bytes(changed) {
            assert!(index.verify().is_err(), "byte {at}");
        }
    }
}

/// As a forger would: the digest fits the changed bytes.
fn forged(mut bytes: Vec<u8>) -> Vec<u8> {
    use sha2::{Digest, Sha256};
    let digest = Sha256::new().chain_update(&bytes[..24]).chain_update(&bytes[56..]).finalize();
    bytes[24..56].copy_from_slice(&digest);
    bytes
}

#[test]
fn a_forged_index_is_noticed_or_harmless() {
    let bytes = sound();
    let mut noticed = 0;
    let mut changed_bytes = 0;
    for at in (56..bytes.len()).step_by(13) {
        let mut changed = bytes.to_vec();
        changed[at] ^= 0x55;
        let Ok(opened) = Index::from_bytes(forged(changed)) else { continue };
        look_up_everything(&opened);
        changed_bytes += 1;
        noticed += usize::from(opened.verify().is_err());
    }
    // Gaps between sections, words of texts and spare bits of the maps may be anything.
    assert!(noticed * 10 > changed_bytes, "{noticed} of {changed_bytes}");
}

#[test]
fn a_million_names_take_few_bytes() {
    let count = 40_000;
    let mut builder = IndexBuilder::default();
    let endings = ["com", "net", "com.vn", "duckdns.org", "xyz", "edu.vn"];
    for at in 0..count {
        // Names of about 25 letters, as real lists have them.
        let letters = format!("{:x}{:x}", at * 2_654_435_761_u64 % 0xffff_ffff, at);
        let ending = endings[usize::try_from(at % 6).unwrap()];
        let text = format!("malware{letters:0>11}.{ending}");
        let family = Some(format!("family-{}", at % 300));
        let observable = text.parse().unwrap();
        let scope = Scope::Subdomains;
        builder.push(&Indicator { observable, scope, family, valid_until: None }, "list").unwrap();
    }
    let index = builder.build();
    assert_eq!(index.len() as u64, count);
    assert!(index.size_bytes() < index.len() * 28, "{}", index.size_bytes());
    assert_eq!(index.verify(), Ok(()));
}

/// Names of a small world of deep trees.
fn name() -> impl Strategy<Value = String> {
    let label = prop::sample::select(vec!["a", "b", "evilevil", "evilevil9", "x-y", "vn", "com"]);
    prop::collection::vec(label, 2..7).prop_map(|labels| labels.join("."))
}

proptest! {
    /// Label by label from the whole name down: the first that is listed, with its scope.
    #[test]
    fn names_are_found_as_a_walk_over_labels_finds_them(
        list in prop::collection::vec((name(), any::<bool>()), 0..60),
        asked in prop::collection::vec(name(), 1..40),
    ) {
        let mut builder = IndexBuilder::default();
        for (name, is_exact) in &list {
            let text = if *is_exact { format!("={name}") } else { name.clone() };
            builder.push(&indicator(&text), "list").unwrap();
        }
        let index = builder.build();
        prop_assert_eq!(index.verify(), Ok(()));
        let mut matcher = Matcher::new(&index);
        for asked in asked {
            let mut slow = None;
            let mut rest = Some(asked.as_str());
            while let Some(suffix) = rest {
                let reaches = |(name, is_exact): &(String, bool)| {
                    name == suffix && (suffix == asked || !is_exact)
                };
                if list.iter().any(reaches) {
                    slow = Some(suffix.to_owned());
                    break;
                }
                rest = suffix.split_once('.').map(|it| it.1);
            }
            for written in [asked.clone(), asked.to_uppercase() + "."] {
                let contact = Contact { name: written.as_bytes(), ..Contact::default() };
                let hit = matcher.examine(&contact);
                let fast = hit.map(|hit| index.describe(hit.indicator).unwrap().text());
                prop_assert_eq!(&fast, &slow, "{}", asked);
            }
        }
    }

    #[test]
    fn every_indicator_comes_out_as_it_went_in(
        names in prop::collection::btree_set(name(), 0..40),
        addresses in prop::collection::btree_set(any::<u32>(), 0..40),
    ) {
        let addresses = addresses.iter().map(|it| std::net::Ipv4Addr::from(*it).to_string());
        let list: Vec<Indicator> = names.into_iter().chain(addresses).map(|it| indicator(&it)).collect();
        let mut builder = IndexBuilder::default();
        for it in &list {
            builder.push(it, "list").unwrap();
        }
        let index = builder.build();
        let mut went_in: Vec<String> = list.iter().map(written).collect();
        let mut came_out: Vec<String> = index.iter().map(|it| written(&Indicator {
            observable: it.observable, scope: it.scope,
            family: it.family.map(str::to_owned), valid_until: None,
        })).collect();
        went_in.sort_unstable();
        came_out.sort_unstable();
        prop_assert_eq!(came_out, went_in);
    }

    #[test]
    fn hostile_bytes_do_no_harm(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
    ) {
        let mut bytes = sound().to_vec();
        for (at, value) in changes {
            let at = 56 + at.index(bytes.len() - 56);
            bytes[at] = value;
        }
        let Ok(index) = Index::from_bytes(forged(bytes)) else { return Ok(()) };
        look_up_everything(&index);
        if index.verify().is_ok() {
            prop_assert_eq!(index.iter().count(), index.len());
        }
    }
}
