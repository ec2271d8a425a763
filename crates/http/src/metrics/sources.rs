//! Which networks fail to log in, to see password spraying: one password tried on many addresses locks none of them.
//!
//! Only counts leave this module: an address as a label would be without bound, and tell of people.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use metrics::gauge;

use super::names::{FAILURE_SOURCES, FAILURES_OF_WORST_SOURCE};

/// From how many failures on a network is counted: what the label `at_least` can be.
pub const THRESHOLDS: [u32; 3] = [10, 50, 200];
/// How far back is looked.
const WINDOW: Duration = Duration::from_secs(600);
/// The most networks that are remembered in half a window; those that come later are not seen.
const CAPACITY: usize = 10_000;

/// Failed logins by network: /24 of IPv4 and /48 of IPv6, which is about what one site or one attacker has.
#[derive(Debug)]
pub struct FailureSources(Mutex<Halves>);

/// Two halves of the window: what is older than both is forgotten at once, without a look at each entry.
#[derive(Debug)]
struct Halves {
    since: Instant,
    present: HashMap<IpAddr, u32>,
    past: HashMap<IpAddr, u32>,
}

impl Default for FailureSources {
    fn default() -> Self {
        let (present, past) = Default::default();
        Self(Mutex::new(Halves { since: Instant::now(), present, past }))
    }
}

impl FailureSources {
    /// A login from `address` failed.
    pub(crate) fn failed(&self, address: IpAddr, now: Instant) {
        let mut halves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        halves.turn(now);
        let network = network_of(address);
        if halves.present.len() < CAPACITY || halves.present.contains_key(&network) {
            let count = halves.present.entry(network).or_default();
            *count = count.saturating_add(1);
        }
    }

    /// Writes the counts into the gauges.
    pub fn publish(&self) {
        let (worst, sources) = self.summary(Instant::now());
        gauge!(FAILURES_OF_WORST_SOURCE).set(worst);
        for (threshold, count) in THRESHOLDS.into_iter().zip(sources) {
            gauge!(FAILURE_SOURCES, "at_least" => threshold.to_string()).set(count);
        }
    }

    /// The failures of the worst network, and how many networks reach each threshold.
    fn summary(&self, now: Instant) -> (u32, [u32; 3]) {
        let mut halves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        halves.turn(now);
        let mut worst = 0;
        let mut sources = [0; 3];
        let only_past = halves.past.iter().filter(|(network, _)| !halves.present.contains_key(*network));
        for (network, count) in halves.present.iter().chain(only_past) {
            let before = if halves.present.contains_key(network) { halves.past.get(network) } else { None };
            let count = count.saturating_add(before.copied().unwrap_or(0));
            worst = worst.max(count);
            for (threshold, source) in THRESHOLDS.iter().zip(&mut sources) {
                *source += u32::from(count >= *threshold);
            }
        }
        (worst, sources)
    }
}

impl Halves {
    fn turn(&mut self, now: Instant) {
        let age = now.saturating_duration_since(self.since);
        if age < WINDOW / 2 {
            return;
        }
        let present = std::mem::take(&mut self.present);
        self.past = if age < WINDOW { present } else { HashMap::new() };
        self.since = now;
    }
}

fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => Ipv4Addr::from_bits(address.to_bits() & (u32::MAX << 8)).into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 80)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fail(sources: &FailureSources, address: &str, times: u32, now: Instant) {
        (0..times).for_each(|_| sources.failed(address.parse().unwrap(), now));
    }

    #[test]
    fn failures_add_up_by_network() {
        let (sources, now) = (FailureSources::default(), Instant::now());
        fail(&sources, "203.0.113.7", 6, now);
        fail(&sources, "::ffff:203.0.113.200", 5, now);
        fail(&sources, "2001:db8:1:2::1", 30, now);
        fail(&sources, "2001:db8:1:ff::9", 20, now);
        fail(&sources, "198.51.100.1", 9, now);
        assert_eq!(sources.summary(now), (50, [2, 1, 0]));
    }

    #[test]
    fn failures_are_forgotten_after_the_window() {
        let (sources, now) = (FailureSources::default(), Instant::now());
        fail(&sources, "203.0.113.7", 6, now);
        let later = now + WINDOW * 6 / 10;
        fail(&sources, "203.0.113.7", 6, later);
        assert_eq!(sources.summary(later), (12, [1, 0, 0]));
        assert_eq!(sources.summary(later + WINDOW * 6 / 10), (6, [0, 0, 0]));
        assert_eq!(sources.summary(later + WINDOW * 2), (0, [0, 0, 0]));
    }

    #[test]
    fn the_memory_of_networks_is_bounded() {
        let (sources, now) = (FailureSources::default(), Instant::now());
        for n in 0..u32::try_from(CAPACITY).unwrap() + 100 {
            sources.failed(Ipv4Addr::from_bits(n << 8).into(), now);
        }
        assert_eq!(sources.0.lock().unwrap().present.len(), CAPACITY);
    }
}
