//! The clock of the machine.

use std::time::{Duration, SystemTime};

use voxgate_domain::Timestamp;
use voxgate_domain::ports::Clock;

/// The clock of the machine, to the microsecond.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is the Clock port: the one place that asks the machine")]
        let now = SystemTime::now();
        let since_epoch = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
        i64::try_from(since_epoch.as_micros()).ok().and_then(Timestamp::from_unix_micros).unwrap_or(Timestamp::EPOCH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_tells_a_time_after_this_was_written() {
        assert!(SystemClock.now().unix_seconds() > 1_700_000_000);
    }
}
