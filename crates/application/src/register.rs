//! Register.

use std::time::Duration;

use voxgate_domain::mail::{LinkPurpose, Notice};
use voxgate_domain::policy::{NewPassword, PersonalFacts};
use voxgate_domain::ports::{Conflict, RoleAssignment, StoreError, UnitOfWork, Verification};
use voxgate_domain::user::Account;
use voxgate_domain::{
    Act, ClientContext, EmailAddress, Password, PasswordHash, Profile, Purpose, RoleAssignmentId, RoleName, User,
    UserId, UserStatus,
};

use crate::caller::Who;
use crate::{Application, Error};

/// What somebody registers with.
#[derive(Debug)]
pub struct Register {
    /// The address, which is to be proven.
    pub email: EmailAddress,
    /// The password.
    pub password: Password,
    /// First and last name and locale, when given.
    pub profile: Profile,
}

/// What the password turned out to be, worked out before the transaction and at the same cost in each case.
enum Prepared {
    /// Nobody has the address, or somebody who proved it: the hash of the password.
    Hashed(PasswordHash),
    /// Somebody registered the address and did not prove it yet: whether with the same password.
    Compared { stored: Option<PasswordHash>, same: bool },
}

/// The address changed hands between looking and locking: look again.
struct LookAgain;

impl Application {
    /// Registers an address. Whether it has an account is told to its owner alone, by mail.
    ///
    /// Registering an address again before it is proven, with another password, makes two people's claims to it
    /// indistinguishable: then neither password counts, and the link lets the owner of the mailbox choose one. So
    /// nobody can register somebody else's address first and have them confirm it.
    ///
    /// # Errors
    ///
    /// [`Error::PasswordRejected`]; [`Error::Overloaded`]; an error of the store.
    pub async fn register(&self, input: Register, client: &ClientContext) -> Result<(), Error> {
        /// Two looks are needed when two people register an address at once; more are a fault.
        const LOOKS: usize = 3;
        let about = PersonalFacts { email: &input.email, profile: &input.profile };
        let password = self.accept_password(input.password.clone(), about)?;
        for _ in 0..LOOKS {
            let found = self.ports.store.account_by_email(&input.email).await?;
            let prepared = self.prepare(&password, found).await?;
            if let Ok(()) = self.register_prepared(&input, prepared, client).await? {
                self.mail_was_queued();
                return Ok(());
            }
        }
        // Never a conflict, which would tell that there is an account.
        Err(Error::Overloaded { retry_after: Duration::from_secs(1) })
    }

    async fn prepare(&self, password: &NewPassword, found: Option<Account>) -> Result<Prepared, Error> {
        match found {
            Some(Account { user, password: stored }) if user.status == UserStatus::Pending => {
                let verification = self.ports.passwords.verify(password.password(), stored.as_ref()).await?;
                Ok(Prepared::Compared { stored, same: matches!(verification, Verification::Match { .. }) })
            }
            _ => Ok(Prepared::Hashed(self.ports.passwords.hash(password).await?)),
        }
    }

    async fn register_prepared(
        &self,
        input: &Register,
        prepared: Prepared,
        client: &ClientContext,
    ) -> Result<Result<(), LookAgain>, Error> {
        let mut uow = self.ports.store.begin().await?;
        let who = Who::anonymous(client);
        let held = uow.users().lock_by_email(&input.email).await?;
        match (held, prepared) {
            (None, Prepared::Hashed(hash)) => match self.add_user(&mut *uow, input, &hash, who).await {
                Err(Error::Conflict(Conflict::EmailTaken)) => return look_again(uow).await,
                done => done?,
            },
            (Some(held), Prepared::Hashed(_)) if held.user.status != UserStatus::Pending => {
                uow.audit().record(&self.event(Act::RegistrationRepeated, who.about(Some(held.user.id)))).await?;
                self.queue_notice(&mut *uow, &held.user, Notice::AlreadyRegistered).await?;
            }
            (Some(held), Prepared::Compared { stored, same }) if is_as_seen(&held, stored.as_ref()) => {
                if same {
                    self.send_link(&mut *uow, &held.user, &held.user.email, LinkPurpose::VerifyAddress, who).await?;
                } else {
                    self.contest(&mut *uow, held.user, who).await?;
                }
            }
            _ => return look_again(uow).await,
        }
        uow.commit().await?;
        Ok(Ok(()))
    }

    async fn add_user(
        &self,
        uow: &mut dyn UnitOfWork,
        input: &Register,
        hash: &PasswordHash,
        who: Who<'_>,
    ) -> Result<(), Error> {
        let now = self.ports.clock.now();
        let id = UserId::generate(now, &*self.ports.entropy);
        let user = User::register(id, input.email.clone(), input.profile.clone(), now);
        uow.users().add(&user, Some(hash)).await?;
        let role = RoleName::patient();
        let assignment = RoleAssignment {
            id: RoleAssignmentId::generate(now, &*self.ports.entropy),
            user: id,
            role: &role,
            by: None,
            reason: "registered",
            at: now,
        };
        uow.roles().assign(&assignment).await?;
        uow.audit().record(&self.event(Act::UserRegistered, who.about(Some(id)))).await?;
        self.send_link(uow, &user, &user.email, LinkPurpose::VerifyAddress, who).await
    }

    /// Forgets both passwords and lets the owner of the mailbox choose one.
    async fn contest(&self, uow: &mut dyn UnitOfWork, user: User, who: Who<'_>) -> Result<(), Error> {
        let now = self.ports.clock.now();
        uow.users().set_password(user.id, None, now).await?;
        let user = user.with_profile(Profile::default(), now);
        uow.users().save(&user).await?;
        uow.tokens().void(user.id, &[Purpose::EmailVerification], now).await?;
        uow.audit().record(&self.event(Act::RegistrationContested, who.about(Some(user.id)))).await?;
        self.send_link(uow, &user, &user.email, LinkPurpose::FinishRegistration, who).await
    }
}

/// Whether the pending account is still the one whose password was compared.
fn is_as_seen(held: &Account, stored: Option<&PasswordHash>) -> bool {
    held.user.status == UserStatus::Pending && held.password.as_ref() == stored
}

async fn look_again(uow: Box<dyn UnitOfWork>) -> Result<Result<(), LookAgain>, Error> {
    match uow.rollback().await {
        Ok(()) | Err(StoreError::Unavailable(_)) => Ok(Err(LookAgain)),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{Doubles, Journal, Unit, account, active, client, email, hash, password, pending};

    fn input() -> Register {
        Register { email: email(), password: password(), profile: Profile::default() }
    }

    fn pending_account(held: Option<PasswordHash>) -> Account {
        Account { password: held, ..account(pending()) }
    }

    #[test]
    fn an_account_is_as_seen_while_it_is_pending_with_the_same_password() {
        assert!(is_as_seen(&pending_account(Some(hash())), Some(&hash())));
        assert!(is_as_seen(&pending_account(None), None));
        assert!(!is_as_seen(&pending_account(None), Some(&hash())));
        assert!(!is_as_seen(&account(active()), Some(&hash())));
    }

    #[tokio::test]
    async fn a_new_address_gets_an_account_its_event_and_its_mail_in_one_transaction() {
        let journal = Journal::default();
        let mut unit = Unit::new(&journal);
        unit.users.expect_lock_by_email().returning(|_| Ok(None));
        unit.users.expect_add().times(1).returning(|_, _| Ok(()));
        unit.roles.expect_assign().withf(|given| given.role.as_str() == "patient").times(1).returning(|_| Ok(()));
        unit.tokens.expect_replace().times(1).returning(|_, _| Ok(()));
        let app = Doubles::new().with_account(None).with_hashing().with_unit(unit).application();

        app.register(input(), &client()).await.unwrap();

        let done = ["audit user.registered", "audit link.issued", "mail verify_address", "commit"];
        assert_eq!(journal.lines(), done);
    }

    #[tokio::test]
    async fn a_registered_address_changes_nothing_and_its_owner_is_told() {
        let journal = Journal::default();
        let mut unit = Unit::new(&journal);
        unit.users.expect_lock_by_email().returning(|_| Ok(Some(account(active()))));
        let app = Doubles::new().with_account(Some(account(active()))).with_hashing().with_unit(unit).application();

        app.register(input(), &client()).await.unwrap();

        assert_eq!(journal.lines(), ["audit user.registration_repeated", "mail already_registered", "commit"]);
    }

    #[tokio::test]
    async fn the_same_password_again_sends_the_link_again() {
        let journal = Journal::default();
        let mut unit = Unit::new(&journal);
        unit.users.expect_lock_by_email().returning(|_| Ok(Some(pending_account(Some(hash())))));
        unit.tokens.expect_replace().times(1).returning(|_, _| Ok(()));
        let app = Doubles::new()
            .with_account(Some(pending_account(Some(hash()))))
            .with_verification(Verification::Match { outdated: false })
            .with_unit(unit)
            .application();

        app.register(input(), &client()).await.unwrap();

        assert_eq!(journal.lines(), ["audit link.issued", "mail verify_address", "commit"]);
    }

    #[tokio::test]
    async fn a_second_claim_with_another_password_voids_both_passwords() {
        let journal = Journal::default();
        let mut unit = Unit::new(&journal);
        unit.users.expect_lock_by_email().returning(|_| Ok(Some(pending_account(Some(hash())))));
        unit.users.expect_set_password().withf(|_, hash, _| hash.is_none()).times(1).returning(|_, _, _| Ok(()));
        unit.users.expect_save().times(1).returning(|_| Ok(()));
        unit.tokens.expect_void().times(1).returning(|_, _, _| Ok(()));
        unit.tokens.expect_replace().withf(|token, _| token.purpose == Purpose::Invitation).returning(|_, _| Ok(()));
        let app = Doubles::new()
            .with_account(Some(pending_account(Some(hash()))))
            .with_verification(Verification::Mismatch)
            .with_unit(unit)
            .application();

        app.register(input(), &client()).await.unwrap();

        let done = ["audit user.registration_contested", "audit link.issued", "mail finish_registration", "commit"];
        assert_eq!(journal.lines(), done);
    }

    /// Nobody had the address at the first look, somebody at the second: `late` is undone, and the link is sent again.
    async fn comes_too_late(late: Unit, journal: &Journal) {
        let mut again = Unit::new(journal);
        again.users.expect_lock_by_email().returning(|_| Ok(Some(pending_account(Some(hash())))));
        again.tokens.expect_replace().returning(|_, _| Ok(()));
        let mut doubles = Doubles::new().with_hashing().with_verification(Verification::Match { outdated: false });
        let mut looks = [None, Some(pending_account(Some(hash())))].into_iter();
        doubles.store.expect_account_by_email().times(2).returning(move |_| Ok(looks.next().flatten()));
        let app = doubles.with_unit(late).with_unit(again).application();

        app.register(input(), &client()).await.unwrap();

        assert_eq!(journal.lines(), ["rollback", "audit link.issued", "mail verify_address", "commit"]);
    }

    #[tokio::test]
    async fn two_first_registrations_at_once_both_end_well() {
        let journal = Journal::default();
        let mut late = Unit::new(&journal);
        late.users.expect_lock_by_email().returning(|_| Ok(None));
        late.users.expect_add().returning(|_, _| Err(StoreError::Conflict(Conflict::EmailTaken)));
        comes_too_late(late, &journal).await;
    }

    #[tokio::test]
    async fn a_claim_that_came_between_the_look_and_the_lock_is_looked_at_again() {
        let journal = Journal::default();
        let mut late = Unit::new(&journal);
        late.users.expect_lock_by_email().returning(|_| Ok(Some(pending_account(Some(hash())))));
        comes_too_late(late, &journal).await;
    }

    #[tokio::test]
    async fn a_weak_password_is_refused_before_anybody_looks() {
        let app = Doubles { guesses_log10: 3.0, ..Doubles::new() }.application();
        let refused = app.register(input(), &client()).await;
        assert!(matches!(refused, Err(Error::PasswordRejected(_))));
    }

    #[tokio::test]
    async fn without_its_event_no_act() {
        let journal = Journal::default();
        let mut unit = Unit::new(&journal);
        unit.audit = voxgate_domain::ports::MockAuditLog::new();
        unit.audit.expect_record().returning(|_| Err(StoreError::Unavailable("disk full".into())));
        unit.users.expect_lock_by_email().returning(|_| Ok(Some(account(active()))));
        let app = Doubles::new().with_account(Some(account(active()))).with_hashing().with_unit(unit).application();

        assert!(matches!(app.register(input(), &client()).await, Err(Error::Unavailable(_))));
        assert!(!journal.lines().contains(&"commit".to_owned()));
    }
}
