//! The canonical bytes of events and seals, version 1. docs/audit-trail.md describes them for whoever checks the trail
//! without this program: to change one is to add a version, never to edit this one.

use super::{Hash, RecordedEvent, SealDraft};

const EVENT: &[u8] = b"VXAE\x01";
const SEAL: &[u8] = b"VXAS\x01";

/// Appends fields so that no two lists of fields give the same bytes: each has a fixed length or says its own.
struct Fields(Vec<u8>);

impl Fields {
    fn new(kind: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(512);
        bytes.extend_from_slice(kind);
        Self(bytes)
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn number(&mut self, number: u64) {
        self.bytes(&number.to_be_bytes());
    }

    fn text(&mut self, text: &str) {
        // Every text of an event is far below 4 GiB: the columns have limits, and a request has one.
        self.bytes(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
        self.bytes(text.as_bytes());
    }

    fn maybe<T>(&mut self, value: Option<T>, add: impl FnOnce(&mut Self, T)) {
        match value {
            None => self.0.push(0),
            Some(value) => {
                self.0.push(1);
                add(self, value);
            }
        }
    }

    fn maybe_text(&mut self, text: Option<&str>) {
        self.maybe(text, Self::text);
    }
}

impl RecordedEvent {
    /// The bytes that are hashed: every column of the event.
    #[must_use]
    pub fn canonical_bytes(&self) -> Vec<u8> {
        let id = |fields: &mut Fields, id: uuid::Uuid| fields.bytes(id.as_bytes());
        let mut fields = Fields::new(EVENT);
        fields.bytes(self.id.as_uuid().as_bytes());
        fields.bytes(&self.occurred_at.unix_micros().to_be_bytes());
        fields.text(&self.event);
        fields.text(&self.outcome);
        fields.maybe(self.actor_id.map(crate::UserId::as_uuid), id);
        fields.maybe(self.subject_id.map(crate::UserId::as_uuid), id);
        fields.maybe(self.session_id.map(crate::SessionId::as_uuid), id);
        fields.maybe_text(self.ip_address.as_deref());
        fields.maybe_text(self.user_agent.as_deref());
        fields.maybe_text(self.request_id.as_deref());
        fields.maybe_text(self.reason.as_deref());
        fields.text(&self.details);
        fields.0
    }
}

impl SealDraft {
    /// The bytes that are signed, and hashed for the seal that follows.
    #[must_use]
    pub fn canonical_bytes(&self, key_id: &str) -> Vec<u8> {
        let Self { number, first_position, last_position, root: Hash(root), previous: Hash(previous), sealed_at } =
            self;
        let mut fields = Fields::new(SEAL);
        fields.number(*number);
        fields.number(*first_position);
        fields.number(*last_position);
        fields.number(self.count());
        fields.bytes(root);
        fields.bytes(previous);
        fields.bytes(&sealed_at.unix_micros().to_be_bytes());
        fields.text(key_id);
        fields.0
    }
}
