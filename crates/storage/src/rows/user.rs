//! Users.

use chrono::NaiveDate;
use diesel::prelude::*;
use voxgate_domain::ports::StoreError;
use voxgate_domain::user::Account;
use voxgate_domain::{
    DateOfBirth, DisplayName, EmailAddress, Locale, PasswordHash, PhoneNumber, Profile, TimeZone, User, UserStatus,
};

use super::parsed;
use crate::error::corrupt;
use crate::schema::users;
use crate::sql_types::{At, Id};

/// A user without the hash of the password.
#[derive(Queryable, Selectable, Insertable, Identifiable, AsChangeset)]
#[diesel(table_name = users, treat_none_as_null = true)]
pub(crate) struct UserRow {
    pub(crate) id: Id,
    pub(crate) email: String,
    pub(crate) email_normalized: String,
    pub(crate) email_verified_at: Option<At>,
    pub(crate) status: String,
    pub(crate) deleted_at: Option<At>,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) phone_number: Option<String>,
    pub(crate) date_of_birth: Option<NaiveDate>,
    pub(crate) locale: Option<String>,
    pub(crate) time_zone: Option<String>,
    pub(crate) created_at: At,
    pub(crate) updated_at: At,
    pub(crate) last_login_at: Option<At>,
    /// Written together with the factor alone.
    #[diesel(skip_insertion, skip_update)]
    pub(crate) mfa_enabled: bool,
    pub(crate) version: i64,
}

/// A user and the hash of the password. The columns stand here again, since of a row within a row the compiler takes
/// seconds to prove, at each query, that diesel can read it.
#[derive(Queryable, Selectable)]
#[diesel(table_name = users)]
pub(crate) struct AccountRow {
    id: Id,
    email: String,
    email_normalized: String,
    email_verified_at: Option<At>,
    status: String,
    deleted_at: Option<At>,
    first_name: Option<String>,
    last_name: Option<String>,
    phone_number: Option<String>,
    date_of_birth: Option<NaiveDate>,
    locale: Option<String>,
    time_zone: Option<String>,
    created_at: At,
    updated_at: At,
    last_login_at: Option<At>,
    mfa_enabled: bool,
    version: i64,
    password_hash: Option<String>,
}

impl AccountRow {
    fn user(self) -> UserRow {
        UserRow {
            id: self.id,
            email: self.email,
            email_normalized: self.email_normalized,
            email_verified_at: self.email_verified_at,
            status: self.status,
            deleted_at: self.deleted_at,
            first_name: self.first_name,
            last_name: self.last_name,
            phone_number: self.phone_number,
            date_of_birth: self.date_of_birth,
            locale: self.locale,
            time_zone: self.time_zone,
            created_at: self.created_at,
            updated_at: self.updated_at,
            last_login_at: self.last_login_at,
            mfa_enabled: self.mfa_enabled,
            version: self.version,
        }
    }
}

impl From<&User> for UserRow {
    fn from(user: &User) -> Self {
        let profile = &user.profile;
        Self {
            id: user.id.into(),
            email: user.email.as_typed().to_owned(),
            email_normalized: user.email.normalized().to_owned(),
            email_verified_at: user.email_verified_at.map(At),
            status: user.status.as_str().to_owned(),
            deleted_at: user.status.deleted_at().map(At),
            first_name: profile.first_name.clone().map(String::from),
            last_name: profile.last_name.clone().map(String::from),
            phone_number: profile.phone_number.clone().map(String::from),
            date_of_birth: profile.date_of_birth.map(DateOfBirth::date),
            locale: profile.locale.clone().map(String::from),
            time_zone: profile.time_zone.map(|zone| zone.as_str().to_owned()),
            created_at: user.created_at.into(),
            updated_at: user.updated_at.into(),
            last_login_at: user.last_login_at.map(At),
            mfa_enabled: user.mfa_enabled,
            version: user.version,
        }
    }
}

impl TryFrom<UserRow> for User {
    type Error = StoreError;

    fn try_from(row: UserRow) -> Result<Self, StoreError> {
        const TABLE: &str = "users";
        let status = UserStatus::from_stored(&row.status, row.deleted_at.map(Into::into))
            .ok_or_else(|| corrupt(TABLE, "status", "an unknown name, or one that contradicts deleted_at"))?;
        Ok(Self {
            id: row.id.into(),
            email: EmailAddress::parse(&row.email).map_err(|why| corrupt(TABLE, "email", why))?,
            email_verified_at: row.email_verified_at.map(Into::into),
            status,
            profile: Profile {
                first_name: parsed(TABLE, "first_name", row.first_name.as_deref(), DisplayName::parse)?,
                last_name: parsed(TABLE, "last_name", row.last_name.as_deref(), DisplayName::parse)?,
                phone_number: parsed(TABLE, "phone_number", row.phone_number.as_deref(), PhoneNumber::parse)?,
                date_of_birth: row.date_of_birth.map(DateOfBirth::from_stored),
                locale: parsed(TABLE, "locale", row.locale.as_deref(), Locale::parse)?,
                time_zone: parsed(TABLE, "time_zone", row.time_zone.as_deref(), TimeZone::parse)?,
            },
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
            last_login_at: row.last_login_at.map(Into::into),
            mfa_enabled: row.mfa_enabled,
            version: row.version,
        })
    }
}

impl TryFrom<AccountRow> for Account {
    type Error = StoreError;

    fn try_from(mut row: AccountRow) -> Result<Self, StoreError> {
        let password = row.password_hash.take().map(PasswordHash::from_phc);
        Ok(Self { user: row.user().try_into()?, password })
    }
}
