//! Reading a list of any format.

use std::io::{BufRead, Cursor, Read};

use encoding_rs::{UTF_16BE, UTF_16LE};
use jiff::civil::Date;
use observables::{Observable, ObservableError, WebUrl, WebUrlError};

use crate::formats::{self, ListFormat};
use crate::report::{ListProblem, ListReport, Reason};
use crate::{Guard, Indicator, Judgement, Scope};

/// The longest line read, in bytes.
pub(crate) const LONGEST_LINE: usize = 8 * 1024;
/// How much of a list decides its format, in bytes.
const SAMPLE_BYTES: u64 = 64 * 1024;
/// The longest list in UTF-16, which is decoded as a whole, in bytes.
const LONGEST_UTF16: u64 = 64 * 1024 * 1024;

/// How a list is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReadOptions {
    /// The format; found from the content when `None`.
    pub format: Option<ListFormat>,
    /// Indicators that ended before this day are refused as expired.
    pub today: Option<Date>,
}

/// Reads a list and pushes every indicator it names into `sink`.
///
/// Takes UTF-8 with or without a byte order mark, and UTF-16 with one; bytes that are neither
/// stand as `U+FFFD`, which no indicator contains.
pub fn read_list(
    list: &mut dyn BufRead,
    options: ReadOptions,
    mut sink: impl FnMut(Indicator),
) -> ListReport {
    read_guarded_list(list, options, None, |indicator, _| sink(indicator))
}

/// As [`read_list`], and the guard refuses what does harm. What it only doubts comes with the name
/// of the warning list.
pub fn read_guarded_list(
    list: &mut dyn BufRead,
    options: ReadOptions,
    guard: Option<&Guard>,
    sink: impl FnMut(Indicator, Option<&str>),
) -> ListReport {
    let mut sample = Vec::new();
    if let Err(error) = list.take(SAMPLE_BYTES).read_to_end(&mut sample) {
        let problem = Some(ListProblem::Read(error.to_string()));
        return ListReport { problem, ..ListReport::default() };
    }
    let utf16 = match sample.as_slice() {
        [0xff, 0xfe, ..] => Some(UTF_16LE),
        [0xfe, 0xff, ..] => Some(UTF_16BE),
        _ => None,
    };
    if let Some(encoding) = utf16 {
        if let Err(error) = list.take(LONGEST_UTF16).read_to_end(&mut sample) {
            let problem = Some(ListProblem::Read(error.to_string()));
            return ListReport { problem, ..ListReport::default() };
        }
        let (text, _) = encoding.decode_with_bom_removal(&sample);
        return read_text(text.as_bytes(), &mut &b""[..], options, guard, sink);
    }
    let start = sample.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&sample);
    read_text(start, list, options, guard, sink)
}

fn read_text(
    sample: &[u8],
    rest: &mut dyn BufRead,
    options: ReadOptions,
    guard: Option<&Guard>,
    sink: impl FnMut(Indicator, Option<&str>),
) -> ListReport {
    if sample.contains(&0) {
        return ListReport { problem: Some(ListProblem::Binary), ..ListReport::default() };
    }
    let format = options.format.unwrap_or_else(|| formats::detect(sample));
    let mut reading = Reading {
        report: ListReport { format: Some(format.name()), ..ListReport::default() },
        today: options.today,
        guard,
        sink,
    };
    let mut whole = Cursor::new(sample).chain(rest);
    match format {
        ListFormat::Plain => formats::plain::read(&mut whole, &mut reading),
        ListFormat::Csv => formats::csv::read(&mut whole, &mut reading),
        ListFormat::Hosts => formats::hosts::read(&mut whole, &mut reading),
    }
    reading.report
}

/// A list being read: where its parts go.
pub(crate) struct Reading<'g, S> {
    pub(crate) report: ListReport,
    today: Option<Date>,
    guard: Option<&'g Guard>,
    sink: S,
}

/// What a list says of one value besides the value.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Details<'l> {
    pub(crate) kind: &'l str,
    pub(crate) family: &'l str,
    pub(crate) scope: &'l str,
    pub(crate) valid_until: &'l str,
}

impl<S: FnMut(Indicator, Option<&str>)> Reading<'_, S> {
    /// Takes a value or refuses it with its reason.
    pub(crate) fn take(&mut self, line: u64, value: &str, details: Details<'_>) {
        match self.indicator(value, details) {
            Ok(indicator) => {
                let judgement = self.guard.map_or(Judgement::Clear, |it| it.judge(&indicator));
                let warning = match judgement {
                    Judgement::Clear => None,
                    Judgement::Review(list) => Some(list),
                    Judgement::Refuse(reason) => return self.report.refuse(line, value, reason),
                };
                self.report.accept(indicator.observable.kind());
                if let Some(list) = warning {
                    self.report.warn(list);
                }
                (self.sink)(indicator, warning);
            }
            Err(reason) => self.report.refuse(line, value, reason),
        }
    }

    fn indicator(&self, value: &str, details: Details<'_>) -> Result<Indicator, Reason> {
        let observable = observable(value, details.kind)?;
        let scope = details.scope.parse::<Scope>().map_err(|()| Reason::BadScope)?;
        let valid_until = day(details.valid_until)?;
        if let (Some(until), Some(today)) = (valid_until, self.today)
            && until < today
        {
            return Err(Reason::Expired);
        }
        let family = details.family.trim();
        let family = (!family.is_empty()).then(|| family.chars().take(200).collect());
        Ok(Indicator { observable, scope, family, valid_until })
    }
}

/// The value as the list's own type says; a URL stays a URL even where it has no path.
fn observable(value: &str, kind: &str) -> Result<Observable, Reason> {
    let kind = kind.trim().to_ascii_lowercase();
    match kind.as_str() {
        "url" | "uri" | "link" => match WebUrl::parse(&observables::refang(value)) {
            Ok(url) => Ok(Observable::Url(url)),
            Err(WebUrlError::NoHost) => Err(Reason::UrlWithoutHost),
            Err(error) => Err(ObservableError::Url(error).into()),
        },
        it if is_unsupported(it) => Err(Reason::UnsupportedType),
        "" if is_hash(value) || is_mail_address(value) => Err(Reason::UnsupportedType),
        _ => Ok(Observable::parse(value)?),
    }
}

/// Types that real lists name and network logs cannot show.
fn is_unsupported(kind: &str) -> bool {
    let plain: String = kind.chars().filter(char::is_ascii_alphanumeric).collect();
    ["md5", "sha1", "sha256", "sha512", "hash", "filehash", "email", "filename", "mutex", "regkey"]
        .iter()
        .any(|it| plain.starts_with(it))
}

/// What a list without types calls nothing: MD5, SHA-1, SHA-256 or SHA-512 in hex.
fn is_hash(value: &str) -> bool {
    matches!(value.len(), 32 | 40 | 64 | 128) && value.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// `name@host`, and no URL with a user in it.
fn is_mail_address(value: &str) -> bool {
    let is_mail = |(name, host): (&str, &str)| !name.is_empty() && host.contains('.');
    !value.contains(['/', ':']) && value.split_once('@').is_some_and(is_mail)
}

fn day(text: &str) -> Result<Option<Date>, Reason> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let day = text.get(..10).unwrap_or(text);
    Date::strptime("%Y-%m-%d", day)
        .or_else(|_| Date::strptime("%d/%m/%Y", day))
        .map(Some)
        .map_err(|_| Reason::BadDate)
}

/// Calls `each` with every line's number and text, without its end. Lines over 8 KiB are refused
/// and skipped without being held.
pub(crate) fn each_line<S: FnMut(Indicator, Option<&str>)>(
    list: &mut dyn BufRead,
    reading: &mut Reading<'_, S>,
    mut each: impl FnMut(&mut Reading<'_, S>, u64, &str),
) {
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        match list.take(LONGEST_LINE as u64 + 1).read_until(b'\n', &mut bytes) {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) => {
                reading.report.problem = Some(ListProblem::Read(error.to_string()));
                return;
            }
        }
        reading.report.lines += 1;
        let line = reading.report.lines;
        let is_whole = bytes.last() == Some(&b'\n') || bytes.len() <= LONGEST_LINE;
        let text = String::from_utf8_lossy(&bytes);
        if is_whole {
            each(reading, line, text.trim_end_matches(['\n', '\r']));
        } else {
            reading.report.refuse(line, &text, Reason::LineTooLong);
            if let Err(error) = list.skip_until(b'\n') {
                reading.report.problem = Some(ListProblem::Read(error.to_string()));
                return;
            }
        }
    }
}
