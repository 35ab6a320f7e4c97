//! Every relative link of the documentation leads to a file, and to a heading that is in it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use walkdir::{DirEntry, WalkDir};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// What a page offers and asks for.
#[derive(Default)]
struct Page {
    anchors: Vec<String>,
    links: Vec<String>,
}

fn read(markdown: &str) -> Page {
    let mut page = Page::default();
    let mut heading = None;
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                page.links.push(dest_url.into_string());
            }
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&text);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                page.anchors.extend(heading.take().as_deref().map(anchor));
            }
            _ => {}
        }
    }
    page
}

/// The name that forges give a heading: lower case, spaces as hyphens, no other signs.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// Folders that hold no text of this project.
fn is_ours(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    entry.depth() == 0
        || !(name.starts_with('.') || matches!(&*name, "target" | "node_modules" | "data"))
}

fn pages() -> BTreeMap<PathBuf, Page> {
    let root = Path::new(ROOT).canonicalize().unwrap();
    WalkDir::new(root)
        .into_iter()
        .filter_entry(is_ours)
        .map(Result::unwrap)
        .filter(|entry| entry.path().extension() == Some(OsStr::new("md")))
        .map(|entry| (entry.path().to_owned(), read(&fs::read_to_string(entry.path()).unwrap())))
        .collect()
}

/// Why a link leads nowhere.
fn broken(from: &Path, link: &str, pages: &BTreeMap<PathBuf, Page>) -> Option<&'static str> {
    if link.contains("://") || link.starts_with("mailto:") {
        return None;
    }
    let (path, fragment) = link.split_once('#').unwrap_or((link, ""));
    let target = if path.is_empty() {
        from.to_owned()
    } else {
        let Ok(target) = from.parent().unwrap().join(path).canonicalize() else {
            return Some("no such file");
        };
        target
    };
    if fragment.is_empty() {
        return None;
    }
    let has_heading =
        pages.get(&target).is_some_and(|page| page.anchors.iter().any(|it| it == fragment));
    (!has_heading).then_some("no such heading")
}

#[test]
fn every_link_of_the_documentation_leads_somewhere() {
    let pages = pages();
    assert!(pages.len() >= 4, "the documentation was found");
    let mut problems = Vec::new();
    for (path, page) in &pages {
        for link in &page.links {
            if let Some(why) = broken(path, link, &pages) {
                problems.push(format!("{}: {link}: {why}", path.display()));
            }
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn every_page_of_the_documentation_is_in_its_index() {
    let docs = Path::new(ROOT).canonicalize().unwrap().join("docs");
    let pages = pages();
    for (folder, index) in [("", "README.md"), ("decisions", "README.md")] {
        let folder = docs.join(folder);
        let listed: Vec<_> = pages[&folder.join(index)]
            .links
            .iter()
            .filter_map(|link| folder.join(link).canonicalize().ok())
            .collect();
        let siblings = pages.keys().filter(|path| path.parent() == Some(&folder));
        let missing: Vec<_> =
            siblings.filter(|path| !path.ends_with(index) && !listed.contains(path)).collect();
        assert!(missing.is_empty(), "not in {}/{index}: {missing:?}", folder.display());
    }
}

#[test]
fn what_leads_nowhere_is_found() {
    let page = read("# Two words: `code`\n\n[a](b.md) `[c](d.md)`\n\n```\n[e](f.md)\n```\n");
    assert_eq!(page.links, ["b.md"]);
    assert_eq!(page.anchors, ["two-words-code"]);
    let here = Path::new(ROOT).join("deny.toml").canonicalize().unwrap();
    let pages = BTreeMap::from([(here.clone(), page)]);
    let check = |link, expected| assert_eq!(broken(&here, link, &pages), expected, "{link}");
    check("https://example.org/x", None);
    check("Cargo.toml", None);
    check("missing.toml", Some("no such file"));
    check("#two-words-code", None);
    check("#three-words", Some("no such heading"));
}
