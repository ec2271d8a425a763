//! The keys of a Voxgate, cached and kept fresh.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, timeout};
use voxgate_domain::Timestamp;
use voxgate_domain::ports::TokenClaims;

use crate::denial::Unavailable;
use crate::fetch::{FetchError, KeySource};
use crate::{KeySet, Refusal, Verifier};

/// How keys are kept fresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyPolicy {
    /// How often they are fetched again without being asked; 5 minutes, as Voxgate's `Cache-Control` says. A new key is
    /// published for longer than that before it signs.
    pub refresh_every: Duration,
    /// How long after a fetch, however it went, the next one begins at the earliest; 5 seconds. However many tokens with
    /// unknown keys come, there is at most one fetch in that time.
    pub floor: Duration,
    /// How long keys are good for when Voxgate cannot be asked; 1 hour, four times the life of a token. Longer gains
    /// nothing, since tokens expire, and a key that was withdrawn is believed for as long.
    pub max_stale: Duration,
    /// How long a request waits for a fetch; 5 seconds.
    pub patience: Duration,
}

impl Default for KeyPolicy {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { refresh_every: seconds(300), floor: seconds(5), max_stale: seconds(3_600), patience: seconds(5) }
    }
}

/// The least floor, whatever the policy says.
const MIN_FLOOR: Duration = Duration::from_millis(100);
/// The longest pause after fetches that failed.
const MAX_BACK_OFF: Duration = Duration::from_secs(60);

/// The keys of a Voxgate. One task fetches them, so that nothing is ever fetched twice at once; it ends when this is
/// dropped.
#[derive(Debug)]
pub struct Keys {
    policy: KeyPolicy,
    known: watch::Receiver<Known>,
    wanted: mpsc::Sender<()>,
}

/// What is known after a fetch.
#[derive(Clone, Debug, Default)]
struct Known {
    /// How many fetches there were.
    attempts: u64,
    /// When the last one ended.
    attempted_at: Option<Instant>,
    /// Why it failed, when it did.
    failure: Option<Arc<FetchError>>,
    /// The keys of the last that succeeded, and when that began.
    keys: Option<(Arc<KeySet>, Instant)>,
}

impl Keys {
    /// Begins to fetch keys. Await it within a tokio runtime; it does not wait for the first fetch ([`Self::ready`]
    /// does).
    pub async fn start(source: impl KeySource, policy: KeyPolicy) -> Self {
        let policy = KeyPolicy { floor: policy.floor.max(MIN_FLOOR), ..policy };
        let (publish, known) = watch::channel(Known::default());
        let (wanted, wishes) = mpsc::channel(1);
        tokio::spawn(keep_fresh(source, policy, publish, wishes));
        Self { policy, known, wanted }
    }

    /// Waits until there are keys.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] when they could not be fetched.
    pub async fn ready(&self) -> Result<(), Unavailable> {
        self.fresh().await.map(drop)
    }

    /// What `token` says, by `verifier`, with the keys of now; and with newer ones when it names one that is not known.
    ///
    /// # Errors
    ///
    /// [`KeysError::Invalid`] when the token is not valid; [`KeysError::Unavailable`] when that cannot be told, since
    /// Voxgate cannot be asked for its keys.
    pub async fn verify(&self, verifier: &Verifier, token: &str, now: Timestamp) -> Result<TokenClaims, KeysError> {
        let (keys, attempt) = self.fresh().await?;
        match verifier.verify(token, &keys, now) {
            Err(Refusal::UnknownKey) => {
                let keys = self.newer_than(attempt).await?;
                Ok(verifier.verify(token, &keys, now)?)
            }
            verdict => Ok(verdict?),
        }
    }

    /// The keys, when they were fetched not too long ago or can be fetched now; and after how many attempts.
    async fn fresh(&self) -> Result<(Arc<KeySet>, u64), Unavailable> {
        let known = self.known.borrow().clone();
        if let Some(keys) = self.good(&known) {
            return Ok((keys, known.attempts));
        }
        let known = self.after(known).await;
        self.good(&known).map(|keys| (keys, known.attempts)).ok_or_else(|| self.unavailable(known.failure))
    }

    /// The keys of a later fetch than `attempt`, or of one just now.
    async fn newer_than(&self, attempt: u64) -> Result<Arc<KeySet>, Unavailable> {
        let mut known = self.known.borrow().clone();
        if known.attempts == attempt {
            known = self.after(known).await;
        }
        match (self.good(&known), known.failure) {
            (Some(keys), None) => Ok(keys),
            // The key may be one of Voxgate's or not: nobody could be asked.
            (_, failure) => Err(self.unavailable(failure)),
        }
    }

    /// What is known after another fetch; as it is when the last one was just now, or none ends in time.
    async fn after(&self, known: Known) -> Known {
        if known.attempted_at.is_some_and(|at| at.elapsed() < self.policy.floor) {
            return known;
        }
        // When the one place is taken, somebody else wished already.
        let _ = self.wanted.try_send(());
        let mut receiver = self.known.clone();
        match timeout(self.policy.patience, receiver.wait_for(|later| later.attempts > known.attempts)).await {
            Ok(Ok(later)) => later.clone(),
            _ => Known { failure: Some(Arc::new(FetchError::Late)), ..known },
        }
    }

    fn good(&self, known: &Known) -> Option<Arc<KeySet>> {
        let (keys, fetched_at) = known.keys.as_ref()?;
        (fetched_at.elapsed() <= self.policy.max_stale).then(|| Arc::clone(keys))
    }

    fn unavailable(&self, cause: Option<Arc<FetchError>>) -> Unavailable {
        Unavailable::new("the keys of Voxgate cannot be had", self.policy.floor, cause)
    }
}

/// Why [`Keys::verify`] accepts no token.
#[derive(Clone, Debug, thiserror::Error)]
pub enum KeysError {
    /// It is not valid: 401.
    #[error(transparent)]
    Invalid(#[from] Refusal),
    /// That cannot be told now: 503.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Fetches at once, then when it is time or somebody wishes, never sooner than the floor; until nobody holds the keys.
async fn keep_fresh(
    source: impl KeySource,
    policy: KeyPolicy,
    publish: watch::Sender<Known>,
    mut wishes: mpsc::Receiver<()>,
) {
    let mut failures = 0;
    loop {
        let began = Instant::now();
        let outcome = source.fetch().await;
        failures = if outcome.is_ok() { 0 } else { failures + 1 };
        // What was wished while it was under way has been done.
        while wishes.try_recv().is_ok() {}
        publish.send_modify(|known| {
            known.attempts += 1;
            known.attempted_at = Some(Instant::now());
            match outcome {
                Ok(keys) => {
                    known.keys = Some((Arc::new(keys), began));
                    known.failure = None;
                }
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "the keys of Voxgate were not fetched");
                    known.failure = Some(Arc::new(error));
                }
            }
        });
        sleep(policy.floor).await;
        tokio::select! {
            () = sleep(pause(policy, failures).saturating_sub(policy.floor)) => {}
            wish = wishes.recv() => if wish.is_none() { return },
        }
        if publish.is_closed() {
            return;
        }
    }
}

/// The pause after so many failures in a row.
fn pause(policy: KeyPolicy, failures: u32) -> Duration {
    match failures {
        0 => policy.refresh_every,
        _ => policy.floor.saturating_mul(1 << failures.min(10)).min(MAX_BACK_OFF).min(policy.refresh_every),
    }
}
