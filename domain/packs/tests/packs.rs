//! What a pack promises: whoever changes it, cuts it or goes back to an older one is refused.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use jiff::Timestamp;
use jiff::civil::date;
use packs::{
    Contents, Draft, Family, Ledger, LedgerError, NamedKey, Pack, PackError, RuleFile, SecretKey,
    TrustedKeys, sign,
};
use proptest::prelude::*;

fn key(number: u8) -> SecretKey {
    SecretKey::from_seed([number; 32], "khóa")
}

fn trusted(numbers: &[u8], threshold: usize) -> TrustedKeys {
    let keys = numbers.iter().map(|it| NamedKey { key: key(*it).public(), name: String::new() });
    TrustedKeys::new(keys.collect(), threshold).unwrap()
}

fn contents() -> Contents {
    Contents {
        rules: vec![RuleFile {
            name: "mẫu/thử.yar".to_owned(),
            text: "rule harmless { strings: $a = \"dấu hiệu thử\" condition: $a }".to_owned(),
        }],
        hashes: b"what another crate wrote".to_vec(),
        good: vec![[1; 32], [2; 32]],
        addresses: vec![7; 1_000],
        families: vec![Family { name: "Họ thử".to_owned(), ..Family::default() }],
    }
}

fn draft(serial: u64, contents: Contents) -> Vec<u8> {
    let mut draft =
        Draft::new("chien-dich", serial, Timestamp::UNIX_EPOCH, date(2026, 12, 31), "test");
    draft.contents = contents;
    draft.build().unwrap()
}

fn signed(serial: u64, keys: &[u8]) -> Vec<u8> {
    keys.iter().fold(draft(serial, contents()), |pack, it| sign(&pack, &key(*it)).unwrap())
}

#[test]
fn what_went_in_comes_out_and_its_text_is_not_readable_in_the_file() {
    let bytes = signed(3, &[1, 2]);
    let pack = Pack::read(&bytes).unwrap();
    assert_eq!(pack.contents().unwrap(), contents());
    assert_eq!((pack.name(), pack.serial(), pack.expires()), ("chien-dich", 3, date(2026, 12, 31)));
    assert_eq!(pack.signers(), [key(1).public(), key(2).public()]);
    assert!(pack.unknown_sections().is_empty());
    let text = "dấu hiệu thử".as_bytes();
    assert!(!bytes.windows(text.len()).any(|it| it == text));
    assert_eq!(bytes, signed(3, &[1, 2]), "the same content gives the same bytes");
    assert_eq!(sign(&bytes, &key(1)), Err(PackError::SignedAlready));
}

#[test]
fn every_cut_and_every_flipped_bit_is_refused() {
    let bytes = signed(1, &[1, 2]);
    for length in 0..bytes.len() {
        assert!(Pack::read(&bytes[..length]).is_err(), "cut to {length}");
    }
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            assert!(Pack::read(&changed).is_err(), "bit {bit} of byte {at}");
        }
    }
    let longer = [bytes.as_slice(), b"\0"].concat();
    assert_eq!(Pack::read(&longer).unwrap_err(), PackError::TrailingBytes);
}

#[test]
fn a_threshold_of_trusted_keys_must_have_signed() {
    let admit = |signers: &[u8], keys: &TrustedKeys| {
        let bytes = signed(1, signers);
        Ledger::default().admit(&Pack::read(&bytes).unwrap(), keys, date(2026, 11, 27))
    };
    let not_trusted = |trusted, needed| Err(LedgerError::NotTrusted { trusted, needed });
    let two_of_three = trusted(&[1, 2, 3], 2);
    assert!(admit(&[1, 3], &two_of_three).is_ok());
    assert!(admit(&[9, 2, 3], &two_of_three).is_ok(), "a stranger's signature does no harm");
    assert_eq!(admit(&[], &two_of_three), not_trusted(0, 2));
    assert_eq!(admit(&[1], &two_of_three), not_trusted(1, 2));
    assert_eq!(admit(&[1, 9], &two_of_three), not_trusted(1, 2));
    assert_eq!(admit(&[8, 9], &two_of_three), not_trusted(0, 2));
}

#[test]
fn a_signature_moved_to_another_pack_does_not_fit() {
    let (one, other) = (signed(1, &[1]), draft(2, contents()));
    let mut forged = other[..other.len() - 1].to_vec();
    forged.extend(&one[one.len() - 97..]);
    assert_eq!(Pack::read(&forged).unwrap_err(), PackError::Signature);
}

#[test]
fn serials_never_go_back_and_one_serial_is_one_content() {
    let keys = trusted(&[1], 1);
    let mut ledger = Ledger::default();
    let mut admit = |bytes: &[u8]| {
        let admitted = ledger.admit(&Pack::read(bytes).unwrap(), &keys, date(2026, 11, 27));
        ledger = Ledger::parse(ledger.to_json().as_bytes()).unwrap();
        admitted.map(|it| it.is_new)
    };
    assert_eq!(admit(&signed(5, &[1])), Ok(true));
    assert_eq!(admit(&signed(5, &[1])), Ok(false));
    assert_eq!(admit(&signed(4, &[1])), Err(LedgerError::Older { serial: 4, known: 5 }));
    let other = sign(&draft(5, Contents::default()), &key(1)).unwrap();
    assert_eq!(admit(&other), Err(LedgerError::OtherContent { serial: 5 }));
    assert_eq!(admit(&signed(u64::MAX, &[1])), Ok(true));
    // What nobody trusts leaves no trace.
    let mut ledger = Ledger::default();
    let (bytes, strangers) = (signed(9, &[1]), trusted(&[2], 1));
    let pack = Pack::read(&bytes).unwrap();
    ledger.admit(&pack, &strangers, date(2026, 1, 1)).unwrap_err();
    assert_eq!(ledger, Ledger::default());
}

#[test]
fn the_last_day_still_counts() {
    let bytes = signed(1, &[1]);
    let pack = Pack::read(&bytes).unwrap();
    let is_expired =
        |day| Ledger::default().admit(&pack, &trusted(&[1], 1), day).unwrap().is_expired;
    assert!(!is_expired(date(2026, 12, 31)));
    assert!(is_expired(date(2027, 1, 1)));
}

#[test]
fn a_damaged_ledger_is_no_empty_one() {
    for text in ["{", "{}", r#"{"lamsach_packs":2,"packs":{}}"#, "[]"] {
        let error = Ledger::parse(text.as_bytes()).unwrap_err();
        assert!(matches!(error, LedgerError::Damaged(_)), "{text}");
    }
    assert_eq!(Ledger::parse(b""), Ok(Ledger::default()));
}

#[test]
fn names_that_could_lead_elsewhere_are_refused() {
    for name in ["", "A", "../x", "a/b", "-a", "ă", &"a".repeat(65)] {
        let draft = Draft::new(name, 1, Timestamp::UNIX_EPOCH, date(2026, 1, 1), "test");
        assert_eq!(draft.build(), Err(PackError::Name(name.to_owned())));
    }
    let draft = Draft::new("a", 0, Timestamp::UNIX_EPOCH, date(2026, 1, 1), "test");
    assert_eq!(draft.build(), Err(PackError::Serial));
}

proptest! {
    #[test]
    fn bytes_of_any_kind_are_read_or_refused(
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
    ) {
        let front = [b"\x89LSPAK\r\n\x01\0\0\0".as_slice(), &bytes].concat();
        prop_assert!(Pack::read(&bytes).is_err());
        prop_assert!(Pack::read(&front).is_err());
    }

    #[test]
    fn contents_come_back_whatever_they_are(
        texts in proptest::collection::vec((".{0,20}", ".{0,60}"), 0..5),
        hashes in proptest::collection::vec(any::<u8>(), 0..300),
        good in proptest::collection::btree_set(any::<[u8; 32]>(), 0..5),
        serial in 1..u64::MAX,
    ) {
        let rules = texts.into_iter().map(|(name, text)| RuleFile { name, text });
        let contents = Contents {
            rules: rules.collect(),
            hashes,
            good: good.into_iter().collect(),
            ..Contents::default()
        };
        let bytes = sign(&draft(serial, contents.clone()), &key(4)).unwrap();
        let pack = Pack::read(&bytes).unwrap();
        prop_assert_eq!(pack.serial(), serial);
        prop_assert_eq!(pack.contents().unwrap(), contents);
    }
}
