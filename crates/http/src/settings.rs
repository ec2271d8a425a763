//! How the service is reached.

use std::time::Duration;

use ipnet::IpNet;
use url::Url;

use crate::{Capacity, ClientSettings};

/// How the service is reached.
#[derive(Clone, Debug)]
pub struct HttpSettings {
    /// The address by which clients know the service; its origin is always allowed to use the refresh cookie.
    pub public_url: Url,
    /// The exact origins whose pages may call the service (`https://app.example.org`).
    pub allowed_origins: Vec<String>,
    /// From where callers call, and who may.
    pub clients: ClientSettings,
    /// Whether clients shall insist on TLS from now on (RFC 6797).
    pub production: bool,
    /// How long requests under way may go on after the server was told to stop.
    pub shutdown_grace: Duration,
    /// How much it takes at once, and for how long.
    pub capacity: Capacity,
    /// The networks whose peers may read `/metrics` without a token, beside this machine.
    pub metrics_peers: Vec<IpNet>,
    /// The fields of request bodies that are logged, of those that [`LOGGABLE_FIELDS`](crate::LOGGABLE_FIELDS) has.
    pub logged_fields: Vec<&'static str>,
}

impl HttpSettings {
    /// Whether pages of `origin` may use the refresh cookie: those of the service itself and those that CORS allows.
    /// The comparison is exact, and `null` is nobody's origin (RFC 6454, section 7.3).
    pub(crate) fn allows_origin(&self, origin: &[u8]) -> bool {
        let own = self.public_url.origin().ascii_serialization();
        let known = std::iter::once(&own).chain(&self.allowed_origins);
        origin != b"null" && known.into_iter().any(|known| known.as_bytes() == origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("https://auth.example.org", true)]
    #[case("https://app.example.org", true)]
    #[case("https://app.example.org:8443", false)]
    #[case("http://app.example.org", false)]
    #[case("https://app.example.org.evil.example", false)]
    #[case("https://evil.example", false)]
    #[case("null", false)]
    #[case("", false)]
    fn only_exact_origins_are_allowed(#[case] origin: &str, #[case] allowed: bool) {
        let settings = HttpSettings {
            allowed_origins: vec!["https://app.example.org".to_owned(), "null".to_owned()],
            public_url: Url::parse("https://auth.example.org/base").unwrap(),
            clients: ClientSettings::default(),
            production: true,
            shutdown_grace: Duration::ZERO,
            capacity: Capacity::default(),
            metrics_peers: Vec::new(),
            logged_fields: Vec::new(),
        };
        assert_eq!(settings.allows_origin(origin.as_bytes()), allowed);
    }
}
