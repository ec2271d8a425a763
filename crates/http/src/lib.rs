//! The HTTP contract of Voxgate on actix-web: extract, call a use case, present.
//!
//! - **Is**: routes, extractors, forms, cookies, headers, problem+json, the OpenAPI document and the few pages.
//! - **Is not**: rules or transactions (they are in `voxgate-domain` and `voxgate-application`). It knows no SQL, Redis,
//!   SMTP or cryptography.
//! - **May depend on it**: the binary alone.
//!
//! [`serve`] is the door; [`openapi`] is the contract, made from the same declarations as the routes.

mod access;
mod allowed_methods;
mod client_address;
mod cookies;
mod device_cookie;
mod extract;
mod form;
mod limits;
mod middleware;
mod openapi;
mod problem;
mod readiness;
mod respond;
mod routes;
mod server;
mod settings;
mod state;
mod uniform_time;

#[cfg(test)]
mod tests;

pub use client_address::{ClientSettings, ForwardingHeader};
pub use openapi::openapi;
pub use readiness::Readiness;
pub use server::serve;
pub use settings::HttpSettings;
pub use state::Services;
