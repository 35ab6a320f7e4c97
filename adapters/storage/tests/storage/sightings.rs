//! Sites, sources, coverage, devices, sightings.

use std::collections::{BTreeMap, BTreeSet};

use campaigns::{CampaignState, DeviceNameId};
use jiff::civil::date;
use storage::campaigns::CampaignRecord;
use storage::devices;
use storage::sightings::{self, SightingRecord, SourceRecord};
use storage::{cases, tokens};
use test_support::on_both_databases;

use crate::portal::token;
use crate::world::{
    at, base, case, device, id, is_taken, person, sighting, source, the_campaign, watched,
};

#[tokio::test]
async fn a_site_is_made_once() {
    on_both_databases(async |database| {
        let mut write = base(&database).await;
        let first = devices::site(&mut write, id(1), id(1), "Trụ sở").await.unwrap();
        let again = devices::site(&mut write, id(2), id(1), "Trụ sở").await.unwrap();
        let elsewhere = devices::site(&mut write, id(3), id(2), "Trụ sở").await.unwrap();
        assert_eq!((first, again, elsewhere), (id(1), id(1), id(3)));
        let sites = devices::sites(&mut write, id(1)).await.unwrap();
        assert_eq!(sites, BTreeMap::from([(first, "Trụ sở".to_owned())]));
    })
    .await;
}

#[tokio::test]
async fn a_source_is_read_as_written_and_there_once() {
    on_both_databases(async |database| {
        let (mut write, site) = watched(&database).await;
        tokens::insert(&mut write, &token(1)).await.unwrap();
        let full = SourceRecord {
            format: Some("bind".to_owned()),
            is_complete: false,
            sent_by: Some(person(1)),
            sent_by_token: Some(id(1)),
            ..source(2, site)
        };
        sightings::insert_source(&mut write, &full).await.unwrap();
        for record in [&source(1, site), &full] {
            let found =
                sightings::find_source(&mut write, the_campaign(), site, &record.sha256).await;
            assert_eq!(found.unwrap().as_ref(), Some(record));
        }
        let all = sightings::sources(&mut write, the_campaign(), id(1)).await.unwrap();
        assert_eq!(all, [full, source(1, site)]);
        let same = SourceRecord { id: id(3), ..source(1, site) };
        assert!(is_taken(&sightings::insert_source(&mut write, &same).await));
    })
    .await;
}

#[tokio::test]
async fn what_a_source_gave_goes_with_it() {
    on_both_databases(async |database| {
        let (mut write, site) = watched(&database).await;
        sightings::insert_source(&mut write, &source(2, site)).await.unwrap();
        let (first, second, third) = (date(2026, 8, 1), date(2026, 8, 2), date(2026, 8, 3));
        for (of, days) in [(1, [first, second]), (1, [first, second]), (2, [second, third])] {
            sightings::insert_coverage(&mut write, id(of), site, days).await.unwrap();
        }
        let days = sightings::covered_days(&mut write, the_campaign(), site).await.unwrap();
        assert_eq!(days, BTreeSet::from([first, second, third]));
        let days = sightings::covered_days(&mut write, id(99), site).await.unwrap();
        assert!(days.is_empty(), "another campaign's lists looked for something else");
        for (number, of) in [(1, 1), (2, 2)] {
            let record = sighting(number, id(of), id(1));
            sightings::insert_sighting(&mut write, &record).await.unwrap();
        }
        sightings::delete_source(&mut write, id(1)).await.unwrap();
        let days = sightings::covered_days(&mut write, the_campaign(), site).await.unwrap();
        assert_eq!(days, BTreeSet::from([second, third]));
        let left = sightings::of_unit(&mut write, the_campaign(), id(1)).await.unwrap();
        assert_eq!(left, [sighting(2, id(2), id(1))]);
        assert!(devices::find_device(&mut write, id(1)).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn a_device_is_found_by_the_name_it_holds() {
    on_both_databases(async |database| {
        let (mut write, site) = watched(&database).await;
        let held = device(1, site);
        let name = id::<DeviceNameId>(1);
        devices::insert_device_name(&mut write, name, &held, ("ip", "10.0.0.7"), None)
            .await
            .unwrap();
        for (kind, value, expected) in
            [("ip", "10.0.0.7", Some(id(1))), ("ip", "10.0.0.70", None), ("host", "10.0.0.7", None)]
        {
            let found = devices::device_by_name(&mut write, site, kind, value, at(1)).await;
            assert_eq!(found.unwrap(), expected, "{kind} {value}");
        }
        devices::update_device(&mut write, id(1), "Camera cổng", "camera").await.unwrap();
        let found = devices::find_device(&mut write, id(1)).await.unwrap().unwrap();
        assert_eq!((found.label.as_str(), found.kind.as_str()), ("Camera cổng", "camera"));
        let all = devices::of_unit(&mut write, id(1)).await.unwrap();
        assert_eq!(all.into_keys().collect::<Vec<_>>(), [id(1), id(2)]);
    })
    .await;
}

#[tokio::test]
async fn a_log_is_known_by_its_content_at_another_site_of_the_same_unit_alone() {
    on_both_databases(async |database| {
        let (mut write, _) = watched(&database).await;
        let known = sightings::find_source_by_id(&mut write, id(1)).await.unwrap().unwrap();
        let elsewhere = sightings::find_at_other_site(&mut write, id(1), &known.sha256, "Nơi khác");
        assert_eq!(elsewhere.await.unwrap(), None, "its campaign is not running");
        let running = storage::campaigns::find(&mut write, the_campaign()).await.unwrap().unwrap();
        let running = CampaignRecord { state: CampaignState::Launched, ..running };
        assert!(storage::campaigns::update(&mut write, &running).await.unwrap());
        let site = devices::sites(&mut write, id(1)).await.unwrap()[&known.site_id].clone();
        for (unit, content, asked, expected) in [
            (1, known.sha256.as_str(), "Nơi khác", true),
            (1, known.sha256.as_str(), site.as_str(), false),
            (1, "nội dung khác", "Nơi khác", false),
            (2, known.sha256.as_str(), "Nơi khác", false),
        ] {
            let found = sightings::find_at_other_site(&mut write, id(unit), content, asked).await;
            let expected = expected.then(|| (known.clone(), site.clone()));
            assert_eq!(found.unwrap(), expected, "{unit} {content} {asked}");
        }
        assert_eq!(devices::last_site(&mut write, id(1)).await.unwrap(), Some(known.site_id));
        assert_eq!(devices::last_site(&mut write, id(2)).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn merged_devices_are_a_group_with_one_case_that_goes_on() {
    on_both_databases(async |database| {
        let (mut write, site) = watched(&database).await;
        devices::insert_device(&mut write, &device(3, site)).await.unwrap();
        for number in 1..=2 {
            cases::insert(&mut write, &case(number, id(number))).await.unwrap();
        }
        devices::set_merged(&mut write, id(3), Some(id(2))).await.unwrap();
        devices::set_merged(&mut write, id(2), Some(id(1))).await.unwrap();
        let group = devices::group(&mut write, id(1)).await.unwrap();
        assert_eq!(group.iter().map(|it| it.id).collect::<Vec<_>>(), [id(1), id(2), id(3)]);
        cases::set_merged(&mut write, id(1), Some(id(2))).await.unwrap();
        let goes_on = cases::find_by_device(&mut write, the_campaign(), id(1)).await.unwrap();
        assert_eq!(goes_on.map(|it| it.id), Some(id(2)));
        assert_eq!(cases::of_group(&mut write, id(1)).await.unwrap().len(), 2);
        assert_eq!(cases::of_unit(&mut write, the_campaign(), id(1)).await.unwrap().len(), 1);
        let counts = cases::counts_of_unit(&mut write, the_campaign(), id(1)).await.unwrap();
        assert_eq!(counts.iter().map(|(_, cases)| cases).sum::<i64>(), 1);
        let behind = cases::merged_of_unit(&mut write, the_campaign(), id(1)).await.unwrap();
        assert_eq!(behind, [(id(1), id(2))]);
        // What belongs to the case that ended is seen in the one that goes on.
        let seen = SightingRecord { case_id: Some(id(1)), ..sighting(1, id(1), id(1)) };
        sightings::insert_sighting(&mut write, &seen).await.unwrap();
        assert_eq!(sightings::of_case(&mut write, id(2)).await.unwrap(), [seen]);
        assert!(devices::is_used(&mut write, id(3)).await.unwrap(), "merged");
        devices::set_merged(&mut write, id(3), None).await.unwrap();
        assert!(!devices::is_used(&mut write, id(3)).await.unwrap());
        devices::delete_device(&mut write, id(3)).await.unwrap();
        assert!(devices::find_device(&mut write, id(3)).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn a_sighting_is_read_as_written_and_its_line_ends_in_time() {
    on_both_databases(async |database| {
        let (mut write, _) = watched(&database).await;
        cases::insert(&mut write, &case(1, id(1))).await.unwrap();
        let full = SightingRecord {
            case_id: Some(id(1)),
            family: Some("họ mã độc".to_owned()),
            first_at: Some(at(1)),
            last_at: Some(at(2)),
            evidence_offset: 5_000_000_000,
            evidence_line: Some("dòng có ' và \" và \\ và \t".to_owned()),
            evidence_line_until: Some(at(100)),
            ..sighting(1, id(1), id(1))
        };
        let bare = SightingRecord { is_finding: false, ..sighting(2, id(1), id(2)) };
        for record in [&full, &bare] {
            sightings::insert_sighting(&mut write, record).await.unwrap();
        }
        // Findings first.
        let of_unit = sightings::of_unit(&mut write, the_campaign(), id(1)).await.unwrap();
        assert_eq!(of_unit, [full.clone(), bare.clone()]);
        let of_case = sightings::of_case(&mut write, id(1)).await.unwrap();
        assert_eq!(of_case, std::slice::from_ref(&full));
        assert_eq!(sightings::of_source(&mut write, id(1)).await.unwrap().len(), 2);
        assert_eq!(sightings::delete_old_lines(&mut write, at(99)).await.unwrap(), 0);
        assert_eq!(sightings::delete_old_lines(&mut write, at(100)).await.unwrap(), 1);
        let without = SightingRecord { evidence_line: None, evidence_line_until: None, ..full };
        assert_eq!(sightings::of_case(&mut write, id(1)).await.unwrap(), [without]);
        // A device that a log calls by its address and by its name has two.
        let same = SightingRecord { id: id(3), ..bare };
        sightings::insert_sighting(&mut write, &same).await.unwrap();
        assert_eq!(sightings::of_source(&mut write, id(1)).await.unwrap().len(), 3);
    })
    .await;
}
