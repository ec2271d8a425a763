//! How ended sessions are followed, and what holds when they cannot be.

use std::time::Duration;

/// What to do with the tokens of users when the list of ended sessions is too old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenStale {
    /// Refuse them as [`Denial::Unavailable`](crate::Denial::Unavailable) (503): nobody gets in whose session may have
    /// ended.
    Closed,
    /// Accept them, as a service does that asks for no list: a token is good until it expires.
    Open,
}

/// How ended sessions are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RevocationPolicy {
    /// How often Voxgate is asked; every second.
    pub every: Duration,
    /// How old the list may be; 1 minute. Older, [`Self::when_stale`] holds.
    pub max_age: Duration,
    /// What holds then; closed.
    pub when_stale: WhenStale,
    /// How long an ended session is remembered, at least as long as a token lives (`ACCESS_TOKEN_TTL` of Voxgate); 1 hour.
    /// A token that lives longer is refused, since its session could be forgotten before it expires.
    pub remember: Duration,
    /// How many ended sessions are remembered; 200,000, which take about 8 MiB. When there are more, the list counts as
    /// not renewed, and [`Self::when_stale`] holds soon.
    pub capacity: usize,
    /// How long a request waits for the first list; 5 seconds.
    pub patience: Duration,
}

impl Default for RevocationPolicy {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            every: seconds(1),
            max_age: seconds(60),
            when_stale: WhenStale::Closed,
            remember: seconds(3_600),
            capacity: 200_000,
            patience: seconds(5),
        }
    }
}
