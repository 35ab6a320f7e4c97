//! Indexes of the lists of running campaigns, each built once however many ask for it.

use std::collections::HashMap;
use std::io::{self, Read};
use std::sync::{Arc, LazyLock, Mutex, OnceLock};

use ::campaigns::CampaignId;
use files::ContentStore;
use indicators::ReadOptions;
use log_check::{COMPILED, Guarding, IndicatorInput, ListInput, LoadedGuard};
use matching::Index;
use sha2::{Digest as _, Sha256};
use storage::campaigns::{self, ListRecord};
use tokio::sync::OnceCell;

use crate::campaigns::newest_lists;
use crate::{Portal, PortalError, Problem};

/// A handful of campaigns run at once; indexes of old revisions need not stay in memory.
const MOST: usize = 4;

/// Indexes of the lists of recent campaigns, by the content of the lists.
static INDEXES: LazyLock<Shelf<Shelved>> = LazyLock::new(Shelf::default);

/// The warning lists, read once.
pub(crate) static GUARD: LazyLock<LoadedGuard> = LazyLock::new(|| Guarding::On.load());

/// Stored lists as they are read; one that was compiled is an index. What cannot be opened says so in its
/// report.
pub(crate) fn inputs(files: &ContentStore, lists: Vec<ListRecord>) -> Vec<IndicatorInput> {
    let input = |list: ListRecord| {
        let bytes = if list.format == COMPILED {
            let damaged = |error| io::Error::new(io::ErrorKind::InvalidData, error);
            match files.read(&list.sha256).and_then(|it| Index::from_bytes(it).map_err(damaged)) {
                Ok(index) => return IndicatorInput::Compiled { name: list.name, index },
                Err(error) => Err(error),
            }
        } else {
            files.open(&list.sha256).map(|it| Box::new(it) as Box<dyn Read + Send>)
        };
        IndicatorInput::List(ListInput { name: list.name, bytes })
    };
    lists.into_iter().map(input).collect()
}

/// An index on the shelf.
pub(crate) struct Shelved {
    pub(crate) index: Arc<Index>,
    sha256: OnceLock<String>,
}

impl Shelved {
    /// SHA-256 of its bytes, in hex.
    pub(crate) fn sha256(&self) -> &str {
        self.sha256.get_or_init(|| hex::encode(Sha256::digest(self.index.as_bytes())))
    }
}

/// The index of a campaign's newest lists, without which nothing can be matched.
pub(crate) async fn index_of(portal: &Portal, id: CampaignId) -> Result<Arc<Index>, PortalError> {
    let index = index_if_any(portal, id).await?;
    index.ok_or_else(|| Problem::new("", "problem-no-lists").into())
}

/// The index of a campaign's newest lists; `None` when it has none.
pub(crate) async fn index_if_any(
    portal: &Portal,
    id: CampaignId,
) -> Result<Option<Arc<Index>>, PortalError> {
    Ok(shelved(portal, id).await?.map(|it| it.index.clone()))
}

/// As [`index_if_any`], with what else is known of it.
pub(crate) async fn shelved(
    portal: &Portal,
    id: CampaignId,
) -> Result<Option<Arc<Shelved>>, PortalError> {
    let mut read = portal.database.read().await?;
    let lists = newest_lists(campaigns::lists(&mut read, id).await?);
    drop(read);
    if lists.is_empty() {
        return Ok(None);
    }
    let lines: Vec<_> = lists.iter().map(|list| format!("{} {}", list.sha256, list.name)).collect();
    // Indicators expire by the day.
    let key = format!("{}\n{}", portal.today(), lines.join("\n"));
    let build = async || {
        let (files, records) = (portal.files.clone(), lists.clone());
        let options = ReadOptions { format: None, today: Some(portal.today()) };
        let load = move || log_check::load_guarded(inputs(&files, records), options, &GUARD);
        let loaded = tokio::task::spawn_blocking(load)
            .await
            .map_err(|error| PortalError::Internal(format!("index: {error}")))?
            .map_err(|error| PortalError::Internal(format!("index: {error}")))?;
        Ok(Shelved { index: Arc::new(loaded.index), sha256: OnceLock::new() })
    };
    INDEXES.get(&key, build).await.map(Some)
}

/// What takes long to build, by a key that says all it is built from.
struct Shelf<V> {
    known: Mutex<HashMap<String, Arc<OnceCell<Arc<V>>>>>,
}

impl<V> Default for Shelf<V> {
    fn default() -> Self {
        Self { known: Mutex::default() }
    }
}

impl<V> Shelf<V> {
    /// What stands under a key. Who comes while it is being built waits for it; a failure is not
    /// kept, and the next one tries again.
    async fn get(
        &self,
        key: &str,
        build: impl AsyncFnOnce() -> Result<V, PortalError>,
    ) -> Result<Arc<V>, PortalError> {
        let cell = match self.known.lock() {
            Ok(mut known) => {
                if !known.contains_key(key) && known.len() >= MOST {
                    known.retain(|_, cell| !cell.initialized());
                }
                known.entry(key.to_owned()).or_default().clone()
            }
            Err(_) => Arc::default(),
        };
        cell.get_or_try_init(async || build().await.map(Arc::new)).await.cloned()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn who_comes_while_it_is_built_waits_and_a_failure_is_tried_again() {
        let shelf = Shelf::<usize>::default();
        let builds = AtomicUsize::new(0);
        let build = async || {
            let number = builds.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            if number == 0 { Err(PortalError::Conflict) } else { Ok(number) }
        };
        assert!(shelf.get("a", build).await.is_err());
        let (first, second, other) =
            tokio::join!(shelf.get("a", build), shelf.get("a", build), shelf.get("b", build));
        assert!(Arc::ptr_eq(&first.unwrap(), &second.unwrap()));
        other.unwrap();
        assert_eq!(builds.load(Ordering::Relaxed), 3, "one failure, one each");
    }

    #[tokio::test]
    async fn only_a_handful_is_kept() {
        let shelf = Shelf::<usize>::default();
        for number in 0..20 {
            shelf.get(&number.to_string(), async || Ok(number)).await.unwrap();
        }
        assert!(shelf.known.lock().unwrap().len() <= MOST);
    }
}
