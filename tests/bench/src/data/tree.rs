//! Files to scan: drawn by chance from this machine's own, and one with a planted mark for each type.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{BufWriter, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};

use crate::benchmarks::Files;
use crate::say;

/// Stands in each planted file, and nowhere else.
pub(crate) const MARK: &str = "lamsach: a harmless mark, planted by the benchmark";
/// Larger files are not drawn.
const LARGEST: u64 = 64 << 20;
/// Files of both folders together.
const FILES: u64 = 100_000;
/// Folders that are drawn from.
const FROM: [&str; 2] = ["/usr", "/var/lib"];
/// Rules that are made where none are given.
const MADE_RULES: u32 = 6_000;

/// One type of file each: its name, how it begins, and what a rule about it asks for first.
const TYPES: [(&str, &[u8], &str); 24] = [
    ("program.exe", b"MZ\x90\0", "uint16(0) == 0x5a4d"),
    ("library.dll", b"MZ\x90\0", "uint16(0) == 0x5a4d"),
    ("program.elf", b"\x7fELF\x02\x01\x01", "uint32(0) == 0x464c457f"),
    ("program.macho", b"\xcf\xfa\xed\xfe", "uint32(0) == 0xfeedfacf"),
    ("program.class", b"\xca\xfe\xba\xbe\0\0\0\x34", "uint32be(0) == 0xcafebabe"),
    ("program.dex", b"dex\n035\0", "uint32(0) == 0x0a786564"),
    ("archive.zip", b"PK\x03\x04", "uint16(0) == 0x4b50"),
    ("archive.rar", b"Rar!\x1a\x07\x01\0", "uint32(0) == 0x21726152"),
    ("archive.7z", b"7z\xbc\xaf\x27\x1c", "uint16(0) == 0x7a37"),
    ("archive.gz", b"\x1f\x8b\x08\0", "uint16(0) == 0x8b1f"),
    ("archive.cab", b"MSCF\0\0\0\0", "uint32(0) == 0x4643534d"),
    ("document.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "uint32(0) == 0xe011cfd0"),
    ("document.pdf", b"%PDF-1.7\n", "uint32(0) == 0x46445025"),
    ("document.rtf", b"{\\rtf1 ", "uint32be(0) == 0x7b5c7274"),
    ("page.html", b"<html><body>", "filesize < 1MB"),
    ("page.php", b"<?php ", "filesize < 1MB"),
    ("script.ps1", b"powershell -nop ", "filesize < 1MB"),
    ("script.js", b"var a = 1; ", "filesize < 1MB"),
    ("script.vbs", b"Dim a\r\n", "filesize < 1MB"),
    ("script.sh", b"#!/bin/sh\n", "uint16(0) == 0x2123"),
    ("link.lnk", b"L\0\0\0\x01\x14\x02\0", "uint32(0) == 0x4c"),
    ("picture.jpg", b"\xff\xd8\xff\xe0", "uint16be(0) == 0xffd8"),
    ("picture.png", b"\x89PNG\r\n\x1a\n", "uint32be(0) == 0x89504e47"),
    ("nameless", b"\0\x01\x02\x03", "filesize > 16"),
];

/// Where everything lies.
pub(crate) struct Tree {
    /// The next two are in it.
    pub(crate) compared: PathBuf,
    /// Folders `0` to `9` of files drawn by chance.
    pub(crate) drawn: PathBuf,
    pub(crate) drawn_bytes: u64,
    pub(crate) planted: PathBuf,
    /// Types of files with a planted mark.
    pub(crate) types: u64,
    /// The smallest of the others, so that there are [`FILES`].
    pub(crate) small: PathBuf,
    /// Files of `drawn` and `small`.
    pub(crate) files: u64,
    /// Files of rules, the planted ones among them.
    pub(crate) rules: PathBuf,
}

/// Finds the files, or copies them.
pub(crate) fn prepare(context: &Files) -> anyhow::Result<Tree> {
    let folder = context.cache.join(format!("tree-{}", context.tree_bytes >> 20));
    let compared = folder.join("compared");
    let (drawn, planted) = (compared.join("drawn"), compared.join("planted"));
    let (small, rules) = (folder.join("small"), folder.join("rules"));
    let done = folder.join("done");
    if !done.exists() {
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        say("copying files of this machine");
        let (bytes, files) = copy(context.tree_bytes, &drawn, &small)?;
        plant(&planted)?;
        fs::write(&done, format!("{bytes} {files}"))?;
    }
    // Rules are written anew: other ones may be given.
    if rules.exists() {
        fs::remove_dir_all(&rules)?;
    }
    write_rules(&rules, context.rules.as_deref())?;
    let told = fs::read_to_string(&done)?;
    let (bytes, files) = told.split_once(' ').context("how much was copied")?;
    Ok(Tree {
        compared,
        drawn,
        drawn_bytes: bytes.parse()?,
        planted,
        types: TYPES.len() as u64,
        small,
        files: files.parse()?,
        rules,
    })
}

/// Made-up SHA-256, the same each time.
pub(crate) fn made_hashes(count: u32) -> impl Iterator<Item = String> {
    (0..count).map(|number| {
        let part = |salt: u32| {
            let mut hasher = DefaultHasher::new();
            (number, salt).hash(&mut hasher);
            hasher.finish().to_be_bytes()
        };
        hex(&[part(0), part(1), part(2), part(3)].concat())
    })
}

/// Two digits a byte.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    bytes.iter().flat_map(|it| [digit(it >> 4), digit(it & 15)]).collect()
}

struct Candidate {
    chance: u64,
    path: PathBuf,
    bytes: u64,
}

/// Copies as many bytes as wanted, and small files until there are enough; how many of both.
fn copy(wanted: u64, drawn: &Path, small: &Path) -> anyhow::Result<(u64, u64)> {
    let mut candidates = Vec::new();
    for folder in FROM {
        list(Path::new(folder), &mut candidates);
    }
    candidates.sort_by_key(|it| it.chance);
    let (mut bytes, mut files, mut rest) = (0, 0, Vec::new());
    for candidate in candidates {
        if bytes >= wanted {
            rest.push(candidate);
            continue;
        }
        let to = drawn.join((files % 10).to_string());
        if let Some(copied) = copy_one(&candidate, &to, files)? {
            bytes += copied;
            files += 1;
        }
    }
    ensure!(bytes >= wanted, "there are {bytes} bytes of files only");
    rest.sort_by_key(|it| it.bytes);
    for candidate in rest {
        if files >= FILES {
            break;
        }
        let to = small.join((files % 100).to_string());
        if copy_one(&candidate, &to, files)?.is_some() {
            files += 1;
        }
    }
    Ok((bytes, files))
}

/// Its size, when it could be read.
fn copy_one(candidate: &Candidate, folder: &Path, number: u64) -> anyhow::Result<Option<u64>> {
    fs::create_dir_all(folder)?;
    let name = candidate.path.file_name().context("a name")?.to_string_lossy();
    let tail: String = name.chars().rev().take(100).collect();
    let tail: String = tail.chars().rev().collect();
    // Names stay as they are behind the number, for rules that look at endings.
    let to = folder.join(format!("{number}-{tail}"));
    match fs::copy(&candidate.path, &to) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(_) => Ok(None),
    }
}

fn list(folder: &Path, candidates: &mut Vec<Candidate>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let Ok(about) = entry.path().symlink_metadata() else { continue };
        let path = entry.path();
        if about.is_dir() {
            list(&path, candidates);
        } else if about.is_file() && (1..=LARGEST).contains(&about.size()) {
            let mut hasher = DefaultHasher::new();
            path.hash(&mut hasher);
            candidates.push(Candidate { chance: hasher.finish(), path, bytes: about.size() });
        }
    }
}

fn plant(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    for (name, start, _) in TYPES {
        let bytes = [start, &[b' '; 300], MARK.as_bytes(), b"\n"].concat();
        fs::write(folder.join(name), bytes)?;
    }
    Ok(())
}

/// The given rules and the planted ones, side by side in one folder.
fn write_rules(folder: &Path, given: Option<&Path>) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    if let Some(given) = given {
        let entries = fs::read_dir(given).with_context(|| format!("open {}", given.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_some_and(|it| it == "yar" || it == "yara") {
                fs::copy(&path, folder.join(path.file_name().context("a name")?))?;
            }
        }
    } else {
        say("made-up rules; --rules FOLDER takes real ones");
        let mut made = BufWriter::new(File::create(folder.join("made.yar"))?);
        for (number, hash) in (0..).zip(made_hashes(MADE_RULES)) {
            let (one, other) = hash.split_at(32);
            writeln!(
                made,
                "rule made_{number} {{ strings: $a = \"{one}\" wide ascii $b = \"{other}\" \
                 condition: uint16(0) == 0x5a4d and filesize < 5MB and any of them }}"
            )?;
        }
        made.flush()?;
    }
    let mut planted = BufWriter::new(File::create(folder.join("planted.yar"))?);
    for (number, (_, _, gate)) in TYPES.iter().enumerate() {
        writeln!(
            planted,
            "rule planted_{number} {{ strings: $a = \"{MARK}\" condition: {gate} and $a }}"
        )?;
    }
    planted.flush()?;
    Ok(())
}
