//! What can be wrong with a document.

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The document is not OpenAPI as this tool reads it.
    #[error("the document cannot be read: {0}")]
    Document(#[from] serde_json::Error),
    /// Something that this tool does not know.
    #[error("{place}: {what}; teach crates/client-codegen")]
    Unknown {
        /// Where in the document.
        place: String,
        /// What is there.
        what: String,
    },
    /// A field that sounds like a secret.
    #[error("{0} sounds like a secret: list it in crates/client-codegen/src/secrets.rs as one, or as harmless")]
    Undecided(String),
    /// The formatter does not run, or did not take the text.
    #[error("rustfmt: {0}; `rustup component add rustfmt` installs it")]
    Format(String),
}

impl Error {
    /// Something at `place` that this tool does not know.
    pub(crate) fn unknown(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self::Unknown { place: place.into(), what: what.into() }
    }
}
