//! Make an endpoint of webhooks.

use voxgate_domain::policy::Inadmissible;
use voxgate_domain::webhook::{WebhookChange, WebhookEndpoint, WebhookSecret};
use voxgate_domain::{Act, WebhookId};

use crate::transaction::settle;
use crate::{Application, Caller, Error};

impl Application {
    /// Makes an endpoint, which is told of what happens from now on. Its secret is shown this once.
    ///
    /// # Errors
    ///
    /// [`Error::ReauthenticationRequired`]; [`Error::UnsafeWebhookUrl`]; [`Error::Inadmissible`] when there are as many as
    /// there may be; an error of the store.
    pub async fn create_webhook(
        &self,
        caller: &Caller,
        wanted: WebhookChange,
    ) -> Result<(WebhookEndpoint, WebhookSecret), Error> {
        self.require_recent_authentication(caller)?;
        self.check_webhook_url(&wanted.url)?;
        let now = self.ports.clock.now();
        let id = WebhookId::generate(now, &*self.ports.entropy);
        let (secret, sealed) = self.new_webhook_secret(id)?;
        let endpoint = WebhookEndpoint::create(id, wanted, sealed, now);
        let mut uow = self.ports.store.begin().await?;
        let created: Result<(), Error> = async {
            if !uow.webhooks().add(&endpoint).await? {
                return Err(Inadmissible::TooManyWebhooks.into());
            }
            let act = Act::WebhookCreated { endpoint: id };
            Ok(uow.audit().record(&self.event(act, caller.on_self().about(None))).await?)
        }
        .await;
        settle(uow, created).await?;
        Ok((endpoint, secret))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use voxgate_domain::webhook::WebhookUrl;

    use crate::test_support::{Doubles, Journal, Unit, active, caller, fresh_caller, session, webhook_wanted};

    #[tokio::test]
    async fn an_endpoint_is_made_with_a_secret_that_is_kept_encrypted() {
        let journal = Journal::default();
        let mut unit = Unit::new(&journal);
        unit.webhooks
            .expect_add()
            .withf(|made| made.is_enabled() && made.sealed_secret.len() == 32)
            .times(1)
            .returning(|_| Ok(true));
        let app = Doubles::new().with_unit(unit).application();

        let (endpoint, secret) = app.create_webhook(&fresh_caller(), webhook_wanted()).await.unwrap();

        // The double of the cipher seals by doing nothing.
        assert_eq!(endpoint.sealed_secret, secret.expose());
        assert_eq!(journal.lines(), ["audit webhook.created", "commit"]);
    }

    #[tokio::test]
    async fn there_are_not_more_than_there_may_be() {
        let journal = Journal::default();
        let mut unit = Unit::new(&journal);
        unit.webhooks.expect_add().returning(|_| Ok(false));
        let app = Doubles::new().with_unit(unit).application();
        let refused = app.create_webhook(&fresh_caller(), webhook_wanted()).await;
        assert!(matches!(refused, Err(Error::Inadmissible(Inadmissible::TooManyWebhooks))));
        assert_eq!(journal.lines(), ["rollback"]);
    }

    #[tokio::test]
    async fn nobody_makes_one_without_having_proven_who_they_are_or_without_encryption() {
        let stale = caller(&active(), session(&active()));
        let refused = Doubles::new().application().create_webhook(&stale, webhook_wanted()).await;
        assert!(matches!(refused, Err(Error::ReauthenticationRequired { .. })));
        let url = WebhookUrl::parse("http://localhost/in").unwrap();
        let plain = WebhookChange { url, ..webhook_wanted() };
        let refused = Doubles::new().application().create_webhook(&fresh_caller(), plain).await;
        assert!(matches!(refused, Err(Error::UnsafeWebhookUrl)));
    }
}
