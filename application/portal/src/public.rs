//! What everybody may see: published campaigns, what to do, counters that point at nobody.

use ::campaigns::{CampaignState, ReceiptStage};
use ::reports::public_count;
use storage::campaigns::{self, CampaignRecord};

use crate::campaigns::{CampaignView, whole};
use crate::packs::{PackRecord, newest};
use crate::progress::Picture;
use crate::{Portal, PortalError, cases, letters::moments};

/// A campaign in the public list.
#[derive(Clone, Debug)]
pub struct PublicCampaign {
    /// Last part of its address.
    pub slug: String,
    /// Title.
    pub title: String,
    /// What it is for.
    pub aim: String,
    /// Whether it is over.
    pub is_closed: bool,
}

/// A campaign's public page.
#[derive(Clone, Debug)]
pub struct PublicPage {
    /// The campaign with everything beside its letter.
    pub view: CampaignView,
    /// Units that acknowledged; `None` where the count is too small to show.
    pub acknowledged: Option<u64>,
    /// Units that launched.
    pub launched: Option<u64>,
    /// Units that reported.
    pub reported: Option<u64>,
    /// Devices handled.
    pub handled: Option<u64>,
    /// The pack for the clean-up tool.
    pub pack: Option<PackRecord>,
}

/// Published campaigns, newest first.
pub async fn list(portal: &Portal) -> Result<Vec<PublicCampaign>, PortalError> {
    let mut read = portal.database.read().await?;
    let all = campaigns::list(&mut read).await?;
    let public = all.into_iter().filter(is_published).map(|it| PublicCampaign {
        slug: it.slug,
        title: it.title,
        aim: it.aim,
        is_closed: it.state == CampaignState::Closed,
    });
    Ok(public.collect())
}

/// The public page behind an address.
pub async fn page(portal: &Portal, slug: &str) -> Result<PublicPage, PortalError> {
    let campaign = published(portal, slug).await?;
    let picture = Picture::of(portal, campaign.id).await?;
    let reached = |stage: ReceiptStage| {
        let counting = picture.receipts.iter().filter(|it| it.is_counting);
        let reached =
            counting.filter(|it| moments(it, picture.submitted_at(it.unit_id)).stage() >= stage);
        public_count(reached.count() as u64)
    };
    let handled: i64 = cases::counts_of(portal, campaign.id)
        .await?
        .into_iter()
        .filter(|(_, state, _)| state.counts_as_handled())
        .map(|(_, _, count)| count)
        .sum();
    Ok(PublicPage {
        acknowledged: reached(ReceiptStage::Acknowledged),
        launched: reached(ReceiptStage::Launched),
        reported: reached(ReceiptStage::Reported),
        handled: public_count(u64::try_from(handled).unwrap_or(0)),
        pack: newest(portal, campaign.id).await?,
        view: whole(portal, campaign).await?,
    })
}

/// The campaign behind an address, if everybody may read it.
pub(crate) async fn published(portal: &Portal, slug: &str) -> Result<CampaignRecord, PortalError> {
    let mut read = portal.database.read().await?;
    let campaign = campaigns::find_by_slug(&mut read, slug).await?;
    campaign.filter(is_published).ok_or(PortalError::NotFound)
}

fn is_published(campaign: &CampaignRecord) -> bool {
    campaign.is_public && campaign.state != CampaignState::Draft
}
