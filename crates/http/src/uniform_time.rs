//! Answers whose time tells nothing.

use std::time::Duration;

use tokio::time::Instant;

/// Answers come at whole steps of this after the request.
const STEP: Duration = Duration::from_millis(100);

/// Runs `task` and holds its answer back until the next whole step of 100 ms after the request came.
///
/// For what has to do more for one caller than for another and must not show it: registering a new address writes more
/// rows than registering a known one, and the link that is made for a known address keeps the database busy for whoever
/// comes next. The wait costs neither a thread nor a connection.
pub(crate) async fn uniform<T>(task: impl Future<Output = T>) -> T {
    let began = Instant::now();
    let answer = task.await;
    tokio::time::sleep_until(began + next_step(began.elapsed())).await;
    answer
}

/// The first whole step that is not before `elapsed`.
fn next_step(elapsed: Duration) -> Duration {
    let steps = elapsed.as_micros().div_ceil(STEP.as_micros()).max(1);
    STEP.saturating_mul(u32::try_from(steps).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(0, 100)]
    #[case(1, 100)]
    #[case(100, 100)]
    #[case(101, 200)]
    #[case(999, 1_000)]
    fn an_answer_comes_at_the_next_whole_step(#[case] elapsed: u64, #[case] answered: u64) {
        assert_eq!(next_step(Duration::from_millis(elapsed)), Duration::from_millis(answered));
    }
}
