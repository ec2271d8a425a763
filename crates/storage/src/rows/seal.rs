//! Seals.

use diesel::prelude::*;
use voxgate_domain::audit::{Hash, Seal, SealDraft};

use crate::schema::audit_seals;
use crate::sql_types::At;

/// A seal.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_seals)]
pub(crate) struct SealRow {
    number: i64,
    first_position: i64,
    last_position: i64,
    event_count: i64,
    root: Vec<u8>,
    previous: Vec<u8>,
    sealed_at: At,
    key_id: String,
    signature: Vec<u8>,
}

impl From<&Seal> for SealRow {
    fn from(seal: &Seal) -> Self {
        let draft = &seal.draft;
        Self {
            number: draft.number.cast_signed(),
            first_position: draft.first_position.cast_signed(),
            last_position: draft.last_position.cast_signed(),
            event_count: draft.count().cast_signed(),
            root: draft.root.0.to_vec(),
            previous: draft.previous.0.to_vec(),
            sealed_at: draft.sealed_at.into(),
            key_id: seal.key_id.clone(),
            signature: seal.signature.clone(),
        }
    }
}

/// Whatever the row says becomes a seal, since it is for a check to name what is wrong with it: what is no value at all
/// becomes one that no signature fits.
impl From<SealRow> for Seal {
    fn from(row: SealRow) -> Self {
        let draft = SealDraft {
            number: row.number.cast_unsigned(),
            first_position: row.first_position.cast_unsigned(),
            last_position: row.last_position.cast_unsigned(),
            root: hash(&row.root),
            previous: hash(&row.previous),
            sealed_at: row.sealed_at.into(),
        };
        // The count follows from the places, so a row that says another was edited.
        let root = if row.event_count.cast_unsigned() == draft.count() { draft.root } else { Hash::NONE };
        Self { draft: SealDraft { root, ..draft }, key_id: row.key_id, signature: row.signature }
    }
}

/// A hash, or one that nothing has when the bytes are none.
pub(super) fn hash(bytes: &[u8]) -> Hash {
    bytes.try_into().map_or(Hash::NONE, Hash)
}
