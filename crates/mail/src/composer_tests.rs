//! What every mail has and has not.

use mailparse::{MailHeaderMap as _, ParsedMail, parse_mail};
use rstest::rstest;
use voxgate_domain::{EmergencyAccessId, Locale, SecretToken};

use super::*;

pub(crate) const TOKEN: &str = "q7Vd0zKp3-xYb_1mN8rT5wQ2sL6hJ4fG9cA0eU3iO7k";
const UNTIL: i64 = 1_790_000_000_000_000;

pub(crate) fn composer() -> MailComposer {
    let url = Url::parse("https://auth.example.org/").unwrap();
    MailComposer::new(url, "Voxgate <no-reply@mail.example.org>".parse().unwrap()).unwrap()
}

fn until() -> Timestamp {
    Timestamp::from_unix_micros(UNTIL).unwrap()
}

fn mail(language: &str, message: What) -> Mail {
    Mail {
        id: "0199d1a2-7c00-7000-8000-000000000001".parse().unwrap(),
        to: EmailAddress::parse("ada.king@Bücher.example").unwrap(),
        locale: Locale::parse(language).ok(),
        message,
    }
}

fn link(purpose: LinkPurpose) -> What {
    What::Link { purpose, token: SecretToken::presented(TOKEN).unwrap(), expires_at: until() }
}

pub(crate) fn link_mail(language: &str) -> Mail {
    mail(language, link(LinkPurpose::VerifyAddress))
}

fn notices() -> [Notice; 15] {
    let access = "018f0000-0000-7000-8000-000000000000".parse::<EmergencyAccessId>().unwrap();
    [
        Notice::AlreadyRegistered,
        Notice::PasswordChanged,
        Notice::AddressChangeRequested,
        Notice::AddressChanged,
        Notice::AccountLocked { until: Timestamp::EPOCH },
        Notice::SessionCompromised,
        Notice::AccountDeleted,
        Notice::RolesChanged,
        Notice::MfaEnabled,
        Notice::MfaDisabled,
        Notice::RecoveryCodesRegenerated,
        Notice::RecoveryCodeUsed,
        Notice::NewDevice { at: Timestamp::EPOCH, ip_address: std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST) },
        Notice::EmergencyAccess { access, until: Timestamp::EPOCH },
        Notice::EmergencyAccessTaken { access, until: Timestamp::EPOCH },
    ]
}

fn every_message() -> Vec<What> {
    let links = LinkPurpose::ALL.iter().map(|purpose| link(*purpose));
    links.chain(notices().map(What::Notice)).collect()
}

/// The text and the HTML of a mail as a reader shows them.
fn parts(parsed: &ParsedMail<'_>) -> (String, String) {
    let [text, html] = parsed.subparts.as_slice() else { panic!("two parts, the text first") };
    assert_eq!((text.ctype.mimetype.as_str(), html.ctype.mimetype.as_str()), ("text/plain", "text/html"));
    (text.get_body().unwrap(), html.get_body().unwrap())
}

fn composed(mail: &Mail, encoding: TextEncoding) -> Vec<u8> {
    composer().compose(mail, encoding).unwrap().formatted()
}

#[rstest]
fn every_message_in_every_language_parses_and_says_what_it_must(
    #[values("en", "de", "de-CH")] language: &str,
    #[values(TextEncoding::Portable, TextEncoding::Readable)] encoding: TextEncoding,
) {
    for message in every_message() {
        let bytes = composed(&mail(language, message.clone()), encoding);
        let parsed = parse_mail(&bytes).unwrap();
        let (text, html) = parts(&parsed);
        let (tag, _) = language.split_at(2);

        assert_eq!(parsed.ctype.mimetype, "multipart/alternative");
        assert_eq!(parsed.headers.get_first_value("Content-Language").unwrap(), tag);
        assert!(html.contains(&format!("<html lang=\"{tag}\">")));
        assert!(!html.contains("<img") && !html.contains("<link") && !html.contains("@import"));
        let heading = text.lines().next().unwrap();
        assert!(html.contains(heading), "{heading}");
        match &message {
            What::Link { purpose, .. } => {
                let url = format!("https://auth.example.org/{}?token={TOKEN}", page(*purpose));
                assert!(text.lines().any(|line| line == url) && text.lines().any(|line| line == TOKEN), "{text}");
                assert!(html.contains(&format!("href=\"{url}\"")) && html.contains(&format!(">{TOKEN}<")), "{html}");
                assert!(text.contains("2026-09-21 14:13 UTC") && html.contains("2026-09-21 14:13 UTC"), "{text}");
            }
            What::Notice(notice) => {
                assert!(!text.contains("http") && !html.contains("href"));
                let timed = fact_of(*notice, Language::English.wording()).is_some();
                let unwrapped = text.split_whitespace().collect::<Vec<_>>().join(" ");
                assert_eq!(unwrapped.contains("1970-01-01 00:00 UTC"), timed);
            }
        }
        assert!(!text.contains("\n\n\n") && text.lines().all(|line| line.len() <= 100), "{text}");
    }
}

#[test]
fn who_has_no_language_or_an_unknown_one_gets_english() {
    let subject = |language: &str| {
        let bytes = composed(&link_mail(language), TextEncoding::Portable);
        parse_mail(&bytes).unwrap().headers.get_first_value("Subject").unwrap()
    };
    assert_eq!(subject("fr"), subject("en"));
    assert_eq!(subject(""), subject("en"));
    assert_eq!(subject("de-AT"), "Voxgate: E-Mail-Adresse bestätigen");
}

#[test]
fn headers_are_those_of_an_automatic_mail_and_the_same_at_every_try() {
    let bytes = composed(&link_mail("en"), TextEncoding::Portable);
    let parsed = parse_mail(&bytes).unwrap();
    let header = |name| parsed.headers.get_first_value(name).unwrap();

    assert_eq!(header("From"), "Voxgate <no-reply@mail.example.org>");
    assert_eq!(header("To"), "ada.king@xn--bcher-kva.example");
    assert_eq!(header("Message-ID"), "<0199d1a2-7c00-7000-8000-000000000001@mail.example.org>");
    assert_eq!(header("Auto-Submitted"), "auto-generated");
    assert!(header("Date").contains(" 2025 "), "the time in its id: {}", header("Date"));
    assert_eq!(bytes, composed(&link_mail("en"), TextEncoding::Portable));
}

#[test]
fn subjects_have_nothing_of_the_person() {
    for message in every_message() {
        for language in ["en", "de"] {
            let bytes = composed(&mail(language, message.clone()), TextEncoding::Portable);
            let subject = parse_mail(&bytes).unwrap().headers.get_first_value("Subject").unwrap();
            assert!(subject.starts_with("Voxgate: "), "{subject}");
            assert!(!subject.contains("ada") && !subject.contains(TOKEN) && !subject.contains('@'));
        }
    }
}

#[test]
fn what_leaves_by_smtp_is_ascii_and_the_file_is_not_quoted() {
    let mail = link_mail("de");
    assert!(composed(&mail, TextEncoding::Portable).is_ascii());
    let file = String::from_utf8(composed(&mail, TextEncoding::Readable)).unwrap();
    assert!(file.contains("Content-Transfer-Encoding: 8bit") && file.contains("bestätigen"));
}

#[rstest]
#[case("Evil\r\nBcc: all@example.org <no-reply@example.org>")]
#[case("no-reply@example.org\r\nBcc: all@example.org")]
#[case("no-reply@exam\nple.org")]
#[case("no-reply")]
#[case("")]
fn a_sender_cannot_bring_headers(#[case] from: &str) {
    let url = Url::parse("https://auth.example.org").unwrap();
    match from.parse::<Sender>() {
        Err(error) => assert_eq!(error, ComposerError::From),
        Ok(from) => {
            let composer = MailComposer::new(url, from).unwrap();
            let bytes = composer.compose(&link_mail("en"), TextEncoding::Portable).unwrap().formatted();
            assert!(parse_mail(&bytes).unwrap().headers.get_first_header("Bcc").is_none());
        }
    }
}

#[rstest]
#[case("https://auth.example.org/base/", Some("https://auth.example.org/base/verify-email?token="))]
#[case("http://localhost:8000", Some("http://localhost:8000/verify-email?token="))]
#[case("https://auth.example.org/?next=evil", None)]
#[case("https://auth.example.org/#evil", None)]
#[case("https://user:secret@auth.example.org/", None)]
#[case("javascript:alert(1)", None)]
#[case("mailto:a@example.org", None)]
#[case("ftp://example.org", None)]
fn links_begin_with_the_public_url(#[case] url: &str, #[case] link: Option<&str>) {
    let composer = MailComposer::new(Url::parse(url).unwrap(), "Voxgate <no-reply@localhost>".parse().unwrap());
    let Some(link) = link else {
        assert_eq!(composer.unwrap_err(), ComposerError::PublicUrl);
        return;
    };
    let bytes = composer.unwrap().compose(&link_mail("en"), TextEncoding::Readable).unwrap().formatted();
    assert!(String::from_utf8(bytes).unwrap().contains(&format!("\r\n{link}{TOKEN}\r\n")));
}

#[test]
fn a_hostile_public_url_stays_an_address() {
    let url = Url::parse("https://auth.example.org/a&b'c\"<script>").unwrap();
    let composer = MailComposer::new(url, "Voxgate <no-reply@localhost>".parse().unwrap()).unwrap();
    let bytes = composer.compose(&link_mail("en"), TextEncoding::Portable).unwrap().formatted();
    let (_, html) = parts(&parse_mail(&bytes).unwrap());
    assert!(!html.contains("<script") && !html.contains("'c") && !html.contains("a&b"), "{html}");
}
