//! The claims as they stand in a token.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{Error as _, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::Refusal;

/// The claims that Voxgate writes, each at most once. Those of a later version are passed over, so that a service need
/// not be built again first; but none may be there twice, known or not (RFC 7519, section 4).
#[derive(Default)]
pub(crate) struct WireClaims<'c> {
    pub(crate) iss: Option<Text<'c>>,
    pub(crate) aud: Option<Text<'c>>,
    pub(crate) sub: Option<Text<'c>>,
    pub(crate) jti: Option<Text<'c>>,
    pub(crate) iat: Option<i64>,
    pub(crate) nbf: Option<i64>,
    pub(crate) exp: Option<i64>,
    pub(crate) sid: Option<Text<'c>>,
    pub(crate) auth_time: Option<i64>,
    pub(crate) roles: Option<Vec<Text<'c>>>,
    pub(crate) amr: Option<Vec<Text<'c>>>,
    pub(crate) client_id: Option<Text<'c>>,
    pub(crate) scope: Option<Text<'c>>,
}

impl<'c> WireClaims<'c> {
    /// The claims in `json`, which is UTF-8 as a whole (RFC 8259, section 8.1): in what it passes over, serde_json does
    /// not look by itself.
    pub(crate) fn parse(json: &'c [u8]) -> Result<Self, Refusal> {
        let text = std::str::from_utf8(json).map_err(|_| Refusal::Claims)?;
        serde_json::from_str(text).map_err(|_| Refusal::Claims)
    }
}

/// A string, copied only where it has escapes.
#[derive(Deserialize)]
pub(crate) struct Text<'c>(#[serde(borrow)] Cow<'c, str>);

impl AsRef<str> for Text<'_> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Name {
    Iss,
    Aud,
    Sub,
    Jti,
    Iat,
    Nbf,
    Exp,
    Sid,
    AuthTime,
    Roles,
    Amr,
    ClientId,
    Scope,
    Other(String),
}

impl<'de: 'c, 'c> Deserialize<'de> for WireClaims<'c> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = WireClaims<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the claims of an access token")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut claims = WireClaims::default();
        let mut others = HashSet::new();
        while let Some(name) = map.next_key()? {
            match name {
                Name::Iss => once(&mut claims.iss, &mut map)?,
                Name::Aud => once(&mut claims.aud, &mut map)?,
                Name::Sub => once(&mut claims.sub, &mut map)?,
                Name::Jti => once(&mut claims.jti, &mut map)?,
                Name::Iat => once(&mut claims.iat, &mut map)?,
                Name::Nbf => once(&mut claims.nbf, &mut map)?,
                Name::Exp => once(&mut claims.exp, &mut map)?,
                Name::Sid => once(&mut claims.sid, &mut map)?,
                Name::AuthTime => once(&mut claims.auth_time, &mut map)?,
                Name::Roles => once(&mut claims.roles, &mut map)?,
                Name::Amr => once(&mut claims.amr, &mut map)?,
                Name::ClientId => once(&mut claims.client_id, &mut map)?,
                Name::Scope => once(&mut claims.scope, &mut map)?,
                Name::Other(name) => {
                    if !others.insert(name) {
                        return Err(A::Error::custom("a claim is there twice"));
                    }
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(claims)
    }
}

/// Reads a claim that was not there yet; `null` is no value of any claim.
fn once<'de, T: Deserialize<'de>, A: MapAccess<'de>>(claim: &mut Option<T>, map: &mut A) -> Result<(), A::Error> {
    match claim.replace(map.next_value()?) {
        None => Ok(()),
        Some(_) => Err(A::Error::custom("a claim is there twice")),
    }
}
