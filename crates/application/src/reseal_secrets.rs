//! Seal anew what was sealed with a former key, so that this is not needed any more.

use secrecy::ExposeSecret as _;

use crate::{Application, Error, outbox, second_factor};

/// How many secrets were looked at and sealed anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Secrets of authenticator apps that were sealed anew.
    pub totp_secrets: u64,
    /// Contents of mails that were sealed anew.
    pub mails: u64,
    /// Secrets that the present key had sealed already.
    pub current: u64,
}

impl Resealed {
    /// All that were looked at.
    #[must_use]
    pub const fn seen(&self) -> u64 {
        self.totp_secrets.saturating_add(self.mails).saturating_add(self.current)
    }
}

impl Application {
    /// The most secrets of one transaction.
    const RESEALED_AT_ONCE: u32 = 100;

    /// Seals every stored secret with the present key: those of authenticator apps, and the mails that have not left.
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
                return Ok(resealed);
            }
        }
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

    use crate::test_support::{Counter, Doubles, Journal, Unit, active, now};

    #[tokio::test]
    async fn what_a_former_key_sealed_is_sealed_anew_batch_by_batch() {
        let journal = Journal::default();
        let unit = || Unit::new(&journal);
        let user: UserId = active().id;
        let mail = MailId::generate(now(), &Counter::default());
        let [mut first, mut none, mut mails, mut no_mails] = [unit(), unit(), unit(), unit()];
        let secrets = vec![(user, b"former".to_vec())];
        first.factors.expect_sealed_after().withf(|after, _| after.is_none()).return_once(|_, _| Ok(secrets));
        first.factors.expect_reseal().times(1).returning(|_, _, _| Ok(true));
        none.factors.expect_sealed_after().withf(move |after, _| *after == Some(user)).returning(|_, _| Ok(Vec::new()));
        let contents = vec![(mail, b"current".to_vec())];
        mails.outbox.expect_sealed_after().return_once(|_, _| Ok(contents));
        no_mails.outbox.expect_sealed_after().returning(|_, _| Ok(Vec::new()));
        let mut doubles = Doubles::new();
        for unit in [first, none, mails, no_mails] {
            doubles = doubles.with_unit(unit);
        }

        let told = AtomicU64::new(0);
        let count = |_| {
            told.fetch_add(1, Ordering::Relaxed);
        };
        let resealed = doubles.application().reseal_secrets(&count).await.unwrap();

        assert_eq!(resealed, Resealed { totp_secrets: 1, mails: 0, current: 1 });
        assert_eq!(resealed.seen(), 2);
        assert_eq!((journal.lines(), told.into_inner()), (vec!["commit".to_owned(); 4], 4));
    }
}
