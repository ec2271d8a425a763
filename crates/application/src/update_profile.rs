//! Update the profile.

use voxgate_domain::ports::UnitOfWork;
use voxgate_domain::{Act, Profile, User};

use crate::transaction::settle;
use crate::{Application, Caller, Error};

impl Application {
    /// Replaces the caller's particulars; the user as it is then. `expected` is the version that the caller read, when
    /// they insist on changing that one (RFC 9110, section 13.1.1).
    ///
    /// # Errors
    ///
    /// [`Error::PreconditionFailed`] when the user has another version; an error of the store.
    pub async fn update_profile(
        &self,
        caller: &Caller,
        profile: Profile,
        expected: Option<i64>,
    ) -> Result<User, Error> {
        let mut uow = self.ports.store.begin().await?;
        let updated = self.replace_profile(&mut *uow, caller, profile, expected).await;
        settle(uow, updated).await
    }

    async fn replace_profile(
        &self,
        uow: &mut dyn UnitOfWork,
        caller: &Caller,
        profile: Profile,
        expected: Option<i64>,
    ) -> Result<User, Error> {
        let user = uow.users().lock(caller.user_id()).await?.ok_or(Error::Unauthenticated)?.user;
        if expected.is_some_and(|version| version != user.version) {
            return Err(Error::PreconditionFailed);
        }
        let fields = user.profile.changed_fields(&profile);
        if fields.is_empty() {
            return Ok(user);
        }
        let user = user.with_profile(profile, self.ports.clock.now());
        uow.users().save(&user).await?;
        uow.audit().record(&self.event(Act::ProfileUpdated(fields), caller.on_self())).await?;
        // Saving counted the version up.
        Ok(User { version: user.version.saturating_add(1), ..user })
    }
}
