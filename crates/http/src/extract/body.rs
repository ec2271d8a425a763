//! The body of a request: `application/json`, at most 64 KiB, read into a form.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use chrono::NaiveDate;
use futures_util::StreamExt as _;
use voxgate_domain::policy::PasswordPolicy;
use zeroize::Zeroizing;

use super::logged_fields::LoggedFields;
use crate::form::Form;
use crate::problem::{Kind, Problem};
use crate::state::state;

/// The largest body, in bytes.
pub(crate) const MAX_BYTES: usize = 64 * 1024;

/// What the fields of a form are checked against, beside themselves.
#[derive(Clone, Copy)]
pub(crate) struct Rules {
    /// What a new password must be.
    pub(crate) password: PasswordPolicy,
    /// The date in UTC.
    pub(crate) today: NaiveDate,
}

/// A request body that a form is read into.
pub(crate) trait FromForm: Sized {
    /// Whether no body at all is as good as an empty object.
    const MAY_BE_EMPTY: bool = false;

    /// Reads the fields.
    ///
    /// # Errors
    ///
    /// `validation_failed` with every fault.
    fn from_form(form: Form, rules: &Rules) -> Result<Self, Problem>;
}

/// The body of the request, read.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: FromForm> FromRequest for Body<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let state = state(&request)?;
            let patience = state.settings.capacity.body_within;
            let bytes = match media_type(request.headers()) {
                MediaType::Json => collect(request.headers(), payload, patience).await?,
                MediaType::Other | MediaType::None if !T::MAY_BE_EMPTY => {
                    return Err(Problem::new(Kind::UnsupportedMediaType));
                }
                MediaType::Other | MediaType::None => {
                    let bytes = collect(request.headers(), payload, patience).await?;
                    if !bytes.is_empty() {
                        return Err(Problem::new(Kind::UnsupportedMediaType));
                    }
                    bytes
                }
            };
            let form = if T::MAY_BE_EMPTY && bytes.is_empty() { Form::empty() } else { Form::parse(&bytes)? };
            let logged = LoggedFields::of(&form, &state.settings.logged_fields);
            let body = T::from_form(form, &state.rules())?;
            // Only now is it sure that they are what their names say.
            request.extensions_mut().insert(logged);
            Ok(Self(body))
        })
    }
}

/// The body of a request as a form of a browser or an OAuth client, read (RFC 6749, appendix B).
pub(crate) struct UrlEncoded<T>(pub(crate) T);

impl<T: FromForm> FromRequest for UrlEncoded<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let state = state(&request)?;
            if !is_url_encoded(request.headers()) {
                let detail = "Send application/x-www-form-urlencoded without a content coding";
                return Err(Problem::new(Kind::UnsupportedMediaType).detail(detail));
            }
            let bytes = collect(request.headers(), payload, state.settings.capacity.body_within).await?;
            let text = std::str::from_utf8(&bytes).map_err(|_| Problem::invalid_request(Vec::new()))?;
            T::from_form(Form::of_query(text), &state.rules()).map(Self)
        })
    }
}

fn is_url_encoded(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(header::CONTENT_TYPE).filter_map(|value| value.to_str().ok());
    let essence = types.next().and_then(|value| value.split(';').next());
    let named = essence.is_some_and(|name| name.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"));
    named && types.next().is_none() && !headers.contains_key(header::CONTENT_ENCODING)
}

enum MediaType {
    None,
    Json,
    Other,
}

/// What the headers say of the body. A content coding is refused as a type is: what unpacks can be a bomb.
fn media_type(headers: &HeaderMap) -> MediaType {
    let mut types = headers.get_all(header::CONTENT_TYPE);
    match (types.next(), types.next(), headers.get(header::CONTENT_ENCODING)) {
        (None, None, None) => MediaType::None,
        (Some(value), None, None) if value.to_str().is_ok_and(is_json) => MediaType::Json,
        _ => MediaType::Other,
    }
}

/// Whether it is `application/json`, with no other parameter than that it is in UTF-8.
fn is_json(value: &str) -> bool {
    let mut parts = value.split(';').map(str::trim);
    let essence = parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    essence
        && parts.filter(|part| !part.is_empty()).all(|part| {
            part.split_once('=').is_some_and(|(name, value)| {
                name.eq_ignore_ascii_case("charset") && value.trim_matches('"').eq_ignore_ascii_case("utf-8")
            })
        })
}

/// The bytes of the body, which are wiped when they are dropped.
async fn collect(headers: &HeaderMap, payload: Payload, patience: Duration) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > MAX_BYTES) {
        return Err(Problem::new(Kind::PayloadTooLarge));
    }
    match tokio::time::timeout(patience, receive(payload, announced.unwrap_or(0))).await {
        Ok(received) => received,
        Err(_) => Err(Problem::new(Kind::MalformedJson).detail("The body did not arrive in time")),
    }
}

async fn receive(mut payload: Payload, announced: usize) -> Result<Zeroizing<Vec<u8>>, Problem> {
    // With room for all of it the vector does not move, and leaves no copy behind that would not be wiped.
    let mut bytes = Zeroizing::new(Vec::with_capacity(announced));
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| match error {
            PayloadError::Overflow => Problem::new(Kind::PayloadTooLarge),
            _ => Problem::new(Kind::MalformedJson).detail("The body did not arrive whole"),
        })?;
        if bytes.len().saturating_add(chunk.len()) > MAX_BYTES {
            return Err(Problem::new(Kind::PayloadTooLarge));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("application/json", true)]
    #[case("Application/JSON; charset=UTF-8", true)]
    #[case("application/json; charset=\"utf-8\"", true)]
    #[case("application/json;", true)]
    #[case("application/json; charset=latin1", false)]
    #[case("application/json; boundary=x", false)]
    #[case("application/jsonp", false)]
    #[case("text/json", false)]
    #[case("text/plain", false)]
    #[case("application/x-www-form-urlencoded", false)]
    fn only_json_in_utf_8_is_read(#[case] value: &str, #[case] json: bool) {
        assert_eq!(is_json(value), json);
    }
}
