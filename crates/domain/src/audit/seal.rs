//! Seals: what proves a run of events.

use std::fmt;
use std::str::FromStr;

use super::{EventKey, RecordedEvent};
use crate::ports::Digest;
use crate::{AuditEventId, Timestamp};

/// A SHA-256 hash (FIPS 180-4): 32 bytes, written as 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// What stands for the seal before the first.
    pub const NONE: Self = Self([0; 32]);
}

/// Lower-case hexadecimal.
impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A text that is not 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a hash: it must be 64 hexadecimal digits")]
pub struct InvalidHash;

impl FromStr for Hash {
    type Err = InvalidHash;

    fn from_str(text: &str) -> Result<Self, InvalidHash> {
        let digits =
            text.bytes().map(|digit| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok()));
        let digits: Vec<u8> = digits.collect::<Option<_>>().ok_or(InvalidHash)?;
        let (pairs, rest) = digits.as_chunks::<2>();
        let bytes: Vec<u8> = pairs.iter().map(|[high, low]| high * 16 + low).collect();
        let bytes = bytes.try_into().map_err(|_| InvalidHash)?;
        if rest.is_empty() { Ok(Self(bytes)) } else { Err(InvalidHash) }
    }
}

/// What is kept of a sealed event beside it: its place and its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// Its place in the trail, counted from 1 without a gap.
    pub position: u64,
    /// Which event it is.
    pub event: EventKey,
    /// The hash of the event when it was sealed.
    pub hash: Hash,
}

/// A place in the trail, and the event that is there now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The place.
    pub position: u64,
    /// Which event is there.
    pub id: AuditEventId,
    /// The hash that was kept beside it, when there is one: it tells which event was changed. Whether any was, the seal
    /// tells.
    pub kept: Option<Hash>,
    /// The event as it is now, or nothing when it is gone.
    pub event: Option<RecordedEvent>,
}

/// What a seal says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealDraft {
    /// Which seal, counted from 1 without a gap.
    pub number: u64,
    /// The place of its first event.
    pub first_position: u64,
    /// The place of its last event.
    pub last_position: u64,
    /// The root of the Merkle tree of its events.
    pub root: Hash,
    /// The hash of the seal before it, [`Hash::NONE`] for the first.
    pub previous: Hash,
    /// When it was made.
    pub sealed_at: Timestamp,
}

impl SealDraft {
    /// How many events it is for.
    #[must_use]
    pub const fn count(&self) -> u64 {
        (self.last_position + 1).saturating_sub(self.first_position)
    }
}

/// What a seal says, and the signature that proves who said it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// What it says.
    pub draft: SealDraft,
    /// Which key signed it.
    pub key_id: String,
    /// The signature of its canonical bytes.
    pub signature: Vec<u8>,
}

impl Seal {
    /// The bytes that were signed.
    #[must_use]
    pub fn canonical_bytes(&self) -> Vec<u8> {
        self.draft.canonical_bytes(&self.key_id)
    }

    /// The hash that the next seal repeats.
    #[must_use]
    pub fn hash(&self, digest: &dyn Digest) -> Hash {
        digest.sha256(&[&[2], &self.canonical_bytes()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_comes_back_from_its_text() {
        let hash = Hash(std::array::from_fn(|i| u8::try_from(i * 8).unwrap()));
        assert_eq!(hash.to_string().parse(), Ok(hash));
        for bad in ["", "00", &"g".repeat(64), &"0".repeat(63), &"0".repeat(65), &"é".repeat(32)] {
            assert_eq!(bad.parse::<Hash>(), Err(InvalidHash), "{bad}");
        }
    }
}
