//! Seal anew what was sealed with a former key, so that this is not needed any more.

use secrecy::ExposeSecret as _;

use voxgate_domain::ports::UnitOfWork;
use voxgate_domain::webhook::{PreviousSecret, WebhookEndpoint};

use crate::{Application, Error, outbox, second_factor, webhook_secrets};

/// How many secrets were looked at and sealed anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Secrets of authenticator apps that were sealed anew.
    pub totp_secrets: u64,
    /// Contents of mails that were sealed anew.
    pub mails: u64,
    /// Endpoints of webhooks whose secrets were sealed anew.
    pub webhooks: u64,
    /// Secrets that the present key had sealed already.
    pub current: u64,
}

impl Resealed {
    /// All that were looked at.
    #[must_use]
    pub const fn seen(&self) -> u64 {
        self.totp_secrets.saturating_add(self.mails).saturating_add(self.webhooks).saturating_add(self.current)
    }
}

impl Application {
    /// The most secrets of one transaction.
    const RESEALED_AT_ONCE: u32 = 100;

    /// Seals every stored secret with the present key: those of authenticator apps, the mails that have not left,
    /// and those of webhooks.
    /// Each batch commits, so that a run that was cut off goes on where it was; `progress` is told after each.
    ///
    /// What changed meanwhile is left alone: whoever changed it sealed it, and with the present key once every replica
    /// has it.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] when a secret cannot be opened, because its key is not in the ring; an error of the store.
    pub async fn reseal_secrets(&self, progress: &(dyn Fn(Resealed) + Send + Sync)) -> Result<Resealed, Error> {
        let mut resealed = Resealed::default();
        let mut after = None;
        loop {
            let mut uow = self.ports.store.begin().await?;
            let batch = uow.factors().sealed_after(after, Self::RESEALED_AT_ONCE).await?;
            for (user, old) in &batch {
                match self.sealed_anew(&second_factor::context(*user), old)? {
                    Some(new) => resealed.totp_secrets += u64::from(uow.factors().reseal(*user, old, &new).await?),
                    None => resealed.current += 1,
                }
            }
            uow.commit().await?;
            progress(resealed);
            after = batch.last().map(|(user, _)| *user);
            if after.is_none() {
                break;
            }
        }
        let mut after = None;
        loop {
            let mut uow = self.ports.store.begin().await?;
            let batch = uow.outbox().sealed_after(after, Self::RESEALED_AT_ONCE).await?;
            for (id, old) in &batch {
                match self.sealed_anew(&outbox::context(*id), old)? {
                    Some(new) => resealed.mails += u64::from(uow.outbox().reseal(*id, old, &new).await?),
                    None => resealed.current += 1,
                }
            }
            uow.commit().await?;
            progress(resealed);
            after = batch.last().map(|(id, _)| *id);
            if after.is_none() {
                break;
            }
        }
        let mut after = None;
        loop {
            let mut uow = self.ports.store.begin().await?;
            let batch = uow.webhooks().after(after, Self::RESEALED_AT_ONCE).await?;
            for endpoint in &batch {
                let anew = self.reseal_webhook(&mut *uow, endpoint).await?;
                resealed.webhooks += u64::from(anew);
                resealed.current += u64::from(!anew);
            }
            uow.commit().await?;
            progress(resealed);
            after = batch.last().map(|endpoint| endpoint.id);
            if after.is_none() {
                return Ok(resealed);
            }
        }
    }

    /// Whether a secret of the endpoint had to be sealed anew.
    async fn reseal_webhook(&self, uow: &mut dyn UnitOfWork, endpoint: &WebhookEndpoint) -> Result<bool, Error> {
        let context = webhook_secrets::context(endpoint.id);
        // Held, since an administrator may be changing it.
        let Some(held) = uow.webhooks().lock(endpoint.id).await? else { return Ok(false) };
        let present = self.sealed_anew(&context, &held.sealed_secret)?;
        let former = held.previous.as_ref().map(|previous| self.sealed_anew(&context, &previous.sealed)).transpose()?;
        let former = former.flatten();
        if present.is_none() && former.is_none() {
            return Ok(false);
        }
        let sealed_secret = present.unwrap_or_else(|| held.sealed_secret.clone());
        let previous = held
            .previous
            .clone()
            .map(|previous| PreviousSecret { sealed: former.unwrap_or_else(|| previous.sealed.clone()), ..previous });
        uow.webhooks().save(&WebhookEndpoint { sealed_secret, previous, ..held }).await?;
        Ok(true)
    }

    /// What `old` holds, sealed with the present key; nothing when it is already.
    fn sealed_anew(&self, context: &str, old: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        if self.ports.cipher.is_current(old) {
            return Ok(None);
        }
        let plain = self.ports.cipher.open(context, old)?;
        Ok(Some(self.ports.cipher.seal(context, plain.expose_secret())?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};
    use voxgate_domain::{MailId, UserId};

    use crate::test_support::{Counter, Doubles, Journal, Unit, active, now, webhook};

    /// It is part of what is stored: by other words nothing of it can be read any more.
    #[test]
    fn what_binds_a_secret_to_its_place_stays_as_it_is() {
        let (user, mail, endpoint) = (active().id, MailId::generate(now(), &Counter::default()), webhook().id);
        assert_eq!(second_factor::context(user), format!("totp_factors/{user}"));
        assert_eq!(outbox::context(mail), format!("mail_outbox/{mail}"));
        assert_eq!(webhook_secrets::context(endpoint), format!("webhook_endpoints/{endpoint}"));
    }

    #[tokio::test]
    async fn what_a_former_key_sealed_is_sealed_anew_batch_by_batch() {
        let journal = Journal::default();
        let unit = || Unit::new(&journal);
        let user: UserId = active().id;
        let mail = MailId::generate(now(), &Counter::default());
        let [mut first, mut none, mut mails, mut no_mails] = [unit(), unit(), unit(), unit()];
        let [mut webhooks, mut no_webhooks] = [unit(), unit()];
        let secrets = vec![(user, b"former".to_vec())];
        first.factors.expect_sealed_after().withf(|after, _| after.is_none()).return_once(|_, _| Ok(secrets));
        first.factors.expect_reseal().times(1).returning(|_, _, _| Ok(true));
        none.factors.expect_sealed_after().withf(move |after, _| *after == Some(user)).returning(|_, _| Ok(Vec::new()));
        let contents = vec![(mail, b"current".to_vec())];
        mails.outbox.expect_sealed_after().return_once(|_, _| Ok(contents));
        no_mails.outbox.expect_sealed_after().returning(|_, _| Ok(Vec::new()));
        webhooks.webhooks.expect_after().return_once(|_, _| Ok(vec![webhook()]));
        webhooks.webhooks.expect_lock().returning(|_| Ok(Some(webhook())));
        webhooks.webhooks.expect_save().times(1).returning(|_| Ok(()));
        no_webhooks.webhooks.expect_after().withf(|after, _| after.is_some()).returning(|_, _| Ok(Vec::new()));
        let mut doubles = Doubles::new();
        for unit in [first, none, mails, no_mails, webhooks, no_webhooks] {
            doubles = doubles.with_unit(unit);
        }

        let told = AtomicU64::new(0);
        let count = |_| {
            told.fetch_add(1, Ordering::Relaxed);
        };
        let resealed = doubles.application().reseal_secrets(&count).await.unwrap();

        assert_eq!(resealed, Resealed { totp_secrets: 1, mails: 0, webhooks: 1, current: 1 });
        assert_eq!(resealed.seen(), 3);
        assert_eq!((journal.lines(), told.into_inner()), (vec!["commit".to_owned(); 6], 6));
    }
}
