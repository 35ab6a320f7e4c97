//! Logs that a page matches in the officer's own browser: the index it works with. What it sees
//! comes back by [`crate::checks::receive`].

use std::sync::Arc;

use ::campaigns::{Action, CampaignId, UnitId};
use matching::Index;

use crate::index_shelf::shelved;
use crate::letters::{receipts_of, require_running};
use crate::{Actor, Portal, PortalError, Problem, access};

/// The compiled index of a campaign's newest lists; cheap to clone.
#[derive(Clone, Debug)]
pub struct IndexImage {
    /// SHA-256 of its bytes, in hex: it names this very index.
    pub sha256: String,
    index: Arc<Index>,
}

impl AsRef<[u8]> for IndexImage {
    fn as_ref(&self) -> &[u8] {
        self.index.as_bytes()
    }
}

/// The index for whoever may check logs of this unit.
pub async fn index_image(
    portal: &Portal,
    actor: &Actor,
    campaign_id: CampaignId,
    unit: UnitId,
) -> Result<IndexImage, PortalError> {
    access::require(portal, actor, Action::CheckLogs, unit).await?;
    require_running(portal, campaign_id).await?;
    receipts_of(portal, campaign_id, unit).await?;
    let found = shelved(portal, campaign_id).await?;
    let found = found.ok_or_else(|| Problem::new("", "problem-no-lists"))?;
    Ok(IndexImage { sha256: found.sha256().to_owned(), index: found.index.clone() })
}

/// The index for whoever may read the letter: all lists as one compiled file.
pub async fn campaign_index(
    portal: &Portal,
    actor: &Actor,
    campaign_id: CampaignId,
) -> Result<IndexImage, PortalError> {
    crate::campaigns::read(portal, actor, campaign_id).await?;
    let found = shelved(portal, campaign_id).await?.ok_or(PortalError::NotFound)?;
    Ok(IndexImage { sha256: found.sha256().to_owned(), index: found.index.clone() })
}
