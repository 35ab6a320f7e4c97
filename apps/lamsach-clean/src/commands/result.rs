//! The result of a scan as a signed file, or sent to the portal: `scan --result`, `--send`, and `send`.

use std::env;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clean_up::{
    Device, EnrolmentCode, KnownPlaces, MOST_RESULT_BYTES, PackUsed, ResultRequest, scan_result,
};
use command_line::bilingual::{failure, lines};
use command_line::printable;
use file_check::{Finding, LoadedPack, Summary};
use http_client::{KeptScan, SendError, Status, send_scan};
use jiff::Timestamp;
use language::{Language, text_with};

use super::words;

/// Folders whose folders are named after people.
const HOMES: [&str; 2] = ["/home", r"C:\Users"];
/// Folders there that are nobody's.
const NOBODYS: [&str; 6] =
    ["public", "default", "default user", "all users", "lost+found", "shared"];

// Help texts stand in the message files: see `command_line`.
/// What becomes of the result.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    #[arg(id = "result_file", long = "result", value_name = "FILE")]
    file: Option<PathBuf>,
    #[arg(id = "result_send", long = "send", value_name = "URL")]
    portal: Option<String>,
    #[arg(
        id = "result_code",
        long = "code",
        value_name = "CODE",
        env = "LAMSACH_CODE",
        hide_env_values = true
    )]
    code: Option<String>,
    #[arg(id = "result_device", long = "device", value_name = "NAME")]
    device: Option<String>,
    #[arg(id = "result_full_paths", long = "full-paths")]
    has_full_paths: bool,
    #[arg(id = "result_with_risks", long = "with-risks")]
    has_risks: bool,
    #[arg(id = "result_ca", long = "ca", value_name = "FILE")]
    certificates: Option<PathBuf>,
}

/// Settings of `send`.
#[derive(Debug, clap::Args)]
pub(crate) struct SendArgs {
    #[arg(id = "send_result", value_name = "PATH", required = true)]
    files: Vec<PathBuf>,
    #[arg(id = "send_to", long = "to", value_name = "URL", required = true)]
    portal: String,
    #[arg(id = "result_ca", long = "ca", value_name = "FILE")]
    certificates: Option<PathBuf>,
}

/// Where a result goes, checked before anything is scanned.
#[derive(Debug)]
pub(super) struct Wanted {
    args: Args,
    code: EnrolmentCode,
    device: String,
    certificates: Option<Vec<u8>>,
}

/// What a scan was, besides what it gave.
pub(super) struct Of<'s> {
    pub(super) findings: &'s [Finding],
    pub(super) summary: &'s Summary,
    pub(super) rules: usize,
    pub(super) packs: &'s [LoadedPack],
    pub(super) scope: &'static str,
    pub(super) root: Option<&'s Path>,
    /// When it ended, in seconds since 1970.
    pub(super) at: i64,
}

impl Args {
    /// Whether and where a result is wanted.
    pub(super) fn wanted(self, root: Option<&Path>) -> anyhow::Result<Option<Wanted>> {
        if self.file.is_none() && self.portal.is_none() {
            return Ok(None);
        }
        let code = match &self.code {
            Some(typed) => {
                EnrolmentCode::parse(typed).ok_or_else(|| failure("clean-code-wrong", &[]))?
            }
            None => code_in_name().ok_or_else(|| failure("clean-code-missing", &[]))?,
        };
        let device = self.device.clone().map(|it| printable(it.trim()));
        // The name of this PC is not that of a disk from another one.
        let own = if root.is_some() { None } else { super::report::this_computer() };
        let device = device.filter(|it| !it.is_empty()).or(own);
        let device = device.ok_or_else(|| failure("clean-device-missing", &[]))?;
        let certificates = certificates(self.certificates.as_deref())?;
        Ok(Some(Wanted { args: self, code, device, certificates }))
    }
}

impl Wanted {
    /// Writes the result and sends it; what became of it, in words.
    pub(super) fn give(&self, language: Language, of: &Of<'_>) -> anyhow::Result<Option<String>> {
        let mark = machine(of.root).map(|it| self.code.mark_of(&it)).unwrap_or_default();
        let request = ResultRequest {
            made_at: Timestamp::from_second(of.at).unwrap_or_default(),
            device: Device { name: self.device.clone(), mark },
            scope: of.scope,
            system: if cfg!(windows) { "windows" } else { "linux" },
            program: concat!("lamsach-clean ", env!("CARGO_PKG_VERSION")),
            rules: of.rules,
            packs: of.packs.iter().map(used).collect(),
            known: KnownPlaces { accounts: accounts(of.root) },
            has_full_paths: self.args.has_full_paths,
            has_risks: self.args.has_risks,
        };
        let signed = self.code.sign(&scan_result(of.findings, of.summary, &request));
        if let Some(path) = &self.args.file {
            files::write_whole(path, signed.as_bytes()).map_err(|error| {
                failure("clean-not-written", &[("why", command_line::why(&error))])
            })?;
        }
        let Some(portal) = &self.args.portal else { return Ok(None) };
        let kept = send_scan(portal, &signed, self.certificates.as_deref(), language.tag())
            .map_err(|error| not_sent(&error))?;
        Ok(Some(told(language, &self.device, &kept)))
    }
}

/// Sends what a scan gave to the portal that the person names, by the code typed or that in the name
/// of the program's file; what became of it, in words.
pub(super) fn send_now(
    language: Language,
    (portal, code): (&str, &str),
    certificates: Option<&Path>,
    of: &Of<'_>,
) -> anyhow::Result<String> {
    let given = |text: &str| Some(text.trim().to_owned()).filter(|it| !it.is_empty());
    let args = Args {
        file: None,
        portal: given(portal),
        code: given(code),
        device: None,
        has_full_paths: false,
        has_risks: false,
        certificates: certificates.map(Path::to_owned),
    };
    let wanted = args.wanted(of.root)?.ok_or_else(|| failure("clean-send-nowhere", &[]))?;
    Ok(wanted.give(language, of)?.unwrap_or_default())
}

/// Whether the name of the program's file holds a unit's code.
pub(super) fn has_code() -> bool {
    code_in_name().is_some()
}

/// Sends files that were written before.
pub(crate) fn run_send(args: &SendArgs, language: Language) -> anyhow::Result<ExitCode> {
    let certificates = certificates(args.certificates.as_deref())?;
    let mut paths = Vec::new();
    for path in &args.files {
        paths.extend(result_files(path).map_err(|error| unreadable(path, &error))?);
    }
    if paths.is_empty() {
        return Err(failure("clean-send-nothing", &[]));
    }
    let mut left = 0_usize;
    for path in &paths {
        let name = path.display().to_string();
        let sent = match read_result(path) {
            Ok(signed) => send_scan(&args.portal, &signed, certificates.as_deref(), language.tag())
                .map_err(|error| (is_its_own(&error), not_sent(&error))),
            Err(error) => Err((true, unreadable(path, &error))),
        };
        match sent {
            Ok(kept) => say(&told(language, &name, &kept))?,
            Err((true, why)) if paths.len() > 1 => {
                left += 1;
                say(&format!("{}:\n{why}", printable(&name)))?;
            }
            Err((_, why)) => return Err(why),
        }
    }
    if left == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    let count = |count: usize| words::counted(language, count).into();
    let values = [("sent", count(paths.len() - left)), ("left", count(left))];
    say(&text_with(language, "clean-sent-but", &values))?;
    Ok(ExitCode::from(3))
}

/// Whether others may be taken where this one is not.
fn is_its_own(error: &SendError) -> bool {
    matches!(error, SendError::TooLarge { .. })
        || (error.refusal().is_some() && !matches!(error, SendError::NotThere { .. }))
}

/// A file, or the files of a folder, in order.
fn result_files(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = fs::read_dir(path)?.collect::<io::Result<Vec<_>>>()?;
    let mut files: Vec<PathBuf> =
        entries.into_iter().map(|it| it.path()).filter(|it| it.is_file()).collect();
    files.sort();
    Ok(files)
}

/// The text of a result; none is larger than the portal takes.
fn read_result(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let most = MOST_RESULT_BYTES as u64;
    if File::open(path)?.take(most + 1).read_to_string(&mut text)? as u64 > most {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(text)
}

fn unreadable(path: &Path, error: &io::Error) -> anyhow::Error {
    let values = [("name", path.display().to_string().into()), ("why", command_line::why(error))];
    failure("clean-result-unreadable", &values)
}

pub(super) fn certificates(path: Option<&Path>) -> anyhow::Result<Option<Vec<u8>>> {
    path.map(|path| fs::read(path).map_err(|error| unreadable(path, &error))).transpose()
}

/// On standard error: standard output is the scan's.
pub(super) fn say(told: &str) -> std::io::Result<()> {
    writeln!(std::io::stderr().lock(), "{told}")
}

/// What became of a result.
fn told(language: Language, name: &str, kept: &KeptScan) -> String {
    let key = match (kept.status, kept.case) {
        (Status::Unchanged, _) => "clean-sent-known",
        (Status::New | Status::Replaced, Some(_)) => "clean-sent-case",
        (Status::New | Status::Replaced, None) => "clean-sent",
    };
    let values = [
        ("name", printable(name).into()),
        ("case", kept.case.map_or_else(String::new, |it| it.to_string()).into()),
    ];
    text_with(language, key, &values)
}

/// Why nothing was fetched from an address.
pub(super) fn not_fetched(error: &SendError) -> anyhow::Error {
    let (host, why) = host_and_reason(error);
    let values = [("host", printable(&host).into()), ("why", printable(&why).into())];
    let key = match error {
        SendError::Untrusted { .. } => "clean-send-untrusted",
        _ => "clean-not-fetched",
    };
    anyhow::Error::msg(lines(key, &values))
}

/// Whom an error is about, and what it says.
fn host_and_reason(error: &SendError) -> (String, String) {
    let (mut host, mut why) = (String::new(), error.to_string());
    match error {
        SendError::Address { address, reason } => {
            host.clone_from(address);
            (*reason).clone_into(&mut why);
        }
        SendError::Unreachable { host: at, source } | SendError::Untrusted { host: at, source } => {
            host.clone_from(at);
            why = source.to_string();
        }
        SendError::NotThere { host: at, .. }
        | SendError::Failing { host: at, .. }
        | SendError::NotAPortal { host: at, .. } => host.clone_from(at),
        _ => {}
    }
    (host, why)
}

/// Why a result was not sent, and what to do.
pub(super) fn not_sent(error: &SendError) -> anyhow::Error {
    let (host, why) = host_and_reason(error);
    let key = match error {
        SendError::Address { .. } => "clean-send-address",
        SendError::Untrusted { .. } => "clean-send-untrusted",
        SendError::Unreachable { .. } | SendError::Busy { .. } | SendError::Failing { .. } => {
            "clean-send-later"
        }
        SendError::NotThere { .. } | SendError::NotAPortal { .. } => "clean-send-not-there",
        _ => "clean-send-refused",
    };
    let values = [("host", printable(&host).into()), ("why", printable(&why).into())];
    let mut text = lines(key, &values);
    if let Some(refusal) = error.refusal() {
        let places = refusal.places.iter().map(|(_, what)| what);
        for line in [&refusal.detail].into_iter().chain(places).filter(|it| !it.is_empty()) {
            text = format!("{text}\n  {}", printable(line));
        }
    }
    anyhow::Error::msg(text)
}

fn used(pack: &LoadedPack) -> PackUsed {
    PackUsed { name: pack.name.clone(), serial: pack.serial, expired: pack.is_expired }
}

/// The code in the name of the program's file.
fn code_in_name() -> Option<EnrolmentCode> {
    let program = env::current_exe().ok()?;
    EnrolmentCode::from_file_name(program.file_name()?.to_str()?)
}

/// The number that the system gave this PC; it never leaves it but as a mark.
fn machine(root: Option<&Path>) -> Option<Vec<u8>> {
    if cfg!(windows) {
        return None;
    }
    let path = root.unwrap_or(Path::new("/")).join("etc/machine-id");
    fs::read(path).ok().map(|it| it.trim_ascii().to_vec()).filter(|it| it.len() >= 16)
}

/// Names of the accounts on the PC.
fn accounts(root: Option<&Path>) -> Vec<String> {
    let mut accounts = Vec::new();
    if root.is_none() {
        for name in ["USER", "USERNAME", "LOGNAME", "SUDO_USER"] {
            accounts.extend(env::var(name).ok());
        }
    }
    for home in HOMES {
        let folder = match root {
            Some(root) => root.join(home.trim_start_matches("C:\\").trim_start_matches('/')),
            None => PathBuf::from(home),
        };
        let Ok(entries) = fs::read_dir(folder) else { continue };
        let names = entries.filter_map(|it| it.ok()?.file_name().into_string().ok());
        accounts.extend(names);
    }
    accounts.retain(|it| !it.is_empty() && !NOBODYS.contains(&it.to_lowercase().as_str()));
    accounts.retain(|it| it != "root" && words::is_name(it));
    accounts
}
