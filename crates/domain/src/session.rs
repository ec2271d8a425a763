//! Sessions: one login on one device, from the login until it ends.

use std::net::IpAddr;

use crate::refresh_token::Generation;
use crate::{DeviceName, SessionId, Timestamp, UserAgent, UserId};

/// One login on one device.
///
/// It is open until it is ended, expires, or goes idle: [`SessionPolicy::is_open`](crate::policy::SessionPolicy::is_open)
/// decides, so that all three count alike.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use voxgate_domain::policy::SessionPolicy;
/// use voxgate_domain::session::{Device, EndReason, SessionEnd};
/// use voxgate_domain::{AuthMethods, Generation, Session, SessionId, Timestamp, UserId};
///
/// let (policy, login) = (SessionPolicy::default(), Timestamp::EPOCH);
/// let id: SessionId = "019aba3b-2a00-7000-8000-000000000002".parse()?;
/// let user: UserId = "019aba3b-2a00-7000-8000-000000000001".parse()?;
/// let device = Device { name: None, user_agent: None, ip_address: [192, 0, 2, 1].into() };
/// let session = Session::open(id, user, device, AuthMethods::Password, login, policy.expiry(login));
///
/// let day = Duration::from_secs(24 * 3_600);
/// let session = session.refreshed(Generation::FIRST.next(), login.plus(day));
/// assert!(policy.is_open(&session, login.plus(6 * day)));
/// assert!(!policy.is_open(&session, login.plus(7 * day)));
///
/// let end = SessionEnd { at: login.plus(2 * day), why: EndReason::LoggedOut };
/// let over = Session { ended: Some(end), ..session };
/// assert!(!policy.is_open(&over, login.plus(2 * day)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Which session it is: the `sid` of its access tokens.
    pub id: SessionId,
    /// Whose it is.
    pub user_id: UserId,
    /// Where it runs.
    pub device: Device,
    /// How its owner proved who they are.
    pub amr: AuthMethods,
    /// When its owner did so last (OpenID Connect Core 1.0, `auth_time`).
    pub auth_time: Timestamp,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was refreshed last.
    pub last_seen_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// Which of its refresh tokens is the current one.
    pub generation: Generation,
    /// Why it is over, when it was ended.
    pub ended: Option<SessionEnd>,
}

/// The device of a session, as far as it told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// What its owner calls it.
    pub name: Option<DeviceName>,
    /// Its browser or program.
    pub user_agent: Option<UserAgent>,
    /// The address at login.
    pub ip_address: IpAddr,
}

/// When and why a session was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionEnd {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub why: EndReason,
}

/// That a session is over, for whoever holds access tokens of it for valid by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// Which session.
    pub session: SessionId,
    /// Since when.
    pub ended_at: Timestamp,
}

/// Declares an enum whose variants have names on the wire and in stores.
macro_rules! named {
    ($(#[$doc:meta])* $vis:vis enum $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $name {
            /// Every one there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name on the wire and in stores.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The one of that name, if there is one.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text)
            }
        }
    };
}
pub(crate) use named;

named! {
    /// Why a session was ended.
    #[non_exhaustive]
    pub enum EndReason {
        /// Its owner logged out.
        LoggedOut = "logged_out",
        /// Its owner ended it from another session.
        Revoked = "revoked",
        /// The password was changed in another session.
        PasswordChanged = "password_changed",
        /// The password was reset.
        PasswordReset = "password_reset",
        /// A refresh token that had been rotated away came back: it was stolen, or its successor was.
        RefreshTokenReused = "refresh_token_reused",
        /// The account was closed.
        AccountDeleted = "account_deleted",
        /// An administrator ended it, or switched the account off.
        Administration = "administration",
        /// The user had more sessions than one may have, and this was the oldest.
        TooMany = "too_many",
    }
}

named! {
    /// How a user proved who they are (RFC 8176).
    #[non_exhaustive]
    pub enum AuthMethods {
        /// By password: `pwd`.
        Password = "pwd",
        /// By password and one-time code: `pwd` and `otp`.
        PasswordAndCode = "pwd otp",
    }
}

impl AuthMethods {
    /// The values of the `amr` claim (RFC 8176, section 2).
    #[must_use]
    pub const fn amr(self) -> &'static [&'static str] {
        match self {
            Self::Password => &["pwd"],
            Self::PasswordAndCode => &["pwd", "otp"],
        }
    }

    /// The methods that an `amr` claim lists, or `None` when it lists others.
    #[must_use]
    pub fn from_amr<S: AsRef<str>>(amr: &[S]) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.amr().iter().copied().eq(amr.iter().map(AsRef::as_ref)))
    }
}

impl Session {
    /// The session begins with its first refresh token.
    #[must_use]
    pub fn open(
        id: SessionId,
        user_id: UserId,
        device: Device,
        amr: AuthMethods,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Self {
        Self {
            id,
            user_id,
            device,
            amr,
            auth_time: now,
            created_at: now,
            last_seen_at: now,
            expires_at,
            generation: Generation::FIRST,
            ended: None,
        }
    }

    /// Its refresh token was rotated.
    #[must_use]
    pub fn refreshed(self, generation: Generation, now: Timestamp) -> Self {
        Self { generation, last_seen_at: now.max(self.last_seen_at), ..self }
    }

    /// Its owner proved again who they are.
    #[must_use]
    pub fn reauthenticated(self, now: Timestamp) -> Self {
        Self { auth_time: now, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    #[test]
    fn every_end_reason_and_method_comes_back_by_its_name() {
        for reason in EndReason::ALL {
            assert_eq!(EndReason::parse(reason.as_str()), Some(*reason));
        }
        for methods in AuthMethods::ALL {
            assert_eq!(AuthMethods::from_amr(methods.amr()), Some(*methods));
        }
        assert_eq!(AuthMethods::from_amr(&["otp", "pwd"]), None);
    }

    #[test]
    fn a_refresh_counts_and_is_seen_and_time_does_not_run_back() {
        let begun = fixtures::session(UserId::from(uuid::Uuid::nil())).build();
        let later = begun.last_seen_at.plus(std::time::Duration::from_secs(60));
        let next = begun.generation.next();
        let refreshed = begun.clone().refreshed(next, later);
        assert_eq!((refreshed.generation, refreshed.last_seen_at), (next, later));
        let again = refreshed.refreshed(next.next(), begun.last_seen_at);
        assert_eq!((again.generation, again.last_seen_at), (next.next(), later));
    }
}
