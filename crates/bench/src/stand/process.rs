//! What the operating system says of a process.

use std::time::Duration;

use procfs::process::Process;

use super::StandError;

/// What a process has used.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    /// Time on a processor, in the program and in the kernel for it.
    pub(crate) cpu: Duration,
    /// Memory that is resident, in bytes.
    pub(crate) resident: u64,
    /// The most that ever was.
    pub(crate) most_resident: u64,
}

impl Usage {
    /// Of the process `pid`.
    ///
    /// # Errors
    ///
    /// [`StandError::Failed`] when it is gone.
    pub(crate) fn of(pid: u32) -> Result<Self, StandError> {
        let gone = |error| StandError::Failed(format!("process {pid} cannot be looked at: {error}"));
        let process = Process::new(pid.cast_signed()).map_err(gone)?;
        let (stat, status) = (process.stat().map_err(gone)?, process.status().map_err(gone)?);
        let kib = |size: Option<u64>| size.unwrap_or_default() * 1_024;
        Ok(Self { cpu: ticks(stat.utime + stat.stime), resident: kib(status.vmrss), most_resident: kib(status.vmhwm) })
    }

    /// Of the process `pid` and those that it began, together: a database has a process a connection.
    ///
    /// # Errors
    ///
    /// [`StandError::Failed`] when it is gone.
    pub(crate) fn of_family(pid: u32) -> Result<Self, StandError> {
        let all = procfs::process::all_processes().map_err(|error| StandError::Failed(error.to_string()))?;
        let mut sum = Self::of(pid)?;
        for stat in all.flatten().filter_map(|process| process.stat().ok()) {
            if stat.ppid == pid.cast_signed() {
                sum.cpu += ticks(stat.utime + stat.stime);
            }
        }
        Ok(sum)
    }
}

fn ticks(count: u64) -> Duration {
    Duration::from_millis(count.saturating_mul(1_000) / procfs::ticks_per_second().max(1))
}
