//! How ended sessions are followed, and what holds when they cannot be. Time is tokio's, paused: no test waits.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    unreachable_pub,
    dead_code,
    reason = "a test that cannot go on fails; what is shared by tests is not all used by each"
)]

mod support;

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;
use support::{Key, jwks, now, service, user, verifier, with};
use tokio::time::advance;
use uuid::Uuid;
use voxgate_domain::Timestamp;
use voxgate_domain::ports::Clock;
use voxgate_verify::{
    Denial, EndedPage, EndedSession, EndedSessions, FetchError, Gate, GateParts, KeyPolicy, KeySet, KeySource, Keys,
    Refusal, RevocationPolicy, RevocationSource, WhenStale,
};

struct Fixed(Arc<Key>);

#[async_trait]
impl KeySource for Fixed {
    async fn fetch(&self) -> Result<KeySet, FetchError> {
        Ok(KeySet::from_jwks(&jwks(&[&self.0]))?)
    }
}

/// The clock of the test, which goes with tokio's.
#[derive(Clone, Default)]
struct TestClock(Arc<AtomicI64>);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        now().plus(seconds(self.0.load(Ordering::SeqCst).unsigned_abs()))
    }
}

/// `since` and `cursor`.
type Asked = (Option<String>, Option<String>);

/// A Voxgate whose sessions end as a test says; pages of two.
#[derive(Clone, Default)]
struct Sessions {
    ended: Arc<Mutex<Vec<EndedSession>>>,
    down: Arc<AtomicBool>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Sessions {
    fn end(&self, session: u128) {
        let session_id = Uuid::from_u128(session).into();
        self.ended.lock().unwrap().push(EndedSession { session_id, ended_at: now() });
    }
}

#[async_trait]
impl RevocationSource for Sessions {
    async fn page(&self, since: Option<&str>, cursor: Option<&str>) -> Result<EndedPage, FetchError> {
        self.asked.lock().unwrap().push((since.map(str::to_owned), cursor.map(str::to_owned)));
        if self.down.load(Ordering::SeqCst) {
            return Err(FetchError::Late);
        }
        let from: usize = cursor.map_or(0, |cursor| cursor.parse().unwrap());
        let ended = self.ended.lock().unwrap();
        let items: Vec<EndedSession> = ended.iter().skip(from).take(2).copied().collect();
        let next = from + items.len();
        let next_cursor = (next < ended.len()).then(|| next.to_string());
        Ok(EndedPage { items, next_cursor, next_since: format!("since-{}", self.asked.lock().unwrap().len()) })
    }
}

struct World {
    key: Arc<Key>,
    sessions: Sessions,
    clock: TestClock,
    gate: Gate,
}

async fn world(policy: RevocationPolicy) -> World {
    let (key, sessions, clock) = (Arc::new(Key::new("a")), Sessions::default(), TestClock::default());
    let keys = Keys::start(Fixed(Arc::clone(&key)), KeyPolicy::default()).await;
    let ended = EndedSessions::start_with(sessions.clone(), policy, clock.clone()).await;
    let gate = GateParts::new(verifier(), keys).clock(clock.clone()).ended(ended).into();
    World { key, sessions, clock, gate }
}

impl World {
    /// A token of that session, good at the time of the test.
    fn token(&self, session: u128) -> String {
        let at = self.clock.now().unix_seconds();
        let claims = with(with(user(), "iat", json!(at)), "exp", json!(at + 900));
        self.key.forge(self.key.header(), with(claims, "sid", json!(Uuid::from_u128(session))))
    }

    async fn verdict(&self, session: u128) -> Result<(), Denial> {
        self.gate.authenticate(&self.token(session)).await.map(drop)
    }

    async fn pass(&self, time: Duration) {
        for _ in 0..time.as_secs() {
            self.clock.0.fetch_add(1, Ordering::SeqCst);
            advance(seconds(1)).await;
            for _ in 0..8 {
                tokio::task::yield_now().await;
            }
        }
    }
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[track_caller]
fn has_ended(verdict: Result<(), Denial>) {
    assert!(matches!(verdict, Err(Denial::Invalid(Refusal::SessionEnded))), "{verdict:?}");
}

#[tokio::test(start_paused = true)]
async fn a_session_that_ended_two_seconds_ago_is_refused() {
    let world = world(RevocationPolicy::default()).await;
    world.gate.ready().await.unwrap();
    assert!(world.verdict(2).await.is_ok());
    world.sessions.end(2);
    world.pass(seconds(2)).await;
    has_ended(world.verdict(2).await);
    assert!(world.verdict(3).await.is_ok(), "another session goes on");
}

#[tokio::test(start_paused = true)]
async fn the_first_request_waits_for_the_list() {
    let world = world(RevocationPolicy::default()).await;
    world.sessions.end(2);
    has_ended(world.verdict(2).await);
}

#[tokio::test(start_paused = true)]
async fn all_pages_are_read_and_the_next_time_goes_on_where_the_first_page_said() {
    let world = world(RevocationPolicy::default()).await;
    (10..15).for_each(|session| world.sessions.end(session));
    for session in 10..15 {
        has_ended(world.verdict(session).await);
    }
    world.pass(seconds(1)).await;
    let asked = world.sessions.asked.lock().unwrap().clone();
    let text = |text: &str| Some(text.to_owned());
    let expected = [(None, None), (None, text("2")), (None, text("4")), (text("since-1"), None)];
    assert_eq!(asked[..4], expected);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_is_too_old_closes_the_gate_and_what_is_known_stays_known() {
    let world = world(RevocationPolicy::default()).await;
    world.sessions.end(2);
    world.gate.ready().await.unwrap();
    world.sessions.down.store(true, Ordering::SeqCst);
    world.pass(seconds(55)).await;
    assert!(world.verdict(3).await.is_ok(), "for a minute");
    world.pass(seconds(10)).await;
    let closed = world.verdict(3).await;
    assert!(matches!(closed, Err(Denial::Unavailable(_))), "{closed:?}");
    assert_eq!(closed.unwrap_err().problem().status, 503);
    has_ended(world.verdict(2).await);
    let of_a_service = world.key.forge(world.key.header(), service());
    assert!(world.gate.authenticate(&of_a_service).await.is_ok(), "a service has no session");
    assert!(world.gate.ready().await.is_err());

    world.sessions.down.store(false, Ordering::SeqCst);
    world.pass(seconds(6)).await;
    assert!(world.verdict(3).await.is_ok(), "it is back");
}

#[tokio::test(start_paused = true)]
async fn an_open_gate_accepts_what_it_does_not_know_to_have_ended() {
    let world = world(RevocationPolicy { when_stale: WhenStale::Open, ..RevocationPolicy::default() }).await;
    world.sessions.end(2);
    world.gate.ready().await.unwrap();
    world.sessions.down.store(true, Ordering::SeqCst);
    world.pass(seconds(300)).await;
    assert!(world.verdict(3).await.is_ok());
    has_ended(world.verdict(2).await);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_outlives_the_memory_is_refused() {
    let policy = RevocationPolicy { remember: seconds(600), ..RevocationPolicy::default() };
    let world = world(policy).await;
    let verdict = world.verdict(2).await;
    assert!(matches!(verdict, Err(Denial::Invalid(Refusal::LivesTooLong))), "{verdict:?}");
}

#[tokio::test(start_paused = true)]
async fn ended_sessions_are_forgotten_when_their_tokens_have_expired() {
    let clock = TestClock::default();
    let sessions = Sessions::default();
    let ended = EndedSessions::start_with(sessions.clone(), RevocationPolicy::default(), clock.clone()).await;
    (0..50).for_each(|session| sessions.end(session));
    ended.ready().await.unwrap();
    assert_eq!(ended.len(), 50);
    sessions.ended.lock().unwrap().clear();
    clock.0.store(3_500, Ordering::SeqCst);
    advance(seconds(61)).await;
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    assert_eq!(ended.len(), 50, "a token of theirs can still be valid");
    clock.0.store(3_700, Ordering::SeqCst);
    for _ in 0..3 {
        advance(seconds(61)).await;
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }
    assert!(ended.is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_set_is_bounded_and_closes_the_gate_when_it_is_full() {
    let world = world(RevocationPolicy { capacity: 3, ..RevocationPolicy::default() }).await;
    (10..13).for_each(|session| world.sessions.end(session));
    world.gate.ready().await.unwrap();
    world.sessions.end(13);
    world.pass(seconds(70)).await;
    has_ended(world.verdict(10).await);
    assert!(matches!(world.verdict(99).await, Err(Denial::Unavailable(_))), "not all are known");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_asked_once_nobody_holds_the_gate() {
    let World { sessions, gate, .. } = world(RevocationPolicy::default()).await;
    gate.ready().await.unwrap();
    drop(gate);
    for _ in 0..20 {
        advance(seconds(1)).await;
        tokio::task::yield_now().await;
    }
    assert_eq!(Arc::strong_count(&sessions.asked), 1, "the task has ended");
}
