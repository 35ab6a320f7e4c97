//! Enrolment codes: what a unit types into its tools, or what stands in the program's file name.

use packs::{PublicKey, SecretKey};
use sha2::{Digest as _, Sha256};

use crate::ScanResult;
use crate::signed::sign;

/// Digits of a code, 100 random bits: Crockford's base 32.
const LENGTH: usize = 20;
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A unit's code. The key that signs comes from it; a portal keeps only the public half, so that
/// whoever reads its database can neither tell the code nor sign.
#[derive(Clone)]
pub struct EnrolmentCode {
    digits: String,
    key: SecretKey,
}

impl EnrolmentCode {
    /// From random bytes.
    pub fn from_random(bytes: [u8; LENGTH]) -> Self {
        let digit = |it: u8| DIGITS.get(usize::from(it % 32)).copied().map_or('0', char::from);
        Self::of(bytes.into_iter().map(digit).collect())
    }

    /// From what a person typed: capitals, blanks, hyphens and look-alikes do not matter.
    pub fn parse(typed: &str) -> Option<Self> {
        let digits: Option<String> = typed
            .chars()
            .filter(|it| !it.is_whitespace() && *it != '-')
            .map(|it| {
                let it = match it.to_ascii_uppercase() {
                    'O' => '0',
                    'I' | 'L' => '1',
                    it => it,
                };
                u8::try_from(it).ok().filter(|it| DIGITS.contains(it)).map(char::from)
            })
            .collect();
        digits.filter(|it| it.len() == LENGTH).map(Self::of)
    }

    /// From the name of the program's file: `lamsach-clean-ABCDE-FGH01-23456-789XY.exe`, also with what
    /// browsers and file managers put behind it: ` (1)`, `(1)`, ` - Copy`.
    pub fn from_file_name(name: &str) -> Option<Self> {
        let stem = name.split(['.', '(']).next().unwrap_or_default();
        let parts: Vec<&str> = stem.split('-').map(str::trim).collect();
        // As the portal wrote it: `clean` is no group of a code.
        let is_group = |it: &&str| {
            it.len() == 5 && it.bytes().all(|it| DIGITS.contains(&it.to_ascii_uppercase()))
        };
        let code = parts.windows(4).rev().find(|it| it.iter().all(is_group))?;
        Self::parse(&code.concat())
    }

    fn of(digits: String) -> Self {
        let mut seed = Sha256::new();
        seed.update(b"lamsach enrolment key 1\0");
        seed.update(digits.as_bytes());
        let key = SecretKey::from_seed(seed.finalize().into(), "");
        Self { digits, key }
    }

    /// As people read and type it: four groups of five.
    pub fn shown(&self) -> String {
        let groups = self.digits.as_bytes().chunks(5);
        groups.map(|it| String::from_utf8_lossy(it).into_owned()).collect::<Vec<_>>().join("-")
    }

    /// What a portal knows the code by.
    pub fn public(&self) -> PublicKey {
        self.key.public()
    }

    /// A mark of a PC that is the same for the same PC and code, and that nobody can go back from
    /// without the code.
    pub fn mark_of(&self, machine: &[u8]) -> String {
        let mut hash = Sha256::new();
        hash.update(b"lamsach device mark 1\0");
        hash.update(self.digits.as_bytes());
        hash.update(machine);
        hex::encode(hash.finalize().get(..16).unwrap_or_default())
    }

    /// The file of a result.
    pub fn sign(&self, result: &ScanResult) -> String {
        sign(&self.key, result)
    }
}

impl std::fmt::Debug for EnrolmentCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EnrolmentCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_same_however_it_is_typed() {
        let code = EnrolmentCode::parse("ABCDE-FGH01-23456-789XY").unwrap();
        assert_eq!(code.shown(), "ABCDE-FGH01-23456-789XY");
        for typed in
            ["abcdefgh0123456789xy", "ABCDE FGHOI 23456 789XY", " abcde-fghol-23456-789xy\n"]
        {
            assert_eq!(EnrolmentCode::parse(typed).unwrap().public(), code.public(), "{typed}");
        }
        for typed in [
            "",
            "ABCDE-FGH01-23456-789X",
            "ABCDE-FGH01-23456-789XYZ",
            "ABCDE-FGH01-23456-789XU",
            "ă",
        ] {
            assert!(EnrolmentCode::parse(typed).is_none(), "{typed}");
        }
        assert!(!format!("{code:?}").contains("ABCDE"));
        let random = EnrolmentCode::from_random([255; 20]);
        assert_eq!(EnrolmentCode::parse(&random.shown()).unwrap().public(), random.public());
    }

    #[test]
    fn a_code_is_read_from_the_name_of_the_program() {
        let check = |name: &str, expected: Option<&str>| {
            let code = EnrolmentCode::from_file_name(name).map(|it| it.shown());
            assert_eq!(code.as_deref(), expected, "{name}");
        };
        let code = Some("ABCDE-FGH01-23456-789XY");
        check("lamsach-clean-ABCDE-FGH01-23456-789XY.exe", code);
        check("lamsach-clean-abcde-fgh01-23456-789xy", code);
        check("lamsach-clean-ABCDE-FGH01-23456-789XY (1).exe", code);
        check("lamsach-clean-ABCDE-FGH01-23456-789XY(1).exe", code);
        check("lamsach-clean-ABCDE-FGH01-23456-789XY - Copy.exe", code);
        check("lamsach-clean.exe", None);
        check("lamsach-clean-ABCDE-FGH01-23456.exe", None);
        check("lamsach-clean-ABCDEFGH0123456789XY.exe", None);
        check("", None);
    }

    #[test]
    fn a_mark_is_of_one_pc_and_one_code() {
        let [one, other] = [1, 2].map(|it| EnrolmentCode::from_random([it; 20]));
        assert_eq!(one.mark_of(b"a"), one.mark_of(b"a"));
        assert_ne!(one.mark_of(b"a"), one.mark_of(b"b"));
        assert_ne!(one.mark_of(b"a"), other.mark_of(b"a"));
        assert_eq!(one.mark_of(b"a").len(), 32);
    }
}
