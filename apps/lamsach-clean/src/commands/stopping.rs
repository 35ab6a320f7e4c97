//! The person's wish to stop: by Ctrl-C, or by having the program ended.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

use command_line::bilingual::lines;

/// What a shell reports of a program that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

static WISH: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// Whether changes are made, in which nothing may end the program halfway.
static IS_CHANGING: AtomicBool = AtomicBool::new(false);

/// The wish, wherever it is heard.
pub(super) fn wish() -> Arc<AtomicBool> {
    Arc::clone(&WISH)
}

pub(super) fn is_changing() -> bool {
    IS_CHANGING.load(Ordering::Relaxed)
}

/// Takes it back: the person has said since what they want.
pub(super) fn forget() {
    WISH.store(false, Ordering::Relaxed);
}

/// Listens for it while changes are made: the one at work is finished, a second Ctrl-C ends the program.
pub(super) fn listen() -> Arc<AtomicBool> {
    IS_CHANGING.store(true, Ordering::Relaxed);
    // Where a scan listens already, it is the same wish; where nobody can, Ctrl-C ends the program as
    // usual, and the journal knows the way forth and back.
    ctrlc::set_handler(pressed).unwrap_or_default();
    #[cfg(unix)]
    if let Err(error) = signal_hook::flag::register(signal_hook::consts::SIGTERM, wish()) {
        drop(error);
    }
    wish()
}

#[expect(clippy::exit, reason = "the second Ctrl-C ends the program wherever it is")]
#[expect(clippy::print_stderr, reason = "the answer to a key")]
fn pressed() {
    if WISH.swap(true, Ordering::Relaxed) {
        std::process::exit(INTERRUPTED);
    }
    eprintln!("{}", lines("clean-stopping", &[]));
}
