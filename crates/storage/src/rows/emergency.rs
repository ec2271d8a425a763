//! Emergency accesses.

use diesel::prelude::*;
use voxgate_domain::ports::StoreError;
use voxgate_domain::{EmergencyAccess, Reason};

use crate::error::corrupt;
use crate::schema::emergency_accesses;
use crate::sql_types::{At, Id};

/// An access.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = emergency_accesses)]
pub(crate) struct EmergencyRow {
    id: Id,
    holder_id: Id,
    subject_id: Id,
    reason: String,
    granted_at: At,
    expires_at: At,
    closed_at: Option<At>,
}

impl From<&EmergencyAccess> for EmergencyRow {
    fn from(access: &EmergencyAccess) -> Self {
        Self {
            id: access.id.into(),
            holder_id: access.holder.into(),
            subject_id: access.subject.into(),
            reason: access.reason.as_str().to_owned(),
            granted_at: access.granted_at.into(),
            expires_at: access.expires_at.into(),
            closed_at: access.closed_at.map(At),
        }
    }
}

impl TryFrom<EmergencyRow> for EmergencyAccess {
    type Error = StoreError;

    fn try_from(row: EmergencyRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            holder: row.holder_id.into(),
            subject: row.subject_id.into(),
            reason: Reason::parse(&row.reason).map_err(|why| corrupt("emergency_accesses", "reason", why))?,
            granted_at: row.granted_at.into(),
            expires_at: row.expires_at.into(),
            closed_at: row.closed_at.map(Into::into),
        })
    }
}
