//! Checking a trail: seals and events go in, in order, and the first fault comes out. It keeps no more than one seal.

use std::fmt;

use super::{Entry, EventKey, Hash, MerkleTree, Seal, leaf_hash};
use crate::AuditEventId;
use crate::ports::{Digest, SealVerifier};
use crate::session::named;

named! {
    /// What was done to a trail.
    #[non_exhaustive]
    pub enum Fault {
        /// An event is not what was sealed.
        Edited = "edited",
        /// An event that was sealed, or was waiting to be, is gone.
        Deleted = "deleted",
        /// An event came in that nobody recorded by the service.
        Inserted = "inserted",
        /// Events stand in another order than the one they were sealed in.
        Reordered = "reordered",
        /// The end of the trail is gone.
        Truncated = "truncated",
        /// A seal is not signed by a key of the service, or is not the one that stood there.
        SealForged = "seal_forged",
        /// A seal in the midst of the trail is gone.
        SealDeleted = "seal_deleted",
    }
}

/// The first thing that is wrong with a trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was done.
    pub fault: Fault,
    /// Which event, when one can be named.
    pub event: Option<AuditEventId>,
    /// The place of the event, or of the first that may be meant.
    pub position: Option<u64>,
    /// Which seal.
    pub seal: Option<u64>,
    /// How it shows.
    pub detail: &'static str,
}

/// One sentence.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.fault.as_str())?;
        self.event.map_or(Ok(()), |event| write!(f, ": event {event}"))?;
        self.position.map_or(Ok(()), |position| write!(f, ", position {position}"))?;
        self.seal.map_or(Ok(()), |seal| write!(f, ", seal {seal}"))?;
        write!(f, ": {}", self.detail)
    }
}

/// The end of a chain of seals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Link {
    number: u64,
    hash: Hash,
    last_position: u64,
}

/// A seal whose events are coming in.
#[derive(Debug)]
struct Open {
    seal: Seal,
    tree: MerkleTree,
    latest: Option<EventKey>,
}

/// A check of a trail: [`seal`](Self::seal), the [`entry`](Self::entry) of each of its events,
/// [`close`](Self::close), and the next seal.
///
/// # Examples
///
/// With the fixtures, which seal a trail of five events in three seals:
///
#[cfg_attr(feature = "fixtures", doc = "```")]
#[cfg_attr(not(feature = "fixtures"), doc = "```text")]
/// use voxgate_domain::audit::{Fault, Finding, TrailCheck};
/// use voxgate_domain::fixtures::{self, SealedTrail, StandInDigest, StandInSigner};
///
/// let signer = StandInSigner::default();
/// let check = |trail: SealedTrail| -> Result<u64, Finding> {
///     let mut check = TrailCheck::from_start(&StandInDigest, &signer);
///     for (seal, entries) in trail {
///         check.seal(seal)?;
///         entries.iter().try_for_each(|entry| check.entry(entry))?;
///         check.close()?;
///     }
///     Ok(check.events())
/// };
/// let mut trail = fixtures::trail(fixtures::user().build().id).build(&StandInDigest, &signer)?;
/// assert_eq!(check(trail.clone()), Ok(5));
/// trail[1].1[0].event = None;
/// assert_eq!(check(trail).unwrap_err().fault, Fault::Deleted);
/// # Ok::<(), voxgate_domain::ports::SealError>(())
/// ```
pub struct TrailCheck<'a> {
    digest: &'a dyn Digest,
    verifier: &'a dyn SealVerifier,
    last: Option<Link>,
    open: Option<Open>,
    events: u64,
}

impl fmt::Debug for TrailCheck<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrailCheck").field("last", &self.last).finish_non_exhaustive()
    }
}

impl<'a> TrailCheck<'a> {
    /// A check from the first seal on.
    #[must_use]
    pub fn from_start(digest: &'a dyn Digest, verifier: &'a dyn SealVerifier) -> Self {
        let start = Link { number: 0, hash: Hash::NONE, last_position: 0 };
        Self { last: Some(start), ..Self::from_any(digest, verifier) }
    }

    /// A check that takes what the first seal says of those before it on trust.
    #[must_use]
    pub fn from_any(digest: &'a dyn Digest, verifier: &'a dyn SealVerifier) -> Self {
        Self { digest, verifier, last: None, open: None, events: 0 }
    }

    /// How many events were checked.
    #[must_use]
    pub const fn events(&self) -> u64 {
        self.events
    }

    /// Number and hash of the last seal that was checked whole; number 0 before the first.
    #[must_use]
    pub fn last_seal(&self) -> Option<(u64, Hash)> {
        self.last.map(|link| (link.number, link.hash))
    }

    /// Takes in the next seal.
    ///
    /// # Errors
    ///
    /// The [`Finding`] when it is not the one that belongs there.
    pub fn seal(&mut self, seal: Seal) -> Result<(), Finding> {
        let draft = &seal.draft;
        let found = |fault, detail| {
            let (position, number) = (Some(draft.first_position), Some(draft.number));
            Err(Finding { fault, event: None, position, seal: number, detail })
        };
        let next = self.last.map(|last| last.number + 1);
        if let Some(next) = next.filter(|next| *next < draft.number) {
            let position = self.last.map(|last| last.last_position + 1);
            let detail = "the seal is missing; later ones are there";
            return Err(Finding { fault: Fault::SealDeleted, event: None, position, seal: Some(next), detail });
        }
        if !self.verifier.verify(&seal.key_id, &seal.canonical_bytes(), &seal.signature) {
            return found(Fault::SealForged, "no key of the service made its signature");
        }
        if let Some(last) = self.last {
            if draft.number != last.number + 1 || draft.previous != last.hash {
                return found(Fault::SealForged, "it does not follow the seal before it");
            }
            if draft.first_position != last.last_position + 1 {
                return found(Fault::SealForged, "its events do not follow those of the seal before it");
            }
        }
        if draft.count() == 0 {
            return found(Fault::SealForged, "it seals nothing");
        }
        self.open = Some(Open { seal, tree: MerkleTree::default(), latest: None });
        Ok(())
    }

    /// The place of the next event that the seal is for; nothing when it has all of them.
    #[must_use]
    pub fn wanted(&self) -> Option<u64> {
        let open = self.open.as_ref()?;
        let next = open.seal.draft.first_position + open.tree.len();
        (next <= open.seal.draft.last_position).then_some(next)
    }

    /// Takes in the next event of the seal.
    ///
    /// # Errors
    ///
    /// The [`Finding`] when it is not what was sealed.
    pub fn entry(&mut self, entry: &Entry) -> Result<(), Finding> {
        let wanted = self.wanted();
        let Some(open) = self.open.as_mut() else {
            return Err(at(Fault::SealForged, entry, None, "no seal covers the event"));
        };
        let number = Some(open.seal.draft.number);
        match wanted {
            Some(wanted) if wanted == entry.position => {}
            Some(wanted) if wanted < entry.position => return Err(gap(wanted, open.seal.draft.number)),
            _ => return Err(at(Fault::Inserted, entry, number, "its place is taken, or past the end of its seal")),
        }
        let Some(event) = &entry.event else {
            return Err(at(Fault::Deleted, entry, number, "the event was sealed and is gone"));
        };
        let hash = leaf_hash(event, self.digest);
        if entry.kept.is_some_and(|kept| kept != hash) {
            return Err(at(Fault::Edited, entry, number, "the event is not what was sealed"));
        }
        if open.latest.is_some_and(|latest| latest >= event.key()) {
            return Err(at(Fault::Reordered, entry, number, "it stands behind a later event of the same seal"));
        }
        open.latest = Some(event.key());
        open.tree.push(hash, self.digest);
        Ok(())
    }

    /// Ends the seal: all of its events came in.
    ///
    /// # Errors
    ///
    /// The [`Finding`] when some are missing, or they are not those that were sealed.
    pub fn close(&mut self) -> Result<(), Finding> {
        let wanted = self.wanted();
        let Some(open) = self.open.take() else { return Ok(()) };
        let draft = &open.seal.draft;
        if let Some(wanted) = wanted {
            return Err(gap(wanted, draft.number));
        }
        if open.tree.root(self.digest) != draft.root {
            return Err(Finding {
                fault: Fault::Edited,
                event: None,
                position: Some(draft.first_position),
                seal: Some(draft.number),
                detail: "an event of this seal was changed or moved together with the hash kept beside it",
            });
        }
        self.events += draft.count();
        let hash = open.seal.hash(self.digest);
        self.last = Some(Link { number: draft.number, hash, last_position: draft.last_position });
        Ok(())
    }
}

fn at(fault: Fault, entry: &Entry, seal: Option<u64>, detail: &'static str) -> Finding {
    Finding { fault, event: Some(entry.id), position: Some(entry.position), seal, detail }
}

fn gap(position: u64, seal: u64) -> Finding {
    let detail = "the event was sealed; it is gone, and so is what was kept beside it";
    Finding { fault: Fault::Deleted, event: None, position: Some(position), seal: Some(seal), detail }
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
