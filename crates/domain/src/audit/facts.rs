//! What the trail writes of an act: its name, its outcome and its facts.

use super::act::{Act, ClientRefusal, LoginFailure};
use super::{AuditEvent, Outcome};
use crate::session::EndReason;
use crate::{PermissionSet, RoleName};

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

/// The detail that names the emergency access under which something was done.
pub const EMERGENCY_ACCESS: &str = "emergency_access";

/// The detail that names the service account to which something was done, or that did it.
pub const SERVICE_ACCOUNT: &str = "service_account";

fn permission_names(permissions: &PermissionSet) -> Detail {
    Detail::Words(permissions.iter().map(|permission| permission.as_str().to_owned()).collect())
}

impl Act {
    /// The acts by which somebody sees data of a person, by their names (45 CFR 164.528).
    pub const DISCLOSING: &'static [&'static str] =
        &["user.read", "user.listed", "session.listed", "audit.read", "disclosures.read", "emergency_access.granted"];

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
            Self::LoginSucceeded { .. } => "login.succeeded",
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
            Self::DisclosuresRead => "disclosures.read",
            Self::EmergencyAccessGranted { .. } => "emergency_access.granted",
            Self::EmergencyAccessClosed { .. } => "emergency_access.closed",
            Self::EmergencyAccessesListed => "emergency_access.listed",
            Self::ServiceAccountCreated { .. } => "service_account.created",
            Self::ServiceSecretRotated { .. } => "service_account.secret_rotated",
            Self::ServiceAccountDisabled { .. } => "service_account.disabled",
            Self::ServiceTokenIssued { .. } | Self::ServiceTokenRefused(_) => "token.issued",
            Self::WebhookCreated { .. } => "webhook.created",
            Self::WebhookUpdated { .. } => "webhook.updated",
            Self::WebhookDeleted { .. } => "webhook.deleted",
            Self::WebhookSecretRotated { .. } => "webhook.secret_rotated",
            Self::WebhookReplayed { .. } => "webhook.replayed",
            Self::WebhookTested { .. } => "webhook.tested",
            Self::WebhookGone { .. } => "webhook.gone",
            Self::WebhookDeliveriesListed { .. } => "webhook.deliveries_listed",
        }
    }

    /// How it ended.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        match self {
            Self::LoginFailed(LoginFailure::UnknownAddress | LoginFailure::WrongPassword)
            | Self::PasswordChangeFailed
            | Self::ReauthenticationFailed
            | Self::MfaFailed
            | Self::ServiceTokenRefused(ClientRefusal::UnknownClient | ClientRefusal::WrongSecret) => Outcome::Failure,
            Self::LoginFailed(LoginFailure::Locked | LoginFailure::EmailNotVerified | LoginFailure::Inactive)
            | Self::RefreshTokenReused
            | Self::AccessDenied { .. }
            | Self::RegistrationRepeated
            | Self::RegistrationContested
            | Self::ServiceTokenRefused(ClientRefusal::Disabled | ClientRefusal::Scope) => Outcome::Denied,
            _ => Outcome::Success,
        }
    }

    /// The facts that it has.
    #[must_use]
    pub fn details(&self) -> Vec<(&'static str, Detail)> {
        let word = |text: &str| Detail::Word(text.to_owned());
        match self {
            Self::LinkRequested(purpose) | Self::LinkIssued(purpose) => vec![("link", word(purpose.as_str()))],
            Self::LoginSucceeded { methods, device } => {
                let amr = methods.amr().iter().map(|method| (*method).to_owned()).collect();
                vec![("amr", Detail::Words(amr)), ("device", word(device.as_str()))]
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
            Self::RoleChanged { added, removed, .. } => {
                let names = |roles: &[RoleName]| Detail::Words(roles.iter().map(ToString::to_string).collect());
                vec![("added", names(added)), ("removed", names(removed))]
            }
            Self::AuditRead(how) => vec![("access", word(how.as_str()))],
            Self::EmergencyAccessGranted { access, until } => {
                vec![(EMERGENCY_ACCESS, word(&access.to_string())), ("until", word(&until.to_string()))]
            }
            Self::EmergencyAccessClosed { access } => vec![(EMERGENCY_ACCESS, word(&access.to_string()))],
            Self::ServiceAccountCreated { account, permissions } => {
                vec![(SERVICE_ACCOUNT, word(&account.to_string())), ("permissions", permission_names(permissions))]
            }
            Self::ServiceSecretRotated { account, overlap_until } => {
                let until = overlap_until.map(|until| ("overlap_until", word(&until.to_string())));
                [(SERVICE_ACCOUNT, word(&account.to_string()))].into_iter().chain(until).collect()
            }
            Self::ServiceAccountDisabled { account } => vec![(SERVICE_ACCOUNT, word(&account.to_string()))],
            Self::ServiceTokenIssued { scope } => vec![("scope", permission_names(scope))],
            Self::ServiceTokenRefused(why) => vec![("why", word(why.as_str()))],
            Self::WebhookCreated { endpoint }
            | Self::WebhookUpdated { endpoint }
            | Self::WebhookDeleted { endpoint }
            | Self::WebhookSecretRotated { endpoint }
            | Self::WebhookTested { endpoint }
            | Self::WebhookGone { endpoint }
            | Self::WebhookDeliveriesListed { endpoint } => vec![("webhook", word(&endpoint.to_string()))],
            Self::WebhookReplayed { endpoint, count } => {
                vec![("webhook", word(&endpoint.to_string())), ("count", Detail::Count(*count))]
            }
            _ => Vec::new(),
        }
    }
}

impl AuditEvent {
    /// The facts of the act; and under which emergency access or by which service account it was done, if it was.
    #[must_use]
    pub fn details(&self) -> Vec<(&'static str, Detail)> {
        let mut details = self.act.details();
        let emergency = self.emergency.map(|access| (EMERGENCY_ACCESS, access.to_string()));
        let service = self.service.map(|account| (SERVICE_ACCOUNT, account.to_string()));
        for (name, id) in [emergency, service].into_iter().flatten() {
            if !details.iter().any(|(taken, _)| *taken == name) {
                details.push((name, Detail::Word(id)));
            }
        }
        details
    }

    /// Who did it, whether a person or a machine: what stands as the actor in the trail.
    #[must_use]
    pub fn actor_uuid(&self) -> Option<uuid::Uuid> {
        self.actor.map(crate::UserId::as_uuid).or_else(|| self.service.map(crate::ServiceAccountId::as_uuid))
    }
}

#[cfg(test)]
#[path = "facts_tests.rs"]
mod tests;
