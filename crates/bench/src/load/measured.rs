//! What a load came to.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

/// What a load came to.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Measured {
    /// Answers.
    pub(crate) requests: u64,
    /// Answers a second.
    pub(crate) per_second: f64,
    /// Times in milliseconds.
    pub(crate) p50_ms: f64,
    /// Likewise.
    pub(crate) p99_ms: f64,
    /// Likewise.
    pub(crate) p999_ms: f64,
}

impl Measured {
    /// Of the times of each client, which were counted for `lasting`.
    pub(super) fn of(times: Vec<Vec<Duration>>, lasting: Duration) -> Self {
        // Three significant digits, up to any time; the bounds are those of the crate.
        let Ok(mut histogram) = Histogram::<u64>::new(3) else { return Self::default() };
        for time in times.into_iter().flatten() {
            // It grows by itself: no time is too long.
            let _ = histogram.record(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
        }
        let millis = |quantile| Duration::from_nanos(histogram.value_at_quantile(quantile)).as_secs_f64() * 1e3;
        Self {
            requests: histogram.len(),
            #[expect(clippy::cast_precision_loss, reason = "no load has so many answers")]
            per_second: histogram.len() as f64 / lasting.as_secs_f64(),
            p50_ms: millis(0.5),
            p99_ms: millis(0.99),
            p999_ms: millis(0.999),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quantiles_are_those_of_all_clients_together() {
        let times = (1..=10).map(|client| (1..=100).map(|n| Duration::from_millis(client * n)).collect()).collect();
        let measured = Measured::of(times, Duration::from_secs(2));
        assert_eq!(measured.requests, 1_000);
        assert!((measured.per_second - 500.0).abs() < 0.01);
        assert!((measured.p999_ms - 990.0).abs() < 10.0, "{measured:?}");
        assert!(measured.p50_ms < measured.p99_ms && measured.p99_ms < measured.p999_ms, "{measured:?}");
    }
}
