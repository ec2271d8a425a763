//! Sessions and their refresh tokens: most people have none, and few have many.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use rand_distr::Zipf;
use uuid::Uuid;
use voxgate_domain::Timestamp;
use voxgate_domain::policy::SessionPolicy;
use voxgate_domain::session::EndReason;

use super::SeedError;
use super::chance::Chance;
use super::options::Plan;
use super::people::Person;
use super::rows::{Batch, HandOver, Value};
use super::{skew, tables, words};

/// Sessions are purged 90 days after their end: nothing is left over for the server to purge while it is measured.
const KEPT_ENDED: Duration = Duration::from_secs(60 * 24 * 3_600);

/// The most sessions of one person.
const MOST: f64 = 60.0;

/// The sessions made since the last batch.
pub(super) struct Sessions {
    until: Timestamp,
    policy: SessionPolicy,
    count: Option<Zipf<f64>>,
    rows: Batch,
    tokens: Batch,
}

impl Sessions {
    pub(super) fn new(plan: &Plan) -> Self {
        Self {
            until: plan.until,
            policy: SessionPolicy::default(),
            count: Zipf::new(MOST, 2.2).ok(),
            rows: Batch::of(&tables::SESSIONS),
            tokens: Batch::of(&tables::REFRESH_TOKENS),
        }
    }

    /// Makes the sessions of a person; gives the newest, or nil.
    pub(super) fn add_of(&mut self, person: &Person, chance: &mut Chance) -> Uuid {
        let drawn = self.count.as_ref().map_or(1.0, |count| chance.draw(count));
        let count = if person.is_active() { drawn as u64 - 1 } else { 0 };
        let ids = (0..count).map(|_| self.add(person, chance));
        ids.max().unwrap_or(Uuid::nil())
    }

    fn add(&mut self, person: &Person, chance: &mut Chance) -> Uuid {
        let earliest = person.user.email_verified_at.unwrap_or(person.user.created_at);
        // Two thirds began this week and may be open still.
        let ttl = self.policy.session_ttl;
        let open = chance.is(0.66);
        let within = if open { ttl } else { KEPT_ENDED };
        let created = skew::shortly_before(self.until, within, chance).max(earliest).min(self.until);
        let rotations = chance.below(40);
        let seen = created.plus(self.until.since(created).min(ttl).mul_f64(chance.unit()));
        let ended = (!open || chance.is(0.2)).then(|| {
            let why = if chance.is(0.8) { EndReason::LoggedOut } else { EndReason::Revoked };
            (seen, why.as_str())
        });
        let id = chance.id(created);
        let amr = if chance.is(0.05) { "pwd otp" } else { "pwd" };
        let device = chance.is(0.4).then(|| chance.word(words::DEVICES));
        let generation = i64::try_from(rotations + 1).unwrap_or(1);
        self.rows.add([
            id.into(),
            person.user.id.as_uuid().into(),
            device.into(),
            chance.word(words::AGENTS).into(),
            address_of(person.user.id.as_uuid(), chance).to_string().into(),
            amr.into(),
            created.into(),
            created.into(),
            seen.into(),
            self.policy.expiry(created).into(),
            generation.into(),
            ended.map(|(at, _)| at).into(),
            ended.map(|(_, why)| why).into(),
        ]);
        let hash = chance.bytes::<32>().to_vec();
        self.tokens.add([hash.into(), id.into(), generation.into(), seen.into(), Value::Null]);
        id
    }

    pub(super) fn pass(&mut self, hand_over: HandOver<'_>) -> Result<(), SeedError> {
        self.rows.pass(hand_over)?;
        self.tokens.pass(hand_over)
    }
}

/// From where somebody calls: at home nearly always, in networks that are for benchmarks (RFC 2544, RFC 5180).
pub(super) fn address_of(user: Uuid, chance: &mut Chance) -> IpAddr {
    let home = if chance.is(0.9) { user.as_u128() } else { u128::from(chance.below(u64::MAX)) };
    let [a, b, c, ..] = (home as u64).to_le_bytes();
    if a % 5 == 0 {
        Ipv6Addr::new(0x2001, 2, 0, 0, 0, 0, b.into(), c.into()).into()
    } else {
        Ipv4Addr::new(198, 18 + (a & 1), b, c).into()
    }
}
