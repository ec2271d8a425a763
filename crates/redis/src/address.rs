//! Where a Redis is, and how it is spoken to.

use std::fmt;
use std::fs;
use std::net::IpAddr;

use redis::{Client, ConnectionInfo, TlsCertificates};
use url::{Host, Url};

/// Where a Redis is: `redis://` or, encrypted, `rediss://`. It does not print, since it may hold a password.
#[derive(Clone)]
pub struct RedisAddress {
    info: ConnectionInfo,
    private: bool,
}

/// The address is unfit. The message does not repeat it, since it may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum RedisAddressError {
    /// It is no address of a Redis.
    #[error(
        "must be redis://host:port/db or, encrypted, rediss://user:password@host:port/db, with user and password \
         percent-encoded"
    )]
    Malformed,
    /// The authority that it names is not there.
    #[error("sslrootcert cannot be read, or holds no certificate in PEM")]
    RootCertificate,
}

impl RedisAddress {
    /// Reads `url`. With `rediss://` the server's certificate is verified, its name too: by the public authorities, or by
    /// those in the PEM file that `?sslrootcert=` names.
    ///
    /// # Errors
    ///
    /// A [`RedisAddressError`] that says what it must be.
    pub fn parse(url: &str) -> Result<Self, RedisAddressError> {
        let mut url = Url::parse(url).map_err(|_| RedisAddressError::Malformed)?;
        // The client would take `#insecure` for the wish not to verify.
        if !matches!(url.scheme(), "redis" | "rediss") || !url.has_host() || url.fragment().is_some() {
            return Err(RedisAddressError::Malformed);
        }
        let encrypted = url.scheme() == "rediss";
        let private = encrypted || url.password().is_none() || is_here(&url);
        let root = url.query_pairs().find(|(name, _)| name == "sslrootcert").map(|(_, path)| path.into_owned());
        url.set_query(None);
        let info = if encrypted { encrypted_info(url.as_str(), root.as_deref())? } else { plain_info(url.as_str())? };
        Ok(Self { info, private })
    }

    /// Whether a password that it holds, if it holds one, is never sent over a network in the clear.
    #[must_use]
    pub const fn is_private(&self) -> bool {
        self.private
    }

    pub(crate) fn info(&self) -> ConnectionInfo {
        self.info.clone()
    }
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback()),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

fn plain_info(url: &str) -> Result<ConnectionInfo, RedisAddressError> {
    let client = Client::open(url).map_err(|_| RedisAddressError::Malformed)?;
    Ok(client.get_connection_info().clone())
}

fn encrypted_info(url: &str, root: Option<&str>) -> Result<ConnectionInfo, RedisAddressError> {
    // One cryptographic library for the whole process; whoever set it first was us too.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let root_cert = root.map(fs::read).transpose().map_err(|_| RedisAddressError::RootCertificate)?;
    let Some(root_cert) = root_cert else { return plain_info(url) };
    let certificates = TlsCertificates { client_tls: None, root_cert: Some(root_cert) };
    let client = Client::build_with_tls(url, certificates).map_err(|_| RedisAddressError::RootCertificate)?;
    Ok(client.get_connection_info().clone())
}

impl fmt::Debug for RedisAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RedisAddress(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("redis://127.0.0.1:6379", true)]
    #[case("redis://:secret@localhost/1", true)]
    #[case("redis://:secret@[::1]:6379", true)]
    #[case("redis://redis:6379", true)]
    #[case("redis://:secret@redis.example.org", false)]
    #[case("rediss://user:secret@redis.example.org:6380/2", true)]
    fn a_password_travels_encrypted_or_not_at_all(#[case] url: &str, #[case] private: bool) {
        assert_eq!(RedisAddress::parse(url).unwrap().is_private(), private);
    }

    #[rstest]
    #[case("marked")]
    #[case("http://:marked@redis.example.org")]
    #[case("redis+unix:///marked")]
    #[case("redis://:marked@redis.example.org/not-a-number")]
    #[case("rediss://:marked@redis.example.org/#insecure")]
    #[case("rediss://:marked@redis.example.org?sslrootcert=/nowhere.pem")]
    fn an_unfit_address_is_refused_and_not_repeated(#[case] url: &str) {
        let error = RedisAddress::parse(url).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("marked"));
    }

    #[test]
    fn an_address_does_not_print() {
        assert!(!format!("{:?}", RedisAddress::parse("redis://:marked@localhost").unwrap()).contains("marked"));
    }
}
