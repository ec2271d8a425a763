//! The read side of the store, and the way to a unit of work.

use std::time::Duration;

use async_trait::async_trait;
use diesel::sql_types::Integer;
use diesel::{IntoSql as _, select};
use diesel_async::RunQueryDsl as _;
use voxgate_domain::audit::{EventFilter, EventKey, RecordedEvent};
use voxgate_domain::factor::{MfaChallenge, MfaStatus};
use voxgate_domain::notification::Notification;
use voxgate_domain::policy::Attempts;
use voxgate_domain::ports::{Store, StoreError, UnitOfWork};
use voxgate_domain::role::Role;
use voxgate_domain::session::Revocation;
use voxgate_domain::user::{Account, NotificationPreferences, UserFilter};
use voxgate_domain::{
    AttemptKey, EmailAddress, EmergencyAccess, EmergencyAccessId, KnownDevice, MailId, PasswordHash, RoleName,
    ServiceAccount, ServiceAccountId, Session, SessionId, Timestamp, TokenHash, User, UserId,
};

use crate::connection::{Connection, on};
use crate::unit_of_work::Transaction;
use crate::{
    Database, attempts, audit, challenges, devices, disclosures, emergencies, factors, notifications, roles,
    service_accounts, sessions, user_list, users,
};

/// Runs one read on a connection from the pool and gives that back.
macro_rules! read {
    ($self:expr, $c:ident => $read:expr) => {{
        let mut connection = $self.reader().await?;
        let $c = &mut connection;
        let outcome = $read.await;
        connection.finish(outcome)
    }};
}
pub(crate) use read;

/// Runs a read that finds a row or a few by an index. SQLite makes it on the thread that asks: the way to another and back
/// takes longer than the read.
macro_rules! look_up {
    ($self:expr, $c:ident => $read:expr) => {{
        let mut connection = $self.point_reader().await?;
        let outcome = {
            let $c = &mut connection;
            $read.await
        };
        match connection.finish(outcome) {
            // Somebody holds the file for a moment, which is waited for elsewhere.
            Err(voxgate_domain::ports::StoreError::Unavailable(_)) if $self.reads_here() => {
                $crate::store::read!($self, $c => $read)
            }
            found => found,
        }
    }};
}
pub(crate) use look_up;

#[async_trait]
impl Store for Database {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        Ok(Box::new(Transaction::begin(self.joining_writer().await?, self.observer()).await?))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        const PATIENCE: Duration = Duration::from_secs(2);
        tokio::time::timeout(PATIENCE, async { read!(self, c => ping(c)) })
            .await
            .unwrap_or_else(|elapsed| Err(StoreError::Unavailable(elapsed.into())))
    }

    async fn account_by_email(&self, email: &EmailAddress) -> Result<Option<Account>, StoreError> {
        look_up!(self, c => users::account_by_email(c, email))
    }

    async fn account(&self, user: UserId) -> Result<Option<Account>, StoreError> {
        look_up!(self, c => users::account(c, user))
    }

    async fn password_history(&self, user: UserId, limit: usize) -> Result<Vec<PasswordHash>, StoreError> {
        look_up!(self, c => users::password_history(c, user, limit))
    }

    async fn attempts(&self, key: AttemptKey) -> Result<Attempts, StoreError> {
        look_up!(self, c => attempts::attempts(c, key))
    }

    async fn sessions_of(&self, user: UserId, now: Timestamp, limit: u32) -> Result<Vec<Session>, StoreError> {
        look_up!(self, c => sessions::sessions_of(c, user, now, limit))
    }

    async fn roles_of(&self, user: UserId) -> Result<Vec<Role>, StoreError> {
        look_up!(self, c => roles::roles_of(c, user))
    }

    async fn list_users(
        &self,
        filter: &UserFilter,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<(User, Vec<RoleName>)>, StoreError> {
        read!(self, c => user_list::list_users(c, filter, after, limit))
    }

    async fn locks(&self, keys: &[AttemptKey]) -> Result<Vec<(AttemptKey, Attempts)>, StoreError> {
        read!(self, c => attempts::locks(c, keys))
    }

    async fn roles(&self) -> Result<Vec<Role>, StoreError> {
        read!(self, c => roles::roles(c))
    }

    async fn notification_preferences(&self, user: UserId) -> Result<NotificationPreferences, StoreError> {
        look_up!(self, c => users::notification_preferences(c, user))
    }

    async fn mfa_status(&self, user: UserId) -> Result<MfaStatus, StoreError> {
        look_up!(self, c => factors::status(c, user))
    }

    async fn mfa_challenge(&self, hash: TokenHash) -> Result<Option<MfaChallenge>, StoreError> {
        look_up!(self, c => challenges::challenge(c, hash))
    }

    async fn known_device(&self, hash: TokenHash) -> Result<Option<KnownDevice>, StoreError> {
        look_up!(self, c => devices::known_device(c, hash))
    }

    async fn notifications_of(
        &self,
        user: UserId,
        after: Option<MailId>,
        limit: u32,
    ) -> Result<Vec<Notification>, StoreError> {
        read!(self, c => notifications::notifications_of(c, user, after, limit))
    }

    async fn open_emergency_access(
        &self,
        holder: UserId,
        subject: UserId,
        now: Timestamp,
    ) -> Result<Option<EmergencyAccess>, StoreError> {
        look_up!(self, c => emergencies::open_access(c, holder, subject, now))
    }

    async fn emergency_accesses(
        &self,
        holder: Option<UserId>,
        after: Option<EmergencyAccessId>,
        limit: u32,
    ) -> Result<Vec<EmergencyAccess>, StoreError> {
        read!(self, c => emergencies::accesses(c, holder, after, limit))
    }

    async fn revocations(
        &self,
        since: Timestamp,
        after: Option<(Timestamp, SessionId)>,
        limit: u32,
    ) -> Result<Vec<Revocation>, StoreError> {
        read!(self, c => sessions::revocations(c, since, after, limit))
    }

    async fn service_account(&self, id: ServiceAccountId) -> Result<Option<ServiceAccount>, StoreError> {
        look_up!(self, c => service_accounts::account(c, id))
    }

    async fn service_accounts(
        &self,
        after: Option<ServiceAccountId>,
        limit: u32,
    ) -> Result<Vec<ServiceAccount>, StoreError> {
        read!(self, c => service_accounts::accounts(c, after, limit))
    }

    async fn disclosures_of(
        &self,
        subject: UserId,
        before: Option<EventKey>,
        limit: u32,
    ) -> Result<Vec<RecordedEvent>, StoreError> {
        read!(self, c => disclosures::disclosures_of(c, subject, before, limit))
    }

    async fn events_about(&self, user: UserId, limit: u32) -> Result<Vec<RecordedEvent>, StoreError> {
        read!(self, c => audit::events_about(c, user, limit))
    }

    async fn find_events(
        &self,
        filter: &EventFilter,
        before: Option<EventKey>,
        limit: u32,
    ) -> Result<Vec<RecordedEvent>, StoreError> {
        read!(self, c => audit::find_events(c, filter, before, limit))
    }
}

async fn ping(connection: &mut Connection) -> Result<(), StoreError> {
    on!(connection, c => select(1.into_sql::<Integer>()).get_result::<i32>(c)).map(drop)
}
