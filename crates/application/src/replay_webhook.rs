//! Send events again to an endpoint of webhooks, and try one out.

use voxgate_domain::ports::UnitOfWork;
use voxgate_domain::webhook::{Replay, UserEvent};
use voxgate_domain::{Act, AuditEventId, WebhookId};

use crate::caller::Who;
use crate::transaction::settle;
use crate::{Application, Caller, Error};

impl Application {
    /// Queues events again to an endpoint, in their order; how many. Each keeps its id, so that a receiver that has it
    /// knows it.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; an error of the store.
    pub async fn replay_webhook(&self, caller: &Caller, id: WebhookId, replay: &Replay) -> Result<u64, Error> {
        self.replay_as(caller.on_self().about(None), id, replay).await
    }

    /// The same by an operator at the command line.
    ///
    /// # Errors
    ///
    /// As [`Application::replay_webhook`].
    pub async fn replay_webhook_as_operator(&self, id: WebhookId, replay: &Replay) -> Result<u64, Error> {
        self.replay_as(Who::default(), id, replay).await
    }

    async fn replay_as(&self, who: Who<'_>, id: WebhookId, replay: &Replay) -> Result<u64, Error> {
        let mut uow = self.ports.store.begin().await?;
        let queued = self.queue_again(&mut *uow, who, id, replay).await;
        settle(uow, queued).await
    }

    async fn queue_again(
        &self,
        uow: &mut dyn UnitOfWork,
        who: Who<'_>,
        id: WebhookId,
        replay: &Replay,
    ) -> Result<u64, Error> {
        let now = self.ports.clock.now();
        let endpoint = uow.webhooks().lock(id).await?.ok_or(Error::NotFound)?;
        let under_way_until = now.plus(self.policies.webhooks.in_flight());
        let count = uow.webhooks().replay(&endpoint, replay, now, under_way_until).await?;
        let act = Act::WebhookReplayed { endpoint: id, count };
        uow.audit().record(&self.event(act, who)).await?;
        Ok(count)
    }

    /// Queues a test to an endpoint; the id by which the receiver sees it.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; an error of the store.
    pub async fn test_webhook(&self, caller: &Caller, id: WebhookId) -> Result<AuditEventId, Error> {
        let event = self.event(Act::WebhookTested { endpoint: id }, caller.on_self().about(None));
        let mut uow = self.ports.store.begin().await?;
        let queued: Result<(), Error> = async {
            uow.webhooks().lock(id).await?.ok_or(Error::NotFound)?;
            uow.audit().record(&event).await?;
            Ok(uow.webhooks().queue_test(id, &UserEvent::test(event.id, event.occurred_at)).await?)
        }
        .await;
        settle(uow, queued).await?;
        Ok(event.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::test_support::{Doubles, Journal, Unit, fresh_caller, webhook};

    #[tokio::test]
    async fn a_replay_and_a_test_are_recorded() {
        let journal = Journal::default();
        let unit = || {
            let mut unit = Unit::new(&journal);
            unit.webhooks.expect_lock().returning(|_| Ok(Some(webhook())));
            unit
        };
        let (mut replayed, mut tested) = (unit(), unit());
        replayed.webhooks.expect_replay().withf(|_, what, _, _| *what == Replay::Dead).returning(|_, _, _, _| Ok(3));
        tested.webhooks.expect_queue_test().withf(|_, test| test.user.is_none()).times(1).returning(|_, _| Ok(()));
        let app = Doubles::new().with_unit(replayed).with_unit(tested).application();
        assert_eq!(app.replay_webhook(&fresh_caller(), webhook().id, &Replay::Dead).await.unwrap(), 3);
        app.test_webhook(&fresh_caller(), webhook().id).await.unwrap();
        assert_eq!(journal.lines(), ["audit webhook.replayed", "commit", "audit webhook.tested", "commit"]);
    }

    #[tokio::test]
    async fn nothing_is_sent_again_to_nobody() {
        let journal = Journal::default();
        let mut unit = Unit::new(&journal);
        unit.webhooks.expect_lock().returning(|_| Ok(None));
        let app = Doubles::new().with_unit(unit).application();
        let refused = app.replay_webhook_as_operator(webhook().id, &Replay::Dead).await;
        assert!(matches!(refused, Err(Error::NotFound)));
        assert_eq!(journal.lines(), ["rollback"]);
    }
}
