//! As whom a service asks Voxgate.

use secrecy::SecretString;

/// A service account of Voxgate, by which this service gets tokens for itself (RFC 6749, section 2.3.1).
#[derive(Clone, Debug)]
pub struct ServiceCredentials {
    pub(crate) client_id: String,
    pub(crate) client_secret: SecretString,
}

impl ServiceCredentials {
    /// The id and the secret that Voxgate gave when the account was made.
    #[must_use]
    pub fn new(client_id: impl Into<String>, client_secret: impl Into<SecretString>) -> Self {
        Self { client_id: client_id.into(), client_secret: client_secret.into() }
    }
}
