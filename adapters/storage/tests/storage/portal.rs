//! Tokens, and the log of what was done.

use campaigns::TokenId;
use storage::audit::{self, AuditEntry};
use storage::tokens::{self, TokenRecord};
use test_support::on_both_databases;

use crate::world::{at, base, id, is_taken, person};

pub(crate) fn token(number: u8) -> TokenRecord {
    TokenRecord {
        id: id::<TokenId>(number),
        token_hash: format!("{number:064x}"),
        unit_id: id(1),
        label: "Máy chủ nhật ký".to_owned(),
        scope: "sightings:write".to_owned(),
        created_by: person(1),
        created_at: at(i64::from(number)),
        expires_at: at(1_000),
        used_at: None,
        revoked_at: None,
    }
}

#[tokio::test]
async fn tokens_are_found_used_and_taken_back_by_their_unit() {
    on_both_databases(async |database| {
        let mut write = base(&database).await;
        for number in 1..=2 {
            tokens::insert(&mut write, &token(number)).await.unwrap();
        }
        let hash = token(1).token_hash;
        assert_eq!(tokens::find(&mut write, &hash).await.unwrap(), Some(token(1)));
        assert_eq!(tokens::of_unit(&mut write, id(1)).await.unwrap(), [token(2), token(1)]);
        tokens::touch(&mut write, id(1), at(5)).await.unwrap();
        tokens::revoke(&mut write, id(2), id(1), at(6)).await.unwrap();
        let used = TokenRecord { used_at: Some(at(5)), ..token(1) };
        assert_eq!(tokens::find(&mut write, &hash).await.unwrap(), Some(used.clone()));
        tokens::revoke(&mut write, id(1), id(1), at(7)).await.unwrap();
        tokens::revoke(&mut write, id(1), id(1), at(8)).await.unwrap();
        let revoked = TokenRecord { revoked_at: Some(at(7)), ..used };
        assert_eq!(tokens::find(&mut write, &hash).await.unwrap(), Some(revoked));
        assert_eq!(tokens::find(&mut write, "none").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn the_log_of_what_was_done_is_in_order_and_a_number_is_there_once() {
    on_both_databases(async |database| {
        let mut write = database.write().await.unwrap();
        assert_eq!(audit::last_for_append(&mut write).await.unwrap(), None);
        let entry = |number: i64| AuditEntry {
            number,
            at: at(number),
            user_id: (number % 2 == 0).then(|| person(1)),
            unit_id: (number % 2 == 1).then(|| id(1)),
            action: "campaign.launch".to_owned(),
            subject: "chủ đề".to_owned(),
            detail: "{}".to_owned(),
            previous_hash: String::new(),
            hash: format!("{number}"),
        };
        for number in 1..=11 {
            audit::append(&mut write, &entry(number)).await.unwrap();
        }
        assert_eq!(audit::last_for_append(&mut write).await.unwrap(), Some(entry(11)));
        assert_eq!(audit::list(&mut write, 8, 2).await.unwrap(), [entry(9), entry(10)]);
        assert!(is_taken(&audit::append(&mut write, &entry(11)).await));
    })
    .await;
}
