//! Connecting to PostgreSQL, by TLS unless the address says otherwise for a reason.

use std::fs;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::NoTls;
use tokio_postgres::config::{Config, Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;
use voxgate_domain::ports::Cause;

use crate::connection::Postgres;

/// Where a PostgreSQL is, and how it is spoken to.
#[derive(Clone)]
pub(crate) struct Address {
    config: Config,
    transport: Transport,
}

/// How the bytes travel.
#[derive(Clone)]
enum Transport {
    Plain,
    /// The server's certificate is verified, its name too.
    Tls(MakeRustlsConnect),
}

/// Why an address is none.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AddressError {
    #[error("sslmode must be verify-full, require (which verifies too) or disable, not {0}")]
    Mode(String),
    #[error("sslrootcert cannot be read")]
    RootCertificate(#[source] Cause),
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
    #[error("not an address of PostgreSQL")]
    Malformed(#[source] tokio_postgres::Error),
}

impl Address {
    /// Reads `url`. Of the options in its query, `sslmode` and `sslrootcert` are understood here: `verify-full` and
    /// `require` both verify the certificate and the name, since encryption to nobody knows whom protects little;
    /// `disable`, which holds when there is none, does not encrypt. `sslrootcert` names a PEM file of the authorities to
    /// trust in the place of the public ones.
    pub(crate) fn parse(url: &str) -> Result<Self, AddressError> {
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let (mut mode, mut roots) = (String::new(), None);
        let mut others = Vec::new();
        for option in query.split('&').filter(|option| !option.is_empty()) {
            match option.split_once('=') {
                Some(("sslmode", value)) => value.clone_into(&mut mode),
                Some(("sslrootcert", value)) => {
                    roots = Some(percent_decode_str(value).decode_utf8_lossy().into_owned())
                }
                _ => others.push(option),
            }
        }
        let rest = if others.is_empty() { base.to_owned() } else { format!("{base}?{}", others.join("&")) };
        let mut config: Config = rest.parse().map_err(AddressError::Malformed)?;
        let transport = match mode.as_str() {
            "" | "disable" => Transport::Plain,
            "require" | "verify-ca" | "verify-full" => Transport::Tls(verifying(roots.as_deref())?),
            _ => return Err(AddressError::Mode(mode)),
        };
        config.ssl_mode(match transport {
            Transport::Plain => SslMode::Disable,
            Transport::Tls(_) => SslMode::Require,
        });
        Ok(Self { config, transport })
    }

    /// Whether what is sent there is encrypted, or does not leave the machine.
    pub(crate) fn is_private(&self) -> bool {
        let local = |host: &Host| match host {
            Host::Unix(_) => true,
            Host::Tcp(name) => name == "localhost" || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback()),
        };
        matches!(self.transport, Transport::Tls(_)) || self.config.get_hosts().iter().all(local)
    }

    /// Connects.
    pub(crate) async fn connect(&self) -> diesel::ConnectionResult<Postgres> {
        let failed = |error: tokio_postgres::Error| diesel::ConnectionError::BadConnection(with_causes(&error));
        match &self.transport {
            Transport::Plain => {
                let (client, connection) = self.config.connect(NoTls).await.map_err(failed)?;
                Postgres::try_from_client_and_connection(client, connection).await
            }
            Transport::Tls(tls) => {
                let (client, connection) = self.config.connect(tls.clone()).await.map_err(failed)?;
                Postgres::try_from_client_and_connection(client, connection).await
            }
        }
    }
}

/// Verifies by the authorities in the PEM file at `roots`, or else by the public ones.
fn verifying(roots: Option<&str>) -> Result<MakeRustlsConnect, AddressError> {
    let mut trusted = RootCertStore::empty();
    match roots {
        Some(path) => {
            let unreadable = |error: Cause| AddressError::RootCertificate(error);
            let pem = fs::read(Path::new(path)).map_err(|error| unreadable(error.into()))?;
            for certificate in CertificateDer::pem_slice_iter(&pem) {
                trusted.add(certificate.map_err(|error| unreadable(error.into()))?)?;
            }
            if trusted.is_empty() {
                return Err(unreadable("it holds no certificate".into()));
            }
        }
        None => trusted.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(trusted)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

/// An error with its causes in a line: what tokio-postgres says by itself is only in which step it failed.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_private(url: &str) -> bool {
        Address::parse(url).unwrap().is_private()
    }

    #[test]
    fn data_leave_the_machine_encrypted_or_not_at_all() {
        assert!(is_private("postgres://u@127.0.0.1:5432/d"));
        assert!(is_private("postgres://u@localhost/d"));
        assert!(is_private("postgres://u@%2Fvar%2Frun%2Fpostgresql/d"));
        assert!(is_private("postgres://u@db.example.org/d?sslmode=verify-full"));
        assert!(!is_private("postgres://u@db.example.org/d"));
        assert!(!is_private("postgres://u@db.example.org/d?sslmode=disable&application_name=voxgate"));
    }

    #[test]
    fn what_would_encrypt_only_perhaps_is_refused() {
        for mode in ["prefer", "allow", "yes"] {
            assert!(matches!(Address::parse(&format!("postgres://h/d?sslmode={mode}")), Err(AddressError::Mode(_))));
        }
        let missing = Address::parse("postgres://h/d?sslmode=verify-full&sslrootcert=%2Fnowhere.pem");
        assert!(matches!(missing, Err(AddressError::RootCertificate(_))));
    }
}
