//! Authenticate a request by its access token.

use voxgate_domain::ports::{AccessClaims, Principal, TokenClaims};
use voxgate_domain::{ClientContext, Timestamp};

use crate::{Actor, Application, Caller, Error};

impl Application {
    /// Who stands behind an access token: its signature and claims are checked without the store, then session, user
    /// and roles are read as they are now, in one round trip.
    ///
    /// # Errors
    ///
    /// [`Error::Unauthenticated`] when the token is not valid, or its session or user is no longer; [`Error::Forbidden`]
    /// when it is a machine's; an error of the store.
    pub async fn authenticate(&self, access_token: &str) -> Result<Principal, Error> {
        let now = self.ports.clock.now();
        match self.ports.verifier.verify(access_token, now)? {
            TokenClaims::User(claims) => self.principal_of(&claims, now).await,
            TokenClaims::Service(_) => Err(Error::Forbidden),
        }
    }

    /// Whoever stands behind an access token, a person or a machine, likewise.
    ///
    /// # Errors
    ///
    /// As [`authenticate`](Self::authenticate).
    pub async fn authenticate_actor(&self, access_token: &str, client: ClientContext) -> Result<Actor, Error> {
        let now = self.ports.clock.now();
        match self.ports.verifier.verify(access_token, now)? {
            TokenClaims::User(claims) => Ok(Caller::new(self.principal_of(&claims, now).await?, client).into()),
            TokenClaims::Service(claims) => Ok(self.service_of(&claims, client).await?.into()),
        }
    }

    async fn principal_of(&self, claims: &AccessClaims, now: Timestamp) -> Result<Principal, Error> {
        let principal = self.ports.authenticator.authenticate(claims.session).await?.ok_or(Error::Unauthenticated)?;
        let open = self.policies.session.is_open(&principal.session, now);
        if open && principal.user.is_active() && principal.user.id == claims.subject {
            Ok(principal)
        } else {
            Err(Error::Unauthenticated)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use voxgate_domain::ports::{ServiceClaims, TokenError};
    use voxgate_domain::session::{EndReason, SessionEnd};
    use voxgate_domain::{Session, User, UserId};

    use crate::test_support::{Counter, Doubles, active, client, minutes, now, service_account, session};

    /// The answer for a valid token of `subject`'s session, when the store finds `user` and `session`.
    async fn authenticate(subject: UserId, user: User, session: Session) -> Result<Principal, Error> {
        let mut doubles = Doubles::new();
        let claims = AccessClaims {
            subject,
            session: session.id,
            token_id: uuid::Uuid::nil(),
            issued_at: now(),
            expires_at: now().plus(minutes(15)),
            auth_time: now(),
            roles: Vec::new(),
            amr: session.amr,
        };
        doubles.verifier.expect_verify().returning(move |_, _| Ok(TokenClaims::User(claims.clone())));
        let found = Principal { user, session, roles: Vec::new() };
        doubles.authenticator.expect_authenticate().times(1).returning(move |_| Ok(Some(found.clone())));
        doubles.application().authenticate("token").await
    }

    #[tokio::test]
    async fn an_open_session_of_an_active_user_is_let_in() {
        let user = active();
        assert!(authenticate(user.id, user.clone(), session(&user)).await.is_ok());
    }

    #[tokio::test]
    async fn an_ended_session_a_user_who_left_and_another_users_session_are_not() {
        let user = active();
        let end = SessionEnd { at: now(), why: EndReason::LoggedOut };
        let ended = Session { ended: Some(end), ..session(&user) };
        assert!(authenticate(user.id, user.clone(), ended).await.is_err());
        let gone = user.clone().delete(now()).unwrap();
        assert!(authenticate(user.id, gone, session(&user)).await.is_err());
        let other = UserId::generate(now().plus(minutes(1)), &Counter::default());
        assert!(authenticate(other, user.clone(), session(&user)).await.is_err());
    }

    #[tokio::test]
    async fn a_machine_is_no_person() {
        let claims = || ServiceClaims {
            account: service_account().id,
            token_id: uuid::Uuid::nil(),
            issued_at: now(),
            expires_at: now().plus(minutes(15)),
            scope: service_account().permissions,
        };
        let mut doubles = Doubles::new();
        doubles.verifier.expect_verify().returning(move |_, _| Ok(TokenClaims::Service(claims())));
        doubles.store.expect_service_account().returning(|_| Ok(Some(service_account())));
        let app = doubles.application();
        assert!(matches!(app.authenticate("token").await, Err(Error::Forbidden)));
        let Ok(Actor::Service(found)) = app.authenticate_actor("token", client()).await else { panic!("a machine") };
        assert_eq!((found.account, found.permissions), (service_account().id, service_account().permissions));
    }

    #[tokio::test]
    async fn a_token_that_is_not_ours_never_reaches_the_store() {
        let mut doubles = Doubles::new();
        doubles.verifier.expect_verify().returning(|_, _| Err(TokenError::Invalid));
        assert!(matches!(doubles.application().authenticate("forged").await, Err(Error::Unauthenticated)));
    }

    #[tokio::test]
    async fn a_token_that_cannot_be_looked_at_is_no_fault_of_its_bearer() {
        let mut doubles = Doubles::new();
        doubles.verifier.expect_verify().returning(|_, _| Err(TokenError::Failed("no key".into())));
        assert!(matches!(doubles.application().authenticate("token").await, Err(Error::Internal(_))));
    }
}
