//! Mails to hostile addresses, in hostile languages, from hostile senders; templates with hostile texts.

use mailparse::{MailHeaderMap as _, parse_mail};
use url::Url;
use voxgate_domain::mail::{LinkPurpose, Mail, Message, Notice};
use voxgate_domain::{EmailAddress, Locale, MailId, SecretToken, Timestamp};
use voxgate_mail::{MailComposer, fuzzing};

/// What every mail has, once each; a header more was smuggled in.
const HEADERS: [&str; 9] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Content-Language",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
];

/// The bytes are lines: the receiver, their language, the sender, the address of the service.
pub(super) fn mail(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    html_is_inert(text);
    let mut lines = text.split('\n');
    let (to, locale) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let from = lines.next().filter(|line| !line.is_empty()).unwrap_or("Voxgate <no-reply@example.org>");
    let url = lines.next().filter(|line| !line.is_empty()).unwrap_or("https://auth.example.org/");
    let (Ok(to), Ok(url), Ok(from)) = (EmailAddress::parse(to), Url::parse(url), from.parse()) else { return };
    let Ok(composer) = MailComposer::new(url, from) else { return };
    let locale = Locale::parse(locale).ok();
    let token = SecretToken::presented("q7Vd0zKp3-xYb_1mN8rT5wQ2sL6hJ4fG9cA0eU3iO7k");
    let link =
        token.map(|token| Message::Link { purpose: LinkPurpose::VerifyAddress, token, expires_at: Timestamp::EPOCH });
    for message in link.into_iter().chain([Message::Notice(Notice::PasswordChanged)]) {
        let id = MailId::from(uuid());
        let mail = Mail { id, to: to.clone(), locale: locale.clone(), message };
        let composed = fuzzing::composed(&composer, &mail);
        assert!(composed.is_some(), "an address that was accepted cannot be written to: {}", to.as_typed());
        composed.iter().flatten().for_each(|raw| is_one_mail_to(&to, raw));
    }
}

fn uuid() -> uuid::Uuid {
    uuid::Uuid::from_u128(0x0199_d1a2_7c00_7000_8000_0000_0000_0001)
}

fn is_one_mail_to(to: &EmailAddress, raw: &[u8]) {
    let parsed = parse_mail(raw);
    assert!(parsed.is_ok(), "not a mail: {}", String::from_utf8_lossy(raw));
    let Ok(parsed) = parsed else { return };
    let mut names: Vec<String> = parsed.headers.iter().map(mailparse::MailHeader::get_key).collect();
    names.sort_unstable();
    let mut expected = HEADERS.map(str::to_owned).to_vec();
    expected.sort_unstable();
    assert_eq!(names, expected, "{}", String::from_utf8_lossy(raw));
    let header = parsed.headers.get_first_value("To").unwrap_or_default();
    assert_eq!(header, to.deliverable());
    assert_eq!(parsed.subparts.len(), 2);
}

/// A text that is shown makes no tag, whatever is in it.
fn html_is_inert(text: &str) {
    let tags =
        |text: &str| fuzzing::html_saying(text).map(|html| (html.matches('<').count(), html.matches('>').count()));
    let quotes = |text: &str| fuzzing::html_saying(text).map(|html| html.matches(['"', '\'']).count());
    assert_eq!(tags(text), tags("harmless"));
    assert_eq!(quotes(text), quotes("harmless"));
}
