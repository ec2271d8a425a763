//! The lines of an export: JSON, one event or seal each (docs/audit-trail.md describes them).

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use voxgate_domain::audit::{Entry, Hash, RecordedEvent, Seal, SealDraft};
use voxgate_domain::{AuditEventId, SessionId, Timestamp, UserId};

/// An event as clients see it, and in an export with its place.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventLine {
    /// Its place in the trail; nothing while it is not sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
    /// Its hash when it was sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaf: Option<String>,
    /// Which event it is.
    pub id: AuditEventId,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// What was done.
    pub event: String,
    /// How it ended.
    pub outcome: String,
    /// Who did it.
    pub actor_id: Option<UserId>,
    /// To whom.
    pub subject_id: Option<UserId>,
    /// In which session.
    pub session_id: Option<SessionId>,
    /// From which address.
    pub ip_address: Option<String>,
    /// With which program.
    pub user_agent: Option<String>,
    /// In which request.
    pub request_id: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// The facts of the act: the canonical JSON itself, so that the bytes that were hashed are in the export.
    pub details: Box<RawValue>,
}

impl From<RecordedEvent> for EventLine {
    fn from(event: RecordedEvent) -> Self {
        // What is no JSON was never written by the service; as a text it is like nothing that was.
        let details = RawValue::from_string(event.details)
            .or_else(|_| serde_json::value::to_raw_value("the stored details are no JSON"))
            .unwrap_or_default();
        Self {
            position: None,
            leaf: None,
            id: event.id,
            occurred_at: event.occurred_at,
            event: event.event,
            outcome: event.outcome,
            actor_id: event.actor_id,
            subject_id: event.subject_id,
            session_id: event.session_id,
            ip_address: event.ip_address,
            user_agent: event.user_agent,
            request_id: event.request_id,
            reason: event.reason,
            details,
        }
    }
}

impl EventLine {
    /// The event of a place, if it is there.
    pub(crate) fn of(entry: Entry) -> Option<Self> {
        let line = Self::from(entry.event?);
        Some(Self { position: Some(entry.position), leaf: entry.kept.map(|hash| hash.to_string()), ..line })
    }

    /// The place and the event.
    pub(crate) fn into_entry(self) -> Result<Option<Entry>, String> {
        let Some(position) = self.position else { return Ok(None) };
        let kept = self.leaf.map(|leaf| leaf.parse::<Hash>()).transpose().map_err(|error| error.to_string())?;
        let event = RecordedEvent {
            id: self.id,
            occurred_at: self.occurred_at,
            event: self.event,
            outcome: self.outcome,
            actor_id: self.actor_id,
            subject_id: self.subject_id,
            session_id: self.session_id,
            ip_address: self.ip_address,
            user_agent: self.user_agent,
            request_id: self.request_id,
            reason: self.reason,
            details: String::from(Box::<str>::from(self.details)),
        };
        Ok(Some(Entry { position, id: event.id, kept, event: Some(event) }))
    }
}

/// How every line of a seal begins.
pub(crate) const SEAL: &str = r#"{"seal":"#;

/// A line with a seal.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SealLine {
    seal: SealBody,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SealBody {
    number: u64,
    first_position: u64,
    last_position: u64,
    root: String,
    previous: String,
    sealed_at: Timestamp,
    key_id: String,
    /// Hexadecimal.
    signature: String,
}

impl From<&Seal> for SealLine {
    fn from(seal: &Seal) -> Self {
        let draft = &seal.draft;
        let seal = SealBody {
            number: draft.number,
            first_position: draft.first_position,
            last_position: draft.last_position,
            root: draft.root.to_string(),
            previous: draft.previous.to_string(),
            sealed_at: draft.sealed_at,
            key_id: seal.key_id.clone(),
            signature: seal.signature.iter().map(|byte| format!("{byte:02x}")).collect(),
        };
        Self { seal }
    }
}

impl SealLine {
    pub(crate) fn into_seal(self) -> Result<Seal, String> {
        let hash = |text: &str| text.parse::<Hash>().map_err(|error| error.to_string());
        let Self { seal } = self;
        let draft = SealDraft {
            number: seal.number,
            first_position: seal.first_position,
            last_position: seal.last_position,
            root: hash(&seal.root)?,
            previous: hash(&seal.previous)?,
            sealed_at: seal.sealed_at,
        };
        let (pairs, rest) = seal.signature.as_bytes().as_chunks::<2>();
        let byte = |pair: &[u8; 2]| str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
        let signature = pairs.iter().map(byte).collect::<Option<Vec<u8>>>().filter(|_| rest.is_empty());
        let signature = signature.ok_or("the signature is not hexadecimal")?;
        Ok(Seal { draft, key_id: seal.key_id, signature })
    }
}

#[cfg(test)]
mod tests {
    use voxgate_domain::fixtures::{StandInDigest, StandInSigner, trail, user};

    use super::*;

    #[test]
    fn what_is_read_from_an_export_is_what_was_written() {
        let trail = trail(user().build().id).build(&StandInDigest, &StandInSigner::default()).unwrap();
        for (seal, entries) in trail {
            let line = serde_json::to_string(&SealLine::from(&seal)).unwrap();
            assert_eq!(serde_json::from_str::<SealLine>(&line).unwrap().into_seal(), Ok(seal));
            for entry in entries {
                let line = serde_json::to_string(&EventLine::of(entry.clone()).unwrap()).unwrap();
                assert_eq!(serde_json::from_str::<EventLine>(&line).unwrap().into_entry(), Ok(Some(entry)));
            }
        }
    }
}
