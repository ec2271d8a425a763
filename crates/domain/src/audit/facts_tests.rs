//! What the trail writes of every act that has facts: one line each, as an auditor reads it.

use rstest::rstest;
use uuid::Uuid;

use super::super::act::{AuditAccess, Refusal};
use super::*;
use crate::known_device::DeviceStanding;
use crate::mail::LinkPurpose;
use crate::policy::RetentionCounts;
use crate::session::AuthMethods;
use crate::user::ProfileField;
use crate::{Permission, Timestamp, fixtures};

const NIL: Uuid = Uuid::nil();
const EPOCH: Timestamp = Timestamp::EPOCH;

fn two() -> PermissionSet {
    [Permission::AuditRead, Permission::OpsRead].into_iter().collect()
}

fn fact((name, detail): (&'static str, Detail)) -> String {
    match detail {
        Detail::Word(word) => format!("{name}={word}"),
        Detail::Words(words) => format!("{name}={}", words.join(",")),
        Detail::Count(count) => format!("{name}={count}"),
    }
}

/// Name, outcome and facts.
fn told(act: &Act) -> String {
    let words = [act.name().to_owned(), act.outcome().as_str().to_owned()];
    let told: Vec<String> = words.into_iter().chain(act.details().into_iter().map(fact)).collect();
    told.join(" ").replace(&NIL.to_string(), "ID").replace(&EPOCH.to_string(), "THEN")
}

#[rstest]
#[case(Act::LinkRequested(LinkPurpose::ResetPassword), "link.requested success link=reset_password")]
#[case(Act::LinkIssued(LinkPurpose::VerifyAddress), "link.issued success link=verify_address")]
#[case(
    Act::LoginSucceeded { methods: AuthMethods::PasswordAndCode, device: DeviceStanding::New },
    "login.succeeded success amr=pwd,otp device=new"
)]
#[case(Act::LoginFailed(LoginFailure::UnknownAddress), "login.failed failure why=unknown_address")]
#[case(Act::LoginFailed(LoginFailure::WrongPassword), "login.failed failure why=wrong_password")]
#[case(Act::LoginFailed(LoginFailure::Locked), "login.failed denied why=locked")]
#[case(Act::LoginFailed(LoginFailure::EmailNotVerified), "login.failed denied why=email_not_verified")]
#[case(Act::LoginFailed(LoginFailure::Inactive), "login.failed denied why=inactive")]
#[case(Act::AccountLocked { until: EPOCH }, "account.locked success until=THEN")]
#[case(Act::MfaLocked { until: EPOCH }, "mfa.locked success until=THEN")]
#[case(
    Act::SessionEnded { session: NIL.into(), why: EndReason::LoggedOut },
    "session.logged_out success session=ID why=logged_out"
)]
#[case(
    Act::SessionEnded { session: NIL.into(), why: EndReason::Revoked },
    "session.revoked success session=ID why=revoked"
)]
#[case(
    Act::SessionsEnded { count: 3, why: EndReason::PasswordReset },
    "session.revoked success count=3 why=password_reset"
)]
#[case(
    Act::RetentionEnforced(RetentionCounts { users: 1, sessions: 2, tokens: 3, mails: 4, attempts: 5, events: 6 }),
    "retention.enforced success users=1 sessions=2 one_time_tokens=3 mails=4 login_attempts=5 user_events=6"
)]
#[case(Act::UsersListed { users: vec![NIL.into(), NIL.into()] }, "user.listed success users=ID,ID")]
#[case(
    Act::AccessDenied { permission: Permission::RolesAssign, why: Refusal::NoSecondFactor },
    "access.denied denied permission=roles:assign why=no_second_factor"
)]
#[case(
    Act::RoleChanged { added: vec![RoleName::admin()], removed: vec![RoleName::patient()], roles: vec![RoleName::admin()] },
    "role.changed success added=admin removed=patient"
)]
#[case(
    Act::ProfileUpdated(vec![ProfileField::FirstName, ProfileField::PhoneNumber]),
    "profile.updated success fields=first_name,phone_number"
)]
#[case(Act::AuditRead(AuditAccess::Export), "audit.read success access=export")]
#[case(
    Act::EmergencyAccessGranted { access: NIL.into(), until: EPOCH },
    "emergency_access.granted success emergency_access=ID until=THEN"
)]
#[case(Act::EmergencyAccessClosed { access: NIL.into() }, "emergency_access.closed success emergency_access=ID")]
#[case(
    Act::ServiceAccountCreated { account: NIL.into(), permissions: two() },
    "service_account.created success service_account=ID permissions=audit:read,ops:read"
)]
#[case(
    Act::ServiceSecretRotated { account: NIL.into(), overlap_until: Some(EPOCH) },
    "service_account.secret_rotated success service_account=ID overlap_until=THEN"
)]
#[case(
    Act::ServiceSecretRotated { account: NIL.into(), overlap_until: None },
    "service_account.secret_rotated success service_account=ID"
)]
#[case(Act::ServiceAccountDisabled { account: NIL.into() }, "service_account.disabled success service_account=ID")]
#[case(Act::ServiceTokenIssued { scope: two() }, "token.issued success scope=audit:read,ops:read")]
#[case(Act::ServiceTokenRefused(ClientRefusal::UnknownClient), "token.issued failure why=unknown_client")]
#[case(Act::ServiceTokenRefused(ClientRefusal::WrongSecret), "token.issued failure why=wrong_secret")]
#[case(Act::ServiceTokenRefused(ClientRefusal::Disabled), "token.issued denied why=disabled")]
#[case(Act::ServiceTokenRefused(ClientRefusal::Scope), "token.issued denied why=scope")]
#[case(Act::WebhookCreated { endpoint: NIL.into() }, "webhook.created success webhook=ID")]
#[case(Act::WebhookUpdated { endpoint: NIL.into() }, "webhook.updated success webhook=ID")]
#[case(Act::WebhookDeleted { endpoint: NIL.into() }, "webhook.deleted success webhook=ID")]
#[case(Act::WebhookSecretRotated { endpoint: NIL.into() }, "webhook.secret_rotated success webhook=ID")]
#[case(Act::WebhookReplayed { endpoint: NIL.into(), count: 7 }, "webhook.replayed success webhook=ID count=7")]
#[case(Act::WebhookTested { endpoint: NIL.into() }, "webhook.tested success webhook=ID")]
#[case(Act::WebhookGone { endpoint: NIL.into() }, "webhook.gone success webhook=ID")]
#[case(Act::WebhookDeliveriesListed { endpoint: NIL.into() }, "webhook.deliveries_listed success webhook=ID")]
#[case(Act::PasswordChanged, "password.changed success")]
#[case(Act::PasswordChangeFailed, "password.changed failure")]
#[case(Act::Reauthenticated, "session.reauthenticated success")]
#[case(Act::ReauthenticationFailed, "session.reauthenticated failure")]
#[case(Act::MfaFailed, "mfa.failed failure")]
#[case(Act::RefreshTokenReused, "session.refresh_reused denied")]
#[case(Act::RegistrationRepeated, "user.registration_repeated denied")]
#[case(Act::RegistrationContested, "user.registration_contested denied")]
fn the_trail_says_what_happened(#[case] act: Act, #[case] line: &str) {
    assert_eq!(told(&act), line);
}

#[test]
fn an_event_says_once_under_what_it_was_done() {
    let access = Uuid::from_u128(7).into();
    let seen = AuditEvent { emergency: Some(access), ..fixtures::event(Act::UserRead).build() };
    assert_eq!(seen.details(), [(EMERGENCY_ACCESS, Detail::Word(access.to_string()))]);
    let closed = AuditEvent { act: Act::EmergencyAccessClosed { access }, ..seen };
    assert_eq!(closed.details().len(), 1);

    let account = Uuid::from_u128(8).into();
    let read = AuditEvent {
        actor: None,
        service: Some(account),
        ..fixtures::event(Act::AuditRead(AuditAccess::List)).build()
    };
    assert_eq!(read.details().last(), Some(&(SERVICE_ACCOUNT, Detail::Word(account.to_string()))));
    assert_eq!(read.actor_uuid(), Some(account.as_uuid()));
}
