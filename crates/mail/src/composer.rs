//! Making an e-mail of a message.

use std::str::FromStr;
use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, MultiPart, MultiPartKind, SinglePart};
use lettre::{Address, Message};
use url::Url;
use voxgate_domain::mail::{LinkPurpose, Mail, Message as What, Notice};
use voxgate_domain::ports::{Cause, MailError};
use voxgate_domain::{EmailAddress, MailId, Timestamp};

use crate::layout::{Content, LinkPart};
use crate::wording::{Language, Wording, Words};

/// Makes e-mails (RFC 5322) of messages: in text and HTML, in the language of the receiver, the same ones at every try.
#[derive(Clone, Debug)]
pub struct MailComposer {
    /// Without a slash at the end.
    public_url: String,
    from: Mailbox,
}

/// Whom mails come from, such as `Voxgate <no-reply@example.org>`.
#[derive(Clone, Debug)]
pub struct Sender(Mailbox);

impl FromStr for Sender {
    type Err = ComposerError;

    fn from_str(text: &str) -> Result<Self, ComposerError> {
        text.parse().map(Self).map_err(|_| ComposerError::From)
    }
}

/// Why no mails can be made with these settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ComposerError {
    /// Links cannot begin with it.
    #[error("the public URL must be http: or https:, with a host and without user, query or fragment")]
    PublicUrl,
    /// It is no address.
    #[error("the sender must be an address like `Voxgate <no-reply@example.org>`")]
    From,
}

/// How the text part may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextEncoding {
    /// So that every mail server takes it: quoted-printable where it is not ASCII.
    Portable,
    /// So that people and `grep` can read the file: never quoted-printable.
    Readable,
}

impl MailComposer {
    /// Mails whose links begin with `public_url` and that come from `from`.
    ///
    /// # Errors
    ///
    /// [`ComposerError::PublicUrl`] when links cannot begin with it.
    pub fn new(public_url: Url, from: Sender) -> Result<Self, ComposerError> {
        let web = matches!(public_url.scheme(), "http" | "https") && public_url.has_host();
        let bare = public_url.query().is_none() && public_url.fragment().is_none();
        let anonymous = public_url.username().is_empty() && public_url.password().is_none();
        if !(web && bare && anonymous) {
            return Err(ComposerError::PublicUrl);
        }
        Ok(Self { public_url: public_url.as_str().trim_end_matches('/').to_owned(), from: from.0 })
    }

    /// The e-mail of `mail`.
    pub(crate) fn compose(&self, mail: &Mail, encoding: TextEncoding) -> Result<Message, MailError> {
        let language = Language::of(mail.locale.as_ref());
        let wording = language.wording();
        let mut fact = None;
        let (words, link) = match &mail.message {
            What::Link { purpose, token, expires_at } => {
                let words = wording.link(*purpose);
                let link = LinkPart {
                    action: words.action,
                    url: format!("{}/{}?token={}", self.public_url, page(*purpose), token.expose()),
                    alone: wording.token_alone(),
                    token: token.expose().to_owned(),
                    until: wording.good_until(&minute(*expires_at)),
                };
                (words, Some(link))
            }
            What::Notice(notice) => {
                fact = fact_of(*notice, wording);
                (wording.notice(*notice), None)
            }
        };
        let mut paragraphs = words.paragraphs.to_vec();
        paragraphs.extend(fact.as_deref());
        let content = Content {
            language: language.tag(),
            heading: words.heading,
            paragraphs: &paragraphs,
            link,
            advice: words.advice,
            footer: wording.footer(),
        };
        let text = text_body(content.text().map_err(malformed)?, encoding);
        let html = Body::new(content.html().map_err(malformed)?);
        self.envelope(mail, language, &words, text, html)
    }

    fn envelope(
        &self,
        mail: &Mail,
        language: Language,
        words: &Words,
        text: Body,
        html: Body,
    ) -> Result<Message, MailError> {
        let header = |name, value: &str| HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned());
        let parts = MultiPart::builder()
            .kind(MultiPartKind::Alternative)
            .boundary(format!("voxgate-{}", mail.id))
            .singlepart(SinglePart::builder().header(ContentType::TEXT_PLAIN).body(text))
            .singlepart(SinglePart::builder().header(ContentType::TEXT_HTML).body(html));
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address(&mail.to)?))
            .subject(words.subject)
            .date(queued_at(mail.id))
            .message_id(Some(format!("<{}@{}>", mail.id, self.from.email.domain())))
            .raw_header(header("Content-Language", language.tag()))
            // So that no out-of-office program answers (RFC 3834, section 5).
            .raw_header(header("Auto-Submitted", "auto-generated"))
            .multipart(parts)
            .map_err(malformed)
    }
}

/// The page that a link leads to.
const fn page(purpose: LinkPurpose) -> &'static str {
    match purpose {
        LinkPurpose::VerifyAddress | LinkPurpose::ConfirmNewAddress => "verify-email",
        LinkPurpose::ResetPassword | LinkPurpose::FinishRegistration | LinkPurpose::AcceptInvitation => {
            "reset-password"
        }
    }
}

/// The sentence with what only this message has, if it has something.
fn fact_of(notice: Notice, wording: &dyn Wording) -> Option<String> {
    match notice {
        Notice::AccountLocked { until } => Some(wording.locked_until(&minute(until))),
        Notice::NewDevice { at, ip_address } => Some(wording.logged_in_at(&minute(at), &ip_address.to_string())),
        Notice::EmergencyAccess { access, until } | Notice::EmergencyAccessTaken { access, until } => {
            Some(wording.open_until(&minute(until), &access.to_string()))
        }
        _ => None,
    }
}

/// `2026-05-12 14:30 UTC`: the same in every language, and no day and month to mix up.
fn minute(at: Timestamp) -> String {
    let minute: String = at.to_string().chars().take("2026-05-12T14:30".len()).collect();
    format!("{} UTC", minute.replace('T', " "))
}

/// When the mail was queued, which its id (a UUIDv7) says: the same at every try. A mail with another kind of id is
/// dated when it is written.
fn queued_at(id: MailId) -> SystemTime {
    let since_epoch = id.as_uuid().get_timestamp().map(|at| at.to_unix());
    #[expect(clippy::disallowed_methods, reason = "only for ids that no Voxgate makes; a mail must have a date")]
    since_epoch.map_or_else(SystemTime::now, |(seconds, nanos)| {
        SystemTime::UNIX_EPOCH + Duration::new(seconds.min(u64::from(u32::MAX)), nanos)
    })
}

fn address(to: &EmailAddress) -> Result<Address, MailError> {
    to.deliverable().parse().map_err(malformed)
}

/// The text part. lettre alone would choose quoted-printable for lines of more than 76 characters, which breaks the
/// link in the file; RFC 5322, section 2.1.1, allows 998.
fn text_body(text: String, encoding: TextEncoding) -> Body {
    let short = text.lines().all(|line| line.len() <= 998);
    let plain = short && !text.contains(['\r', '\0']);
    let identity = match encoding {
        _ if plain && text.is_ascii() => Some(ContentTransferEncoding::SevenBit),
        TextEncoding::Readable if plain => Some(ContentTransferEncoding::EightBit),
        _ => None,
    };
    match identity {
        Some(identity) => Body::dangerous_pre_encoded(text.replace('\n', "\r\n").into_bytes(), identity),
        None => Body::new(text),
    }
}

fn malformed(cause: impl Into<Cause>) -> MailError {
    MailError::Malformed(cause.into())
}

#[cfg(test)]
#[path = "composer_tests.rs"]
pub(crate) mod tests;
