//! Who does something, for the use case and for the trail.

use voxgate_domain::ports::Principal;
use voxgate_domain::{
    Act, AuditEvent, AuditEventId, ClientContext, EmergencyAccess, EmergencyAccessId, Reason, ServiceAccountId,
    SessionId, UserId,
};

use crate::{Application, Error};

/// Somebody who is logged in, and where they call from.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who, in which session, with which roles.
    pub principal: Principal,
    /// From where.
    pub client: ClientContext,
    /// Why they look at somebody's data, where they say so (45 CFR 164.528(b)(2)(iv)).
    pub purpose: Option<Reason>,
    /// The emergency access under which they act, if they do.
    pub emergency: Option<EmergencyAccess>,
}

impl Caller {
    /// Somebody who acts by their roles and says nothing about why.
    #[must_use]
    pub const fn new(principal: Principal, client: ClientContext) -> Self {
        Self { principal, client, purpose: None, emergency: None }
    }

    /// The id of the user.
    #[must_use]
    pub fn user_id(&self) -> UserId {
        self.principal.user.id
    }

    /// The id of the session.
    #[must_use]
    pub fn session_id(&self) -> SessionId {
        self.principal.session.id
    }

    /// The caller acting on their own account.
    pub(crate) fn on_self(&self) -> Who<'_> {
        let user = Some(self.user_id());
        Who {
            actor: user,
            subject: user,
            session: Some(self.session_id()),
            client: Some(&self.client),
            purpose: self.purpose.as_ref(),
            emergency: self.emergency.as_ref().map(|access| access.id),
            service: None,
        }
    }
}

/// The people of an audit event.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Who<'a> {
    pub(crate) actor: Option<UserId>,
    pub(crate) subject: Option<UserId>,
    pub(crate) session: Option<SessionId>,
    pub(crate) client: Option<&'a ClientContext>,
    pub(crate) purpose: Option<&'a Reason>,
    pub(crate) emergency: Option<EmergencyAccessId>,
    pub(crate) service: Option<ServiceAccountId>,
}

impl<'a> Who<'a> {
    /// Somebody who is not logged in, and has done nothing yet to anybody.
    pub(crate) fn anonymous(client: &'a ClientContext) -> Self {
        Self { client: Some(client), ..Self::default() }
    }

    /// Somebody who proved to be `user`, and acts on themselves.
    pub(crate) fn proven(client: &'a ClientContext, user: UserId) -> Self {
        Self { actor: Some(user), subject: Some(user), ..Self::anonymous(client) }
    }

    /// The same, on `subject`.
    pub(crate) fn about(self, subject: Option<UserId>) -> Self {
        Self { subject, ..self }
    }

    /// The same, in `session`.
    pub(crate) fn within(self, session: SessionId) -> Self {
        Self { session: Some(session), ..self }
    }
}

impl Application {
    /// The event of `act` now.
    pub(crate) fn event(&self, act: Act, who: Who<'_>) -> AuditEvent {
        let now = self.ports.clock.now();
        AuditEvent {
            id: AuditEventId::generate(now, &*self.ports.entropy),
            occurred_at: now,
            act,
            actor: who.actor,
            subject: who.subject,
            session: who.session,
            client: who.client.cloned(),
            reason: who.purpose.map(|reason| reason.as_str().to_owned()),
            emergency: who.emergency,
            service: who.service,
        }
    }

    /// Whether the caller proved recently enough who they are for a sensitive act (RFC 9470).
    ///
    /// # Errors
    ///
    /// [`Error::ReauthenticationRequired`] when they did not.
    pub(crate) fn require_recent_authentication(&self, caller: &Caller) -> Result<(), Error> {
        let now = self.ports.clock.now();
        if self.policies.session.is_recent(&caller.principal.session, now) {
            Ok(())
        } else {
            let max_age = self.policies.session.recent_authentication;
            Err(Error::ReauthenticationRequired { max_age })
        }
    }
}
