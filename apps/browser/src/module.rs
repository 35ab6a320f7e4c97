//! The module's exports and imports: a pointer and a length, nothing generated.
//!
//! A page asks for an inbox of a length, writes into it, and calls the function that takes it: the
//! index once, then a [`Log`] for each log. Answers stand in the outbox.

#![expect(
    unsafe_code,
    reason = "functions shared with the page have fixed names, and its bytes come by pointer"
)]

use std::cell::RefCell;
use std::io::{self, Read};
use std::sync::Arc;

use log_check::Names;
use matching::Index;

use crate::names::{NamesAsked, read_names};
use crate::{Log, check};

#[link(wasm_import_module = "page")]
unsafe extern "C" {
    /// Writes the next bytes of the log to an address, at most so many; gives how many there were, 0
    /// at the end, or a negative number when they cannot be read.
    fn read(to: *mut u8, most: usize) -> isize;
    /// Raw bytes and lines read since the last call.
    fn advanced(raw_bytes: f64, lines: f64);
}

#[derive(Default)]
struct State {
    inbox: Vec<u8>,
    outbox: Vec<u8>,
    index: Option<Index>,
    /// Files of names that are not read yet.
    names_files: Vec<Vec<u8>>,
    names: Arc<Names>,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

/// An inbox of so many bytes; valid until the next call of another function.
// SAFETY: the name is this module's own; nothing else in it is called so.
#[unsafe(no_mangle)]
extern "C" fn inbox(length: usize) -> *mut u8 {
    STATE.with_borrow_mut(|state| {
        // Not one byte more than asked for: an index is large.
        state.inbox = Vec::new();
        state.inbox.resize(length, 0);
        state.inbox.as_mut_ptr()
    })
}

/// Takes the inbox as the index of all following checks; 1 when it is one that this module reads.
// SAFETY: as above.
#[unsafe(no_mangle)]
extern "C" fn open_index() -> u32 {
    STATE.with_borrow_mut(|state| {
        state.index = Index::from_bytes(std::mem::take(&mut state.inbox)).ok();
        u32::from(state.index.is_some())
    })
}

/// Takes the inbox as one file of names, to be read by [`open_names`].
// SAFETY: as above.
#[unsafe(no_mangle)]
extern "C" fn add_names() {
    STATE.with_borrow_mut(|state| {
        let file = std::mem::take(&mut state.inbox);
        state.names_files.push(file);
    });
}

/// Takes the inbox as [`NamesAsked`] in JSON, reads the files of names that came, for all following checks, and puts
/// a list of [`crate::names::NamesTold`] in JSON into the outbox; gives its length, 0 when the inbox is none.
// SAFETY: as above.
#[unsafe(no_mangle)]
extern "C" fn open_names() -> usize {
    STATE.with_borrow_mut(|state| {
        state.outbox.clear();
        let inbox = std::mem::take(&mut state.inbox);
        let files = std::mem::take(&mut state.names_files);
        let Ok(asked) = serde_json::from_slice::<NamesAsked>(&inbox) else { return 0 };
        let (names, told) = read_names(asked, files);
        state.names = Arc::new(names);
        state.outbox = serde_json::to_vec(&told).unwrap_or_default();
        state.outbox.len()
    })
}

/// Takes the inbox as a [`Log`] in JSON, matches the log whose bytes `read` gives, and puts
/// a list of [`crate::Checked`] in JSON into the outbox; gives its length, 0 when there is no index or no log.
// SAFETY: as above.
#[unsafe(no_mangle)]
extern "C" fn check_log() -> usize {
    STATE.with_borrow_mut(|state| {
        state.outbox.clear();
        let inbox = std::mem::take(&mut state.inbox);
        let (Some(index), Ok(log)) = (&state.index, serde_json::from_slice::<Log>(&inbox)) else {
            return 0;
        };
        let names = Arc::clone(&state.names);
        let checked = check(index, log, names, Box::new(PageBytes), &|raw_bytes, lines| {
            #[expect(clippy::cast_precision_loss, reason = "progress need not be exact")]
            // SAFETY: the page's function takes two numbers and touches no memory.
            unsafe {
                advanced(raw_bytes as f64, lines as f64);
            }
        });
        state.outbox = serde_json::to_vec(&checked).unwrap_or_default();
        state.outbox.len()
    })
}

/// Where the outbox is; valid until the next call of another function.
// SAFETY: as above.
#[unsafe(no_mangle)]
extern "C" fn outbox() -> *const u8 {
    STATE.with_borrow(|state| state.outbox.as_ptr())
}

/// The log, as the page hands it over.
struct PageBytes;

impl Read for PageBytes {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        // SAFETY: the page writes at most `target.len()` bytes from that address on, and into no
        // other memory of this module.
        let read = unsafe { read(target.as_mut_ptr(), target.len()) };
        match usize::try_from(read) {
            Ok(read) => Ok(read.min(target.len())),
            Err(_) => Err(io::Error::other("the browser cannot read the file any more")),
        }
    }
}
