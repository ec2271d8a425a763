//! Sessions that have ended before their tokens expire.

mod credentials;
mod ended;
mod http_source;
mod policy;
mod poll;
mod source;

pub use credentials::ServiceCredentials;
pub use ended::EndedSessions;
pub(crate) use http_source::HttpEnded;
pub use policy::{RevocationPolicy, WhenStale};
pub use source::{EndedPage, EndedSession, RevocationSource};
