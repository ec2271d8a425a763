//! Repositories of second factors and of logins that wait for one, within a transaction.

use async_trait::async_trait;

use super::StoreError;
use crate::factor::{MfaChallenge, Totp};
use crate::policy::Attempts;
use crate::{Timestamp, TokenHash, UserId};

/// Authenticator apps and recovery codes. Whoever changes something holds the user before, so that whether a user has a
/// second factor stands still as long.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Factors: Send {
    /// The app of the user, enrolling or on, held against other transactions until this one ends.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn lock(&mut self, user: UserId) -> Result<Option<Totp>, StoreError>;

    /// Saves an enrollment in the place of an earlier one; `false` when the factor is on.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn enroll(&mut self, totp: &Totp) -> Result<bool, StoreError>;

    /// Turns the factor on with the step of its first code, and notes so at the user, whose version counts up; `false`
    /// unless it is enrolling.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn confirm(&mut self, user: UserId, step: u64, now: Timestamp) -> Result<bool, StoreError>;

    /// Accepts the code of `step`; `false` unless the factor is on and no code of this step or a later one was
    /// accepted. One conditional statement decides, so that of several uses of one code one succeeds.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn accept_step(&mut self, user: UserId, step: u64) -> Result<bool, StoreError>;

    /// Saves what is counted of wrong codes.
    ///
    /// # Errors
    ///
    /// [`StoreError::Stale`] when there is no factor.
    async fn save_attempts(&mut self, user: UserId, attempts: Attempts) -> Result<(), StoreError>;

    /// Takes factor and recovery codes away, and notes so at the user, whose version counts up; `false` when the factor
    /// is not on.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn disable(&mut self, user: UserId, now: Timestamp) -> Result<bool, StoreError>;

    /// Puts recovery codes in the place of all former ones, used or not.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn replace_recovery_codes(
        &mut self,
        user: UserId,
        codes: &[TokenHash],
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Uses a recovery code of the user up; `false` when there is none of this hash that was not used. One conditional
    /// statement decides.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn consume_recovery_code(
        &mut self,
        user: UserId,
        code: TokenHash,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// At most `limit` sealed secrets of the users after `after`, by user.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn sealed_after(&mut self, after: Option<UserId>, limit: u32) -> Result<Vec<(UserId, Vec<u8>)>, StoreError>;

    /// Puts a secret that was sealed anew in the place of `old`; `false` when `old` is not there any more.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn reseal(&mut self, user: UserId, old: &[u8], new: &[u8]) -> Result<bool, StoreError>;
}

/// Logins that have the password right and still owe a code.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait MfaChallenges: Send {
    /// Adds a challenge, and forgets those of the same user that have expired.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn add(&mut self, challenge: &MfaChallenge) -> Result<(), StoreError>;

    /// The challenge of this hash, held against other transactions until this one ends.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn lock(&mut self, hash: TokenHash) -> Result<Option<MfaChallenge>, StoreError>;

    /// Counts a wrong code.
    ///
    /// # Errors
    ///
    /// [`StoreError::Stale`] when there is no such challenge.
    async fn count_failure(&mut self, hash: TokenHash) -> Result<(), StoreError>;

    /// Uses the challenge up; `false` when it was used before or has expired. One conditional statement decides.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn consume(&mut self, hash: TokenHash, now: Timestamp) -> Result<bool, StoreError>;

    /// Forgets every challenge of the user: what they proved does not count any more.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn forget(&mut self, user: UserId) -> Result<(), StoreError>;
}
