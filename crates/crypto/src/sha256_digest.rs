//! Plain SHA-256, for the trees and chains of the audit trail.

use aws_lc_rs::digest::{self, SHA256};
use voxgate_domain::audit::Hash;
use voxgate_domain::ports::Digest;

/// SHA-256 (FIPS 180-4).
#[derive(Clone, Copy, Debug, Default)]
pub struct Sha256Digest;

impl Digest for Sha256Digest {
    fn sha256(&self, parts: &[&[u8]]) -> Hash {
        let mut context = digest::Context::new(&SHA256);
        parts.iter().for_each(|part| context.update(part));
        let mut bytes = [0; 32];
        // A SHA-256 digest has 32 bytes: the zip covers all of them.
        bytes.iter_mut().zip(context.finish().as_ref()).for_each(|(to, from)| *to = *from);
        Hash(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_sha_256_of_the_standard_whatever_the_parts() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Sha256Digest.sha256(&[b"abc"]).to_string(), abc);
        assert_eq!(Sha256Digest.sha256(&[b"a", b"", b"bc"]).to_string(), abc);
    }
}
