//! Where a Voxgate is.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use reqwest::Url;

/// The base address of a Voxgate: `https`, or `http` on the loopback interface, since whoever can change the keys on
/// their way can sign every token (RFC 8725, section 3.10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoxgateAddress(String);

/// The text is no address that keys may be fetched from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidAddress {
    /// It is no URL with a host.
    #[error("not the URL of a Voxgate, such as https://auth.example.org")]
    Malformed,
    /// It has a user, a query or a fragment.
    #[error("the URL of a Voxgate has no user, no query and no fragment")]
    NotABase,
    /// It is plain HTTP to another machine.
    #[error("keys are fetched by https, except from the loopback interface")]
    Insecure,
}

impl FromStr for VoxgateAddress {
    type Err = InvalidAddress;

    fn from_str(text: &str) -> Result<Self, InvalidAddress> {
        let url = Url::parse(text).map_err(|_| InvalidAddress::Malformed)?;
        let host = url.host_str().ok_or(InvalidAddress::Malformed)?;
        let credentials = !url.username().is_empty() || url.password().is_some();
        if credentials || url.query().is_some() || url.fragment().is_some() {
            return Err(InvalidAddress::NotABase);
        }
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(host) => {}
            "http" => return Err(InvalidAddress::Insecure),
            _ => return Err(InvalidAddress::Malformed),
        }
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }
}

impl VoxgateAddress {
    /// The address without a slash at its end: what Voxgate writes as `iss` unless it was told otherwise.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address of `path`, which begins with a slash.
    pub(crate) fn of(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

impl fmt::Display for VoxgateAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("https://auth.example.org", Ok("https://auth.example.org"))]
    #[case("https://auth.example.org/base/", Ok("https://auth.example.org/base"))]
    #[case("http://127.0.0.1:8000", Ok("http://127.0.0.1:8000"))]
    #[case("http://[::1]:8000", Ok("http://[::1]:8000"))]
    #[case("http://localhost:8000/", Ok("http://localhost:8000"))]
    #[case("http://auth.example.org", Err(InvalidAddress::Insecure))]
    #[case("http://localhost.evil.example", Err(InvalidAddress::Insecure))]
    #[case("http://127.0.0.1@evil.example", Err(InvalidAddress::NotABase))]
    #[case("https://auth.example.org?x=1", Err(InvalidAddress::NotABase))]
    #[case("file:///etc/passwd", Err(InvalidAddress::Malformed))]
    #[case("auth.example.org", Err(InvalidAddress::Malformed))]
    fn keys_come_by_https_or_from_this_machine(#[case] text: &str, #[case] expected: Result<&str, InvalidAddress>) {
        let parsed = text.parse::<VoxgateAddress>();
        assert_eq!(parsed.as_ref().map(VoxgateAddress::as_str).map_err(|why| *why), expected);
    }
}
