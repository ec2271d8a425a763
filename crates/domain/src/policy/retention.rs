//! How long what is not needed any more is kept.

use std::time::Duration;

use super::LockoutPolicy;
use crate::Timestamp;
use crate::time::days;

/// How long what is not needed any more is kept. Audit events are not among it: they are kept, and for six years must be
/// (45 CFR 164.316(b)(2)(i)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetentionPolicy {
    /// The personal fields of a closed account, from its closing.
    pub deleted_users: Duration,
    /// A session that is over, from its end.
    pub ended_sessions: Duration,
    /// A one-time token, from its expiry.
    pub spent_tokens: Duration,
    /// A mail that has left or was given up, from then.
    pub sent_mail: Duration,
    /// An event for subscribers, from when every endpoint got it or it was given up.
    pub user_events: Duration,
}

impl Default for RetentionPolicy {
    /// 30 days; sessions 90.
    fn default() -> Self {
        Self {
            deleted_users: days(30),
            ended_sessions: days(90),
            spent_tokens: days(30),
            sent_mail: days(30),
            user_events: days(30),
        }
    }
}

/// The times before which things are purged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetentionCutoffs {
    /// Accounts closed before this.
    pub deleted_users: Timestamp,
    /// Sessions that ended or expired before this.
    pub ended_sessions: Timestamp,
    /// Tokens that expired before this.
    pub spent_tokens: Timestamp,
    /// Mails that left or were given up before this.
    pub sent_mail: Timestamp,
    /// Counters of failed logins that did not change since.
    pub login_attempts: Timestamp,
    /// Events for subscribers from before this, and deliveries of them that were over before this.
    pub user_events: Timestamp,
}

impl RetentionPolicy {
    /// What is due `now`.
    #[must_use]
    pub fn cutoffs(&self, now: Timestamp) -> RetentionCutoffs {
        RetentionCutoffs {
            deleted_users: now.minus(self.deleted_users),
            ended_sessions: now.minus(self.ended_sessions),
            spent_tokens: now.minus(self.spent_tokens),
            sent_mail: now.minus(self.sent_mail),
            // A run of failures is forgotten by then, and no lock lasts longer.
            login_attempts: now.minus(LockoutPolicy::FORGET_AFTER * 2),
            user_events: now.minus(self.user_events),
        }
    }
}

/// How much was purged, or would be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RetentionCounts {
    /// Closed accounts.
    pub users: u64,
    /// Sessions, with their refresh tokens.
    pub sessions: u64,
    /// One-time tokens.
    pub tokens: u64,
    /// Mails.
    pub mails: u64,
    /// Counters of failed logins.
    pub attempts: u64,
    /// Events for subscribers, and deliveries of them.
    pub events: u64,
}

impl RetentionCounts {
    /// Each count with its name.
    #[must_use]
    pub const fn named(&self) -> [(&'static str, u64); 6] {
        [
            ("users", self.users),
            ("sessions", self.sessions),
            ("one_time_tokens", self.tokens),
            ("mails", self.mails),
            ("login_attempts", self.attempts),
            ("user_events", self.events),
        ]
    }

    /// The sum of two.
    #[must_use]
    pub const fn plus(&self, other: &Self) -> Self {
        Self {
            users: self.users.saturating_add(other.users),
            sessions: self.sessions.saturating_add(other.sessions),
            tokens: self.tokens.saturating_add(other.tokens),
            mails: self.mails.saturating_add(other.mails),
            attempts: self.attempts.saturating_add(other.attempts),
            events: self.events.saturating_add(other.events),
        }
    }

    /// Whether it is nothing at all.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_account_is_purged_after_thirty_days() {
        let closed = Timestamp::EPOCH;
        let policy = RetentionPolicy::default();
        assert!(closed >= policy.cutoffs(closed.plus(days(30))).deleted_users);
        assert!(closed < policy.cutoffs(closed.plus(days(30)).plus(Duration::from_secs(1))).deleted_users);
    }

    #[test]
    fn counters_of_failures_are_kept_for_longer_than_any_lock() {
        let now = Timestamp::EPOCH.plus(days(3));
        let cutoffs = RetentionPolicy::default().cutoffs(now);
        assert_eq!(now.since(cutoffs.login_attempts), days(2));
    }

    #[test]
    fn counts_add_up() {
        let one = RetentionCounts { users: 1, sessions: 2, tokens: 3, mails: 4, attempts: 5, events: 6 };
        assert_eq!(one.plus(&one).named().map(|(_, count)| count), [2, 4, 6, 8, 10, 12]);
        assert!(RetentionCounts::default().is_nothing() && !one.is_nothing());
    }
}
