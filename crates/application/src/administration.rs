//! What the use cases of administrators share.

use std::collections::{BTreeSet, HashMap};

use voxgate_domain::policy::Administrators;
use voxgate_domain::ports::UnitOfWork;
use voxgate_domain::{Act, AttemptKey, AuditEvent, Reason, RoleName, Timestamp, User, UserId};

use crate::caller::Who;
use crate::{Application, Caller, Error};

/// A user as administrators see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdministeredUser {
    /// The user.
    pub user: User,
    /// The names of their roles.
    pub roles: Vec<RoleName>,
    /// Until when logging in is locked, when it is.
    pub locked_until: Option<Timestamp>,
}

impl Caller {
    /// The caller acting on the account of `user`.
    pub(crate) fn on(&self, user: UserId) -> Who<'_> {
        self.on_self().about(Some(user))
    }
}

impl Application {
    /// The event of `act` now, done for `reason`.
    pub(crate) fn reasoned_event(&self, act: Act, who: Who<'_>, reason: &Reason) -> AuditEvent {
        AuditEvent { reason: Some(reason.as_str().to_owned()), ..self.event(act, who) }
    }

    /// Records that the caller looks at somebody's data, before they are answered.
    ///
    /// # Errors
    ///
    /// An error of the store: without its event nothing is shown.
    pub(crate) async fn record_look(&self, act: Act, who: Who<'_>) -> Result<(), Error> {
        let mut uow = self.ports.store.begin().await?;
        uow.audit().record(&self.event(act, who)).await?;
        Ok(uow.commit().await?)
    }

    /// The user, who must not have closed their account.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; [`Error::Inadmissible`] when it is closed.
    pub(crate) async fn living_user(&self, user: UserId) -> Result<User, Error> {
        let user = self.ports.store.account(user).await?.ok_or(Error::NotFound)?.user;
        living(&user)?;
        Ok(user)
    }

    /// Each of `users` with the lock of their address.
    ///
    /// # Errors
    ///
    /// An error of the store.
    pub(crate) async fn with_locks(&self, users: Vec<(User, Vec<RoleName>)>) -> Result<Vec<AdministeredUser>, Error> {
        let now = self.ports.clock.now();
        let key = |user: &User| self.ports.token_hasher.attempt_key(&user.email);
        // The address of a closed account may be somebody else's by now.
        let keys: Vec<AttemptKey> =
            users.iter().filter(|(user, _)| living(user).is_ok()).map(|(user, _)| key(user)).collect();
        let locks: HashMap<AttemptKey, Timestamp> = self
            .ports
            .store
            .locks(&keys)
            .await?
            .into_iter()
            .filter_map(|(key, attempts)| Some((key, attempts.locked(now)?)))
            .collect();
        Ok(users
            .into_iter()
            .map(|(user, roles)| {
                let locked_until = living(&user).ok().and_then(|()| locks.get(&key(&user)).copied());
                AdministeredUser { user, roles, locked_until }
            })
            .collect())
    }

    /// One user with the lock of their address.
    ///
    /// # Errors
    ///
    /// An error of the store.
    pub(crate) async fn with_lock(&self, user: User, roles: Vec<RoleName>) -> Result<AdministeredUser, Error> {
        let mut one = self.with_locks(vec![(user, roles)]).await?;
        one.pop().ok_or(Error::NotFound)
    }

    /// Refuses when `user` is the last administrator who can act. The role must be held, so that of two administrators
    /// who put each other out at once the second finds that they are the last.
    ///
    /// # Errors
    ///
    /// [`Error::Inadmissible`] when they are; an error of the store.
    pub(crate) async fn spare_last_admin(&self, uow: &mut dyn UnitOfWork, user: &User) -> Result<(), Error> {
        let admin = RoleName::admin();
        let include_user = uow.roles().of(user.id).await?.iter().any(|role| role.name == admin);
        let include_others = include_user && uow.roles().has_other(&admin, user.id).await?;
        Ok(Administrators { include_user, include_others }.can_spare(user)?)
    }

    /// Refuses names of roles that there are not.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownRole`] with the first of them; an error of the store.
    pub(crate) async fn check_roles(&self, names: &BTreeSet<RoleName>) -> Result<(), Error> {
        let known: BTreeSet<RoleName> = self.ports.store.roles().await?.into_iter().map(|role| role.name).collect();
        names.difference(&known).next().map_or(Ok(()), |unknown| Err(Error::UnknownRole(unknown.clone())))
    }
}

/// Refuses a closed account: it makes no further move.
pub(crate) fn living(user: &User) -> Result<(), Error> {
    user.check_not_deleted("be administered").map_err(|error| Error::Inadmissible(error.into()))
}
