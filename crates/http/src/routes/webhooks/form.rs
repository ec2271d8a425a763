//! What administrators say of an endpoint.

use std::collections::BTreeSet;

use utoipa::ToSchema;
use voxgate_domain::WebhookDescription;
use voxgate_domain::webhook::{EventType, WebhookChange, WebhookUrl};

use crate::extract::{FromForm, Rules};
use crate::form::{Fault, Field, Form};
use crate::problem::Problem;

/// The most kinds of events that are named.
const MOST_KINDS: usize = 32;

/// A new endpoint of webhooks.
#[derive(ToSchema)]
#[schema(title = "NewWebhook", as = NewWebhook)]
pub(crate) struct NewWebhookBody {
    /// Where events are sent: `https`, or `http` on this machine in development.
    #[schema(value_type = String, format = "uri", max_length = 2048, example = "https://recordings.example.org/webhooks")]
    url: WebhookUrl,
    /// What it is, for other administrators.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200, example = "Recording service")]
    description: Option<WebhookDescription>,
    /// What it is told, such as `user.deleted`; everything when absent or empty.
    #[schema(value_type = Option<Vec<String>>, max_items = 32, example = json!(["user.deleted", "user.erased"]))]
    events: BTreeSet<EventType>,
}

impl FromForm for NewWebhookBody {
    fn from_form(mut form: Form, _: &Rules) -> Result<Self, Problem> {
        let common = read(&mut form);
        let ((url, description, events),) = form.finish((common,))?;
        Ok(Self { url, description, events })
    }
}

impl From<NewWebhookBody> for WebhookChange {
    fn from(body: NewWebhookBody) -> Self {
        Self { url: body.url, description: body.description, events: body.events, enabled: true }
    }
}

/// All that administrators say of an endpoint of webhooks.
#[derive(ToSchema)]
#[schema(title = "WebhookChange", as = WebhookChange)]
pub(crate) struct WebhookChangeBody {
    /// Where events are sent: `https`, or `http` on this machine in development.
    #[schema(value_type = String, format = "uri", max_length = 2048, example = "https://recordings.example.org/webhooks")]
    url: WebhookUrl,
    /// What it is, for other administrators.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200, example = "Recording service")]
    description: Option<WebhookDescription>,
    /// What it is told, such as `user.deleted`; everything when absent or empty.
    #[schema(value_type = Option<Vec<String>>, max_items = 32, example = json!(["user.deleted", "user.erased"]))]
    events: BTreeSet<EventType>,
    /// Whether events are sent to it. What is queued waits while it is off; what happens meanwhile is not queued, and can
    /// be replayed.
    enabled: bool,
}

impl FromForm for WebhookChangeBody {
    fn from_form(mut form: Form, _: &Rules) -> Result<Self, Problem> {
        let common = read(&mut form);
        let enabled = form.required_bool("enabled");
        let ((url, description, events), enabled) = form.finish((common, enabled))?;
        Ok(Self { url, description, events, enabled })
    }
}

impl From<WebhookChangeBody> for WebhookChange {
    fn from(body: WebhookChangeBody) -> Self {
        Self { url: body.url, description: body.description, events: body.events, enabled: body.enabled }
    }
}

type Common = (WebhookUrl, Option<WebhookDescription>, BTreeSet<EventType>);

fn read(form: &mut Form) -> Field<Common> {
    let unknown = || Fault::new("unknown", "must be kinds of events that there are, such as user.deleted");
    let url = form.required("url", WebhookUrl::parse);
    let description = form.optional("description", WebhookDescription::parse);
    let events = form
        .optional_list("events", MOST_KINDS, |text| EventType::parse_subscription(text).ok_or_else(unknown))
        .map(|events| events.unwrap_or_default().into_iter().collect());
    Field::join((url, description, events))
}
