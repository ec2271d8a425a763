//! `Authorization` and `traceparent`.

use voxgate_http::fuzzing;

pub(super) fn headers(bytes: &[u8]) {
    if let Some(token) = fuzzing::bearer(&[bytes]) {
        assert!(!token.is_empty() && token.len() <= 8_192 && token.bytes().all(|byte| byte.is_ascii_graphic()));
        assert_eq!(fuzzing::bearer(&[bytes, bytes]), None, "two headers are as none");
        assert_eq!(fuzzing::bearer(&[format!("Bearer {token}").as_bytes()]), Some(token));
    }
    if let Some((id, _)) = fuzzing::basic(&[bytes]) {
        assert!(id.len() <= 1_024 && bytes.len() <= 2_048);
        assert_eq!(fuzzing::bearer(&[bytes]), None, "one header is of one scheme");
        assert_eq!(fuzzing::basic(&[bytes, bytes]), None, "two headers are as none");
    }
    if let Some(place) = fuzzing::traceparent(bytes) {
        assert_eq!(fuzzing::traceparent(place.as_bytes()), Some(place.clone()));
        assert_eq!(place.len(), 55, "{place}");
    }
    if let Some(time) = std::str::from_utf8(bytes).ok().and_then(fuzzing::instant) {
        assert_eq!(fuzzing::instant(&time.to_string()), Some(time));
    }
}
