//! Make service accounts, rotate their secrets, and switch them off.

use std::time::Duration;

use voxgate_domain::ports::UnitOfWork;
use voxgate_domain::service_account::ServiceAccountError;
use voxgate_domain::{
    Act, Page, PageQuery, PermissionSet, Reason, SecretToken, ServiceAccount, ServiceAccountId, ServiceName, Timestamp,
};

use crate::caller::Who;
use crate::cursor::{cut, one_more};
use crate::transaction::settle;
use crate::{Application, Caller, Error};

/// The name of the list in its cursors.
const LIST: &str = "service_accounts";

/// A service account with a secret that is shown this once.
#[derive(Debug)]
pub struct NewSecret {
    /// The account.
    pub account: ServiceAccount,
    /// The secret.
    pub secret: SecretToken,
}

/// Who manages service accounts.
#[derive(Clone, Copy, Debug)]
pub enum Manager<'a> {
    /// An administrator.
    Person(&'a Caller),
    /// Whoever can run the command line.
    Operator,
}

impl Application {
    /// Makes a service account. Its secret is shown to whoever makes it, and not kept.
    ///
    /// # Errors
    ///
    /// [`Error::ReauthenticationRequired`]; [`Error::ServiceAccount`] for permissions that services have not;
    /// [`Error::Conflict`] when one that is on has the name; an error of the store.
    pub async fn create_service_account(
        &self,
        manager: Manager<'_>,
        name: ServiceName,
        permissions: PermissionSet,
        reason: Option<&Reason>,
    ) -> Result<NewSecret, Error> {
        self.check_manager(manager)?;
        let now = self.ports.clock.now();
        let id = ServiceAccountId::generate(now, &*self.ports.entropy);
        let secret = ServiceAccount::generate_secret(&*self.ports.entropy);
        let hash = self.ports.token_hasher.token(&secret);
        let account = ServiceAccount::create(id, name, permissions, hash, now)?;
        let mut uow = self.ports.store.begin().await?;
        let added = self.add_service_account(&mut *uow, manager, &account, reason).await;
        settle(uow, added).await?;
        Ok(NewSecret { account, secret })
    }

    /// Gives a service account another secret; the present one works on for `overlap`.
    ///
    /// # Errors
    ///
    /// [`Error::ReauthenticationRequired`]; [`Error::NotFound`]; [`Error::ServiceAccount`] when it is off or the overlap
    /// is too long; an error of the store.
    pub async fn rotate_service_secret(
        &self,
        manager: Manager<'_>,
        id: ServiceAccountId,
        overlap: Duration,
    ) -> Result<NewSecret, Error> {
        self.check_manager(manager)?;
        let secret = ServiceAccount::generate_secret(&*self.ports.entropy);
        let hash = self.ports.token_hasher.token(&secret);
        let mut uow = self.ports.store.begin().await?;
        let rotated = self
            .change_service_account(&mut *uow, manager, id, |account, now| {
                let account = account.rotate(hash, overlap, now)?;
                let overlap_until = account.previous.map(|previous| previous.until);
                Ok((account, Act::ServiceSecretRotated { account: id, overlap_until }))
            })
            .await;
        let account = settle(uow, rotated).await?;
        Ok(NewSecret { account, secret })
    }

    /// Switches a service account off, for good: its tokens are refused from the next request on.
    ///
    /// # Errors
    ///
    /// [`Error::ReauthenticationRequired`]; [`Error::NotFound`]; [`Error::ServiceAccount`] when it is off already; an
    /// error of the store.
    pub async fn disable_service_account(&self, manager: Manager<'_>, id: ServiceAccountId) -> Result<(), Error> {
        self.check_manager(manager)?;
        let mut uow = self.ports.store.begin().await?;
        let disabled = self
            .change_service_account(&mut *uow, manager, id, |account, now| {
                Ok((account.disable(now)?, Act::ServiceAccountDisabled { account: id }))
            })
            .await;
        settle(uow, disabled).await?;
        Ok(())
    }

    /// A page of the service accounts, on and off, newest first.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidCursor`]; an error of the store.
    pub async fn list_service_accounts(&self, page: &PageQuery) -> Result<Page<ServiceAccount>, Error> {
        let after = page.cursor.as_ref().map(|cursor| self.open_cursor(LIST, cursor)).transpose()?;
        let after = after.map(ServiceAccountId::from);
        let mut items = self.ports.store.service_accounts(after, one_more(page)).await?;
        let last = cut(&mut items, page).map(|account| account.id);
        Ok(Page { items, next: last.map(|id| self.seal_cursor(LIST, id.as_uuid())).transpose()? })
    }

    fn check_manager(&self, manager: Manager<'_>) -> Result<(), Error> {
        match manager {
            Manager::Person(caller) => self.require_recent_authentication(caller),
            Manager::Operator => Ok(()),
        }
    }

    async fn add_service_account(
        &self,
        uow: &mut dyn UnitOfWork,
        manager: Manager<'_>,
        account: &ServiceAccount,
        reason: Option<&Reason>,
    ) -> Result<(), Error> {
        uow.service_accounts().add(account).await?;
        let act = Act::ServiceAccountCreated { account: account.id, permissions: account.permissions.clone() };
        let who = Who { purpose: reason, ..manager.who() };
        Ok(uow.audit().record(&self.event(act, who)).await?)
    }

    async fn change_service_account(
        &self,
        uow: &mut dyn UnitOfWork,
        manager: Manager<'_>,
        id: ServiceAccountId,
        change: impl FnOnce(ServiceAccount, Timestamp) -> Result<(ServiceAccount, Act), ServiceAccountError> + Send,
    ) -> Result<ServiceAccount, Error> {
        let account = uow.service_accounts().lock(id).await?.ok_or(Error::NotFound)?;
        let (account, act) = change(account, self.ports.clock.now())?;
        uow.service_accounts().save(&account).await?;
        uow.audit().record(&self.event(act, manager.who())).await?;
        Ok(account)
    }
}

impl Manager<'_> {
    fn who(&self) -> Who<'_> {
        match self {
            Self::Person(caller) => caller.on_self().about(None),
            Self::Operator => Who::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use voxgate_domain::Permission;

    use crate::test_support::{Doubles, Journal, Unit, active, caller, fresh_caller, service_account, session};

    fn name() -> ServiceName {
        ServiceName::parse("recordings").unwrap()
    }

    fn permissions() -> PermissionSet {
        [Permission::RevocationsRead].into_iter().collect()
    }

    /// A unit that finds an account that is on, and takes its new state.
    fn finding(journal: &Journal) -> Unit {
        let mut unit = Unit::new(journal);
        unit.service_accounts.expect_lock().returning(|_| Ok(Some(service_account())));
        unit.service_accounts.expect_save().returning(|_| Ok(()));
        unit
    }

    #[tokio::test]
    async fn a_secret_is_shown_once_and_only_its_hash_is_kept() {
        let journal = Journal::default();
        let mut unit = Unit::new(&journal);
        unit.service_accounts.expect_add().times(1).returning(|_| Ok(()));
        let app = Doubles::new().with_unit(unit).application();

        let me = fresh_caller();
        let made = app.create_service_account(Manager::Person(&me), name(), permissions(), None).await.unwrap();

        assert!(made.secret.expose().starts_with(ServiceAccount::SECRET_PREFIX));
        assert!(!format!("{made:?}").contains(made.secret.expose()));
        assert_eq!(journal.lines(), ["audit service_account.created", "commit"]);
    }

    #[tokio::test]
    async fn a_person_has_to_have_proven_lately_who_they_are() {
        let stale = caller(&active(), session(&active()));
        let app = Doubles::new().application();
        let manager = Manager::Person(&stale);
        let made = app.create_service_account(manager, name(), permissions(), None).await;
        let rotated = app.rotate_service_secret(manager, service_account().id, Duration::ZERO).await;
        let disabled = app.disable_service_account(manager, service_account().id).await;
        for refused in [made.map(drop), rotated.map(drop), disabled] {
            assert!(matches!(refused, Err(Error::ReauthenticationRequired { .. })));
        }
    }

    #[tokio::test]
    async fn what_only_people_may_do_is_not_given_to_a_machine() {
        let app = Doubles::new().application();
        let wanted = [Permission::UsersWrite].into_iter().collect();
        let refused = app.create_service_account(Manager::Operator, name(), wanted, None).await;
        assert!(matches!(refused, Err(Error::ServiceAccount(ServiceAccountError::NotForServices(_)))));
    }

    #[tokio::test]
    async fn a_rotation_and_an_end_are_recorded() {
        let journal = Journal::default();
        let app = Doubles::new().with_unit(finding(&journal)).application();
        let overlap = Duration::from_secs(60);
        let rotated = app.rotate_service_secret(Manager::Operator, service_account().id, overlap).await.unwrap();
        assert_eq!(rotated.account.previous.map(|previous| previous.hash), Some(service_account().secret));
        assert_eq!(journal.lines(), ["audit service_account.secret_rotated", "commit"]);

        let journal = Journal::default();
        let app = Doubles::new().with_unit(finding(&journal)).application();
        app.disable_service_account(Manager::Operator, service_account().id).await.unwrap();
        assert_eq!(journal.lines(), ["audit service_account.disabled", "commit"]);
    }

    #[tokio::test]
    async fn nobodys_account_is_not_found_and_one_that_is_off_stays_off() {
        let off = service_account().disable(crate::test_support::now()).unwrap();
        for (found, missing) in [(None, true), (Some(off), false)] {
            let journal = Journal::default();
            let mut unit = Unit::new(&journal);
            unit.service_accounts.expect_lock().returning(move |_| Ok(found.clone()));
            let app = Doubles::new().with_unit(unit).application();
            let refused = app.disable_service_account(Manager::Operator, service_account().id).await.unwrap_err();
            assert_eq!(matches!(refused, Error::NotFound), missing, "{refused}");
            assert_eq!(journal.lines(), ["rollback"]);
        }
    }
}
