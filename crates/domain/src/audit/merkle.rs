//! The Merkle tree of RFC 6962, section 2.1, built leaf by leaf in memory that grows with the height of the tree alone.

use super::{Hash, RecordedEvent};
use crate::ports::Digest;

/// The hash of an event as a leaf.
#[must_use]
pub fn leaf_hash(event: &RecordedEvent, digest: &dyn Digest) -> Hash {
    digest.sha256(&[&[0], &event.canonical_bytes()])
}

/// A tree that leaves are added to.
///
/// # Examples
///
/// A root depends on every leaf and on their order. With the fixtures, whose digest stands in for SHA-256:
///
#[cfg_attr(feature = "fixtures", doc = "```")]
#[cfg_attr(not(feature = "fixtures"), doc = "```text")]
/// use voxgate_domain::audit::{Hash, MerkleTree};
/// use voxgate_domain::fixtures::StandInDigest;
///
/// let root = |leaves: &[u8]| {
///     let mut tree = MerkleTree::default();
///     leaves.iter().for_each(|leaf| tree.push(Hash([*leaf; 32]), &StandInDigest));
///     assert_eq!(tree.len(), leaves.len() as u64);
///     tree.root(&StandInDigest)
/// };
/// assert_eq!(root(&[1, 2, 3]), root(&[1, 2, 3]));
/// assert_ne!(root(&[1, 2, 3]), root(&[1, 3, 2]));
/// assert_eq!(root(&[1]), Hash([1; 32]));
/// ```
#[derive(Clone, Debug, Default)]
pub struct MerkleTree {
    /// The roots of the full subtrees so far, the largest first; their sizes are the bits of `leaves`.
    subtrees: Vec<Hash>,
    leaves: u64,
}

impl MerkleTree {
    /// Adds the hash of the next leaf.
    pub fn push(&mut self, leaf: Hash, digest: &dyn Digest) {
        self.subtrees.push(leaf);
        self.leaves += 1;
        // A carry for each pair of subtrees of one size, as when counting in binary.
        for _ in 0..self.leaves.trailing_zeros() {
            if let (Some(right), Some(left)) = (self.subtrees.pop(), self.subtrees.pop()) {
                self.subtrees.push(node(left, right, digest));
            }
        }
    }

    /// How many leaves there are.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.leaves
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.leaves == 0
    }

    /// The root; of no leaves, the hash of nothing.
    #[must_use]
    pub fn root(&self, digest: &dyn Digest) -> Hash {
        let mut subtrees = self.subtrees.iter().rev().copied();
        let smallest = subtrees.next().unwrap_or_else(|| digest.sha256(&[]));
        subtrees.fold(smallest, |right, left| node(left, right, digest))
    }
}

fn node(left: Hash, right: Hash, digest: &dyn Digest) -> Hash {
    digest.sha256(&[&[1], &left.0, &right.0])
}
