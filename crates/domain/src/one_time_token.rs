//! One-time tokens, sent by mail: one purpose, one use, a short life.

use std::time::Duration;

use crate::session::named;
use crate::time::days;
use crate::{EmailAddress, OneTimeTokenId, Timestamp, UserId};

named! {
    /// What a one-time token is good for, and for nothing else.
    #[non_exhaustive]
    pub enum Purpose {
        /// Proving the address given at registration.
        EmailVerification = "email_verification",
        /// Proving the address that shall take the place of the present one.
        EmailChange = "email_change",
        /// Setting a new password after the old one was forgotten.
        PasswordReset = "password_reset",
        /// Setting the first password of an account that somebody else made, or two people tried to make.
        Invitation = "invitation",
    }
}

impl Purpose {
    /// How long a token of this purpose lives: a day for proving an address, 30 minutes for a new password (OWASP ASVS
    /// 5.0, V6.4), a week for an invitation.
    #[must_use]
    pub const fn lifetime(self) -> Duration {
        match self {
            Self::EmailVerification | Self::EmailChange => days(1),
            Self::PasswordReset => Duration::from_mins(30),
            Self::Invitation => days(7),
        }
    }
}

/// What is known of a one-time token that was issued. A new one of the same user and purpose voids it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneTimeToken {
    /// Which token it is.
    pub id: OneTimeTokenId,
    /// Whose it is.
    pub user_id: UserId,
    /// What it is good for.
    pub purpose: Purpose,
    /// The address it was sent to: what its use proves.
    pub address: EmailAddress,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it stops being good.
    pub expires_at: Timestamp,
}

impl OneTimeToken {
    /// A token for `user_id` and `purpose` that goes to `address`.
    #[must_use]
    pub fn issue(id: OneTimeTokenId, user_id: UserId, purpose: Purpose, address: EmailAddress, now: Timestamp) -> Self {
        Self { id, user_id, purpose, address, issued_at: now, expires_at: now.plus(purpose.lifetime()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_lives_as_long_as_what_it_is_for_needs() {
        let hours = |purpose: Purpose| purpose.lifetime().as_secs_f64() / 3_600.0;
        assert_eq!(Purpose::ALL.iter().map(|purpose| hours(*purpose)).collect::<Vec<_>>(), [24.0, 24.0, 0.5, 168.0]);
    }
}
