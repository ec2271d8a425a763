//! How far a check is, for whoever waits for it.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

/// A line on a terminal that says how far a check is: only when it takes longer than a moment, and only where somebody
/// looks.
pub(in crate::commands) struct Progress {
    begun: Instant,
    shown: Option<Instant>,
    terminal: bool,
}

impl Progress {
    const MOMENT: Duration = Duration::from_secs(2);
    const EVERY: Duration = Duration::from_millis(200);

    pub(in crate::commands) fn begin() -> Self {
        Self { begun: Instant::now(), shown: None, terminal: std::io::stderr().is_terminal() }
    }

    /// How long it has taken.
    pub(in crate::commands) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// `done` of `total`, which is 0 when it is not known.
    pub(in crate::commands) fn at(&mut self, done: u64, total: u64) {
        let due = self.shown.is_none_or(|shown| shown.elapsed() >= Self::EVERY);
        if !self.terminal || !due || self.elapsed() < Self::MOMENT {
            return;
        }
        self.shown = Some(Instant::now());
        let of = if total == 0 { String::new() } else { format!(" of {total}") };
        let _ = write!(std::io::stderr(), "\r\x1b[K{done}{of} events");
    }

    /// Takes the line away.
    pub(in crate::commands) fn end(&mut self) {
        if self.shown.take().is_some() {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}
