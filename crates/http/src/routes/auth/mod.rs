//! `/auth`: becoming a user, coming in, staying in, passwords, the second factor.

pub(super) mod change_password;
pub(super) mod forgot_password;
pub(super) mod login;
pub(super) mod logout;
pub(super) mod mfa;
pub(super) mod mfa_verify;
pub(super) mod reauthenticate;
pub(super) mod refresh;
pub(super) mod register;
pub(super) mod resend_verification;
pub(super) mod reset_password;
pub(super) mod revocations;
pub(super) mod token;
pub(super) mod verify_email;

mod factor_proof;
mod secrets;
mod token_pair;
