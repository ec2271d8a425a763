//! Access tokens that expire under way.

use std::time::{Duration, Instant};

use futures_util::TryStreamExt as _;
use futures_util::future::join_all;
use voxgate_client::queries::ListEvents;
use voxgate_client::{Client, Error, Session};

use crate::harness::Voxgate;
use crate::slow_line::SlowLine;

const ADA: &str = "ada@example.org";

/// A session whose access token is refused, as if it had expired on its way.
async fn with_refused_token(voxgate: &Voxgate) -> Session {
    let mut pair = voxgate.tokens(ADA).await;
    pair.access_token = "expired".into();
    voxgate.client.session(pair)
}

/// How many times any session was refreshed.
async fn refreshes(voxgate: &Voxgate) -> usize {
    let events = ListEvents::default().with_event("session.refreshed");
    voxgate.admin().await.list_events_all(&events).try_collect::<Vec<_>>().await.unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_calls_with_a_refused_token_renew_it_once() {
    let voxgate = Voxgate::start().await;
    let session = with_refused_token(&voxgate).await;
    let spent = session.refresh_token().unwrap();
    let answers = join_all((0..50).map(|_| session.read_profile())).await;
    for answer in answers {
        assert_eq!(answer.unwrap().email, ADA);
    }
    assert_ne!(session.refresh_token().unwrap().expose(), spent.expose());
    assert_eq!(refreshes(&voxgate).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_about_to_expire_is_renewed_ahead() {
    // Shorter than the time ahead, so that each call finds it about to expire.
    let voxgate = Voxgate::start_with(&[("ACCESS_TOKEN_TTL", "5s")]).await;
    voxgate.verified(ADA).await;
    let session = voxgate.log_in(ADA).await;
    let first = session.access_token();
    session.read_profile().await.unwrap();
    assert_ne!(session.access_token().expose(), first.expose());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_gives_up_does_not_lose_the_new_tokens() {
    let voxgate = Voxgate::start().await;
    let tokens = voxgate.tokens(ADA).await;
    let spent = tokens.refresh_token.clone().unwrap();
    let line = SlowLine::to(&voxgate).await;
    let session = Client::new(&line.base).unwrap().session(tokens);
    let impatient = tokio::spawn({
        let session = session.clone();
        async move { session.renew().await }
    });
    // The service has the request, and its answer is under way.
    line.answered().await;
    impatient.abort();
    assert!(impatient.await.unwrap_err().is_cancelled());
    line.release();
    let deadline = Instant::now() + Duration::from_secs(10);
    while session.refresh_token().unwrap().expose() == spent.expose() {
        assert!(Instant::now() < deadline, "the new tokens are lost");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(session.read_profile().await.unwrap().email, ADA);
    assert_eq!(refreshes(&voxgate).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_over_is_asked_for_once() {
    let voxgate = Voxgate::start().await;
    let session = with_refused_token(&voxgate).await;
    let elsewhere = voxgate.log_in(ADA).await;
    elsewhere.end_other_sessions().await.unwrap();
    for answer in join_all((0..20).map(|_| session.read_profile())).await {
        let error = answer.unwrap_err();
        assert!(matches!(error, Error::NotRenewed(_)) && error.is("invalid_refresh_token"), "{error}");
    }
    let begin = Instant::now();
    for _ in 0..100 {
        session.renew().await.unwrap_err();
    }
    assert!(begin.elapsed() < Duration::from_millis(50), "it asked again: {:?}", begin.elapsed());
}
