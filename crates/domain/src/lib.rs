//! The heart of Voxgate: users, sessions, roles, one-time tokens, policies, audit events, and the ports
//! through which the use cases reach the world.
//!
//! - **Is**: rules that hold whatever database, protocol or clock is used, as types, policies and entities.
//! - **Is not**: I/O. It knows no runtime, no HTTP, no SQL, no mail; time and randomness come in as values.
//! - **May depend on it**: every other crate of Voxgate, sibling services, and test suites.
//!
//! # Features
//!
//! - `serde`: serialisation of the values that are not secret.
//! - `mocks`: a [`mockall`](https://docs.rs/mockall) mock of every port, named `Mock` and the port's name.
//!
//! # Example
//!
//! ```
//! use voxgate_domain::EmailAddress;
//!
//! let address = EmailAddress::parse(" Ada@Bücher.example ")?;
//! assert_eq!(address.as_typed(), "Ada@Bücher.example");
//! assert_eq!(address.normalized(), "ada@xn--bcher-kva.example");
//! # Ok::<(), voxgate_domain::EmailAddressError>(())
//! ```

pub mod audit;
pub mod client;
pub mod emergency;
pub mod factor;
#[cfg(any(test, feature = "fixtures"))]
pub mod fixtures;
pub mod ids;
pub mod known_device;
pub mod listing;
pub mod mail;
pub mod notification;
pub mod one_time_token;
pub mod policy;
pub mod ports;
pub mod refresh_token;
pub mod role;
pub mod session;
pub mod time;
pub mod user;
pub mod values;

pub use audit::{Act, AuditEvent, Outcome};
pub use client::{ClientContext, RequestId, UserAgent};
pub use emergency::EmergencyAccess;
pub use factor::{MfaChallenge, OneTimeCode, RecoveryCode, TokenDelivery, Totp};
pub use ids::{AuditEventId, DeviceId, EmergencyAccessId, MailId, OneTimeTokenId, RoleAssignmentId, SessionId, UserId};
pub use known_device::KnownDevice;
pub use listing::{Cursor, InvalidCursor, InvalidPageLimit, Page, PageLimit, PageQuery};
pub use one_time_token::{OneTimeToken, Purpose};
pub use refresh_token::{Generation, RefreshToken};
pub use role::{Permission, PermissionSet, Role, RoleName};
pub use session::{AuthMethods, Session, SessionEnd};
pub use time::Timestamp;
pub use user::{Profile, User, UserStatus};
pub use values::{
    AttemptKey, DateOfBirth, DateOfBirthError, DeviceName, DisplayName, EmailAddress, EmailAddressError,
    InvalidNetworks, Locale, Networks, Password, PasswordError, PasswordHash, PhoneNumber, Reason, SecretToken, Source,
    TextError, TimeZone, TokenHash, UnknownTimeZone,
};
