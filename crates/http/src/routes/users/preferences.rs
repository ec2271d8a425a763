//! `GET` and `PUT /users/notification-preferences`.

use actix_web::{get, put, web};
use serde::Serialize;
use utoipa::ToSchema;
use voxgate_domain::user::NotificationPreferences;

use crate::extract::{Authenticated, Body, FromForm, InOrder, Rules};
use crate::form::{Fault, Form};
use crate::problem::Problem;
use crate::respond::{self, Answer};
use crate::state::State;

/// What a person is told by mail.
#[derive(Serialize, ToSchema)]
#[schema(title = "NotificationPreferences", as = NotificationPreferences)]
pub(crate) struct PreferencesBody {
    /// Mail about the security of the account, which always comes.
    #[schema(example = true)]
    pub(super) security_email: bool,
    /// News about the product.
    #[schema(example = false)]
    pub(super) product_email: bool,
    /// Word that the analysis of a recording is ready.
    #[schema(example = true)]
    pub(super) analysis_email: bool,
}

impl From<NotificationPreferences> for PreferencesBody {
    fn from(preferences: NotificationPreferences) -> Self {
        let NotificationPreferences { product_email, analysis_email } = preferences;
        Self { security_email: true, product_email, analysis_email }
    }
}

/// What a person wants to be told by mail from now on.
#[derive(ToSchema)]
#[schema(title = "NewNotificationPreferences", as = NewNotificationPreferences)]
pub(crate) struct NewPreferencesBody {
    /// Cannot be turned off: true, or absent.
    #[schema(example = true)]
    #[expect(dead_code, reason = "it has only one value, but the document shows it")]
    security_email: Option<bool>,
    /// News about the product.
    #[schema(example = false)]
    product_email: bool,
    /// Word that the analysis of a recording is ready; absent means as it was.
    #[schema(example = true)]
    analysis_email: Option<bool>,
}

impl FromForm for NewPreferencesBody {
    fn from_form(mut form: Form, _: &Rules) -> Result<Self, Problem> {
        let mut security = form.optional_bool("security_email");
        if security.peek() == Some(&Some(false)) {
            security = form.refuse("security_email", Fault::new("always_on", "security mail cannot be turned off"));
        }
        let product = form.required_bool("product_email");
        let analysis = form.optional_bool("analysis_email");
        let (security_email, product_email, analysis_email) = form.finish((security, product, analysis))?;
        Ok(Self { security_email, product_email, analysis_email })
    }
}

/// Read one's notification preferences
#[utoipa::path(
    tag = "Users",
    responses((status = 200, description = "The preferences", body = PreferencesBody)),
    security(("bearerAuth" = []))
)]
#[get("/users/notification-preferences")]
pub(crate) async fn read_preferences(state: web::Data<State>, caller: Authenticated) -> Answer {
    let preferences = state.application.notification_preferences(&caller.0).await?;
    respond::ok(&PreferencesBody::from(preferences))
}

/// Replace one's notification preferences
#[utoipa::path(
    tag = "Users",
    request_body = NewPreferencesBody,
    responses((status = 200, description = "The preferences as they are now", body = PreferencesBody)),
    security(("bearerAuth" = []))
)]
#[put("/users/notification-preferences")]
pub(crate) async fn update_preferences(
    state: web::Data<State>,
    InOrder(caller, Body(body)): InOrder<Authenticated, Body<NewPreferencesBody>>,
) -> Answer {
    let analysis_email = match body.analysis_email {
        Some(wanted) => wanted,
        None => state.application.notification_preferences(&caller.0).await?.analysis_email,
    };
    let preferences = NotificationPreferences { product_email: body.product_email, analysis_email };
    state.application.set_notification_preferences(&caller.0, preferences).await?;
    respond::ok(&PreferencesBody::from(preferences))
}
