//! Seal the events that wait (45 CFR 164.312(c)(2): a mechanism to corroborate that records were not altered).

use voxgate_domain::audit::{Hash, Leaf, MerkleTree, Seal, SealDraft, leaf_hash};

use crate::{AuditTrail, TrailError};

/// A seal that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Its number.
    pub number: u64,
    /// Its hash: whoever writes both down elsewhere can tell later whether the trail was cut off.
    pub hash: Hash,
    /// How many events it is for.
    pub events: u64,
}

impl AuditTrail {
    /// The most events of one seal.
    pub const MAX_BATCH: u32 = 4_096;

    /// Seals the events that wait, the oldest first, by one seal; nothing when none waits.
    ///
    /// All is read, hashed and signed before the store is asked to write; what it writes is decided by the number of the
    /// seal, which is unique. So a crash at any moment leaves the seal whole or not there, and of two that seal at once one
    /// gets [`TrailError::Overtaken`].
    ///
    /// # Errors
    ///
    /// A [`TrailError`]; the events wait on.
    pub async fn seal(&self) -> Result<Option<Sealed>, TrailError> {
        let ports = &self.ports;
        let last = ports.trail.last_seal().await?;
        self.refuse_cut_off(last.as_ref()).await?;
        let events = ports.trail.waiting(None, Self::MAX_BATCH).await?;
        if events.is_empty() {
            return Ok(None);
        }
        let digest = &*ports.digest;
        let mut position = last.as_ref().map_or(0, |seal| seal.draft.last_position);
        let first_position = position + 1;
        let mut tree = MerkleTree::default();
        let mut leaves = Vec::with_capacity(events.len());
        for event in &events {
            position += 1;
            let hash = leaf_hash(event, digest);
            tree.push(hash, digest);
            leaves.push(Leaf { position, event: event.key(), hash });
        }
        let draft = SealDraft {
            number: last.as_ref().map_or(1, |seal| seal.draft.number + 1),
            first_position,
            last_position: position,
            root: tree.root(digest),
            previous: last.as_ref().map_or(Hash::NONE, |seal| seal.hash(digest)),
            sealed_at: ports.clock.now(),
        };
        let key_id = ports.signer.key_id()?;
        let signature = ports.signer.sign(&key_id, &draft.canonical_bytes(&key_id))?;
        let seal = Seal { draft, key_id, signature };
        ports.trail.append(&seal, &leaves).await?;
        let sealed = Sealed { number: seal.draft.number, hash: seal.hash(digest), events: seal.draft.count() };
        ports.anchor.remember(sealed.number, sealed.hash)?;
        Ok(Some(sealed))
    }

    /// Seals until nothing waits, so that what was recorded before is sealed.
    ///
    /// # Errors
    ///
    /// A [`TrailError`]; what was sealed until then stays so.
    pub async fn seal_all(&self) -> Result<(), TrailError> {
        /// More batches than this means that events come faster than they are sealed; what was there before is done.
        const BATCHES: u32 = 100_000;
        for _ in 0..BATCHES {
            match self.seal().await {
                Ok(None) => break,
                // Whoever was faster seals the same events.
                Ok(Some(_)) | Err(TrailError::Overtaken) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The seal that is remembered must be there: else the end of the trail was cut off, and new seals would take the
    /// numbers of those that are gone.
    async fn refuse_cut_off(&self, last: Option<&Seal>) -> Result<(), TrailError> {
        let Some((number, hash)) = self.ports.anchor.newest()? else { return Ok(()) };
        let there = match last {
            Some(seal) if seal.draft.number == number => Some(seal.clone()),
            _ => self.ports.trail.seals_after(number.saturating_sub(1), 1).await?.into_iter().next(),
        };
        let same = there.is_some_and(|seal| seal.draft.number == number && seal.hash(&*self.ports.digest) == hash);
        if same { Ok(()) } else { Err(TrailError::CutOff { number }) }
    }
}
