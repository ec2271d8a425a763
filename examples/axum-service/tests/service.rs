//! The program from outside, beside a real Voxgate.

use std::error::Error;
use std::path::Path;

use voxgate_testkit::sibling::rules;

type Outcome = Result<(), Box<dyn Error>>;

fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_example-axum-service"))
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_of_a_real_voxgate_are_accepted_and_others_refused() -> Outcome {
    Ok(rules::tokens_are_told_apart(binary()).await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_checked_while_voxgate_is_down() -> Outcome {
    Ok(rules::tokens_are_checked_while_voxgate_is_down(binary()).await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_route_asks_for_a_permission() -> Outcome {
    Ok(rules::a_route_asks_for_a_permission(binary()).await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn without_voxgate_it_answers_503() -> Outcome {
    Ok(rules::without_keys_nobody_is_let_in(binary()).await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_is_refused_within_two_seconds() -> Outcome {
    Ok(rules::a_session_that_ends_is_refused_within_two_seconds(binary()).await?)
}
