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
mod capacity;
mod client_address;
mod connections;
mod cookies;
mod device_cookie;
mod extract;
mod form;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod health;
mod limits;
pub mod metrics;
mod middleware;
mod openapi;
mod operations;
mod problem;
mod readiness;
mod respond;
mod routes;
mod server;
mod settings;
mod state;
mod trace_context;
mod uniform_time;

#[cfg(test)]
mod tests;

pub use capacity::Capacity;
pub use client_address::{ClientSettings, ForwardingHeader};
pub use extract::LOGGABLE_FIELDS;
pub use health::{Finding, Health, HealthProbe};
pub use openapi::openapi;
pub use operations::{HashingFull, Operations, RenderMetrics};
pub use readiness::Readiness;
pub use server::serve;
pub use settings::HttpSettings;
pub use state::Services;
pub use trace_context::{TraceParent, Traces};
