//! Writes `crates/client/src/generated` from `crates/http/openapi.json`.
//!
//! - **Is**: a tool of this workspace, run by `just clients`. Its output is checked in, and a test compares it, so that
//!   whoever uses the client builds no generator.
//! - **Is not**: a generator for every OpenAPI document. It knows what this document uses, OpenAPI 3.1 with its null types
//!   included, and refuses the rest with a sentence, so that nothing is left out in silence.
//! - **May depend on it**: nothing.

mod document;
mod error;
mod format;
mod names;
mod operations;
mod queries;
mod secrets;
mod types;
mod usage;

use std::path::PathBuf;

pub use error::Error;

/// A file of the client: its name under `crates/client/src/generated`, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The name.
    pub name: &'static str,
    /// The text, as rustfmt leaves it.
    pub text: String,
}

/// The OpenAPI document of this workspace.
#[must_use]
pub fn document_path() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../http/openapi.json"))
}

/// Where the files go.
#[must_use]
pub fn output_path() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../client/src/generated"))
}

/// The files that `document`, an OpenAPI document as JSON, comes to.
///
/// # Errors
///
/// When the document uses something that this tool does not know, when a field that sounds like a secret is not listed as
/// one or the other, and when rustfmt is not there.
pub fn generate(document: &str) -> Result<Vec<File>, Error> {
    let document: document::Document = serde_json::from_str(document)?;
    let usage = usage::Usage::of(&document)?;
    let files = [
        ("types.rs", types::write(&document, &usage)?),
        ("queries.rs", queries::write(&document)?),
        ("operations.rs", operations::write(&document)?),
    ];
    files.into_iter().map(|(name, text)| Ok(File { name, text: format::rustfmt(&text)? })).collect()
}
