//! Everything an index promises, looked at one by one.

use observables::{DomainName, Host};

use crate::about::About;
use crate::image::{Image, IndexError, Section};
use crate::names::{Mark, each_mark};
use crate::networks::Address;
use crate::view::View;

/// Whether the bytes are those that were written, and every part of them is right.
pub(crate) fn verify(image: &Image) -> Result<(), IndexError> {
    if !image.is_intact() {
        return Err(IndexError::Damaged { part: "digest" });
    }
    let view = View::of(image);
    let require = |section: Section, is_right: bool| {
        if is_right { Ok(()) } else { Err(IndexError::Damaged { part: section.name() }) }
    };
    require(Section::About, About::read(image.section(Section::About)).is_some())?;
    require(Section::Texts, view.texts.is_right())?;
    require(Section::Labels, are_labels_right(&view))?;
    let labels = view.labels.len();
    require(Section::V4, view.v4.is_right(labels))?;
    require(Section::V6, view.v6.is_right(labels))?;
    require(Section::V4Endpoints, view.v4_endpoints.is_right(labels))?;
    require(Section::V6Endpoints, view.v6_endpoints.is_right(labels))?;
    require(Section::V4Networks, view.v4_networks.is_right(labels))?;
    require(Section::V6Networks, view.v6_networks.is_right(labels))?;
    require(Section::Names, are_names_right(&view, image.names))?;
    require(Section::Urls, are_urls_right(&view))?;
    require(Section::Slash16s, is_v4_map_right(&view))
}

fn are_labels_right(view: &View<'_>) -> bool {
    let texts = view.texts.len();
    view.labels.is_whole()
        && view.labels.iter().all(|(family, list, warning)| {
            family as usize <= texts && (list as usize) < texts && warning as usize <= texts
        })
}

/// Names are in normal form, each once, and none is denied by the filter.
fn are_names_right(view: &View<'_>, count: u64) -> bool {
    let labels = view.labels.len();
    let mut found = 0;
    let are_right = view.names.check(|offset, name, entry| {
        found += 1;
        let is_name = DomainName::parse(name.as_bytes()).is_ok_and(|it| it.as_str() == name);
        let is_first = view.find_entry(name.as_bytes()).is_some_and(|id| id.1 == offset);
        is_name && is_first && (entry.label as usize) < labels && is_marked(view, name)
    });
    are_right && found == count
}

fn are_urls_right(view: &View<'_>) -> bool {
    let labels = view.labels.len();
    let count = u32::try_from(view.urls.entries.len()).unwrap_or(u32::MAX);
    let is_sorted = view
        .urls
        .entries
        .iter()
        .zip(view.urls.entries.iter().skip(1))
        .all(|(left, right)| left.0.0 <= right.0.0);
    view.urls.entries.is_whole()
        && is_sorted
        && (0..count).all(|at| {
            let Some(entry) = view.urls.get(at) else { return false };
            let Some(url) = entry.url() else { return false };
            let is_reached = match &url.host {
                Host::Name(name) => is_marked(view, name.as_str()),
                Host::Address(address) => view.may_hold(*address),
            };
            is_reached && entry.is_right(&url) && (entry.label as usize) < labels
        })
}

fn is_marked(view: &View<'_>, name: &str) -> bool {
    let mut is_marked = true;
    each_mark(name.as_bytes(), |hash, mark| {
        is_marked &= match mark {
            Mark::LastLabel => view.last_labels.may_be(hash),
            Mark::Ending => view.filter.claim(hash).is_ending,
            Mark::Name => view.filter.claim(hash).is_name,
        };
    });
    is_marked
}

fn is_v4_map_right(view: &View<'_>) -> bool {
    let holds = |address: u32| view.v4_map.holds(address);
    view.v4_map.is_right()
        && view.v4.keys.iter().all(holds)
        && view.v4_endpoints.keys.iter().all(|(address, _)| holds(address))
        && view.v4_networks.blocks.keys.iter().all(|(first, length)| {
            let last = first.last_of(length);
            (first >> 8..=last >> 8).all(|block| holds(block << 8))
        })
}
