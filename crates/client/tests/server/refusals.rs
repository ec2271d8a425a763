//! What the service refuses, as the caller sees it.

use std::time::Duration;

use voxgate_client::types::Registration;
use voxgate_client::{Client, Error, Login};

use crate::harness::{PASSWORD, Voxgate};

#[tokio::test]
async fn every_fault_of_a_request_is_told() {
    let voxgate = Voxgate::start().await;
    let error = voxgate.client.register(&Registration::new("nowhere", "short")).await.unwrap_err();
    let problem = error.problem().unwrap();
    assert_eq!((problem.status, problem.code.as_str()), (422, "validation_failed"));
    assert!(!problem.request_id.is_empty());
    let mut fields: Vec<_> = problem.errors.iter().map(|fault| fault.field.as_str()).collect();
    fields.dedup();
    assert_eq!(fields, ["email", "password"]);
    assert!(problem.errors.iter().any(|fault| fault.code == "too_short"));
    assert!(error.to_string().contains("password: at least 12 characters"), "{error}");
}

#[tokio::test]
async fn a_lock_says_how_long_it_is() {
    let voxgate = Voxgate::start().await;
    let wrong = Login::new("ada@example.org", "not the password");
    for _ in 0..5 {
        assert!(voxgate.client.log_in(&wrong).await.unwrap_err().is("invalid_credentials"));
    }
    let locked = voxgate.client.log_in(&Login::new("ada@example.org", PASSWORD)).await.unwrap_err();
    assert!(locked.is("account_locked"), "{locked}");
    let wait = locked.retry_after().unwrap();
    assert!(wait > Duration::from_secs(14 * 60) && wait <= Duration::from_secs(15 * 60), "{wait:?}");
}

#[tokio::test]
async fn a_call_that_needs_a_token_is_refused_without_one() {
    let voxgate = Voxgate::start().await;
    assert!(voxgate.client.read_profile().await.unwrap_err().is("unauthenticated"));
    assert!(voxgate.client.with_token("none").read_profile().await.unwrap_err().is("unauthenticated"));
}

#[tokio::test]
async fn nobody_at_home_is_not_a_refusal() {
    let gone = Voxgate::start().await.base.clone();
    let error = Client::new(&gone).unwrap().health().await.unwrap_err();
    assert!(matches!(error, Error::Transport(_)) && error.problem().is_none(), "{error:?}");
}
