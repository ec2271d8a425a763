//! Background jobs. Each that changes data holds a lease in the database, so that one replica runs it.

mod leased;
mod mail;
mod signing_keys;

pub(crate) use mail::MailJob;
pub(crate) use signing_keys::watch_signing_keys;
