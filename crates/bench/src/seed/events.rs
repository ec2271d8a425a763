//! The audit trail of those people.

use uuid::Uuid;
use voxgate_domain::{Act, AuditEvent, ClientContext, RequestId, Timestamp, UserAgent};

use super::SeedError;
use super::acts::{self, By};
use super::chance::Chance;
use super::options::Plan;
use super::people::People;
use super::rows::HandOver;
use super::trail::Trail;
use super::{sessions, skew, words};
use voxgate_domain::audit::Hash;

/// How many users a page of a list shows.
const LISTED: usize = 20;

/// Makes the events; gives the newest seal.
pub(super) fn make(
    plan: &Plan,
    people: &People,
    mut trail: Trail<'_>,
    hand_over: HandOver<'_>,
) -> Result<Option<(u64, Hash)>, SeedError> {
    // Everybody's registration, unless that were more than half of all.
    let registrations = plan.users.min(plan.events / 2);
    let others = plan.events - registrations;
    let skip = usize::try_from(plan.users - registrations).unwrap_or(usize::MAX);
    let mut came = people.all.iter().skip(skip).copied().peekable();
    let mut maker = Maker::new(plan, people);
    // Nothing but registrations before there is somebody who is not here to be measured.
    let begins = people.all.get(maker.first).map_or(plan.from, |(_, came)| *came);
    for n in 0..others {
        let at = skew::nth((begins, plan.until), n, others, &mut maker.chance);
        while let Some((user, at)) = came.next_if(|(_, came)| *came <= at) {
            trail.record(maker.registration(user, at), hand_over)?;
        }
        trail.record(maker.happening(at), hand_over)?;
    }
    for (user, at) in came {
        trail.record(maker.registration(user, at), hand_over)?;
    }
    trail.finish(hand_over)
}

struct Maker<'a> {
    people: &'a People,
    agents: Vec<UserAgent>,
    chance: Chance,
    /// How many had come by the time of the newest event.
    here: usize,
    /// The first who is not here to be measured.
    first: usize,
    newest: Timestamp,
}

impl<'a> Maker<'a> {
    fn new(plan: &Plan, people: &'a People) -> Self {
        Self {
            people,
            agents: words::AGENTS.iter().filter_map(|agent| UserAgent::from_header(agent)).collect(),
            chance: Chance::new(plan.seed, 2),
            here: 0,
            first: usize::try_from(plan.logins + 1).unwrap_or(0),
            newest: Timestamp::EPOCH,
        }
    }

    fn registration(&mut self, user: Uuid, at: Timestamp) -> AuditEvent {
        let event = self.event(Act::UserRegistered, at, user);
        AuditEvent { subject: Some(user.into()), ..event }
    }

    fn happening(&mut self, at: Timestamp) -> AuditEvent {
        while self.people.all.get(self.here).is_some_and(|(_, came)| *came <= at) {
            self.here += 1;
        }
        let (subject, newest_session) = self.somebody();
        let session = self.session(newest_session, at);
        let (act, by) = acts::draw(session, at, &mut self.chance);
        let actor = match by {
            By::Owner => Some(subject),
            By::Anybody | By::Nobody => None,
            By::Clinician => Some(one_of(&self.people.staff.clinicians, at, &mut self.chance).unwrap_or(subject)),
            By::Administrator => {
                Some(one_of(&self.people.staff.administrators, at, &mut self.chance).unwrap_or(subject))
            }
        };
        let act = match act {
            Act::UsersListed { .. } => Act::UsersListed { users: self.page() },
            act => act,
        };
        let about_somebody = !matches!(act, Act::UsersListed { .. } | Act::AuditRead(_)) && by != By::Nobody;
        let event = self.event(act, at, actor.unwrap_or(subject));
        AuditEvent {
            actor: actor.map(Into::into),
            subject: about_somebody.then(|| subject.into()),
            session: actor.map(|_| session.into()),
            ..event
        }
    }

    /// Somebody who has come, and the newest of their sessions.
    fn somebody(&mut self) -> (Uuid, Uuid) {
        let others = self.here.saturating_sub(self.first).max(1) as u64;
        let n = self.first + usize::try_from(skew::few_of(others, &mut self.chance)).unwrap_or(0);
        let user = self.people.all.get(n).or(self.people.all.first()).map_or(Uuid::nil(), |(user, _)| *user);
        (user, self.people.sessions.get(n).copied().unwrap_or_default())
    }

    /// The session that is still known if it had begun by then, or one that is not any more.
    fn session(&mut self, newest: Uuid, at: Timestamp) -> Uuid {
        let then = self.chance.id(at);
        if newest.is_nil() || newest > then { then } else { newest }
    }

    /// A page of the list at that time: of users who came one after the other.
    fn page(&mut self) -> Vec<voxgate_domain::UserId> {
        let from = usize::try_from(self.chance.below(self.here.max(1) as u64)).unwrap_or(0);
        self.people.all.iter().take(self.here).skip(from).take(LISTED).map(|(user, _)| (*user).into()).collect()
    }

    /// An event that nobody did to nobody yet, from where `caller` calls. No two are of one moment.
    fn event(&mut self, act: Act, at: Timestamp, caller: Uuid) -> AuditEvent {
        let at = at.max(self.newest.plus(std::time::Duration::from_micros(1)));
        self.newest = at;
        let agent = usize::try_from(self.chance.below(self.agents.len() as u64)).unwrap_or(0);
        let client = RequestId::parse(&self.chance.id(at).to_string()).map(|request_id| {
            let ip_address = sessions::address_of(caller, &mut self.chance);
            ClientContext { ip_address, user_agent: self.agents.get(agent).cloned(), request_id }
        });
        let looks = matches!(act, Act::UserRead | Act::UserDeactivated | Act::AccountUnlocked);
        let reason = looks.then(|| self.chance.word(words::LOOK_REASONS).to_owned());
        AuditEvent {
            id: self.chance.id(at).into(),
            occurred_at: at,
            act,
            actor: None,
            subject: None,
            session: None,
            client,
            reason,
            emergency: None,
            service: None,
        }
    }
}

/// One of those who had their role by then; the first do most.
fn one_of(staff: &[(Uuid, Timestamp)], at: Timestamp, chance: &mut Chance) -> Option<Uuid> {
    let had = staff.partition_point(|(_, since)| *since <= at) as u64;
    let n = usize::try_from(skew::few_of(had.max(1), chance)).ok()?;
    staff.get(n).map(|(who, _)| *who)
}
