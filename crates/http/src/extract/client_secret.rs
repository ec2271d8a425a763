//! The credentials of a client in the `Authorization` header.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{FromRequest, HttpRequest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::problem::Problem;

/// Client id and secret by HTTP Basic (RFC 7617; RFC 6749, section 2.3.1), when they are sent so.
pub(crate) struct ClientSecret(pub(crate) Option<Credentials>);

/// What a client says it is, and its secret. Neither has been looked at.
pub(crate) struct Credentials {
    pub(crate) client_id: String,
    pub(crate) client_secret: SecretString,
}

impl FromRequest for ClientSecret {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(credentials(request.headers()).map(Self))
    }
}

/// # Errors
///
/// `invalid_client` for any other authorization, and for more than one.
pub(super) fn credentials(headers: &HeaderMap) -> Result<Option<Credentials>, Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION);
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().ok().and_then(basic).map(Some).ok_or_else(Problem::invalid_client),
        (Some(_), Some(_)) => Err(Problem::invalid_client()),
    }
}

fn basic(value: &str) -> Option<Credentials> {
    /// No credentials of ours are longer.
    const MAX_BYTES: usize = 1_024;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") || encoded.len() > MAX_BYTES {
        return None;
    }
    let plain = Zeroizing::new(STANDARD.decode(encoded.trim()).ok()?);
    let (client_id, secret) = std::str::from_utf8(&plain).ok()?.split_once(':')?;
    let decoded = |text: &str| Some(Zeroizing::new(percent_decode_str(text).decode_utf8().ok()?.into_owned()));
    let (client_id, secret) = (decoded(client_id)?, decoded(secret)?);
    Some(Credentials { client_id: client_id.to_string(), client_secret: SecretString::from(secret.as_str()) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;
    use rstest::rstest;
    use secrecy::ExposeSecret as _;

    fn read(values: &[&str]) -> Result<Option<(String, String)>, Problem> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        }
        Ok(credentials(&headers)?.map(|read| (read.client_id.clone(), read.client_secret.expose_secret().to_owned())))
    }

    #[test]
    fn id_and_secret_come_by_basic_with_percent_signs_undone() {
        let expected = || Some(("019503a1".to_owned(), "vgs_a:b".to_owned()));
        // "019503a1:vgs_a:b" and "019503a1:vgs_a%3Ab"
        assert_eq!(read(&["Basic MDE5NTAzYTE6dmdzX2E6Yg=="]).unwrap(), expected());
        assert_eq!(read(&["basic MDE5NTAzYTE6dmdzX2ElM0Fi"]).unwrap(), expected());
        assert_eq!(read(&[]).unwrap(), None);
    }

    #[rstest]
    #[case(&["Bearer abc"])]
    #[case(&["Basic"])]
    #[case(&["Basic ???"])]
    #[case(&["Basic bm9jb2xvbg=="])]
    #[case(&["Basic MDE5NTAzYTE6dmdzX2E6Yg==", "Basic MDE5NTAzYTE6dmdzX2E6Yg=="])]
    fn anything_else_is_refused(#[case] values: &[&str]) {
        assert!(read(values).is_err());
    }
}
