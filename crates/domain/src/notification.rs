//! What a person was told, and whether it reached their mail server: the kinds of messages, never their words.

use crate::{MailId, Timestamp, UserId};

/// A message to the owner of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Which message it is: that of the mail.
    pub id: MailId,
    /// Whose account it is about.
    pub user_id: UserId,
    /// Which message of all there are, such as `password_changed`.
    pub kind: String,
    /// When it was queued, together with what it tells of.
    pub queued_at: Timestamp,
    /// What became of it.
    pub delivery: Delivery,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It waits to leave.
    Queued,
    /// The mail server took it.
    Sent(Timestamp),
    /// It was given up.
    GivenUp(Timestamp),
}

impl Delivery {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent(_) => "sent",
            Self::GivenUp(_) => "failed",
        }
    }

    /// When the mail server took it, if it did.
    #[must_use]
    pub const fn sent_at(self) -> Option<Timestamp> {
        match self {
            Self::Sent(at) => Some(at),
            Self::Queued | Self::GivenUp(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_waits_leaves_or_is_given_up() {
        let at = Timestamp::EPOCH;
        let told = |delivery: Delivery| (delivery.as_str(), delivery.sent_at());
        assert_eq!(told(Delivery::Queued), ("queued", None));
        assert_eq!(told(Delivery::Sent(at)), ("sent", Some(at)));
        assert_eq!(told(Delivery::GivenUp(at)), ("failed", None));
    }
}
