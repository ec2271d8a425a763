//! Asking for ended sessions, again and again.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};
use voxgate_domain::ports::Clock;

use super::ended::{EndedSet, Followed};
use super::{RevocationPolicy, RevocationSource};
use crate::fetch::FetchError;

/// Pages that are read at one time, at most: more than there are sessions to remember.
const MAX_PAGES: usize = 2_000;
/// How long one reading of all pages may take.
const MAX_READING: Duration = Duration::from_secs(60);
/// How often expired entries are dropped.
const TIDY_EVERY: Duration = Duration::from_secs(60);
/// The longest pause after readings that failed.
const MAX_BACK_OFF: Duration = Duration::from_secs(5);

/// Reads the list every so often, until nobody holds the set.
pub(crate) async fn follow(
    source: impl RevocationSource,
    policy: RevocationPolicy,
    clock: impl Clock,
    set: Weak<EndedSet>,
    publish: watch::Sender<Followed>,
) {
    let mut since = None;
    let mut failures = 0_u32;
    let mut tidied_at = Instant::now();
    while let Some(set) = set.upgrade() {
        let began = Instant::now();
        if tidied_at.elapsed() >= TIDY_EVERY || set.len() >= policy.capacity {
            set.forget(clock.now());
            tidied_at = began;
        }
        let reading = timeout(MAX_READING, read(&source, &policy, since.as_deref(), &set)).await;
        match reading.unwrap_or(Err(Fault::Fetch(FetchError::Late))) {
            Ok(next) => {
                since = Some(next);
                failures = 0;
                publish.send_modify(|followed| {
                    followed.attempts += 1;
                    followed.complete_at = Some(began);
                    followed.failure = None;
                });
            }
            Err(fault) => {
                failures = failures.saturating_add(1);
                // Once an outage and once a minute of it: not every second.
                if failures == 1 || failures.is_multiple_of(12) {
                    tracing::warn!(error = &fault as &dyn std::error::Error, "the ended sessions were not read");
                }
                publish.send_modify(|followed| {
                    followed.attempts += 1;
                    followed.failure = fault.into_fetch();
                });
            }
        }
        drop(set);
        let pause = policy.every.saturating_mul(1 << failures.min(8)).min(MAX_BACK_OFF.max(policy.every));
        sleep(pause.saturating_sub(began.elapsed())).await;
    }
}

/// Why a reading did not bring the whole list.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("Voxgate was not asked")]
    Fetch(#[from] FetchError),
    #[error("more sessions have ended than are remembered: raise the capacity")]
    Full,
    #[error("the list has no end")]
    Endless,
}

impl Fault {
    fn into_fetch(self) -> Option<Arc<FetchError>> {
        match self {
            Self::Fetch(error) => Some(Arc::new(error)),
            Self::Full | Self::Endless => None,
        }
    }
}

/// Reads all pages; what to say as `since` the next time. What came before a fault is kept.
async fn read(
    source: &impl RevocationSource,
    policy: &RevocationPolicy,
    since: Option<&str>,
    set: &EndedSet,
) -> Result<String, Fault> {
    let mut cursor = None;
    let mut next_since = None;
    for _ in 0..MAX_PAGES {
        let page = source.page(since, cursor.as_deref()).await?;
        if !set.add(&page.items, policy) {
            return Err(Fault::Full);
        }
        // That of the first page: what ends while the others are read comes the next time.
        let next_since = next_since.get_or_insert(page.next_since);
        match page.next_cursor {
            Some(next) => cursor = Some(next),
            None => return Ok(next_since.clone()),
        }
    }
    Err(Fault::Endless)
}
