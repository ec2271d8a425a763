//! Messages that leave by mail. What they say is here; how they look is the mail adapter's.

use std::net::IpAddr;
use std::time::Duration;

use crate::session::named;
use crate::time::days;
use crate::{EmailAddress, EmergencyAccessId, Locale, MailId, SecretToken, Timestamp, UserId};

/// A message that was queued to one address.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Which message it is; the same at each try, so that a receiver can tell a duplicate.
    pub id: MailId,
    /// To whom.
    pub to: EmailAddress,
    /// In which language, when the user has one.
    pub locale: Option<Locale>,
    /// What it says.
    pub message: Message,
}

/// What a mail says.
#[derive(Clone, Debug)]
pub enum Message {
    /// Here is a link with a one-time token.
    Link {
        /// What the link is for.
        purpose: LinkPurpose,
        /// The token.
        token: SecretToken,
        /// Until when it is good.
        expires_at: Timestamp,
    },
    /// Something happened that the owner of the address should know of.
    Notice(Notice),
}

named! {
    /// What a link in a mail is for.
    pub enum LinkPurpose {
        /// Prove the address given at registration.
        VerifyAddress = "verify_address",
        /// Choose a password for an account that was registered more than once before the address was proven.
        FinishRegistration = "finish_registration",
        /// Prove the new address of an account.
        ConfirmNewAddress = "confirm_new_address",
        /// Set a new password.
        ResetPassword = "reset_password",
        /// Set the first password of an account that was made for its owner.
        AcceptInvitation = "accept_invitation",
    }
}

/// Something that happened to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Notice {
    /// Somebody tried to register the address, which has an account.
    AlreadyRegistered,
    /// The password was changed, or reset.
    PasswordChanged,
    /// Somebody who is logged in asked for another address.
    AddressChangeRequested,
    /// The address was replaced; goes to the old one.
    AddressChanged,
    /// Too many failed logins.
    AccountLocked {
        /// Until when.
        until: Timestamp,
    },
    /// A refresh token was used twice; the session was ended.
    SessionCompromised,
    /// The account was closed.
    AccountDeleted,
    /// Roles were given or taken by an administrator.
    RolesChanged,
    /// The second factor was turned on.
    MfaEnabled,
    /// The second factor was turned off.
    MfaDisabled,
    /// Recovery codes were made anew; the former ones are void.
    RecoveryCodesRegenerated,
    /// A recovery code took the place of the app.
    RecoveryCodeUsed,
    /// Somebody logged in on a device that was not seen before.
    NewDevice {
        /// When.
        at: Timestamp,
        /// From which address.
        ip_address: IpAddr,
    },
    /// Somebody took emergency access to the account's data; goes to its owner.
    EmergencyAccess {
        /// Which access.
        access: EmergencyAccessId,
        /// When it ends.
        until: Timestamp,
    },
    /// Somebody took emergency access to a person's data; goes to every administrator.
    EmergencyAccessTaken {
        /// Which access.
        access: EmergencyAccessId,
        /// When it ends.
        until: Timestamp,
    },
}

impl Notice {
    /// The name in stores and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AlreadyRegistered => "already_registered",
            Self::PasswordChanged => "password_changed",
            Self::AddressChangeRequested => "address_change_requested",
            Self::AddressChanged => "address_changed",
            Self::AccountLocked { .. } => "account_locked",
            Self::SessionCompromised => "session_compromised",
            Self::AccountDeleted => "account_deleted",
            Self::RolesChanged => "roles_changed",
            Self::MfaEnabled => "mfa_enabled",
            Self::MfaDisabled => "mfa_disabled",
            Self::RecoveryCodesRegenerated => "recovery_codes_regenerated",
            Self::RecoveryCodeUsed => "recovery_code_used",
            Self::NewDevice { .. } => "new_device",
            Self::EmergencyAccess { .. } => "emergency_access",
            Self::EmergencyAccessTaken { .. } => "emergency_access_taken",
        }
    }
}

impl Message {
    /// The name in stores and metrics.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Link { purpose, .. } => purpose.as_str(),
            Self::Notice(notice) => notice.as_str(),
        }
    }
}

/// An entry of the outbox: committed with the change that it tells of, worked off by one background job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxEntry {
    /// Which entry it is.
    pub id: MailId,
    /// Whose account it is about, when that is known.
    pub user_id: Option<UserId>,
    /// The address that it is for.
    pub recipient: EmailAddress,
    /// The language of the mail.
    pub locale: Option<Locale>,
    /// What it is, for people and metrics.
    pub kind: String,
    /// Its content, encrypted, since it holds tokens.
    pub sealed: Vec<u8>,
    /// When it was queued.
    pub queued_at: Timestamp,
    /// How often sending it was begun.
    pub attempts: u32,
}

/// When to try again a mail that did not leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// The wait after the first failure; it doubles from there.
    pub first: Duration,
    /// The longest wait.
    pub longest: Duration,
    /// How long after it was queued a mail is given up.
    pub give_up_after: Duration,
    /// How long sending one may take; a mail whose sender crashed is due again after that.
    pub in_flight: Duration,
}

impl Default for RetryPolicy {
    /// 5 s, doubling up to 15 min, for three days; 40 s to send one, which is more than any mailer takes.
    fn default() -> Self {
        Self {
            first: Duration::from_secs(5),
            longest: Duration::from_mins(15),
            give_up_after: days(3),
            in_flight: Duration::from_secs(40),
        }
    }
}

impl RetryPolicy {
    /// The time of the next try after `attempts` of them, or `None` when it is time to give up.
    #[must_use]
    pub fn next_attempt(&self, queued_at: Timestamp, attempts: u32, now: Timestamp) -> Option<Timestamp> {
        (now.since(queued_at) < self.give_up_after).then(|| now.plus(self.delay(attempts)))
    }

    /// How long to wait after `attempts` tries.
    #[must_use]
    pub fn delay(&self, attempts: u32) -> Duration {
        let doublings = attempts.saturating_sub(1).min(16);
        self.first.saturating_mul(1 << doublings).min(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_end() {
        let policy = RetryPolicy::default();
        let seconds: Vec<u64> = (1..=9).map(|attempts| policy.delay(attempts).as_secs()).collect();
        assert_eq!(seconds, [5, 10, 20, 40, 80, 160, 320, 640, 900]);

        let queued = Timestamp::EPOCH;
        assert_eq!(policy.next_attempt(queued, 1, queued), Some(queued.plus(policy.first)));
        assert_eq!(policy.next_attempt(queued, 400, queued.plus(policy.give_up_after)), None);
    }

    #[test]
    fn every_message_has_a_name_of_its_own() {
        let (at, ip_address) = (Timestamp::EPOCH, IpAddr::from([192, 0, 2, 1]));
        let access = EmergencyAccessId::from(uuid::Uuid::nil());
        let notices = [
            Notice::AlreadyRegistered,
            Notice::PasswordChanged,
            Notice::AddressChangeRequested,
            Notice::AddressChanged,
            Notice::AccountLocked { until: at },
            Notice::SessionCompromised,
            Notice::AccountDeleted,
            Notice::RolesChanged,
            Notice::MfaEnabled,
            Notice::MfaDisabled,
            Notice::RecoveryCodesRegenerated,
            Notice::RecoveryCodeUsed,
            Notice::NewDevice { at, ip_address },
            Notice::EmergencyAccess { access, until: at },
            Notice::EmergencyAccessTaken { access, until: at },
        ];
        let link = |purpose: &LinkPurpose| {
            let token = SecretToken::presented("marked-secret").unwrap();
            Message::Link { purpose: *purpose, token, expires_at: at }
        };
        let messages = LinkPurpose::ALL.iter().map(link).chain(notices.map(Message::Notice));
        let names: Vec<&str> = messages.map(|message| message.as_str()).collect();
        assert!(names.contains(&"verify_address") && names.contains(&"password_changed"), "{names:?}");
        let different: BTreeSet<&str> = names.iter().copied().collect();
        assert_eq!(different.len(), names.len(), "{names:?}");
    }

    #[test]
    fn a_message_does_not_print_its_token() {
        let token = SecretToken::presented("marked-secret").unwrap();
        let link = Message::Link { purpose: LinkPurpose::ResetPassword, token, expires_at: Timestamp::EPOCH };
        assert!(!format!("{link:?}").contains("marked"));
    }
}
