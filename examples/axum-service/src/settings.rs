//! The settings, from the environment.

use std::net::SocketAddr;

use secrecy::SecretString;

/// What the service needs to know.
pub(crate) struct Settings {
    /// `VOXGATE_URL`: where Voxgate is.
    pub(crate) voxgate_url: String,
    /// `VOXGATE_ISSUER`: `iss` of its tokens, where that is not the URL.
    pub(crate) issuer: Option<String>,
    /// `VOXGATE_AUDIENCE`: `aud` of its tokens.
    pub(crate) audience: String,
    /// `VOXGATE_CLIENT_ID` and `VOXGATE_CLIENT_SECRET`: the service account by which ended sessions are asked for; without
    /// one, a token is good until it expires.
    pub(crate) client: Option<(String, SecretString)>,
    /// `BIND_ADDR`: where to listen.
    pub(crate) bind_addr: SocketAddr,
}

/// What is wrong with the environment.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    #[error("VOXGATE_URL is missing: the address of Voxgate, such as https://auth.example.org")]
    NoUrl,
    #[error("VOXGATE_CLIENT_ID and VOXGATE_CLIENT_SECRET are set together or not at all")]
    HalfAClient,
    #[error("BIND_ADDR must be an address and a port, such as 127.0.0.1:8081")]
    BindAddr,
}

impl Settings {
    /// Reads them.
    pub(crate) fn read() -> Result<Self, SettingsError> {
        let read = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let client = match (read("VOXGATE_CLIENT_ID"), read("VOXGATE_CLIENT_SECRET")) {
            (Some(id), Some(secret)) => Some((id, SecretString::from(secret))),
            (None, None) => None,
            _ => return Err(SettingsError::HalfAClient),
        };
        let bind_addr = read("BIND_ADDR").unwrap_or_else(|| "127.0.0.1:8081".to_owned());
        Ok(Self {
            voxgate_url: read("VOXGATE_URL").ok_or(SettingsError::NoUrl)?,
            issuer: read("VOXGATE_ISSUER"),
            audience: read("VOXGATE_AUDIENCE").unwrap_or_else(|| "voxgate".to_owned()),
            client,
            bind_addr: bind_addr.parse().map_err(|_| SettingsError::BindAddr)?,
        })
    }
}
