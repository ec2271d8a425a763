//! The store and its transactions.

use std::time::Duration;

use async_trait::async_trait;

use super::{
    AuditLog, EmergencyAccesses, Factors, KnownDevices, LoginAttempts, MfaChallenges, Notifications, OneTimeTokens,
    Outbox, Retention, Roles, ServiceAccounts, Sessions, StoreError, Users, Webhooks,
};
use crate::audit::{EventFilter, EventKey, RecordedEvent};
use crate::emergency::EmergencyAccess;
use crate::factor::{MfaChallenge, MfaStatus};
use crate::known_device::KnownDevice;
use crate::notification::Notification;
use crate::policy::Attempts;
use crate::role::Role;
use crate::service_account::ServiceAccount;
use crate::session::Revocation;
use crate::user::{Account, NotificationPreferences, UserFilter};
use crate::{
    AttemptKey, EmailAddress, EmergencyAccessId, MailId, RoleName, ServiceAccountId, Session, SessionId, Timestamp,
    TokenHash, User, UserId,
};

/// Keeps everything. What changes something goes through [`Store::begin`]; the other methods read without a transaction.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Store: Send + Sync {
    /// Begins a transaction.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when no connection can be had in time.
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError>;

    /// Whether the store answers, within a second or two.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when it does not.
    async fn ping(&self) -> Result<(), StoreError>;

    /// The account that is not deleted and has this address.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn account_by_email(&self, email: &EmailAddress) -> Result<Option<Account>, StoreError>;

    /// The account of this user.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn account(&self, user: UserId) -> Result<Option<Account>, StoreError>;

    /// The last `limit` password hashes of the user, the present one among them, newest first.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn password_history(&self, user: UserId, limit: usize) -> Result<Vec<crate::PasswordHash>, StoreError>;

    /// The failed logins that are counted under `key`.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn attempts(&self, key: AttemptKey) -> Result<Attempts, StoreError>;

    /// At most `limit` sessions of the user that were not ended and expire after `now`, newest first.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn sessions_of(&self, user: UserId, now: Timestamp, limit: u32) -> Result<Vec<Session>, StoreError>;

    /// The roles of the user, by name.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn roles_of(&self, user: UserId) -> Result<Vec<Role>, StoreError>;

    /// At most `limit` users who meet `filter`, newest first and older than `after`, with the names of their roles.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn list_users(
        &self,
        filter: &UserFilter,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<(User, Vec<RoleName>)>, StoreError>;

    /// The failed logins that are counted under those of `keys` that were locked, now or before; in no order.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn locks(&self, keys: &[AttemptKey]) -> Result<Vec<(AttemptKey, Attempts)>, StoreError>;

    /// Every role there is, by name.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn roles(&self) -> Result<Vec<Role>, StoreError>;

    /// What the user wants to be told by mail.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn notification_preferences(&self, user: UserId) -> Result<NotificationPreferences, StoreError>;

    /// What the user can be told of their second factor.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn mfa_status(&self, user: UserId) -> Result<MfaStatus, StoreError>;

    /// The login of this hash that waits for a code, in whatever state it is.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn mfa_challenge(&self, hash: TokenHash) -> Result<Option<MfaChallenge>, StoreError>;

    /// The device that keeps the token of this hash.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn known_device(&self, hash: TokenHash) -> Result<Option<KnownDevice>, StoreError>;

    /// At most `limit` messages to the user, newest first and older than `after`.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn notifications_of(
        &self,
        user: UserId,
        after: Option<MailId>,
        limit: u32,
    ) -> Result<Vec<Notification>, StoreError>;

    /// The access of `holder` to `subject` that is open `now`.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn open_emergency_access(
        &self,
        holder: UserId,
        subject: UserId,
        now: Timestamp,
    ) -> Result<Option<EmergencyAccess>, StoreError>;

    /// At most `limit` emergency accesses, of `holder` when one is given, newest first and older than `after`.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn emergency_accesses(
        &self,
        holder: Option<UserId>,
        after: Option<EmergencyAccessId>,
        limit: u32,
    ) -> Result<Vec<EmergencyAccess>, StoreError>;

    /// At most `limit` events by which somebody else saw data of `subject`, newest first, from the one before `before`
    /// on.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn disclosures_of(
        &self,
        subject: UserId,
        before: Option<EventKey>,
        limit: u32,
    ) -> Result<Vec<RecordedEvent>, StoreError>;

    /// At most `limit` sessions that ended at `since` or later, in the order of their ends, from the one after `after` on.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn revocations(
        &self,
        since: Timestamp,
        after: Option<(Timestamp, SessionId)>,
        limit: u32,
    ) -> Result<Vec<Revocation>, StoreError>;

    /// The service account, on or off.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn service_account(&self, id: ServiceAccountId) -> Result<Option<ServiceAccount>, StoreError>;

    /// At most `limit` service accounts, on and off, newest first and older than `after`.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn service_accounts(
        &self,
        after: Option<ServiceAccountId>,
        limit: u32,
    ) -> Result<Vec<ServiceAccount>, StoreError>;

    /// At most `limit` audit events of which the user is actor or subject, newest first.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn events_about(&self, user: UserId, limit: u32) -> Result<Vec<RecordedEvent>, StoreError>;

    /// At most `limit` events that meet `filter`, newest first, from the one before `before` on.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn find_events(
        &self,
        filter: &EventFilter,
        before: Option<EventKey>,
        limit: u32,
    ) -> Result<Vec<RecordedEvent>, StoreError>;
}

/// One transaction over every repository. Dropping it without [`UnitOfWork::commit`] undoes all, even when the request
/// that made it was cancelled.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait UnitOfWork: Send {
    /// Users and their passwords.
    fn users(&mut self) -> &mut dyn Users;
    /// Sessions and refresh tokens.
    fn sessions(&mut self) -> &mut dyn Sessions;
    /// One-time tokens.
    fn tokens(&mut self) -> &mut dyn OneTimeTokens;
    /// Authenticator apps and recovery codes.
    fn factors(&mut self) -> &mut dyn Factors;
    /// Logins that still owe a code.
    fn challenges(&mut self) -> &mut dyn MfaChallenges;
    /// Failed logins.
    fn attempts(&mut self) -> &mut dyn LoginAttempts;
    /// Roles and who has them.
    fn roles(&mut self) -> &mut dyn Roles;
    /// The audit trail.
    fn audit(&mut self) -> &mut dyn AuditLog;
    /// Mail that shall leave.
    fn outbox(&mut self) -> &mut dyn Outbox;
    /// Devices on which users have logged in before.
    fn devices(&mut self) -> &mut dyn KnownDevices;
    /// What people were told.
    fn notifications(&mut self) -> &mut dyn Notifications;
    /// Emergency accesses.
    fn emergencies(&mut self) -> &mut dyn EmergencyAccesses;
    /// Service accounts.
    fn service_accounts(&mut self) -> &mut dyn ServiceAccounts;
    /// What is purged.
    fn retention(&mut self) -> &mut dyn Retention;
    /// Endpoints of webhooks and what is on its way to them.
    fn webhooks(&mut self) -> &mut dyn Webhooks;

    /// Makes all of it durable.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when the store did not confirm it.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;

    /// Undoes all of it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when the store did not confirm it; it is undone all the same.
    async fn rollback(self: Box<Self>) -> Result<(), StoreError>;
}

/// Leases: each background job runs on the one replica that holds its lease.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Leases: Send + Sync {
    /// Takes or renews the lease `name` for `holder` until `now` plus `ttl`; `false` when somebody else holds it.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn acquire(&self, name: &str, holder: &str, now: Timestamp, ttl: Duration) -> Result<bool, StoreError>;

    /// Gives the lease back, when `holder` has it.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn release(&self, name: &str, holder: &str) -> Result<(), StoreError>;
}
