//! The acts that the trail knows. To add one is to add a variant; the compiler finds the rest.

use super::Outcome;
use crate::mail::LinkPurpose;
use crate::policy::RetentionCounts;
use crate::session::{AuthMethods, EndReason, named};
use crate::user::ProfileField;
use crate::{Permission, RoleName, SessionId, Timestamp, UserId};

/// Something that the trail records, with exactly the facts that it has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Act {
    /// An account was made by registration.
    UserRegistered,
    /// An address that has an account was registered again; nothing changed.
    RegistrationRepeated,
    /// An address whose account is not proven yet was registered again with another password.
    RegistrationContested,
    /// A link was asked for by somebody who gave an address; whether it has an account is not known yet.
    LinkRequested(LinkPurpose),
    /// A link was made and queued to its owner.
    LinkIssued(LinkPurpose),
    /// An address was proven.
    EmailVerified,
    /// A session began.
    LoginSucceeded(AuthMethods),
    /// A login did not work.
    LoginFailed(LoginFailure),
    /// An address was locked after too many failures.
    AccountLocked {
        /// Until when.
        until: Timestamp,
    },
    /// A refresh token was rotated.
    SessionRefreshed,
    /// A refresh token that had been rotated away came back.
    RefreshTokenReused,
    /// A session was ended.
    SessionEnded {
        /// Which.
        session: SessionId,
        /// Why.
        why: EndReason,
    },
    /// Every session of a user, or every other one, was ended.
    SessionsEnded {
        /// How many.
        count: u64,
        /// Why.
        why: EndReason,
    },
    /// A password was set through a link.
    PasswordReset,
    /// A password was changed by its owner.
    PasswordChanged,
    /// The present password was wrong when its owner wanted to change it.
    PasswordChangeFailed,
    /// The hash of a password was renewed with stronger parameters at login.
    PasswordRehashed,
    /// The owner of a session proved again who they are.
    Reauthenticated,
    /// That proof failed.
    ReauthenticationFailed,
    /// Particulars were changed.
    ProfileUpdated(Vec<ProfileField>),
    /// Another address was asked for.
    EmailChangeRequested,
    /// The address was replaced.
    EmailChanged,
    /// What is told by mail was changed.
    NotificationPreferencesUpdated,
    /// A person took a copy of all that is held about them.
    DataExported,
    /// An account was closed by its owner.
    AccountDeleted,
    /// All that was personal of a closed account was erased.
    UserPurged,
    /// What is not needed any more was purged.
    RetentionEnforced(RetentionCounts),
    /// Purging of a user was suspended.
    LegalHoldSet,
    /// That suspension was lifted.
    LegalHoldReleased,
    /// Somebody who is logged in asked for what needs a permission, and was refused.
    AccessDenied {
        /// The permission.
        permission: Permission,
        /// What they lack.
        why: Refusal,
    },
    /// An account was made for its owner.
    UserInvited,
    /// Somebody looked at a user.
    UserRead,
    /// Somebody looked at a list of users.
    UsersListed {
        /// Whom they saw.
        users: Vec<UserId>,
    },
    /// Somebody looked at the sessions of a user.
    SessionsListed,
    /// An account was switched off.
    UserDeactivated,
    /// An account was switched on again.
    UserActivated,
    /// A lock after failed logins was lifted by an administrator.
    AccountUnlocked,
    /// A secret was given out for an authenticator app.
    MfaEnrollmentBegun,
    /// The second factor was turned on.
    MfaEnabled,
    /// The second factor was turned off.
    MfaDisabled,
    /// Recovery codes were made anew.
    MfaRecoveryCodesRegenerated,
    /// A recovery code was used up.
    MfaRecoveryCodeUsed,
    /// The password was right, and a code was asked for.
    MfaChallenged,
    /// A code was wrong, was used before, or was missing.
    MfaFailed,
    /// The second factor was locked after too many wrong codes.
    MfaLocked {
        /// Until when.
        until: Timestamp,
    },
    /// Roles were given or taken.
    RoleChanged {
        /// Given.
        added: Vec<RoleName>,
        /// Taken.
        removed: Vec<RoleName>,
    },
    /// The audit trail was read by somebody.
    AuditRead(AuditAccess),
}

named! {
    /// How the audit trail was read.
    pub enum AuditAccess {
        /// A page of it.
        List = "list",
        /// All of it, or all that met some conditions.
        Export = "export",
    }
}

named! {
    /// Why somebody who is logged in was refused.
    pub enum Refusal {
        /// None of their roles gives the permission.
        NotPermitted = "not_permitted",
        /// One of their roles must have a second factor, and they have none.
        NoSecondFactor = "no_second_factor",
    }
}

named! {
    /// Why a login failed. The trail knows; the caller is not told.
    pub enum LoginFailure {
        /// The address has no account.
        UnknownAddress = "unknown_address",
        /// The password is wrong, or there is none yet.
        WrongPassword = "wrong_password",
        /// The address is locked.
        Locked = "locked",
        /// The password is right but the address is not proven.
        EmailNotVerified = "email_not_verified",
        /// The password is right but the account is switched off.
        Inactive = "inactive",
    }
}

/// A fact of an act as it is stored: a name and one of these. Never the value of a personal field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// A word.
    Word(String),
    /// Several words.
    Words(Vec<String>),
    /// A count.
    Count(u64),
}

impl Act {
    /// The name on the wire: dotted, the thing first.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::UserRegistered => "user.registered",
            Self::RegistrationRepeated => "user.registration_repeated",
            Self::RegistrationContested => "user.registration_contested",
            Self::LinkRequested(_) => "link.requested",
            Self::LinkIssued(_) => "link.issued",
            Self::EmailVerified => "user.verified",
            Self::LoginSucceeded(_) => "login.succeeded",
            Self::LoginFailed(_) => "login.failed",
            Self::AccountLocked { .. } => "account.locked",
            Self::SessionRefreshed => "session.refreshed",
            Self::RefreshTokenReused => "session.refresh_reused",
            Self::SessionEnded { why: EndReason::LoggedOut, .. } => "session.logged_out",
            Self::SessionEnded { .. } | Self::SessionsEnded { .. } => "session.revoked",
            Self::PasswordReset => "password.reset",
            Self::PasswordChanged | Self::PasswordChangeFailed => "password.changed",
            Self::PasswordRehashed => "password.rehashed",
            Self::Reauthenticated | Self::ReauthenticationFailed => "session.reauthenticated",
            Self::ProfileUpdated(_) => "profile.updated",
            Self::EmailChangeRequested => "email.change_requested",
            Self::EmailChanged => "email.changed",
            Self::NotificationPreferencesUpdated => "notification_preferences.updated",
            Self::DataExported => "user.exported",
            Self::AccountDeleted => "user.deleted",
            Self::UserPurged => "user.purged",
            Self::RetentionEnforced(_) => "retention.enforced",
            Self::LegalHoldSet => "legal_hold.set",
            Self::LegalHoldReleased => "legal_hold.released",
            Self::AccessDenied { .. } => "access.denied",
            Self::UserInvited => "user.invited",
            Self::UserRead => "user.read",
            Self::UsersListed { .. } => "user.listed",
            Self::SessionsListed => "session.listed",
            Self::UserDeactivated => "user.deactivated",
            Self::UserActivated => "user.activated",
            Self::AccountUnlocked => "account.unlocked",
            Self::MfaEnrollmentBegun => "mfa.enrollment_begun",
            Self::MfaEnabled => "mfa.enabled",
            Self::MfaDisabled => "mfa.disabled",
            Self::MfaRecoveryCodesRegenerated => "mfa.recovery_codes_regenerated",
            Self::MfaRecoveryCodeUsed => "mfa.recovery_code_used",
            Self::MfaChallenged => "mfa.challenged",
            Self::MfaFailed => "mfa.failed",
            Self::MfaLocked { .. } => "mfa.locked",
            Self::RoleChanged { .. } => "role.changed",
            Self::AuditRead(_) => "audit.read",
        }
    }

    /// How it ended.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        match self {
            Self::LoginFailed(LoginFailure::UnknownAddress | LoginFailure::WrongPassword)
            | Self::PasswordChangeFailed
            | Self::ReauthenticationFailed
            | Self::MfaFailed => Outcome::Failure,
            Self::LoginFailed(LoginFailure::Locked | LoginFailure::EmailNotVerified | LoginFailure::Inactive)
            | Self::RefreshTokenReused
            | Self::AccessDenied { .. }
            | Self::RegistrationRepeated
            | Self::RegistrationContested => Outcome::Denied,
            _ => Outcome::Success,
        }
    }

    /// The facts that it has.
    #[must_use]
    pub fn details(&self) -> Vec<(&'static str, Detail)> {
        let word = |text: &str| Detail::Word(text.to_owned());
        match self {
            Self::LinkRequested(purpose) | Self::LinkIssued(purpose) => vec![("link", word(purpose.as_str()))],
            Self::LoginSucceeded(methods) => {
                let amr = methods.amr().iter().map(|method| (*method).to_owned()).collect();
                vec![("amr", Detail::Words(amr))]
            }
            Self::LoginFailed(why) => vec![("why", word(why.as_str()))],
            Self::AccountLocked { until } | Self::MfaLocked { until } => vec![("until", word(&until.to_string()))],
            Self::SessionEnded { session, why } => {
                vec![("session", word(&session.to_string())), ("why", word(why.as_str()))]
            }
            Self::SessionsEnded { count, why } => vec![("count", Detail::Count(*count)), ("why", word(why.as_str()))],
            Self::ProfileUpdated(fields) => {
                let names = fields.iter().map(|field| field.as_str().to_owned()).collect();
                vec![("fields", Detail::Words(names))]
            }
            Self::RetentionEnforced(counts) => {
                counts.named().into_iter().map(|(name, count)| (name, Detail::Count(count))).collect()
            }
            Self::UsersListed { users } => {
                vec![("users", Detail::Words(users.iter().map(ToString::to_string).collect()))]
            }
            Self::AccessDenied { permission, why } => {
                vec![("permission", word(permission.as_str())), ("why", word(why.as_str()))]
            }
            Self::RoleChanged { added, removed } => {
                let names = |roles: &[RoleName]| Detail::Words(roles.iter().map(ToString::to_string).collect());
                vec![("added", names(added)), ("removed", names(removed))]
            }
            Self::AuditRead(how) => vec![("access", word(how.as_str()))],
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_change_names_its_fields_and_no_values() {
        let act = Act::ProfileUpdated(vec![ProfileField::FirstName, ProfileField::PhoneNumber]);
        let names = Detail::Words(vec!["first_name".into(), "phone_number".into()]);
        assert_eq!(act.details(), [("fields", names)]);
    }

    #[test]
    fn a_failed_login_says_why_to_the_trail() {
        let act = Act::LoginFailed(LoginFailure::WrongPassword);
        assert_eq!((act.name(), act.outcome()), ("login.failed", Outcome::Failure));
        assert_eq!(act.details(), [("why", Detail::Word("wrong_password".into()))]);
    }
}
