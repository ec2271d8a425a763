//! Values that are valid by construction: parsed once at the edge, good ever after.

mod address;
mod birth;
mod network;
mod password;
mod text;
mod token;
mod zone;

pub use address::{EmailAddress, EmailAddressError};
pub use birth::{DateOfBirth, DateOfBirthError};
pub use network::{InvalidNetworks, Networks, Source};
pub use password::{Password, PasswordError, PasswordHash};
pub(crate) use text::tidy;
pub use text::{DeviceName, DisplayName, Locale, PhoneNumber, Reason, ServiceName, TextError, WebhookDescription};
pub use token::{AttemptKey, SecretToken, TokenHash};
pub use zone::{TimeZone, UnknownTimeZone};
