//! `/users`: one's own account.

pub(super) mod account;
pub(super) mod email;
pub(super) mod export;
pub(super) mod notification_history;
pub(super) mod preferences;
pub(super) mod profile;
pub(super) mod sessions;

pub(super) mod view;
