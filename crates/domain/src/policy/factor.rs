//! How strict the second factor is (NIST SP 800-63B-4, sections 3.1.4 and 3.2.2).

use std::time::Duration;

use super::{Attempts, LockoutPolicy};
use crate::Timestamp;

/// How strict the second factor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FactorPolicy {
    /// How many time steps of 30 seconds a clock may be off, either way (RFC 6238, section 5.2).
    pub skew_steps: u64,
    /// How long an enrollment waits for its first code.
    pub enrollment_ttl: Duration,
    /// How long after the password the code may come.
    pub challenge_ttl: Duration,
    /// Wrong codes that burn a challenge.
    pub challenge_failures: u32,
    /// Wrong codes, none more than `window` after the one before it and without a right one between them, that lock the
    /// factor.
    pub threshold: u32,
    /// How long a wrong code is remembered.
    pub window: Duration,
    /// How long the factor is locked.
    pub lock: Duration,
    /// How many recovery codes a user is given.
    pub recovery_codes: usize,
}

impl Default for FactorPolicy {
    /// One step either way; an hour to enroll; five minutes and five codes a challenge; ten wrong codes lock for 15
    /// minutes; ten recovery codes.
    fn default() -> Self {
        Self {
            skew_steps: 1,
            enrollment_ttl: Duration::from_hours(1),
            challenge_ttl: Duration::from_mins(5),
            challenge_failures: 5,
            threshold: 10,
            window: Duration::from_mins(15),
            lock: Duration::from_mins(15),
            recovery_codes: 10,
        }
    }
}

impl FactorPolicy {
    /// What a further wrong code makes of `attempts`. Any ten within 15 minutes lock, wherever the quarter begins.
    #[must_use]
    pub fn after_failure(&self, attempts: Attempts, now: Timestamp) -> Attempts {
        let fresh = attempts.last_failure_at.is_some_and(|last| now.since(last) < self.window);
        let attempts = if fresh { attempts } else { Attempts::default() };
        LockoutPolicy { threshold: self.threshold, duration: self.lock }.after_failure(attempts, now)
    }

    /// Whether an enrollment that began at `enrolled_at` can still be confirmed.
    #[must_use]
    pub fn can_confirm(&self, enrolled_at: Timestamp, now: Timestamp) -> bool {
        now.since(enrolled_at) < self.enrollment_ttl
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::EPOCH.plus(Duration::from_secs(seconds))
    }

    /// The attempts after a wrong code at each of these seconds.
    fn after(seconds: impl IntoIterator<Item = u64>) -> Attempts {
        let policy = FactorPolicy::default();
        seconds.into_iter().fold(Attempts::default(), |attempts, second| policy.after_failure(attempts, at(second)))
    }

    #[test]
    fn ten_wrong_codes_in_a_quarter_of_an_hour_lock_for_another() {
        assert_eq!(after(0..9).locked(at(9)), None);
        assert_eq!(after(0..10).locked(at(9)), Some(at(9 + 900)));
    }

    #[test]
    fn wrong_codes_are_forgotten_after_a_quarter_without_one() {
        assert_eq!(after((0..9).chain([908])).failures, 1);
        assert_eq!(after((0..9).chain([907])).failures, 10);
    }

    #[test]
    fn a_lock_is_not_prolonged_and_counting_begins_anew_after_it() {
        let locked = after(0..10);
        assert_eq!(FactorPolicy::default().after_failure(locked, at(500)), locked);
        assert_eq!(FactorPolicy::default().after_failure(locked, at(9 + 900)).failures, 1);
    }

    #[test]
    fn an_enrollment_waits_an_hour() {
        let policy = FactorPolicy::default();
        assert!(policy.can_confirm(at(0), at(3_599)) && !policy.can_confirm(at(0), at(3_600)));
    }
}
