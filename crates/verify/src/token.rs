//! What a token says, once it is believed.

use std::time::Duration;

use uuid::Uuid;
use voxgate_domain::ports::AccessClaims;
use voxgate_domain::{Permission, PermissionSet, RoleName, Timestamp};

use crate::verifier::SKEW;
use crate::wire_claims::{Text, WireClaims};
use crate::{Refusal, Verifier};

/// An access token whose signature, issuer, audience and times hold (RFC 9068, section 2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Token {
    /// Of a person: it has a session and roles.
    User(AccessClaims),
    /// Of a service account (RFC 6749, section 4.4): it has permissions, and no session.
    Service(ServiceClaims),
}

/// What the token of a service account says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceClaims {
    /// `client_id` and `sub`: which service account.
    pub client_id: Uuid,
    /// `jti`: which token.
    pub token_id: Uuid,
    /// `iat`: since when it is valid.
    pub issued_at: Timestamp,
    /// `exp`: until when.
    pub expires_at: Timestamp,
    /// `scope`: what it allows. Permissions that this version does not know are left out.
    pub permissions: PermissionSet,
}

impl Token {
    /// `exp`: until when it is valid.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        match self {
            Self::User(claims) => claims.expires_at,
            Self::Service(claims) => claims.expires_at,
        }
    }

    /// How long it is valid in all: from `iat` to `exp`.
    #[must_use]
    pub fn life(&self) -> Duration {
        match self {
            Self::User(claims) => claims.expires_at.since(claims.issued_at),
            Self::Service(claims) => claims.expires_at.since(claims.issued_at),
        }
    }

    /// What `claims` say, when they hold for `verifier` at `now`.
    pub(crate) fn of(claims: WireClaims<'_>, verifier: &Verifier, now: Timestamp) -> Result<Self, Refusal> {
        let text = |claim: &Option<Text<'_>>, value: &str| claim.as_ref().map(|given| given.as_ref() == value);
        if !text(&claims.iss, verifier.issuer()).ok_or(Refusal::Claims)? {
            return Err(Refusal::Issuer);
        }
        if !text(&claims.aud, verifier.audience()).ok_or(Refusal::Claims)? {
            return Err(Refusal::Audience);
        }
        let (issued_at, expires_at) = hold_at(&claims, now)?;
        claims.typed(issued_at, expires_at).ok_or(Refusal::Claims)
    }
}

/// `iat` and `exp`, when `now` is between them (RFC 7519, section 4.1).
fn hold_at(claims: &WireClaims<'_>, now: Timestamp) -> Result<(Timestamp, Timestamp), Refusal> {
    let time = |claim: Option<i64>| claim.and_then(seconds).ok_or(Refusal::Claims);
    let (issued_at, expires_at) = (time(claims.iat)?, time(claims.exp)?);
    let not_before = if claims.nbf.is_some() { time(claims.nbf)? } else { issued_at };
    if expires_at.plus(SKEW) <= now || expires_at <= issued_at {
        return Err(Refusal::Expired);
    }
    if issued_at.max(not_before) > now.plus(SKEW) {
        return Err(Refusal::NotYetValid);
    }
    Ok((issued_at, expires_at))
}

impl WireClaims<'_> {
    /// The token of a user or of a service: whichever its claims make, and nothing between the two.
    fn typed(self, issued_at: Timestamp, expires_at: Timestamp) -> Option<Token> {
        let token_id = Uuid::try_parse(self.jti?.as_ref()).ok()?;
        let subject = Uuid::try_parse(self.sub?.as_ref()).ok()?;
        match (self.client_id, self.scope) {
            (None, None) => Some(Token::User(AccessClaims {
                subject: subject.into(),
                session: Uuid::try_parse(self.sid?.as_ref()).ok()?.into(),
                token_id,
                issued_at,
                expires_at,
                auth_time: seconds(self.auth_time?)?,
                roles: self.roles?.iter().map(|role| RoleName::parse(role.as_ref())).collect::<Result<_, _>>().ok()?,
                amr: voxgate_domain::AuthMethods::from_amr(&self.amr?)?,
            })),
            (Some(client_id), Some(scope)) => {
                let client_id = Uuid::try_parse(client_id.as_ref()).ok()?;
                let of_a_user =
                    self.sid.is_some() || self.auth_time.is_some() || self.roles.is_some() || self.amr.is_some();
                if of_a_user || client_id != subject {
                    return None;
                }
                let permissions = scope.as_ref().split(' ').filter_map(Permission::parse).collect();
                Some(Token::Service(ServiceClaims { client_id, token_id, issued_at, expires_at, permissions }))
            }
            _ => None,
        }
    }
}

fn seconds(since_epoch: i64) -> Option<Timestamp> {
    since_epoch.checked_mul(1_000_000).and_then(Timestamp::from_unix_micros)
}
