//! Checking access tokens, by the rules of RFC 8725.

use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use voxgate_domain::ports::{AccessClaims, PublicKey, ServiceClaims, TokenClaims, TokenError, TokenVerifier};
use voxgate_domain::{AuthMethods, Permission, RoleName, Timestamp};

use crate::jwt::{ALGORITHM, Claims, Header, JwtTokens, MAX_BYTES, SKEW, TYPE};

impl TokenVerifier for JwtTokens {
    fn verify(&self, token: &str, now: Timestamp) -> Result<TokenClaims, TokenError> {
        let header = header(token).ok_or(TokenError::Invalid)?;
        let ring = self.ring();
        let key = ring.verifying_at(&header.kid, now).ok_or(TokenError::Invalid)?;
        let decoded = jsonwebtoken::decode::<Claims>(token, key.decoding(), &self.validation);
        let claims = decoded.map_err(|_| TokenError::Invalid)?.claims;
        claims_at(claims, now).ok_or(TokenError::Invalid)
    }

    fn public_keys(&self) -> Vec<PublicKey> {
        self.ring().public_keys()
    }
}

/// The header of what can be a token of ours: three parts, short enough, of our algorithm and type.
fn header(token: &str) -> Option<Header> {
    if token.len() > MAX_BYTES {
        return None;
    }
    let mut parts = token.split('.');
    let (Some(header), Some(claims), Some(signature), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    if claims.is_empty() || signature.is_empty() {
        return None;
    }
    let header: Header = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
    (header.alg == ALGORITHM && is_access_token_type(&header.typ)).then_some(header)
}

/// Media types ignore case, and `application/` may be left out (RFC 7515, section 4.1.9; RFC 9068, section 4).
fn is_access_token_type(typ: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    typ.strip_prefix("application/").unwrap_or(&typ) == TYPE
}

/// What the claims say, when they hold at `now`.
fn claims_at(claims: Claims, now: Timestamp) -> Option<TokenClaims> {
    let (issued_at, expires_at) = (seconds(claims.iat)?, seconds(claims.exp)?);
    if issued_at > now.plus(SKEW) || expires_at.plus(SKEW) <= now || expires_at <= issued_at {
        return None;
    }
    match (&claims.client_id, &claims.sid) {
        (None, Some(_)) => user_claims(claims, issued_at, expires_at).map(TokenClaims::User),
        (Some(_), None) => service_claims(&claims, issued_at, expires_at).map(TokenClaims::Service),
        _ => None,
    }
}

fn user_claims(claims: Claims, issued_at: Timestamp, expires_at: Timestamp) -> Option<AccessClaims> {
    Some(AccessClaims {
        subject: FromStr::from_str(&claims.sub).ok()?,
        session: FromStr::from_str(&claims.sid?).ok()?,
        token_id: FromStr::from_str(&claims.jti).ok()?,
        issued_at,
        expires_at,
        auth_time: seconds(claims.auth_time?)?,
        roles: claims.roles?.iter().map(|role| RoleName::parse(role)).collect::<Result<_, _>>().ok()?,
        amr: AuthMethods::from_amr(&claims.amr?)?,
    })
}

/// A permission of an unknown name is left out: it is one of a newer version, which this one does not check.
fn service_claims(claims: &Claims, issued_at: Timestamp, expires_at: Timestamp) -> Option<ServiceClaims> {
    if claims.client_id.as_ref() != Some(&claims.sub) {
        return None;
    }
    Some(ServiceClaims {
        account: FromStr::from_str(&claims.sub).ok()?,
        token_id: FromStr::from_str(&claims.jti).ok()?,
        issued_at,
        expires_at,
        scope: claims.scope.as_ref()?.split(' ').filter_map(Permission::parse).collect(),
    })
}

fn seconds(since_epoch: i64) -> Option<Timestamp> {
    since_epoch.checked_mul(1_000_000).and_then(Timestamp::from_unix_micros)
}

#[cfg(test)]
#[path = "jwt_tests.rs"]
mod tests;
