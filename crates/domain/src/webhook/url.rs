//! Where webhooks are sent.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The address of a receiver: `https`, or `http` on this machine; a host; no user name, no fragment. 1 to 2,048
/// characters of ASCII.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookUrl(String);

/// Why a text is no address of a receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookUrlError {
    /// It is too long.
    #[error("at most {} characters", WebhookUrl::MAX_CHARS)]
    TooLong,
    /// It is no URL of a receiver.
    #[error("must be a URL like https://recordings.example.org/webhooks, without user name and fragment")]
    Malformed,
    /// What is sent could be read and changed on its way.
    #[error("must begin with https://, unless it is on this machine")]
    NotEncrypted,
}

impl WebhookUrl {
    /// The most characters.
    pub const MAX_CHARS: usize = 2_048;

    /// Parses `text`.
    ///
    /// # Errors
    ///
    /// A [`WebhookUrlError`] that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, WebhookUrlError> {
        if text.len() > Self::MAX_CHARS {
            return Err(WebhookUrlError::TooLong);
        }
        let sane =
            text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'#' | b'"' | b'<' | b'>'));
        let (scheme, rest) = text.split_once("://").filter(|_| sane).ok_or(WebhookUrlError::Malformed)?;
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        let host = host_in(authority).ok_or(WebhookUrlError::Malformed)?;
        match scheme {
            "https" => Ok(Self(text.to_owned())),
            "http" if is_this_machine(host) => Ok(Self(text.to_owned())),
            "http" => Err(WebhookUrlError::NotEncrypted),
            _ => Err(WebhookUrlError::Malformed),
        }
    }

    /// The URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether what is sent is not encrypted on its way, which is for development alone.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.0.starts_with("http://")
    }
}

impl fmt::Display for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The host of `host`, `host:port`, `[address]` or `[address]:port`.
fn host_in(authority: &str) -> Option<&str> {
    let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, rest)) => {
            address.parse::<Ipv6Addr>().ok()?;
            (address, if rest.is_empty() { None } else { Some(rest.strip_prefix(':')?) })
        }
        None => authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))),
    };
    let named = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b':' | b'_'));
    let port = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
    (!host.is_empty() && named && port).then_some(host)
}

fn is_this_machine(host: &str) -> bool {
    let address = host.parse().map(|address: IpAddr| address.is_loopback());
    address.unwrap_or_else(|_| host.eq_ignore_ascii_case("localhost"))
}

/// Whether no webhook goes to `address`, whatever name led there: it is where clouds keep the credentials of machines, or
/// no address of one machine at all. Private networks are where sibling services are. `loopback` says whether this
/// machine may be called, which is for development alone: it may tell callers from itself more than others.
#[must_use]
pub fn is_refused(address: IpAddr, loopback: bool) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => refused_v4(v4, loopback),
        IpAddr::V6(v6) => {
            let metadata = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);
            let alone = v6.is_unspecified() || v6.is_multicast() || v6.is_unicast_link_local() || v6 == metadata;
            alone || (v6.is_loopback() && !loopback) || embedded_v4(v6).is_some_and(|v4| refused_v4(v4, loopback))
        }
    }
}

fn refused_v4(v4: Ipv4Addr, loopback: bool) -> bool {
    let this_network = v4.octets().first() == Some(&0);
    let alone = this_network || v4.is_multicast() || v4.is_broadcast() || v4.is_link_local();
    alone || (v4.is_loopback() && !loopback)
}

/// The IPv4 address behind a translator (RFC 6052, section 2.1).
fn embedded_v4(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    match v6.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("https://recordings.example.org/webhooks?tenant=1")]
    #[case("https://recordings.example.org:8443")]
    #[case("https://[2001:db8::1]:8443/in")]
    #[case("http://localhost:9000/in")]
    #[case("http://127.0.0.1:9000/in")]
    #[case("http://[::1]/in")]
    fn a_receiver_has_an_address(#[case] text: &str) {
        let url = WebhookUrl::parse(text).unwrap();
        assert_eq!(url.as_str(), text);
        assert_eq!(url.to_string(), text);
        assert_eq!(url.is_plain(), text.starts_with("http:"));
    }

    #[rstest]
    #[case("")]
    #[case("recordings.example.org")]
    #[case("ftp://recordings.example.org")]
    #[case("https://")]
    #[case("https:///in")]
    #[case("https://user:word@recordings.example.org/")]
    #[case("https://recordings.example.org/#part")]
    #[case("https://recordings.example.org:0/")]
    #[case("https://recordings.example.org:99999/")]
    #[case("https://[::1/")]
    #[case("https://[::1]9/")]
    #[case("https://re cordings.example.org/")]
    #[case("https://evil.example\\@good.example/")]
    #[case("https://recordings.example.org/\r\nx: y")]
    #[case("https://bücher.example/")]
    fn anything_else_is_none(#[case] text: &str) {
        assert_eq!(WebhookUrl::parse(text), Err(WebhookUrlError::Malformed));
    }

    #[test]
    fn an_address_has_a_greatest_length() {
        let longest = format!("https://recordings.example.org/{}", "x".repeat(WebhookUrl::MAX_CHARS - 31));
        assert!(WebhookUrl::parse(&longest).is_ok());
        assert_eq!(WebhookUrl::parse(&format!("{longest}x")), Err(WebhookUrlError::TooLong));
    }

    #[rstest]
    #[case("http://recordings.example.org/")]
    #[case("http://10.0.0.1/")]
    #[case("http://localhost.example.org/")]
    #[case("http://127.0.0.1.example.org/")]
    fn what_leaves_the_machine_is_encrypted(#[case] text: &str) {
        assert_eq!(WebhookUrl::parse(text), Err(WebhookUrlError::NotEncrypted));
    }

    #[rstest]
    #[case("169.254.169.254", true)]
    #[case("::ffff:169.254.169.254", true)]
    #[case("64:ff9b::a9fe:a9fe", true)]
    #[case("fe80::1", true)]
    #[case("fd00:ec2::254", true)]
    #[case("0.0.0.0", true)]
    #[case("::", true)]
    #[case("224.0.0.1", true)]
    #[case("255.255.255.255", true)]
    #[case("127.0.0.1", true)]
    #[case("::1", true)]
    #[case("10.0.0.7", false)]
    #[case("192.168.1.7", false)]
    #[case("fd12::7", false)]
    #[case("64:ff9b::a00:7", false)]
    #[case("203.0.113.7", false)]
    fn credentials_of_the_machine_are_out_of_reach(#[case] address: IpAddr, #[case] refused: bool) {
        assert_eq!(is_refused(address, false), refused);
        assert_eq!(is_refused(address, true), refused && !address.is_loopback());
    }
}
