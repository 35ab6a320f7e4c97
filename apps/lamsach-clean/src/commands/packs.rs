//! Packs: where they are taken from, who is trusted with them, and `lamsach-clean update`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use command_line::bilingual::failure;
use command_line::printable;
use file_check::{
    Detection, LedgerError, LoadedPack, PackError, PackUnusable, PackedRules, TrustedKeys, Vault,
    newest_packs, packs_in, read_pack,
};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use language::{Language, date, text_with};

use super::{result, store::state_folder, words};

/// The keys that come with the program.
const KEYS_BESIDE: &str = "lamsach-clean.keys";

// Help texts stand in the message files: see `command_line`.
/// Settings of `update`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[arg(id = "update_pack", value_name = "FILE", required = true)]
    packs: Vec<PathBuf>,
    #[arg(id = "result_ca", long = "ca", value_name = "FILE")]
    certificates: Option<PathBuf>,
    #[arg(id = "clean_trust", long = "trust", value_name = "FILE")]
    trust: Option<PathBuf>,
}

/// Keeps packs for later scans.
pub(crate) fn run(args: &Args, language: Language) -> anyhow::Result<ExitCode> {
    let vault = vault()?.ok_or_else(|| failure("clean-store-nowhere", &[]))?;
    let keys = trusted(args.trust.as_deref(), Some(&vault))?;
    for path in &args.packs {
        let bytes = match path.to_str().filter(|it| it.contains("://")) {
            Some(address) => {
                let certificates = result::certificates(args.certificates.as_deref())?;
                http_client::fetch(address, file_check::MOST_PACK_BYTES, certificates.as_deref())
                    .map_err(|error| result::not_fetched(&error))?
            }
            None => read_pack(path).map_err(|error| unusable(path, &error))?,
        };
        let loaded = vault.keep(&bytes, keys.as_ref(), today());
        let loaded = loaded.map_err(|error| unusable(path, &error))?;
        words::write_out(|out| {
            for line in told(language, &loaded) {
                writeln!(out, "{line}")?;
            }
            Ok(())
        })?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The packs that a scan uses when none is named: those beside the program and those of `update`, the
/// newest of each name that is trusted.
pub(super) fn at_hand(trust: Option<&Path>) -> anyhow::Result<Vec<PathBuf>> {
    let vault = vault()?;
    let mut paths = beside().map(|it| packs_in(&it)).unwrap_or_default();
    paths.extend(vault.as_ref().map(Vault::kept).unwrap_or_default());
    if paths.is_empty() {
        return Ok(paths);
    }
    Ok(newest_packs(&paths, trusted(trust, vault.as_ref())?.as_ref()))
}

/// Loads packs into what is looked for.
pub(super) fn load(
    paths: &[PathBuf],
    trust: Option<&Path>,
    into: &mut Detection,
    rules: &mut PackedRules,
) -> anyhow::Result<Vec<LoadedPack>> {
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    let vault = vault()?.ok_or_else(|| failure("clean-store-nowhere", &[]))?;
    let keys = trusted(trust, Some(&vault))?;
    let mut loaded = Vec::new();
    for path in paths {
        let pack = read_pack(path)
            .and_then(|bytes| vault.load(&bytes, keys.as_ref(), today(), into, rules));
        loaded.push(pack.map_err(|error| unusable(path, &error))?);
    }
    Ok(loaded)
}

/// What there is to say of a pack: what it is, and what is wrong with it.
pub(super) fn told(language: Language, pack: &LoadedPack) -> Vec<String> {
    let values = [
        ("name", pack.name.clone().into()),
        ("serial", pack.serial.to_string().into()),
        ("expires", date(language, pack.expires).into()),
    ];
    let say = |key: &str| text_with(language, key, &values);
    let mut lines = vec![say("clean-pack")];
    if pack.is_expired {
        lines.push(say("clean-pack-expired"));
    }
    let gaps: Vec<String> =
        pack.families.iter().filter(|it| !it.is_found()).map(|it| printable(&it.name)).collect();
    if !gaps.is_empty() {
        lines.push(text_with(language, "clean-pack-gaps", &[("names", gaps.join(", ").into())]));
    }
    if let Some(why) = &pack.not_remembered {
        let values = [("why", printable(why).into())];
        lines.push(text_with(language, "clean-pack-not-remembered", &values));
    }
    lines
}

/// The keys that count, from the first place that has any.
fn trusted(named: Option<&Path>, vault: Option<&Vault>) -> anyhow::Result<Option<TrustedKeys>> {
    let beside = beside().map(|it| it.join(KEYS_BESIDE));
    let kept = vault.map(Vault::keys_file);
    let path = match named {
        Some(path) => Some(path.to_owned()),
        None => beside.into_iter().chain(kept).find(|it| it.exists()),
    };
    let Some(path) = path else { return Ok(None) };
    let name = ("path", path.display().to_string().into());
    let bytes = fs::read(&path).map_err(|error| {
        failure("clean-keys-unusable", &[name.clone(), ("why", command_line::why(&error))])
    })?;
    let keys = TrustedKeys::parse(&bytes).map_err(|error| {
        failure("clean-keys-unusable", &[name, ("why", command_line::why(&error))])
    })?;
    Ok(Some(keys))
}

/// Why a pack is not used, and what to do.
pub(super) fn unusable(path: &Path, error: &PackUnusable) -> anyhow::Error {
    let mut values =
        vec![("path", path.display().to_string().into()), ("why", command_line::why(error))];
    let key = match error {
        PackUnusable::File { .. } => "clean-pack-unreadable",
        PackUnusable::NoKeys(signers) => {
            let signers: Vec<String> = signers.iter().map(|it| it.fingerprint()).collect();
            let signers = if signers.is_empty() { "–".to_owned() } else { signers.join(", ") };
            values.push(("signers", signers.into()));
            "clean-pack-no-keys"
        }
        PackUnusable::Pack(PackError::NotAPack) => "clean-pack-not-a-pack",
        PackUnusable::Pack(PackError::Version { .. }) => "clean-pack-other-version",
        PackUnusable::Pack(PackError::Refused(refused)) => match refused {
            LedgerError::NotTrusted { trusted, needed } => {
                values.push(("trusted", (*trusted as u64).into()));
                values.push(("needed", (*needed as u64).into()));
                "clean-pack-not-trusted"
            }
            LedgerError::Older { serial, known } => {
                values.push(("serial", serial.to_string().into()));
                values.push(("known", known.to_string().into()));
                "clean-pack-older"
            }
            LedgerError::OtherContent { serial } => {
                values.push(("serial", serial.to_string().into()));
                "clean-pack-other-content"
            }
            LedgerError::Damaged(_) => "clean-pack-ledger",
        },
        PackUnusable::Pack(_) | PackUnusable::Hashes => "clean-pack-damaged",
    };
    failure(key, &values)
}

/// The folder of what is known of packs.
fn vault() -> anyhow::Result<Option<Vault>> {
    Ok(state_folder()?.map(|it| Vault::at(it.join("packs"))))
}

/// The folder that the program lies in.
fn beside() -> Option<PathBuf> {
    Some(env::current_exe().ok()?.parent()?.to_owned())
}

/// The day by the PC's own clock.
pub(super) fn today() -> Date {
    Timestamp::now().to_zoned_datetime(TimeZone::system()).date()
}
