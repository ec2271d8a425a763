//! An export is verified far from the service, with the public key alone.

use std::pin::pin;

use futures_util::StreamExt as _;
use voxgate_application::{Verdict, verify_export};
use voxgate_crypto::{SealPublicKeys, Sha256Digest};
use voxgate_domain::audit::{Fault, Hash};

use crate::harness::{Backend, Case};

async fn export(case: &Case) -> String {
    let mut text = Vec::new();
    let mut chunks = pin!(case.trail.export());
    while let Some(chunk) = chunks.next().await {
        text.extend(chunk.unwrap());
    }
    String::from_utf8(text).unwrap()
}

fn verify(case: &Case, text: &str, expect: Option<(u64, Hash)>) -> Verdict {
    let keys = SealPublicKeys::from_pem(&case.keys.public_pem()).unwrap();
    verify_export(text.as_bytes(), &Sha256Digest, &keys, expect, &mut |_, _| ()).unwrap()
}

async fn an_export_is_verified_with_the_public_key_alone(backend: Backend) {
    let case = Case::new(backend).await;
    for minutes in [9, 8, 7] {
        case.insert_events(1_500, minutes);
        case.trail.seal().await.unwrap();
    }
    // What is not sealed yet is sealed for the export.
    case.insert_events(10, 6);
    let text = export(&case).await;
    assert_eq!(text.lines().count(), 4_510 + 4);
    let whole = verify(&case, &text, None);
    assert_eq!((whole.finding, whole.events), (None, 4_510));
    assert_eq!(whole.last_seal, case.verify().await.last_seal);

    let lines: Vec<&str> = text.lines().collect();
    let with = |change: &dyn Fn(&mut Vec<String>)| {
        let mut lines: Vec<String> = lines.iter().map(|line| format!("{line}\n")).collect();
        change(&mut lines);
        verify(&case, &lines.concat(), whole.last_seal).finding.map(|finding| (finding.fault, finding.position))
    };
    // Line 0 is seal 1, so line 100 has event 100.
    assert_eq!(with(&|_| ()), None);
    let edit = |lines: &mut Vec<String>| lines[100] = lines[100].replace("\"failure\"", "\"success\"");
    assert_eq!(with(&edit), Some((Fault::Edited, Some(100))));
    assert_eq!(with(&|lines| drop(lines.remove(100))), Some((Fault::Deleted, Some(100))));
    assert_eq!(with(&|lines| lines.swap(100, 101)), Some((Fault::Deleted, Some(100))));
    assert_eq!(with(&|lines| lines.insert(100, lines[99].clone())), Some((Fault::Inserted, Some(99))));
    assert_eq!(with(&|lines| drop(lines.pop())), Some((Fault::Truncated, Some(4_510))));
    // The last seal and its events: only who wrote that seal down can tell.
    assert_eq!(with(&|lines| lines.truncate(lines.len() - 11)), Some((Fault::Truncated, None)));
    assert_eq!(with(&|lines| drop(lines.drain(..1_501))), Some((Fault::SealDeleted, Some(1))));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_verified_with_the_public_key_alone_on_sqlite() {
    an_export_is_verified_with_the_public_key_alone(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_verified_with_the_public_key_alone_on_postgres() {
    an_export_is_verified_with_the_public_key_alone(Backend::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_export_is_refused_by_line() {
    let case = Case::new(Backend::Sqlite).await;
    let keys = SealPublicKeys::from_pem(&case.keys.public_pem()).unwrap();
    for text in ["nonsense\n", "{}\n", "{\"seal\":{}}\n", "{\"seal\":", &"x".repeat(100_000)] {
        let refused = verify_export(text.as_bytes(), &Sha256Digest, &keys, None, &mut |_, _| ()).unwrap_err();
        let cause = std::error::Error::source(&refused).unwrap().to_string();
        assert!(cause.starts_with("line 1: "), "{cause}");
    }
}
