//! Accepts the access tokens of a Voxgate in another service: a recording service, an analysis service.
//!
//! - **Is**: the rules by which a token is accepted ([`Verifier`]), the keys for them, fetched and kept fresh
//!   (`Keys`), the sessions that have ended (`EndedSessions`), and extractors for actix-web and axum.
//! - **Is not**: part of Voxgate that needs a database, nor a way to get tokens for people.
//! - **May depend on it**: services beside Voxgate, and `voxgate-crypto`, so that both go by the same rules.
//!
//! # Features
//!
//! None is on by default: without features it is [`Verifier`] and [`KeySet`], pure and offline.
//!
//! | feature | what it adds |
//! | --- | --- |
//! | `fetch` | `Gate`: keys over HTTP, cached, refreshed in the background and for unknown keys |
//! | `revocations` | `GateBuilder::revocations`: refuses the tokens of sessions that have ended, within about 2 seconds |
//! | `actix` | [`Caller`] and `Require` as extractors of actix-web 4, `Denial` as its error |
//! | `axum` | the same for axum 0.8, and a tower layer |
//!
//! # What a service does
//!
//! ```no_run
//! # #[cfg(feature = "revocations")]
//! # async fn start() -> Result<(), Box<dyn std::error::Error>> {
//! use voxgate_verify::{Gate, RevocationPolicy, ServiceCredentials};
//!
//! let gate = Gate::builder("https://auth.example.org", "voxgate")?
//!     .revocations(ServiceCredentials::new("0190…", "secret"), RevocationPolicy::default())
//!     .connect()
//!     .await?;
//! let caller = gate.authenticate("eyJ…").await?;
//! assert!(caller.has_role("clinician"));
//! # Ok(())
//! # }
//! ```
//!
//! # What is accepted
//!
//! Of a token that anybody can send, nothing is believed before its signature (RFC 8725, RFC 9068):
//!
//! | what | rule |
//! | --- | --- |
//! | length | at most 8 KiB |
//! | form | three parts in base64url without padding, one form for each token |
//! | header | `alg`, `kid`, `typ`, each once, and nothing else: no `jwk`, `jku`, `x5u`, `x5c`, `crit` |
//! | `alg` | `RS256`, whatever the key |
//! | `typ` | `at+jwt` |
//! | `kid` | looked up among the keys that Voxgate publishes; never a path, never an address |
//! | `iss`, `aud` | exactly those configured |
//! | `exp`, `iat`, `nbf` | hold now, within 5 s |
//! | claims | all there that a token of a user or of a service has, none twice |
//!
//! # When Voxgate cannot be reached
//!
//! Tokens are checked with the keys at hand for `KeyPolicy::max_stale`; then they are refused with 503, as
//! `Denial::Unavailable`, and never accepted unchecked. A token that is not valid is `Denial::Invalid`, 401.
//!
//! # Permissions
//!
//! The token of a service lists its permissions. That of a user lists roles, and a [`RoleTable`] says what they allow:
//! that of the roles which every Voxgate begins with, unless a service brings its own.

#[cfg(feature = "actix")]
pub mod actix;
#[cfg(feature = "axum")]
pub mod axum;
#[cfg(any(feature = "actix", feature = "axum"))]
mod bearer;
#[cfg(feature = "fetch")]
mod builder;
mod caller;
#[cfg(feature = "fetch")]
mod clock;
#[cfg(feature = "fetch")]
mod denial;
#[cfg(feature = "fetch")]
mod fetch;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
#[cfg(feature = "fetch")]
mod gate;
mod jws;
mod key_set;
#[cfg(feature = "fetch")]
mod keys;
mod refusal;
#[cfg(feature = "fetch")]
mod require;
#[cfg(feature = "revocations")]
mod revocations;
mod token;
mod verified_signatures;
mod verifier;
mod wire_claims;

#[cfg(feature = "fetch")]
pub use builder::{GateBuilder, GateError};
pub use caller::{Caller, RoleTable};
#[cfg(feature = "fetch")]
pub use denial::{Denial, PROBLEM_JSON, Problem, Unavailable};
#[cfg(feature = "fetch")]
pub use fetch::{FetchError, InvalidAddress, KeySource, VoxgateAddress};
#[cfg(feature = "fetch")]
pub use gate::{Gate, GateParts};
pub use jws::{ALGORITHM, MAX_TOKEN_BYTES, TOKEN_TYPE};
pub use key_set::{InvalidKey, InvalidKeySet, KeySet, VerifyingKey};
#[cfg(feature = "fetch")]
pub use keys::{KeyPolicy, Keys, KeysError};
pub use refusal::Refusal;
#[cfg(feature = "fetch")]
pub use require::{Anybody, Require, Requirement};
#[cfg(feature = "revocations")]
pub use revocations::{
    EndedPage, EndedSession, EndedSessions, RevocationPolicy, RevocationSource, ServiceCredentials, WhenStale,
};
pub use verifier::{SKEW, Verifier};
pub use voxgate_domain::ports::{AccessClaims, ServiceClaims, TokenClaims};
