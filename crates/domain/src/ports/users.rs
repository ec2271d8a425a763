//! Repositories of users and sessions, within a transaction.

use async_trait::async_trait;

use super::{Principal, StoreError};
use crate::session::{AuthMethods, Device, SessionEnd};
use crate::user::{Account, NotificationPreferences};
use crate::{
    EmailAddress, Generation, PasswordHash, RefreshToken, Session, SessionId, Timestamp, TokenHash, User, UserId,
};

/// Users and their passwords.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Users: Send {
    /// Adds a user.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] with [`EmailTaken`](super::Conflict::EmailTaken) when an account that is not deleted
    /// has the address.
    async fn add<'a>(&mut self, user: &'a User, password: Option<&'a PasswordHash>) -> Result<(), StoreError>;

    /// The account of this user as it is, not held: for whoever holds a session of theirs already.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn find(&mut self, user: UserId) -> Result<Option<Account>, StoreError>;

    /// The account of this user, held against other transactions until this one ends.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn lock(&mut self, user: UserId) -> Result<Option<Account>, StoreError>;

    /// The account that is not deleted and has this address, held likewise.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn lock_by_email(&mut self, email: &EmailAddress) -> Result<Option<Account>, StoreError>;

    /// Saves everything but the password, and counts the version of the row up.
    ///
    /// # Errors
    ///
    /// [`StoreError::Stale`] unless the stored version is the one of `user`; [`StoreError::Conflict`] when the address
    /// was taken.
    async fn save(&mut self, user: &User) -> Result<(), StoreError>;

    /// Sets the password and remembers it among the former ones, or clears it and forgets them.
    ///
    /// # Errors
    ///
    /// [`StoreError::Stale`] when there is no such user.
    async fn set_password<'a>(
        &mut self,
        user: UserId,
        password: Option<&'a PasswordHash>,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Puts another hash of the same password in the place of the present one, in the history too.
    ///
    /// # Errors
    ///
    /// [`StoreError::Stale`] unless the present hash is `old`.
    async fn renew_hash(&mut self, user: UserId, old: &PasswordHash, new: &PasswordHash) -> Result<(), StoreError>;

    /// Sets what the user wants to be told by mail.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn save_notification_preferences(
        &mut self,
        user: UserId,
        preferences: NotificationPreferences,
        now: Timestamp,
    ) -> Result<(), StoreError>;
}

/// Sessions and their refresh tokens.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Sessions: Send {
    /// Adds a session with its first refresh token.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn add(&mut self, session: &Session, token: &RefreshToken) -> Result<(), StoreError>;

    /// Whether the user had a session before on what tells the same of itself: same name, program and address.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn has_used(&mut self, user: UserId, device: &Device) -> Result<bool, StoreError>;

    /// The token of this hash and whose it is. Token and session are held against other transactions until this one ends;
    /// user and roles are read alone.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn lock_by_token(&mut self, hash: TokenHash) -> Result<Option<(RefreshToken, Principal)>, StoreError>;

    /// Saves the session as refreshed, supersedes its current token and adds `next`. One conditional statement moves
    /// the generation from `from` on, so that of several refreshes one is first.
    ///
    /// # Errors
    ///
    /// [`StoreError::Stale`] unless the session is open and its generation is `from`.
    async fn rotate(&mut self, session: &Session, from: Generation, next: &RefreshToken) -> Result<(), StoreError>;

    /// Saves when the owner of the session proved last who they are.
    ///
    /// # Errors
    ///
    /// [`StoreError::Stale`] unless the session is open.
    async fn reauthenticated(&mut self, session: SessionId, at: Timestamp) -> Result<(), StoreError>;

    /// Saves by which methods the owner of the session proved meanwhile who they are.
    ///
    /// # Errors
    ///
    /// [`StoreError::Stale`] unless the session is open.
    async fn proven(&mut self, session: SessionId, amr: AuthMethods) -> Result<(), StoreError>;

    /// Ends a session of `user`; `false` when it is over already, or somebody else's, or there is none.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn end(&mut self, user: UserId, session: SessionId, end: SessionEnd) -> Result<bool, StoreError>;

    /// Ends every open session of `user` but `except`; how many it ended.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn end_all(&mut self, user: UserId, except: Option<SessionId>, end: SessionEnd) -> Result<u64, StoreError>;

    /// At most `limit` users with a session that was not ended, in the order of their ids, from the one behind `after` on.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn owners_after(&mut self, after: Option<UserId>, limit: u32) -> Result<Vec<UserId>, StoreError>;

    /// Ends the oldest open sessions of `user` beyond the newest `keep`; how many it ended.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn end_excess(&mut self, user: UserId, keep: u32, end: SessionEnd) -> Result<u64, StoreError>;
}
