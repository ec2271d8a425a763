//! Export all that is held about a person (45 CFR 164.524).

use voxgate_domain::audit::RecordedEvent;
use voxgate_domain::factor::MfaStatus;
use voxgate_domain::notification::Notification;
use voxgate_domain::role::Role;
use voxgate_domain::user::NotificationPreferences;
use voxgate_domain::{Act, KnownDevice, Session, Timestamp, User, UserId};

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
    /// The devices on which they logged in; never their tokens.
    pub devices: Vec<KnownDevice>,
    /// What they were told by mail, newest first.
    pub notifications: Vec<Notification>,
    /// The latest audit events about or by them, newest first.
    pub events: Vec<RecordedEvent>,
}

impl Application {
    /// The most audit events, and the most notifications, in one export.
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
        let devices = uow.devices().of(user.id).await?;
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
            devices,
            notifications: self.ports.store.notifications_of(user.id, None, Self::EXPORTED_EVENTS).await?,
            events,
            user,
        })
    }
}

/// An event as `user` may see it: without the particulars of whoever else had part in it (45 CFR 164.524(a)(1)).
fn seen_by(user: UserId, event: RecordedEvent) -> RecordedEvent {
    let event = if event.subject_id == Some(user) {
        event
    } else {
        // What they did to others, or to several at once: the facts can name those.
        RecordedEvent { subject_id: None, details: "{}".to_owned(), ..event }
    };
    if event.actor_id == Some(user) {
        event
    } else {
        // What somebody else did, in their words and from their device.
        let from = RecordedEvent { session_id: None, ip_address: None, user_agent: None, reason: None, ..event };
        RecordedEvent { actor_id: None, ..from }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use voxgate_domain::{AuditEventId, SessionId};

    use crate::test_support::{Counter, minutes, now};

    fn somebody(n: u64) -> UserId {
        UserId::generate(now().plus(minutes(n)), &Counter::default())
    }

    fn event(actor: UserId, subject: UserId) -> RecordedEvent {
        RecordedEvent {
            id: AuditEventId::generate(now(), &Counter::default()),
            occurred_at: now(),
            event: "role.changed".into(),
            outcome: "success".into(),
            actor_id: Some(actor),
            subject_id: Some(subject),
            session_id: Some(SessionId::generate(now(), &Counter::default())),
            ip_address: Some("192.0.2.1".into()),
            user_agent: Some("curl/8".into()),
            request_id: None,
            reason: Some("joined the team".into()),
            details: r#"{"added":["clinician"]}"#.into(),
        }
    }

    #[test]
    fn ones_own_act_is_shown_whole() {
        let me = somebody(1);
        assert_eq!(seen_by(me, event(me, me)), event(me, me));
    }

    #[test]
    fn an_export_says_what_was_done_to_somebody_and_not_by_whom() {
        let (me, admin) = (somebody(1), somebody(2));
        let seen = seen_by(me, event(admin, me));
        assert_eq!((seen.actor_id, seen.session_id), (None, None));
        assert_eq!((seen.ip_address, seen.user_agent, seen.reason), (None, None, None));
        assert_eq!((seen.subject_id, seen.details.as_str()), (Some(me), r#"{"added":["clinician"]}"#));
    }

    #[test]
    fn an_export_says_what_somebody_did_and_not_to_whom() {
        let (me, patient) = (somebody(1), somebody(2));
        let seen = seen_by(me, event(me, patient));
        assert_eq!((seen.actor_id, seen.subject_id, seen.details.as_str()), (Some(me), None, "{}"));
    }
}
