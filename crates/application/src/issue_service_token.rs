//! Give a machine an access token for its secret: the client-credentials grant (RFC 6749, section 4.4).

use std::time::Duration;

use voxgate_domain::audit::ClientRefusal;
use voxgate_domain::ports::{ServiceClaims, SignedToken};
use voxgate_domain::{Act, ClientContext, PermissionSet, SecretToken, ServiceAccount, ServiceAccountId};

use crate::actor::ServiceCaller;
use crate::caller::Who;
use crate::{Application, Error};

/// Who asks for a token, and for what.
#[derive(Debug)]
pub struct TokenRequest {
    /// The client id, when it is one at all.
    pub account: Option<ServiceAccountId>,
    /// The secret, when it can be one.
    pub secret: Option<SecretToken>,
    /// What for; everything that the account has when nothing is said.
    pub scope: Option<PermissionSet>,
}

/// An access token of a machine. There is no refresh token: it has its secret (RFC 6749, section 4.4.3).
#[derive(Debug)]
pub struct ServiceToken {
    /// The token.
    pub access_token: SignedToken,
    /// How long it is valid.
    pub expires_in: Duration,
    /// What it is for, which can be less than was asked.
    pub scope: PermissionSet,
}

impl Application {
    /// An access token for the service account, by its secret. What is refused is recorded too; an unknown client and a
    /// wrong secret are told apart by the trail alone.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidClient`]; [`Error::InvalidScope`] when the account has nothing of what is asked for; an error of
    /// the store.
    pub async fn issue_service_token(
        &self,
        request: TokenRequest,
        client: &ClientContext,
    ) -> Result<ServiceToken, Error> {
        let secret = request.secret.map(|secret| self.ports.token_hasher.token(&secret));
        let now = self.ports.clock.now();
        let found = match request.account {
            Some(id) => self.ports.store.service_account(id).await?,
            None => None,
        };
        let Some(account) = found else {
            return self.refuse(ClientRefusal::UnknownClient, Who::anonymous(client)).await;
        };
        let who = Who { service: Some(account.id), ..Who::anonymous(client) };
        if !secret.is_some_and(|secret| account.accepts(&secret, now)) {
            let disabled = account.disabled_at.is_some();
            let why = if disabled { ClientRefusal::Disabled } else { ClientRefusal::WrongSecret };
            return self.refuse(why, who).await;
        }
        let scope = account.grant(request.scope.as_ref());
        if scope.iter().next().is_none() {
            return self.refuse(ClientRefusal::Scope, who).await;
        }
        let token = self.sign_service_token(&account, scope).await?;
        self.record_look(Act::ServiceTokenIssued { scope: token.scope.clone() }, who).await?;
        Ok(token)
    }

    /// Which service account these claims are of, and what it may do now: what the token was given for and the account
    /// still has.
    ///
    /// # Errors
    ///
    /// [`Error::Unauthenticated`] when the account was switched off; an error of the store.
    pub(crate) async fn service_of(
        &self,
        claims: &ServiceClaims,
        client: ClientContext,
    ) -> Result<ServiceCaller, Error> {
        let account = self.ports.store.service_account(claims.account).await?.ok_or(Error::Unauthenticated)?;
        if account.disabled_at.is_some() {
            return Err(Error::Unauthenticated);
        }
        Ok(ServiceCaller { account: account.id, permissions: account.grant(Some(&claims.scope)), client })
    }

    async fn sign_service_token(&self, account: &ServiceAccount, scope: PermissionSet) -> Result<ServiceToken, Error> {
        let now = self.ports.clock.now();
        let expires_in = self.policies.session.access_token_ttl;
        let mut token_id = [0; 16];
        self.ports.entropy.fill(&mut token_id);
        let claims = ServiceClaims {
            account: account.id,
            token_id: uuid::Builder::from_random_bytes(token_id).into_uuid(),
            issued_at: now,
            expires_at: now.plus(expires_in),
            scope: scope.clone(),
        };
        let access_token = self.ports.issuer.issue_to_service(&claims).await?;
        Ok(ServiceToken { access_token, expires_in, scope })
    }

    async fn refuse(&self, why: ClientRefusal, who: Who<'_>) -> Result<ServiceToken, Error> {
        self.record_look(Act::ServiceTokenRefused(why), who).await?;
        Err(if why == ClientRefusal::Scope { Error::InvalidScope } else { Error::InvalidClient })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use voxgate_domain::Permission;

    use crate::test_support::{Doubles, Journal, Unit, client, now, service_account, token};

    /// The answer when the store finds `account`, whose secret is the only one that there is.
    async fn ask(found: Option<ServiceAccount>, scope: &[Permission]) -> (Result<ServiceToken, Error>, Vec<String>) {
        let journal = Journal::default();
        let mut doubles = Doubles::new().with_unit(Unit::new(&journal));
        doubles.store.expect_service_account().returning(move |_| Ok(found.clone()));
        let scope = (!scope.is_empty()).then(|| scope.iter().copied().collect());
        let request = TokenRequest { account: Some(service_account().id), secret: Some(token("vgs_secret")), scope };
        let answer = doubles.application().issue_service_token(request, &client()).await;
        (answer, journal.lines())
    }

    fn with_secret(byte: u8) -> ServiceAccount {
        ServiceAccount { secret: voxgate_domain::TokenHash::from_bytes([byte; 32]), ..service_account() }
    }

    #[tokio::test]
    async fn the_right_secret_gets_a_token_for_what_the_account_has() {
        let (answer, journal) = ask(Some(service_account()), &[]).await;
        assert_eq!(answer.unwrap().scope, service_account().permissions);
        assert_eq!(journal, ["audit token.issued", "commit"]);
        let (narrow, _) = ask(Some(service_account()), &[Permission::AuditRead, Permission::OpsRead]).await;
        assert_eq!(narrow.unwrap().scope, [Permission::AuditRead].into_iter().collect());
    }

    #[tokio::test]
    async fn an_unknown_client_a_wrong_secret_and_a_client_that_is_off_are_refused_alike_and_recorded() {
        let off = service_account().disable(now()).unwrap();
        for found in [None, Some(with_secret(9)), Some(off)] {
            let (answer, journal) = ask(found, &[]).await;
            assert!(matches!(answer, Err(Error::InvalidClient)));
            assert_eq!(journal, ["audit token.issued", "commit"]);
        }
    }

    #[tokio::test]
    async fn a_scope_of_which_the_account_has_nothing_is_refused() {
        let (answer, journal) = ask(Some(service_account()), &[Permission::OpsRead]).await;
        assert!(matches!(answer, Err(Error::InvalidScope)));
        assert_eq!(journal, ["audit token.issued", "commit"]);
    }

    /// Whoever bears a token for `scope`, when the store finds `account`.
    async fn bear(found: Option<ServiceAccount>, scope: &[Permission]) -> Result<ServiceCaller, Error> {
        let mut doubles = Doubles::new();
        let claims = ServiceClaims {
            account: service_account().id,
            token_id: uuid::Uuid::nil(),
            issued_at: now(),
            expires_at: now(),
            scope: scope.iter().copied().collect(),
        };
        doubles.store.expect_service_account().returning(move |_| Ok(found.clone()));
        doubles.application().service_of(&claims, client()).await
    }

    #[tokio::test]
    async fn a_token_is_worth_what_its_account_still_has() {
        let caller = bear(Some(service_account()), &[Permission::AuditRead, Permission::OpsRead]).await.unwrap();
        assert_eq!(caller.permissions, [Permission::AuditRead].into_iter().collect());
        let off = service_account().disable(now()).unwrap();
        for found in [None, Some(off)] {
            assert!(matches!(bear(found, &[Permission::AuditRead]).await, Err(Error::Unauthenticated)));
        }
    }

    #[tokio::test]
    async fn what_a_machine_lacks_is_refused_and_recorded() {
        let journal = Journal::default();
        let app = Doubles::new().with_unit(Unit::new(&journal)).application();
        let bearer = bear(Some(service_account()), &[Permission::AuditRead]).await.unwrap();
        assert!(app.authorize_service(bearer.clone(), Permission::AuditRead).await.is_ok());
        let refused = app.authorize_service(bearer, Permission::RevocationsRead).await;
        assert!(matches!(refused, Err(Error::Forbidden)));
        assert_eq!(journal.lines(), ["audit access.denied", "commit"]);
    }
}
