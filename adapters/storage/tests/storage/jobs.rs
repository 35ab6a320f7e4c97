//! Work that comes back.

use storage::jobs::{self, JobRecord};
use test_support::on_both_databases;

use crate::world::at;

#[tokio::test]
async fn work_is_done_by_one_and_comes_back_when_it_is_due() {
    on_both_databases(async |database| {
        let mut write = database.write().await.unwrap();
        assert!(jobs::claim(&mut write, "verify", at(0), at(10)).await.unwrap());
        assert!(!jobs::claim(&mut write, "verify", at(1), at(11)).await.unwrap(), "taken");
        assert!(jobs::claim(&mut write, "delete", at(1), at(11)).await.unwrap(), "another kind");
        // Who went away loses it, and finishing late changes nothing.
        assert!(jobs::claim(&mut write, "verify", at(10), at(20)).await.unwrap());
        assert!(!jobs::finish(&mut write, "verify", at(10), at(12), at(60), "{}").await.unwrap());
        assert!(jobs::finish(&mut write, "verify", at(20), at(15), at(60), "{}").await.unwrap());
        assert!(!jobs::claim(&mut write, "verify", at(59), at(70)).await.unwrap(), "not due");
        let all = jobs::list(&mut write).await.unwrap();
        let expected = JobRecord {
            kind: "verify".to_owned(),
            due_at: at(60),
            lease_until: None,
            finished_at: Some(at(15)),
            result: "{}".to_owned(),
        };
        assert_eq!(all.last(), Some(&expected));
        assert!(jobs::claim(&mut write, "verify", at(60), at(70)).await.unwrap());
    })
    .await;
}
