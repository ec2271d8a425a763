//! Signing access tokens.

use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use voxgate_domain::ports::{AccessClaims, Cause, ServiceClaims, SignedToken, TokenError, TokenIssuer};
use voxgate_domain::{Permission, RoleName, Timestamp};
use voxgate_verify::{ALGORITHM, TOKEN_TYPE};

use crate::jwt::{Claims, Header, JwtTokens};
use crate::key_ring::KeyRing;

#[async_trait]
impl TokenIssuer for JwtTokens {
    async fn issue(&self, claims: &AccessClaims) -> Result<SignedToken, TokenError> {
        let written = Claims {
            iss: self.verifier.issuer().to_owned(),
            aud: self.verifier.audience().to_owned(),
            sub: claims.subject.to_string(),
            jti: claims.token_id.to_string(),
            iat: claims.issued_at.unix_seconds(),
            exp: claims.expires_at.unix_seconds(),
            sid: Some(claims.session.to_string()),
            auth_time: Some(claims.auth_time.unix_seconds()),
            roles: Some(claims.roles.iter().map(RoleName::to_string).collect()),
            amr: Some(claims.amr.amr().iter().map(|&method| method.to_owned()).collect()),
            client_id: None,
            scope: None,
        };
        self.sign(written, claims.issued_at).await
    }

    async fn issue_to_service(&self, claims: &ServiceClaims) -> Result<SignedToken, TokenError> {
        let scope: Vec<&str> = claims.scope.iter().map(Permission::as_str).collect();
        let written = Claims {
            iss: self.verifier.issuer().to_owned(),
            aud: self.verifier.audience().to_owned(),
            sub: claims.account.to_string(),
            jti: claims.token_id.to_string(),
            iat: claims.issued_at.unix_seconds(),
            exp: claims.expires_at.unix_seconds(),
            sid: None,
            auth_time: None,
            roles: None,
            amr: None,
            client_id: Some(claims.account.to_string()),
            scope: Some(scope.join(" ")),
        };
        self.sign(written, claims.issued_at).await
    }
}

impl JwtTokens {
    /// Signs with the key that is current at `issued_at`, on a thread that may take its time: on that of a request, others
    /// would wait for it, also those who hold what a third one waits for.
    async fn sign(&self, claims: Claims, issued_at: Timestamp) -> Result<SignedToken, TokenError> {
        let ring = self.ring();
        let place = Arc::clone(&self.signing).acquire_owned().await.map_err(failed)?;
        let signing = tokio::task::spawn_blocking(move || {
            let signed = signed(&ring, &claims, issued_at);
            drop(place);
            signed
        });
        signing.await.map_err(failed)?
    }
}

fn signed(ring: &KeyRing, claims: &Claims, issued_at: Timestamp) -> Result<SignedToken, TokenError> {
    let key = ring.signing_at(issued_at).ok_or_else(|| failed("there is no signing key"))?;
    let header = Header { alg: ALGORITHM.to_owned(), kid: key.key_id().to_owned(), typ: TOKEN_TYPE.to_owned() };
    let header = serde_json::to_vec(&header).map_err(failed)?;
    let claims = serde_json::to_vec(claims).map_err(failed)?;
    let mut token = URL_SAFE_NO_PAD.encode(header);
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(claims, &mut token);
    let signature = key.sign(token.as_bytes()).map_err(failed)?;
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Ok(SignedToken(SecretString::from(token)))
}

fn failed(cause: impl Into<Cause>) -> TokenError {
    TokenError::Failed(cause.into())
}
