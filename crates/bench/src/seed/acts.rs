//! What happens in a clinic, and how often.

use std::time::Duration;

use uuid::Uuid;
use voxgate_domain::audit::{AuditAccess, LoginFailure, Refusal};
use voxgate_domain::known_device::DeviceStanding;
use voxgate_domain::mail::LinkPurpose;
use voxgate_domain::session::EndReason;
use voxgate_domain::user::ProfileField;
use voxgate_domain::{Act, AuthMethods, Permission, Timestamp};

use super::chance::Chance;

/// Who does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// The owner of the account, in a session.
    Owner,
    /// Somebody who says to be its owner: nobody is known yet.
    Anybody,
    /// Nobody, about an address that has no account.
    Nobody,
    /// Somebody who cares for patients.
    Clinician,
    /// Somebody who administers.
    Administrator,
}

/// One thing that happens: what, and who does it.
pub(super) type Happening = (Act, By);

/// Draws what happens to `subject`; refreshes and logins are most of it.
pub(super) fn draw(session: Uuid, at: Timestamp, chance: &mut Chance) -> Happening {
    let methods = if chance.is(0.05) { AuthMethods::PasswordAndCode } else { AuthMethods::Password };
    let device = if chance.is(0.85) { DeviceStanding::Known } else { DeviceStanding::New };
    match chance.below(1_000) {
        0..430 => (Act::SessionRefreshed, By::Owner),
        430..690 => (Act::LoginSucceeded { methods, device }, By::Owner),
        690..770 => (Act::SessionEnded { session: session.into(), why: EndReason::LoggedOut }, By::Owner),
        770..830 => (Act::LoginFailed(LoginFailure::WrongPassword), By::Anybody),
        830..845 => (Act::LoginFailed(LoginFailure::UnknownAddress), By::Nobody),
        845..850 => (Act::LoginFailed(LoginFailure::Locked), By::Anybody),
        850..855 => (Act::LoginFailed(LoginFailure::EmailNotVerified), By::Anybody),
        855..858 => (Act::AccountLocked { until: at.plus(Duration::from_secs(900)) }, By::Anybody),
        858..870 => (Act::LinkRequested(LinkPurpose::ResetPassword), By::Nobody),
        870..880 => (Act::LinkIssued(LinkPurpose::ResetPassword), By::Anybody),
        880..888 => (Act::PasswordReset, By::Anybody),
        888..900 => (Act::EmailVerified, By::Anybody),
        900..906 => (Act::PasswordChanged, By::Owner),
        906..910 => (Act::Reauthenticated, By::Owner),
        910..920 => (Act::ProfileUpdated(fields(chance)), By::Owner),
        920..924 => (Act::NotificationPreferencesUpdated, By::Owner),
        924..926 => (Act::DataExported, By::Owner),
        926..930 => (Act::AccessDenied { permission: Permission::UsersRead, why: Refusal::NotPermitted }, By::Owner),
        930..938 => (Act::MfaChallenged, By::Anybody),
        938..941 => (Act::MfaFailed, By::Anybody),
        941..943 => (Act::MfaEnabled, By::Owner),
        943..983 => (Act::UserRead, By::Clinician),
        // Whom it shows is filled in by whoever knows them.
        983..986 => (Act::UsersListed { users: Vec::new() }, By::Clinician),
        986..993 => (Act::SessionsListed, By::Administrator),
        993..995 => (Act::UserDeactivated, By::Administrator),
        995..997 => (Act::AccountUnlocked, By::Administrator),
        _ => (Act::AuditRead(AuditAccess::List), By::Administrator),
    }
}

fn fields(chance: &mut Chance) -> Vec<ProfileField> {
    const ALL: [ProfileField; 4] =
        [ProfileField::FirstName, ProfileField::LastName, ProfileField::PhoneNumber, ProfileField::TimeZone];
    let from = usize::try_from(chance.below(ALL.len() as u64)).unwrap_or(0);
    ALL.into_iter().skip(from).take(2).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn refreshes_and_logins_are_most_and_there_are_many_kinds() {
        let mut chance = Chance::new(1, 1);
        let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
        for _ in 0..20_000 {
            let (act, _) = draw(Uuid::nil(), Timestamp::EPOCH, &mut chance);
            *counts.entry(act.name()).or_default() += 1;
        }
        assert!(counts.len() >= 20, "{counts:?}");
        assert!(counts["session.refreshed"] > counts["login.succeeded"]);
        assert!(counts["login.succeeded"] > 20 * counts["user.listed"]);
    }
}
