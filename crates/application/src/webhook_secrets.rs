//! What the use cases of webhooks share: secrets, and which URLs are fit.

use voxgate_domain::WebhookId;
use voxgate_domain::webhook::{WebhookEndpoint, WebhookSecret, WebhookUrl};

use crate::{Application, Error};

impl Application {
    /// A new secret of an endpoint, and its encrypted form.
    ///
    /// # Errors
    ///
    /// An error of the cipher.
    pub(crate) fn new_webhook_secret(&self, id: WebhookId) -> Result<(WebhookSecret, Vec<u8>), Error> {
        let secret = WebhookSecret::generate(&*self.ports.entropy);
        let sealed = self.ports.cipher.seal(&context(id), secret.expose())?;
        Ok((secret, sealed))
    }

    /// The secrets that sign what is sent to an endpoint now.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] when one cannot be decrypted.
    pub(crate) fn signing_secrets(&self, endpoint: &WebhookEndpoint) -> Result<Vec<WebhookSecret>, Error> {
        let context = context(endpoint.id);
        let open = |sealed: &[u8]| Ok(WebhookSecret::from_bytes(self.ports.cipher.open(&context, sealed)?));
        endpoint.signing(self.ports.clock.now()).map(open).collect()
    }

    /// Refuses a URL that is not fit for where this runs.
    ///
    /// # Errors
    ///
    /// [`Error::UnsafeWebhookUrl`].
    pub(crate) fn check_webhook_url(&self, url: &WebhookUrl) -> Result<(), Error> {
        if self.policies.webhooks.admits(url) { Ok(()) } else { Err(Error::UnsafeWebhookUrl) }
    }
}

/// Binds a secret to its endpoint, so that it cannot be moved to another.
pub(crate) fn context(id: WebhookId) -> String {
    format!("webhook_endpoints/{id}")
}
