//! A typed client of Voxgate, for programs that call its REST interface.
//!
//! - **Is**: a method of [`Client`] for each operation, the bodies they take and give ([`types`]), refusals as
//!   [`Error::Problem`], lists as streams, and a [`Session`] that renews its access token when it has to, once, however many
//!   calls wait for it.
//! - **Is not**: a way to check tokens of other callers, which is `voxgate-verify`, nor any rule of the service: it knows
//!   what the OpenAPI document says.
//! - **May depend on it**: whoever calls Voxgate from outside. Nothing of Voxgate itself.
//!
//! ```no_run
//! use voxgate_client::{Client, Login, LoggedIn};
//!
//! # async fn example() -> Result<(), voxgate_client::Error> {
//! let client = Client::new("https://auth.example.org")?;
//! let login = client.log_in(&Login::new("ada@example.org", "violet-Otter7-harbour")).await?;
//! let session = match login {
//!     LoggedIn::Session(session) => session,
//!     LoggedIn::CodeOwed(challenge) => client.verify_code(&challenge, "492039").await?,
//! };
//! let ada = session.read_profile().await?;
//! println!("{} is {}", ada.email, ada.status);
//! session.log_out().await
//! # }
//! ```
//!
//! # Refusals
//!
//! Voxgate says no with a problem (RFC 9457). Its `code` is what a program decides by:
//!
//! ```no_run
//! # async fn example(client: &voxgate_client::Client) -> Result<(), voxgate_client::Error> {
//! use voxgate_client::Login;
//!
//! match client.log_in(&Login::new("ada@example.org", "a guess")).await {
//!     Err(error) if error.is("account_locked") => println!("try again in {:?}", error.retry_after()),
//!     Err(error) if error.is("invalid_credentials") => println!("wrong address or password"),
//!     other => drop(other?),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Lists
//!
//! ```no_run
//! # async fn example(session: &voxgate_client::Session) -> Result<(), voxgate_client::Error> {
//! use futures_util::TryStreamExt as _;
//! use voxgate_client::queries::ListUsers;
//!
//! let mut clinicians = session.list_users_all(&ListUsers::default().with_role("clinician"));
//! while let Some(user) = clinicians.try_next().await? {
//!     println!("{}", user.email);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Secrets (passwords, tokens, codes) are [`Secret`]s: they do not print, and are wiped from memory.

mod call;
mod client;
mod error;
mod generated;
mod pages;
mod renewable;
mod secret;
mod session;

pub use call::Tagged;
pub use client::{Client, LoggedIn};
pub use error::Error;
pub use generated::{queries, types};
pub use pages::Items;
pub use secret::Secret;
pub use session::Session;
#[doc(no_inline)]
pub use types::{Login, Problem};
