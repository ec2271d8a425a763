//! Opaque secrets that are handed out, and what is kept of them.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};

use crate::ports::Entropy;

/// An opaque token that is a secret: 256 random bits when we made it, any short text when somebody brought it.
#[derive(Clone)]
pub struct SecretToken(SecretString);

impl SecretToken {
    /// Random bytes in a token.
    pub const BYTES: usize = 32;
    /// No token of ours is longer; what is longer need not be looked at.
    const MAX_CHARS: usize = 128;

    /// A new token of 256 random bits in unpadded base64url (RFC 4648, section 5).
    #[must_use]
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; Self::BYTES];
        entropy.fill(&mut bytes);
        let token = Self(SecretString::from(URL_SAFE_NO_PAD.encode(bytes)));
        bytes.fill(0);
        token
    }

    /// The same behind `prefix`, which says what it is a secret of.
    #[must_use]
    pub(crate) fn generate_prefixed(prefix: &str, entropy: &dyn Entropy) -> Self {
        let token = Self::generate(entropy);
        Self(SecretString::from([prefix, token.expose()].concat()))
    }

    /// Takes over what somebody presents as a token, or `None` when it can be none: empty, long, or with characters
    /// that no token has.
    #[must_use]
    pub fn presented(text: &str) -> Option<Self> {
        let text = text.trim();
        let fits = (1..=Self::MAX_CHARS).contains(&text.len());
        let sane = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        (fits && sane).then(|| Self(SecretString::from(text)))
    }

    /// The text, for handing it to its owner or hashing it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for SecretToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretToken(…)")
    }
}

macro_rules! digest {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name([u8; 32]);

        impl $name {
            /// Takes over the bytes that a [`TokenHasher`](crate::ports::TokenHasher) made or a store kept.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// The bytes, for storing and finding.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}

digest!(
    /// The hash of a [`SecretToken`]: all that is stored of one. Tokens have 256 random bits, so a plain hash is enough
    /// and finding one by its hash tells nothing about another.
    TokenHash
);

digest!(
    /// What failed logins are counted under: a hash of the address, whether or not it has an account.
    AttemptKey
);

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;
    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    #[test]
    fn a_token_has_256_bits_and_does_not_print() {
        let token = SecretToken::generate(&Counting);
        assert_eq!(token.expose().len(), 43);
        assert_eq!(format!("{token:?}"), "SecretToken(…)");
        assert!(SecretToken::presented(token.expose()).is_some());
    }

    #[test]
    fn what_can_be_no_token_is_told_at_once() {
        for bad in ["", "with space", "quote'", "nul\0", &"x".repeat(129)] {
            assert!(SecretToken::presented(bad).is_none(), "{bad:?}");
        }
    }
}
