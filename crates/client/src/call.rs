//! One request, and its answer.

use std::ops::Deref;
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Error;
use crate::types::Problem;

/// What stays as it is in a segment of a path (RFC 3986, section 2.3).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The media type of forms.
const FORM: &str = "application/x-www-form-urlencoded";

/// A request that can be sent more than once.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Body>,
    /// Whether the access token goes with it.
    pub(crate) authorized: bool,
}

/// A body that does not print.
#[derive(Clone)]
pub(crate) struct Body(pub(crate) Vec<u8>);

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Body({} bytes)", self.0.len())
    }
}

/// A value with the version that it has (`ETag`), for changing it only while it is still that (`If-Match`).
#[derive(Clone, Debug, PartialEq)]
pub struct Tagged<T> {
    /// The value.
    pub value: T,
    /// Its version.
    pub etag: Option<String>,
}

impl<T> Deref for Tagged<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl Call {
    pub(crate) fn new(method: Method, path: &str) -> Self {
        Self { method, target: path.to_owned(), headers: HeaderMap::new(), body: None, authorized: false }
    }

    /// Puts `value` in the place of `{name}`.
    pub(crate) fn path(mut self, name: &str, value: &impl ToString) -> Self {
        let value = utf8_percent_encode(&value.to_string(), SEGMENT).to_string();
        self.target = self.target.replace(&format!("{{{name}}}"), &value);
        self
    }

    pub(crate) fn query(mut self, query: &impl Serialize) -> Result<Self, Error> {
        let query = serde_urlencoded::to_string(query).map_err(|error| Error::Request(error.to_string()))?;
        if !query.is_empty() {
            self.target = format!("{}?{query}", self.target);
        }
        Ok(self)
    }

    pub(crate) fn header(mut self, name: &'static str, value: Option<&str>) -> Result<Self, Error> {
        if let Some(value) = value {
            let value = HeaderValue::from_str(value).map_err(|error| Error::Request(format!("{name}: {error}")))?;
            self.headers.insert(HeaderName::from_static(name), value);
        }
        Ok(self)
    }

    /// `body` as JSON, or as a form where that is the media type.
    pub(crate) fn body(mut self, media_type: &'static str, body: &impl Serialize) -> Result<Self, Error> {
        let unfit = |error: &dyn std::fmt::Display| Error::Request(error.to_string());
        let body = match media_type {
            FORM => serde_urlencoded::to_string(body).map_err(|error| unfit(&error))?.into_bytes(),
            _ => serde_json::to_vec(body).map_err(|error| unfit(&error))?,
        };
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        self.body = Some(Body(body));
        Ok(self)
    }

    pub(crate) fn authorized(mut self) -> Self {
        self.authorized = true;
        self
    }
}

/// An answer of success, read whole.
pub(crate) struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Reply {
    /// An answer of success; that of a failure as the error it tells of.
    pub(crate) fn of(status: StatusCode, headers: HeaderMap, body: Vec<u8>) -> Result<Self, Error> {
        if status.is_success() {
            return Ok(Self { status, headers, body });
        }
        match serde_json::from_slice::<Problem>(&body) {
            Ok(problem) => Err(Error::Problem { problem: Box::new(problem), retry_after: retry_after(&headers) }),
            Err(error) => Err(Error::Unexpected { status: status.as_u16(), source: Some(error) }),
        }
    }

    /// Nothing, which is what a 204 holds.
    #[expect(clippy::unnecessary_wraps, reason = "every way to read an answer has one shape for the generated calls")]
    pub(crate) fn nothing(self) -> Result<(), Error> {
        Ok(())
    }

    pub(crate) fn json<T: DeserializeOwned>(self) -> Result<T, Error> {
        let unexpected = |error| Error::Unexpected { status: self.status.as_u16(), source: Some(error) };
        serde_json::from_slice(&self.body).map_err(unexpected)
    }

    pub(crate) fn tagged<T: DeserializeOwned>(self) -> Result<Tagged<T>, Error> {
        let etag = self.headers.get(ETAG).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned);
        Ok(Tagged { value: self.json()?, etag })
    }

    pub(crate) fn text(self) -> Result<String, Error> {
        String::from_utf8(self.body).map_err(|_| Error::Unexpected { status: self.status.as_u16(), source: None })
    }
}

/// Voxgate sends seconds, never a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_in_a_path_stays_one_segment() {
        let call = Call::new(Method::GET, "/users/{id}/sessions").path("id", &"a/../b?c");
        assert_eq!(call.target, "/users/a%2F..%2Fb%3Fc/sessions");
    }

    #[test]
    fn conditions_that_are_not_set_are_not_sent() {
        let query = crate::queries::Paging::default();
        assert_eq!(Call::new(Method::GET, "/users").query(&query).unwrap().target, "/users");
        let query = query.with_cursor("a&b").with_limit(2);
        assert_eq!(Call::new(Method::GET, "/users").query(&query).unwrap().target, "/users?limit=2&cursor=a%26b");
    }

    #[test]
    fn a_call_does_not_print_its_body() {
        let call = Call::new(Method::POST, "/auth/login").body("application/json", &"marked").unwrap();
        assert_eq!(call.body.as_ref().unwrap().0, b"\"marked\"");
        assert!(!format!("{call:?}").contains("marked"), "{call:?}");
    }

    #[test]
    fn a_form_is_encoded_as_one() {
        let refresh = crate::types::Refresh::default().with_refresh_token("a&b=c");
        let call = Call::new(Method::POST, "/auth/token").body(FORM, &refresh).unwrap();
        assert_eq!(call.body.unwrap().0, b"refresh_token=a%26b%3Dc");
        assert_eq!(call.headers[CONTENT_TYPE], FORM);
    }

    #[test]
    fn a_failure_without_a_problem_is_not_one_of_voxgate() {
        let answer = Reply::of(StatusCode::BAD_GATEWAY, HeaderMap::new(), b"<html>".to_vec());
        assert!(matches!(answer, Err(Error::Unexpected { status: 502, .. })));
    }

    #[test]
    fn a_refusal_says_when_to_try_again() {
        let body = br#"{"type": "urn:voxgate:problem:rate_limited", "title": "Too many requests", "status": 429,
            "code": "rate_limited", "detail": "Wait", "request_id": "r"}"#;
        let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static("30"))]);
        let error = Reply::of(StatusCode::TOO_MANY_REQUESTS, headers, body.to_vec()).err().unwrap();
        assert!(error.is("rate_limited"));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
    }
}
