//! Which pages may call the service (CORS).

use actix_cors::Cors;
use actix_web::http::{Method, header};

use crate::HttpSettings;
use crate::cookies::CSRF_HEADER;

/// How long a browser may keep the answer to a preflight, in seconds.
const PREFLIGHT_MAX_AGE: usize = 600;

/// Lets exactly the configured origins in. Credentials are allowed for the refresh cookie, which is `SameSite=Strict`.
pub(crate) fn cors(settings: &HttpSettings) -> Cors {
    let cors = Cors::default()
        .allowed_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allowed_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::IF_MATCH])
        .allowed_header(CSRF_HEADER)
        .allowed_header("x-request-id")
        .expose_headers(["etag", "ratelimit", "ratelimit-policy", "retry-after", "www-authenticate", "x-request-id"])
        .supports_credentials()
        .max_age(PREFLIGHT_MAX_AGE);
    // "null" is the origin of sandboxed frames and local files: of anybody.
    let origins = settings.allowed_origins.iter().filter(|origin| *origin != "null");
    origins.fold(cors, |cors, origin| cors.allowed_origin(origin))
}
