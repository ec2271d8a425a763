//! The set of ended sessions, and what it says of a token.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout};
use voxgate_domain::ports::{Clock, TokenClaims};
use voxgate_domain::{SessionId, Timestamp};

use super::{EndedSession, RevocationPolicy, RevocationSource, WhenStale, poll};
use crate::clock::SystemClock;
use crate::denial::Unavailable;
use crate::fetch::FetchError;
use crate::token::life;
use crate::{Denial, Refusal, SKEW};

/// The sessions that have ended while tokens of theirs can still be valid. One task asks for them; it ends when this is
/// dropped.
#[derive(Debug)]
pub struct EndedSessions {
    policy: RevocationPolicy,
    set: Arc<EndedSet>,
    followed: watch::Receiver<Followed>,
}

/// The least pause between two questions, whatever the policy says.
const MIN_PAUSE: Duration = Duration::from_millis(10);

/// How the list is followed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Followed {
    /// How often the list was asked for.
    pub(crate) attempts: u64,
    /// When the last attempt began that brought the whole list.
    pub(crate) complete_at: Option<Instant>,
    /// Why the last attempt failed, when it did.
    pub(crate) failure: Option<Arc<FetchError>>,
}

impl EndedSessions {
    /// Begins to ask `source`. Await it within a tokio runtime; it does not wait for an answer.
    pub async fn start(source: impl RevocationSource, policy: RevocationPolicy) -> Self {
        Self::start_with(source, policy, SystemClock).await
    }

    /// The same with a clock of one's own.
    pub async fn start_with(
        source: impl RevocationSource,
        policy: RevocationPolicy,
        clock: impl Clock + 'static,
    ) -> Self {
        let policy = RevocationPolicy { every: policy.every.max(MIN_PAUSE), ..policy };
        let set = Arc::new(EndedSet::default());
        let (publish, followed) = watch::channel(Followed::default());
        tokio::spawn(poll::follow(source, policy, clock, Arc::downgrade(&set), publish));
        Self { policy, set, followed }
    }

    /// Waits until there is a list.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] when it could not be had.
    pub async fn ready(&self) -> Result<(), Unavailable> {
        let followed = self.first_attempt().await;
        if self.is_fresh(&followed) { Ok(()) } else { Err(self.unavailable(followed)) }
    }

    /// How many ended sessions are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.set.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the session of `token` goes on, as far as is known. A service has no session; its tokens are good until
    /// they expire.
    pub(crate) async fn judge(&self, token: &TokenClaims) -> Result<(), Denial> {
        let TokenClaims::User(claims) = token else { return Ok(()) };
        if life(claims) > self.policy.remember {
            return Err(Refusal::LivesTooLong.into());
        }
        let followed = self.first_attempt().await;
        if self.set.contains(claims.session) {
            return Err(Refusal::SessionEnded.into());
        }
        match self.policy.when_stale {
            WhenStale::Closed if !self.is_fresh(&followed) => Err(self.unavailable(followed).into()),
            WhenStale::Closed | WhenStale::Open => Ok(()),
        }
    }

    /// How the list is followed; just after the start, once it was asked for.
    async fn first_attempt(&self) -> Followed {
        let followed = self.followed.borrow().clone();
        if followed.attempts > 0 {
            return followed;
        }
        let mut receiver = self.followed.clone();
        match timeout(self.policy.patience, receiver.wait_for(|followed| followed.attempts > 0)).await {
            Ok(Ok(followed)) => followed.clone(),
            _ => Followed { failure: Some(Arc::new(FetchError::Late)), ..followed },
        }
    }

    fn is_fresh(&self, followed: &Followed) -> bool {
        followed.complete_at.is_some_and(|at| at.elapsed() <= self.policy.max_age)
    }

    fn unavailable(&self, followed: Followed) -> Unavailable {
        let what = "the list of ended sessions is too old";
        Unavailable::new(what, self.policy.every, followed.failure)
    }
}

/// The ended sessions, with the time until which each is remembered.
#[derive(Debug, Default)]
pub(crate) struct EndedSet(RwLock<HashMap<SessionId, Timestamp>>);

impl EndedSet {
    pub(crate) fn contains(&self, session: SessionId) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).contains_key(&session)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Adds sessions; whether there was room for all.
    pub(crate) fn add(&self, sessions: &[EndedSession], policy: &RevocationPolicy) -> bool {
        let mut set = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for session in sessions {
            if set.len() >= policy.capacity && !set.contains_key(&session.session_id) {
                return false;
            }
            set.insert(session.session_id, session.ended_at.plus(policy.remember).plus(SKEW));
        }
        true
    }

    /// Forgets those whose tokens have expired at `now`.
    pub(crate) fn forget(&self, now: Timestamp) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).retain(|_, until| now < *until);
    }
}
