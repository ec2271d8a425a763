//! How webhooks are sent.

use voxgate_domain::policy::WebhookPolicy;

use super::reader::Reader;
use super::{DAY, Environment, parse, variables as var};

pub(super) fn read_webhooks(reader: &mut Reader<'_>, environment: Option<Environment>) -> Option<WebhookPolicy> {
    let timeout = reader.read(var::WEBHOOK_TIMEOUT, parse::duration(1..=60));
    let retry_min = reader.read(var::WEBHOOK_RETRY_MIN, parse::duration(0..=3_600));
    let retry_max = reader.read(var::WEBHOOK_RETRY_MAX, parse::duration(1..=DAY));
    let give_up_after = reader.read(var::WEBHOOK_GIVE_UP_AFTER, parse::duration(1..=30 * DAY));
    Some(WebhookPolicy {
        retry_min: retry_min?,
        retry_max: retry_max?,
        give_up_after: give_up_after?,
        timeout: timeout?,
        to_this_machine: environment? == Environment::Development,
        ..WebhookPolicy::default()
    })
}
