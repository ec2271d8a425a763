//! The audit trail (45 CFR 164.312(b)): who did what, to whom, when, from where, and with what outcome.

mod act;
mod canonical;
mod check;
mod facts;
mod merkle;
mod seal;

pub use act::{Act, AuditAccess, ClientRefusal, LoginFailure, Refusal};
pub use check::{Fault, Finding, TrailCheck};
pub use facts::{Detail, EMERGENCY_ACCESS, SERVICE_ACCOUNT};
pub use merkle::{MerkleTree, leaf_hash};
pub use seal::{Entry, Hash, InvalidHash, Leaf, Seal, SealDraft};

use crate::session::named;
use crate::{AuditEventId, ClientContext, EmergencyAccessId, ServiceAccountId, SessionId, Timestamp, UserId};

named! {
    /// How an act ended.
    pub enum Outcome {
        /// It was done.
        Success = "success",
        /// It was tried and did not work.
        Failure = "failure",
        /// It was not allowed.
        Denied = "denied",
    }
}

/// One event of the trail. It names people by id alone, so that erasing a person leaves the trail whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// Which event it is.
    pub id: AuditEventId,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// What was done.
    pub act: Act,
    /// Who did it; nobody when the caller is not known.
    pub actor: Option<UserId>,
    /// To whom; nobody when there is no such account.
    pub subject: Option<UserId>,
    /// In which session.
    pub session: Option<SessionId>,
    /// From where; nowhere when the service did it by itself, or an operator at its command line.
    pub client: Option<ClientContext>,
    /// Why, in the words of whoever did it.
    pub reason: Option<String>,
    /// Under which emergency access, if it was.
    pub emergency: Option<EmergencyAccessId>,
    /// Which service account did it, if it was a machine: it stands where the actor would.
    pub service: Option<ServiceAccountId>,
}

/// An event as it is read back: the names that were written, whatever version wrote them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedEvent {
    /// Which event it is.
    pub id: AuditEventId,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// What was done.
    pub event: String,
    /// How it ended.
    pub outcome: String,
    /// Who did it.
    pub actor_id: Option<UserId>,
    /// To whom.
    pub subject_id: Option<UserId>,
    /// In which session.
    pub session_id: Option<SessionId>,
    /// From which address.
    pub ip_address: Option<String>,
    /// With which program.
    pub user_agent: Option<String>,
    /// In which request.
    pub request_id: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// The facts of the act, as canonical JSON: an object, names in byte order, no spaces.
    pub details: String,
}

/// Where an event stands in the order of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventKey {
    /// When it happened.
    pub occurred_at: Timestamp,
    /// Which event it is, among those of the same time.
    pub id: AuditEventId,
}

impl RecordedEvent {
    /// Where it stands in the order of time.
    #[must_use]
    pub const fn key(&self) -> EventKey {
        EventKey { occurred_at: self.occurred_at, id: self.id }
    }
}

/// Which events are looked for: those that meet every condition given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// What was done, by its dotted name.
    pub event: Option<String>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// Not before this time.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub to: Option<Timestamp>,
    /// Who did it.
    pub actor: Option<UserId>,
    /// Who did it or to whom it was done.
    pub about: Option<UserId>,
    /// From which address.
    pub ip_address: Option<std::net::IpAddr>,
}
