//! What it refuses, and what it says then: what happened, and what to do.

use std::path::Path;

use crate::program::{Serving, refusal, run};

fn serve<'a>(folder: &'a Path, more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec!["serve", "--data", folder.to_str().unwrap()];
    arguments.extend(more);
    arguments
}

#[test]
fn passwords_travel_encrypted_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let said = refusal(&serve(folder.path(), &["--listen", "0.0.0.0:0"]));
    assert!(said.contains("Không chạy HTTP không mã hóa"), "{said}");
    assert!(said.contains("--behind-proxy"), "{said}");
    let arguments = ["--tls-certificate", "none.pem", "--tls-key", "none.pem"];
    let said = refusal(&serve(folder.path(), &arguments));
    assert!(said.contains("none.pem"), "{said}");
}

#[test]
fn a_demonstration_stays_on_this_machine() {
    let folder = tempfile::tempdir().unwrap();
    for more in [
        &["--demo", "--listen", "0.0.0.0:0", "--behind-proxy"][..],
        &["--demo", "--listen", "127.0.0.1:0", "--behind-proxy"],
    ] {
        let said = refusal(&serve(folder.path(), more));
        assert!(said.contains("127.0.0.1"), "{said}");
    }
    let said = refusal(&serve(folder.path(), &["--demo", "1999"]));
    assert!(said.contains("Hãy chọn một trong: 2026, 2022"), "{said}");
    assert!(said.contains("Choose one of: 2026, 2022"), "{said}");
}

#[test]
fn two_programs_do_not_share_a_folder_or_a_port() {
    let folder = tempfile::tempdir().unwrap();
    let serving = Serving::start(folder.path(), &[]);
    let said = refusal(&serve(folder.path(), &["--listen", "127.0.0.1:0"]));
    assert!(said.contains("--data"), "{said}");
    let other = tempfile::tempdir().unwrap();
    let address = serving.url.strip_prefix("http://").unwrap().to_owned();
    let said = refusal(&serve(other.path(), &["--listen", &address]));
    assert!(said.contains("--listen"), "{said}");
}

#[test]
fn data_of_a_newer_program_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(Serving::start(folder.path(), &[]).stop().0, Some(0));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        use sqlx::{Connection, Executor, SqliteConnection};
        let url = format!("sqlite://{}", folder.path().join("lamsach.db").display());
        let mut database = SqliteConnection::connect(&url).await.unwrap();
        let newer = "INSERT INTO _sqlx_migrations
            SELECT 9999, description, installed_on, success, checksum, execution_time
            FROM _sqlx_migrations LIMIT 1";
        database.execute(newer).await.unwrap();
        database.close().await.unwrap();
    });
    let said = refusal(&serve(folder.path(), &["--listen", "127.0.0.1:0"]));
    assert!(said.contains("9999"), "{said}");
}

#[test]
fn a_database_that_is_away_is_said_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let url = "postgres://lamsach:mat-khau@127.0.0.1:1/none";
    let output = run(&serve(folder.path(), &["--listen", "127.0.0.1:0", "--database", url]));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(!said.contains("mat-khau"), "{said}");
}
