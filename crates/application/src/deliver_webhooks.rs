//! Deliver webhooks: the background half of every event for subscribers.

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
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
    /// The most messages that are under way to one endpoint at once, each about another user.
    pub const WEBHOOKS_AT_ONCE: usize = 8;

    /// The endpoints for which something is due.
    ///
    /// # Errors
    ///
    /// An error of the store.
    pub async fn due_webhooks(&self) -> Result<Vec<WebhookId>, Error> {
        Ok(self.ports.webhooks.due_endpoints(self.ports.clock.now()).await?)
    }

    /// Sends an endpoint all that is due, until there is nothing more or `run` says that it is enough: in order for each
    /// user, and [several](Self::WEBHOOKS_AT_ONCE) users at once.
    ///
    /// A delivery is claimed before it is sent and settled after: a crash in between sends it once more, and never loses
    /// it. What another replica claims at the same time is left to it.
    ///
    /// # Errors
    ///
    /// An error of the store; what is under way then ends first. A message that is not taken is none, it is sent again by
    /// the policy.
    pub async fn deliver_webhooks(
        &self,
        id: WebhookId,
        sender: &dyn WebhookSender,
        run: &dyn DeliveryRun,
    ) -> Result<(), Error> {
        let mut under_way = FuturesUnordered::new();
        let mut failed = None;
        loop {
            let free = Self::WEBHOOKS_AT_ONCE.saturating_sub(under_way.len());
            if failed.is_none() && free > 0 && run.goes_on() {
                match self.claim_webhooks(id, free).await {
                    Ok((endpoint, claimed)) => {
                        let endpoint = std::sync::Arc::new(endpoint);
                        under_way.extend(claimed.into_iter().map(|delivery| {
                            let endpoint = std::sync::Arc::clone(&endpoint);
                            async move { self.try_delivery(&endpoint, delivery, sender).await }
                        }));
                    }
                    Err(Error::NotFound) => {}
                    Err(error) => failed = Some(error),
                }
            }
            match under_way.next().await {
                Some(Ok(Some(status))) => run.ended(status),
                Some(Ok(None)) => {}
                Some(Err(error)) => failed = failed.or(Some(error)),
                None => return failed.map_or(Ok(()), Err),
            }
        }
    }

    async fn claim_webhooks(
        &self,
        id: WebhookId,
        free: usize,
    ) -> Result<(WebhookEndpoint, Vec<WebhookDelivery>), Error> {
        let endpoint = self.webhook(id).await?;
        if !endpoint.is_enabled() {
            return Err(Error::NotFound);
        }
        let (now, limit) = (self.ports.clock.now(), u32::try_from(free).unwrap_or(1));
        let mut uow = self.ports.store.begin().await?;
        let until = now.plus(self.policies.webhooks.in_flight());
        let claimed = uow.webhooks().claim(id, now, until, limit).await.map_err(Error::from);
        Ok((endpoint, settle(uow, claimed).await?))
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
