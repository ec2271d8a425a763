//! Who calls, as far as the wire tells: recorded with sessions and audit events.

use std::fmt;
use std::net::IpAddr;

use crate::Timestamp;
use crate::ids::uuid_v7;
use crate::ports::Entropy;

/// What is known of the caller's side of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientContext {
    /// The address of the caller, after trusted proxies.
    pub ip_address: IpAddr,
    /// The `User-Agent` header, cleaned and cut.
    pub user_agent: Option<UserAgent>,
    /// The request's identifier, for finding it in logs.
    pub request_id: RequestId,
}

/// A `User-Agent` header (RFC 9110, section 10.1.5) without control characters, at most 256 characters long. Longer ones
/// are cut.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(transparent))]
pub struct UserAgent(String);

impl UserAgent {
    /// The longest that is kept, in characters.
    pub const MAX_CHARS: usize = 256;

    /// What can be kept of `header`, or `None` when nothing can.
    #[must_use]
    pub fn from_header(header: &str) -> Option<Self> {
        let kept: String = header.chars().filter(|c| !c.is_control()).take(Self::MAX_CHARS).collect();
        let kept = kept.trim();
        (!kept.is_empty()).then(|| Self(kept.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The identifier of one request: 8 to 64 characters of `[A-Za-z0-9_-]`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(transparent))]
pub struct RequestId(String);

impl RequestId {
    /// A new identifier, which sorts after those made earlier.
    #[must_use]
    pub fn generate(now: Timestamp, entropy: &dyn Entropy) -> Self {
        Self(uuid_v7(now, entropy).to_string())
    }

    /// The identifier in `text`, or `None` when it is too short, too long or has other characters.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let sane = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        ((8..=64).contains(&text.len()) && sane).then(|| Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_is_kept_as_it_came() {
        let id = RequestId::parse("load-balancer_7").unwrap();
        assert_eq!((id.as_str(), id.to_string().as_str()), ("load-balancer_7", "load-balancer_7"));
    }

    #[test]
    fn a_user_agent_loses_control_characters_and_its_end() {
        let agent = UserAgent::from_header(&format!("curl\r\n{}", "x".repeat(1_000))).unwrap();
        assert_eq!(agent.as_str().len(), UserAgent::MAX_CHARS);
        assert!(agent.as_str().starts_with("curlx"));
        assert_eq!(UserAgent::from_header("\n \t"), None);
    }

    #[test]
    fn only_a_sane_request_id_is_taken_over() {
        assert!(RequestId::parse("01JB-abc_9").is_some());
        for bad in ["short", "has space in it", "line\nbreak-12", &"x".repeat(65)] {
            assert_eq!(RequestId::parse(bad), None, "{bad:?}");
        }
    }
}
