//! URL indicators: host, port and start of a path.

use std::net::IpAddr;

use observables::{DomainName, Host, WebUrl, path_covers};

use crate::bloom::Bloom;
use crate::index::IndexFull;
use crate::suffixes::LowerName;

/// URLs sorted by the hash of their host; host and path in one arena.
#[derive(Clone, Debug, Default)]
pub(crate) struct UrlTable {
    arena: Vec<u8>,
    entries: Vec<Entry>,
    bloom: Bloom,
    has_address_hosts: bool,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    host_hash: u64,
    start: u32,
    label: u32,
    /// 0 = any port.
    port: u16,
    path_length: u16,
    host_length: u8,
}

impl UrlTable {
    pub(crate) fn push(&mut self, url: &WebUrl, label: u32) -> Result<(), IndexFull> {
        let host = match &url.host {
            Host::Name(name) => name.to_string(),
            Host::Address(address) => {
                self.has_address_hosts = true;
                address.to_string()
            }
        };
        let start = u32::try_from(self.arena.len()).map_err(|_| IndexFull)?;
        let entry = Entry {
            host_hash: hash_of(host.as_bytes()),
            start,
            label,
            port: url.port.unwrap_or_default(),
            path_length: u16::try_from(url.path.len()).map_err(|_| IndexFull)?,
            host_length: u8::try_from(host.len()).map_err(|_| IndexFull)?,
        };
        u32::try_from(self.entries.len() + 1).map_err(|_| IndexFull)?;
        self.arena.extend_from_slice(host.as_bytes());
        self.arena.extend_from_slice(url.path.as_bytes());
        self.entries.push(entry);
        Ok(())
    }

    pub(crate) fn finish(&mut self) {
        self.entries.sort_by_key(|entry| entry.host_hash);
        self.bloom = Bloom::new(self.entries.len());
        for entry in &self.entries {
            self.bloom.insert(entry.host_hash);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The URL of this name that covers the path; the longest path wins, then the one with a port.
    pub(crate) fn find_name(&self, name: &LowerName, port: u16, path: &[u8]) -> Option<u32> {
        self.find(name.hash(), name.as_bytes(), port, path)
    }

    /// The URL of this address that covers the path. Allocates once when lists hold such URLs.
    pub(crate) fn find_address(&self, address: IpAddr, port: u16, path: &[u8]) -> Option<u32> {
        if !self.has_address_hosts {
            return None;
        }
        let host = address.to_string();
        self.find(hash_of(host.as_bytes()), host.as_bytes(), port, path)
    }

    fn find(&self, hash: u64, host: &[u8], port: u16, path: &[u8]) -> Option<u32> {
        if !self.bloom.may_contain(hash) {
            return None;
        }
        let asked = if path.is_empty() { b"/" } else { path };
        let first = self.entries.partition_point(|entry| entry.host_hash < hash);
        let mut best: Option<(u16, bool, u32)> = None;
        for (at, entry) in (first..).zip(self.entries.get(first..).unwrap_or_default()) {
            if entry.host_hash != hash {
                break;
            }
            let Some((its_host, its_path)) = self.parts(entry) else { continue };
            let is_port = entry.port == 0 || entry.port == port;
            if is_port && its_host == host && path_covers(its_path, asked) {
                let rank = (entry.path_length, entry.port != 0);
                // The first of equals stays.
                if best.is_none_or(|(length, has_port, _)| rank > (length, has_port)) {
                    best = u32::try_from(at).ok().map(|at| (rank.0, rank.1, at));
                }
            }
        }
        best.map(|(_, _, at)| at)
    }

    /// The URL as text, and its label.
    pub(crate) fn get(&self, entry: u32) -> Option<(String, u32)> {
        let entry = self.entries.get(entry as usize)?;
        let (host, path) = self.parts(entry)?;
        let host = match std::str::from_utf8(host).ok()?.parse() {
            Ok(address) => Host::Address(address),
            Err(_) => Host::Name(DomainName::parse(host).ok()?),
        };
        let port = (entry.port != 0).then_some(entry.port);
        let url = WebUrl { host, port, path: std::str::from_utf8(path).ok()?.into() };
        Some((url.to_string(), entry.label))
    }

    pub(crate) fn size_bytes(&self) -> usize {
        self.arena.len() + self.entries.len() * size_of::<Entry>()
    }

    fn parts(&self, entry: &Entry) -> Option<(&[u8], &[u8])> {
        let start = entry.start as usize;
        let middle = start + usize::from(entry.host_length);
        let host = self.arena.get(start..middle)?;
        Some((host, self.arena.get(middle..middle + usize::from(entry.path_length))?))
    }
}

fn hash_of(host: &[u8]) -> u64 {
    let mut name = LowerName::default();
    name.read(host);
    name.hash()
}
