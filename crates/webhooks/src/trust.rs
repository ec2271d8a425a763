//! Whose certificates are believed.

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

/// Why webhooks cannot be sent at all.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    /// The authority of one's own is no list of certificates in PEM.
    #[error("the authority must be certificates in PEM")]
    Authority(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
    /// The client cannot be made.
    #[error("the client cannot be made")]
    Client(#[source] reqwest::Error),
}

/// Believes the public authorities, and in addition those in `authority`, in PEM: for receivers in a private network.
pub(crate) fn believing(authority: Option<&str>) -> Result<ClientConfig, SetUpError> {
    let mut roots: RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
    if let Some(pem) = authority {
        let before = roots.len();
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            let certificate = certificate.map_err(|error| SetUpError::Authority(error.into()))?;
            roots.add(certificate).map_err(|error| SetUpError::Authority(error.into()))?;
        }
        if roots.len() == before {
            return Err(SetUpError::Authority("there is no certificate in it".into()));
        }
    }
    Ok(ClientConfig::builder_with_provider(aws_lc_rs::default_provider().into())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_that_is_none_is_refused() {
        for bad in ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            assert!(matches!(believing(Some(bad)), Err(SetUpError::Authority(_))), "{bad:?}");
        }
        assert!(believing(None).is_ok());
    }
}
