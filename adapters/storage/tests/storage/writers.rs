//! Several writers at once: each waits for the other, and nobody's change is lost.

use campaigns::CaseState;
use storage::audit::{self, AuditEntry};
use storage::cases::{self, CaseRecord};
use storage::{Database, settings, users};
use test_support::on_both_databases;
use tokio::task::JoinSet;

use crate::world::{at, case, id, is_taken, unit, watched};

const WRITERS: u8 = 8;
const ROUNDS: i64 = 10;

/// Runs a task in each of several writers and gives what they gave.
async fn each<Given: Send + 'static, Done>(
    database: &Database,
    task: impl Fn(Database, u8) -> Done,
) -> Vec<Given>
where
    Done: Future<Output = Given> + Send + 'static,
{
    let mut writers = JoinSet::new();
    for number in 0..WRITERS {
        writers.spawn(task(database.clone(), number));
    }
    writers.join_all().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobodys_count_is_lost() {
    on_both_databases(async |database| {
        each(&database, async |database, _| {
            for _ in 0..ROUNDS {
                let mut write = database.write().await.unwrap();
                users::add_failure(&mut write, "ai.do", at(0)).await.unwrap();
                write.commit().await.unwrap();
            }
        })
        .await;
        let mut read = database.read().await.unwrap();
        let (count, _) = users::failures_of(&mut read, "ai.do").await.unwrap().unwrap();
        assert_eq!(count, i64::from(WRITERS) * ROUNDS);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_log_of_what_was_done_has_no_gap() {
    on_both_databases(async |database| {
        each(&database, async |database, _| {
            for _ in 0..ROUNDS {
                let mut write = database.write().await.unwrap();
                let last = audit::last_for_append(&mut write).await.unwrap();
                let number = last.as_ref().map_or(1, |last| last.number + 1);
                let entry = AuditEntry {
                    number,
                    at: at(0),
                    user_id: None,
                    unit_id: None,
                    action: "x".to_owned(),
                    subject: String::new(),
                    detail: "{}".to_owned(),
                    previous_hash: last.map(|last| last.hash).unwrap_or_default(),
                    hash: number.to_string(),
                };
                audit::append(&mut write, &entry).await.unwrap();
                write.commit().await.unwrap();
            }
        })
        .await;
        let mut read = database.read().await.unwrap();
        let all = audit::list(&mut read, 0, 1_000).await.unwrap();
        assert_eq!(all.len(), usize::from(WRITERS) * 10);
        assert!(all.windows(2).all(|pair| pair[1].previous_hash == pair[0].hash));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_those_who_read_the_same_version_one_wins() {
    on_both_databases(async |database| {
        let (mut write, _) = watched(&database).await;
        cases::insert(&mut write, &case(1, id(1))).await.unwrap();
        write.commit().await.unwrap();
        let won = each(&database, async |database, number| {
            let mut write = database.write().await.unwrap();
            let mine = CaseRecord {
                state: CaseState::Notified,
                remedy: number.to_string(),
                ..case(1, id(1))
            };
            let is_mine = cases::update(&mut write, &mine).await.unwrap();
            write.commit().await.unwrap();
            is_mine.then_some(mine)
        })
        .await;
        let won: Vec<CaseRecord> = won.into_iter().flatten().collect();
        assert_eq!(won.len(), 1);
        let mut read = database.read().await.unwrap();
        let kept = cases::find(&mut read, id(1)).await.unwrap().unwrap();
        assert_eq!(kept.remedy, won[0].remedy);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_those_who_take_the_same_value_one_gets_it() {
    on_both_databases(async |database| {
        let taken = each(&database, async |database, number| {
            let mut write = database.write().await.unwrap();
            let mine = storage::units::UnitRecord { id: id(number + 1), ..unit(1) };
            let done = storage::units::insert(&mut write, &mine).await;
            if done.is_ok() {
                write.commit().await.unwrap();
                return false;
            }
            is_taken(&done)
        })
        .await;
        assert_eq!(taken.into_iter().filter(|is_taken| *is_taken).count(), 7);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readers_do_not_wait_for_a_writer() {
    on_both_databases(async |database| {
        let mut write = database.write().await.unwrap();
        settings::put(&mut write, "name", "chưa xong").await.unwrap();
        let seen = each(&database, async |database, _| {
            let mut read = database.read().await.unwrap();
            settings::get(&mut read, "name").await.unwrap()
        })
        .await;
        assert!(seen.iter().all(Option::is_none));
        write.commit().await.unwrap();
    })
    .await;
}
