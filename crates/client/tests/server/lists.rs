//! Lists, page by page.

use std::collections::BTreeSet;

use futures_util::TryStreamExt as _;
use voxgate_client::queries::{ListEvents, ListUsers, Paging};
use voxgate_client::types::Invitation;

use crate::harness::Voxgate;

#[tokio::test]
async fn a_list_is_read_to_its_end_whatever_the_size_of_its_pages() {
    let voxgate = Voxgate::start().await;
    let admin = voxgate.admin().await;
    for n in 0..5 {
        let invitation = Invitation::new(format!("clinician-{n}@example.org"), vec!["clinician".to_owned()]);
        admin.invite_user(&invitation).await.unwrap();
    }
    let query = ListUsers::default().with_role("clinician").with_limit(2);
    let page = admin.list_users(&query).await.unwrap();
    assert_eq!((page.items.len(), page.next_cursor.is_some()), (2, true));
    let users: Vec<_> = admin.list_users_all(&query).try_collect().await.unwrap();
    let addresses: BTreeSet<_> = users.iter().map(|user| user.email.as_str()).collect();
    assert_eq!((users.len(), addresses.len()), (5, 5));
    // From the second page on: what is left of it.
    let rest = ListUsers::default().with_role("clinician").with_limit(2).with_cursor(page.next_cursor.unwrap());
    assert_eq!(admin.list_users_all(&rest).try_collect::<Vec<_>>().await.unwrap().len(), 3);
}

#[tokio::test]
async fn an_administrator_reads_another_persons_trail_and_says_why() {
    let voxgate = Voxgate::start().await;
    let admin = voxgate.admin().await;
    let grace = admin.invite_user(&Invitation::new("grace@example.org", vec!["clinician".to_owned()])).await.unwrap();
    let reader = admin.with_access_reason("Asked for it by telephone").unwrap();
    assert_eq!(reader.read_user(grace.id).await.unwrap().email, "grace@example.org");
    let disclosures: Vec<_> =
        admin.list_disclosures_all(grace.id, &Paging::default().with_limit(1)).try_collect().await.unwrap();
    let reasons: Vec<_> = disclosures.iter().filter_map(|disclosure| disclosure.reason.as_deref()).collect();
    assert_eq!(reasons, ["Asked for it by telephone"]);

    let events = ListEvents::default().with_event("user.invited").with_limit(1);
    let invited: Vec<_> = admin.list_events_all(&events).try_collect().await.unwrap();
    assert_eq!(invited.len(), 1);
    assert_eq!(invited[0].subject_id, Some(grace.id));
}

#[tokio::test]
async fn a_forged_cursor_ends_the_list_with_the_refusal() {
    let voxgate = Voxgate::start().await;
    let admin = voxgate.admin().await;
    let forged = ListUsers::default().with_cursor("AAAA");
    let error = admin.list_users_all(&forged).try_next().await.unwrap_err();
    assert!(error.is("validation_failed"), "{error}");
}
