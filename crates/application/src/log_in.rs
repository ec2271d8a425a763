//! Log in with a password.

use std::time::Duration;

use voxgate_domain::audit::LoginFailure;
use voxgate_domain::ports::{UnitOfWork, Verification};
use voxgate_domain::session::{AuthMethods, Device, EndReason};
use voxgate_domain::user::Account;
use voxgate_domain::{
    Act, AttemptKey, ClientContext, DeviceName, EmailAddress, Generation, MfaChallenge, Password, PasswordHash,
    RoleName, SecretToken, Session, SessionEnd, SessionId, TokenDelivery, User, UserStatus,
};

use crate::caller::Who;
use crate::{Application, Error, TokenPair};

/// What somebody logs in with.
#[derive(Debug)]
pub struct LogIn {
    /// The address.
    pub email: EmailAddress,
    /// The password.
    pub password: Password,
    /// What they call the device.
    pub device_name: Option<DeviceName>,
    /// Where the refresh token shall go.
    pub delivery: TokenDelivery,
}

/// What a right password comes to.
#[derive(Debug)]
pub enum LoggedIn {
    /// A session has begun.
    Session(TokenPair),
    /// A code is owed; there is no session yet.
    MfaRequired(PendingLogIn),
}

/// A login that owes a code.
#[derive(Debug)]
pub struct PendingLogIn {
    /// What the code comes with.
    pub mfa_token: SecretToken,
    /// For how long it is waited for.
    pub expires_in: Duration,
}

/// What the transaction of a right password did.
enum Admitted {
    Session { session: Box<Session>, secret: SecretToken, roles: Vec<RoleName> },
    MfaRequired(PendingLogIn),
}

impl Application {
    /// Begins a session, or a login that owes a code where the user has a second factor.
    ///
    /// An unknown address costs the same hash and the same statements as a known one, and its failures lock it alike.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidCredentials`]; [`Error::AccountLocked`]; to whoever gave the right password
    /// [`Error::EmailNotVerified`] and [`Error::AccountInactive`]; [`Error::Overloaded`]; an error of the store.
    pub async fn log_in(&self, input: LogIn, client: &ClientContext) -> Result<LoggedIn, Error> {
        let key = self.ports.token_hasher.attempt_key(&input.email);
        let account = self.ports.store.account_by_email(&input.email).await?;
        let who = Who::anonymous(client).about(account.as_ref().map(|account| account.user.id));
        self.refuse_if_locked(key, who).await?;

        let stored = account.as_ref().and_then(|account| account.password.as_ref());
        let verification = self.ports.passwords.verify(&input.password, stored).await?;
        let renewed = match verification {
            Verification::Match { outdated: true } => Some(self.ports.passwords.rehash(&input.password).await?),
            Verification::Match { outdated: false } | Verification::Mismatch => None,
        };

        let uow = self.ports.store.begin().await?;
        match (account, verification) {
            (Some(account), Verification::Match { .. }) => {
                let device = Device {
                    name: input.device_name,
                    user_agent: client.user_agent.clone(),
                    ip_address: client.ip_address,
                };
                match self.admit(uow, key, account, renewed, (device, input.delivery), who).await? {
                    Admitted::Session { session, secret, roles } => {
                        Ok(LoggedIn::Session(self.pair(&session, roles, secret)?))
                    }
                    Admitted::MfaRequired(pending) => Ok(LoggedIn::MfaRequired(pending)),
                }
            }
            (Some(account), Verification::Mismatch) => {
                let failed = Act::LoginFailed(LoginFailure::WrongPassword);
                Err(self.count_failure(uow, key, Some(&account.user), failed, who).await?)
            }
            (None, _) => {
                let failed = Act::LoginFailed(LoginFailure::UnknownAddress);
                Err(self.count_failure(uow, key, None, failed, who).await?)
            }
        }
    }

    /// The password was right: begins the session, unless the account may not have one.
    async fn admit(
        &self,
        mut uow: Box<dyn UnitOfWork>,
        key: AttemptKey,
        seen: Account,
        renewed: Option<PasswordHash>,
        (device, delivery): (Device, TokenDelivery),
        who: Who<'_>,
    ) -> Result<Admitted, Error> {
        let now = self.ports.clock.now();
        let before = uow.attempts().lock(key, now).await?;
        if let Some(until) = before.locked(now) {
            return Err(self.refuse_locked(uow, until, who).await);
        }
        let held = uow.users().lock(seen.user.id).await?;
        // Changed between looking and holding: the password that was right is not the password any more.
        let Some(user) = held.filter(|held| held.password == seen.password).map(|held| held.user) else {
            let failed = Act::LoginFailed(LoginFailure::WrongPassword);
            return Err(self.count_failure(uow, key, None, failed, who).await?);
        };
        match user.status {
            UserStatus::Active => {}
            UserStatus::Pending => {
                return Err(self.turn_away(uow, LoginFailure::EmailNotVerified, Error::EmailNotVerified, who).await?);
            }
            UserStatus::Inactive => {
                return Err(self.turn_away(uow, LoginFailure::Inactive, Error::AccountInactive, who).await?);
            }
            UserStatus::Deleted { .. } => {
                let failed = Act::LoginFailed(LoginFailure::UnknownAddress);
                return Err(self.count_failure(uow, key, None, failed, who).await?);
            }
        }
        if let (Some(renewed), Some(old)) = (renewed, &seen.password) {
            uow.users().renew_hash(user.id, old, &renewed).await?;
            uow.audit().record(&self.event(Act::PasswordRehashed, who)).await?;
        }
        if user.mfa_enabled {
            // The run of failures goes on until the code is right too: else the password alone would reset it.
            let pending = self.challenge(&mut *uow, &user, device, delivery, who).await?;
            uow.commit().await?;
            return Ok(Admitted::MfaRequired(pending));
        }
        self.clear_failures(&mut *uow, key, before).await?;
        let (session, secret) = self.open_session(&mut *uow, user, device, AuthMethods::Password, who).await?;
        let roles = uow.roles().of(session.user_id).await?.into_iter().map(|role| role.name).collect();
        uow.commit().await?;
        Ok(Admitted::Session { session: Box::new(session), secret, roles })
    }

    /// Asks for a code.
    async fn challenge(
        &self,
        uow: &mut dyn UnitOfWork,
        user: &User,
        device: Device,
        delivery: TokenDelivery,
        who: Who<'_>,
    ) -> Result<PendingLogIn, Error> {
        let (now, policy) = (self.ports.clock.now(), &self.policies.factor);
        let mfa_token = SecretToken::generate(&*self.ports.entropy);
        let hash = self.ports.token_hasher.token(&mfa_token);
        let challenge = MfaChallenge::issue(hash, user.id, device, delivery, policy, now);
        uow.challenges().add(&challenge).await?;
        uow.audit().record(&self.event(Act::MfaChallenged, who)).await?;
        Ok(PendingLogIn { mfa_token, expires_in: policy.challenge_ttl })
    }

    /// Begins a session of `user`, and ends the oldest one when there are too many.
    pub(crate) async fn open_session(
        &self,
        uow: &mut dyn UnitOfWork,
        user: User,
        device: Device,
        amr: AuthMethods,
        who: Who<'_>,
    ) -> Result<(Session, SecretToken), Error> {
        let now = self.ports.clock.now();
        let policy = &self.policies.session;
        let id = SessionId::generate(now, &*self.ports.entropy);
        let session = Session::open(id, user.id, device, amr, now, policy.expiry(now));
        let (secret, token) = self.new_refresh_token(&session, Generation::FIRST);
        uow.sessions().add(&session, &token).await?;
        let end = SessionEnd { at: now, why: EndReason::TooMany };
        let who = Who { actor: Some(user.id), ..who.about(Some(user.id)).within(id) };
        let count = uow.sessions().end_excess(user.id, policy.max_per_user, end).await?;
        if count > 0 {
            uow.audit().record(&self.event(Act::SessionsEnded { count, why: end.why }, who)).await?;
        }
        uow.users().save(&user.logged_in(now)).await?;
        uow.audit().record(&self.event(Act::LoginSucceeded(amr), who)).await?;
        Ok((session, secret))
    }

    /// Records why somebody with the right password does not get in; the error to answer.
    async fn turn_away(
        &self,
        mut uow: Box<dyn UnitOfWork>,
        why: LoginFailure,
        error: Error,
        who: Who<'_>,
    ) -> Result<Error, Error> {
        uow.audit().record(&self.event(Act::LoginFailed(why), who)).await?;
        uow.commit().await?;
        Ok(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use voxgate_domain::policy::Attempts;
    use voxgate_domain::ports::MockStore;

    use crate::test_support::{
        Doubles, Journal, Unit, account, active, client, email, minutes, now, password, pending, with_mfa,
    };

    fn input() -> LogIn {
        LogIn { email: email(), password: password(), device_name: None, delivery: TokenDelivery::Body }
    }

    fn right() -> Verification {
        Verification::Match { outdated: false }
    }

    /// A unit whose counter stands at `failures` and is saved.
    fn counting(journal: &Journal, failures: u32) -> Unit {
        let mut unit = Unit::new(journal);
        unit.attempts = voxgate_domain::ports::MockLoginAttempts::new();
        let before = Attempts { failures, last_failure_at: Some(now()), locked_until: None };
        unit.attempts.expect_lock().returning(move |_, _| Ok(before));
        let saved = journal.clone();
        unit.attempts.expect_save().returning(move |_, attempts, _| {
            saved.note(format!("failures {}", attempts.failures));
            Ok(())
        });
        unit
    }

    #[tokio::test]
    async fn the_right_password_begins_a_session() {
        let journal = Journal::default();
        let mut unit = Unit::new(&journal);
        unit.users.expect_lock().returning(|_| Ok(Some(account(active()))));
        unit.users.expect_save().withf(|user| user.last_login_at == Some(now())).times(1).returning(|_| Ok(()));
        unit.sessions.expect_add().times(1).returning(|_, _| Ok(()));
        unit.sessions.expect_end_excess().returning(|_, _, _| Ok(0));
        unit.roles.expect_of().returning(|_| Ok(Vec::new()));
        let doubles = Doubles::new().with_account(Some(account(active()))).with_verification(right());
        let app = doubles.with_unit(unit).application();

        let LoggedIn::Session(pair) = app.log_in(input(), &client()).await.unwrap() else { panic!("no session") };

        assert_eq!(pair.expires_in, minutes(15));
        assert_eq!(pair.refresh_expires_in, Duration::from_secs(604_800));
        assert_eq!(journal.lines(), ["audit login.succeeded", "commit"]);
    }

    #[tokio::test]
    async fn with_a_second_factor_the_password_alone_begins_no_session_and_ends_no_run_of_failures() {
        let journal = Journal::default();
        let mut unit = counting(&journal, 3);
        unit.users.expect_lock().returning(|_| Ok(Some(account(with_mfa()))));
        unit.challenges
            .expect_add()
            .withf(|challenge| challenge.user_id == with_mfa().id && challenge.device.ip_address == client().ip_address)
            .times(1)
            .returning(|_| Ok(()));
        let doubles = Doubles::new().with_account(Some(account(with_mfa()))).with_verification(right());

        let outcome = doubles.with_unit(unit).application().log_in(input(), &client()).await.unwrap();

        assert!(matches!(outcome, LoggedIn::MfaRequired(pending) if pending.expires_in == minutes(5)));
        assert_eq!(journal.lines(), ["audit mfa.challenged", "commit"]);
    }

    #[tokio::test]
    async fn an_unknown_address_costs_a_hash_and_counts_as_a_known_one_does() {
        let journal = Journal::default();
        let mut doubles = Doubles::new().with_account(None).with_unit(counting(&journal, 0));
        doubles
            .passwords
            .expect_verify()
            .withf(|_, hash| hash.is_none())
            .times(1)
            .returning(|_, _| Ok(Verification::Mismatch));

        let refused = doubles.application().log_in(input(), &client()).await;

        assert!(matches!(refused, Err(Error::InvalidCredentials)));
        assert_eq!(journal.lines(), ["failures 1", "audit login.failed", "commit"]);
    }

    #[tokio::test]
    async fn the_fifth_failure_locks_and_the_owner_is_told() {
        let journal = Journal::default();
        let doubles = Doubles::new().with_account(Some(account(active()))).with_verification(Verification::Mismatch);

        let refused = doubles.with_unit(counting(&journal, 4)).application().log_in(input(), &client()).await;

        assert!(matches!(refused, Err(Error::InvalidCredentials)));
        let done = ["failures 5", "audit login.failed", "audit account.locked", "mail account_locked", "commit"];
        assert_eq!(journal.lines(), done);
    }

    #[tokio::test]
    async fn a_lock_refuses_even_the_right_password_and_hashes_nothing() {
        let journal = Journal::default();
        let mut doubles = Doubles { store: MockStore::new(), ..Doubles::new() };
        let locked = Attempts { failures: 5, last_failure_at: Some(now()), locked_until: Some(now().plus(minutes(9))) };
        doubles.store.expect_attempts().returning(move |_| Ok(locked));
        let app = doubles.with_account(Some(account(active()))).with_unit(Unit::new(&journal)).application();

        let refused = app.log_in(input(), &client()).await;

        assert!(matches!(refused, Err(Error::AccountLocked { retry_after }) if retry_after == minutes(9)));
        assert_eq!(journal.lines(), ["audit login.failed", "commit"]);
    }

    #[tokio::test]
    async fn a_lock_that_came_while_hashing_refuses_too() {
        let journal = Journal::default();
        let mut unit = Unit::new(&journal);
        unit.attempts = voxgate_domain::ports::MockLoginAttempts::new();
        let locked =
            Attempts { failures: 5, last_failure_at: Some(now()), locked_until: Some(now().plus(minutes(15))) };
        unit.attempts.expect_lock().returning(move |_, _| Ok(locked));
        let doubles = Doubles::new().with_account(Some(account(active()))).with_verification(right());

        let refused = doubles.with_unit(unit).application().log_in(input(), &client()).await;

        assert!(matches!(refused, Err(Error::AccountLocked { .. })));
    }

    #[tokio::test]
    async fn an_unproven_address_is_told_only_to_who_has_the_password() {
        let journal = Journal::default();
        let mut unit = Unit::new(&journal);
        unit.users.expect_lock().returning(|_| Ok(Some(account(pending()))));
        let doubles = Doubles::new().with_account(Some(account(pending()))).with_verification(right());

        let refused = doubles.with_unit(unit).application().log_in(input(), &client()).await;

        assert!(matches!(refused, Err(Error::EmailNotVerified)));
        assert_eq!(journal.lines(), ["audit login.failed", "commit"]);
    }

    #[tokio::test]
    async fn a_password_changed_meanwhile_does_not_count() {
        let journal = Journal::default();
        let mut unit = counting(&journal, 0);
        let changed = Account { password: Some(PasswordHash::from_phc("other".into())), ..account(active()) };
        unit.users.expect_lock().returning(move |_| Ok(Some(changed.clone())));
        let doubles = Doubles::new().with_account(Some(account(active()))).with_verification(right());

        let refused = doubles.with_unit(unit).application().log_in(input(), &client()).await;

        assert!(matches!(refused, Err(Error::InvalidCredentials)));
    }

    #[tokio::test]
    async fn an_outdated_hash_is_renewed() {
        let journal = Journal::default();
        let mut unit = Unit::new(&journal);
        unit.users.expect_lock().returning(|_| Ok(Some(account(active()))));
        unit.users.expect_renew_hash().times(1).returning(|_, _, _| Ok(()));
        unit.users.expect_save().returning(|_| Ok(()));
        unit.sessions.expect_add().returning(|_, _| Ok(()));
        unit.sessions.expect_end_excess().returning(|_, _, _| Ok(0));
        unit.roles.expect_of().returning(|_| Ok(Vec::new()));
        let mut doubles = Doubles::new()
            .with_account(Some(account(active())))
            .with_verification(Verification::Match { outdated: true })
            .with_unit(unit);
        doubles.passwords.expect_rehash().times(1).returning(|_| Ok(PasswordHash::from_phc("stronger".into())));

        doubles.application().log_in(input(), &client()).await.unwrap();

        assert_eq!(journal.lines(), ["audit password.rehashed", "audit login.succeeded", "commit"]);
    }
}
