//! Words to whoever runs the program: results on standard output, complaints on standard error, colour only where
//! somebody looks.

use std::fmt::Display;
use std::io::{IsTerminal as _, Write as _};

use owo_colors::OwoColorize as _;

/// Prints a line of the result. A reader that went away is not an error.
pub(crate) fn say(line: impl Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Says why the program failed.
pub(crate) fn complain(failure: impl Display) {
    let mut err = std::io::stderr();
    let _ = if err.is_terminal() {
        writeln!(err, "{} {failure}", "error:".red().bold())
    } else {
        writeln!(err, "error: {failure}")
    };
}

/// `text` in bold on a terminal.
pub(crate) fn heading(text: &str) -> String {
    if std::io::stdout().is_terminal() { text.bold().to_string() } else { text.to_owned() }
}

/// `text` dimmed on a terminal.
pub(crate) fn dim(text: &str) -> String {
    if std::io::stdout().is_terminal() { text.dimmed().to_string() } else { text.to_owned() }
}

/// Shows how far something has come, over what it showed before. For a terminal on standard error.
pub(crate) fn progress(line: impl Display) {
    let _ = write!(std::io::stderr(), "\r{line}\x1b[K");
}
