//! URL indicators: host, port and start of a path.

use std::net::IpAddr;

use observables::{DomainName, Host, WebUrl, path_covers};

use crate::columns::Column;
use crate::image::{Image, ImageWriter, Section};
use crate::index::IndexFull;
use crate::names::{Mark, each_mark};
use crate::suffixes::hash_of;

/// Hash of the host, where host and path start, label; port (0 = any), length of the path, length
/// of the host.
type Entry = ((u64, u32, u32), (u16, u16, u8));

/// URLs as they are collected.
#[derive(Clone, Debug, Default)]
pub(crate) struct UrlBuilder {
    texts: Vec<u8>,
    entries: Vec<Entry>,
    /// Addresses that are hosts of URLs.
    addresses: Vec<IpAddr>,
    /// What the filter of names must know besides.
    marks: Vec<(u64, Mark)>,
}

impl UrlBuilder {
    pub(crate) fn push(&mut self, url: &WebUrl, label: u32) -> Result<(), IndexFull> {
        let (host, hash) = match &url.host {
            Host::Name(name) => {
                each_mark(name.as_str().as_bytes(), |hash, mark| {
                    self.marks.push((hash, mark));
                });
                (name.to_string(), hash_of(name.as_str().as_bytes()))
            }
            Host::Address(address) => {
                self.addresses.push(*address);
                (address.to_string(), hash_of_address(*address))
            }
        };
        let start = u32::try_from(self.texts.len()).map_err(|_| IndexFull)?;
        let path_length = u16::try_from(url.path.len()).map_err(|_| IndexFull)?;
        let host_length = u8::try_from(host.len()).map_err(|_| IndexFull)?;
        let port = url.port.unwrap_or_default();
        u32::try_from(self.entries.len() + 1).map_err(|_| IndexFull)?;
        self.texts.extend_from_slice(host.as_bytes());
        self.texts.extend_from_slice(url.path.as_bytes());
        self.entries.push(((hash, start, label), (port, path_length, host_length)));
        Ok(())
    }

    pub(crate) fn most_bytes(&self) -> usize {
        self.texts.len() + self.entries.len() * 24
    }

    /// Hashes of host names and of their endings.
    pub(crate) fn marks(&self) -> &[(u64, Mark)] {
        &self.marks
    }

    pub(crate) fn addresses(&self) -> &[IpAddr] {
        &self.addresses
    }

    /// Appends the sections.
    pub(crate) fn write(mut self, writer: &mut ImageWriter) {
        // The first of equals is the first that was pushed.
        self.entries.sort_by_key(|((hash, start, _), _)| (*hash, *start));
        writer.section(Section::Urls, |to| {
            self.entries.iter().for_each(|entry| crate::columns::Number::write(*entry, to));
        });
        writer.section(Section::UrlTexts, |to| to.extend_from_slice(&self.texts));
    }
}

/// A URL of an index.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UrlEntry<'i> {
    host_hash: u64,
    host: &'i [u8],
    path: &'i [u8],
    port: u16,
    pub(crate) label: u32,
}

impl UrlEntry<'_> {
    /// The URL itself.
    pub(crate) fn url(&self) -> Option<WebUrl> {
        let text = std::str::from_utf8(self.host).ok()?;
        let host = match text.parse() {
            Ok(address) => Host::Address(address),
            Err(_) => Host::Name(DomainName::parse(self.host).ok()?),
        };
        let port = (self.port != 0).then_some(self.port);
        Some(WebUrl { host, port, path: std::str::from_utf8(self.path).ok()?.into() })
    }

    /// Whether it is found where it is looked for.
    pub(crate) fn is_right(&self, url: &WebUrl) -> bool {
        match &url.host {
            Host::Name(name) => {
                name.as_str().as_bytes() == self.host && hash_of(self.host) == self.host_hash
            }
            Host::Address(address) => {
                address.to_string().as_bytes() == self.host
                    && hash_of_address(*address) == self.host_hash
            }
        }
    }
}

/// The URLs of an index, sorted by the hash of their host.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Urls<'i> {
    pub(crate) entries: Column<'i, Entry>,
    texts: &'i [u8],
}

impl<'i> Urls<'i> {
    pub(crate) fn of(image: &'i Image) -> Self {
        Self {
            entries: Column::new(image.section(Section::Urls)),
            texts: image.section(Section::UrlTexts),
        }
    }

    /// The URL of a lower-case name that covers the path; the longest path wins, then the one with
    /// a port.
    pub(crate) fn find_name(&self, hash: u64, name: &[u8], port: u16, path: &[u8]) -> Option<u32> {
        self.find(hash, port, path, |host| host == name)
    }

    /// The URL of this address that covers the path.
    pub(crate) fn find_address(&self, address: IpAddr, port: u16, path: &[u8]) -> Option<u32> {
        self.find(hash_of_address(address), port, path, |host| {
            std::str::from_utf8(host).is_ok_and(|host| host.parse() == Ok(address))
        })
    }

    fn find(
        &self,
        hash: u64,
        port: u16,
        path: &[u8],
        is_host: impl Fn(&[u8]) -> bool,
    ) -> Option<u32> {
        let asked = if path.is_empty() { b"/" } else { path };
        let first = self.entries.partition_point(|((its_hash, ..), _)| its_hash < hash);
        let mut best: Option<((usize, bool), u32)> = None;
        for at in u32::try_from(first).ok()?.. {
            let Some(entry) = self.get(at).filter(|entry| entry.host_hash == hash) else { break };
            let is_port = entry.port == 0 || entry.port == port;
            if is_port && is_host(entry.host) && path_covers(entry.path, asked) {
                let rank = (entry.path.len(), entry.port != 0);
                // The first of equals stays.
                if best.is_none_or(|(known, _)| rank > known) {
                    best = Some((rank, at));
                }
            }
        }
        best.map(|(_, at)| at)
    }

    pub(crate) fn get(&self, at: u32) -> Option<UrlEntry<'i>> {
        let ((host_hash, start, label), (port, path_length, host_length)) =
            self.entries.get(at as usize)?;
        let text = self.texts.get(start as usize..)?;
        let (host, rest) = text.split_at_checked(usize::from(host_length))?;
        let path = rest.get(..usize::from(path_length))?;
        Some(UrlEntry { host_hash, host, path, port, label })
    }
}

/// An address is looked for by its bytes, which are at hand without writing it out.
fn hash_of_address(address: IpAddr) -> u64 {
    match address {
        IpAddr::V4(address) => hash_of(&address.octets()),
        IpAddr::V6(address) => hash_of(&address.octets()),
    }
}
