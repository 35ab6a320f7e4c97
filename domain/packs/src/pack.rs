//! Reading a pack, and signing it.
//!
//! 8 bytes of magic, version (u32), length of the header (u32), the header (JSON), the sections one
//! behind the other, the number of signatures (u8), and each of these as a public key (32 bytes) and a
//! signature (64). Numbers have the lowest byte first. What is signed is [`signed_message`]: every byte
//! in front of the number of signatures counts. A section is gzip, enciphered by XChaCha20-Poly1305
//! with the key of the header, its number as nonce and its kind as additional data.

use std::io::Read as _;
use std::ops::Range;

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use unpacking::{Limits, Unpacker};

use crate::contents::{Contents, Family, RuleFile};
use crate::keys::{PublicKey, SecretKey};
use crate::{LedgerError, MOST_BYTES, VERSION};

/// The first bytes: no text, and damaged by whatever changes line ends.
pub(crate) const MAGIC: [u8; 8] = *b"\x89LSPAK\r\n";
/// Bytes in front of the header.
const FRONT: usize = 16;
/// The largest header, in bytes.
const MOST_HEADER_BYTES: usize = 64 << 10;
/// Sections; kinds that are not known are passed over, so there may be more than are known.
const MOST_SECTIONS: usize = 32;
/// Signatures on one pack.
const MOST_SIGNATURES: usize = 32;
/// Bytes of a signature with its key.
const SIGNATURE: usize = 32 + 64;
/// Files of rules in a pack.
const MOST_RULE_FILES: usize = 20_000;
/// Families in a pack.
const MOST_FAMILIES: usize = 10_000;

/// Why a pack cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// Other bytes.
    #[error("the file is no pack")]
    NotAPack,
    /// Written by a later program.
    #[error("the pack has version {found}, and this program knows version {VERSION}")]
    Version {
        /// The version it has.
        found: u32,
    },
    /// It ends too early.
    #[error("the pack is cut short")]
    CutShort,
    /// Something stands behind its end.
    #[error("the pack has bytes behind its end")]
    TrailingBytes,
    /// It exceeds a limit.
    #[error("the pack is too large")]
    TooLarge,
    /// Its header contradicts itself.
    #[error("the header of the pack is damaged: {0}")]
    Header(String),
    /// A section does not hold what it should.
    #[error("the section `{kind}` of the pack is damaged")]
    Section {
        /// Which.
        kind: String,
    },
    /// A signature does not fit the content: the pack was changed after it was signed.
    #[error("a signature on the pack does not fit: it was changed or damaged")]
    Signature,
    /// The same key signed it already.
    #[error("this key has signed the pack already")]
    SignedAlready,
    /// A name that is none.
    #[error("`{0}` is no name of a pack: small letters, digits and hyphens, at most 64")]
    Name(String),
    /// A serial of 0.
    #[error("the serial of a pack is 1 or more")]
    Serial,
    /// It is whole, and must not be used here.
    #[error(transparent)]
    Refused(#[from] LedgerError),
}

/// Kinds of sections that this program knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Rules,
    Hashes,
    Good,
    Addresses,
    Families,
}

impl Kind {
    const ALL: [Self; 5] = [Self::Rules, Self::Hashes, Self::Good, Self::Addresses, Self::Families];

    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Rules => "rules",
            Self::Hashes => "hashes",
            Self::Good => "good",
            Self::Addresses => "addresses",
            Self::Families => "families",
        }
    }

    /// Bytes that a section may unpack to.
    pub(crate) fn most_bytes(self) -> usize {
        match self {
            Self::Rules | Self::Good => 128 << 20,
            Self::Hashes | Self::Addresses => 256 << 20,
            Self::Families => 8 << 20,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Header {
    pub(crate) name: String,
    pub(crate) serial: u64,
    pub(crate) issued: Timestamp,
    pub(crate) expires: Date,
    pub(crate) program: String,
    pub(crate) cipher_key: String,
    pub(crate) sections: Vec<SectionHeader>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SectionHeader {
    #[serde(flatten)]
    pub(crate) facts: SectionFacts,
}

/// A section as the header tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionFacts {
    /// What it holds.
    pub kind: String,
    /// Bytes in the file.
    pub length: u64,
    /// Bytes when it is deciphered and unpacked.
    pub unpacked: u64,
}

/// A pack whose form is right and whose signatures fit. Whether the signers are trusted is for
/// [`crate::Ledger::admit`] to say.
#[derive(Clone, Debug)]
pub struct Pack<'b> {
    header: Header,
    cipher_key: [u8; 32],
    sections: Vec<&'b [u8]>,
    signers: Vec<PublicKey>,
    digest: [u8; 32],
}

impl<'b> Pack<'b> {
    /// Whether a file begins as a pack does.
    pub fn is_pack(bytes: &[u8]) -> bool {
        bytes.starts_with(&MAGIC)
    }

    /// Takes a pack apart, and checks every signature on it.
    pub fn read(bytes: &'b [u8]) -> Result<Self, PackError> {
        let parts = Parts::of(bytes)?;
        let message = signed_message(&parts.digest);
        let mut signers = Vec::new();
        for (key, signature) in &parts.signatures {
            let key = PublicKey::from_bytes(*key).ok_or(PackError::Signature)?;
            if signers.contains(&key) || !key.verifies(&message, signature) {
                return Err(PackError::Signature);
            }
            signers.push(key);
        }
        let Parts { header, cipher_key, sections, digest, .. } = parts;
        Ok(Self { header, cipher_key, sections, signers, digest })
    }

    /// What it is called: packs of one name follow one another.
    pub fn name(&self) -> &str {
        &self.header.name
    }

    /// Its number among the packs of its name.
    pub fn serial(&self) -> u64 {
        self.header.serial
    }

    /// When it was made.
    pub fn issued(&self) -> Timestamp {
        self.header.issued
    }

    /// The last day on which it is current.
    pub fn expires(&self) -> Date {
        self.header.expires
    }

    /// What made it.
    pub fn program(&self) -> &str {
        &self.header.program
    }

    /// Whose signatures are on it, trusted or not.
    pub fn signers(&self) -> &[PublicKey] {
        &self.signers
    }

    /// Tells it from every other pack, whoever signs it.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// Its sections.
    pub fn sections(&self) -> impl Iterator<Item = &SectionFacts> {
        self.header.sections.iter().map(|it| &it.facts)
    }

    /// Kinds of sections that this program does not know: it looks for less than the pack holds.
    pub fn unknown_sections(&self) -> Vec<&str> {
        let kinds = self.header.sections.iter().map(|it| it.facts.kind.as_str());
        kinds.filter(|kind| !Kind::ALL.iter().any(|it| it.code() == *kind)).collect()
    }

    /// Deciphers and unpacks everything.
    pub fn contents(&self) -> Result<Contents, PackError> {
        let mut contents = Contents::default();
        for (number, section) in self.header.sections.iter().enumerate() {
            let kind = Kind::ALL.into_iter().find(|it| it.code() == section.facts.kind);
            let (Some(kind), Some(sealed)) = (kind, self.sections.get(number)) else { continue };
            let damaged = || PackError::Section { kind: kind.code().to_owned() };
            let plain = self.open(number, kind, section.facts.unpacked, sealed)?;
            match kind {
                Kind::Rules => {
                    let rules: Vec<RuleFile> =
                        serde_json::from_slice(&plain).map_err(|_| damaged())?;
                    contents.rules = rules;
                    if contents.rules.len() > MOST_RULE_FILES {
                        return Err(damaged());
                    }
                }
                Kind::Hashes => contents.hashes = plain,
                Kind::Good => {
                    let (good, rest) = plain.as_chunks::<32>();
                    let is_ascending = good.is_sorted_by(|one, next| one < next);
                    if !rest.is_empty() || !is_ascending {
                        return Err(damaged());
                    }
                    contents.good = good.to_vec();
                }
                Kind::Addresses => contents.addresses = plain,
                Kind::Families => {
                    let families: Vec<Family> =
                        serde_json::from_slice(&plain).map_err(|_| damaged())?;
                    contents.families = families;
                    if contents.families.len() > MOST_FAMILIES {
                        return Err(damaged());
                    }
                }
            }
        }
        Ok(contents)
    }

    fn open(
        &self,
        number: usize,
        kind: Kind,
        unpacked: u64,
        sealed: &[u8],
    ) -> Result<Vec<u8>, PackError> {
        let damaged = || PackError::Section { kind: kind.code().to_owned() };
        if unpacked > kind.most_bytes() as u64 {
            return Err(PackError::TooLarge);
        }
        let payload = Payload { msg: sealed, aad: kind.code().as_bytes() };
        let packed = cipher(&self.cipher_key).decrypt(&nonce_of(number), payload);
        let packed = packed.map_err(|_| damaged())?;
        let limits =
            Limits { output_bytes: unpacked + 1, ratio: u64::MAX, ratio_from_bytes: u64::MAX };
        let mut plain = Vec::new();
        let mut unpacker = Unpacker::new(packed.as_slice(), limits);
        unpacker.by_ref().take(unpacked + 1).read_to_end(&mut plain).map_err(|_| damaged())?;
        if plain.len() as u64 != unpacked {
            return Err(damaged());
        }
        Ok(plain)
    }
}

/// Adds the signature of one more key.
pub fn sign(bytes: &[u8], key: &SecretKey) -> Result<Vec<u8>, PackError> {
    let pack = Pack::read(bytes)?;
    if pack.signers.contains(&key.public()) {
        return Err(PackError::SignedAlready);
    }
    if pack.signers.len() >= MOST_SIGNATURES {
        return Err(PackError::TooLarge);
    }
    let count = u8::try_from(pack.signers.len() + 1).map_err(|_| PackError::TooLarge)?;
    let at = bytes.len() - pack.signers.len() * SIGNATURE - 1;
    let mut signed = bytes.to_vec();
    if let Some(it) = signed.get_mut(at) {
        *it = count;
    }
    signed.extend(key.public().to_bytes());
    signed.extend(key.sign(&signed_message(&pack.digest)));
    Ok(signed)
}

/// The parts of a file, before any signature is looked at.
struct Parts<'b> {
    header: Header,
    cipher_key: [u8; 32],
    sections: Vec<&'b [u8]>,
    digest: [u8; 32],
    signatures: Vec<([u8; 32], [u8; 64])>,
}

impl<'b> Parts<'b> {
    fn of(bytes: &'b [u8]) -> Result<Self, PackError> {
        if bytes.len() > MOST_BYTES {
            return Err(PackError::TooLarge);
        }
        let front = bytes.get(..FRONT).filter(|it| it.starts_with(&MAGIC)).ok_or(
            if bytes.starts_with(&MAGIC) { PackError::CutShort } else { PackError::NotAPack },
        )?;
        let found = u32_at(front, 8);
        if found != VERSION {
            return Err(PackError::Version { found });
        }
        let length = u32_at(front, 12) as usize;
        if length > MOST_HEADER_BYTES {
            return Err(PackError::Header("it is too large".to_owned()));
        }
        let body = FRONT + length;
        let header = bytes.get(FRONT..body).ok_or(PackError::CutShort)?;
        let header: Header =
            serde_json::from_slice(header).map_err(|error| PackError::Header(error.to_string()))?;
        let cipher_key = header.check()?;
        let (mut sections, mut at) = (Vec::new(), body);
        for section in &header.sections {
            let length = usize::try_from(section.facts.length).map_err(|_| PackError::CutShort)?;
            let range: Range<usize> = at..at.checked_add(length).ok_or(PackError::CutShort)?;
            at = range.end;
            sections.push(bytes.get(range).ok_or(PackError::CutShort)?);
        }
        let (signed, rest) = bytes.split_at_checked(at).ok_or(PackError::CutShort)?;
        let digest = Sha256::digest(signed).into();
        let (count, rest) = rest.split_first().ok_or(PackError::CutShort)?;
        if usize::from(*count) > MOST_SIGNATURES {
            return Err(PackError::TooLarge);
        }
        let wanted = usize::from(*count) * SIGNATURE;
        match rest.len().cmp(&wanted) {
            std::cmp::Ordering::Less => return Err(PackError::CutShort),
            std::cmp::Ordering::Greater => return Err(PackError::TrailingBytes),
            std::cmp::Ordering::Equal => {}
        }
        let signatures = rest.as_chunks::<SIGNATURE>().0.iter().filter_map(|it| {
            let (key, signature) = it.split_first_chunk::<32>()?;
            Some((*key, *signature.first_chunk::<64>()?))
        });
        let signatures = signatures.collect();
        Ok(Self { header, cipher_key, sections, digest, signatures })
    }
}

impl Header {
    /// Checks what can be checked in it, and gives the key.
    fn check(&self) -> Result<[u8; 32], PackError> {
        let bad = |what: &str| PackError::Header(what.to_owned());
        if !is_name(&self.name) {
            return Err(bad("`name`"));
        }
        if self.serial == 0 {
            return Err(bad("`serial`"));
        }
        if self.sections.len() > MOST_SECTIONS {
            return Err(bad("`sections`"));
        }
        for (number, section) in self.sections.iter().enumerate() {
            let before = self.sections.get(..number).unwrap_or_default();
            if before.iter().any(|it| it.facts.kind == section.facts.kind) {
                return Err(bad("a kind of section twice"));
            }
        }
        let key = hex::decode(&self.cipher_key).ok().and_then(|it| it.try_into().ok());
        key.ok_or_else(|| bad("`cipher_key`"))
    }
}

/// Whether a pack may be called so: it also names a file.
pub(crate) fn is_name(name: &str) -> bool {
    let is_letter = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
    (1..=64).contains(&name.len()) && name.bytes().all(is_letter) && !name.starts_with('-')
}

/// What a key signs: never bytes that could mean something elsewhere.
fn signed_message(digest: &[u8; 32]) -> Vec<u8> {
    [b"lamsach pack 1\0".as_slice(), digest].concat()
}

pub(crate) fn cipher(key: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.into())
}

/// The key is of this pack alone, so that a section's number may be its nonce.
pub(crate) fn nonce_of(number: usize) -> XNonce {
    let mut nonce = [0; 24];
    if let Some(first) = nonce.first_mut() {
        *first = u8::try_from(number).unwrap_or(u8::MAX);
    }
    nonce.into()
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let bytes = bytes.get(at..).and_then(<[u8]>::first_chunk::<4>);
    bytes.map_or(0, |it| u32::from_le_bytes(*it))
}
