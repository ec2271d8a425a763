//! Background jobs. Each that changes data holds a lease in the database, so that one replica runs it.

mod audit_partitions;
mod audit_seal;
mod leased;
mod limits;
mod mail;
mod retention;
mod signing_keys;
mod webhooks;

pub(crate) use audit_partitions::PartitionJob;
pub(crate) use audit_seal::SealJob;
pub(crate) use limits::sweep_limits;
pub(crate) use mail::MailJob;
pub(crate) use retention::enforce_retention_daily;
pub(crate) use signing_keys::watch_signing_keys;
pub(crate) use webhooks::WebhookJob;
