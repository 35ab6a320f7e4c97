//! Keys: those that sign, and those that are trusted.

use std::collections::BTreeSet;
use std::fmt;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The largest file of keys, in bytes.
const MOST_KEY_BYTES: usize = 64 << 10;
/// Keys that may sign for one campaign.
const MOST_KEYS: usize = 32;
/// Characters of the name of a key.
const LONGEST_NAME: usize = 100;
/// Version of both kinds of file.
const VERSION: u32 = 1;

/// Why a file of keys cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// Other content.
    #[error("the file holds no keys: {0}")]
    NotKeys(String),
    /// Written by a later program.
    #[error("the file of keys has version {0}, which this program does not know")]
    Version(u32),
    /// The secret half stands where the public one is wanted.
    #[error("the file holds a secret key: it belongs to the one who signs, and to no tool")]
    Secret,
    /// A public key stands where the secret one is wanted.
    #[error("the file holds public keys; to sign, the secret key is needed")]
    Public,
    /// A key that is none, or that proves nothing.
    #[error("`{0}` is no usable key")]
    Key(String),
    /// The same key twice: a threshold would count it twice.
    #[error("the key `{0}` stands there twice")]
    Twice(String),
    /// More than can be met, or none.
    #[error("{threshold} signatures are asked for, of {keys} keys")]
    Threshold {
        /// Signatures asked for.
        threshold: usize,
        /// Keys there are.
        keys: usize,
    },
}

/// A public key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// From its bytes; `None` when they are no point of the curve, or one that proves nothing.
    pub fn from_bytes(bytes: [u8; 32]) -> Option<Self> {
        let key = VerifyingKey::from_bytes(&bytes).ok().filter(|it| !it.is_weak())?;
        (key.to_bytes() == bytes).then_some(Self(bytes))
    }

    /// Its bytes.
    pub fn to_bytes(self) -> [u8; 32] {
        self.0
    }

    /// What two people compare on the telephone: 16 hexadecimal digits in groups of four.
    pub fn fingerprint(self) -> String {
        let digits = hex::encode(Sha256::digest(self.0));
        let groups = digits.as_bytes().chunks(4).take(4);
        groups.map(|it| String::from_utf8_lossy(it).into_owned()).collect::<Vec<_>>().join("-")
    }

    /// Trust in this key alone.
    pub fn alone(self) -> TrustedKeys {
        TrustedKeys { threshold: 1, keys: vec![NamedKey { key: self, name: String::new() }] }
    }

    /// Whether it made this signature of these bytes.
    pub fn verifies(self, message: &[u8], signature: &[u8; 64]) -> bool {
        let Ok(key) = VerifyingKey::from_bytes(&self.0) else { return false };
        key.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

/// A public key and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedKey {
    /// The key.
    pub key: PublicKey,
    /// What people call it; an office, rather than a person.
    pub name: String,
}

/// Keys whose signatures count, and how many of them a pack needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedKeys {
    threshold: usize,
    keys: Vec<NamedKey>,
}

#[derive(Serialize, Deserialize)]
struct TrustedFile {
    lamsach_keys: u32,
    threshold: usize,
    keys: Vec<KeyLine>,
}

#[derive(Serialize, Deserialize)]
struct KeyLine {
    key: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    name: String,
}

#[derive(Serialize, Deserialize)]
struct SecretFile {
    lamsach_secret_key: u32,
    key: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    name: String,
}

impl TrustedKeys {
    /// These keys, of which so many must sign.
    pub fn new(keys: Vec<NamedKey>, threshold: usize) -> Result<Self, KeyFileError> {
        if threshold == 0 || threshold > keys.len() || keys.len() > MOST_KEYS {
            return Err(KeyFileError::Threshold { threshold, keys: keys.len() });
        }
        let mut seen = BTreeSet::new();
        for it in &keys {
            if !seen.insert(it.key) {
                return Err(KeyFileError::Twice(it.key.to_string()));
            }
        }
        Ok(Self { threshold, keys })
    }

    /// Reads a file of public keys.
    pub fn parse(bytes: &[u8]) -> Result<Self, KeyFileError> {
        let value = object(bytes)?;
        if value.get("lamsach_secret_key").is_some() {
            return Err(KeyFileError::Secret);
        }
        let file: TrustedFile = typed(value, "lamsach_keys")?;
        let keys = file.keys.into_iter().map(|it| {
            let key = key_of(&it.key)?;
            let key = PublicKey::from_bytes(key).ok_or(KeyFileError::Key(it.key))?;
            Ok(NamedKey { key, name: shortened(&it.name) })
        });
        Self::new(keys.collect::<Result<_, KeyFileError>>()?, file.threshold)
    }

    /// The file of these keys.
    pub fn to_json(&self) -> String {
        let keys = self.keys.iter();
        let keys = keys.map(|it| KeyLine { key: it.key.to_string(), name: it.name.clone() });
        let threshold = self.threshold;
        let file = TrustedFile { lamsach_keys: VERSION, threshold, keys: keys.collect() };
        serde_json::to_string_pretty(&file).unwrap_or_default() + "\n"
    }

    /// How many of the keys must sign.
    pub fn threshold(&self) -> usize {
        self.threshold
    }

    /// The keys.
    pub fn keys(&self) -> &[NamedKey] {
        &self.keys
    }

    /// How many of these signers are trusted.
    pub fn count(&self, signers: &[PublicKey]) -> usize {
        self.keys.iter().filter(|it| signers.contains(&it.key)).count()
    }
}

/// A key that signs. It is shown nowhere but in its own file.
#[derive(Clone)]
pub struct SecretKey {
    key: SigningKey,
    name: String,
}

impl SecretKey {
    /// From 32 random bytes.
    pub fn from_seed(seed: [u8; 32], name: &str) -> Self {
        Self { key: SigningKey::from_bytes(&seed), name: shortened(name) }
    }

    /// Reads the file of a secret key.
    pub fn parse(bytes: &[u8]) -> Result<Self, KeyFileError> {
        let value = object(bytes)?;
        if value.get("lamsach_keys").is_some() {
            return Err(KeyFileError::Public);
        }
        let file: SecretFile = typed(value, "lamsach_secret_key")?;
        let seed = key_of(&file.key).map_err(|_| KeyFileError::Key("…".to_owned()))?;
        Ok(Self::from_seed(seed, &file.name))
    }

    /// The file of this key: nobody but its owner may read it.
    pub fn to_json(&self) -> String {
        let key = hex::encode(self.key.to_bytes());
        let file = SecretFile { lamsach_secret_key: VERSION, key, name: self.name.clone() };
        serde_json::to_string_pretty(&file).unwrap_or_default() + "\n"
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.key.verifying_key().to_bytes())
    }

    /// The public half with its name, as a file of one trusted key.
    pub fn public_file(&self) -> TrustedKeys {
        TrustedKeys {
            threshold: 1,
            keys: vec![NamedKey { key: self.public(), name: self.name.clone() }],
        }
    }

    /// Signs bytes. They begin with words that say what is signed, so that nothing else is.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey(of {})", self.public())
    }
}

fn object(bytes: &[u8]) -> Result<serde_json::Value, KeyFileError> {
    if bytes.len() > MOST_KEY_BYTES {
        return Err(KeyFileError::NotKeys("it is too large".to_owned()));
    }
    serde_json::from_slice(bytes).map_err(|error| KeyFileError::NotKeys(error.to_string()))
}

/// The fields of a file, when its version is known.
fn typed<T: for<'de> Deserialize<'de>>(
    value: serde_json::Value,
    version_field: &str,
) -> Result<T, KeyFileError> {
    let version = value.get(version_field).and_then(serde_json::Value::as_u64);
    match version.and_then(|it| u32::try_from(it).ok()) {
        Some(VERSION) => {}
        Some(version) => return Err(KeyFileError::Version(version)),
        None => return Err(KeyFileError::NotKeys(format!("`{version_field}` is missing"))),
    }
    serde_json::from_value(value).map_err(|error| KeyFileError::NotKeys(error.to_string()))
}

fn key_of(text: &str) -> Result<[u8; 32], KeyFileError> {
    let bytes = hex::decode(text).ok().and_then(|it| it.try_into().ok());
    bytes.ok_or_else(|| KeyFileError::Key(text.chars().take(80).collect()))
}

fn shortened(name: &str) -> String {
    name.chars().filter(|it| !it.is_control()).take(LONGEST_NAME).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(number: u8) -> SecretKey {
        SecretKey::from_seed([number; 32], &format!("khóa {number}"))
    }

    #[test]
    fn files_of_keys_are_read_back_the_same() {
        let keys = [1, 2, 3].map(|it| secret(it).public_file().keys.remove(0));
        let trusted = TrustedKeys::new(keys.to_vec(), 2).unwrap();
        assert_eq!(TrustedKeys::parse(trusted.to_json().as_bytes()), Ok(trusted));
        let again = SecretKey::parse(secret(1).to_json().as_bytes()).unwrap();
        assert_eq!((again.public(), again.name.as_str()), (secret(1).public(), "khóa 1"));
        assert!(!format!("{again:?}").contains("0101"));
    }

    #[test]
    fn what_is_no_file_of_keys_is_refused_with_its_reason() {
        let check = |text: &str, expected: fn(&KeyFileError) -> bool| {
            let error = TrustedKeys::parse(text.as_bytes()).unwrap_err();
            assert!(expected(&error), "{text}: {error:?}");
        };
        let key = secret(1).public();
        let one = |key: &str| format!(r#"{{"key":"{key}"}}"#);
        let file = |threshold: usize, keys: &str| {
            format!(r#"{{"lamsach_keys":1,"threshold":{threshold},"keys":[{keys}]}}"#)
        };
        let key = one(&key.to_string());
        check("", |it| matches!(it, KeyFileError::NotKeys(_)));
        check("{}", |it| matches!(it, KeyFileError::NotKeys(_)));
        check(r#"{"lamsach_keys":2}"#, |it| *it == KeyFileError::Version(2));
        check(&secret(1).to_json(), |it| *it == KeyFileError::Secret);
        check(&file(0, &key), |it| matches!(it, KeyFileError::Threshold { .. }));
        check(&file(2, &key), |it| matches!(it, KeyFileError::Threshold { .. }));
        check(&file(2, &format!("{key},{key}")), |it| matches!(it, KeyFileError::Twice(_)));
        check(&file(1, &one("12")), |it| matches!(it, KeyFileError::Key(_)));
        // A point of small order signs everything.
        let weak = format!("01{}", "00".repeat(31));
        check(&file(1, &one(&weak)), |it| matches!(it, KeyFileError::Key(_)));
        let public = secret(1).public_file().to_json();
        assert_eq!(SecretKey::parse(public.as_bytes()).unwrap_err(), KeyFileError::Public);
    }
}
