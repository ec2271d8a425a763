//! What subscribers are told.

use crate::audit::{Act, AuditEvent};
use crate::session::named;
use crate::{AuditEventId, RoleName, Timestamp, UserId};

named! {
    /// What an event tells. The names are those on the wire.
    pub enum EventType {
        /// An account was made by registration, or at the command line; its address may not be proven yet.
        UserRegistered = "user.registered",
        /// An account was made for its owner.
        UserInvited = "user.invited",
        /// The address was proven: the account is in use.
        UserVerified = "user.verified",
        /// The account was switched off.
        UserDeactivated = "user.deactivated",
        /// The account was switched on again.
        UserActivated = "user.activated",
        /// The account was closed by its owner.
        UserDeleted = "user.deleted",
        /// All that was personal of a closed account was erased.
        UserErased = "user.erased",
        /// Roles were given or taken.
        RoleChanged = "role.changed",
        /// An administrator tries an endpoint out; nobody subscribes to it.
        Test = "webhook.test",
    }
}

impl EventType {
    /// Parses the name of what one can subscribe to.
    #[must_use]
    pub fn parse_subscription(text: &str) -> Option<Self> {
        Self::parse(text).filter(|kind| *kind != Self::Test)
    }

    /// What `act` is to subscribers, if it is anything. There is no wildcard arm: an act that is added is decided about.
    #[must_use]
    pub const fn told_by(act: &Act) -> Option<Self> {
        match act {
            Act::UserRegistered => Some(Self::UserRegistered),
            Act::UserInvited => Some(Self::UserInvited),
            Act::EmailVerified => Some(Self::UserVerified),
            Act::UserDeactivated => Some(Self::UserDeactivated),
            Act::UserActivated => Some(Self::UserActivated),
            Act::AccountDeleted => Some(Self::UserDeleted),
            Act::UserPurged => Some(Self::UserErased),
            Act::RoleChanged { .. } => Some(Self::RoleChanged),
            // Tries and wishes: nothing changed.
            Act::RegistrationRepeated
            | Act::RegistrationContested
            | Act::LinkRequested(_)
            | Act::LinkIssued(_)
            | Act::EmailChangeRequested
            | Act::AccessDenied { .. }
            // Sessions and their proofs: for those there is the list of revocations.
            | Act::LoginSucceeded { .. }
            | Act::LoginFailed(_)
            | Act::AccountLocked { .. }
            | Act::AccountUnlocked
            | Act::SessionRefreshed
            | Act::RefreshTokenReused
            | Act::SessionEnded { .. }
            | Act::SessionsEnded { .. }
            | Act::Reauthenticated
            | Act::ReauthenticationFailed
            | Act::MfaEnrollmentBegun
            | Act::MfaEnabled
            | Act::MfaDisabled
            | Act::MfaRecoveryCodesRegenerated
            | Act::MfaRecoveryCodeUsed
            | Act::MfaChallenged
            | Act::MfaFailed
            | Act::MfaLocked { .. }
            | Act::PasswordReset
            | Act::PasswordChanged
            | Act::PasswordChangeFailed
            | Act::PasswordRehashed
            // Personal particulars, which do not leave this way.
            | Act::ProfileUpdated(_)
            | Act::EmailChanged
            | Act::NotificationPreferencesUpdated
            // Looks.
            | Act::DataExported
            | Act::UserRead
            | Act::UsersListed { .. }
            | Act::SessionsListed
            | Act::AuditRead(_)
            | Act::DisclosuresRead
            | Act::EmergencyAccessGranted { .. }
            | Act::EmergencyAccessClosed { .. }
            | Act::EmergencyAccessesListed
            | Act::WebhookDeliveriesListed { .. }
            // The running of the service.
            | Act::RetentionEnforced(_)
            | Act::LegalHoldSet
            | Act::LegalHoldReleased
            | Act::ServiceAccountCreated { .. }
            | Act::ServiceSecretRotated { .. }
            | Act::ServiceAccountDisabled { .. }
            | Act::ServiceTokenIssued { .. }
            | Act::ServiceTokenRefused(_)
            | Act::WebhookCreated { .. }
            | Act::WebhookUpdated { .. }
            | Act::WebhookDeleted { .. }
            | Act::WebhookSecretRotated { .. }
            | Act::WebhookReplayed { .. }
            | Act::WebhookTested { .. }
            | Act::WebhookGone { .. } => None,
        }
    }
}

/// An event as subscribers are told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserEvent {
    /// The id of the audit event that tells it, and the `webhook-id` by which a receiver knows a repetition.
    pub id: AuditEventId,
    /// What it tells.
    pub kind: EventType,
    /// About whom; nobody when it is a test.
    pub user: Option<UserId>,
    /// The roles that they have now, when that is what changed.
    pub roles: Option<Vec<RoleName>>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

impl UserEvent {
    /// What `event` of the trail tells subscribers, if it tells them anything.
    #[must_use]
    pub fn told_by(event: &AuditEvent) -> Option<Self> {
        let kind = EventType::told_by(&event.act)?;
        let roles = match &event.act {
            Act::RoleChanged { roles, .. } => Some(roles.clone()),
            _ => None,
        };
        Some(Self { id: event.id, kind, user: Some(event.subject?), roles, occurred_at: event.occurred_at })
    }

    /// A test, told by the audit event `id`.
    #[must_use]
    pub const fn test(id: AuditEventId, now: Timestamp) -> Self {
        Self { id, kind: EventType::Test, user: None, roles: None, occurred_at: now }
    }

    /// The JSON that is signed and sent. `sequence` tells the order: of two events of one user the later has the greater.
    /// It is made by hand, since no value in it has a character that JSON would have to escape.
    #[must_use]
    pub fn body(&self, sequence: u64) -> String {
        let user = self.user.map(|user| format!(r#""user_id":"{user}","#)).unwrap_or_default();
        let names =
            |roles: &Vec<RoleName>| roles.iter().map(|role| format!(r#""{role}""#)).collect::<Vec<_>>().join(",");
        let roles = self.roles.as_ref().map(|roles| format!(r#""roles":[{}],"#, names(roles))).unwrap_or_default();
        let (kind, at) = (self.kind.as_str(), self.occurred_at);
        format!(r#"{{"type":"{kind}","timestamp":"{at}","data":{{{user}{roles}"sequence":{sequence}}}}}"#)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use uuid::Uuid;

    fn event(act: Act) -> AuditEvent {
        let (id, user) = (AuditEventId::from(Uuid::nil()), UserId::from(Uuid::max()));
        AuditEvent {
            id,
            occurred_at: Timestamp::EPOCH,
            act,
            actor: None,
            subject: Some(user),
            session: None,
            client: None,
            reason: Some("said in confidence".into()),
            service: None,
            emergency: None,
        }
    }

    fn roles_changed() -> Act {
        let roles = vec![RoleName::admin(), RoleName::patient()];
        Act::RoleChanged { added: vec![RoleName::admin()], removed: Vec::new(), roles }
    }

    #[rstest]
    #[case(Act::UserRegistered, "user.registered")]
    #[case(Act::UserInvited, "user.invited")]
    #[case(Act::EmailVerified, "user.verified")]
    #[case(Act::UserDeactivated, "user.deactivated")]
    #[case(Act::UserActivated, "user.activated")]
    #[case(Act::AccountDeleted, "user.deleted")]
    #[case(Act::UserPurged, "user.erased")]
    #[case(roles_changed(), "role.changed")]
    fn each_change_of_an_account_is_told_by_its_act(#[case] act: Act, #[case] name: &str) {
        let told = UserEvent::told_by(&event(act)).unwrap();
        assert_eq!((told.kind.as_str(), told.user), (name, Some(UserId::from(Uuid::max()))));
    }

    #[test]
    fn what_changes_no_account_is_not_told() {
        assert_eq!(UserEvent::told_by(&event(Act::RegistrationRepeated)), None);
        assert_eq!(UserEvent::told_by(&AuditEvent { subject: None, ..event(Act::UserRegistered) }), None);
    }

    #[test]
    fn a_body_has_ids_and_names_of_roles_and_nothing_else() {
        let deleted = UserEvent::told_by(&event(Act::AccountDeleted)).unwrap().body(7);
        let user = "ffffffff-ffff-ffff-ffff-ffffffffffff";
        let expected = r#"{"type":"user.deleted","timestamp":"1970-01-01T00:00:00Z","data":{"user_id":"#;
        assert_eq!(deleted, format!(r#"{expected}"{user}","sequence":7}}}}"#));
        let changed = UserEvent::told_by(&event(roles_changed())).unwrap().body(8);
        assert!(changed.ends_with(r#","roles":["admin","patient"],"sequence":8}}"#), "{changed}");
        let test = UserEvent::test(AuditEventId::from(Uuid::nil()), Timestamp::EPOCH).body(9);
        assert!(test.ends_with(r#""data":{"sequence":9}}"#), "{test}");
    }

    #[test]
    fn nobody_subscribes_to_tests() {
        assert_eq!(EventType::parse_subscription("user.deleted"), Some(EventType::UserDeleted));
        assert_eq!(EventType::parse_subscription("webhook.test"), None);
        assert_eq!(EventType::parse_subscription("user.everything"), None);
    }
}
