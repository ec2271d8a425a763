//! A method for each operation. Written by `just clients` from the OpenAPI document: a change here is lost.

use reqwest::Method;
use uuid::Uuid;

use crate::call::{Call, Tagged};
use crate::generated::{queries, types};
use crate::pages::{self, Items};
use crate::{Client, Error};

impl Client {
    /// Read the public keys.
    ///
    /// Every key that can still verify an access token, for services that check tokens by themselves.
    ///
    /// `GET /.well-known/jwks.json` needs no access token.
    ///
    /// # Errors
    ///
    /// - 403 `ip_not_allowed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn jwks(&self) -> Result<types::KeySet, Error> {
        self.send(Call::new(Method::GET, "/.well-known/jwks.json")).await?.json()
    }

    /// Read the audit trail.
    ///
    /// Newest first; the read is itself audited. With `Accept: application/x-ndjson` every event that matches comes as a line
    /// of JSON, whatever `limit` and `cursor` say. Without a condition that is the whole trail, oldest first, with its seals
    /// as lines, so that `voxgate audit verify --file` verifies it with the public key alone.
    ///
    /// `GET /audit` needs an access token with the permission `audit:read`.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`
    /// - 403 `forbidden`, `mfa_enrollment_required`, `ip_not_allowed`
    /// - 422 `validation_failed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn list_events(&self, query: &queries::ListEvents) -> Result<types::AuditEventList, Error> {
        self.send(Call::new(Method::GET, "/audit").query(query)?.authorized()).await?.json()
    }

    /// Everything of [`Client::list_events`], page by page as it is read.
    #[must_use]
    pub fn list_events_all(&self, query: &queries::ListEvents) -> Items<'_, types::AuditEvent> {
        let query = query.clone();
        pages::items(query.cursor.clone(), move |cursor| {
            let query = queries::ListEvents { cursor, ..query.clone() };
            async move { self.list_events(&query).await }
        })
    }

    /// Change the password.
    ///
    /// Every other session of the caller ends. A wrong present password counts as a failed login does.
    ///
    /// `POST /auth/change-password` needs an access token.
    ///
    /// # Errors
    ///
    /// - 400 `malformed_json`
    /// - 401 `unauthenticated`, `invalid_credentials`
    /// - 403 `ip_not_allowed`
    /// - 413 `payload_too_large`
    /// - 415 `unsupported_media_type`
    /// - 422 `validation_failed`
    /// - 423 `account_locked`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn change_password(&self, body: &types::PasswordChange) -> Result<(), Error> {
        self.send(Call::new(Method::POST, "/auth/change-password").body("application/json", body)?.authorized())
            .await?
            .nothing()
    }

    /// List the emergency accesses that one holds.
    ///
    /// `GET /auth/emergency-access` needs an access token with the permission `emergency:access`.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`
    /// - 403 `forbidden`, `mfa_enrollment_required`, `ip_not_allowed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn open_emergency_accesses(&self) -> Result<types::EmergencyAccessList, Error> {
        self.send(Call::new(Method::GET, "/auth/emergency-access").authorized()).await?.json()
    }

    /// Take emergency access to a person's data.
    ///
    /// "Break-glass": lets the caller see one person's data for a while, where their roles do not. It ends by itself; all that
    /// is done with it is audited under its id; the person and every administrator are told by mail.
    ///
    /// `POST /auth/emergency-access` needs an access token with the permission `emergency:access`.
    ///
    /// # Errors
    ///
    /// - 400 `malformed_json`
    /// - 401 `unauthenticated`, `reauthentication_required`
    /// - 403 `forbidden`, `mfa_enrollment_required`, `ip_not_allowed`
    /// - 404 `not_found`
    /// - 409 `conflict`
    /// - 413 `payload_too_large`
    /// - 415 `unsupported_media_type`
    /// - 422 `validation_failed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn take_emergency_access(
        &self,
        body: &types::EmergencyAccessRequest,
    ) -> Result<types::EmergencyAccess, Error> {
        self.send(Call::new(Method::POST, "/auth/emergency-access").body("application/json", body)?.authorized())
            .await?
            .json()
    }

    /// Give an emergency access back.
    ///
    /// 404 for one that is over, somebody else's, or none at all.
    ///
    /// `DELETE /auth/emergency-access/{id}` needs an access token with the permission `emergency:access`.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`
    /// - 403 `forbidden`, `mfa_enrollment_required`, `ip_not_allowed`
    /// - 404 `not_found`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn close_emergency_access(&self, id: Uuid) -> Result<(), Error> {
        self.send(Call::new(Method::DELETE, "/auth/emergency-access/{id}").path("id", &id).authorized())
            .await?
            .nothing()
    }

    /// Ask for a link that resets the password.
    ///
    /// The answer is the same whether or not the address has an account.
    ///
    /// `POST /auth/forgot-password` needs no access token.
    ///
    /// # Errors
    ///
    /// - 400 `malformed_json`
    /// - 403 `ip_not_allowed`
    /// - 413 `payload_too_large`
    /// - 415 `unsupported_media_type`
    /// - 422 `validation_failed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn forgot_password(&self, body: &types::Address) -> Result<types::Accepted, Error> {
        self.send(Call::new(Method::POST, "/auth/forgot-password").body("application/json", body)?).await?.json()
    }

    /// Log in.
    ///
    /// Begins a session, or asks for the second factor where the user has one. With `token_delivery` `cookie` the refresh token is left out of the body and set as
    /// `__Host-voxgate_refresh` beside a readable `__Host-voxgate_csrf`.
    ///
    /// On a device that is not known yet the answer also sets `__Host-voxgate_device`. A client that keeps it is known at its
    /// next login: its owner gets no mail about a new device then, and nobody else's failures lock them out there.
    ///
    /// `POST /auth/login` needs no access token.
    ///
    /// # Errors
    ///
    /// - 400 `malformed_json`
    /// - 401 `invalid_credentials`
    /// - 403 `email_not_verified`, `account_inactive`, `ip_not_allowed`
    /// - 413 `payload_too_large`
    /// - 415 `unsupported_media_type`
    /// - 422 `validation_failed`
    /// - 423 `account_locked`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn login(&self, body: &types::Login) -> Result<types::LoginAnswer, Error> {
        self.send(Call::new(Method::POST, "/auth/login").body("application/json", body)?).await?.json()
    }

    /// Log out.
    ///
    /// Ends the session of the access token; or, where none is sent, that of the refresh token in the cookie, which needs
    /// `X-CSRF-Token` too. Both cookies are taken away.
    ///
    /// `POST /auth/logout` needs an access token.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`, `invalid_refresh_token`
    /// - 403 `csrf_failed`, `ip_not_allowed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn logout(&self) -> Result<(), Error> {
        self.send(Call::new(Method::POST, "/auth/logout").authorized()).await?.nothing()
    }

    /// Read one's second factor.
    ///
    /// `GET /auth/mfa` needs an access token.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`
    /// - 403 `ip_not_allowed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn read_mfa(&self) -> Result<types::MfaStatus, Error> {
        self.send(Call::new(Method::GET, "/auth/mfa").authorized()).await?.json()
    }

    /// Make new recovery codes.
    ///
    /// The old ones die.
    ///
    /// `POST /auth/mfa/recovery-codes` needs an access token.
    ///
    /// # Errors
    ///
    /// - 400 `malformed_json`
    /// - 401 `unauthenticated`, `invalid_mfa_code`, `reauthentication_required`
    /// - 403 `ip_not_allowed`
    /// - 409 `conflict`
    /// - 413 `payload_too_large`
    /// - 415 `unsupported_media_type`
    /// - 422 `validation_failed`
    /// - 423 `account_locked`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn regenerate_recovery_codes(&self, body: &types::TotpCode) -> Result<types::RecoveryCodes, Error> {
        self.send(Call::new(Method::POST, "/auth/mfa/recovery-codes").body("application/json", body)?.authorized())
            .await?
            .json()
    }

    /// Confirm an authenticator app.
    ///
    /// From now on logging in takes a code. Answers ten recovery codes, each of which works once in the place of a code.
    ///
    /// `POST /auth/mfa/totp/confirm` needs an access token.
    ///
    /// # Errors
    ///
    /// - 400 `malformed_json`
    /// - 401 `unauthenticated`, `invalid_mfa_code`
    /// - 403 `ip_not_allowed`
    /// - 409 `conflict`
    /// - 413 `payload_too_large`
    /// - 415 `unsupported_media_type`
    /// - 422 `validation_failed`
    /// - 423 `account_locked`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn confirm_totp(&self, body: &types::TotpCode) -> Result<types::RecoveryCodes, Error> {
        self.send(Call::new(Method::POST, "/auth/mfa/totp/confirm").body("application/json", body)?.authorized())
            .await?
            .json()
    }

    /// Turn the second factor off.
    ///
    /// App and recovery codes are forgotten.
    ///
    /// `POST /auth/mfa/totp/disable` needs an access token.
    ///
    /// # Errors
    ///
    /// - 400 `malformed_json`
    /// - 401 `unauthenticated`, `invalid_mfa_code`, `reauthentication_required`
    /// - 403 `ip_not_allowed`
    /// - 409 `conflict`
    /// - 413 `payload_too_large`
    /// - 415 `unsupported_media_type`
    /// - 422 `validation_failed`
    /// - 423 `account_locked`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn disable_totp(&self, body: &types::FactorProof) -> Result<(), Error> {
        self.send(Call::new(Method::POST, "/auth/mfa/totp/disable").body("application/json", body)?.authorized())
            .await?
            .nothing()
    }

    /// Enroll an authenticator app.
    ///
    /// Gives out a secret, in the place of one that was never confirmed. Nothing is asked of it until its first code comes to
    /// `/auth/mfa/totp/confirm`, within the hour. 409 where a second factor is on: turn it off first.
    ///
    /// `POST /auth/mfa/totp/enroll` needs an access token.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`, `reauthentication_required`
    /// - 403 `ip_not_allowed`
    /// - 409 `conflict`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn enroll_totp(&self) -> Result<types::TotpEnrollment, Error> {
        self.send(Call::new(Method::POST, "/auth/mfa/totp/enroll").authorized()).await?.json()
    }

    /// Finish a login by the second factor.
    ///
    /// Begins the session of a login that answered `mfa_required`; the refresh token goes where that login wished. A code
    /// works once. Five wrong ones burn the `mfa_token`, and each counts as a failed login.
    ///
    /// `POST /auth/mfa/verify` needs no access token.
    ///
    /// # Errors
    ///
    /// - 400 `malformed_json`
    /// - 401 `invalid_mfa_code`
    /// - 403 `ip_not_allowed`
    /// - 413 `payload_too_large`
    /// - 415 `unsupported_media_type`
    /// - 422 `validation_failed`
    /// - 423 `account_locked`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn verify_mfa(&self, body: &types::MfaVerification) -> Result<types::TokenPair, Error> {
        self.send(Call::new(Method::POST, "/auth/mfa/verify").body("application/json", body)?).await?.json()
    }

    /// Prove again who one is.
    ///
    /// Renews the `auth_time` of this session, which sensitive calls want to be at most 10 minutes old. Where the caller has a
    /// second factor, its code is needed too.
    ///
    /// `POST /auth/reauthenticate` needs an access token.
    ///
    /// # Errors
    ///
    /// - 400 `malformed_json`
    /// - 401 `unauthenticated`, `invalid_credentials`, `invalid_mfa_code`
    /// - 403 `ip_not_allowed`
    /// - 413 `payload_too_large`
    /// - 415 `unsupported_media_type`
    /// - 422 `validation_failed`
    /// - 423 `account_locked`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn reauthenticate(&self, body: &types::Reauthentication) -> Result<(), Error> {
        self.send(Call::new(Method::POST, "/auth/reauthenticate").body("application/json", body)?.authorized())
            .await?
            .nothing()
    }

    /// Refresh a session.
    ///
    /// Gives a new pair for the refresh token in the body, or else in the cookie, which needs `X-CSRF-Token` too. The token
    /// is spent; coming back after a short leeway it ends the session.
    ///
    /// `POST /auth/refresh` needs no access token.
    ///
    /// # Errors
    ///
    /// - 400 `malformed_json`
    /// - 401 `invalid_refresh_token`, `refresh_token_reused`
    /// - 403 `csrf_failed`, `ip_not_allowed`
    /// - 413 `payload_too_large`
    /// - 415 `unsupported_media_type`
    /// - 422 `validation_failed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn refresh(&self, body: &types::Refresh) -> Result<types::TokenPair, Error> {
        self.send(Call::new(Method::POST, "/auth/refresh").body("application/json", body)?).await?.json()
    }

    /// Register.
    ///
    /// Makes a pending account and mails a link that verifies the address. The answer is the same for an address that has
    /// an account: its owner gets a different mail.
    ///
    /// `POST /auth/register` needs no access token.
    ///
    /// # Errors
    ///
    /// - 400 `malformed_json`
    /// - 403 `ip_not_allowed`
    /// - 413 `payload_too_large`
    /// - 415 `unsupported_media_type`
    /// - 422 `validation_failed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn register(&self, body: &types::Registration) -> Result<types::Accepted, Error> {
        self.send(Call::new(Method::POST, "/auth/register").body("application/json", body)?).await?.json()
    }

    /// Ask for another verification mail.
    ///
    /// The answer is the same whether or not there is an account that waits for one.
    ///
    /// `POST /auth/resend-verification` needs no access token.
    ///
    /// # Errors
    ///
    /// - 400 `malformed_json`
    /// - 403 `ip_not_allowed`
    /// - 413 `payload_too_large`
    /// - 415 `unsupported_media_type`
    /// - 422 `validation_failed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn resend_verification(&self, body: &types::Address) -> Result<types::Accepted, Error> {
        self.send(Call::new(Method::POST, "/auth/resend-verification").body("application/json", body)?).await?.json()
    }

    /// Set a password by a link.
    ///
    /// Uses up the token. Every session of the user ends, and a lock is lifted. A password that is refused leaves the token
    /// good.
    ///
    /// `POST /auth/reset-password` needs no access token.
    ///
    /// # Errors
    ///
    /// - 400 `malformed_json`, `invalid_token`
    /// - 403 `ip_not_allowed`
    /// - 413 `payload_too_large`
    /// - 415 `unsupported_media_type`
    /// - 422 `validation_failed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn reset_password(&self, body: &types::PasswordReset) -> Result<(), Error> {
        self.send(Call::new(Method::POST, "/auth/reset-password").body("application/json", body)?).await?.nothing()
    }

    /// List the sessions that were ended.
    ///
    /// For sibling services that hold access tokens for valid by themselves: a token whose `sid` is listed is not. Those whose
    /// tokens have all expired are left out. Read every page, then ask again with `next_since`.
    ///
    /// `GET /auth/revocations` needs an access token with the permission `revocations:read`.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`
    /// - 403 `forbidden`, `mfa_enrollment_required`, `ip_not_allowed`
    /// - 422 `validation_failed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn list_revocations(&self, query: &queries::ListRevocations) -> Result<types::RevocationList, Error> {
        self.send(Call::new(Method::GET, "/auth/revocations").query(query)?.authorized()).await?.json()
    }

    /// Everything of [`Client::list_revocations`], page by page as it is read.
    #[must_use]
    pub fn list_revocations_all(&self, query: &queries::ListRevocations) -> Items<'_, types::Revocation> {
        let query = query.clone();
        pages::items(query.cursor.clone(), move |cursor| {
            let query = queries::ListRevocations { cursor, ..query.clone() };
            async move { self.list_revocations(&query).await }
        })
    }

    /// Get an access token for a service account.
    ///
    /// The client-credentials grant (RFC 6749, section 4.4) for machines. The client proves who it is by HTTP Basic, or by
    /// `client_id` and `client_secret` in the form. There is no refresh token.
    ///
    /// `POST /auth/token` needs no access token.
    ///
    /// # Errors
    ///
    /// - 400 `invalid_request`, `invalid_scope`, `unsupported_grant_type`
    /// - 401 `invalid_client`
    /// - 403 `ip_not_allowed`
    /// - 413 `payload_too_large`
    /// - 415 `unsupported_media_type`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn issue_service_token(&self, body: &types::TokenRequest) -> Result<types::ServiceToken, Error> {
        self.send(Call::new(Method::POST, "/auth/token").body("application/x-www-form-urlencoded", body)?).await?.json()
    }

    /// Verify an address.
    ///
    /// Uses up the token of a registration, which becomes active, or of a change of address, which takes place.
    ///
    /// `POST /auth/verify-email` needs no access token.
    ///
    /// # Errors
    ///
    /// - 400 `malformed_json`, `invalid_token`
    /// - 403 `ip_not_allowed`
    /// - 413 `payload_too_large`
    /// - 415 `unsupported_media_type`
    /// - 422 `validation_failed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn verify_email(&self, body: &types::EmailVerification) -> Result<(), Error> {
        self.send(Call::new(Method::POST, "/auth/verify-email").body("application/json", body)?).await?.nothing()
    }

    /// List every emergency access that was taken.
    ///
    /// By anybody, newest first; the look is audited.
    ///
    /// `GET /emergency-accesses` needs an access token with the permission `audit:read`.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`
    /// - 403 `forbidden`, `mfa_enrollment_required`, `ip_not_allowed`
    /// - 422 `validation_failed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn list_emergency_accesses(&self, query: &queries::Paging) -> Result<types::EmergencyAccessList, Error> {
        self.send(Call::new(Method::GET, "/emergency-accesses").query(query)?.authorized()).await?.json()
    }

    /// Everything of [`Client::list_emergency_accesses`], page by page as it is read.
    #[must_use]
    pub fn list_emergency_accesses_all(&self, query: &queries::Paging) -> Items<'_, types::EmergencyAccess> {
        let query = query.clone();
        pages::items(query.cursor.clone(), move |cursor| {
            let query = queries::Paging { cursor, ..query.clone() };
            async move { self.list_emergency_accesses(&query).await }
        })
    }

    /// Read the version.
    ///
    /// `GET /health` needs no access token.
    ///
    /// # Errors
    ///
    /// - 403 `ip_not_allowed`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn health(&self) -> Result<types::HealthSummary, Error> {
        self.send(Call::new(Method::GET, "/health")).await?.json()
    }

    /// Read how each part of the service does.
    ///
    /// Needs `ops:read`, unless the request comes from the machine itself and through no proxy.
    ///
    /// `GET /health/detailed` needs an access token with the permission `ops:read`.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`
    /// - 403 `forbidden`, `mfa_enrollment_required`, `ip_not_allowed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn detailed_health(&self) -> Result<types::DetailedHealth, Error> {
        self.send(Call::new(Method::GET, "/health/detailed").authorized()).await?.json()
    }

    /// Ask whether the process lives.
    ///
    /// 200 while it can answer, whatever its dependencies do.
    ///
    /// `GET /health/live` needs no access token.
    ///
    /// # Errors
    ///
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn live(&self) -> Result<types::HealthSummary, Error> {
        self.send(Call::new(Method::GET, "/health/live")).await?.json()
    }

    /// Ask whether requests should come here.
    ///
    /// 503 while starting, while draining, and without the database.
    ///
    /// `GET /health/ready` needs no access token.
    ///
    /// # Errors
    ///
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn ready(&self) -> Result<types::HealthSummary, Error> {
        self.send(Call::new(Method::GET, "/health/ready")).await?.json()
    }

    /// Read the metrics.
    ///
    /// In the text format of Prometheus. Needs `ops:read`, unless the request comes from the machine itself, or from a
    /// network that `METRICS_PEERS` names, and through no proxy.
    ///
    /// `GET /metrics` needs an access token with the permission `ops:read`.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`
    /// - 403 `forbidden`, `mfa_enrollment_required`, `ip_not_allowed`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn metrics(&self) -> Result<String, Error> {
        self.send(Call::new(Method::GET, "/metrics").authorized()).await?.text()
    }

    /// List the roles.
    ///
    /// `GET /roles` needs an access token with the permission `roles:read`.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`
    /// - 403 `forbidden`, `mfa_enrollment_required`, `ip_not_allowed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn list_roles(&self) -> Result<types::RoleList, Error> {
        self.send(Call::new(Method::GET, "/roles").authorized()).await?.json()
    }

    /// List the service accounts.
    ///
    /// `GET /service-accounts` needs an access token with the permission `service_accounts:manage`.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`
    /// - 403 `forbidden`, `mfa_enrollment_required`, `ip_not_allowed`
    /// - 422 `validation_failed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn list_service_accounts(&self, query: &queries::Paging) -> Result<types::ServiceAccountList, Error> {
        self.send(Call::new(Method::GET, "/service-accounts").query(query)?.authorized()).await?.json()
    }

    /// Everything of [`Client::list_service_accounts`], page by page as it is read.
    #[must_use]
    pub fn list_service_accounts_all(&self, query: &queries::Paging) -> Items<'_, types::ServiceAccount> {
        let query = query.clone();
        pages::items(query.cursor.clone(), move |cursor| {
            let query = queries::Paging { cursor, ..query.clone() };
            async move { self.list_service_accounts(&query).await }
        })
    }

    /// Make a service account.
    ///
    /// A machine caller, which gets access tokens at `/auth/token`. The secret is shown this once.
    ///
    /// `POST /service-accounts` needs an access token with the permission `service_accounts:manage`.
    ///
    /// # Errors
    ///
    /// - 400 `malformed_json`
    /// - 401 `unauthenticated`, `reauthentication_required`
    /// - 403 `forbidden`, `mfa_enrollment_required`, `ip_not_allowed`
    /// - 409 `conflict`
    /// - 413 `payload_too_large`
    /// - 415 `unsupported_media_type`
    /// - 422 `validation_failed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn create_service_account(
        &self,
        body: &types::NewServiceAccount,
    ) -> Result<types::ServiceAccountSecret, Error> {
        self.send(Call::new(Method::POST, "/service-accounts").body("application/json", body)?.authorized())
            .await?
            .json()
    }

    /// Switch a service account off.
    ///
    /// For good: its secret and its tokens are refused from the next request on. Sibling services that verify tokens by
    /// themselves take those it holds until they expire.
    ///
    /// `DELETE /service-accounts/{id}` needs an access token with the permission `service_accounts:manage`.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`, `reauthentication_required`
    /// - 403 `forbidden`, `mfa_enrollment_required`, `ip_not_allowed`
    /// - 404 `not_found`
    /// - 409 `conflict`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn disable_service_account(&self, id: Uuid) -> Result<(), Error> {
        self.send(Call::new(Method::DELETE, "/service-accounts/{id}").path("id", &id).authorized()).await?.nothing()
    }

    /// Give a service account another secret.
    ///
    /// The present one works on for a while, so that no instance has to change at the same moment; an older one does not.
    ///
    /// `POST /service-accounts/{id}/secret` needs an access token with the permission `service_accounts:manage`.
    ///
    /// # Errors
    ///
    /// - 400 `malformed_json`
    /// - 401 `unauthenticated`, `reauthentication_required`
    /// - 403 `forbidden`, `mfa_enrollment_required`, `ip_not_allowed`
    /// - 404 `not_found`
    /// - 409 `conflict`
    /// - 413 `payload_too_large`
    /// - 415 `unsupported_media_type`
    /// - 422 `validation_failed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn rotate_service_secret(
        &self,
        id: Uuid,
        body: &types::SecretRotation,
    ) -> Result<types::ServiceAccountSecret, Error> {
        self.send(
            Call::new(Method::POST, "/service-accounts/{id}/secret")
                .path("id", &id)
                .body("application/json", body)?
                .authorized(),
        )
        .await?
        .json()
    }

    /// List users.
    ///
    /// Newest first. The look is audited with whom it showed.
    ///
    /// `GET /users` needs an access token with the permission `users:read`.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`
    /// - 403 `forbidden`, `mfa_enrollment_required`, `ip_not_allowed`
    /// - 422 `validation_failed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn list_users(&self, query: &queries::ListUsers) -> Result<types::UserList, Error> {
        self.send(Call::new(Method::GET, "/users").query(query)?.authorized()).await?.json()
    }

    /// Everything of [`Client::list_users`], page by page as it is read.
    #[must_use]
    pub fn list_users_all(&self, query: &queries::ListUsers) -> Items<'_, types::User> {
        let query = query.clone();
        pages::items(query.cursor.clone(), move |cursor| {
            let query = queries::ListUsers { cursor, ..query.clone() };
            async move { self.list_users(&query).await }
        })
    }

    /// Invite a user.
    ///
    /// Makes a pending account and mails its owner a link to set a password through `/auth/reset-password`, which also
    /// proves the address. Roles other than `patient` need `roles:assign` too.
    ///
    /// `POST /users` needs an access token with the permission `users:write`.
    ///
    /// # Errors
    ///
    /// - 400 `malformed_json`
    /// - 401 `unauthenticated`
    /// - 403 `forbidden`, `mfa_enrollment_required`, `ip_not_allowed`
    /// - 409 `conflict`
    /// - 413 `payload_too_large`
    /// - 415 `unsupported_media_type`
    /// - 422 `validation_failed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn invite_user(&self, body: &types::Invitation) -> Result<types::User, Error> {
        self.send(Call::new(Method::POST, "/users").body("application/json", body)?.authorized()).await?.json()
    }

    /// Delete one's account.
    ///
    /// Softly: every session ends, and logging in answers as for an unknown address. The last active administrator stays.
    ///
    /// `DELETE /users/account` needs an access token.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`, `reauthentication_required`
    /// - 403 `ip_not_allowed`
    /// - 409 `conflict`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn delete_account(&self) -> Result<(), Error> {
        self.send(Call::new(Method::DELETE, "/users/account").authorized()).await?.nothing()
    }

    /// Account for the disclosures of one's own data.
    ///
    /// Who else saw them, when and why, newest first (45 CFR 164.528(a)(1)).
    ///
    /// `GET /users/disclosures` needs an access token.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`
    /// - 403 `ip_not_allowed`
    /// - 422 `validation_failed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn own_disclosures(&self, query: &queries::Paging) -> Result<types::DisclosureList, Error> {
        self.send(Call::new(Method::GET, "/users/disclosures").query(query)?.authorized()).await?.json()
    }

    /// Everything of [`Client::own_disclosures`], page by page as it is read.
    #[must_use]
    pub fn own_disclosures_all(&self, query: &queries::Paging) -> Items<'_, types::Disclosure> {
        let query = query.clone();
        pages::items(query.cursor.clone(), move |cursor| {
            let query = queries::Paging { cursor, ..query.clone() };
            async move { self.own_disclosures(&query).await }
        })
    }

    /// Change one's address.
    ///
    /// Mails a link to the new address, which takes its place when the token comes to `/auth/verify-email`. The present
    /// address is told.
    ///
    /// `POST /users/email` needs an access token.
    ///
    /// # Errors
    ///
    /// - 400 `malformed_json`
    /// - 401 `unauthenticated`, `reauthentication_required`
    /// - 403 `ip_not_allowed`
    /// - 413 `payload_too_large`
    /// - 415 `unsupported_media_type`
    /// - 422 `validation_failed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn change_email(&self, body: &types::NewAddress) -> Result<types::Accepted, Error> {
        self.send(Call::new(Method::POST, "/users/email").body("application/json", body)?.authorized()).await?.json()
    }

    /// Export all that is held about one.
    ///
    /// One JSON document with profile, roles, sessions, preferences and audit events (45 CFR 164.524).
    ///
    /// `GET /users/export` needs an access token.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`, `reauthentication_required`
    /// - 403 `ip_not_allowed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn export_data(&self) -> Result<types::Export, Error> {
        self.send(Call::new(Method::GET, "/users/export").authorized()).await?.json()
    }

    /// See what one was told by mail.
    ///
    /// Which messages, newest first, and what became of them.
    ///
    /// `GET /users/notification-history` needs an access token.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`
    /// - 403 `ip_not_allowed`
    /// - 422 `validation_failed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn notification_history(&self, query: &queries::Paging) -> Result<types::NotificationList, Error> {
        self.send(Call::new(Method::GET, "/users/notification-history").query(query)?.authorized()).await?.json()
    }

    /// Everything of [`Client::notification_history`], page by page as it is read.
    #[must_use]
    pub fn notification_history_all(&self, query: &queries::Paging) -> Items<'_, types::Notification> {
        let query = query.clone();
        pages::items(query.cursor.clone(), move |cursor| {
            let query = queries::Paging { cursor, ..query.clone() };
            async move { self.notification_history(&query).await }
        })
    }

    /// Read one's notification preferences.
    ///
    /// `GET /users/notification-preferences` needs an access token.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`
    /// - 403 `ip_not_allowed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn read_preferences(&self) -> Result<types::NotificationPreferences, Error> {
        self.send(Call::new(Method::GET, "/users/notification-preferences").authorized()).await?.json()
    }

    /// Replace one's notification preferences.
    ///
    /// `PUT /users/notification-preferences` needs an access token.
    ///
    /// # Errors
    ///
    /// - 400 `malformed_json`
    /// - 401 `unauthenticated`
    /// - 403 `ip_not_allowed`
    /// - 413 `payload_too_large`
    /// - 415 `unsupported_media_type`
    /// - 422 `validation_failed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn update_preferences(
        &self,
        body: &types::NewNotificationPreferences,
    ) -> Result<types::NotificationPreferences, Error> {
        self.send(
            Call::new(Method::PUT, "/users/notification-preferences").body("application/json", body)?.authorized(),
        )
        .await?
        .json()
    }

    /// Read one's profile.
    ///
    /// `GET /users/profile` needs an access token.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`
    /// - 403 `ip_not_allowed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn read_profile(&self) -> Result<Tagged<types::User>, Error> {
        self.send(Call::new(Method::GET, "/users/profile").authorized()).await?.tagged()
    }

    /// Replace one's profile.
    ///
    /// With `If-Match` only when it is still what was read.
    ///
    /// `PUT /users/profile` needs an access token.
    ///
    /// # Errors
    ///
    /// - 400 `malformed_json`
    /// - 401 `unauthenticated`
    /// - 403 `ip_not_allowed`
    /// - 412 `precondition_failed`
    /// - 413 `payload_too_large`
    /// - 415 `unsupported_media_type`
    /// - 422 `validation_failed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn update_profile(
        &self,
        if_match: Option<&str>,
        body: &types::Profile,
    ) -> Result<Tagged<types::User>, Error> {
        self.send(
            Call::new(Method::PUT, "/users/profile")
                .header("if-match", if_match)?
                .body("application/json", body)?
                .authorized(),
        )
        .await?
        .tagged()
    }

    /// End one's other sessions.
    ///
    /// Every session but this one.
    ///
    /// `DELETE /users/sessions` needs an access token.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`
    /// - 403 `ip_not_allowed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn end_other_sessions(&self) -> Result<(), Error> {
        self.send(Call::new(Method::DELETE, "/users/sessions").authorized()).await?.nothing()
    }

    /// List one's sessions.
    ///
    /// `GET /users/sessions` needs an access token.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`
    /// - 403 `ip_not_allowed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn list_sessions(&self) -> Result<types::SessionList, Error> {
        self.send(Call::new(Method::GET, "/users/sessions").authorized()).await?.json()
    }

    /// End one of one's sessions.
    ///
    /// 404 for a session that is over, somebody else's, or none at all: an id that is no UUID names none.
    ///
    /// `DELETE /users/sessions/{id}` needs an access token.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`
    /// - 403 `ip_not_allowed`
    /// - 404 `not_found`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn end_session(&self, id: Uuid) -> Result<(), Error> {
        self.send(Call::new(Method::DELETE, "/users/sessions/{id}").path("id", &id).authorized()).await?.nothing()
    }

    /// Read a user.
    ///
    /// The look is audited.
    ///
    /// `GET /users/{id}` needs an access token with the permission `users:read`.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`
    /// - 403 `forbidden`, `mfa_enrollment_required`, `ip_not_allowed`
    /// - 404 `not_found`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn read_user(&self, id: Uuid) -> Result<types::User, Error> {
        self.send(Call::new(Method::GET, "/users/{id}").path("id", &id).authorized()).await?.json()
    }

    /// Read what the audit trail has of a user.
    ///
    /// What they did and what was done to them, newest first; the read is itself audited.
    ///
    /// `GET /users/{id}/audit` needs an access token with the permission `audit:read`.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`
    /// - 403 `forbidden`, `mfa_enrollment_required`, `ip_not_allowed`
    /// - 404 `not_found`
    /// - 422 `validation_failed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn list_user_events(
        &self,
        id: Uuid,
        query: &queries::ListUserEvents,
    ) -> Result<types::AuditEventList, Error> {
        self.send(Call::new(Method::GET, "/users/{id}/audit").path("id", &id).query(query)?.authorized()).await?.json()
    }

    /// Everything of [`Client::list_user_events`], page by page as it is read.
    #[must_use]
    pub fn list_user_events_all(&self, id: Uuid, query: &queries::ListUserEvents) -> Items<'_, types::AuditEvent> {
        let query = query.clone();
        pages::items(query.cursor.clone(), move |cursor| {
            let query = queries::ListUserEvents { cursor, ..query.clone() };
            async move { self.list_user_events(id, &query).await }
        })
    }

    /// Account for the disclosures of a person's data.
    ///
    /// Who saw or exported them, when and why, newest first, from the audit trail (45 CFR 164.528). The look is itself
    /// audited, and a disclosure too.
    ///
    /// `GET /users/{id}/disclosures` needs an access token with the permission `audit:read`.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`
    /// - 403 `forbidden`, `mfa_enrollment_required`, `ip_not_allowed`
    /// - 404 `not_found`
    /// - 422 `validation_failed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn list_disclosures(&self, id: Uuid, query: &queries::Paging) -> Result<types::DisclosureList, Error> {
        self.send(Call::new(Method::GET, "/users/{id}/disclosures").path("id", &id).query(query)?.authorized())
            .await?
            .json()
    }

    /// Everything of [`Client::list_disclosures`], page by page as it is read.
    #[must_use]
    pub fn list_disclosures_all(&self, id: Uuid, query: &queries::Paging) -> Items<'_, types::Disclosure> {
        let query = query.clone();
        pages::items(query.cursor.clone(), move |cursor| {
            let query = queries::Paging { cursor, ..query.clone() };
            async move { self.list_disclosures(id, &query).await }
        })
    }

    /// Replace the roles of a user.
    ///
    /// Takes effect on the user's next request, and they are told by mail. Nobody changes their own roles, and the last
    /// active administrator keeps the role: both are `conflict`.
    ///
    /// `PUT /users/{id}/roles` needs an access token with the permission `roles:assign`.
    ///
    /// # Errors
    ///
    /// - 400 `malformed_json`
    /// - 401 `unauthenticated`
    /// - 403 `forbidden`, `mfa_enrollment_required`, `ip_not_allowed`
    /// - 404 `not_found`
    /// - 409 `conflict`
    /// - 413 `payload_too_large`
    /// - 415 `unsupported_media_type`
    /// - 422 `validation_failed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn set_roles(&self, id: Uuid, body: &types::NewRoles) -> Result<types::User, Error> {
        self.send(
            Call::new(Method::PUT, "/users/{id}/roles").path("id", &id).body("application/json", body)?.authorized(),
        )
        .await?
        .json()
    }

    /// End the sessions of a user.
    ///
    /// All of them, at once.
    ///
    /// `DELETE /users/{id}/sessions` needs an access token with the permission `users:write`.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`
    /// - 403 `forbidden`, `mfa_enrollment_required`, `ip_not_allowed`
    /// - 404 `not_found`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn end_user_sessions(&self, id: Uuid) -> Result<(), Error> {
        self.send(Call::new(Method::DELETE, "/users/{id}/sessions").path("id", &id).authorized()).await?.nothing()
    }

    /// List the sessions of a user.
    ///
    /// The look is audited.
    ///
    /// `GET /users/{id}/sessions` needs an access token with the permission `users:write`.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`
    /// - 403 `forbidden`, `mfa_enrollment_required`, `ip_not_allowed`
    /// - 404 `not_found`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn list_user_sessions(&self, id: Uuid) -> Result<types::SessionList, Error> {
        self.send(Call::new(Method::GET, "/users/{id}/sessions").path("id", &id).authorized()).await?.json()
    }

    /// Switch an account off or on.
    ///
    /// `inactive` ends every session at once. Nobody changes the status of their own account, and the last active
    /// administrator stays.
    ///
    /// `PUT /users/{id}/status` needs an access token with the permission `users:write`.
    ///
    /// # Errors
    ///
    /// - 400 `malformed_json`
    /// - 401 `unauthenticated`
    /// - 403 `forbidden`, `mfa_enrollment_required`, `ip_not_allowed`
    /// - 404 `not_found`
    /// - 409 `conflict`
    /// - 413 `payload_too_large`
    /// - 415 `unsupported_media_type`
    /// - 422 `validation_failed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn set_status(&self, id: Uuid, body: &types::NewStatus) -> Result<types::User, Error> {
        self.send(
            Call::new(Method::PUT, "/users/{id}/status").path("id", &id).body("application/json", body)?.authorized(),
        )
        .await?
        .json()
    }

    /// Lift the lock of a user.
    ///
    /// Forgets the failed logins of the user's address.
    ///
    /// `POST /users/{id}/unlock` needs an access token with the permission `users:write`.
    ///
    /// # Errors
    ///
    /// - 400 `malformed_json`
    /// - 401 `unauthenticated`
    /// - 403 `forbidden`, `mfa_enrollment_required`, `ip_not_allowed`
    /// - 404 `not_found`
    /// - 409 `conflict`
    /// - 413 `payload_too_large`
    /// - 415 `unsupported_media_type`
    /// - 422 `validation_failed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn unlock_user(&self, id: Uuid, body: &types::WithReason) -> Result<(), Error> {
        self.send(
            Call::new(Method::POST, "/users/{id}/unlock").path("id", &id).body("application/json", body)?.authorized(),
        )
        .await?
        .nothing()
    }

    /// List the endpoints of webhooks.
    ///
    /// `GET /webhooks` needs an access token with the permission `webhooks:manage`.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`
    /// - 403 `forbidden`, `mfa_enrollment_required`, `ip_not_allowed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn list_webhooks(&self) -> Result<types::WebhookList, Error> {
        self.send(Call::new(Method::GET, "/webhooks").authorized()).await?.json()
    }

    /// Make an endpoint of webhooks.
    ///
    /// It is told of what happens from now on; what happened before can be replayed. The secret is shown this once.
    ///
    /// `POST /webhooks` needs an access token with the permission `webhooks:manage`.
    ///
    /// # Errors
    ///
    /// - 400 `malformed_json`
    /// - 401 `unauthenticated`, `reauthentication_required`
    /// - 403 `forbidden`, `mfa_enrollment_required`, `ip_not_allowed`
    /// - 409 `conflict`
    /// - 413 `payload_too_large`
    /// - 415 `unsupported_media_type`
    /// - 422 `validation_failed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn create_webhook(&self, body: &types::NewWebhook) -> Result<types::WebhookWithSecret, Error> {
        self.send(Call::new(Method::POST, "/webhooks").body("application/json", body)?.authorized()).await?.json()
    }

    /// Remove an endpoint of webhooks.
    ///
    /// With all that is on its way to it.
    ///
    /// `DELETE /webhooks/{id}` needs an access token with the permission `webhooks:manage`.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`
    /// - 403 `forbidden`, `mfa_enrollment_required`, `ip_not_allowed`
    /// - 404 `not_found`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn delete_webhook(&self, id: Uuid) -> Result<(), Error> {
        self.send(Call::new(Method::DELETE, "/webhooks/{id}").path("id", &id).authorized()).await?.nothing()
    }

    /// Read an endpoint of webhooks.
    ///
    /// `GET /webhooks/{id}` needs an access token with the permission `webhooks:manage`.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`
    /// - 403 `forbidden`, `mfa_enrollment_required`, `ip_not_allowed`
    /// - 404 `not_found`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn read_webhook(&self, id: Uuid) -> Result<types::Webhook, Error> {
        self.send(Call::new(Method::GET, "/webhooks/{id}").path("id", &id).authorized()).await?.json()
    }

    /// Change an endpoint of webhooks.
    ///
    /// Replaces all that administrators say of it. An endpoint that was switched off, or that answered 410 Gone, is switched
    /// on again with `enabled`; what waits for it is sent then.
    ///
    /// `PUT /webhooks/{id}` needs an access token with the permission `webhooks:manage`.
    ///
    /// # Errors
    ///
    /// - 400 `malformed_json`
    /// - 401 `unauthenticated`, `reauthentication_required`
    /// - 403 `forbidden`, `mfa_enrollment_required`, `ip_not_allowed`
    /// - 404 `not_found`
    /// - 413 `payload_too_large`
    /// - 415 `unsupported_media_type`
    /// - 422 `validation_failed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn update_webhook(&self, id: Uuid, body: &types::WebhookChange) -> Result<types::Webhook, Error> {
        self.send(Call::new(Method::PUT, "/webhooks/{id}").path("id", &id).body("application/json", body)?.authorized())
            .await?
            .json()
    }

    /// List what was sent to an endpoint of webhooks, or waits for it.
    ///
    /// Latest event first; the look is audited, since it tells what happened to people.
    ///
    /// `GET /webhooks/{id}/deliveries` needs an access token with the permission `webhooks:manage`.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`
    /// - 403 `forbidden`, `mfa_enrollment_required`, `ip_not_allowed`
    /// - 404 `not_found`
    /// - 422 `validation_failed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn list_deliveries(
        &self,
        id: Uuid,
        query: &queries::ListDeliveries,
    ) -> Result<types::WebhookDeliveryList, Error> {
        self.send(Call::new(Method::GET, "/webhooks/{id}/deliveries").path("id", &id).query(query)?.authorized())
            .await?
            .json()
    }

    /// Everything of [`Client::list_deliveries`], page by page as it is read.
    #[must_use]
    pub fn list_deliveries_all(&self, id: Uuid, query: &queries::ListDeliveries) -> Items<'_, types::WebhookDelivery> {
        let query = query.clone();
        pages::items(query.cursor.clone(), move |cursor| {
            let query = queries::ListDeliveries { cursor, ..query.clone() };
            async move { self.list_deliveries(id, &query).await }
        })
    }

    /// Send events again to an endpoint of webhooks.
    ///
    /// In their order, with the ids that they had, so that a receiver that has them knows them. Events are kept for 30 days.
    ///
    /// `POST /webhooks/{id}/replay` needs an access token with the permission `webhooks:manage`.
    ///
    /// # Errors
    ///
    /// - 400 `malformed_json`
    /// - 401 `unauthenticated`
    /// - 403 `forbidden`, `mfa_enrollment_required`, `ip_not_allowed`
    /// - 404 `not_found`
    /// - 413 `payload_too_large`
    /// - 415 `unsupported_media_type`
    /// - 422 `validation_failed`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn replay_events(&self, id: Uuid, body: &types::WebhookReplay) -> Result<types::WebhookReplayed, Error> {
        self.send(
            Call::new(Method::POST, "/webhooks/{id}/replay")
                .path("id", &id)
                .body("application/json", body)?
                .authorized(),
        )
        .await?
        .json()
    }

    /// Give an endpoint of webhooks another secret.
    ///
    /// For a day both secrets sign each message, so that the receiver can change over. The new one is shown this once.
    ///
    /// `POST /webhooks/{id}/secret` needs an access token with the permission `webhooks:manage`.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`, `reauthentication_required`
    /// - 403 `forbidden`, `mfa_enrollment_required`, `ip_not_allowed`
    /// - 404 `not_found`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn rotate_secret(&self, id: Uuid) -> Result<types::WebhookWithSecret, Error> {
        self.send(Call::new(Method::POST, "/webhooks/{id}/secret").path("id", &id).authorized()).await?.json()
    }

    /// Try an endpoint of webhooks out.
    ///
    /// Queues a `webhook.test` event to it alone.
    ///
    /// `POST /webhooks/{id}/test` needs an access token with the permission `webhooks:manage`.
    ///
    /// # Errors
    ///
    /// - 401 `unauthenticated`
    /// - 403 `forbidden`, `mfa_enrollment_required`, `ip_not_allowed`
    /// - 404 `not_found`
    /// - 429 `rate_limited`
    /// - 500 `internal_error`
    /// - 503 `unavailable`
    pub async fn test_webhook(&self, id: Uuid) -> Result<types::WebhookTested, Error> {
        self.send(Call::new(Method::POST, "/webhooks/{id}/test").path("id", &id).authorized()).await?.json()
    }
}
