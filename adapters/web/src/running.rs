//! Checks that run: how far each is, and stopping it.
//!
//! The page makes up the id of a check, so an id alone proves nothing: a check is found by its id
//! and by the person who began it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use axum::extract::Path;
use axum::routing::{get, post};
use axum::{Json, Router};
use campaigns::UserId;
use portal::PortalError;
use portal::checks::Progress;
use serde::Serialize;

use crate::AppState;
use crate::error::PageError;
use crate::session::SignedIn;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/checks/{check}", get(progress))
        .route("/checks/{check}/cancel", post(cancel))
}

/// A check that runs, for the page that waits.
#[derive(Default)]
pub(crate) struct Running {
    bytes: AtomicU64,
    lines: AtomicU64,
    is_cancelled: AtomicBool,
}

impl Progress for Running {
    fn advanced(&self, raw_bytes: u64, lines: u64) {
        self.bytes.fetch_add(raw_bytes, Ordering::Relaxed);
        self.lines.fetch_add(lines, Ordering::Relaxed);
    }

    fn is_cancelled(&self) -> bool {
        self.is_cancelled.load(Ordering::Relaxed)
    }
}

/// Who began a check, and the id that their page made up.
type Key = (UserId, String);

static RUNNING: LazyLock<Mutex<HashMap<Key, Arc<Running>>>> = LazyLock::new(Mutex::default);

/// A check on the list: it comes off when the upload ends, however it ends.
pub(crate) struct Listed {
    key: Key,
    check: Arc<Running>,
}

impl Listed {
    /// The check.
    pub(crate) fn check(&self) -> Arc<Running> {
        self.check.clone()
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        if let Ok(mut running) = RUNNING.lock()
            // A second check of the same person under the same id has taken the place.
            && running.get(&self.key).is_some_and(|it| Arc::ptr_eq(it, &self.check))
        {
            running.remove(&self.key);
        }
    }
}

/// Puts a check on the list.
pub(crate) fn begin(user: UserId, id: &str) -> Listed {
    let key = (user, id.chars().take(64).collect());
    let listed = Listed { key, check: Arc::default() };
    if let Ok(mut running) = RUNNING.lock() {
        running.insert(listed.key.clone(), listed.check.clone());
    }
    listed
}

fn find(user: UserId, id: String) -> Result<Arc<Running>, PortalError> {
    let found = RUNNING.lock().ok().and_then(|all| all.get(&(user, id)).cloned());
    found.ok_or(PortalError::NotFound)
}

/// How far a running check is.
#[derive(Serialize)]
struct Progressed {
    bytes: u64,
    lines: u64,
}

async fn progress(
    SignedIn(actor): SignedIn,
    Path(check): Path<String>,
) -> Result<Json<Progressed>, PageError> {
    let running = find(actor.user_id, check)?;
    Ok(Json(Progressed {
        bytes: running.bytes.load(Ordering::Relaxed),
        lines: running.lines.load(Ordering::Relaxed),
    }))
}

async fn cancel(
    SignedIn(actor): SignedIn,
    Path(check): Path<String>,
) -> Result<Json<()>, PageError> {
    find(actor.user_id, check)?.is_cancelled.store(true, Ordering::Relaxed);
    Ok(Json(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(number: u128) -> UserId {
        UserId::from(uuid::Uuid::from_u128(number))
    }

    #[test]
    fn a_check_is_found_by_the_person_who_began_it_and_by_nobody_else() {
        let mine = begin(user(1), "check");
        // Somebody of another unit chose the same id.
        let theirs = begin(user(2), "check");
        mine.check().advanced(10, 1);
        let found = find(user(1), "check".to_owned()).unwrap();
        assert!(Arc::ptr_eq(&found, &mine.check()));
        assert!(!Arc::ptr_eq(&found, &theirs.check()));
        assert_eq!(found.bytes.load(Ordering::Relaxed), 10);
        assert!(find(user(3), "check".to_owned()).is_err());
        find(user(2), "check".to_owned()).unwrap().is_cancelled.store(true, Ordering::Relaxed);
        assert!(!mine.check().is_cancelled() && theirs.check().is_cancelled());
        drop(theirs);
        assert!(find(user(2), "check".to_owned()).is_err());
        assert!(find(user(1), "check".to_owned()).is_ok());
    }

    #[test]
    fn a_check_that_ends_leaves_the_one_that_took_its_place() {
        let first = begin(user(4), "same");
        let second = begin(user(4), "same");
        drop(first);
        let found = find(user(4), "same".to_owned()).unwrap();
        assert!(Arc::ptr_eq(&found, &second.check()));
    }
}
