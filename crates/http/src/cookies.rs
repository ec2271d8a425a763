//! The refresh token in a cookie, for browsers, and the check against cross-site requests that comes with it.
//!
//! The `__Host-` prefix ties both cookies to this very host over TLS. The CSRF token is double-submitted: a page of
//! another site can neither read it nor set it (OWASP CSRF prevention, "signed or `__Host-` double submit").

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header;
use subtle::ConstantTimeEq as _;
use voxgate_application::TokenPair;
use voxgate_domain::SecretToken;
use voxgate_domain::ports::Entropy;

use crate::HttpSettings;
use crate::problem::{Kind, Problem};

/// The cookie of the refresh token.
pub(crate) const REFRESH_COOKIE: &str = "__Host-voxgate_refresh";
/// The cookie of the CSRF token, which scripts of our own pages can read.
pub(crate) const CSRF_COOKIE: &str = "__Host-voxgate_csrf";
/// The header that repeats the CSRF token.
pub(crate) const CSRF_HEADER: &str = "x-csrf-token";

/// What a browser holds of a session.
pub(crate) struct RefreshCookie {
    /// The refresh token; none when the cookie holds what can be no token.
    pub(crate) token: Option<SecretToken>,
    /// The CSRF token, which stays the same as long as the session: two tabs that refresh at once must not shut each
    /// other out.
    csrf: String,
}

impl RefreshCookie {
    /// The cookie of the request, if it has one.
    ///
    /// # Errors
    ///
    /// `csrf_failed` when it came without the matching header, or from the page of an origin that is not allowed.
    pub(crate) fn of(request: &HttpRequest, settings: &HttpSettings) -> Result<Option<Self>, Problem> {
        let Some(cookie) = request.cookie(REFRESH_COOKIE) else { return Ok(None) };
        let csrf = checked_csrf(request).filter(|_| comes_from_allowed_origin(request, settings));
        let csrf = csrf.ok_or_else(|| Problem::new(Kind::CsrfFailed))?;
        Ok(Some(Self { token: SecretToken::presented(cookie.value()), csrf }))
    }

    /// The cookies for the next token of the same session.
    pub(crate) fn renewed(&self, pair: &TokenPair) -> [Cookie<'static>; 2] {
        cookies(pair, self.csrf.clone())
    }
}

/// The cookies of a new session.
pub(crate) fn issued(pair: &TokenPair, entropy: &dyn Entropy) -> [Cookie<'static>; 2] {
    cookies(pair, SecretToken::generate(entropy).expose().to_owned())
}

/// Takes both cookies away.
pub(crate) fn cleared() -> [Cookie<'static>; 2] {
    let gone = |name, readable| cookie(name, String::new(), readable, Duration::ZERO);
    [gone(REFRESH_COOKIE, false), gone(CSRF_COOKIE, true)]
}

fn cookies(pair: &TokenPair, csrf: String) -> [Cookie<'static>; 2] {
    let seconds = i64::try_from(pair.refresh_expires_in.as_secs()).unwrap_or(i64::MAX);
    let life = Duration::seconds(seconds);
    [cookie(REFRESH_COOKIE, pair.refresh_token.expose().to_owned(), false, life), cookie(CSRF_COOKIE, csrf, true, life)]
}

/// A cookie of this host, for pages of this host alone.
pub(crate) fn cookie(name: &'static str, value: String, readable: bool, life: Duration) -> Cookie<'static> {
    Cookie::build(name, value)
        .path("/")
        .secure(true)
        .http_only(!readable)
        .same_site(SameSite::Strict)
        .max_age(life)
        .finish()
}

/// The CSRF token, when cookie and header have the same.
fn checked_csrf(request: &HttpRequest) -> Option<String> {
    let cookie = request.cookie(CSRF_COOKIE)?;
    let mut sent = request.headers().get_all(CSRF_HEADER);
    let (Some(header), None) = (sent.next(), sent.next()) else { return None };
    let same: bool = header.as_bytes().ct_eq(cookie.value().as_bytes()).into();
    // What can be no token of ours was set by somebody else.
    (same && SecretToken::presented(cookie.value()).is_some()).then(|| cookie.value().to_owned())
}

/// Whether the `Origin` header, when there is one, names an allowed origin.
fn comes_from_allowed_origin(request: &HttpRequest, settings: &HttpSettings) -> bool {
    request.headers().get_all(header::ORIGIN).all(|origin| settings.allows_origin(origin.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;
    use rstest::rstest;

    const OWN: &str = "https://auth.example.org";

    fn refusal(csrf: Option<&str>, header: Option<&str>, origin: Option<&str>) -> bool {
        let settings = crate::tests::settings(OWN);
        let mut request = TestRequest::post().cookie(Cookie::new(REFRESH_COOKIE, "refresh-token"));
        if let Some(csrf) = csrf {
            request = request.cookie(Cookie::new(CSRF_COOKIE, csrf.to_owned()));
        }
        if let Some(header) = header {
            request = request.insert_header((CSRF_HEADER, header));
        }
        if let Some(origin) = origin {
            request = request.insert_header((header::ORIGIN, origin));
        }
        RefreshCookie::of(&request.to_http_request(), &settings).is_err()
    }

    #[rstest]
    #[case(Some("abc"), Some("abc"), None, false)]
    #[case(Some("abc"), Some("abc"), Some(OWN), false)]
    #[case(Some("abc"), Some("abc"), Some("https://evil.example"), true)]
    #[case(Some("abc"), Some("abc"), Some("null"), true)]
    #[case(Some("abc"), Some("abd"), None, true)]
    #[case(Some("abc"), Some("abcd"), None, true)]
    #[case(Some("abc"), None, None, true)]
    #[case(None, Some("abc"), None, true)]
    #[case(Some(""), Some(""), None, true)]
    #[case(None, None, None, true)]
    fn the_cookie_counts_only_beside_its_csrf_token(
        #[case] csrf: Option<&str>,
        #[case] header: Option<&str>,
        #[case] origin: Option<&str>,
        #[case] refused: bool,
    ) {
        assert_eq!(refusal(csrf, header, origin), refused);
    }

    #[test]
    fn without_the_cookie_there_is_nothing_to_check() {
        let settings = crate::tests::settings(OWN);
        let request = TestRequest::post().to_http_request();
        assert!(RefreshCookie::of(&request, &settings).unwrap().is_none());
    }

    #[test]
    fn both_cookies_are_tied_to_the_host_and_only_one_is_readable() {
        for cookie in cleared() {
            assert!(cookie.name().starts_with("__Host-"));
            assert_eq!((cookie.path(), cookie.domain(), cookie.secure()), (Some("/"), None, Some(true)));
            assert_eq!(cookie.same_site(), Some(SameSite::Strict));
            assert_eq!(cookie.http_only(), Some(cookie.name() == REFRESH_COOKIE));
        }
    }
}
