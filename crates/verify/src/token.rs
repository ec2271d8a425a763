//! What a token says, once it is believed.

#[cfg(feature = "revocations")]
use std::time::Duration;

use uuid::Uuid;
use voxgate_domain::ports::{AccessClaims, ServiceClaims, TokenClaims};
use voxgate_domain::{AuthMethods, Permission, RoleName, Timestamp};

use crate::verifier::SKEW;
use crate::wire_claims::{Text, WireClaims};
use crate::{Refusal, Verifier};

/// What `claims` say, when they hold for `verifier` at `now` (RFC 9068, section 2.2).
pub(crate) fn believed(claims: WireClaims<'_>, verifier: &Verifier, now: Timestamp) -> Result<TokenClaims, Refusal> {
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

/// How long a token is valid in all: from `iat` to `exp`.
#[cfg(feature = "revocations")]
pub(crate) fn life(claims: &AccessClaims) -> Duration {
    claims.expires_at.since(claims.issued_at)
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
    /// The token of a user or of a service account (RFC 6749, section 4.4): whichever its claims make, and nothing
    /// between the two.
    fn typed(self, issued_at: Timestamp, expires_at: Timestamp) -> Option<TokenClaims> {
        let token_id = Uuid::try_parse(self.jti?.as_ref()).ok()?;
        let subject = Uuid::try_parse(self.sub?.as_ref()).ok()?;
        match (self.client_id, self.scope) {
            (None, None) => Some(TokenClaims::User(AccessClaims {
                subject: subject.into(),
                session: Uuid::try_parse(self.sid?.as_ref()).ok()?.into(),
                token_id,
                issued_at,
                expires_at,
                auth_time: seconds(self.auth_time?)?,
                roles: self.roles?.iter().map(|role| RoleName::parse(role.as_ref())).collect::<Result<_, _>>().ok()?,
                amr: AuthMethods::from_amr(&self.amr?)?,
            })),
            (Some(client_id), Some(scope)) => {
                let of_a_user =
                    self.sid.is_some() || self.auth_time.is_some() || self.roles.is_some() || self.amr.is_some();
                if of_a_user || Uuid::try_parse(client_id.as_ref()).ok()? != subject {
                    return None;
                }
                // A permission of an unknown name is one of a later version, and nothing here asks for it.
                let scope = scope.as_ref().split(' ').filter_map(Permission::parse).collect();
                let account = subject.into();
                Some(TokenClaims::Service(ServiceClaims { account, token_id, issued_at, expires_at, scope }))
            }
            _ => None,
        }
    }
}

fn seconds(since_epoch: i64) -> Option<Timestamp> {
    since_epoch.checked_mul(1_000_000).and_then(Timestamp::from_unix_micros)
}
