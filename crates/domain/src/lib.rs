//! The heart of Voxgate: users, sessions, roles, one-time tokens, policies, audit events, and the ports
//! through which the use cases reach the world.
//!
//! - **Is**: rules that hold whatever database, protocol or clock is used, as types, policies and entities.
//! - **Is not**: I/O. It knows no runtime, no HTTP, no SQL, no mail, no cryptography; time and randomness come in as
//!   values. Nor is it a client: whoever wants Voxgate's tokens verified or its API called links the crates made for that.
//! - **May depend on it**: every other crate of Voxgate, sibling services, and test suites.
//!
//! # Values are parsed once
//!
//! A value is valid by construction, so that a function which takes one has nothing to check. What is personal or secret
//! does not print.
//!
//! ```
//! use voxgate_domain::{EmailAddress, EmailAddressError, Password};
//!
//! let address = EmailAddress::parse(" Ada@Bücher.example ")?;
//! assert_eq!(address.as_typed(), "Ada@Bücher.example");
//! assert_eq!(address.normalized(), "ada@xn--bcher-kva.example");
//! assert_eq!(format!("{address:?}"), "EmailAddress(…)");
//! assert_eq!(EmailAddress::parse("ada@localhost").unwrap_err(), EmailAddressError::Malformed);
//! assert!(Password::parse("with\0nul").is_err());
//! # Ok::<(), EmailAddressError>(())
//! ```
//!
//! # Entities move, illegal moves are errors
//!
//! ```
//! use std::time::Duration;
//! use voxgate_domain::{EmailAddress, Profile, Timestamp, User, UserId, UserStatus};
//!
//! let now = Timestamp::EPOCH.plus(Duration::from_secs(1_795_608_000));
//! let id: UserId = "019aba3b-2a00-7000-8000-000000000001".parse()?;
//! let user = User::register(id, EmailAddress::parse("ada@example.org")?, Profile::default(), now);
//! assert_eq!(user.status, UserStatus::Pending);
//!
//! let user = user.verify_email(now)?.deactivate(now)?.activate(now)?;
//! assert!(user.is_active());
//!
//! let closed = user.delete(now)?;
//! let refused = closed.activate(now).unwrap_err();
//! assert_eq!(refused.to_string(), "an account that is deleted cannot be activated");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Policies decide
//!
//! A policy is a plain function of data and time: the same answer in a service, in a job and in a test.
//!
//! ```
//! use std::time::Duration;
//! use voxgate_domain::Timestamp;
//! use voxgate_domain::policy::{Attempts, LockoutPolicy};
//!
//! let policy = LockoutPolicy::default();
//! let now = Timestamp::EPOCH;
//! let failed = (0..5).fold(Attempts::default(), |attempts, _| policy.after_failure(attempts, now));
//! assert_eq!(failed.locked(now), Some(now.plus(Duration::from_secs(15 * 60))));
//! ```
//!
//! # Features
//!
//! None is on by default. Without any, whoever links this crate builds at most 30 crates, which a test holds.
//!
//! | feature | gives | adds |
//! | --- | --- | --- |
//! | `serde` | serialisation of the values that are not secret | serde |
//! | `fixtures` | the module `fixtures`: valid users, sessions, events and sealed trails for tests, a fixed clock and seeded randomness | nothing |
//! | `mocks` | a [mockall](https://docs.rs/mockall) mock of every port, named `Mock` and the port's name; `fixtures` too | mockall |
//!
//! `fixtures` and `mocks` belong under `[dev-dependencies]`. The example `mocked-suite` of the repository is a test suite
//! that uses nothing else.
//!
//! # Contents
//!
//! | module | holds |
//! | --- | --- |
//! | [`values`] | what is parsed once: addresses, passwords, names, tokens, networks |
//! | [`webhook`] | events that subscribers are told of, their endpoints, what became of each |
//! | [`ids`] | identifiers, each a type of its own |
//! | [`time`] | points in time, to the microsecond |
//! | [`user`] | users, their life from registration to deletion, what they say of themselves |
//! | [`session`] | one login on one device, and how it ends |
//! | [`refresh_token`] | the tokens that keep a session going |
//! | [`known_device`] | devices on which a user has logged in before |
//! | [`one_time_token`] | tokens sent by mail |
//! | [`factor`] | the second factor: authenticator apps, recovery codes, challenges |
//! | [`role`] | permissions, and the roles that give them |
//! | [`service_account`] | machines that call, their secrets and what they may do |
//! | [`emergency`] | emergency access, "break-glass" |
//! | [`policy`] | the rules: passwords, lockout, sessions, factors, access, limits, retention |
//! | [`audit`] | what the trail records, how it is sealed, and how it is checked |
//! | [`client`] | who calls, as far as the wire tells |
//! | [`listing`] | lists in pages |
//! | [`mail`] | messages that leave by mail |
//! | [`notification`] | what a person was told |
//! | [`ports`] | what is needed of the world, as traits |
//! | `fixtures` | valid values for tests, with the feature of that name |
//!
//! # Compatibility
//!
//! Versions follow [semver](https://semver.org); CI compares each change with a recorded baseline. Enums are
//! `#[non_exhaustive]` where growth is expected and a `match` of somebody else's has a sensible answer to what it does
//! not know:
//!
//! - why a text is no value: [`EmailAddressError`], [`TextError`], [`PasswordError`], [`DateOfBirthError`],
//!   [`PasswordFault`](policy::PasswordFault); what is not admissible: [`Inadmissible`](policy::Inadmissible);
//! - what a port could not do: [`Conflict`](ports::Conflict), [`MailError`](ports::MailError),
//!   [`SealError`](ports::SealError);
//! - what the trail knows: [`Act`], [`AuditAccess`](audit::AuditAccess), [`LoginFailure`](audit::LoginFailure),
//!   [`Fault`](audit::Fault), [`ProfileField`](user::ProfileField);
//! - [`AuthMethods`], [`EndReason`](session::EndReason), [`Purpose`], [`LimitKind`](policy::LimitKind),
//!   [`LimitKey`](ports::LimitKey) and [`LimiterMode`](ports::LimiterMode).
//!
//! The others are not, on purpose. A new [`UserStatus`], [`Permission`], [`Notice`](mail::Notice) or
//! [`StoreError`](ports::StoreError) is something that every `match` must answer, in Voxgate's own adapters first of all,
//! and the compiler shall find them; a struct is written out in full by whoever stores it. So a variant added there, a
//! field, or a method of a port is a breaking change and raises the version as one.

#![forbid(unsafe_code)]

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
pub mod service_account;
pub mod session;
pub mod time;
pub mod user;
pub mod values;
pub mod webhook;

pub use audit::{Act, AuditEvent, Outcome};
pub use client::{ClientContext, RequestId, UserAgent};
pub use emergency::EmergencyAccess;
pub use factor::{MfaChallenge, OneTimeCode, RecoveryCode, TokenDelivery, Totp};
pub use ids::{
    AuditEventId, DeviceId, EmergencyAccessId, MailId, OneTimeTokenId, RoleAssignmentId, ServiceAccountId, SessionId,
    UserId, WebhookId,
};
pub use known_device::KnownDevice;
pub use listing::{Cursor, InvalidCursor, InvalidPageLimit, Page, PageLimit, PageQuery};
pub use one_time_token::{OneTimeToken, Purpose};
pub use refresh_token::{Generation, RefreshToken};
pub use role::{Permission, PermissionSet, Role, RoleName};
pub use service_account::ServiceAccount;
pub use session::{AuthMethods, Session, SessionEnd};
pub use time::Timestamp;
pub use user::{Profile, User, UserStatus};
pub use values::{
    AttemptKey, DateOfBirth, DateOfBirthError, DeviceName, DisplayName, EmailAddress, EmailAddressError,
    InvalidNetworks, Locale, Networks, Password, PasswordError, PasswordHash, PhoneNumber, Reason, SecretToken,
    ServiceName, Source, TextError, TimeZone, TokenHash, UnknownTimeZone, WebhookDescription,
};
