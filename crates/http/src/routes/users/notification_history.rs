//! `GET /users/notification-history`.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;
use voxgate_domain::notification::Notification;
use voxgate_domain::{MailId, Timestamp};

use crate::extract::{Authenticated, InOrder, PageOnly, Query};
use crate::problem::Kind;
use crate::respond::{self, Answer};
use crate::state::State;

/// A message to the owner of an account; its words are not kept.
#[derive(Serialize, ToSchema)]
#[schema(title = "Notification", as = Notification)]
pub(crate) struct NotificationBody {
    #[schema(value_type = uuid::Uuid)]
    id: MailId,
    /// Which message.
    #[schema(example = "password_changed")]
    kind: String,
    /// By which way: always `email`.
    #[schema(value_type = String, example = "email")]
    channel: &'static str,
    /// `queued`, `sent` or `failed`.
    #[schema(value_type = String, example = "sent")]
    status: &'static str,
    #[schema(value_type = String, format = DateTime)]
    queued_at: Timestamp,
    /// When the mail server took it.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    sent_at: Option<Timestamp>,
}

impl From<Notification> for NotificationBody {
    fn from(message: Notification) -> Self {
        Self {
            id: message.id,
            kind: message.kind,
            channel: "email",
            status: message.delivery.as_str(),
            queued_at: message.queued_at,
            sent_at: message.delivery.sent_at(),
        }
    }
}

/// A page of messages, newest first.
#[derive(Serialize, ToSchema)]
#[schema(title = "NotificationList", as = NotificationList)]
pub(crate) struct NotificationListBody {
    items: Vec<NotificationBody>,
    /// Gets the next page; null on the last one.
    #[schema(value_type = Option<String>, required)]
    next_cursor: Option<String>,
}

/// See what one was told by mail
///
/// Which messages, newest first, and what became of them.
#[utoipa::path(
    tag = "Users",
    params(
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 200, description = "The most of the page; 50 when not given"),
        ("cursor" = Option<String>, Query, max_length = 512, pattern = "^[A-Za-z0-9_-]+$", description = "The `next_cursor` of the page before")
    ),
    responses((status = 200, description = "A page of messages", body = NotificationListBody)),
    security(("bearerAuth" = [])),
    extensions(("x-problems" = json!([Kind::ValidationFailed])))
)]
#[get("/users/notification-history")]
pub(crate) async fn notification_history(
    state: web::Data<State>,
    InOrder(caller, Query(PageOnly(page))): InOrder<Authenticated, Query<PageOnly>>,
) -> Answer {
    let page = state.application.notification_history(&caller.0, &page).await?;
    let items = page.items.into_iter().map(Into::into).collect();
    respond::ok(&NotificationListBody { items, next_cursor: page.next.map(|cursor| cursor.encode()) })
}
