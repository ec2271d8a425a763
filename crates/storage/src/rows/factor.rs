//! Second factors and the logins that wait for one.

use diesel::prelude::*;
use voxgate_domain::factor::{MfaChallenge, TokenDelivery, Totp, TotpState};
use voxgate_domain::policy::Attempts;
use voxgate_domain::ports::StoreError;
use voxgate_domain::session::Device;
use voxgate_domain::{AuthMethods, DeviceName, TokenHash, UserAgent};

use super::{count, hash, named, parsed};
use crate::error::corrupt;
use crate::schema::{mfa_challenges, totp_factors};
use crate::sql_types::{At, Id};

/// An authenticator app.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = totp_factors)]
pub(crate) struct TotpRow {
    user_id: Id,
    sealed_secret: Vec<u8>,
    enrolled_at: At,
    confirmed_at: Option<At>,
    last_step: Option<i64>,
    failures: i32,
    last_failure_at: Option<At>,
    locked_until: Option<At>,
}

/// A login that owes a code.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = mfa_challenges)]
pub(crate) struct ChallengeRow {
    hash: Vec<u8>,
    user_id: Id,
    device_name: Option<String>,
    user_agent: Option<String>,
    ip_address: String,
    delivery: String,
    proven: String,
    created_at: At,
    expires_at: At,
    failures: i32,
    used_at: Option<At>,
}

/// The number of a time step as a column holds it.
pub(crate) fn stored_step(step: u64) -> i64 {
    i64::try_from(step).unwrap_or(i64::MAX)
}

impl From<&Totp> for TotpRow {
    fn from(totp: &Totp) -> Self {
        let (confirmed_at, last_step) = match totp.state {
            TotpState::Enrolling => (None, None),
            TotpState::On { confirmed_at, last_step } => (Some(At(confirmed_at)), Some(stored_step(last_step))),
        };
        Self {
            user_id: totp.user_id.into(),
            sealed_secret: totp.sealed_secret.clone(),
            enrolled_at: totp.enrolled_at.into(),
            confirmed_at,
            last_step,
            failures: i32::try_from(totp.attempts.failures).unwrap_or(i32::MAX),
            last_failure_at: totp.attempts.last_failure_at.map(At),
            locked_until: totp.attempts.locked_until.map(At),
        }
    }
}

impl TryFrom<TotpRow> for Totp {
    type Error = StoreError;

    fn try_from(row: TotpRow) -> Result<Self, StoreError> {
        const TABLE: &str = "totp_factors";
        let state = match (row.confirmed_at, row.last_step) {
            (None, None) => TotpState::Enrolling,
            (Some(at), Some(step)) => TotpState::On {
                confirmed_at: at.into(),
                last_step: u64::try_from(step).map_err(|why| corrupt(TABLE, "last_step", why))?,
            },
            _ => return Err(corrupt(TABLE, "last_step", "contradicts confirmed_at")),
        };
        let attempts = Attempts {
            failures: count(TABLE, "failures", row.failures)?,
            last_failure_at: row.last_failure_at.map(Into::into),
            locked_until: row.locked_until.map(Into::into),
        };
        Ok(Self {
            user_id: row.user_id.into(),
            sealed_secret: row.sealed_secret,
            enrolled_at: row.enrolled_at.into(),
            state,
            attempts,
        })
    }
}

impl From<&MfaChallenge> for ChallengeRow {
    fn from(challenge: &MfaChallenge) -> Self {
        let device = &challenge.device;
        Self {
            hash: challenge.hash.as_bytes().to_vec(),
            user_id: challenge.user_id.into(),
            device_name: device.name.clone().map(String::from),
            user_agent: device.user_agent.as_ref().map(|agent| agent.as_str().to_owned()),
            ip_address: device.ip_address.to_string(),
            delivery: challenge.delivery.as_str().to_owned(),
            proven: challenge.proven.as_str().to_owned(),
            created_at: challenge.created_at.into(),
            expires_at: challenge.expires_at.into(),
            failures: i32::try_from(challenge.failures).unwrap_or(i32::MAX),
            used_at: challenge.used_at.map(At),
        }
    }
}

impl TryFrom<ChallengeRow> for MfaChallenge {
    type Error = StoreError;

    fn try_from(row: ChallengeRow) -> Result<Self, StoreError> {
        const TABLE: &str = "mfa_challenges";
        let user_agent = |text: &str| UserAgent::from_header(text).ok_or("nothing printable");
        Ok(Self {
            hash: TokenHash::from_bytes(hash(TABLE, "hash", &row.hash)?),
            user_id: row.user_id.into(),
            device: Device {
                name: parsed(TABLE, "device_name", row.device_name.as_deref(), DeviceName::parse)?,
                user_agent: parsed(TABLE, "user_agent", row.user_agent.as_deref(), user_agent)?,
                ip_address: row.ip_address.parse().map_err(|why| corrupt(TABLE, "ip_address", why))?,
            },
            delivery: named(TABLE, "delivery", &row.delivery, TokenDelivery::parse)?,
            proven: named(TABLE, "proven", &row.proven, AuthMethods::parse)?,
            created_at: row.created_at.into(),
            expires_at: row.expires_at.into(),
            failures: count(TABLE, "failures", row.failures)?,
            used_at: row.used_at.map(Into::into),
        })
    }
}
