//! Users and sessions, as they are answered.

use std::net::IpAddr;

use serde::Serialize;
use utoipa::ToSchema;
use voxgate_application::{AdministeredUser, Caller};
use voxgate_domain::{
    DateOfBirth, DeviceName, DisplayName, Locale, Permission, PhoneNumber, RoleName, Session, SessionId, TimeZone,
    Timestamp, User, UserAgent, UserId,
};

/// A user.
#[derive(Serialize, ToSchema)]
#[schema(title = "User", as = User)]
pub(crate) struct UserBody {
    /// Which user.
    #[schema(value_type = uuid::Uuid)]
    id: UserId,
    /// The address, as its owner typed it.
    #[schema(format = Email, example = "ada@example.org")]
    email: String,
    /// Whether the address is proven.
    email_verified: bool,
    /// Where in its life the account is: `pending`, `active` or `inactive`; `deleted` where closed accounts are shown.
    #[schema(value_type = String, example = "active")]
    status: &'static str,
    /// The names of the roles.
    #[schema(value_type = Vec<String>, example = json!(["patient"]))]
    roles: Vec<RoleName>,
    /// Given name.
    #[schema(value_type = Option<String>, required, example = "Ada")]
    first_name: Option<DisplayName>,
    /// Family name.
    #[schema(value_type = Option<String>, required, example = "Lovelace")]
    last_name: Option<DisplayName>,
    /// Telephone number (E.164).
    #[schema(value_type = Option<String>, required, example = "+41791234567")]
    phone_number: Option<PhoneNumber>,
    /// Date of birth.
    #[schema(value_type = Option<chrono::NaiveDate>, required, example = "1990-12-10")]
    date_of_birth: Option<DateOfBirth>,
    /// Language of mails and pages (BCP 47).
    #[schema(value_type = Option<String>, required, example = "de-CH")]
    locale: Option<Locale>,
    /// Time zone (IANA).
    #[schema(value_type = Option<String>, required, example = "Europe/Zurich")]
    timezone: Option<TimeZone>,
    /// Whether logging in takes a second factor.
    mfa_enabled: bool,
    /// When the account was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When anything of it changed last.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// When its owner logged in last.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    last_login_at: Option<Timestamp>,
    /// Until when logging in is locked after failures. Shown to administrators alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, required = false)]
    locked_until: Option<Option<Timestamp>>,
    /// When the account was closed. Shown to administrators alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, required = false)]
    deleted_at: Option<Option<Timestamp>>,
}

impl UserBody {
    /// `user` with `roles`.
    pub(crate) fn of(user: User, roles: Vec<RoleName>) -> Self {
        let profile = user.profile;
        Self {
            id: user.id,
            email: user.email.as_typed().to_owned(),
            email_verified: user.email_verified_at.is_some(),
            status: user.status.as_str(),
            roles,
            first_name: profile.first_name,
            last_name: profile.last_name,
            phone_number: profile.phone_number,
            date_of_birth: profile.date_of_birth,
            locale: profile.locale,
            timezone: profile.time_zone,
            mfa_enabled: user.mfa_enabled,
            created_at: user.created_at,
            updated_at: user.updated_at,
            last_login_at: user.last_login_at,
            locked_until: None,
            deleted_at: None,
        }
    }

    /// `user` as `caller` may see them: what only administrators need is for those who can act on it.
    pub(crate) fn seen_by(user: AdministeredUser, caller: &Caller) -> Self {
        let AdministeredUser { user, roles, locked_until } = user;
        let deleted_at = user.status.deleted_at();
        let body = Self::of(user, roles);
        if caller.principal.may(Permission::UsersWrite) {
            Self { locked_until: Some(locked_until), deleted_at: Some(deleted_at), ..body }
        } else {
            body
        }
    }
}

/// A session.
#[derive(Serialize, ToSchema)]
#[schema(title = "Session", as = Session)]
pub(crate) struct SessionBody {
    /// Which session.
    #[schema(value_type = uuid::Uuid)]
    id: SessionId,
    /// Whether it is the one that asks.
    current: bool,
    /// What its owner calls the device.
    #[schema(value_type = Option<String>, required, example = "Ada's phone")]
    device_name: Option<DeviceName>,
    /// The browser or program.
    #[schema(value_type = Option<String>, required, example = "Mozilla/5.0")]
    user_agent: Option<UserAgent>,
    /// The network address at login.
    #[schema(value_type = String, example = "203.0.113.7")]
    ip_address: IpAddr,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it was refreshed last.
    #[schema(value_type = String, format = DateTime)]
    last_seen_at: Timestamp,
    /// When it ends at the latest.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// How its owner proved who they are (RFC 8176).
    #[schema(value_type = Vec<String>, example = json!(["pwd"]))]
    amr: &'static [&'static str],
}

impl SessionBody {
    /// `session`, looked at from `current`.
    pub(crate) fn of(session: Session, current: SessionId) -> Self {
        Self {
            id: session.id,
            current: session.id == current,
            device_name: session.device.name,
            user_agent: session.device.user_agent,
            ip_address: session.device.ip_address,
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            expires_at: session.expires_at,
            amr: session.amr.amr(),
        }
    }
}
