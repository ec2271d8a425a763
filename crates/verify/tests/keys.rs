//! How keys are fetched, kept, and told to be missing. Time is tokio's, paused: no test waits.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    unreachable_pub,
    dead_code,
    reason = "a test that cannot go on fails; what is shared by tests is not all used by each"
)]

mod support;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use support::{Key, jwks, now, verifier};
use tokio::time::{advance, sleep};
use voxgate_verify::{FetchError, KeyPolicy, KeySet, KeySource, Keys, KeysError, Refusal, TokenClaims};

/// A Voxgate that publishes what a test says, or is down.
#[derive(Clone, Default)]
struct Published {
    document: Arc<Mutex<Option<Vec<u8>>>>,
    fetches: Arc<AtomicUsize>,
    takes: Duration,
}

impl Published {
    fn of(keys: &[&Key]) -> Self {
        let published = Self::default();
        published.publish(keys);
        published
    }

    fn publish(&self, keys: &[&Key]) {
        *self.document.lock().unwrap() = Some(jwks(keys));
    }

    fn go_down(&self) {
        *self.document.lock().unwrap() = None;
    }

    fn fetches(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl KeySource for Published {
    async fn fetch(&self) -> Result<KeySet, FetchError> {
        self.fetches.fetch_add(1, Ordering::SeqCst);
        sleep(self.takes).await;
        let document = self.document.lock().unwrap().clone();
        Ok(KeySet::from_jwks(&document.ok_or(FetchError::Late)?)?)
    }
}

async fn verdict(keys: &Keys, token: &str) -> Result<TokenClaims, KeysError> {
    keys.verify(&verifier(), token, now()).await
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Lets time pass and the task of the keys do what is due.
async fn pass(time: Duration) {
    for _ in 0..time.as_secs() {
        advance(seconds(1)).await;
        for _ in 0..8 {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_request_waits_for_the_first_keys() {
    let key = Key::new("a");
    let published = Published { takes: seconds(2), ..Published::of(&[&key]) };
    let keys = Keys::start(published.clone(), KeyPolicy::default()).await;
    assert!(verdict(&keys, &key.token()).await.is_ok());
    for _ in 0..100 {
        assert!(verdict(&keys, &key.token()).await.is_ok());
    }
    assert_eq!(published.fetches(), 1, "the rest is offline");
}

#[tokio::test(start_paused = true)]
async fn keys_are_fetched_again_in_the_background() {
    let (old, new) = (Key::new("old"), Key::new("new"));
    let published = Published::of(&[&old]);
    let keys = Keys::start(published.clone(), KeyPolicy::default()).await;
    keys.ready().await.unwrap();
    published.publish(&[&old, &new]);
    pass(seconds(301)).await;
    assert_eq!(published.fetches(), 2);
    assert!(verdict(&keys, &new.token()).await.is_ok());
    assert_eq!(published.fetches(), 2, "the new key was known before it was seen");

    published.publish(&[&new]);
    pass(seconds(301)).await;
    assert!(matches!(verdict(&keys, &old.token()).await, Err(KeysError::Invalid(Refusal::UnknownKey))), "withdrawn");
}

#[tokio::test(start_paused = true)]
async fn an_unknown_key_is_asked_for_at_once() {
    let (old, new) = (Key::new("old"), Key::new("new"));
    let published = Published::of(&[&old]);
    let keys = Keys::start(published.clone(), KeyPolicy::default()).await;
    keys.ready().await.unwrap();
    pass(seconds(10)).await;
    published.publish(&[&old, &new]);
    assert!(verdict(&keys, &new.token()).await.is_ok());
    assert_eq!(published.fetches(), 2);
}

#[tokio::test(start_paused = true)]
async fn however_many_unknown_keys_come_there_is_one_fetch_per_floor() {
    let key = Key::new("a");
    let published = Published { takes: Duration::from_millis(300), ..Published::of(&[&key]) };
    let keys = Arc::new(Keys::start(published.clone(), KeyPolicy::default()).await);
    keys.ready().await.unwrap();
    pass(seconds(10)).await;
    let before = published.fetches();

    let stranger = Key::new("stranger").token();
    let mut at_once = tokio::task::JoinSet::new();
    for _ in 0..500 {
        let (keys, token) = (Arc::clone(&keys), stranger.clone());
        at_once.spawn(async move { verdict(&keys, &token).await });
    }
    while let Some(verdict) = at_once.join_next().await {
        assert!(matches!(verdict.unwrap(), Err(KeysError::Invalid(Refusal::UnknownKey))));
    }
    assert_eq!(published.fetches(), before + 1, "500 at once share one");
    for _ in 0..60 {
        pass(seconds(1)).await;
        assert!(verdict(&keys, &stranger).await.is_err());
        assert!(verdict(&keys, &key.token()).await.is_ok(), "nobody else is held up");
    }
    assert!(published.fetches() <= before + 1 + 60 / 5, "{} fetches in a minute", published.fetches() - before);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_goes_away_takes_no_fetch_with_it() {
    let (old, new) = (Key::new("old"), Key::new("new"));
    let published = Published { takes: seconds(1), ..Published::of(&[&old]) };
    let keys = Keys::start(published.clone(), KeyPolicy::default()).await;
    keys.ready().await.unwrap();
    pass(seconds(10)).await;
    published.publish(&[&old, &new]);
    let gone = tokio::time::timeout(Duration::from_millis(100), verdict(&keys, &new.token())).await;
    assert!(gone.is_err());
    assert!(verdict(&keys, &new.token()).await.is_ok());
    assert_eq!(published.fetches(), 2);
}

#[tokio::test(start_paused = true)]
async fn while_voxgate_is_down_keys_are_good_until_they_are_stale() {
    let key = Key::new("a");
    let published = Published::of(&[&key]);
    let keys = Keys::start(published.clone(), KeyPolicy::default()).await;
    keys.ready().await.unwrap();
    published.go_down();
    pass(seconds(3_590)).await;
    assert!(verdict(&keys, &key.token()).await.is_ok());
    assert!(published.fetches() < 80, "it is asked with growing pauses: {} times", published.fetches());
    pass(seconds(20)).await;
    let Err(KeysError::Unavailable(unavailable)) = verdict(&keys, &key.token()).await else {
        unreachable!("stale keys are not used")
    };
    assert_eq!(unavailable.retry_after, seconds(5));

    published.publish(&[&key]);
    pass(seconds(61)).await;
    assert!(verdict(&keys, &key.token()).await.is_ok(), "it is back");
}

#[tokio::test(start_paused = true)]
async fn an_unknown_key_is_no_fault_of_the_token_while_nobody_can_be_asked() {
    let (old, new) = (Key::new("old"), Key::new("new"));
    let published = Published::of(&[&old]);
    let keys = Keys::start(published.clone(), KeyPolicy::default()).await;
    keys.ready().await.unwrap();
    published.go_down();
    pass(seconds(10)).await;
    assert!(matches!(verdict(&keys, &new.token()).await, Err(KeysError::Unavailable(_))));
    assert!(matches!(verdict(&keys, &new.token()).await, Err(KeysError::Unavailable(_))), "within the floor too");
    assert!(verdict(&keys, &old.token()).await.is_ok(), "those that are known go on");
}

#[tokio::test(start_paused = true)]
async fn a_faulty_document_replaces_no_keys() {
    let key = Key::new("a");
    let published = Published::of(&[&key]);
    let keys = Keys::start(published.clone(), KeyPolicy::default()).await;
    keys.ready().await.unwrap();
    *published.document.lock().unwrap() = Some(b"<html>".to_vec());
    pass(seconds(600)).await;
    assert!(published.fetches() > 1);
    assert!(verdict(&keys, &key.token()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn without_keys_ever_it_is_unavailable_and_nobody_waits_long() {
    let keys = Keys::start(Published { takes: seconds(3_600), ..Published::default() }, KeyPolicy::default()).await;
    let began = tokio::time::Instant::now();
    assert!(matches!(verdict(&keys, "a.b.c").await, Err(KeysError::Unavailable(_))));
    assert!(began.elapsed() <= seconds(6));
    assert!(keys.ready().await.is_err());
}

#[tokio::test(start_paused = true)]
async fn nothing_is_fetched_once_nobody_holds_the_keys() {
    let key = Key::new("a");
    let published = Published::of(&[&key]);
    let keys = Keys::start(published.clone(), KeyPolicy::default()).await;
    keys.ready().await.unwrap();
    drop(keys);
    pass(seconds(1_000)).await;
    assert_eq!(published.fetches(), 1);
    assert_eq!(Arc::strong_count(&published.fetches), 1, "the task has ended");
}
