//! Authenticate a request by its access token.

use voxgate_domain::ports::Principal;

use crate::{Application, Error};

impl Application {
    /// Who stands behind an access token: its signature and claims are checked without the store, then session, user
    /// and roles are read as they are now, in one round trip.
    ///
    /// # Errors
    ///
    /// [`Error::Unauthenticated`] when the token is not valid, or its session or user is no longer; an error of the
    /// store.
    pub async fn authenticate(&self, access_token: &str) -> Result<Principal, Error> {
        let now = self.ports.clock.now();
        let claims = self.ports.verifier.verify(access_token, now)?;
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
    use voxgate_domain::ports::{AccessClaims, TokenError};
    use voxgate_domain::session::{EndReason, SessionEnd};
    use voxgate_domain::{Session, User, UserId};

    use crate::test_support::{Counter, Doubles, active, minutes, now, session};

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
        doubles.verifier.expect_verify().returning(move |_, _| Ok(claims.clone()));
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
    async fn a_token_that_is_not_ours_never_reaches_the_store() {
        let mut doubles = Doubles::new();
        doubles.verifier.expect_verify().returning(|_, _| Err(TokenError::Invalid));
        assert!(matches!(doubles.application().authenticate("forged").await, Err(Error::Unauthenticated)));
    }
}
