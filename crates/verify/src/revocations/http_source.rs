//! Ended sessions over HTTP.

use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::{EndedPage, RevocationSource, ServiceCredentials};
use crate::fetch::{FetchError, Http};

/// The permission that the service account needs; no more is asked for (RFC 6749, section 3.3).
const SCOPE: &str = "revocations:read";
/// How long before its end a token is no longer used.
const MARGIN: Duration = Duration::from_secs(30);
/// Sessions a page.
const PAGE: &str = "200";

/// `GET /auth/revocations`, with tokens from `POST /auth/token`.
#[derive(Debug)]
pub(crate) struct HttpEnded {
    http: Http,
    credentials: ServiceCredentials,
    /// The token in use, and until when.
    token: Mutex<Option<(SecretString, Instant)>>,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: u64,
}

impl HttpEnded {
    pub(crate) fn new(http: Http, credentials: ServiceCredentials) -> Self {
        Self { http, credentials, token: Mutex::new(None) }
    }

    /// A token of this service: the one in use, or a new one when that is about to expire.
    async fn token(&self) -> Result<SecretString, FetchError> {
        let mut token = self.token.lock().await;
        if let Some((token, _)) = token.as_ref().filter(|(_, until)| Instant::now() < *until) {
            return Ok(token.clone());
        }
        let form = [("grant_type", "client_credentials"), ("scope", SCOPE)];
        let client = (self.credentials.client_id.as_str(), &self.credentials.client_secret);
        let asked_at = Instant::now();
        let body = self.http.post_form("/auth/token", &form, client).await?;
        let granted: Granted = serde_json::from_slice(&body).map_err(|_| FetchError::Malformed)?;
        let life = Duration::from_secs(granted.expires_in.min(86_400)).saturating_sub(MARGIN);
        let fresh = SecretString::from(granted.access_token);
        *token = Some((fresh.clone(), asked_at + life));
        Ok(fresh)
    }
}

#[async_trait]
impl RevocationSource for HttpEnded {
    async fn page(&self, since: Option<&str>, cursor: Option<&str>) -> Result<EndedPage, FetchError> {
        let mut query = vec![("limit", PAGE)];
        query.extend(since.map(|since| ("since", since)));
        query.extend(cursor.map(|cursor| ("cursor", cursor)));
        let answer = self.http.get("/auth/revocations", &query, Some(&self.token().await?)).await;
        if matches!(answer, Err(FetchError::Status { status: 401 })) {
            // The secret was rotated, or the signing key: the next time with a new token.
            *self.token.lock().await = None;
        }
        serde_json::from_slice(&answer?).map_err(|_| FetchError::Malformed)
    }
}
