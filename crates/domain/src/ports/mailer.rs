//! Sending mail.

use async_trait::async_trait;

use super::Cause;
use crate::mail::Mail;

/// Writes a mail out and hands it to whatever delivers it.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Sends `mail`; when it returns, somebody else has taken responsibility for it.
    ///
    /// # Errors
    ///
    /// A [`MailError`]; the mail may be tried again later.
    async fn send(&self, mail: &Mail) -> Result<(), MailError>;
}

/// Why a mail did not leave.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MailError {
    /// The server cannot be reached, is slow, or refused.
    #[error("the mail server did not take the mail")]
    NotTaken(#[source] Cause),
    /// No mail can be made of it.
    #[error("the mail cannot be written")]
    Malformed(#[source] Cause),
}
