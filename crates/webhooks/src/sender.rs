//! Sending by HTTPS.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, StatusCode, redirect};
use url::{Host, Url};
use voxgate_domain::policy::WebhookPolicy;
use voxgate_domain::ports::{WebhookError, WebhookMessage, WebhookSender};

use crate::addresses::{AllowedAddresses, Forbidden};
use crate::signature;
use crate::trust::{SetUpError, believing};

/// How long a receiver may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a connection is kept for further messages.
const IDLE: Duration = Duration::from_secs(60);

/// Signs messages and posts them by HTTPS, over connections that are kept open for a while. Clones share them.
#[derive(Clone)]
pub struct HttpsSender {
    client: Client,
    policy: WebhookPolicy,
}

impl fmt::Debug for HttpsSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HttpsSender")
    }
}

impl HttpsSender {
    /// A sender that goes where `policy` allows, and believes the certificates of the public authorities and of those in
    /// `authority`, in PEM.
    ///
    /// # Errors
    ///
    /// A [`SetUpError`] when `authority` is none, or TLS cannot be set up.
    pub fn new(policy: WebhookPolicy, authority: Option<&str>) -> Result<Self, SetUpError> {
        let client = Client::builder()
            .user_agent("Voxgate-Webhooks/1")
            .tls_backend_preconfigured(believing(authority)?)
            .dns_resolver(Arc::new(AllowedAddresses(policy)))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT.min(policy.timeout))
            .timeout(policy.timeout)
            .pool_idle_timeout(IDLE)
            .build()
            .map_err(SetUpError::Client)?;
        Ok(Self { client, policy })
    }

    /// Where a message goes. A URL that names an address needs no resolver, so that is looked at here; the parser makes an
    /// address of every way to write one.
    fn target(&self, message: &WebhookMessage) -> Result<Url, WebhookError> {
        let url = Url::parse(message.url.as_str()).map_err(|error| WebhookError::NotReached(error.into()))?;
        let allowed = match url.host() {
            Some(Host::Ipv4(address)) => self.policy.allows(address.into()),
            Some(Host::Ipv6(address)) => self.policy.allows(address.into()),
            Some(Host::Domain(_)) | None => true,
        };
        if allowed && self.policy.admits(&message.url) { Ok(url) } else { Err(WebhookError::ForbiddenAddress) }
    }
}

#[async_trait]
impl WebhookSender for HttpsSender {
    async fn send(&self, message: &WebhookMessage) -> Result<(), WebhookError> {
        let url = self.target(message)?;
        let (id, timestamp) = (message.id.to_string(), message.sent_at.unix_seconds());
        let signatures: Vec<String> =
            message.secrets.iter().map(|secret| signature(secret, &id, timestamp, &message.body)).collect();
        let request = self
            .client
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signatures.join(" "))
            .body(message.body.clone());
        // The body of the answer is not read: dropping the answer ends what is left of it.
        match request.send().await.map_err(failure)?.status() {
            status if status.is_success() => Ok(()),
            StatusCode::GONE => Err(WebhookError::Gone),
            status => Err(WebhookError::Refused { status: status.as_u16() }),
        }
    }
}

/// What went wrong, without the URL, which may hold a secret in its query.
fn failure(error: reqwest::Error) -> WebhookError {
    if caused_by::<Forbidden>(&error) {
        return WebhookError::ForbiddenAddress;
    }
    if error.is_timeout() { WebhookError::TimedOut } else { WebhookError::NotReached(error.without_url().into()) }
}

fn caused_by<E: std::error::Error + 'static>(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<E>() {
            return true;
        }
        cause = error.source();
    }
    false
}
