//! `GET /users/export`.

use actix_web::http::header::{ContentDisposition, DispositionParam, DispositionType};
use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;
use voxgate_application::PersonalData;
use voxgate_domain::role::Role;
use voxgate_domain::{KnownDevice, RoleName, SessionId, Timestamp};

use super::notification_history::NotificationBody;
use super::preferences::PreferencesBody;
use super::view::{SessionBody, UserBody};
use crate::extract::Authenticated;
use crate::problem::Kind;
use crate::respond::Answer;
use crate::routes::administration::audit_view::EventBody;
use crate::routes::auth::mfa::MfaStatusBody;
use crate::state::State;

/// All that is held about a person.
#[derive(Serialize, ToSchema)]
#[schema(title = "Export", as = Export)]
pub(crate) struct ExportBody {
    /// When it was put together.
    #[schema(value_type = String, format = DateTime)]
    exported_at: Timestamp,
    user: UserBody,
    roles: Vec<RoleBody>,
    sessions: Vec<SessionBody>,
    mfa: MfaStatusBody,
    notification_preferences: PreferencesBody,
    /// The devices on which the person logged in.
    known_devices: Vec<DeviceBody>,
    /// What the person was told by mail, newest first.
    notifications: Vec<NotificationBody>,
    /// The latest audit events about or by the person, newest first.
    audit_events: Vec<EventBody>,
}

/// A device on which the person logged in.
#[derive(Serialize, ToSchema)]
#[schema(title = "KnownDevice", as = KnownDevice)]
pub(crate) struct DeviceBody {
    #[schema(value_type = String, format = DateTime)]
    first_seen_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    last_seen_at: Timestamp,
}

impl From<KnownDevice> for DeviceBody {
    fn from(device: KnownDevice) -> Self {
        Self { first_seen_at: device.created_at, last_seen_at: device.last_seen_at }
    }
}

/// A role, and what it allows.
#[derive(Serialize, ToSchema)]
#[schema(title = "Role", as = Role)]
pub(crate) struct RoleBody {
    #[schema(value_type = String, example = "patient")]
    name: RoleName,
    /// What it is for.
    description: String,
    /// What it allows.
    #[schema(value_type = Vec<String>, example = json!([]))]
    permissions: Vec<&'static str>,
}

impl From<Role> for RoleBody {
    fn from(role: Role) -> Self {
        let permissions = role.permissions.iter().map(|permission| permission.as_str()).collect();
        Self { name: role.name, description: role.description, permissions }
    }
}

impl ExportBody {
    fn of(data: PersonalData, current: SessionId) -> Self {
        let names = data.roles.iter().map(|role| role.name.clone()).collect();
        Self {
            exported_at: data.exported_at,
            user: UserBody::of(data.user, names),
            roles: data.roles.into_iter().map(RoleBody::from).collect(),
            sessions: data.sessions.into_iter().map(|session| SessionBody::of(session, current)).collect(),
            mfa: data.mfa.into(),
            notification_preferences: data.notification_preferences.into(),
            known_devices: data.devices.into_iter().map(DeviceBody::from).collect(),
            notifications: data.notifications.into_iter().map(NotificationBody::from).collect(),
            audit_events: data.events.into_iter().map(EventBody::from).collect(),
        }
    }
}

/// Export all that is held about one
///
/// One JSON document with profile, roles, sessions, preferences and audit events (45 CFR 164.524).
#[utoipa::path(
    tag = "Users",
    responses((status = 200, description = "The export", body = ExportBody)),
    security(("bearerAuth" = [])),
    extensions(("x-problems" = json!([Kind::ReauthenticationRequired])))
)]
#[get("/users/export")]
pub(crate) async fn export_data(state: web::Data<State>, caller: Authenticated) -> Answer {
    let data = state.application.export_data(&caller.0).await?;
    let as_file = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename("voxgate-export.json".to_owned())],
    };
    let body = ExportBody::of(data, caller.0.session_id());
    Ok(HttpResponse::Ok().insert_header(as_file).json(body))
}
