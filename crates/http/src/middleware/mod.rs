//! What happens around every request.

mod cors;
mod observe;
mod security_headers;

pub(crate) use cors::cors;
pub(crate) use observe::observe;
