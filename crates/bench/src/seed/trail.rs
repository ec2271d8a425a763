//! Events as rows, and their seals: by the domain's own canonical form, so that `voxgate audit verify` finds them whole.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value as Json;
use voxgate_crypto::Sha256Digest;
use voxgate_domain::audit::{Detail, Hash, MerkleTree, RecordedEvent, Seal, SealDraft, leaf_hash};
use voxgate_domain::ports::SealSigner as _;
use voxgate_domain::{Act, AuditEvent, RequestId, Timestamp, UserAgent};

use super::SeedError;
use super::options::{Plan, Seals};
use super::rows::{Batch, HandOver, Value};
use super::tables;

/// How many events one seal is for, as the service makes them.
const SEALED_AT_ONCE: usize = 4_096;
/// How many events go into one batch.
const BATCH: usize = 8 * SEALED_AT_ONCE;

/// Where the trail that the database has ends: what comes next follows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chain {
    /// The newest seal.
    pub(super) number: u64,
    /// The place of its last event.
    pub(super) position: u64,
    /// Its hash.
    pub(super) hash: Hash,
}

impl Chain {
    /// Where no seal is.
    pub(super) const EMPTY: Self = Self { number: 0, position: 0, hash: Hash::NONE };

    /// After this seal.
    pub(super) fn after(seal: &Seal) -> Self {
        let SealDraft { number, last_position, .. } = seal.draft;
        Self { number, position: last_position, hash: seal.hash(&Sha256Digest) }
    }
}

/// Takes events and hands their rows over.
pub(super) struct Trail<'a> {
    seals: Option<&'a Arc<Seals>>,
    sealed_at: Timestamp,
    chain: Chain,
    tree: MerkleTree,
    events: Batch,
    listed: Batch,
    waiting: Batch,
    positions: Batch,
    sealed: Batch,
}

impl<'a> Trail<'a> {
    pub(super) fn new(plan: &'a Plan, chain: Chain) -> Self {
        Self {
            seals: plan.seals.as_ref(),
            sealed_at: plan.until,
            chain,
            tree: MerkleTree::default(),
            events: Batch::of(&tables::AUDIT_LOGS),
            listed: Batch::of(&tables::LISTED_USERS),
            waiting: Batch::of(&tables::UNSEALED),
            positions: Batch::of(&tables::POSITIONS),
            sealed: Batch::of(&tables::SEALS),
        }
    }

    /// Takes the next event. Events come in the order of their times.
    pub(super) fn record(&mut self, event: AuditEvent, hand_over: HandOver<'_>) -> Result<(), SeedError> {
        let (id, at) = (event.id.as_uuid(), event.occurred_at);
        if let Act::UsersListed { users } = &event.act {
            for user in users.iter().map(|user| user.as_uuid()).collect::<BTreeSet<_>>() {
                self.listed.add([user.into(), at.into(), id.into()]);
            }
        }
        let event = recorded(event);
        if self.seals.is_some() {
            let leaf = leaf_hash(&event, &Sha256Digest);
            self.tree.push(leaf, &Sha256Digest);
            let position = (self.chain.position + self.tree.len()).cast_signed();
            self.positions.add([position.into(), at.into(), id.into(), leaf.0.to_vec().into()]);
        } else {
            self.waiting.add([at.into(), id.into()]);
        }
        self.events.add(row(event));
        if self.tree.len() >= SEALED_AT_ONCE as u64 {
            self.seal()?;
        }
        if self.events.len() >= BATCH { self.pass(hand_over) } else { Ok(()) }
    }

    /// Seals and hands over what is left; gives the newest seal.
    pub(super) fn finish(mut self, hand_over: HandOver<'_>) -> Result<Option<(u64, Hash)>, SeedError> {
        if !self.tree.is_empty() {
            self.seal()?;
        }
        self.pass(hand_over)?;
        Ok((self.chain.number > 0).then_some((self.chain.number, self.chain.hash)))
    }

    fn seal(&mut self) -> Result<(), SeedError> {
        let Some(seals) = self.seals else { return Ok(()) };
        let tree = std::mem::take(&mut self.tree);
        let draft = SealDraft {
            number: self.chain.number + 1,
            first_position: self.chain.position + 1,
            last_position: self.chain.position + tree.len(),
            root: tree.root(&Sha256Digest),
            previous: self.chain.hash,
            sealed_at: self.sealed_at,
        };
        let failed = |error: voxgate_domain::ports::SealError| SeedError::Keys(error.to_string());
        let key_id = seals.keys.key_id().map_err(failed)?;
        let signature = seals.keys.sign(&key_id, &draft.canonical_bytes(&key_id)).map_err(failed)?;
        let seal = Seal { draft, key_id, signature };
        self.chain = Chain::after(&seal);
        self.sealed.add(seal_row(seal));
        Ok(())
    }

    fn pass(&mut self, hand_over: HandOver<'_>) -> Result<(), SeedError> {
        for batch in [&mut self.events, &mut self.listed, &mut self.waiting, &mut self.positions, &mut self.sealed] {
            batch.pass(hand_over)?;
        }
        Ok(())
    }
}

/// The event as the service stores it.
fn recorded(event: AuditEvent) -> RecordedEvent {
    let details: BTreeMap<&str, Json> = event.details().into_iter().map(|(name, value)| (name, json(value))).collect();
    let actor = event.actor_uuid().map(Into::into);
    let client = event.client.as_ref();
    RecordedEvent {
        id: event.id,
        occurred_at: event.occurred_at,
        event: event.act.name().to_owned(),
        outcome: event.act.outcome().as_str().to_owned(),
        actor_id: actor,
        subject_id: event.subject,
        session_id: event.session,
        ip_address: client.map(|client| client.ip_address.to_string()),
        user_agent: client.and_then(|client| client.user_agent.as_ref()).map(UserAgent::as_str).map(str::to_owned),
        request_id: client.map(|client| &client.request_id).map(RequestId::as_str).map(str::to_owned),
        reason: event.reason,
        // A map of words, lists of words and counts always becomes text.
        details: serde_json::to_string(&details).unwrap_or_else(|_| "{}".to_owned()),
    }
}

fn json(detail: Detail) -> Json {
    match detail {
        Detail::Word(word) => word.into(),
        Detail::Words(words) => words.into(),
        Detail::Count(count) => count.into(),
    }
}

fn row(event: RecordedEvent) -> [Value; 12] {
    [
        event.id.as_uuid().into(),
        event.occurred_at.into(),
        event.event.into(),
        event.outcome.into(),
        event.actor_id.map(|id| id.as_uuid()).into(),
        event.subject_id.map(|id| id.as_uuid()).into(),
        event.session_id.map(|id| id.as_uuid()).into(),
        event.ip_address.into(),
        event.user_agent.into(),
        event.request_id.into(),
        event.reason.into(),
        Value::Json(event.details),
    ]
}

fn seal_row(seal: Seal) -> [Value; 9] {
    let draft = seal.draft;
    [
        draft.number.cast_signed().into(),
        draft.first_position.cast_signed().into(),
        draft.last_position.cast_signed().into(),
        draft.count().cast_signed().into(),
        draft.root.0.to_vec().into(),
        draft.previous.0.to_vec().into(),
        draft.sealed_at.into(),
        seal.key_id.into(),
        seal.signature.into(),
    ]
}
