//! The rules, as plain functions of data and time.

mod access;
mod administration;
mod emergency;
mod factor;
mod limits;
mod lockout;
mod password;
mod retention;
mod session;
mod webhooks;

pub use access::AccessPolicy;
pub use administration::{Administrators, Inadmissible, RoleChange, may_set_roles, may_set_status};
pub use emergency::EmergencyPolicy;
pub use factor::FactorPolicy;
pub use limits::{Decision, InvalidLimit, Limit, LimitKind, RateLimits};
pub use lockout::{Attempts, LockoutPolicy};
pub use password::{NewPassword, PasswordFault, PasswordPolicy, PersonalFacts};
pub use retention::{RetentionCounts, RetentionCutoffs, RetentionPolicy};
pub use session::{RefreshVerdict, SessionPolicy};
pub use webhooks::WebhookPolicy;
