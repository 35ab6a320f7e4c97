//! Packs, files of keys, what is remembered of packs, and results of scans.

use std::sync::OnceLock;

use ::packs::{Contents, Draft, Family, Ledger, Pack, RuleFile, SecretKey, TrustedKeys, sign};
use detection::Known;
use jiff::Timestamp;
use jiff::civil::date;
use results::{EnrolmentCode, KnownPlaces, ScanResult, SignedResult, reduced_path};

/// A pack that was changed is refused; what is no pack at all is refused without harm.
///
/// The bytes are tried as they are, behind the first bytes of a pack, and as changes to a pack that is
/// right: two bytes of a place, one of a value, and so on.
pub fn packs(bytes: &[u8]) {
    let front = [b"\x89LSPAK\r\n\x01\0\0\0".as_slice(), bytes].concat();
    for bytes in [bytes, &front] {
        if let Ok(pack) = Pack::read(bytes) {
            let good = pack.contents().map(|it| it.good).unwrap_or_default();
            assert!(good.is_sorted());
        }
    }
    let mut changed = sound().to_vec();
    for change in bytes.chunks_exact(3) {
        let [low, high, value] = change else { continue };
        let at = usize::from(u16::from_le_bytes([*low, *high])) % changed.len();
        if let Some(byte) = changed.get_mut(at) {
            *byte = *value;
        }
    }
    assert_eq!(Pack::read(&changed).is_ok(), changed == sound(), "a changed pack was taken");
    // What is inside, without the cipher that a fuzzer cannot guess.
    let mut known = Known::default();
    if known.add_bytes(bytes).is_ok() {
        let mut again = Known::default();
        assert!(again.add_bytes(&known.to_bytes()).is_ok());
        assert_eq!(again.digest(), known.digest());
    }
    if let Ok(keys) = TrustedKeys::parse(bytes) {
        assert_eq!(TrustedKeys::parse(keys.to_json().as_bytes()), Ok(keys));
    }
    if let Ok(key) = SecretKey::parse(bytes) {
        assert!(SecretKey::parse(key.to_json().as_bytes()).is_ok());
    }
    if let Ok(ledger) = Ledger::parse(bytes) {
        assert_eq!(Ledger::parse(ledger.to_json().as_bytes()), Ok(ledger));
    }
}

/// A result is read only as it was signed; paths keep nothing of a home, codes come back the same.
///
/// The bytes are tried as a file, as a result that is signed rightly, as a path and as a code.
pub fn scan_results(bytes: &[u8]) {
    let code = EnrolmentCode::from_random([7; 20]);
    assert!(SignedResult::read(bytes).is_err() || bytes.starts_with(b"{"));
    if let Ok(result) = serde_json::from_slice::<ScanResult>(bytes)
        && let Ok(read) = SignedResult::read(code.sign(&result).as_bytes())
    {
        assert_eq!((read.key, read.result), (code.public(), result));
    }
    let text = String::from_utf8_lossy(bytes);
    reduced_path(&text, &KnownPlaces::default());
    let told = reduced_path(&format!("/home/{text}/x.exe"), &KnownPlaces::default());
    assert!(told.len() < 100, "{told}");
    for code in [EnrolmentCode::parse(&text), EnrolmentCode::from_file_name(&text)] {
        let Some(code) = code else { continue };
        let again = EnrolmentCode::parse(&code.shown()).map(|it| it.public());
        assert_eq!(again, Some(code.public()));
    }
}

/// A pack with everything in it, signed twice.
fn sound() -> &'static [u8] {
    static SOUND: OnceLock<Vec<u8>> = OnceLock::new();
    SOUND.get_or_init(|| {
        let mut draft = Draft::new("seed", 1, Timestamp::UNIX_EPOCH, date(2026, 12, 31), "fuzz");
        draft.contents = Contents {
            rules: vec![RuleFile {
                name: "a.yar".to_owned(),
                text: "rule a { condition: true }".to_owned(),
            }],
            hashes: Known::default().to_bytes(),
            good: vec![[1; 32]],
            addresses: vec![7; 40],
            families: vec![Family { name: "a".to_owned(), ..Family::default() }],
        };
        let keys = [1, 2].map(|it| SecretKey::from_seed([it; 32], ""));
        let bytes = draft.build().unwrap_or_default();
        keys.iter().fold(bytes, |bytes, key| sign(&bytes, key).unwrap_or_default())
    })
}
