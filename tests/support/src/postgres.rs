//! The test cluster, and a database in it per test.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

/// An administrator's URL of the cluster that `script/test` started.
const CLUSTER_VARIABLE: &str = "LAMSACH_TEST_POSTGRES";

/// Starts a cluster, prints its URL, and removes it when standard input ends: when this process
/// is gone, however it went.
const OWN_CLUSTER: &str = "set -euo pipefail; . \"$0\"; trap postgres_stop EXIT; postgres_start; \
     echo \"$LAMSACH_TEST_POSTGRES\"; cat >/dev/null";

/// A cluster of this process alone.
struct OwnCluster {
    url: String,
    // Holds the pipe that ends with this process.
    _keeper: Child,
}

/// Makes an empty database and gives its URL.
pub(crate) async fn create(name: &str) -> String {
    let admin = tokio::task::spawn_blocking(admin_url).await.unwrap();
    let mut connection = PgConnection::connect(&admin)
        .await
        .unwrap_or_else(|error| panic!("PostgreSQL at {CLUSTER_VARIABLE} is away: {error}"));
    let create = format!("CREATE DATABASE {name} TEMPLATE template0");
    connection.execute(AssertSqlSafe(create)).await.expect("a database is created");
    connection.close().await.ok();
    url_of(&admin, name)
}

/// Drops a database, open connections or not; what fails here must not hide why a test failed.
pub(crate) fn drop_database(name: &str) {
    let admin = admin_url();
    let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    // A thread with a runtime of its own: this runs inside of drop, perhaps inside of a runtime.
    let done = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let mut connection = PgConnection::connect(&admin).await?;
            connection.execute(AssertSqlSafe(drop)).await?;
            connection.close().await
        })
    });
    done.join().ok();
}

/// The administrator's URL with another database in it.
fn url_of(admin: &str, name: &str) -> String {
    let (address, options) = admin.split_once('?').unwrap_or((admin, ""));
    let (server, _) = address.rsplit_once('/').expect("postgres://user@host/database");
    format!("{server}/{name}?{options}")
}

fn admin_url() -> String {
    static OWN: OnceLock<OwnCluster> = OnceLock::new();
    std::env::var(CLUSTER_VARIABLE).unwrap_or_else(|_| OWN.get_or_init(start).url.clone())
}

fn start() -> OwnCluster {
    let functions = concat!(env!("CARGO_MANIFEST_DIR"), "/../../script/lib/postgres.sh");
    let mut keeper = Command::new("bash")
        .args(["-c", OWN_CLUSTER, functions])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // Ctrl-C at a terminal must not end the one that cleans up.
        .process_group(0)
        .spawn()
        .expect("bash starts");
    let mut url = String::new();
    BufReader::new(keeper.stdout.take().unwrap()).read_line(&mut url).unwrap();
    if url.trim().is_empty() {
        let mut why = String::new();
        keeper.stderr.take().unwrap().read_to_string(&mut why).ok();
        panic!("no PostgreSQL for this test: {why}");
    }
    OwnCluster { url: url.trim().to_owned(), _keeper: keeper }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_of_a_url_is_replaced_and_its_options_stay() {
        let check = |admin, expected| assert_eq!(url_of(admin, "test_1"), expected);
        check(
            "postgres://a@localhost/postgres?host=/tmp/x",
            "postgres://a@localhost/test_1?host=/tmp/x",
        );
        check("postgres://a:b@127.0.0.1:5433/postgres", "postgres://a:b@127.0.0.1:5433/test_1?");
    }
}
