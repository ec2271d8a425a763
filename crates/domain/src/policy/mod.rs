//! The rules, as plain functions of data and time.

mod lockout;
mod password;
mod session;

pub use lockout::{Attempts, LockoutPolicy};
pub use password::{NewPassword, PasswordFault, PasswordPolicy, PersonalFacts};
pub use session::{RefreshVerdict, SessionPolicy};
