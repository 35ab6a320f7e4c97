//! Reports, revisions, events, answers.

use campaigns::ReportEventId;
use reports::{Cell, Content, ReportState};
use storage::reports::{
    self as store, ProposalAnswerRecord, ReportEventRecord, ReportRecord, RevisionRecord,
};
use test_support::on_both_databases;

use crate::world::{at, base, id, is_taken, person, report, the_campaign};

fn content(declared: i64) -> Content {
    let cell = Cell { declared: Some(declared), measured: None, ..Cell::default() };
    Content {
        assessment: "Đã triển khai “đầy đủ”".to_owned(),
        proposals: String::new(),
        cells: [("informed".to_owned(), cell)].into(),
    }
}

#[tokio::test]
async fn a_report_is_read_as_written_and_there_once() {
    on_both_databases(async |database| {
        let mut write = base(&database).await;
        let full = ReportRecord {
            state: ReportState::Locked,
            content: content(7),
            author_id: Some(person(1)),
            approver_id: Some(person(2)),
            approved_at: Some(at(1)),
            submitted_at: Some(at(2)),
            is_late: true,
            noted_at: Some(at(3)),
            noted_by: Some(person(1)),
            locked_at: Some(at(4)),
            ..report(2, id(2))
        };
        for record in [&report(1, id(1)), &full] {
            store::insert(&mut write, record).await.unwrap();
            assert_eq!(store::find(&mut write, record.id).await.unwrap().as_ref(), Some(record));
            let of_unit =
                store::find_of_unit(&mut write, the_campaign(), record.unit_id).await.unwrap();
            assert_eq!(of_unit.as_ref(), Some(record));
        }
        let all = store::of_campaign(&mut write, the_campaign()).await.unwrap();
        assert_eq!(all, [report(1, id(1)), full]);
        assert!(is_taken(&store::insert(&mut write, &report(3, id(1))).await));
    })
    .await;
}

#[tokio::test]
async fn who_read_an_older_version_overwrites_nobodys_words() {
    on_both_databases(async |database| {
        let mut write = base(&database).await;
        store::insert(&mut write, &report(1, id(1))).await.unwrap();
        let mine = ReportRecord { content: content(1), ..report(1, id(1)) };
        let theirs = ReportRecord { content: content(2), ..report(1, id(1)) };
        assert!(store::update(&mut write, &mine).await.unwrap());
        assert!(!store::update(&mut write, &theirs).await.unwrap());
        let now = store::find(&mut write, id(1)).await.unwrap();
        assert_eq!(now, Some(ReportRecord { content_version: 2, ..mine }));
    })
    .await;
}

#[tokio::test]
async fn the_newest_revision_of_each_report_counts() {
    on_both_databases(async |database| {
        let mut write = base(&database).await;
        for number in 1..=2 {
            store::insert(&mut write, &report(number, id(number))).await.unwrap();
        }
        let revision = |of, revision| RevisionRecord {
            report_id: id(of),
            revision,
            content: content(revision),
            author_id: None,
            approver_id: Some(person(2)),
            submitted_at: at(revision),
        };
        for (of, number) in [(1, 1), (1, 2), (1, 10), (2, 1)] {
            store::insert_revision(&mut write, &revision(of, number)).await.unwrap();
        }
        let mut newest = store::newest_revisions(&mut write, the_campaign()).await.unwrap();
        newest.sort_by_key(|it| it.report_id);
        assert_eq!(newest, [revision(1, 10), revision(2, 1)]);
    })
    .await;
}

#[tokio::test]
async fn events_and_answers_are_read_as_written() {
    on_both_databases(async |database| {
        let mut write = base(&database).await;
        store::insert(&mut write, &report(1, id(1))).await.unwrap();
        let event = |number: u8, user_id| ReportEventRecord {
            id: id::<ReportEventId>(number),
            report_id: id(1),
            at: at(i64::from(number)),
            user_id,
            kind: "submit".to_owned(),
            comment: "ý kiến".to_owned(),
        };
        let events = [event(1, None), event(2, Some(person(1)))];
        for record in events.iter().rev() {
            store::insert_event(&mut write, record).await.unwrap();
        }
        assert_eq!(store::events(&mut write, id(1)).await.unwrap(), events);

        let answer = |answer: &str, by| ProposalAnswerRecord {
            report_id: id(1),
            owner: "Phòng Chuyển đổi số".to_owned(),
            answer: answer.to_owned(),
            answered_by: by,
            answered_at: by.map(|_| at(9)),
        };
        for record in [answer("một", None), answer("hai", Some(person(1)))] {
            store::put_answer(&mut write, &record).await.unwrap();
            assert_eq!(store::answers(&mut write, the_campaign()).await.unwrap(), [record]);
        }
    })
    .await;
}
