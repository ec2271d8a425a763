//! Lockout: too many failed logins in a row for one address lock it for a while (NIST SP 800-63B-4, section 3.2.2).

use std::time::Duration;

use crate::Timestamp;
use crate::time::days;

/// The failed logins of one address, whether or not it has an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    /// Failures since the last success, or since the last lock ended.
    pub failures: u32,
    /// When the latest was.
    pub last_failure_at: Option<Timestamp>,
    /// Until when the address is locked, if it was locked since.
    pub locked_until: Option<Timestamp>,
}

impl Attempts {
    /// The end of the lock that is in force, if one is.
    #[must_use]
    pub fn locked(&self, now: Timestamp) -> Option<Timestamp> {
        self.locked_until.filter(|until| now < *until)
    }
}

/// When an address is locked, and for how long.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use voxgate_domain::Timestamp;
/// use voxgate_domain::policy::{Attempts, LockoutPolicy};
///
/// let policy = LockoutPolicy { threshold: 2, duration: Duration::from_secs(60) };
/// let second = |n| Timestamp::EPOCH.plus(Duration::from_secs(n));
/// let once = policy.after_failure(Attempts::default(), second(0));
/// assert_eq!(once.locked(second(0)), None);
/// let twice = policy.after_failure(once, second(10));
/// assert_eq!(twice.locked(second(69)), Some(second(70)));
/// assert_eq!(twice.locked(second(70)), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockoutPolicy {
    /// Failures in a row that lock.
    pub threshold: u32,
    /// How long a lock lasts.
    pub duration: Duration,
}

impl Default for LockoutPolicy {
    /// Five failures, 15 minutes.
    fn default() -> Self {
        Self { threshold: 5, duration: Duration::from_mins(15) }
    }
}

impl LockoutPolicy {
    /// A run of failures is forgotten after a day without one.
    pub const FORGET_AFTER: Duration = days(1);

    /// What a further failure makes of `attempts`. During a lock failures change nothing: a lock cannot be prolonged.
    #[must_use]
    pub fn after_failure(&self, attempts: Attempts, now: Timestamp) -> Attempts {
        if attempts.locked(now).is_some() {
            return attempts;
        }
        let stale = attempts.last_failure_at.is_none_or(|last| now.since(last) >= Self::FORGET_AFTER);
        let earlier = if stale || attempts.locked_until.is_some() { 0 } else { attempts.failures };
        let failures = earlier.saturating_add(1);
        let locked_until = (failures >= self.threshold).then(|| now.plus(self.duration));
        Attempts { failures, last_failure_at: Some(now), locked_until }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: LockoutPolicy = LockoutPolicy { threshold: 5, duration: Duration::from_secs(900) };

    fn at(seconds: u64) -> Timestamp {
        Timestamp::EPOCH.plus(Duration::from_secs(seconds))
    }

    fn failures(number: u32) -> Attempts {
        (0..number).fold(Attempts::default(), |attempts, _| POLICY.after_failure(attempts, at(0)))
    }

    #[test]
    fn the_fifth_failure_in_a_row_locks_for_fifteen_minutes() {
        assert_eq!(failures(4).locked(at(0)), None);
        assert_eq!(failures(5).locked(at(0)), Some(at(900)));
        assert_eq!(failures(5).locked(at(899)), Some(at(900)));
        assert_eq!(failures(5).locked(at(900)), None);
    }

    #[test]
    fn failing_during_a_lock_does_not_prolong_it() {
        assert_eq!(POLICY.after_failure(failures(5), at(600)), failures(5));
    }

    #[test]
    fn after_a_lock_counting_begins_anew() {
        let again = POLICY.after_failure(failures(5), at(900));
        assert_eq!((again.failures, again.locked(at(900))), (1, None));
    }

    #[test]
    fn a_run_of_failures_is_forgotten_after_a_day() {
        assert_eq!(POLICY.after_failure(failures(4), at(24 * 3_600)).failures, 1);
    }
}
