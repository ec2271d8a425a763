//! A trail of 100,000 events, changed by the databases' own clients.

use voxgate_domain::audit::Fault;

use crate::harness::{Backend, Case};

const EVENTS: u32 = 100_000;
/// Where something is done: in the midst of the trail.
const PLACE: u64 = 50_000;

async fn every_kind_of_tampering_is_found_and_named(backend: Backend) {
    let case = Case::new(backend).await;
    case.insert_events(EVENTS, 60);
    case.trail.seal_all().await.unwrap();
    let whole = case.verify().await;
    assert_eq!((whole.finding, whole.events), (None, EVENTS.into()));

    case.drop_triggers();
    let (id, uuid) = case.event_at(PLACE);
    let place = |finding: &voxgate_domain::audit::Finding| (finding.fault, finding.event.map(|id| id.to_string()));

    case.raw(&format!("UPDATE audit_logs SET reason = 'forged' WHERE id = {id}"));
    let edited = case.finding().await;
    assert_eq!(place(&edited), (Fault::Edited, Some(uuid.clone())));
    assert_eq!((edited.position, edited.seal), (Some(PLACE), Some(PLACE.div_ceil(4_096))));
    case.raw(&format!("UPDATE audit_logs SET reason = NULL WHERE id = {id}"));

    case.raw(&format!("CREATE TABLE saved AS SELECT * FROM audit_logs WHERE id = {id}"));
    case.raw(&format!("DELETE FROM audit_logs WHERE id = {id}"));
    let deleted = case.finding().await;
    assert_eq!((place(&deleted), deleted.position), ((Fault::Deleted, Some(uuid)), Some(PLACE)));

    // Another event in its place, and then beside it.
    let (new, new_uuid) = match backend {
        Backend::Sqlite => ("x'01930000000070008000000000000007'", "01930000-0000-7000-8000-000000000007"),
        Backend::Postgres => ("'01930000-0000-7000-8000-000000000007'", "01930000-0000-7000-8000-000000000007"),
    };
    case.raw("INSERT INTO audit_logs SELECT * FROM saved");
    case.raw(&format!("UPDATE saved SET id = {new}"));
    case.raw("INSERT INTO audit_logs SELECT * FROM saved");
    assert_eq!(place(&case.finding().await), (Fault::Inserted, Some(new_uuid.to_owned())));
    case.raw(&format!("DELETE FROM audit_logs WHERE id = {new}"));
    assert_eq!(case.verify().await.finding, None);

    let (last, _) = case.event_at(EVENTS.into());
    case.raw(&format!("DELETE FROM audit_logs WHERE id = {last}; DELETE FROM audit_positions WHERE event_id = {last}"));
    let truncated = case.finding().await;
    assert_eq!((truncated.fault, truncated.position), (Fault::Truncated, Some(EVENTS.into())));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_tampering_is_found_and_named_on_sqlite() {
    every_kind_of_tampering_is_found_and_named(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_tampering_is_found_and_named_on_postgres() {
    every_kind_of_tampering_is_found_and_named(Backend::Postgres).await;
}
