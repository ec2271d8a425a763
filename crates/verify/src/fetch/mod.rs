//! Getting things from Voxgate over HTTP.

mod address;
mod error;
mod http;
mod key_source;

pub use address::{InvalidAddress, VoxgateAddress};
pub use error::FetchError;
pub(crate) use http::Http;
pub(crate) use key_source::HttpKeys;
pub use key_source::KeySource;
