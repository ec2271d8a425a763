//! Headers that make browsers careful (OWASP ASVS 5.0, V3.4).

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

static ALWAYS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// An API answer is no page: nothing may be loaded or run from it.
const API_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// Two years (RFC 6797).
const TRANSPORT_SECURITY: &str = "max-age=63072000; includeSubDomains";

/// Adds what is missing: a page that has a content security policy of its own keeps it.
pub(super) fn apply(headers: &mut HeaderMap, path: &str, production: bool) {
    for (name, value) in &ALWAYS {
        headers.insert(name.clone(), HeaderValue::from_static(value));
    }
    if production {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(TRANSPORT_SECURITY));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(API_POLICY));
    }
    if path.starts_with("/auth/") || path.starts_with("/users") || !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    let varies = headers.get_all(header::VARY).any(|vary| {
        vary.to_str().is_ok_and(|names| names.split(',').any(|name| name.trim().eq_ignore_ascii_case("origin")))
    });
    if !varies {
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
    }
}
