//! The extractors that read headers, for [`crate::fuzzing`].

use actix_web::http::header::HeaderMap;
use secrecy::ExposeSecret as _;

/// The bearer token, if there is one.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<String> {
    super::bearer::bearer_token(headers).ok().map(str::to_owned)
}

/// Client id and secret, if there are any.
pub(crate) fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let found = super::client_secret::credentials(headers).ok()??;
    Some((found.client_id, found.client_secret.expose_secret().to_owned()))
}
