//! Throw-away servers for tests, and the contract suites that every adapter of a port must pass.
//!
//! - **Is**: a PostgreSQL ([`postgres`]), a Redis ([`redis`]) and an SMTP server ([`smtp`]) that a test has for itself,
//!   builders of valid values ([`fixtures`]), and what every storage ([`contract`]) and every limiter ([`limits`]) must
//!   keep, written against the ports.
//!   A real Voxgate and a service beside it ([`sibling`]).
//! - **Is not**: part of the product. Nothing of it is compiled into the server.
//! - **May depend on it**: tests. It knows the domain and no adapter.

pub mod contract;
pub mod fixtures;
pub mod limits;
pub mod postgres;
pub mod redis;
pub mod sibling;
pub mod smtp;
