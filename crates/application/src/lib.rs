//! The use cases of Voxgate: what people and operators do, one file each, named by the verb.
//!
//! - **Is**: the order of steps: begin, load, decide (the domain does), save, record the audit event, queue the mail,
//!   commit. Transactions begin and end here.
//! - **Is not**: rules (they are in `voxgate-domain`), SQL, HTTP, SMTP, cryptography (they are in adapters).
//! - **May depend on it**: `voxgate-http` and the binary.
//!
//! [`Application`] is the struct of ports; each file adds one verb to it.

mod actor;
mod administration;
mod application;
mod begin_session;
mod caller;
mod cursor;
mod error;
mod known_devices;
mod lockout;
mod one_time_links;
mod outbox;
mod password_check;
mod second_factor;
mod token_pair;
mod transaction;
mod webhook_secrets;

// Becoming a user.
mod register;
mod request_link;
mod verify_email;

// Coming in and staying in.
mod authenticate;
mod authorize;
mod log_in;
mod log_out;
mod reauthenticate;
mod refresh;
mod verify_mfa;

// The second factor.
mod confirm_totp;
mod disable_totp;
mod enroll_totp;
mod read_mfa;
mod regenerate_recovery_codes;

// Looking after the account.
mod change_email;
mod change_password;
mod delete_account;
mod export_data;
mod manage_sessions;
mod notification_history;
mod notification_preferences;
mod reset_password;
mod update_profile;

// Looking after the accounts of others.
mod account_disclosures;
mod invite_user;
mod list_roles;
mod list_users;
mod manage_user_sessions;
mod read_user;
mod set_user_roles;
mod set_user_status;
mod take_emergency_access;
mod unlock_user;

// Machines.
mod issue_service_token;
mod list_revocations;
mod manage_service_accounts;
// Telling other services what happens to accounts.
mod change_webhook;
mod create_webhook;
mod deliver_webhooks;
mod read_webhooks;
mod replay_webhook;

// Proving the audit trail.
mod audit_trail;
mod export_trail;
mod read_audit;
mod seal_trail;
mod trail_lines;
mod verify_export;
mod verify_trail;

// Keeping within limits.
mod throttle;

// Running the service.
mod create_admin;
mod dispatch_outbox;
mod end_every_session;
mod enforce_retention;
mod reseal_secrets;
mod reset_second_factor;
mod seed_roles;

#[cfg(test)]
mod test_support;

pub use actor::{Actor, ServiceCaller};
pub use administration::AdministeredUser;
pub use application::{Application, Policies, Ports};
pub use audit_trail::{AuditTrail, TrailError, TrailPorts};
pub use caller::Caller;
pub use deliver_webhooks::DeliveryRun;
pub use dispatch_outbox::Dispatched;
pub use error::Error;
pub use export_data::PersonalData;
pub use invite_user::InviteUser;
pub use issue_service_token::{ServiceToken, TokenRequest};
pub use list_revocations::Revocations;
pub use log_in::{LogIn, LoggedIn, PendingLogIn};
pub use manage_service_accounts::{Manager, NewSecret};
pub use register::Register;
pub use reseal_secrets::Resealed;
pub use seal_trail::Sealed;
pub use second_factor::FactorProof;
pub use throttle::{Standing, Throttle};
pub use token_pair::TokenPair;
pub use trail_lines::EventLine;
pub use verify_export::verify_export;
pub use verify_mfa::Verified;
pub use verify_trail::{Verdict, Verification};
