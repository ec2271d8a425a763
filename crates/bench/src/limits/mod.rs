//! The limits: what the same machine does when it does nothing else.

mod http;
mod postgres;
mod raw;
mod sqlite;

pub(crate) use http::{Options as ServerOptions, serve};
pub(crate) use raw::{ARGON2, Raw, argon2, rsa_sign, rsa_verify};
