//! Campaigns, receivers, attachments, lists.

use campaigns::{AttachmentId, CampaignState, ListId, ReceiverRole};
use storage::campaigns::{self as store, AttachmentRecord, CampaignRecord, ListRecord};
use test_support::on_both_databases;

use crate::world::{at, base, campaign, id, is_taken, person, the_campaign};

#[tokio::test]
async fn a_campaign_is_read_as_written() {
    on_both_databases(async |database| {
        let mut write = base(&database).await;
        let bare = CampaignRecord {
            letter_on: None,
            tasks: Vec::new(),
            period_to: None,
            deadline_phrase: None,
            deadline_on: None,
            is_public: false,
            created_at: at(9),
            ..campaign(2)
        };
        store::insert(&mut write, &bare).await.unwrap();
        assert_eq!(store::find(&mut write, bare.id).await.unwrap().as_ref(), Some(&bare));
        let by_slug = store::find_by_slug(&mut write, "lam-sach-1").await.unwrap();
        assert_eq!(by_slug, Some(campaign(1)));
        assert_eq!(store::list(&mut write).await.unwrap(), [bare, campaign(1)]);
    })
    .await;
}

#[tokio::test]
async fn a_public_address_is_there_once() {
    on_both_databases(async |database| {
        let mut write = base(&database).await;
        let same = CampaignRecord { id: id(2), ..campaign(1) };
        assert!(is_taken(&store::insert(&mut write, &same).await));
    })
    .await;
}

#[tokio::test]
async fn who_read_an_older_version_changes_nothing() {
    on_both_databases(async |database| {
        let mut write = base(&database).await;
        let launched = CampaignRecord {
            title: "Đã đổi".to_owned(),
            state: CampaignState::Launched,
            launched_at: Some(at(3)),
            letter_on: None,
            ..campaign(1)
        };
        assert!(!store::hold_running(&mut write, the_campaign()).await.unwrap());
        assert!(store::update(&mut write, &launched).await.unwrap());
        let stale = CampaignRecord { title: "Đè lên".to_owned(), ..campaign(1) };
        assert!(!store::update(&mut write, &stale).await.unwrap());
        let now = store::find(&mut write, the_campaign()).await.unwrap();
        assert_eq!(now, Some(CampaignRecord { version: 2, ..launched }));
        assert!(store::hold_running(&mut write, the_campaign()).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn receivers_are_replaced_as_a_whole() {
    on_both_databases(async |database| {
        let mut write = base(&database).await;
        for receivers in [
            vec![(id(2), ReceiverRole::Action), (id(3), ReceiverRole::Information)],
            vec![(id(3), ReceiverRole::Coordination)],
            Vec::new(),
        ] {
            store::set_receivers(&mut write, the_campaign(), &receivers).await.unwrap();
            assert_eq!(store::receivers(&mut write, the_campaign()).await.unwrap(), receivers);
        }
    })
    .await;
}

#[tokio::test]
async fn attachments_and_lists_are_read_as_written() {
    on_both_databases(async |database| {
        let mut write = base(&database).await;
        let attachment = AttachmentRecord {
            id: id::<AttachmentId>(1),
            campaign_id: the_campaign(),
            directive_id: None,
            name: "phụ lục.pdf".to_owned(),
            media_type: "application/pdf".to_owned(),
            size_bytes: 5_000_000_000,
            sha256: "a".repeat(64),
            created_at: at(1),
        };
        store::insert_attachment(&mut write, &attachment).await.unwrap();
        assert_eq!(store::attachments(&mut write, the_campaign()).await.unwrap(), [attachment]);

        let list = |number: u8, revision| ListRecord {
            id: id::<ListId>(number),
            campaign_id: the_campaign(),
            name: "địa chỉ.csv".to_owned(),
            revision,
            format: "csv".to_owned(),
            marking: "green".to_owned(),
            sha256: "b".repeat(64),
            size_bytes: 10,
            accepted: 2,
            refused: 0,
            report: "{}".to_owned(),
            created_by: person(1),
            created_at: at(2),
            withdrawn_at: None,
        };
        for record in [list(1, 1), list(2, 2)] {
            store::insert_list(&mut write, &record).await.unwrap();
        }
        store::withdraw_list(&mut write, id(2), at(3)).await.unwrap();
        let withdrawn = ListRecord { withdrawn_at: Some(at(3)), ..list(2, 2) };
        let all = store::lists(&mut write, the_campaign()).await.unwrap();
        assert_eq!(all, [withdrawn, list(1, 1)]);
        assert!(is_taken(&store::insert_list(&mut write, &list(3, 2)).await));
    })
    .await;
}
