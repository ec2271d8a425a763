//! What happens around every request.

mod client_address;
mod cors;
mod in_flight;
mod observe;
mod rate_limit;
mod security_headers;

pub(crate) use client_address::{OPEN, client_address};
pub(crate) use cors::cors;
pub(crate) use in_flight::InFlight;
pub(crate) use observe::observe;
pub(crate) use rate_limit::{UNLIMITED, rate_limit};
