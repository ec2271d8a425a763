//! Users and their passwords.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use voxgate_domain::ports::{StoreError, Users};
use voxgate_domain::user::{Account, NotificationPreferences};
use voxgate_domain::{EmailAddress, PasswordHash, Timestamp, User, UserId};

use crate::cached::CachedDsl as _;
use crate::connection::{Connection, maybe, on};
use crate::dialect::holding;
use crate::error::exactly_one;
use crate::rows::{AccountRow, UserRow};
use crate::schema::{notification_preferences, password_history, users};
use crate::sql_types::{At, Id};
use crate::unit_of_work::Transaction;

/// The account of this user.
pub(crate) async fn account(connection: &mut Connection, user: UserId) -> Result<Option<Account>, StoreError> {
    let query = users::table.find(Id::from(user));
    on!(connection, c => maybe(query.select(AccountRow::as_select()).first(c)))?.map(Account::try_from).transpose()
}

/// The account that is not deleted and has this address.
pub(crate) async fn account_by_email(
    connection: &mut Connection,
    email: &EmailAddress,
) -> Result<Option<Account>, StoreError> {
    on!(connection, c => maybe(living(email).select(AccountRow::as_select()).first(c)))?
        .map(Account::try_from)
        .transpose()
}

/// The last `limit` password hashes of the user, newest first.
pub(crate) async fn password_history(
    connection: &mut Connection,
    user: UserId,
    limit: usize,
) -> Result<Vec<PasswordHash>, StoreError> {
    let query = password_history::table
        .filter(password_history::user_id.eq(Id::from(user)))
        .order(password_history::id.desc())
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(password_history::password_hash);
    let hashes: Vec<String> = on!(connection, c => query.load(c))?;
    Ok(hashes.into_iter().map(PasswordHash::from_phc).collect())
}

/// What the user wants to be told by mail.
pub(crate) async fn notification_preferences(
    connection: &mut Connection,
    user: UserId,
) -> Result<NotificationPreferences, StoreError> {
    let query = notification_preferences::table
        .find(Id::from(user))
        .select((notification_preferences::product_email, notification_preferences::analysis_email));
    let found: Option<(bool, bool)> = on!(connection, c => maybe(query.first(c)))?;
    Ok(found.map_or_else(NotificationPreferences::default, |(product_email, analysis_email)| NotificationPreferences {
        product_email,
        analysis_email,
    }))
}

/// The account of this user, which nobody else changes before the transaction ends.
async fn locked(connection: &mut Connection, user: UserId) -> Result<Option<Account>, StoreError> {
    let query = users::table.find(Id::from(user));
    holding!(connection, query.select(AccountRow::as_select()), |held, c| maybe(held.first(c)))?
        .map(Account::try_from)
        .transpose()
}

/// The same of the account that is not deleted and has this address.
async fn locked_by_email(connection: &mut Connection, email: &EmailAddress) -> Result<Option<Account>, StoreError> {
    holding!(connection, living(email).select(AccountRow::as_select()), |held, c| maybe(held.first(c)))?
        .map(Account::try_from)
        .transpose()
}

#[diesel::dsl::auto_type]
fn living<'a>(email: &'a EmailAddress) -> _ {
    let normalized: &'a str = email.normalized();
    users::table.filter(users::email_normalized.eq(normalized)).filter(users::deleted_at.is_null())
}

impl Transaction {
    async fn remember(&mut self, user: UserId, hash: &PasswordHash, at: Timestamp) -> Result<(), StoreError> {
        let values = (
            password_history::user_id.eq(Id::from(user)),
            password_history::password_hash.eq(hash.expose()),
            password_history::set_at.eq(At(at)),
        );
        let added = on!(self.connection(), c => diesel::insert_into(password_history::table).values(values).cached().execute(c))?;
        exactly_one(added)
    }

    async fn forget(&mut self, user: UserId) -> Result<(), StoreError> {
        let former = password_history::table.filter(password_history::user_id.eq(Id::from(user)));
        on!(self.connection(), c => diesel::delete(former).execute(c)).map(drop)
    }
}

#[async_trait]
impl Users for Transaction {
    async fn add<'a>(&mut self, user: &'a User, password: Option<&'a PasswordHash>) -> Result<(), StoreError> {
        let values = (&UserRow::from(user), users::password_hash.eq(password.map(PasswordHash::expose)));
        let added = on!(self.connection(), c => diesel::insert_into(users::table).values(values).cached().execute(c))?;
        exactly_one(added)?;
        match password {
            Some(hash) => self.remember(user.id, hash, user.created_at).await,
            None => Ok(()),
        }
    }

    async fn find(&mut self, user: UserId) -> Result<Option<Account>, StoreError> {
        account(self.connection(), user).await
    }

    async fn lock(&mut self, user: UserId) -> Result<Option<Account>, StoreError> {
        locked(self.connection(), user).await
    }

    async fn lock_by_email(&mut self, email: &EmailAddress) -> Result<Option<Account>, StoreError> {
        locked_by_email(self.connection(), email).await
    }

    async fn save(&mut self, user: &User) -> Result<(), StoreError> {
        let row = UserRow { version: user.version.saturating_add(1), ..UserRow::from(user) };
        let stored = users::table.find(row.id).filter(users::version.eq(user.version));
        let saved = on!(self.connection(), c => diesel::update(stored).set(&row).cached().execute(c))?;
        exactly_one(saved)
    }

    async fn set_password<'a>(
        &mut self,
        user: UserId,
        password: Option<&'a PasswordHash>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let change = (users::password_hash.eq(password.map(PasswordHash::expose)), users::updated_at.eq(At(now)));
        let stored = users::table.find(Id::from(user));
        let changed = on!(self.connection(), c => diesel::update(stored).set(change).cached().execute(c))?;
        exactly_one(changed)?;
        match password {
            Some(hash) => self.remember(user, hash, now).await,
            None => self.forget(user).await,
        }
    }

    async fn renew_hash(&mut self, user: UserId, old: &PasswordHash, new: &PasswordHash) -> Result<(), StoreError> {
        let stored = users::table.find(Id::from(user)).filter(users::password_hash.eq(old.expose()));
        let change = users::password_hash.eq(new.expose());
        let renewed = on!(self.connection(), c => diesel::update(stored).set(change).cached().execute(c))?;
        exactly_one(renewed)?;
        let remembered = password_history::table
            .filter(password_history::user_id.eq(Id::from(user)))
            .filter(password_history::password_hash.eq(old.expose()));
        let change = password_history::password_hash.eq(new.expose());
        on!(self.connection(), c => diesel::update(remembered).set(change).cached().execute(c)).map(drop)
    }

    async fn save_notification_preferences(
        &mut self,
        user: UserId,
        preferences: NotificationPreferences,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let wanted = (
            notification_preferences::product_email.eq(preferences.product_email),
            notification_preferences::analysis_email.eq(preferences.analysis_email),
            notification_preferences::updated_at.eq(At(now)),
        );
        let saved = on!(self.connection(), c => diesel::insert_into(notification_preferences::table)
            .values((notification_preferences::user_id.eq(Id::from(user)), wanted))
            .on_conflict(notification_preferences::user_id)
            .do_update()
            .set(wanted)
            .cached()
            .execute(c))?;
        exactly_one(saved)
    }
}
