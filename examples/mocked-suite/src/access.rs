//! Who may hear a recording: whom it is of, whoever cares for patients, and nobody by a session that is over.

use std::net::IpAddr;

use voxgate_domain::policy::{AccessPolicy, SessionPolicy};
use voxgate_domain::ports::{Authenticator, Clock, StoreError};
use voxgate_domain::{Permission, SessionId, UserId};

/// What the caller is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Here it is.
    Play,
    /// Log in first.
    NotLoggedIn,
    /// It is somebody else's.
    Forbidden,
}

/// Decides who may hear a recording.
pub struct Listening<'a> {
    /// Finds who stands behind a session.
    pub authenticator: &'a dyn Authenticator,
    /// Tells the time.
    pub clock: &'a dyn Clock,
    /// How long sessions are good.
    pub sessions: SessionPolicy,
    /// Who needs what beside a permission.
    pub access: AccessPolicy,
}

impl Listening<'_> {
    /// Whether whoever holds `session` and calls from `address` may hear a recording of `owner`.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when it cannot be known: nobody hears anything then.
    pub async fn ask(&self, session: SessionId, address: IpAddr, owner: UserId) -> Result<Answer, StoreError> {
        let Some(principal) = self.authenticator.authenticate(session).await? else {
            return Ok(Answer::NotLoggedIn);
        };
        if !principal.user.is_active() || !self.sessions.is_open(&principal.session, self.clock.now()) {
            return Ok(Answer::NotLoggedIn);
        }
        let own = principal.user.id == owner;
        let may = own || self.access.judge(&principal, address, Permission::UsersRead, None).is_ok();
        Ok(if may { Answer::Play } else { Answer::Forbidden })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use voxgate_domain::RoleName;
    use voxgate_domain::fixtures::{self, FixedClock, UserBuilder};
    use voxgate_domain::ports::MockAuthenticator;

    use super::*;
    use crate::run;

    fn recorded() -> UserId {
        fixtures::user().named("patient").build().id
    }

    /// What `user` is told `later` than their session was last used, where administrators need a second factor.
    fn answer_to(user: &UserBuilder, later: Duration) -> Answer {
        let principal = user.principal();
        let (session, last_seen_at) = (principal.session.id, principal.session.last_seen_at);
        let mut authenticator = MockAuthenticator::new();
        authenticator
            .expect_authenticate()
            .withf(move |asked| *asked == session)
            .times(1)
            .return_once(move |_| Ok(Some(principal)));
        let clock = FixedClock::at(last_seen_at);
        clock.advance(later);
        let access = AccessPolicy { second_factor_roles: [RoleName::admin()].into(), ..AccessPolicy::default() };
        let listening =
            Listening { authenticator: &authenticator, clock: &clock, sessions: SessionPolicy::default(), access };
        run(listening.ask(session, fixtures::client().ip_address, recorded())).unwrap()
    }

    const AT_ONCE: Duration = Duration::from_secs(1);

    #[test]
    fn a_recording_is_heard_by_whom_it_is_of_and_by_whoever_cares_for_them() {
        assert_eq!(answer_to(&fixtures::user().named("patient"), AT_ONCE), Answer::Play);
        assert_eq!(answer_to(&fixtures::user().named("nurse").with_role("clinician"), AT_ONCE), Answer::Play);
        assert_eq!(answer_to(&fixtures::user().named("neighbour"), AT_ONCE), Answer::Forbidden);
    }

    #[test]
    fn an_administrator_needs_their_second_factor() {
        assert_eq!(answer_to(&fixtures::user().named("root").admin(), AT_ONCE), Answer::Forbidden);
        assert_eq!(answer_to(&fixtures::user().named("root").admin().with_mfa(), AT_ONCE), Answer::Play);
    }

    #[test]
    fn a_session_that_nobody_used_for_a_week_opens_nothing() {
        let week = SessionPolicy::default().idle_timeout;
        assert_eq!(answer_to(&fixtures::user().named("patient"), week - AT_ONCE), Answer::Play);
        assert_eq!(answer_to(&fixtures::user().named("patient"), week), Answer::NotLoggedIn);
    }

    #[test]
    fn an_account_that_was_switched_off_opens_nothing_not_even_its_own() {
        assert_eq!(answer_to(&fixtures::user().named("patient").inactive(), AT_ONCE), Answer::NotLoggedIn);
    }

    #[test]
    fn an_outage_is_no_permission() {
        let mut authenticator = MockAuthenticator::new();
        authenticator.expect_authenticate().returning(|_| Err(StoreError::Unavailable("the network is down".into())));
        let listening = Listening {
            authenticator: &authenticator,
            clock: &FixedClock::default(),
            sessions: SessionPolicy::default(),
            access: AccessPolicy::default(),
        };
        let session = fixtures::session(recorded()).build().id;
        let answer = run(listening.ask(session, fixtures::client().ip_address, recorded()));
        assert!(matches!(answer, Err(StoreError::Unavailable(_))));
    }
}
