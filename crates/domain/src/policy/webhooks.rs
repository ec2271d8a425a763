//! When a webhook is sent again, and where none is sent.

use std::net::IpAddr;
use std::time::Duration;

use crate::Timestamp;
use crate::time::days;
use crate::webhook::{WebhookUrl, is_refused};

/// When a webhook is sent again, for how long, and where none is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WebhookPolicy {
    /// About how long after the first failure it is sent again; the wait doubles from there.
    pub retry_min: Duration,
    /// About the longest wait.
    pub retry_max: Duration,
    /// How long after it was queued it is given up.
    pub give_up_after: Duration,
    /// How long a receiver may take to answer.
    pub timeout: Duration,
    /// How long a secret that was replaced signs beside its successor.
    pub rotation_overlap: Duration,
    /// Whether webhooks may go to this machine, and without encryption: for development.
    pub to_this_machine: bool,
}

impl Default for WebhookPolicy {
    /// 1 s, doubling up to an hour, for three days; 15 s to answer; a day for two secrets; nothing to this machine.
    fn default() -> Self {
        Self {
            retry_min: Duration::from_secs(1),
            retry_max: Duration::from_hours(1),
            give_up_after: days(3),
            timeout: Duration::from_secs(15),
            rotation_overlap: days(1),
            to_this_machine: false,
        }
    }
}

impl WebhookPolicy {
    /// The time of the next try after `attempts` of them, or `None` when it is time to give up. `chance` is any number,
    /// another at each call: it spreads the tries over half of the wait, so that those that failed together do not all
    /// come back together.
    #[must_use]
    pub fn next_attempt(&self, queued_at: Timestamp, attempts: u32, now: Timestamp, chance: u16) -> Option<Timestamp> {
        (now.since(queued_at) < self.give_up_after).then(|| now.plus(self.delay(attempts, chance)))
    }

    /// How long to wait after `attempts` tries: between three and five quarters of the doubled wait.
    #[must_use]
    pub fn delay(&self, attempts: u32, chance: u16) -> Duration {
        let doublings = attempts.saturating_sub(1).min(24);
        let wait = self.retry_min.saturating_mul(1 << doublings).min(self.retry_max);
        let spread = (wait / 2).saturating_mul(u32::from(chance)) / u32::from(u16::MAX);
        (wait / 4).saturating_mul(3).saturating_add(spread)
    }

    /// For how long a try is under way at most: one that was begun and never ended, since its sender crashed, is due
    /// again after that.
    #[must_use]
    pub fn in_flight(&self) -> Duration {
        self.timeout.saturating_add(Duration::from_secs(5))
    }

    /// Whether webhooks may go to `address`, to which a name of a receiver led.
    #[must_use]
    pub fn allows(&self, address: IpAddr) -> bool {
        !is_refused(address, self.to_this_machine)
    }

    /// Whether an endpoint may have this URL.
    #[must_use]
    pub fn admits(&self, url: &WebhookUrl) -> bool {
        !url.is_plain() || self.to_this_machine
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_an_hour_and_end_after_three_days() {
        let policy = WebhookPolicy::default();
        let middle = u16::MAX / 2 + 1;
        let seconds: Vec<u64> = (1..=14).map(|attempts| policy.delay(attempts, middle).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 3_600, 3_600]);
        let queued = Timestamp::EPOCH;
        assert!(
            policy.next_attempt(queued, 90, queued.plus(policy.give_up_after - Duration::from_secs(1)), 0).is_some()
        );
        assert_eq!(policy.next_attempt(queued, 90, queued.plus(policy.give_up_after), 0), None);
    }

    #[test]
    fn what_failed_together_does_not_come_back_together() {
        let policy = WebhookPolicy::default();
        assert_eq!(policy.delay(3, 0), Duration::from_secs(3));
        assert_eq!(policy.delay(3, u16::MAX), Duration::from_secs(5));
        assert!(policy.delay(u32::MAX, u16::MAX) <= policy.retry_max * 5 / 4);
    }

    #[test]
    fn a_try_is_not_due_again_before_it_has_ended() {
        let policy = WebhookPolicy::default();
        assert!(policy.in_flight() > policy.timeout);
    }

    #[test]
    fn in_production_nothing_is_sent_to_this_machine_or_its_network() {
        let local = WebhookPolicy { to_this_machine: true, ..WebhookPolicy::default() };
        let told = |address: [u8; 4]| [WebhookPolicy::default(), local].map(|policy| policy.allows(address.into()));
        assert_eq!(told([127, 0, 0, 1]), [false, true]);
        assert_eq!(told([169, 254, 169, 254]), [false, false]);
        assert_eq!(told([93, 184, 215, 14]), [true, true]);
    }

    #[test]
    fn in_production_nothing_is_sent_without_encryption() {
        let url = WebhookUrl::parse("http://localhost:9000/").unwrap();
        assert!(!WebhookPolicy::default().admits(&url));
        assert!(WebhookPolicy { to_this_machine: true, ..WebhookPolicy::default() }.admits(&url));
    }
}
