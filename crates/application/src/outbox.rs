//! The outbox: what is queued with a change and worked off after it.
//!
//! Its content is encrypted, since links hold tokens that are stored nowhere else but as hashes.

use secrecy::{ExposeSecret as _, SecretSlice};
use serde::{Deserialize, Serialize};
use voxgate_domain::mail::{LinkPurpose, Mail, Message, Notice, OutboxEntry};
use voxgate_domain::notification::{Delivery, Notification};
use voxgate_domain::ports::UnitOfWork;
use voxgate_domain::{EmailAddress, Locale, MailId, SecretToken, Timestamp, User, UserId};

use crate::{Application, Error};

/// What an entry asks for.
#[derive(Debug)]
pub(crate) enum Errand {
    /// Send this mail.
    Send(Message),
    /// Find out whether the address has an account that a link of this purpose is for, and send one then. Whoever asked
    /// for it got their answer before anybody looked, so the answer cannot tell.
    MakeLink(LinkPurpose),
}

/// The encrypted form of an [`Errand`].
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Content {
    Link { purpose: String, token: String, expires_at: Timestamp },
    Notice(Notice),
    MakeLink { purpose: String },
}

impl Content {
    fn of(errand: &Errand) -> Self {
        match errand {
            Errand::Send(Message::Link { purpose, token, expires_at }) => Self::Link {
                purpose: purpose.as_str().to_owned(),
                token: token.expose().to_owned(),
                expires_at: *expires_at,
            },
            Errand::Send(Message::Notice(notice)) => Self::Notice(*notice),
            Errand::MakeLink(purpose) => Self::MakeLink { purpose: purpose.as_str().to_owned() },
        }
    }

    fn into_errand(self) -> Option<Errand> {
        Some(match self {
            Self::Link { purpose, token, expires_at } => Errand::Send(Message::Link {
                purpose: LinkPurpose::parse(&purpose)?,
                token: SecretToken::presented(&token)?,
                expires_at,
            }),
            Self::Notice(notice) => Errand::Send(Message::Notice(notice)),
            Self::MakeLink { purpose } => Errand::MakeLink(LinkPurpose::parse(&purpose)?),
        })
    }
}

/// The content of an entry is none that this version knows.
#[derive(Debug, thiserror::Error)]
#[error("the content of an outbox entry is not readable")]
struct UnreadableContent;

/// To whom an entry goes.
#[derive(Debug)]
pub(crate) struct Recipient<'a> {
    pub(crate) user: Option<UserId>,
    pub(crate) address: &'a EmailAddress,
    pub(crate) locale: Option<&'a Locale>,
}

impl<'a> Recipient<'a> {
    pub(crate) fn owner(user: &'a User) -> Self {
        Self { user: Some(user.id), address: &user.email, locale: user.profile.locale.as_ref() }
    }

    pub(crate) fn at(self, address: &'a EmailAddress) -> Self {
        Self { address, ..self }
    }
}

impl Application {
    /// Queues `errand`; it is due once the transaction commits.
    ///
    /// # Errors
    ///
    /// An error of the store or the cipher.
    pub(crate) async fn queue(
        &self,
        uow: &mut dyn UnitOfWork,
        to: Recipient<'_>,
        errand: &Errand,
    ) -> Result<(), Error> {
        let now = self.ports.clock.now();
        let id = MailId::generate(now, &*self.ports.entropy);
        let kind = match errand {
            Errand::Send(message) => message.as_str().to_owned(),
            Errand::MakeLink(purpose) => format!("make_link.{}", purpose.as_str()),
        };
        let plain = serde_json::to_vec(&Content::of(errand)).map_err(|error| Error::Internal(error.into()))?;
        let plain = SecretSlice::from(plain);
        let sealed = self.ports.cipher.seal(&context(id), plain.expose_secret())?;
        let entry = OutboxEntry {
            id,
            user_id: to.user,
            recipient: to.address.clone(),
            locale: to.locale.cloned(),
            kind,
            sealed,
            queued_at: now,
            attempts: 0,
        };
        uow.outbox().push(&entry).await?;
        if let (Some(user_id), Errand::Send(_)) = (to.user, errand) {
            let notification =
                Notification { id, user_id, kind: entry.kind, queued_at: now, delivery: Delivery::Queued };
            uow.notifications().add(&notification).await?;
        }
        Ok(())
    }

    /// Queues a notice to the owner of an account.
    ///
    /// # Errors
    ///
    /// As [`Application::queue`].
    pub(crate) async fn queue_notice(
        &self,
        uow: &mut dyn UnitOfWork,
        owner: &User,
        notice: Notice,
    ) -> Result<(), Error> {
        self.queue(uow, Recipient::owner(owner), &Errand::Send(Message::Notice(notice))).await
    }

    /// What `entry` asks for.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] when it cannot be decrypted, or this version does not know its content.
    pub(crate) fn errand_of(&self, entry: &OutboxEntry) -> Result<Errand, Error> {
        let plain = self.ports.cipher.open(&context(entry.id), &entry.sealed)?;
        let content: Option<Content> = serde_json::from_slice(plain.expose_secret()).ok();
        content.and_then(Content::into_errand).ok_or_else(|| Error::Internal(UnreadableContent.into()))
    }
}

/// The mail that `entry` stands for.
pub(crate) fn mail_of(entry: &OutboxEntry, message: Message) -> Mail {
    Mail { id: entry.id, to: entry.recipient.clone(), locale: entry.locale.clone(), message }
}

/// Binds a content to its entry, so that it cannot be moved to another.
pub(crate) fn context(id: MailId) -> String {
    format!("mail_outbox/{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_errand_survives_the_way_through_the_outbox() {
        let token = SecretToken::presented("token-of-the-test").unwrap();
        let link =
            |purpose| Errand::Send(Message::Link { purpose, token: token.clone(), expires_at: Timestamp::EPOCH });
        let notices = [Notice::AlreadyRegistered, Notice::AccountLocked { until: Timestamp::EPOCH }];
        let errands = LinkPurpose::ALL
            .iter()
            .flat_map(|purpose| [link(*purpose), Errand::MakeLink(*purpose)])
            .chain(notices.map(|notice| Errand::Send(Message::Notice(notice))));
        for errand in errands {
            let text = serde_json::to_string(&Content::of(&errand)).unwrap();
            let back = serde_json::from_str::<Content>(&text).unwrap().into_errand().unwrap();
            assert_eq!(format!("{back:?}"), format!("{errand:?}"));
        }
    }
}
