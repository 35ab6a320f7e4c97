//! A backup holds everything, comes back into either kind of database, and is refused whole when
//! anything is wrong with it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use std::io::Read;

use portal::accounts::{self, FirstRun};
use portal::backup::{self, BackupError, Counts};
use portal::demo::{self, DemoWorld};
use portal::{Portal, sign_in};
use test_support::{Engine, TestPortal};

async fn backup_of(portal: &Portal) -> (Vec<u8>, Counts) {
    let mut bytes = Vec::new();
    let counts = backup::write(portal, &mut bytes, &|_| {}).await.unwrap();
    (bytes, counts)
}

async fn restore(portal: &Portal, bytes: &[u8]) -> Result<Counts, BackupError> {
    backup::restore(portal, &mut &*bytes, &|_| {}).await
}

/// The lines between head and end, in an order that no collation changes.
fn content(packed: &[u8]) -> Vec<String> {
    let mut lines: Vec<String> = text(packed).lines().skip(1).map(str::to_owned).collect();
    lines.pop();
    lines.sort();
    lines
}

fn text(packed: &[u8]) -> String {
    let mut text = String::new();
    zstd::Decoder::new(packed).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn packed(text: &str) -> Vec<u8> {
    zstd::encode_all(text.as_bytes(), 0).unwrap()
}

async fn small_portal(engine: Engine) -> TestPortal {
    let test = TestPortal::on(engine).await;
    let given = FirstRun {
        unit_name: "Sở Khoa học và Công nghệ".to_owned(),
        unit_code: "H90".to_owned(),
        name: "Trần Mai".to_owned(),
        login: "quantri".to_owned(),
        password: "một câu dài dễ nhớ".to_owned(),
    };
    accounts::first_run(&test.portal, given).await.unwrap();
    test
}

#[tokio::test]
async fn a_whole_demonstration_goes_from_engine_to_engine_and_back() {
    let first = TestPortal::sqlite().await;
    demo::seed(&first.portal, DemoWorld::Province2026, &|_, _| {}).await.unwrap();
    let (bytes, counts) = backup_of(&first.portal).await;
    assert!(counts.rows > 2_000 && counts.files >= 2, "{counts:?}");

    let second = TestPortal::postgres().await;
    assert_eq!(restore(&second.portal, &bytes).await.unwrap(), counts);
    let (again, _) = backup_of(&second.portal).await;
    assert!(content(&bytes) == content(&again), "PostgreSQL holds something else");

    let third = TestPortal::sqlite().await;
    assert_eq!(restore(&third.portal, &again).await.unwrap(), counts);
    let (once_more, _) = backup_of(&third.portal).await;
    assert!(content(&bytes) == content(&once_more), "SQLite holds something else");
    sign_in::sign_in(&third.portal, "dieuphoi", demo::PASSWORD.to_owned()).await.unwrap();
}

#[tokio::test]
async fn a_backup_that_is_wrong_anywhere_leaves_nothing() {
    for engine in Engine::BOTH {
        let (whole, _) = backup_of(&small_portal(engine).await.portal).await;
        let lines = text(&whole);
        let check = async |bytes: &[u8], expected: &str| {
            let empty = TestPortal::on(engine).await;
            let error = restore(&empty.portal, bytes).await.unwrap_err();
            assert!(format!("{error:?}").starts_with(expected), "{expected}: {error:?}");
            assert!(accounts::is_first_run(&empty.portal).await.unwrap());
            let mut read = empty.portal.database.read().await.unwrap();
            assert!(storage::units::list(&mut read).await.unwrap().is_empty());
        };
        check(b"", "NotABackup").await;
        check(b"PK\x03\x04 something else\n", "NotABackup").await;
        check(&whole[..whole.len() / 2], "CutShort").await;
        check(&whole[..whole.len() - 1], "CutShort").await;
        let without_end: Vec<&str> = lines.lines().collect();
        let without_end = without_end.split_last().unwrap().1.join("\n") + "\n";
        check(&packed(&without_end), "CutShort").await;
        check(&packed(&lines.replace("Trần Mai", "Trần Mận")), "Damaged").await;
        check(&packed(&lines.replace("\"rows\":", "\"rows\":1")), "Damaged").await;
        check(&packed(&format!("{lines}\n")), "Damaged").await;
        check(&packed(&lines.replace("{\"table\"", "{\"tabel\"")), "Damaged").await;
        check(&packed(&lines.replace("\"row\":[\"", "\"row\":[7,\"")), "Damaged").await;
        check(&packed(&lines.replace("\"tables\":", "\"tables\":9")), "OtherVersion").await;
        let doubled: Vec<&str> = lines
            .lines()
            .flat_map(|line| std::iter::repeat_n(line, 1 + usize::from(line.contains("H90"))))
            .collect();
        let doubled = doubled.join("\n") + "\n";
        check(&packed(&doubled), "Damaged").await;
    }
}

#[tokio::test]
async fn a_portal_with_an_account_is_not_overwritten() {
    let test = small_portal(Engine::Sqlite).await;
    let (bytes, _) = backup_of(&test.portal).await;
    assert!(matches!(restore(&test.portal, &bytes).await, Err(BackupError::NotEmpty)));
}

#[tokio::test]
async fn a_portal_that_lacks_a_file_says_so() {
    let test = TestPortal::sqlite().await;
    demo::seed(&test.portal, DemoWorld::Province2022, &|_, _| {}).await.unwrap();
    std::fs::remove_dir_all(test.portal.files.folder()).unwrap();
    let done = backup::write(&test.portal, &mut Vec::new(), &|_| {}).await;
    assert!(matches!(done, Err(BackupError::LacksFile { .. })), "{done:?}");
}
