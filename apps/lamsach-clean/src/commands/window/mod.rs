//! `lamsach-clean window`: the same for people who do not type commands, as pages in their browser.

mod pages;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clean_up::sticks;
use command_line::bilingual::failure;
use language::{Language, text};
use own_page::{OwnPage, Pages, Reply, Visit, page_leading_to};

use super::desk::{self, Desk, Phase, Target};

/// So long nobody came: the window was closed, or the browser was.
const LONGEST_SILENCE: Duration = Duration::from_hours(1);

// Help texts stand in the message files: see `command_line`.
/// Settings of the command.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {
    #[arg(id = "clean_window_no_browser", long = "no-browser")]
    no_browser: bool,
    #[command(flatten)]
    desk: desk::Args,
}

/// Runs the command.
pub(crate) fn run(args: Args, language: Language) -> anyhow::Result<ExitCode> {
    let store_folder = args.desk.store.folder()?;
    let desk = args.desk.desk()?;
    let unusable =
        |error: io::Error| failure("clean-window-unusable", &[("why", command_line::why(&error))]);
    let page = OwnPage::listen().map_err(unusable)?;
    let address = page.address();
    // Lives until the program ends; what it leads to works once.
    let way = store_folder.and_then(|folder| page_leading_to(&address, &folder).ok());
    let opened = way.as_ref().filter(|_| !args.no_browser).and_then(|way| way.open().ok());
    let key = if opened.is_some() { "clean-window-opened" } else { "clean-window-open" };
    let mut err = io::stderr().lock();
    // Without a terminal nobody reads it.
    writeln!(err, "{}\n{address}", text(language, key)).unwrap_or_default();
    drop(err);
    page.serve(&mut Window { desk, language }).map_err(unusable)?;
    drop(way);
    Ok(ExitCode::SUCCESS)
}

struct Window {
    desk: Arc<Desk>,
    language: Language,
}

impl Pages for Window {
    fn answer(&mut self, visit: &Visit) -> Reply {
        if visit.is_press {
            return self.pressed(visit);
        }
        self.shown(visit).unwrap_or_else(|error| {
            Reply::Page(pages::message(self.language, "clean-window-failed", &format!("{error:#}")))
        })
    }

    fn closed(&self) -> String {
        pages::message(self.language, "clean-window-closed", "")
    }

    fn ends_after(&self, silence: Duration) -> bool {
        silence > LONGEST_SILENCE && !self.desk.is_at_work()
    }
}

impl Window {
    fn shown(&self, visit: &Visit) -> anyhow::Result<Reply> {
        let (language, desk) = (self.language, &self.desk);
        Ok(match visit.path.as_str() {
            "" => match desk.phase() {
                Phase::Ready => Reply::Page(pages::start(language, desk, &sticks())?),
                Phase::Scanning => Reply::Page(pages::scanning(language, &desk.progress())?),
                Phase::Changing => Reply::Page(pages::changing(language)?),
                Phase::Found(found) => Reply::Page(pages::found(language, &found)?),
                Phase::Changed(changed) => Reply::Page(pages::changed(language, &changed)?),
                Phase::Failed(why) => {
                    Reply::Page(pages::message(language, "clean-window-failed", &why))
                }
            },
            "runs" => Reply::Page(pages::runs(language, &desk.runs()?)?),
            "result" => match desk.result_page(language)? {
                Some(page) => Reply::Page(page),
                None => Reply::Go(""),
            },
            "lamsach-clean.html" => match desk.result_page(language)? {
                Some(page) => Reply::Download("lamsach-clean.html", page),
                None => Reply::Go(""),
            },
            "progress" => {
                Reply::Part("application/json", pages::progress(language, desk).into_bytes())
            }
            "style.css" => Reply::Part("text/css", pages::STYLE.as_bytes().to_vec()),
            "page.js" => Reply::Part("text/javascript", pages::SCRIPT.as_bytes().to_vec()),
            _ => Reply::Missing(pages::message(language, "clean-window-missing", "")),
        })
    }

    fn pressed(&mut self, visit: &Visit) -> Reply {
        let desk = &self.desk;
        match visit.path.as_str() {
            "scan" => {
                let Some(target) = target(visit) else {
                    let page = pages::message(self.language, "clean-window-no-place", "");
                    return Reply::Page(page);
                };
                desk.scan(target);
            }
            "hold" => desk.hold(true),
            "go-on" => desk.hold(false),
            "cancel" => desk.cancel(),
            "clean" => desk.clean(visit.field("plan")),
            "undo" => desk.undo(visit.field("run").to_owned()),
            "send" => return self.sent(visit),
            "start" => desk.start_over(),
            "language" => {
                self.language = Language::from_tag(visit.field("to")).unwrap_or(self.language);
            }
            "close" if !desk.is_at_work() => {
                return Reply::Last(pages::message(self.language, "clean-window-ended", ""));
            }
            _ => {}
        }
        // By the address of a page, so that reloading it presses nothing again.
        Reply::Go("")
    }
}

impl Window {
    /// Sends the result of the last scan.
    fn sent(&self, visit: &Visit) -> Reply {
        let sent = self.desk.send(self.language, visit.field("portal"), visit.field("code"));
        let (key, more) = match sent {
            Ok(told) => ("clean-window-sent", told),
            Err(error) => ("clean-window-not-sent", format!("{error:#}")),
        };
        Reply::Page(pages::message(self.language, key, &more))
    }
}

/// What the person chose to look at; `None` when a place is wanted and none was given.
fn target(visit: &Visit) -> Option<Target> {
    let place = |name| Some(Path::new(visit.field(name).trim()).to_owned());
    let is_given = |it: &PathBuf| !it.as_os_str().is_empty();
    match visit.field("what") {
        "whole" => Some(Target::Whole),
        "stick" => place("stick").filter(is_given).map(Target::Stick),
        "folder" => place("folder").filter(is_given).map(Target::Folder),
        _ => Some(Target::Quick),
    }
}
