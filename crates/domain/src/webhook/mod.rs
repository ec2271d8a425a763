//! Events about users that leave the service, as signed webhooks: so that sibling services can follow an account, and
//! drop what they hold of a person when the account goes. The form is that of Standard Webhooks
//! (<https://www.standardwebhooks.com>).
//!
//! An event names people and roles by id and name alone: nothing about health, no address, no name of a person. Each is
//! told by an audit event ([`UserEvent::told_by`]) and recorded with it, so that no use case can forget it.

mod delivery;
mod endpoint;
mod event;
mod url;

pub use delivery::{DeliveryStatus, Replay, WebhookDelivery};
pub use endpoint::{DisabledWhy, PreviousSecret, WebhookChange, WebhookEndpoint, WebhookSecret};
pub use event::{EventType, UserEvent};
pub use url::{WebhookUrl, WebhookUrlError, is_refused};
