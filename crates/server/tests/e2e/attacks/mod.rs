//! The known ways in which such services were broken, each tried on this one and named after itself. docs/reliability.md
//! has the whole list, with the tests that stand elsewhere.

mod addresses;
mod credentials;
mod input;
mod links;
mod tokens;

pub(crate) use addresses::{
    enumeration_by_lock_message, enumeration_by_register, unicode_and_case_takeover_of_addresses,
};
pub(crate) use credentials::default_credentials;
pub(crate) use input::{log_and_csv_injection, long_password_and_hash_flood_denial_of_service};
pub(crate) use links::{mail_scanner_burns_the_link, open_redirect};
pub(crate) use tokens::{
    another_users_session_id, cursor_tampering, deleted_user_keeps_access, jwt_algorithm_and_key_confusion,
    refresh_replay_within_the_same_second,
};
