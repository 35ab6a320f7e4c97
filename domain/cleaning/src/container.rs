//! The form in which a file lies in quarantine: enciphered, so that nothing starts it and no scanner
//! takes it for the malware it was.
//!
//! `LSQ1`, 19 random bytes, then chunks: four bytes of length with the top bit set on the last, then
//! XChaCha20-Poly1305 over the chunk. The nonce is the random bytes, the chunk's number and whether
//! it is the last, after the STREAM construction. The first chunk is what is known about the file as
//! JSON, the last one size and SHA-256 of its content, those between are the content.

use std::io::{self, Read};

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::change::Node;
use crate::encoding::Path;

const MAGIC: [u8; 4] = *b"LSQ1";
/// Bytes in front of the chunks.
const HEADER_BYTES: usize = 4 + 19;
/// Bytes of content in a chunk.
const CHUNK_BYTES: usize = 64 << 10;
/// What the cipher adds to a chunk.
const TAG_BYTES: usize = 16;
/// Marks the last chunk.
const LAST: u32 = 1 << 31;

/// What is known about a file in quarantine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemFacts {
    /// Where it was.
    pub path: Path,
    /// Everything about it but its content.
    pub node: Node,
    /// When it was taken away, in seconds since 1970.
    pub at: i64,
}

#[derive(Serialize, Deserialize)]
struct Trailer {
    size: u64,
    sha256: String,
}

/// Why a container cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContainerError {
    /// Other bytes.
    #[error("the file is not a quarantine container")]
    NotAContainer,
    /// Changed, cut, or of another store.
    #[error("the quarantine container is damaged, cut short, or of another store")]
    Damaged,
}

impl From<ContainerError> for io::Error {
    fn from(error: ContainerError) -> Self {
        Self::new(io::ErrorKind::InvalidData, error)
    }
}

/// Enciphers a file piece by piece.
pub struct Sealer {
    cipher: XChaCha20Poly1305,
    prefix: [u8; 19],
    number: u32,
    pending: Vec<u8>,
    hash: Sha256,
    size: u64,
}

impl Sealer {
    /// Begins; the bytes are the first of the container. `prefix` must never come twice.
    pub fn new(key: &[u8; 32], prefix: [u8; 19], facts: &ItemFacts) -> (Self, Vec<u8>) {
        let cipher = XChaCha20Poly1305::new(key.into());
        let pending = Vec::with_capacity(CHUNK_BYTES);
        let mut sealer = Self { cipher, prefix, number: 0, pending, hash: Sha256::new(), size: 0 };
        let mut bytes = MAGIC.to_vec();
        bytes.extend(prefix);
        let json = serde_json::to_vec(facts).unwrap_or_default();
        bytes.extend(sealer.chunk(&json, false));
        (sealer, bytes)
    }

    /// Takes content; gives bytes of the container.
    pub fn push(&mut self, content: &[u8]) -> Vec<u8> {
        self.hash.update(content);
        self.size += content.len() as u64;
        self.pending.extend(content);
        let mut bytes = Vec::new();
        while self.pending.len() >= CHUNK_BYTES {
            let rest = self.pending.split_off(CHUNK_BYTES);
            let chunk = std::mem::replace(&mut self.pending, rest);
            bytes.extend(self.chunk(&chunk, false));
        }
        bytes
    }

    /// Ends; gives the last bytes of the container, and SHA-256 and size of the content.
    pub fn finish(mut self) -> (Vec<u8>, String, u64) {
        let chunk = std::mem::take(&mut self.pending);
        let mut bytes = if chunk.is_empty() { Vec::new() } else { self.chunk(&chunk, false) };
        let sha256 = hex::encode(std::mem::take(&mut self.hash).finalize());
        let trailer = Trailer { size: self.size, sha256: sha256.clone() };
        let json = serde_json::to_vec(&trailer).unwrap_or_default();
        bytes.extend(self.chunk(&json, true));
        (bytes, sha256, self.size)
    }

    fn chunk(&mut self, plain: &[u8], is_last: bool) -> Vec<u8> {
        let nonce = nonce(&self.prefix, self.number, is_last);
        self.number += 1;
        let payload = Payload { msg: plain, aad: &MAGIC };
        let sealed = self.cipher.encrypt(&nonce, payload).unwrap_or_default();
        let length = u32::try_from(sealed.len()).unwrap_or(0) | if is_last { LAST } else { 0 };
        let mut bytes = length.to_le_bytes().to_vec();
        bytes.extend(sealed);
        bytes
    }
}

fn nonce(prefix: &[u8; 19], number: u32, is_last: bool) -> XNonce {
    let mut nonce = [0; 24];
    let (start, end) = nonce.split_at_mut(19);
    start.copy_from_slice(prefix);
    for (to, from) in
        end.iter_mut().zip(number.to_be_bytes().into_iter().chain([u8::from(is_last)]))
    {
        *to = from;
    }
    nonce.into()
}

/// Deciphers a container while it is read. Reading ends well only if the content is whole and its
/// SHA-256 is the one written down.
pub struct Opener<R> {
    source: R,
    cipher: XChaCha20Poly1305,
    prefix: [u8; 19],
    number: u32,
    /// What is known about the file.
    pub facts: ItemFacts,
    chunk: Vec<u8>,
    at: usize,
    hash: Sha256,
    size: u64,
    sha256: Option<String>,
}

impl<R: Read> Opener<R> {
    /// Opens a container: reads what is known about the file.
    pub fn new(key: &[u8; 32], mut source: R) -> io::Result<Self> {
        let mut header = [0; HEADER_BYTES];
        source.read_exact(&mut header).map_err(|_| ContainerError::NotAContainer)?;
        let (magic, prefix) = header.split_at(4);
        if magic != MAGIC {
            return Err(ContainerError::NotAContainer.into());
        }
        let prefix = prefix.try_into().map_err(|_| ContainerError::NotAContainer)?;
        let cipher = XChaCha20Poly1305::new(key.into());
        let mut number = 0;
        let (json, is_last) = next_chunk(&cipher, &prefix, &mut number, &mut source)?;
        let facts = serde_json::from_slice(&json).map_err(|_| ContainerError::Damaged)?;
        if is_last {
            return Err(ContainerError::Damaged.into());
        }
        let (chunk, hash) = (Vec::new(), Sha256::new());
        Ok(Self {
            source,
            cipher,
            prefix,
            number,
            facts,
            chunk,
            at: 0,
            hash,
            size: 0,
            sha256: None,
        })
    }

    /// SHA-256 of the content, once all of it was read.
    pub fn sha256(&self) -> Option<&str> {
        self.sha256.as_deref()
    }
}

impl<R: Read> Read for Opener<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.chunk.len() {
            if self.sha256.is_some() {
                return Ok(0);
            }
            let (chunk, is_last) =
                next_chunk(&self.cipher, &self.prefix, &mut self.number, &mut self.source)?;
            if is_last {
                let trailer: Trailer =
                    serde_json::from_slice(&chunk).map_err(|_| ContainerError::Damaged)?;
                let found = hex::encode(std::mem::take(&mut self.hash).finalize());
                if trailer.size != self.size || trailer.sha256 != found {
                    return Err(ContainerError::Damaged.into());
                }
                self.sha256 = Some(found);
                return Ok(0);
            }
            self.hash.update(&chunk);
            self.size += chunk.len() as u64;
            (self.chunk, self.at) = (chunk, 0);
        }
        let rest = self.chunk.get(self.at..).unwrap_or_default();
        let length = rest.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(rest) {
            *to = *from;
        }
        self.at += length;
        Ok(length)
    }
}

fn next_chunk(
    cipher: &XChaCha20Poly1305,
    prefix: &[u8; 19],
    number: &mut u32,
    source: &mut impl Read,
) -> io::Result<(Vec<u8>, bool)> {
    let mut length = [0; 4];
    source.read_exact(&mut length).map_err(|_| ContainerError::Damaged)?;
    let length = u32::from_le_bytes(length);
    let is_last = length & LAST != 0;
    let length = usize::try_from(length & !LAST).unwrap_or(usize::MAX);
    // What is known about a file may take more than a chunk of content: long extended attributes.
    if !(TAG_BYTES..=(4 << 20)).contains(&length) {
        return Err(ContainerError::Damaged.into());
    }
    let mut sealed = Vec::new();
    source.take(length as u64).read_to_end(&mut sealed)?;
    let nonce = nonce(prefix, *number, is_last);
    *number = number.checked_add(1).ok_or(ContainerError::Damaged)?;
    let payload = Payload { msg: &sealed, aad: &MAGIC };
    let plain = cipher.decrypt(&nonce, payload).map_err(|_| ContainerError::Damaged)?;
    Ok((plain, is_last))
}
