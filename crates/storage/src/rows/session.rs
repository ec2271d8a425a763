//! Sessions and refresh tokens.

use diesel::prelude::*;
use voxgate_domain::ports::StoreError;
use voxgate_domain::session::{Device, EndReason};
use voxgate_domain::{AuthMethods, DeviceName, Generation, RefreshToken, Session, SessionEnd, TokenHash, UserAgent};

use super::{hash, named, parsed};
use crate::error::corrupt;
use crate::schema::{refresh_tokens, user_sessions};
use crate::sql_types::{At, Id};

/// A session.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = user_sessions)]
pub(crate) struct SessionRow {
    pub(crate) id: Id,
    pub(crate) user_id: Id,
    pub(crate) device_name: Option<String>,
    pub(crate) user_agent: Option<String>,
    pub(crate) ip_address: String,
    pub(crate) amr: String,
    pub(crate) auth_time: At,
    pub(crate) created_at: At,
    pub(crate) last_seen_at: At,
    pub(crate) expires_at: At,
    pub(crate) generation: i64,
    pub(crate) ended_at: Option<At>,
    pub(crate) end_reason: Option<String>,
}

/// A refresh token.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = refresh_tokens)]
pub(crate) struct RefreshTokenRow {
    pub(crate) hash: Vec<u8>,
    pub(crate) session_id: Id,
    pub(crate) generation: i64,
    pub(crate) issued_at: At,
    pub(crate) superseded_at: Option<At>,
}

impl From<&Session> for SessionRow {
    fn from(session: &Session) -> Self {
        let device = &session.device;
        Self {
            id: session.id.into(),
            user_id: session.user_id.into(),
            device_name: device.name.clone().map(String::from),
            user_agent: device.user_agent.as_ref().map(|agent| agent.as_str().to_owned()),
            ip_address: device.ip_address.to_string(),
            amr: session.amr.as_str().to_owned(),
            auth_time: session.auth_time.into(),
            created_at: session.created_at.into(),
            last_seen_at: session.last_seen_at.into(),
            expires_at: session.expires_at.into(),
            generation: session.generation.number(),
            ended_at: session.ended.map(|end| end.at.into()),
            end_reason: session.ended.map(|end| end.why.as_str().to_owned()),
        }
    }
}

impl TryFrom<SessionRow> for Session {
    type Error = StoreError;

    fn try_from(row: SessionRow) -> Result<Self, StoreError> {
        const TABLE: &str = "user_sessions";
        let ended = match (row.ended_at, row.end_reason) {
            (Some(at), Some(why)) => {
                Some(SessionEnd { at: at.into(), why: named(TABLE, "end_reason", &why, EndReason::parse)? })
            }
            (None, None) => None,
            _ => return Err(corrupt(TABLE, "end_reason", "contradicts ended_at")),
        };
        let user_agent = |text: &str| UserAgent::from_header(text).ok_or("nothing printable");
        Ok(Self {
            id: row.id.into(),
            user_id: row.user_id.into(),
            device: Device {
                name: parsed(TABLE, "device_name", row.device_name.as_deref(), DeviceName::parse)?,
                user_agent: parsed(TABLE, "user_agent", row.user_agent.as_deref(), user_agent)?,
                ip_address: row.ip_address.parse().map_err(|why| corrupt(TABLE, "ip_address", why))?,
            },
            amr: named(TABLE, "amr", &row.amr, AuthMethods::parse)?,
            auth_time: row.auth_time.into(),
            created_at: row.created_at.into(),
            last_seen_at: row.last_seen_at.into(),
            expires_at: row.expires_at.into(),
            generation: Generation::from_stored(row.generation),
            ended,
        })
    }
}

impl From<&RefreshToken> for RefreshTokenRow {
    fn from(token: &RefreshToken) -> Self {
        Self {
            hash: token.hash.as_bytes().to_vec(),
            session_id: token.session_id.into(),
            generation: token.generation.number(),
            issued_at: token.issued_at.into(),
            superseded_at: token.superseded_at.map(At),
        }
    }
}

impl TryFrom<RefreshTokenRow> for RefreshToken {
    type Error = StoreError;

    fn try_from(row: RefreshTokenRow) -> Result<Self, StoreError> {
        Ok(Self {
            hash: TokenHash::from_bytes(hash("refresh_tokens", "hash", &row.hash)?),
            session_id: row.session_id.into(),
            generation: Generation::from_stored(row.generation),
            issued_at: row.issued_at.into(),
            superseded_at: row.superseded_at.map(Into::into),
        })
    }
}
