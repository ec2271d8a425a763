//! The clock of the machine.

use std::time::{Duration, SystemTime};

use voxgate_domain::Timestamp;
use voxgate_domain::ports::Clock;

/// The clock of the machine, to the microsecond.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is the Clock port: the one place that asks the machine")]
        let now = SystemTime::now();
        let since_epoch = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Timestamp::EPOCH.plus(since_epoch)
    }
}
