//! Export all that is held about a person (45 CFR 164.524).

use voxgate_domain::audit::RecordedEvent;
use voxgate_domain::factor::MfaStatus;
use voxgate_domain::role::Role;
use voxgate_domain::user::NotificationPreferences;
use voxgate_domain::{Act, Session, Timestamp, User, UserId};

use crate::{Application, Caller, Error};

/// All that is held about a person.
#[derive(Debug)]
pub struct PersonalData {
    /// When it was put together.
    pub exported_at: Timestamp,
    /// The user with their particulars.
    pub user: User,
    /// Their roles.
    pub roles: Vec<Role>,
    /// Their open sessions.
    pub sessions: Vec<Session>,
    /// What there is of their second factor; never its secrets.
    pub mfa: MfaStatus,
    /// What they want to be told by mail.
    pub notification_preferences: NotificationPreferences,
    /// The latest audit events about or by them, newest first.
    pub events: Vec<RecordedEvent>,
}

impl Application {
    /// The most audit events in one export.
    pub const EXPORTED_EVENTS: u32 = 10_000;

    /// All that is held about the caller.
    ///
    /// # Errors
    ///
    /// [`Error::ReauthenticationRequired`]; an error of the store.
    pub async fn export_data(&self, caller: &Caller) -> Result<PersonalData, Error> {
        self.require_recent_authentication(caller)?;
        let user = caller.principal.user.clone();
        let mut uow = self.ports.store.begin().await?;
        uow.audit().record(&self.event(Act::DataExported, caller.on_self())).await?;
        uow.commit().await?;
        let events = self.ports.store.events_about(user.id, Self::EXPORTED_EVENTS).await?;
        let events = events.into_iter().map(|event| seen_by(user.id, event)).collect();
        Ok(PersonalData {
            exported_at: self.ports.clock.now(),
            roles: caller.principal.roles.clone(),
            sessions: self.list_sessions(caller).await?,
            mfa: self.ports.store.mfa_status(user.id).await?,
            notification_preferences: self.ports.store.notification_preferences(user.id).await?,
            events,
            user,
        })
    }
}

/// An event as `user` may see it: without the particulars of whoever else had part in it (45 CFR 164.524(a)(1)).
fn seen_by(user: UserId, event: RecordedEvent) -> RecordedEvent {
    let event = match event.subject_id {
        Some(subject) if subject != user => RecordedEvent { subject_id: None, ..event },
        _ => event,
    };
    match event.actor_id {
        Some(actor) if actor != user => {
            RecordedEvent { actor_id: None, session_id: None, ip_address: None, user_agent: None, ..event }
        }
        _ => event,
    }
}
