//! The text as rustfmt leaves it.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::Error;

/// The style of the workspace (`rustfmt.toml`).
const CONFIG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rustfmt.toml");

/// Formats `text`.
pub(crate) fn rustfmt(text: &str) -> Result<String, Error> {
    let failed = |error: std::io::Error| Error::Format(error.to_string());
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path", CONFIG])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    // It reads everything before it writes anything.
    if let Some(mut input) = child.stdin.take() {
        input.write_all(text.as_bytes()).map_err(failed)?;
    }
    let output = child.wait_with_output().map_err(failed)?;
    if !output.status.success() {
        return Err(Error::Format(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    String::from_utf8(output.stdout).map_err(|error| Error::Format(error.to_string()))
}
