//! Who does how much, and when: few do most, and more is done each month.

use std::time::Duration;

use voxgate_domain::Timestamp;

use super::chance::Chance;

/// A time of a period in which ever more happens: the density rises in proportion to the time since its begin. `share`
/// says how much of all has happened, from 0 to 1.
pub(super) fn growing((from, until): (Timestamp, Timestamp), share: f64) -> Timestamp {
    from.plus(until.since(from).mul_f64(share.clamp(0.0, 1.0).sqrt()))
}

/// The time of the `n`th of `count` things that happen ever more often, each at a place of its own.
pub(super) fn nth(period: (Timestamp, Timestamp), n: u64, count: u64, chance: &mut Chance) -> Timestamp {
    growing(period, (n as f64 + chance.unit() * 0.9) / count.max(1) as f64)
}

/// Which of `count` does something: the first hundredth does a third of all.
pub(super) fn few_of(count: u64, chance: &mut Chance) -> u64 {
    let place = chance.unit().powi(4) * count as f64;
    (place as u64).min(count.saturating_sub(1))
}

/// A time at most `within` before `until`.
pub(super) fn shortly_before(until: Timestamp, within: Duration, chance: &mut Chance) -> Timestamp {
    until.minus(within.mul_f64(chance.unit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period() -> (Timestamp, Timestamp) {
        (Timestamp::EPOCH, Timestamp::EPOCH.plus(Duration::from_secs(1_000)))
    }

    #[test]
    fn more_happens_later_and_in_order() {
        let mut chance = Chance::new(1, 1);
        let times: Vec<_> = (0..10_000).map(|n| nth(period(), n, 10_000, &mut chance)).collect();
        assert!(times.is_sorted());
        assert!(times.first() >= Some(&period().0) && times.last() <= Some(&period().1));
        let first_half = times.iter().filter(|at| at.since(Timestamp::EPOCH).as_secs() < 500).count();
        assert!((2_300..2_700).contains(&first_half), "a quarter in the first half: {first_half}");
    }

    #[test]
    fn few_do_most() {
        let mut chance = Chance::new(1, 1);
        let of_the_few = (0..10_000).filter(|_| few_of(1_000, &mut chance) < 10).count();
        assert!((2_900..3_400).contains(&of_the_few), "{of_the_few}");
        assert_eq!(few_of(1, &mut chance), 0);
    }
}
