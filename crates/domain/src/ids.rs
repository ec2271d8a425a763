//! Identifiers: UUIDs of version 7 (RFC 9562, section 5.7), each a type of its own.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::Timestamp;
use crate::ports::Entropy;

/// A UUIDv7 of `now` and ten random bytes.
pub(crate) fn uuid_v7(now: Timestamp, entropy: &dyn Entropy) -> Uuid {
    let mut random = [0; 10];
    entropy.fill(&mut random);
    let millis = u64::try_from(now.unix_micros() / 1_000).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
        pub struct $name(Uuid);

        impl $name {
            /// A new identifier of the millisecond `now` and 74 bits of `entropy`, which sorts after those of earlier
            /// milliseconds.
            #[must_use]
            pub fn generate(now: Timestamp, entropy: &dyn Entropy) -> Self {
                Self(uuid_v7(now, entropy))
            }

            /// The identifier as a UUID.
            #[must_use]
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        /// Takes over any UUID: what a store kept, or a token says.
        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        /// Any form of a UUID; [`uuid::Error`] for what is none.
        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::from_str(text).map(Self)
            }
        }

        /// Hyphenated, in lower case (RFC 9562, section 4).
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// Identifies a user: the subject of a token.
    UserId
);
id!(
    /// Identifies a session.
    SessionId
);
id!(
    /// Identifies an audit event.
    AuditEventId
);
id!(
    /// Identifies a message in the outbox.
    MailId
);
id!(
    /// Identifies a one-time token; the token itself is a secret and something else.
    OneTimeTokenId
);
id!(
    /// Identifies one assignment of a role to a user.
    RoleAssignmentId
);

id!(
    /// Identifies a device on which a user has logged in.
    DeviceId
);
id!(
    /// Identifies an emergency access.
    EmergencyAccessId
);
id!(
    /// Identifies a service account: its client id.
    ServiceAccountId
);
id!(
    /// Identifies an endpoint of webhooks.
    WebhookId
);

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(u8);
    impl Entropy for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn ids_are_of_version_7_and_sort_by_time() {
        let early = UserId::generate(Timestamp::from_unix_micros(1_000_000).unwrap(), &Fixed(255));
        let late = UserId::generate(Timestamp::from_unix_micros(2_000_000).unwrap(), &Fixed(0));
        assert_eq!(early.as_uuid().get_version_num(), 7);
        assert!(early < late);
    }
}
