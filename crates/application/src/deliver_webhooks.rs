//! Deliver webhooks: the background half of every event for subscribers.

use voxgate_domain::ports::{WebhookError, WebhookMessage, WebhookSender};
use voxgate_domain::webhook::{DeliveryStatus, WebhookDelivery, WebhookEndpoint};
use voxgate_domain::{Act, WebhookId};

use crate::caller::Who;
use crate::dispatch_outbox::describe;
use crate::transaction::settle;
use crate::{Application, Error};

/// What the delivering of webhooks asks of whoever runs it.
pub trait DeliveryRun: Send + Sync {
    /// Whether more shall be claimed.
    fn goes_on(&self) -> bool;
    /// A try ended so: pending means that there will be another.
    fn ended(&self, status: DeliveryStatus);
}

impl Application {
    /// The endpoints for which something is due.
    ///
    /// # Errors
    ///
    /// An error of the store.
    pub async fn due_webhooks(&self) -> Result<Vec<WebhookId>, Error> {
        Ok(self.ports.webhooks.due_endpoints(self.ports.clock.now()).await?)
    }

    /// Sends an endpoint what is due, one message after the other, until there is nothing more or `run` says that it is
    /// enough. Several that run at once, here or on other replicas, share the users between them, and keep the order of
    /// each.
    ///
    /// A delivery is claimed before it is sent and settled after: a crash in between sends it once more, and never loses
    /// it.
    ///
    /// # Errors
    ///
    /// An error of the store. A message that is not taken is none, it is sent again by the policy.
    pub async fn deliver_webhooks(
        &self,
        id: WebhookId,
        sender: &dyn WebhookSender,
        run: &dyn DeliveryRun,
    ) -> Result<(), Error> {
        while run.goes_on() {
            let Some((endpoint, delivery)) = self.claim_webhook(id).await? else { break };
            if let Some(status) = self.try_delivery(&endpoint, delivery, sender).await? {
                run.ended(status);
            }
        }
        Ok(())
    }

    async fn claim_webhook(&self, id: WebhookId) -> Result<Option<(WebhookEndpoint, WebhookDelivery)>, Error> {
        let found = self.ports.webhooks.endpoint(id).await?;
        let Some(endpoint) = found.filter(WebhookEndpoint::is_enabled) else { return Ok(None) };
        let now = self.ports.clock.now();
        let until = now.plus(self.policies.webhooks.in_flight());
        let mut uow = self.ports.store.begin().await?;
        let claimed = uow.webhooks().claim(id, now, until, 1).await.map_err(Error::from);
        Ok(settle(uow, claimed).await?.pop().map(|delivery| (endpoint, delivery)))
    }

    /// Sends one message; how that ended, unless somebody else has seen to it meanwhile.
    async fn try_delivery(
        &self,
        endpoint: &WebhookEndpoint,
        delivery: WebhookDelivery,
        sender: &dyn WebhookSender,
    ) -> Result<Option<DeliveryStatus>, Error> {
        let sent = match self.signing_secrets(endpoint) {
            Ok(secrets) => {
                let message = WebhookMessage {
                    url: endpoint.url.clone(),
                    id: delivery.event.id,
                    sent_at: self.ports.clock.now(),
                    body: delivery.body(),
                    secrets,
                };
                sender.send(&message).await
            }
            Err(error) => Err(WebhookError::NotReached(error.into())),
        };
        let gone = matches!(sent, Err(WebhookError::Gone));
        let ended = self.after_try(delivery, sent);
        let mut uow = self.ports.store.begin().await?;
        let settled: Result<bool, Error> = async {
            let now = self.ports.clock.now();
            if gone && let Some(there) = uow.webhooks().lock(endpoint.id).await?.filter(WebhookEndpoint::is_enabled) {
                uow.webhooks().save(&there.gone(now)).await?;
                let act = Act::WebhookGone { endpoint: endpoint.id };
                uow.audit().record(&self.event(act, Who::default())).await?;
            }
            Ok(uow.webhooks().settle(&ended, now).await?)
        }
        .await;
        Ok(settle(uow, settled).await?.then_some(ended.status))
    }

    /// What becomes of a delivery after a try.
    fn after_try(&self, delivery: WebhookDelivery, sent: Result<(), WebhookError>) -> WebhookDelivery {
        let now = self.ports.clock.now();
        let (id, endpoint, attempts) = (delivery.event.id, delivery.endpoint, delivery.attempts);
        let Err(error) = sent else {
            let finished_at = Some(now);
            return WebhookDelivery { status: DeliveryStatus::Delivered, finished_at, last_error: None, ..delivery };
        };
        let mut chance = [0; 2];
        self.ports.entropy.fill(&mut chance);
        let policy = &self.policies.webhooks;
        let next = policy.next_attempt(delivery.queued_at, attempts, now, u16::from_be_bytes(chance));
        let report = describe(&error);
        match next {
            Some(at) => {
                tracing::warn!(webhook = %endpoint, event = %id, attempts, %at, error = report, "webhook put off");
                WebhookDelivery { next_attempt_at: at, last_error: Some(report), ..delivery }
            }
            None => {
                tracing::error!(webhook = %endpoint, event = %id, attempts, error = report, "webhook given up");
                let (status, finished_at) = (DeliveryStatus::Dead, Some(now));
                WebhookDelivery { status, finished_at, last_error: Some(report), ..delivery }
            }
        }
    }
}

#[cfg(test)]
#[path = "deliver_webhooks_tests.rs"]
mod tests;
