//! The webhook port of the domain over HTTPS, signed as Standard Webhooks says.
//!
//! - **Is**: [`HttpsSender`], which signs a message and posts it to its receiver.
//! - **Is not**: a queue. What is sent when, in which order, and how often it is tried, is decided by whoever delivers.
//! - **May depend on it**: the binary alone; everything else sees the port
//!   [`WebhookSender`](voxgate_domain::ports::WebhookSender).
//!
//! # What it does not do
//!
//! Receivers are named by administrators, who could be wrong or deceived. So it follows no redirect, goes through no proxy
//! of the environment, keeps no cookie and reads no body of an answer; and after a name was resolved, it connects to none
//! of the addresses that the [policy](voxgate_domain::policy::WebhookPolicy::allows) refuses: link-local ones, where
//! clouds keep the credentials of machines, and this machine in production. It connects to the very addresses that it
//! looked at, so a name that leads elsewhere a moment later gains nothing.

mod addresses;
mod sender;
mod signature;
mod trust;

pub use sender::HttpsSender;
pub use signature::signature;
pub use trust::SetUpError;
