//! `lamsach indicators pack`, `sign` and `keys`: signed packs for the tools.

use std::fs::{self, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;

use anyhow::{Context as _, bail};
use command_line::bilingual::failure;
use jiff::Timestamp;
use jiff::civil::Date;
use language::{Language, text, text_with};
use packing::{
    KeyFileError, List, NamedKey, Pack, PackError, PackRequest, PackingError, RuleFile, SecretKey,
    TrustedKeys, make_pack, sign,
};

use super::OutputKind;
use super::input::unopened;
use super::shown_pack::ShownPack;
use crate::commands::match_logs::{guarding, printable, say_refused};

/// What is wrong is named so often; all is counted.
const MOST_NAMED: usize = 20;
/// The largest file that goes into a pack, in bytes.
const MOST_INPUT: u64 = 256 << 20;

// Help texts stand in the message files: see `commands::help`.
/// Settings of `pack`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[arg(id = "pack_name", long = "name", value_name = "NAME")]
    name: String,
    #[arg(id = "pack_serial", long = "serial", value_name = "N")]
    serial: u64,
    #[arg(id = "pack_expires", long = "expires", value_name = "DATE")]
    expires: String,
    #[arg(id = "pack_rules", long = "rules", short = 'r', value_name = "FILE")]
    rules: Vec<PathBuf>,
    #[arg(
        id = "pack_indicators",
        long = "indicators",
        short = 'i',
        alias = "hashes",
        value_name = "LIST"
    )]
    indicators: Vec<PathBuf>,
    #[arg(id = "pack_good", long = "good", value_name = "LIST")]
    good: Vec<PathBuf>,
    #[arg(id = "pack_families", long = "families", value_name = "FILE")]
    families: Option<PathBuf>,
    #[arg(id = "pack_key", long = "key", short = 'k', value_name = "FILE")]
    keys: Vec<PathBuf>,
    #[arg(long = "out", short, value_name = "FILE")]
    out: PathBuf,
    #[arg(long = "output", value_name = "KIND", value_enum, default_value_t = OutputKind::Table)]
    shown_as: OutputKind,
    #[arg(long)]
    no_guard: bool,
}

/// Settings of `sign`.
#[derive(Debug, clap::Args)]
pub(super) struct SignArgs {
    #[arg(id = "pack_file", value_name = "FILE")]
    pack: PathBuf,
    #[arg(id = "pack_key", long = "key", short = 'k', value_name = "FILE", required = true)]
    keys: Vec<PathBuf>,
    #[arg(id = "sign_out", long = "out", short = 'o', value_name = "FILE")]
    out: Option<PathBuf>,
    #[arg(long = "output", value_name = "KIND", value_enum, default_value_t = OutputKind::Table)]
    shown_as: OutputKind,
}

/// Settings of `keys`.
#[derive(Debug, clap::Args)]
pub(super) struct KeysArgs {
    #[arg(id = "keys_public", value_name = "FILE")]
    public: Vec<PathBuf>,
    #[arg(id = "keys_threshold", long = "threshold", value_name = "N", requires = "keys_public")]
    threshold: Option<usize>,
    #[arg(id = "keys_name", long = "name", value_name = "NAME", conflicts_with = "keys_public")]
    name: Option<String>,
    #[arg(id = "keys_out", long = "out", short = 'o', value_name = "FILE")]
    out: PathBuf,
}

/// Makes a pack.
pub(super) fn run(args: &Args, language: Language) -> anyhow::Result<ExitCode> {
    let expires: Date = args
        .expires
        .parse()
        .map_err(|_| failure("pack-bad-date", &[("value", args.expires.clone().into())]))?;
    let keys = args.keys.iter().map(|it| secret_key(it)).collect::<anyhow::Result<Vec<_>>>()?;
    let families = args.families.as_deref().map(read).transpose()?;
    let request = PackRequest {
        name: args.name.clone(),
        serial: args.serial,
        issued: Timestamp::from_second(Timestamp::now().as_second()).unwrap_or_default(),
        expires,
        program: concat!("lamsach ", env!("CARGO_PKG_VERSION")).to_owned(),
        rules: rules(&args.rules)?,
        lists: lists(&args.indicators)?,
        good: lists(&args.good)?,
        families,
        guarding: guarding(args.no_guard),
        threads: thread::available_parallelism().map_or(1, NonZero::get),
    };
    let made = make_pack(request).map_err(|error| not_made(language, error))?;
    if args.shown_as == OutputKind::Table {
        say_refused(language, &made.addresses);
    }
    let bytes = keys.iter().try_fold(made.bytes, |bytes, key| signed(&args.out, &bytes, key))?;
    save(&args.out, &bytes)?;
    show(&args.out, &bytes, None, args.shown_as, language)
}

/// Adds signatures to a pack.
pub(super) fn run_sign(args: &SignArgs, language: Language) -> anyhow::Result<ExitCode> {
    let keys = args.keys.iter().map(|it| secret_key(it)).collect::<anyhow::Result<Vec<_>>>()?;
    let bytes = read(&args.pack)?;
    let bytes = keys.iter().try_fold(bytes, |bytes, key| signed(&args.pack, &bytes, key))?;
    let out = args.out.as_ref().unwrap_or(&args.pack);
    save(out, &bytes)?;
    show(out, &bytes, None, args.shown_as, language)
}

/// Makes a pair of keys, or puts public ones together.
pub(super) fn run_keys(args: &KeysArgs, language: Language) -> anyhow::Result<ExitCode> {
    let mut lines = Vec::new();
    if args.public.is_empty() {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).context("random bytes")?;
        let key = SecretKey::from_seed(seed, args.name.as_deref().unwrap_or_default());
        let mut public = args.out.clone().into_os_string();
        public.push(".pub");
        let public = PathBuf::from(public);
        if public.exists() {
            return Err(failure("pack-key-there", &[("path", shown(&public).into())]));
        }
        write_secret(&args.out, key.to_json().as_bytes())?;
        save(&public, key.public_file().to_json().as_bytes())?;
        let values = [
            ("secret", shown(&args.out).into()),
            ("public", shown(&public).into()),
            ("fingerprint", key.public().fingerprint().into()),
        ];
        lines.push(text_with(language, "pack-key-made", &values));
    } else {
        let mut keys = Vec::<NamedKey>::new();
        for path in &args.public {
            keys.extend(trusted_keys(path)?.keys().iter().cloned());
        }
        let trusted = TrustedKeys::new(keys, args.threshold.unwrap_or(1))
            .map_err(|error| key_file(&args.out, &error))?;
        save(&args.out, trusted.to_json().as_bytes())?;
        let values = [
            ("path", shown(&args.out).into()),
            ("threshold", (trusted.threshold() as u64).into()),
            ("count", (trusted.keys().len() as u64).into()),
        ];
        lines.push(text_with(language, "pack-keys-joined", &values));
        for it in trusted.keys() {
            lines.push(format!("  {}  {}", it.key.fingerprint(), printable(&it.name)));
        }
    }
    io::stdout().lock().write_all((lines.join("\n") + "\n").as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Shows a pack; with keys, whether enough of them have signed it.
pub(super) fn show(
    path: &Path,
    bytes: &[u8],
    trusted: Option<&TrustedKeys>,
    shown_as: OutputKind,
    language: Language,
) -> anyhow::Result<ExitCode> {
    let pack = Pack::read(bytes).map_err(|error| unusable(path, &error))?;
    let facts = packing::PackFacts::of(&pack).map_err(|error| unusable(path, &error))?;
    let shown = ShownPack { path: shown(path), bytes: bytes.len(), pack: &pack, facts, trusted };
    shown.write(shown_as, language)?;
    let is_trusted = trusted.is_none_or(|it| it.count(pack.signers()) >= it.threshold());
    Ok(if is_trusted { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Whether a file begins as a pack does.
pub(super) fn is_pack(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(8).read_to_end(&mut start));
    read.is_ok() && Pack::is_pack(&start)
}

/// A file of public keys.
pub(super) fn trusted_keys(path: &Path) -> anyhow::Result<TrustedKeys> {
    TrustedKeys::parse(&read(path)?).map_err(|error| key_file(path, &error))
}

/// A whole file, when it is not larger than goes into a pack.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let file = fs::File::open(path).map_err(|error| unopened(path, &error))?;
    let mut bytes = Vec::new();
    file.take(MOST_INPUT + 1).read_to_end(&mut bytes).map_err(|error| unopened(path, &error))?;
    if bytes.len() as u64 > MOST_INPUT {
        return Err(failure("pack-input-too-large", &[("path", shown(path).into())]));
    }
    Ok(bytes)
}

fn signed(path: &Path, bytes: &[u8], key: &SecretKey) -> anyhow::Result<Vec<u8>> {
    sign(bytes, key).map_err(|error| unusable(path, &error))
}

fn secret_key(path: &Path) -> anyhow::Result<SecretKey> {
    SecretKey::parse(&read(path)?).map_err(|error| key_file(path, &error))
}

/// Why a pack cannot be used, and what to do.
fn unusable(path: &Path, error: &PackError) -> anyhow::Error {
    let values = [("path", shown(path).into()), ("why", command_line::why(error))];
    let key = match error {
        PackError::NotAPack => "pack-not-a-pack",
        PackError::Version { .. } => "pack-other-version",
        PackError::SignedAlready => "pack-signed-already",
        PackError::Name(_) => "pack-bad-name",
        PackError::Serial => "pack-bad-serial",
        PackError::TooLarge => "pack-too-large",
        _ => "pack-damaged",
    };
    failure(key, &values)
}

fn key_file(path: &Path, error: &KeyFileError) -> anyhow::Error {
    let key = match error {
        KeyFileError::Secret => "pack-keys-secret",
        KeyFileError::Public => "pack-keys-public",
        KeyFileError::Threshold { .. } => "pack-keys-threshold",
        KeyFileError::Twice(_) => "pack-keys-twice",
        KeyFileError::NotKeys(_) | KeyFileError::Version(_) | KeyFileError::Key(_) => {
            "pack-keys-unusable"
        }
    };
    failure(key, &[("path", shown(path).into()), ("why", command_line::why(error))])
}

/// Why no pack was made, and what to do.
fn not_made(language: Language, error: PackingError) -> anyhow::Error {
    match error {
        PackingError::Rules(refused) => {
            let named = refused.iter().take(MOST_NAMED);
            let named = named.map(|it| format!("\n  {}: {}", it.name, it.reason));
            let count = ("count", (refused.len() as u64).into());
            let named: String = named.collect();
            anyhow::anyhow!(
                "{}{}",
                failure("pack-rules-refused", &[count]),
                printable_lines(&named)
            )
        }
        PackingError::Families(refused) => {
            let said = |it: &packing::FamilyRefused| {
                let values = [
                    ("row", (it.row as u64).into()),
                    ("what", printable(it.problem.what()).into()),
                ];
                let key = format!("pack-family-{}", it.problem.code());
                format!("\n  {}", text_with(language, &key, &values))
            };
            let named: String = refused.iter().take(MOST_NAMED).map(said).collect();
            anyhow::anyhow!("{}{named}", text(language, "pack-families-refused"))
        }
        PackingError::Empty => failure("pack-empty", &[]),
        PackingError::GoodAndBad(hash) => failure("pack-good-and-bad", &[("hash", hash.into())]),
        PackingError::NotGood { name, line, text } => {
            let values = [("name", name.into()), ("line", line.into()), ("text", text.into())];
            failure("pack-not-good", &values)
        }
        PackingError::NothingOf(name) => failure("pack-nothing-of", &[("name", name.into())]),
        PackingError::Table(why) => failure("pack-families-table", &[("why", why.into())]),
        PackingError::List { name, why } => {
            failure("match-list-unreadable", &[("path", name.into()), ("why", why.into())])
        }
        PackingError::TooManyAddresses(why) => {
            failure("match-lists-too-large", &[("why", why.into())])
        }
        PackingError::Pack(error) => unusable(Path::new(""), &error),
    }
}

fn printable_lines(text: &str) -> String {
    text.split('\n').map(printable).collect::<Vec<_>>().join("\n")
}

/// Files of rules by their names below what was named; of a folder every one in it.
fn rules(paths: &[PathBuf]) -> anyhow::Result<Vec<RuleFile>> {
    let mut rules: Vec<RuleFile> = Vec::new();
    for path in paths {
        let is_folder = fs::metadata(path).map_err(|error| unopened(path, &error))?.is_dir();
        let files = if is_folder {
            files::files_below(path)
                .into_iter()
                .map(|(file, opened)| opened.map(|_| file))
                .collect::<io::Result<Vec<_>>>()
                .map_err(|error| unopened(path, &error))?
        } else {
            vec![path.clone()]
        };
        for file in files {
            let ending = file.extension().map(std::ffi::OsStr::to_ascii_lowercase);
            if is_folder && !ending.is_some_and(|it| it == "yar" || it == "yara") {
                continue;
            }
            let base = if is_folder { path.as_path() } else { path.parent().unwrap_or(path) };
            let name = file.strip_prefix(base).unwrap_or(&file);
            let parts = name.components().map(|it| it.as_os_str().to_string_lossy().into_owned());
            let name = parts.collect::<Vec<_>>().join("/");
            if rules.iter().any(|it| it.name == name) {
                bail!(failure("pack-rules-twice", &[("name", name.into())]));
            }
            let text = String::from_utf8_lossy(&read(&file)?).into_owned();
            rules.push(RuleFile { name, text });
        }
    }
    rules.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(rules)
}

fn lists(paths: &[PathBuf]) -> anyhow::Result<Vec<List>> {
    let list = |path: &PathBuf| Ok(List { name: shown(path), bytes: read(path)? });
    paths.iter().map(list).collect()
}

fn save(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    files::write_whole(path, bytes).with_context(|| shown(path))
}

/// A new file that nobody but its owner may read; one that is there stays.
fn write_secret(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = match options.open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(failure("pack-key-there", &[("path", shown(path).into())]));
        }
        Err(error) => return Err(error).with_context(|| shown(path)),
    };
    file.write_all(bytes).and_then(|()| file.sync_all()).with_context(|| shown(path))
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
