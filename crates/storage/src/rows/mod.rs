//! Rows as the tables hold them, and their way to and from the domain. Whatever does not parse is named by table and
//! column, without its value.

mod device;
mod emergency;
mod entry;
mod event;
mod factor;
mod json;
mod notification;
mod outbox;
mod role;
mod seal;
mod service_account;
mod session;
mod token;
mod user;
mod webhook;

pub(crate) use device::DeviceRow;
pub(crate) use emergency::EmergencyRow;
pub(crate) use entry::EntryRow;
pub(crate) use event::EventRow;
pub(crate) use factor::{ChallengeRow, TotpRow, stored_step};
pub(crate) use notification::NotificationRow;
pub(crate) use outbox::{NewMail, OutboxRow};
pub(crate) use role::RoleRow;
pub(crate) use seal::SealRow;
pub(crate) use service_account::{ServiceAccountRow, ServiceState};
pub(crate) use session::{RefreshTokenRow, SessionRow};
pub(crate) use token::{NewToken, TokenRow};
pub(crate) use user::{AccountRow, UserRow};
pub(crate) use webhook::{DeliveryRow, EndpointRow, UserEventRow};

use voxgate_domain::ports::StoreError;

use crate::error::corrupt;

/// The bytes of a hash.
pub(crate) fn hash(table: &'static str, column: &'static str, bytes: &[u8]) -> Result<[u8; 32], StoreError> {
    bytes.try_into().map_err(|_| corrupt(table, column, "not 32 bytes long"))
}

/// A value that may be missing and otherwise parses.
fn parsed<T, E: ToString>(
    table: &'static str,
    column: &'static str,
    text: Option<&str>,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<Option<T>, StoreError> {
    text.map(parse).transpose().map_err(|why| corrupt(table, column, why))
}

/// A value of a closed set, by its name.
fn named<T>(
    table: &'static str,
    column: &'static str,
    text: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, StoreError> {
    parse(text).ok_or_else(|| corrupt(table, column, "an unknown name"))
}

/// A count.
pub(crate) fn count(table: &'static str, column: &'static str, number: i32) -> Result<u32, StoreError> {
    u32::try_from(number).map_err(|why| corrupt(table, column, why))
}
