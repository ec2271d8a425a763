//! Addresses, names and other short texts.

use voxgate_domain::policy::Limit;
use voxgate_domain::webhook::WebhookUrl;
use voxgate_domain::{
    DeviceName, DisplayName, EmailAddress, Locale, PhoneNumber, Reason, RequestId, RoleName, ServiceName, TimeZone,
    UserAgent,
};

pub(super) fn texts(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    address(text);
    settled(text, |text| DisplayName::parse(text).ok().map(String::from));
    settled(text, |text| DeviceName::parse(text).ok().map(String::from));
    settled(text, |text| Reason::parse(text).ok().map(String::from));
    settled(text, |text| ServiceName::parse(text).ok().map(String::from));
    settled(text, |text| PhoneNumber::parse(text).ok().map(String::from));
    settled(text, |text| Locale::parse(text).ok().map(String::from));
    settled(text, |text| RoleName::parse(text).ok().map(|role| role.to_string()));
    settled(text, |text| TimeZone::parse(text).ok().map(|zone| zone.as_str().to_owned()));
    settled(text, |text| UserAgent::from_header(text).map(|agent| agent.as_str().to_owned()));
    settled(text, |text| RequestId::parse(text).map(|id| id.to_string()));
    settled(text, |text| WebhookUrl::parse(text).ok().map(|url| url.as_str().to_owned()));
    settled(text, |text| text.parse::<Limit>().ok().map(|limit| limit.to_string()));
}

/// What is accepted has no character that forges a line, and is accepted again as it is.
fn settled(text: &str, parse: impl Fn(&str) -> Option<String>) {
    let Some(value) = parse(text) else { return };
    assert!(!value.is_empty() && !value.chars().any(char::is_control), "{value:?}");
    assert_eq!(parse(&value).as_deref(), Some(value.as_str()), "{text:?}");
}

/// One account however it is typed, and nothing in it that a mail server takes for something else.
fn address(text: &str) {
    let Ok(address) = EmailAddress::parse(text) else { return };
    let deliverable = address.deliverable();
    for form in [address.normalized(), deliverable.as_str(), address.as_typed()] {
        assert!(form.len() <= EmailAddress::MAX_BYTES, "{form}");
        assert_eq!(EmailAddress::parse(form).as_ref(), Ok(&address), "{form:?} of {text:?}");
    }
    let odd = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>' | '"' | ',' | ';' | ':' | '\\');
    assert!(deliverable.is_ascii() && !deliverable.contains(odd), "{deliverable:?}");
    assert_eq!(deliverable.matches('@').count(), 1, "{deliverable:?}");
}
