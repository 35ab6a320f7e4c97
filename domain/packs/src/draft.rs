//! Making a pack.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};

use crate::Contents;
use crate::pack::{
    Header, Kind, MAGIC, PackError, SectionFacts, SectionHeader, cipher, is_name, nonce_of,
};

/// A pack that is being made.
#[derive(Clone, Debug)]
pub struct Draft {
    name: String,
    serial: u64,
    issued: Timestamp,
    expires: Date,
    program: String,
    /// What goes into it.
    pub contents: Contents,
}

impl Draft {
    /// An empty one. `program` is the name and version of what makes it.
    pub fn new(name: &str, serial: u64, issued: Timestamp, expires: Date, program: &str) -> Self {
        let (name, program) = (name.to_owned(), program.to_owned());
        Self { name, serial, issued, expires, program, contents: Contents::default() }
    }

    /// The pack, without a signature. The same content gives the same bytes.
    pub fn build(&self) -> Result<Vec<u8>, PackError> {
        if !is_name(&self.name) {
            return Err(PackError::Name(self.name.clone()));
        }
        if self.serial == 0 {
            return Err(PackError::Serial);
        }
        let plain = self.sections()?;
        let mut hash = Sha256::new();
        hash.update(b"lamsach pack key\0");
        hash.update(self.name.as_bytes());
        hash.update(self.serial.to_le_bytes());
        for (kind, bytes) in &plain {
            hash.update(kind.code());
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        }
        let key: [u8; 32] = hash.finalize().into();
        let (mut sections, mut bodies) = (Vec::new(), Vec::new());
        for (number, (kind, bytes)) in plain.into_iter().enumerate() {
            if bytes.len() > kind.most_bytes() {
                return Err(PackError::TooLarge);
            }
            let sealed = seal(&key, number, kind, &bytes)?;
            let facts = SectionFacts {
                kind: kind.code().to_owned(),
                length: sealed.len() as u64,
                unpacked: bytes.len() as u64,
            };
            sections.push(SectionHeader { facts });
            bodies.extend(sealed);
        }
        let header = Header {
            name: self.name.clone(),
            serial: self.serial,
            issued: self.issued,
            expires: self.expires,
            program: self.program.clone(),
            cipher_key: hex::encode(key),
            sections,
        };
        header.assemble(&bodies)
    }

    /// The sections that hold anything, in order.
    fn sections(&self) -> Result<Vec<(Kind, Vec<u8>)>, PackError> {
        let it = &self.contents;
        let json = |value: serde_json::Result<Vec<u8>>| value.map_err(|_| PackError::TooLarge);
        let mut sections = Vec::new();
        if !it.rules.is_empty() {
            sections.push((Kind::Rules, json(serde_json::to_vec(&it.rules))?));
        }
        if !it.hashes.is_empty() {
            sections.push((Kind::Hashes, it.hashes.clone()));
        }
        if !it.good.is_empty() {
            let mut good = it.good.clone();
            good.sort_unstable();
            good.dedup();
            sections.push((Kind::Good, good.concat()));
        }
        if !it.addresses.is_empty() {
            sections.push((Kind::Addresses, it.addresses.clone()));
        }
        if !it.families.is_empty() {
            sections.push((Kind::Families, json(serde_json::to_vec(&it.families))?));
        }
        Ok(sections)
    }
}

fn seal(key: &[u8; 32], number: usize, kind: Kind, plain: &[u8]) -> Result<Vec<u8>, PackError> {
    use chacha20poly1305::aead::{Aead as _, Payload};
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    let packed = packed.write_all(plain).and_then(|()| packed.finish());
    let packed = packed.map_err(|_| PackError::TooLarge)?;
    let payload = Payload { msg: &packed, aad: kind.code().as_bytes() };
    cipher(key).encrypt(&nonce_of(number), payload).map_err(|_| PackError::TooLarge)
}

impl Header {
    /// The whole file, without signatures.
    fn assemble(&self, bodies: &[u8]) -> Result<Vec<u8>, PackError> {
        let header = serde_json::to_vec(self).map_err(|_| PackError::TooLarge)?;
        let length = u32::try_from(header.len()).map_err(|_| PackError::TooLarge)?;
        let mut bytes = MAGIC.to_vec();
        bytes.extend(crate::VERSION.to_le_bytes());
        bytes.extend(length.to_le_bytes());
        bytes.extend(header);
        bytes.extend(bodies);
        // No signatures yet.
        bytes.push(0);
        if bytes.len() > crate::MOST_BYTES {
            return Err(PackError::TooLarge);
        }
        Ok(bytes)
    }
}
