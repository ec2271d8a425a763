//! What happens around every request.

mod cors;
mod in_flight;
mod observe;
mod security_headers;

pub(crate) use cors::cors;
pub(crate) use in_flight::InFlight;
pub(crate) use observe::observe;
