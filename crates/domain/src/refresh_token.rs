//! Refresh tokens: rotated at each use, so that a copy betrays itself (RFC 9700, section 4.14.2).

use crate::{SessionId, Timestamp, TokenHash};

/// Counts the refresh tokens of a session. The highest is the current one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Generation(i64);

impl Generation {
    /// Of the token that comes with the login.
    pub const FIRST: Self = Self(1);

    /// Of the token after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The number that a store kept.
    #[must_use]
    pub const fn from_stored(number: i64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.0
    }
}

/// What is known of one refresh token; of the token itself only its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshToken {
    /// Its hash.
    pub hash: TokenHash,
    /// The session that it keeps going.
    pub session_id: SessionId,
    /// Its place among the tokens of the session.
    pub generation: Generation,
    /// When it was given out.
    pub issued_at: Timestamp,
    /// When a newer one took its place, if one did.
    pub superseded_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generations_are_counted_up_to_the_last() {
        let third = Generation::FIRST.next().next();
        assert_eq!(third.number() - Generation::FIRST.number(), 2);
        assert_eq!(Generation::from_stored(third.number()), third);
        let last = Generation::from_stored(i64::MAX);
        assert_eq!(last.next(), last);
    }
}
