//! Requests that end: limited in time and size, to one address, without redirects.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, RequestBuilder, Response, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};

use super::{FetchError, VoxgateAddress};

/// How long a request may take in all.
const TIMEOUT: Duration = Duration::from_secs(5);
/// A longer answer is not read: a key set has less than 16 KiB, a page of ended sessions less than 32.
const MAX_BYTES: usize = 128 * 1_024;

/// A client for one Voxgate.
#[derive(Clone, Debug)]
pub(crate) struct Http {
    client: Client,
    address: VoxgateAddress,
}

impl Http {
    /// A client for the Voxgate at `address`, which also trusts these authorities.
    pub(crate) fn new(address: VoxgateAddress, authorities: Vec<Certificate>) -> Result<Self, reqwest::Error> {
        let mut builder = Client::builder().timeout(TIMEOUT).connect_timeout(TIMEOUT).redirect(Policy::none());
        builder = builder.user_agent(concat!("voxgate-verify/", env!("CARGO_PKG_VERSION")));
        for authority in authorities {
            builder = builder.add_root_certificate(authority);
        }
        Ok(Self { client: builder.build()?, address })
    }

    /// The body of `GET path`, with a query and a bearer token where there are.
    pub(crate) async fn get(
        &self,
        path: &str,
        query: &[(&str, &str)],
        bearer: Option<&SecretString>,
    ) -> Result<Vec<u8>, FetchError> {
        let mut url = reqwest::Url::parse(&self.address.of(path)).map_err(|_| FetchError::Malformed)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let request = self.client.get(url);
        send(match bearer {
            Some(token) => request.bearer_auth(token.expose_secret()),
            None => request,
        })
        .await
    }

    /// The body of the answer to a form, sent by a client that names itself (RFC 6749, section 2.3.1).
    #[cfg(feature = "revocations")]
    pub(crate) async fn post_form<F: serde::Serialize + Sync>(
        &self,
        path: &str,
        form: &F,
        client: (&str, &SecretString),
    ) -> Result<Vec<u8>, FetchError> {
        let request = self.client.post(self.address.of(path)).basic_auth(client.0, Some(client.1.expose_secret()));
        send(request.form(form)).await
    }
}

async fn send(request: RequestBuilder) -> Result<Vec<u8>, FetchError> {
    let response = request.send().await.map_err(failed)?;
    match response.status() {
        StatusCode::OK => read(response).await,
        other => Err(FetchError::Status { status: other.as_u16() }),
    }
}

/// The body, unless it grows too long; what a header says of its length is not believed.
async fn read(mut response: Response) -> Result<Vec<u8>, FetchError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if body.len() + chunk.len() > MAX_BYTES {
            return Err(FetchError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn failed(error: reqwest::Error) -> FetchError {
    if error.is_timeout() { FetchError::Late } else { FetchError::Unreachable(error.into()) }
}
