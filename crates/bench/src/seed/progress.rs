//! How far it is: a bar on a terminal, a line every ten seconds elsewhere.

use std::fmt;
use std::io::{IsTerminal as _, Write as _, stderr, stdout};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{HumanCount, ProgressBar, ProgressStyle};

use super::rows::Batch;
use super::tables;

/// How often a line comes where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// How far it is.
#[derive(Clone)]
pub(super) struct Progress {
    bar: ProgressBar,
    lines: Option<Arc<Mutex<Lines>>>,
}

struct Lines {
    began: Instant,
    last: Instant,
    goal: (u64, u64),
    done: (u64, u64),
}

impl Progress {
    pub(super) fn new(users: u64, events: u64) -> Self {
        let terminal = stderr().is_terminal();
        let bar = if terminal { ProgressBar::new(users + events) } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template("{wide_bar} {human_pos}/{human_len} rows, {eta} left") {
            bar.set_style(style);
        }
        let now = Instant::now();
        let lines = Lines { began: now, last: now, goal: (users, events), done: (0, 0) };
        Self { bar, lines: (!terminal).then(|| Arc::new(Mutex::new(lines))) }
    }

    /// A batch was written.
    pub(super) fn wrote(&self, batch: &Batch) {
        let rows = batch.len() as u64;
        let (users, events) = match batch.table.name {
            name if name == tables::USERS.name => (rows, 0),
            name if name == tables::AUDIT_LOGS.name => (0, rows),
            _ => return,
        };
        self.bar.inc(rows);
        let Some(lines) = &self.lines else { return };
        let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.done = (lines.done.0 + users, lines.done.1 + events);
        if lines.last.elapsed() >= LINE_EVERY {
            lines.last = Instant::now();
            say(format_args!(
                "{:.0} s: {} of {} users, {} of {} events",
                lines.began.elapsed().as_secs_f64(),
                HumanCount(lines.done.0),
                HumanCount(lines.goal.0),
                HumanCount(lines.done.1),
                HumanCount(lines.goal.1),
            ));
        }
    }

    /// A step that has no rows begins.
    pub(super) fn step(&self, what: &'static str) {
        match &self.lines {
            Some(_) => say(format_args!("{what} …")),
            None => self.bar.println(format!("{what} …")),
        }
    }

    /// All is done.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// A line for whoever started this.
pub(super) fn say(line: fmt::Arguments<'_>) {
    // Whoever closed the pipe does not want to know.
    writeln!(stdout(), "{line}").ok();
}

/// A line about what went wrong.
pub(super) fn complain(line: fmt::Arguments<'_>) {
    writeln!(stderr(), "{line}").ok();
}
