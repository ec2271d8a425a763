//! Change an endpoint of webhooks, give it another secret, and remove it.

use voxgate_domain::ports::UnitOfWork;
use voxgate_domain::webhook::{WebhookChange, WebhookEndpoint, WebhookSecret};
use voxgate_domain::{Act, WebhookId};

use crate::transaction::settle;
use crate::{Application, Caller, Error};

impl Application {
    /// Replaces all that an administrator says of an endpoint. What was queued to it meanwhile waits while it is off.
    ///
    /// # Errors
    ///
    /// [`Error::ReauthenticationRequired`]; [`Error::UnsafeWebhookUrl`]; [`Error::NotFound`]; an error of the store.
    pub async fn update_webhook(
        &self,
        caller: &Caller,
        id: WebhookId,
        wanted: WebhookChange,
    ) -> Result<WebhookEndpoint, Error> {
        self.require_recent_authentication(caller)?;
        self.check_webhook_url(&wanted.url)?;
        let act = Act::WebhookUpdated { endpoint: id };
        let now = self.ports.clock.now();
        let mut uow = self.ports.store.begin().await?;
        let changed = self.change(&mut *uow, caller, act, id, |endpoint| endpoint.change(wanted, now)).await;
        settle(uow, changed).await
    }

    /// Gives an endpoint another secret, which is shown this once. The present one signs beside it for
    /// [a while](voxgate_domain::policy::WebhookPolicy::rotation_overlap).
    ///
    /// # Errors
    ///
    /// [`Error::ReauthenticationRequired`]; [`Error::NotFound`]; an error of the store.
    pub async fn rotate_webhook_secret(
        &self,
        caller: &Caller,
        id: WebhookId,
    ) -> Result<(WebhookEndpoint, WebhookSecret), Error> {
        self.require_recent_authentication(caller)?;
        let (secret, sealed) = self.new_webhook_secret(id)?;
        let act = Act::WebhookSecretRotated { endpoint: id };
        let (now, overlap) = (self.ports.clock.now(), self.policies.webhooks.rotation_overlap);
        let mut uow = self.ports.store.begin().await?;
        let rotated = self.change(&mut *uow, caller, act, id, |endpoint| endpoint.rotate(sealed, overlap, now)).await;
        Ok((settle(uow, rotated).await?, secret))
    }

    /// Removes an endpoint with all that is on its way to it.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; an error of the store.
    pub async fn delete_webhook(&self, caller: &Caller, id: WebhookId) -> Result<(), Error> {
        let mut uow = self.ports.store.begin().await?;
        let removed: Result<(), Error> = async {
            if !uow.webhooks().remove(id).await? {
                return Err(Error::NotFound);
            }
            let act = Act::WebhookDeleted { endpoint: id };
            Ok(uow.audit().record(&self.event(act, caller.on_self().about(None))).await?)
        }
        .await;
        settle(uow, removed).await
    }

    async fn change(
        &self,
        uow: &mut dyn UnitOfWork,
        caller: &Caller,
        act: Act,
        id: WebhookId,
        decide: impl FnOnce(WebhookEndpoint) -> WebhookEndpoint + Send,
    ) -> Result<WebhookEndpoint, Error> {
        let endpoint = decide(uow.webhooks().lock(id).await?.ok_or(Error::NotFound)?);
        uow.webhooks().save(&endpoint).await?;
        uow.audit().record(&self.event(act, caller.on_self().about(None))).await?;
        Ok(endpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::test_support::{Doubles, Journal, Unit, fresh_caller, webhook, webhook_wanted};

    fn holding(journal: &Journal, endpoint: Option<WebhookEndpoint>) -> Unit {
        let mut unit = Unit::new(journal);
        unit.webhooks.expect_lock().returning(move |_| Ok(endpoint.clone()));
        unit
    }

    #[tokio::test]
    async fn an_endpoint_is_switched_off_by_who_says_so() {
        let journal = Journal::default();
        let mut unit = holding(&journal, Some(webhook()));
        unit.webhooks.expect_save().withf(|saved| !saved.is_enabled()).times(1).returning(|_| Ok(()));
        let app = Doubles::new().with_unit(unit).application();
        let off = WebhookChange { enabled: false, ..webhook_wanted() };
        app.update_webhook(&fresh_caller(), webhook().id, off).await.unwrap();
        assert_eq!(journal.lines(), ["audit webhook.updated", "commit"]);
    }

    #[tokio::test]
    async fn another_secret_leaves_the_present_one_beside_it() {
        let journal = Journal::default();
        let mut unit = holding(&journal, Some(webhook()));
        let former = webhook().sealed_secret;
        unit.webhooks
            .expect_save()
            .withf(move |saved| saved.previous.as_ref().is_some_and(|previous| previous.sealed == former))
            .times(1)
            .returning(|_| Ok(()));
        let app = Doubles::new().with_unit(unit).application();
        let (endpoint, secret) = app.rotate_webhook_secret(&fresh_caller(), webhook().id).await.unwrap();
        assert_eq!(endpoint.sealed_secret, secret.expose());
        assert_eq!(journal.lines(), ["audit webhook.secret_rotated", "commit"]);
    }

    #[tokio::test]
    async fn what_is_not_there_is_neither_changed_nor_removed() {
        let journal = Journal::default();
        let mut none = holding(&journal, None);
        none.webhooks.expect_remove().returning(|_| Ok(false));
        let app = Doubles::new().with_unit(holding(&journal, None)).with_unit(none).application();
        let updated = app.update_webhook(&fresh_caller(), webhook().id, webhook_wanted()).await;
        assert!(matches!(updated, Err(Error::NotFound)));
        assert!(matches!(app.delete_webhook(&fresh_caller(), webhook().id).await, Err(Error::NotFound)));
        assert_eq!(journal.lines(), ["rollback", "rollback"]);
    }
}
