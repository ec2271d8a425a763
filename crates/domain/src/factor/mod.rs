//! The second factor: one-time codes of an authenticator app, and the recovery codes beside them.
//!
//! A factor is enrolling until its owner proves with a first code that the app has the secret; from then on it is on,
//! and each time step yields at most one accepted code (RFC 6238, section 5.2).

mod challenge;
mod code;
mod recovery;

pub use challenge::{MfaChallenge, TokenDelivery};
pub use code::{MalformedCode, OneTimeCode, TotpSecret};
pub use recovery::RecoveryCode;

use crate::policy::Attempts;
use crate::{Timestamp, UserId};

/// The authenticator app of one user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totp {
    /// Whose it is.
    pub user_id: UserId,
    /// The secret that it shares with the app, encrypted.
    pub sealed_secret: Vec<u8>,
    /// When enrolling began.
    pub enrolled_at: Timestamp,
    /// Where in its life it is.
    pub state: TotpState,
    /// Wrong codes since the last right one, and until when they lock the factor.
    pub attempts: Attempts,
}

/// Where in its life a factor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TotpState {
    /// The app was given the secret; nothing is asked of it yet.
    Enrolling,
    /// Logging in takes a code.
    On {
        /// When the first code was right.
        confirmed_at: Timestamp,
        /// The time step of the last code that was accepted, counted in 30 seconds from the Unix epoch (RFC 6238,
        /// section 4.2). Steps only go up, whatever the clock does.
        last_step: u64,
    },
}

impl Totp {
    /// Enrolling begins.
    #[must_use]
    pub fn enroll(user_id: UserId, sealed_secret: Vec<u8>, now: Timestamp) -> Self {
        Self { user_id, sealed_secret, enrolled_at: now, state: TotpState::Enrolling, attempts: Attempts::default() }
    }

    /// Whether logging in takes a code.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        matches!(self.state, TotpState::On { .. })
    }

    /// Whether the code of `step` may still be accepted: each step is good once, and none before it any more.
    #[must_use]
    pub const fn accepts(&self, step: u64) -> bool {
        match self.state {
            TotpState::Enrolling => true,
            TotpState::On { last_step, .. } => step > last_step,
        }
    }
}

/// What a user can be told of their second factor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MfaStatus {
    /// When the authenticator app was confirmed; it is on since.
    pub confirmed_at: Option<Timestamp>,
    /// How many recovery codes can still be used.
    pub recovery_codes_remaining: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_accepted_once_and_no_earlier_one_after_it() {
        let totp = Totp::enroll(UserId::from(uuid::Uuid::nil()), vec![1], Timestamp::EPOCH);
        assert!(!totp.is_on() && totp.accepts(7));
        let on = Totp { state: TotpState::On { confirmed_at: Timestamp::EPOCH, last_step: 7 }, ..totp };
        assert!(on.is_on());
        assert_eq!([6, 7, 8].map(|step| on.accepts(step)), [false, false, true]);
    }
}
