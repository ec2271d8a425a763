//! Putting a gate together.

use crate::fetch::{Http, HttpKeys, InvalidAddress, VoxgateAddress};
#[cfg(feature = "revocations")]
use crate::revocations::{EndedSessions, HttpEnded, RevocationPolicy, ServiceCredentials};
use crate::{Gate, GateParts, KeyPolicy, Keys, RoleTable, Verifier};

/// Puts a [`Gate`] together.
#[must_use]
pub struct GateBuilder {
    address: VoxgateAddress,
    issuer: Option<String>,
    audience: String,
    key_policy: KeyPolicy,
    roles: RoleTable,
    authorities: Vec<reqwest::Certificate>,
    #[cfg(feature = "revocations")]
    ended: Option<(ServiceCredentials, RevocationPolicy)>,
}

/// Why there is no gate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GateError {
    /// The address of Voxgate is unfit.
    #[error(transparent)]
    Address(#[from] InvalidAddress),
    /// An authority's certificate is unfit, or TLS cannot be set up.
    #[error("TLS cannot be set up")]
    Tls(#[source] reqwest::Error),
}

impl Gate {
    /// A gate for tokens of the Voxgate at `address` whose `aud` is `audience`.
    ///
    /// # Errors
    ///
    /// [`GateError::Address`] when `address` is not `https`, nor `http` on the loopback interface.
    pub fn builder(address: &str, audience: impl Into<String>) -> Result<GateBuilder, GateError> {
        Ok(GateBuilder {
            address: address.parse()?,
            issuer: None,
            audience: audience.into(),
            key_policy: KeyPolicy::default(),
            roles: RoleTable::default(),
            authorities: Vec::new(),
            #[cfg(feature = "revocations")]
            ended: None,
        })
    }
}

impl GateBuilder {
    /// `iss` of the tokens, where it is not the address: what Voxgate's `JWT_ISSUER` says, else its `PUBLIC_URL`.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// How keys are kept fresh.
    pub const fn keys(mut self, policy: KeyPolicy) -> Self {
        self.key_policy = policy;
        self
    }

    /// Which permissions each role gives; those that every Voxgate begins with when this is not called.
    pub fn roles(mut self, roles: RoleTable) -> Self {
        self.roles = roles;
        self
    }

    /// Trusts the authorities of this PEM as well as those of the system, for a Voxgate with a certificate of an
    /// authority of one's own.
    ///
    /// # Errors
    ///
    /// [`GateError::Tls`] when it holds no certificates.
    pub fn authorities(mut self, pem: &[u8]) -> Result<Self, GateError> {
        self.authorities.extend(reqwest::Certificate::from_pem_bundle(pem).map_err(GateError::Tls)?);
        Ok(self)
    }

    /// Refuses the tokens of sessions that have ended: asks Voxgate which have, as the service account of `credentials`,
    /// which needs the permission `revocations:read`.
    #[cfg(feature = "revocations")]
    pub fn revocations(mut self, credentials: ServiceCredentials, policy: RevocationPolicy) -> Self {
        self.ended = Some((credentials, policy));
        self
    }

    /// Begins to fetch. Await it within a tokio runtime; it does not wait for an answer ([`Gate::ready`] does).
    ///
    /// # Errors
    ///
    /// [`GateError::Tls`] when TLS cannot be set up.
    pub async fn connect(self) -> Result<Gate, GateError> {
        let http = Http::new(self.address.clone(), self.authorities).map_err(GateError::Tls)?;
        let issuer = self.issuer.unwrap_or_else(|| self.address.as_str().to_owned());
        let keys = Keys::start(HttpKeys(http.clone()), self.key_policy).await;
        let parts = GateParts::new(Verifier::new(issuer, self.audience), keys).roles(self.roles);
        #[cfg(feature = "revocations")]
        let parts = match self.ended {
            Some((credentials, policy)) => {
                parts.ended(EndedSessions::start(HttpEnded::new(http, credentials), policy).await)
            }
            None => parts,
        };
        Ok(parts.into())
    }
}
