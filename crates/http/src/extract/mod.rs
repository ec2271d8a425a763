//! What handlers take from a request.

mod bearer;
mod body;
mod client;
mod client_secret;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
mod if_match;
mod in_order;
mod logged_fields;
mod operator;
mod permit;
mod query;
mod within;

pub(crate) use bearer::{Authenticated, Identified, bears_token};
pub(crate) use body::{Body, FromForm, Rules, UrlEncoded};
pub(crate) use client::Client;
pub(crate) use client_secret::{ClientSecret, Credentials};
pub(crate) use if_match::{IfMatch, etag};
pub(crate) use in_order::InOrder;
pub use logged_fields::LOGGABLE_FIELDS;
pub(crate) use logged_fields::LoggedFields;
pub(crate) use operator::{MetricsReader, Operator};
pub(crate) use permit::{
    AuditRead, EmergencyAccess, Granted, OpsRead, Permit, RevocationsRead, RolesAssign, RolesRead,
    ServiceAccountsManage, UsersRead, UsersWrite, WebhooksManage,
};
pub(crate) use query::{PageOnly, Query};
pub(crate) use within::{LogIns, Registrations, Within};
