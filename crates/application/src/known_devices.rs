//! Knowing a device again: which counter its failures go to, and whether its owner is told of a login.

use voxgate_domain::known_device::DeviceStanding;
use voxgate_domain::mail::Notice;
use voxgate_domain::ports::UnitOfWork;
use voxgate_domain::session::Device;
use voxgate_domain::{AttemptKey, DeviceId, EmailAddress, KnownDevice, SecretToken, User, UserId};

use crate::{Application, Error};

impl Application {
    /// The device that keeps `token`, when it speaks for `user`. A token that speaks for nobody costs the same.
    ///
    /// # Errors
    ///
    /// An error of the store.
    pub(crate) async fn recognize(
        &self,
        user: Option<UserId>,
        token: Option<&SecretToken>,
    ) -> Result<Option<KnownDevice>, Error> {
        let Some(token) = token else { return Ok(None) };
        let device = self.ports.store.known_device(self.ports.token_hasher.token(token)).await?;
        let now = self.ports.clock.now();
        Ok(device.filter(|device| user.is_some_and(|user| device.vouches_for(user, now))))
    }

    /// What failed logins are counted under: on a known device apart from those anywhere else, so that whoever fails on
    /// purpose for an address shuts only themselves out.
    pub(crate) fn login_counter(&self, address: &EmailAddress, device: Option<&KnownDevice>) -> AttemptKey {
        match device {
            Some(device) => self.ports.token_hasher.device_key(device.id),
            None => self.ports.token_hasher.attempt_key(address),
        }
    }

    /// Notes a login of `user` on `device`. One that is not known is from now on, by the token that is answered; its
    /// owner is told unless it is their first login, or one from where they logged in before.
    ///
    /// # Errors
    ///
    /// An error of the store.
    pub(crate) async fn meet_device(
        &self,
        uow: &mut dyn UnitOfWork,
        user: &User,
        device: &Device,
        known: Option<KnownDevice>,
    ) -> Result<(DeviceStanding, Option<SecretToken>), Error> {
        let now = self.ports.clock.now();
        if let Some(known) = known {
            uow.devices().seen(known.id, now).await?;
            return Ok((DeviceStanding::Known, None));
        }
        let returning = user.last_login_at.is_some();
        let used = returning && uow.sessions().has_used(user.id, device).await?;
        let token = SecretToken::generate(&*self.ports.entropy);
        let id = DeviceId::generate(now, &*self.ports.entropy);
        let new = KnownDevice::first_seen(id, user.id, self.ports.token_hasher.token(&token), now);
        uow.devices().add(&new, now.minus(KnownDevice::FORGOTTEN_AFTER), KnownDevice::MAX_PER_USER).await?;
        if used {
            return Ok((DeviceStanding::Known, Some(token)));
        }
        if returning {
            self.queue_notice(uow, user, Notice::NewDevice { at: now, ip_address: device.ip_address }).await?;
        }
        Ok((DeviceStanding::New, Some(token)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use voxgate_domain::TokenHash;

    use crate::test_support::{Doubles, Journal, Unit, active, now, other, session, token};

    fn known(user: &User) -> KnownDevice {
        KnownDevice::first_seen(DeviceId::from(uuid::Uuid::nil()), user.id, TokenHash::from_bytes([9; 32]), now())
    }

    fn returning() -> User {
        active().logged_in(now())
    }

    #[tokio::test]
    async fn a_login_on_a_device_never_seen_is_told_to_its_owner() {
        let journal = Journal::default();
        let mut unit = Unit::new(&journal);
        unit.sessions.expect_has_used().returning(|_, _| Ok(false));
        let device = session(&active()).device;
        let app = Doubles::new().application();

        let (standing, token) = app.meet_device(&mut unit, &returning(), &device, None).await.unwrap();

        assert_eq!((standing, token.is_some()), (DeviceStanding::New, true));
        assert_eq!(journal.lines(), ["mail new_device"]);
    }

    #[tokio::test]
    async fn nobody_is_told_of_a_first_login_nor_of_one_from_where_they_were_before() {
        let device = session(&active()).device;
        let cases = [(active(), false, DeviceStanding::New), (returning(), true, DeviceStanding::Known)];
        for (user, used, expected) in cases {
            let journal = Journal::default();
            let mut unit = Unit::new(&journal);
            unit.sessions.expect_has_used().returning(move |_, _| Ok(used));
            let app = Doubles::new().application();
            let (standing, token) = app.meet_device(&mut unit, &user, &device, None).await.unwrap();
            assert_eq!((standing, token.is_some()), (expected, true));
            assert!(journal.lines().is_empty());
        }
    }

    #[tokio::test]
    async fn a_known_device_keeps_its_token_and_is_noted() {
        let mut unit = Unit::new(&Journal::default());
        unit.devices.expect_seen().withf(|_, at| *at == now()).times(1).returning(|_, _| Ok(()));
        let device = session(&active()).device;
        let app = Doubles::new().application();
        let (standing, token) =
            app.meet_device(&mut unit, &returning(), &device, Some(known(&active()))).await.unwrap();
        assert_eq!((standing, token.is_none()), (DeviceStanding::Known, true));
    }

    #[tokio::test]
    async fn a_device_counts_for_its_own_user_alone() {
        let mut doubles = Doubles::new();
        doubles.store.expect_known_device().returning(|_| Ok(Some(known(&active()))));
        let app = doubles.application();
        let kept = token("kept-by-the-device");
        let recognized = async |user| app.recognize(user, Some(&kept)).await.unwrap();
        assert_eq!(recognized(Some(active().id)).await, Some(known(&active())));
        assert_eq!(recognized(Some(other().id)).await, None);
        assert_eq!(recognized(None).await, None);
        let apart = app.login_counter(&active().email, Some(&known(&active())));
        assert_ne!(apart, app.login_counter(&active().email, None));
    }
}
