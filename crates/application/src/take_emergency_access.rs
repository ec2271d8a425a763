//! Take emergency access to a person's data, and give it back (45 CFR 164.312(a)(2)(ii)).

use voxgate_domain::mail::Notice;
use voxgate_domain::ports::UnitOfWork;
use voxgate_domain::{Act, EmergencyAccess, EmergencyAccessId, Page, PageQuery, Reason, RoleName, User, UserId};

use crate::cursor::{cut, one_more};
use crate::transaction::settle;
use crate::{Application, Caller, Error};

/// The name of the list in its cursors.
const LIST: &str = "emergency_accesses";

impl Application {
    /// The most administrators who are told of one access.
    const TOLD_ADMINS: u32 = 500;
    /// The most open accesses of one holder that are listed.
    const OWN_ACCESSES: u32 = 200;

    /// Opens the data of `subject` to the caller for a while. The subject and every administrator are told.
    ///
    /// # Errors
    ///
    /// [`Error::ReauthenticationRequired`]; [`Error::NotFound`]; [`Error::Inadmissible`] for one's own data;
    /// [`Error::Conflict`] when the caller holds one already; an error of the store.
    pub async fn take_emergency_access(
        &self,
        caller: &Caller,
        subject: UserId,
        reason: Reason,
    ) -> Result<EmergencyAccess, Error> {
        self.require_recent_authentication(caller)?;
        let subject = self.living_user(subject).await?;
        let now = self.ports.clock.now();
        let id = EmergencyAccessId::generate(now, &*self.ports.entropy);
        let access = self.policies.emergency.grant(id, caller.user_id(), subject.id, reason, now)?;
        let mut uow = self.ports.store.begin().await?;
        let granted = self.grant(&mut *uow, caller, &access, &subject).await;
        settle(uow, granted).await?;
        self.mail_was_queued();
        Ok(access)
    }

    async fn grant(
        &self,
        uow: &mut dyn UnitOfWork,
        caller: &Caller,
        access: &EmergencyAccess,
        subject: &User,
    ) -> Result<(), Error> {
        uow.emergencies().add(access).await?;
        let (id, until) = (access.id, access.expires_at);
        let act = Act::EmergencyAccessGranted { access: id, until };
        uow.audit().record(&self.reasoned_event(act, caller.on(subject.id), &access.reason)).await?;
        self.queue_notice(uow, subject, Notice::EmergencyAccess { access: id, until }).await?;
        for admin in uow.roles().holders(&RoleName::admin(), Self::TOLD_ADMINS).await? {
            self.queue_notice(uow, &admin, Notice::EmergencyAccessTaken { access: id, until }).await?;
        }
        Ok(())
    }

    /// Ends an access of the caller before it ends by itself.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when it is over, or somebody else's; an error of the store.
    pub async fn close_emergency_access(&self, caller: &Caller, id: EmergencyAccessId) -> Result<(), Error> {
        let mut uow = self.ports.store.begin().await?;
        let closed = self.close(&mut *uow, caller, id).await;
        settle(uow, closed).await
    }

    async fn close(&self, uow: &mut dyn UnitOfWork, caller: &Caller, id: EmergencyAccessId) -> Result<(), Error> {
        let closed = uow.emergencies().close(id, caller.user_id(), self.ports.clock.now()).await?;
        let access = closed.ok_or(Error::NotFound)?;
        let act = Act::EmergencyAccessClosed { access: id };
        Ok(uow.audit().record(&self.event(act, caller.on(access.subject))).await?)
    }

    /// The accesses that the caller holds now, newest first.
    ///
    /// # Errors
    ///
    /// An error of the store.
    pub async fn open_emergency_accesses(&self, caller: &Caller) -> Result<Vec<EmergencyAccess>, Error> {
        let now = self.ports.clock.now();
        let latest = self.ports.store.emergency_accesses(Some(caller.user_id()), None, Self::OWN_ACCESSES).await?;
        Ok(latest.into_iter().filter(|access| access.is_open(now)).collect())
    }

    /// A page of every access that was taken by anybody, newest first. The look is recorded.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidCursor`]; an error of the store.
    pub async fn list_emergency_accesses(
        &self,
        caller: &Caller,
        page: &PageQuery,
    ) -> Result<Page<EmergencyAccess>, Error> {
        let after = page.cursor.as_ref().map(|cursor| self.open_cursor(LIST, cursor)).transpose()?;
        let ask_for = one_more(page);
        let mut items = self.ports.store.emergency_accesses(None, after.map(EmergencyAccessId::from), ask_for).await?;
        let last = cut(&mut items, page).map(|access| access.id);
        self.record_look(Act::EmergencyAccessesListed, caller.on_self().about(None)).await?;
        Ok(Page { items, next: last.map(|id| self.seal_cursor(LIST, id.as_uuid())).transpose()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use voxgate_domain::ports::{Conflict, StoreError};

    use crate::test_support::{
        Doubles, Journal, Unit, account, active, caller, emergency_access, fresh_caller, other, session,
    };

    fn reason() -> Reason {
        Reason::parse("unconscious in the emergency room").unwrap()
    }

    fn knowing_the_subject() -> Doubles {
        let mut doubles = Doubles::new();
        doubles.store.expect_account().returning(|_| Ok(Some(account(other()))));
        doubles
    }

    #[tokio::test]
    async fn the_subject_and_every_administrator_are_told() {
        let journal = Journal::default();
        let mut unit = Unit::new(&journal);
        unit.emergencies
            .expect_add()
            .withf(|access| (access.holder, access.subject) == (active().id, other().id))
            .times(1)
            .returning(|_| Ok(()));
        unit.roles.expect_holders().returning(|_, _| Ok(vec![active(), other()]));
        let app = knowing_the_subject().with_unit(unit).application();

        let access = app.take_emergency_access(&fresh_caller(), other().id, reason()).await.unwrap();

        assert_eq!(access.expires_at.since(access.granted_at), app.policies().emergency.duration);
        let told = ["mail emergency_access", "mail emergency_access_taken", "mail emergency_access_taken"];
        assert_eq!(journal.lines(), [&["audit emergency_access.granted"], &told[..], &["commit"]].concat());
    }

    #[tokio::test]
    async fn a_second_access_to_the_same_person_is_refused_while_the_first_is_open() {
        let journal = Journal::default();
        let mut unit = Unit::new(&journal);
        unit.emergencies.expect_add().returning(|_| Err(StoreError::Conflict(Conflict::EmergencyOpen)));
        let app = knowing_the_subject().with_unit(unit).application();
        let refused = app.take_emergency_access(&fresh_caller(), other().id, reason()).await;
        assert!(matches!(refused, Err(Error::Conflict(Conflict::EmergencyOpen))));
        assert_eq!(journal.lines(), ["rollback"]);
    }

    #[tokio::test]
    async fn it_needs_recent_authentication_and_somebody_else() {
        let app = Doubles::new().application();
        let stale = caller(&active(), session(&active()));
        let refused = app.take_emergency_access(&stale, other().id, reason()).await;
        assert!(matches!(refused, Err(Error::ReauthenticationRequired { .. })));

        let mut doubles = Doubles::new();
        doubles.store.expect_account().returning(|_| Ok(Some(account(active()))));
        let refused = doubles.application().take_emergency_access(&fresh_caller(), active().id, reason()).await;
        assert!(matches!(refused, Err(Error::Inadmissible(_))));
    }

    #[tokio::test]
    async fn closing_is_recorded_and_what_is_over_or_somebody_elses_is_not_found() {
        let journal = Journal::default();
        let mut unit = Unit::new(&journal);
        let held = emergency_access(active().id, other().id);
        let found = held.clone();
        unit.emergencies.expect_close().returning(move |_, _, _| Ok(Some(found.clone())));
        let app = Doubles::new().with_unit(unit).application();
        app.close_emergency_access(&fresh_caller(), held.id).await.unwrap();
        assert_eq!(journal.lines(), ["audit emergency_access.closed", "commit"]);

        let mut unit = Unit::new(&Journal::default());
        unit.emergencies.expect_close().returning(|_, _, _| Ok(None));
        let app = Doubles::new().with_unit(unit).application();
        assert!(matches!(app.close_emergency_access(&fresh_caller(), held.id).await, Err(Error::NotFound)));
    }

    #[tokio::test]
    async fn an_access_that_is_over_is_not_listed_as_held() {
        let open = emergency_access(active().id, other().id);
        let closed = EmergencyAccess { closed_at: Some(open.granted_at), ..open.clone() };
        let mut doubles = Doubles::new();
        let held = vec![open.clone(), closed];
        doubles.store.expect_emergency_accesses().returning(move |_, _, _| Ok(held.clone()));
        let listed = doubles.application().open_emergency_accesses(&fresh_caller()).await.unwrap();
        assert_eq!(listed, [open]);
    }
}
