//! Repositories of what goes with users, within a transaction.

use async_trait::async_trait;

use super::StoreError;
use crate::mail::OutboxEntry;
use crate::policy::Attempts;
use crate::role::Role;
use crate::{
    AttemptKey, AuditEvent, MailId, OneTimeToken, Purpose, RoleAssignmentId, RoleName, Timestamp, TokenHash, User,
    UserId,
};

/// One-time tokens.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait OneTimeTokens: Send {
    /// Adds a token, and voids those of the same user and purpose.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn replace(&mut self, token: &OneTimeToken, hash: TokenHash) -> Result<(), StoreError>;

    /// Uses the token of this hash up, when it has one of the purposes, was neither used nor voided and is good after
    /// `now`. One conditional statement decides, so that of several tries one succeeds.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn consume(
        &mut self,
        hash: TokenHash,
        purposes: &[Purpose],
        now: Timestamp,
    ) -> Result<Option<OneTimeToken>, StoreError>;

    /// Voids the tokens of the user that are good for one of the purposes.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn void(&mut self, user: UserId, purposes: &[Purpose], now: Timestamp) -> Result<(), StoreError>;
}

/// Failed logins.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait LoginAttempts: Send {
    /// What is counted under `key`, held against other transactions until this one ends, also when it is nothing yet.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn lock(&mut self, key: AttemptKey, now: Timestamp) -> Result<Attempts, StoreError>;

    /// Saves what is counted under `key`.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn save(&mut self, key: AttemptKey, attempts: Attempts, now: Timestamp) -> Result<(), StoreError>;
}

/// Roles and who has them.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Roles: Send {
    /// Adds those of `roles` that are missing, and leaves the others as they are; the names of those it added.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn add_missing(&mut self, roles: &[Role], now: Timestamp) -> Result<Vec<RoleName>, StoreError>;

    /// Gives `user` the role.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] with [`RoleAssigned`](super::Conflict::RoleAssigned) when the user has it.
    async fn assign<'a>(&mut self, assignment: &'a RoleAssignment<'a>) -> Result<(), StoreError>;

    /// Takes the role from `user`.
    ///
    /// # Errors
    ///
    /// [`StoreError::Stale`] when the user does not have it.
    async fn revoke(&mut self, user: UserId, role: &RoleName) -> Result<(), StoreError>;

    /// Holds the set of those who have the role: whoever else asks for it waits until this transaction ends. To be
    /// asked for before a user is held.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn hold(&mut self, role: &RoleName) -> Result<(), StoreError>;

    /// Whether an active user other than `user` has the role. It can change at once unless the role is
    /// [held](Roles::hold).
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn has_other(&mut self, role: &RoleName, user: UserId) -> Result<bool, StoreError>;

    /// At most `limit` active users who have the role, those who were made first first.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn holders(&mut self, role: &RoleName, limit: u32) -> Result<Vec<User>, StoreError>;

    /// The roles of `user`, by name.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn of(&mut self, user: UserId) -> Result<Vec<Role>, StoreError>;
}

/// Who got which role from whom, when and why.
#[derive(Clone, Copy, Debug)]
pub struct RoleAssignment<'a> {
    /// Which assignment it is.
    pub id: RoleAssignmentId,
    /// Who got it.
    pub user: UserId,
    /// Which role.
    pub role: &'a RoleName,
    /// From whom; from nobody when the service gave it by itself.
    pub by: Option<UserId>,
    /// Why.
    pub reason: &'a str,
    /// When.
    pub at: Timestamp,
}

/// The audit trail. It can only grow.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait AuditLog: Send {
    /// Adds an event, and queues what it [tells subscribers](crate::webhook::UserEvent::told_by) to every endpoint that
    /// asks for it: so a use case that records what it did cannot forget to tell.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when it was not written; the act must not be done then.
    async fn record(&mut self, event: &AuditEvent) -> Result<(), StoreError>;
}

/// Mail that shall leave.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Outbox: Send {
    /// Queues an entry, due at once.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn push(&mut self, entry: &OutboxEntry) -> Result<(), StoreError>;

    /// At most `limit` entries that are due, oldest first.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn due(&mut self, now: Timestamp, limit: u32) -> Result<Vec<OutboxEntry>, StoreError>;

    /// Counts an attempt and sets when the next one is due, before sending begins: so a crash cannot lose the entry,
    /// nor send it over and over.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn begin_attempt(&mut self, id: MailId, next_attempt_at: Timestamp) -> Result<(), StoreError>;

    /// The entry was worked off; its content is wiped.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn finish(&mut self, id: MailId, now: Timestamp) -> Result<(), StoreError>;

    /// At most `limit` contents that have not left, whether due or given up, of the entries after `after`, by entry.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn sealed_after(&mut self, after: Option<MailId>, limit: u32) -> Result<Vec<(MailId, Vec<u8>)>, StoreError>;

    /// Puts a content that was sealed anew in the place of `old`; `false` when `old` is not there any more.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn reseal(&mut self, id: MailId, old: &[u8], new: &[u8]) -> Result<bool, StoreError>;

    /// The entry failed with `error`, a sentence without personal data. Without a next time it is given up, and kept.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn fail(
        &mut self,
        id: MailId,
        error: &str,
        next_attempt_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), StoreError>;
}
