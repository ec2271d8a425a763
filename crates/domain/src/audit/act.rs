//! The acts that the trail knows. To add one is to add a variant; the compiler finds the rest.

use crate::ids::{EmergencyAccessId, ServiceAccountId};
use crate::known_device::DeviceStanding;
use crate::mail::LinkPurpose;
use crate::policy::RetentionCounts;
use crate::session::{AuthMethods, EndReason, named};
use crate::user::ProfileField;
use crate::{Permission, PermissionSet, RoleName, SessionId, Timestamp, UserId, WebhookId};

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
    LoginSucceeded {
        /// How its owner proved who they are.
        methods: AuthMethods,
        /// Whether they were seen on the device before.
        device: DeviceStanding,
    },
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
        /// All that they have now.
        roles: Vec<RoleName>,
    },
    /// The audit trail was read by somebody.
    AuditRead(AuditAccess),
    /// The accounting of disclosures of somebody's data was read.
    DisclosuresRead,
    /// Somebody took emergency access to a user's data.
    EmergencyAccessGranted {
        /// Which access.
        access: EmergencyAccessId,
        /// When it ends by itself.
        until: Timestamp,
    },
    /// Whoever took an emergency access closed it before it ended by itself.
    EmergencyAccessClosed {
        /// Which access.
        access: EmergencyAccessId,
    },
    /// The emergency accesses that were taken were looked at.
    EmergencyAccessesListed,
    /// A service account was made.
    ServiceAccountCreated {
        /// Which.
        account: ServiceAccountId,
        /// What it may do.
        permissions: PermissionSet,
    },
    /// A service account got another secret.
    ServiceSecretRotated {
        /// Which.
        account: ServiceAccountId,
        /// Until when the last one works beside it, if it does.
        overlap_until: Option<Timestamp>,
    },
    /// A service account was switched off.
    ServiceAccountDisabled {
        /// Which.
        account: ServiceAccountId,
    },
    /// A service account got an access token.
    ServiceTokenIssued {
        /// For what.
        scope: PermissionSet,
    },
    /// A client was given no access token.
    ServiceTokenRefused(ClientRefusal),
    /// An endpoint of webhooks was made.
    WebhookCreated {
        /// Which endpoint.
        endpoint: WebhookId,
    },
    /// An endpoint of webhooks was changed.
    WebhookUpdated {
        /// Which endpoint.
        endpoint: WebhookId,
    },
    /// An endpoint of webhooks was removed.
    WebhookDeleted {
        /// Which endpoint.
        endpoint: WebhookId,
    },
    /// An endpoint of webhooks got another secret.
    WebhookSecretRotated {
        /// Which endpoint.
        endpoint: WebhookId,
    },
    /// Events were queued again to an endpoint.
    WebhookReplayed {
        /// Which endpoint.
        endpoint: WebhookId,
        /// How many.
        count: u64,
    },
    /// A test was queued to an endpoint.
    WebhookTested {
        /// Which endpoint.
        endpoint: WebhookId,
    },
    /// An endpoint answered that it is gone, and was switched off.
    WebhookGone {
        /// Which endpoint.
        endpoint: WebhookId,
    },
    /// Somebody looked at what was sent to an endpoint.
    WebhookDeliveriesListed {
        /// Which endpoint.
        endpoint: WebhookId,
    },
}

named! {
    /// Why a client was given no access token. The trail knows; the client is not told.
    pub enum ClientRefusal {
        /// There is no such client.
        UnknownClient = "unknown_client",
        /// The secret is wrong.
        WrongSecret = "wrong_secret",
        /// The account was switched off.
        Disabled = "disabled",
        /// It asked for nothing that it may have.
        Scope = "scope",
    }
}

named! {
    /// How the audit trail was read.
    #[non_exhaustive]
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
        /// They call from a network where permissions are of no use.
        NotFromThere = "not_from_there",
        /// One of their roles must have a second factor, and they have none.
        NoSecondFactor = "no_second_factor",
    }
}

named! {
    /// Why a login failed. The trail knows; the caller is not told.
    #[non_exhaustive]
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
