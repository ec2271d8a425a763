//! People: accounts in every state, most of them patients, with their sessions.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use uuid::Uuid;
use voxgate_domain::{DisplayName, EmailAddress, Locale, PhoneNumber, Profile, TimeZone, Timestamp, User, UserStatus};

use super::SeedError;
use super::chance::Chance;
use super::options::Plan;
use super::rows::{Batch, HandOver, Value};
use super::sessions;
use super::staff::{self, Staff};
use super::{skew, tables, words};

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3_600);

/// Closed accounts are purged after 30 days: nothing is left over for the server to purge while it is measured.
const KEPT_CLOSED: Duration = Duration::from_secs(25 * 24 * 3_600);

/// How many people go into one batch.
const BATCH: u64 = 8_192;

/// Whom the events are about, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct People {
    /// Everybody's identifier, and when the account was made.
    pub(super) all: Vec<(Uuid, Timestamp)>,
    /// Everybody's newest session; nil for who has none.
    pub(super) sessions: Vec<Uuid>,
    /// Those who look at others.
    pub(super) staff: Staff,
}

/// One account before it becomes a row.
pub(super) struct Person {
    pub(super) user: User,
    password: Option<String>,
    purged_at: Option<Timestamp>,
}

impl Person {
    /// Whether the owner can be logged in.
    pub(super) fn is_active(&self) -> bool {
        self.user.status == UserStatus::Active
    }
}

/// Makes everybody.
pub(super) fn make(plan: &Plan, hand_over: HandOver<'_>) -> Result<People, SeedError> {
    let mut chance = Chance::new(plan.seed, 1);
    let mut people = People::default();
    let (mut users, mut passwords) = (Batch::of(&tables::USERS), Batch::of(&tables::PASSWORD_HISTORY));
    let mut roles = Batch::of(&tables::ROLE_ASSIGNMENTS);
    let mut sessions = sessions::Sessions::new(plan);
    for n in 0..plan.users {
        let person = person(plan, n, &mut chance)?;
        let id = person.user.id.as_uuid();
        people.all.push((id, person.user.created_at));
        staff::assign(plan, n, &person, &mut people.staff, &mut chance, &mut roles);
        people.sessions.push(sessions.add_of(&person, &mut chance));
        if let Some(hash) = &person.password {
            passwords.add([id.into(), hash.clone().into(), person.user.created_at.into()]);
        }
        users.add(row(person));
        if (n + 1) % BATCH == 0 || n + 1 == plan.users {
            // Rows that name a user follow the user.
            users.pass(hand_over)?;
            passwords.pass(hand_over)?;
            roles.pass(hand_over)?;
            sessions.pass(hand_over)?;
        }
    }
    Ok(people)
}

/// What can be logged in comes first: the administrator, then the others.
fn fixed_address(plan: &Plan, n: u64) -> Option<String> {
    match n.checked_sub(1) {
        None => Some("bench-admin@example.org".to_owned()),
        Some(login) if login < plan.logins => Some(format!("bench-{login:04}@example.org")),
        Some(_) => None,
    }
}

fn person(plan: &Plan, n: u64, chance: &mut Chance) -> Result<Person, SeedError> {
    let unfit = |error: &dyn std::error::Error| SeedError::Value(error.to_string());
    let created = skew::nth(plan.period(), n, plan.users, chance);
    let name = |text: &str| DisplayName::parse(text).map_err(|error| unfit(&error));
    let (first, last) = (chance.word(words::FIRST_NAMES), chance.word(words::LAST_NAMES));
    let fixed = fixed_address(plan, n);
    let address = fixed.clone().unwrap_or_else(|| address(first, last, n, chance));
    let mut profile = Profile { first_name: Some(name(first)?), last_name: Some(name(last)?), ..Profile::default() };
    if chance.is(0.6) {
        profile.locale = Some(Locale::parse(chance.word(words::LOCALES)).map_err(|error| unfit(&error))?);
    }
    if chance.is(0.3) {
        profile.time_zone = Some(TimeZone::parse(chance.word(words::TIME_ZONES)).map_err(|error| unfit(&error))?);
    }
    if chance.is(0.25) {
        let number = format!("+49151{:08}", chance.below(100_000_000));
        profile.phone_number = Some(PhoneNumber::parse(&number).map_err(|error| unfit(&error))?);
    }
    let email = EmailAddress::parse(&address).map_err(|error| unfit(&error))?;
    let user = User::register(chance.id(created).into(), email, profile, created);
    if fixed.is_some() {
        let user = user.verify_email(created.plus(MINUTE)).map_err(|error| unfit(&error))?;
        return Ok(Person { user, password: Some(plan.password_hash.clone()), purged_at: None });
    }
    lead_life(plan, user, chance).map_err(|error| unfit(&error))
}

/// `mia.weber-7f@example.com`: readable, of few beginnings, and nobody else's.
fn address(first: &str, last: &str, n: u64, chance: &mut Chance) -> String {
    let plain = |name: &str| name.chars().filter(char::is_ascii).collect::<String>();
    let (first, last) = (plain(first), plain(last));
    let typed = if chance.is(0.9) { format!("{first}.{last}").to_lowercase() } else { format!("{first}.{last}") };
    format!("{typed}-{n:x}@{}", chance.word(words::DOMAINS))
}

/// What becomes of an account: some are never proven, some are switched off, some closed, and most are used.
fn lead_life(plan: &Plan, user: User, chance: &mut Chance) -> Result<Person, voxgate_domain::user::InvalidTransition> {
    let (created, life) = (user.created_at, plan.until.since(user.created_at));
    let later = |share: f64| created.plus(life.mul_f64(share));
    let password = Some(hash_of_nobody(chance));
    let fate = chance.unit();
    if fate < 0.06 {
        return Ok(Person { user, password, purged_at: None });
    }
    let proven = created.plus(MINUTE.mul_f64(1.0 + 600.0 * chance.unit().powi(3))).min(plan.until);
    let user = user.verify_email(proven)?;
    match fate {
        ..0.08 => Ok(Person { user: user.deactivate(later(chance.unit()).max(proven))?, password, purged_at: None }),
        ..0.11 => close(plan, user, later(chance.unit()).max(proven), password),
        _ => {
            // The newest login, of most within weeks.
            let seen = plan.until.minus(life.mul_f64(chance.unit().powi(3))).max(proven);
            let user = User { last_login_at: chance.is(0.95).then_some(seen), ..user };
            Ok(Person { user, password, purged_at: None })
        }
    }
}

/// Closed by its owner at that time, and purged a month later.
fn close(
    plan: &Plan,
    user: User,
    at: Timestamp,
    password: Option<String>,
) -> Result<Person, voxgate_domain::user::InvalidTransition> {
    let user = user.delete(at)?;
    if plan.until.since(at) < KEPT_CLOSED {
        return Ok(Person { user, password, purged_at: None });
    }
    let purged = at.plus(DAY * 30).min(plan.until);
    let nobody = format!("{}@purged.invalid", user.id);
    let email = EmailAddress::parse(&nobody).unwrap_or_else(|_| user.email.clone());
    let user =
        User { email, email_verified_at: None, profile: Profile::default(), updated_at: purged, version: 1, ..user };
    Ok(Person { user, password: None, purged_at: Some(purged) })
}

/// A hash of today's costs that no password is known for.
fn hash_of_nobody(chance: &mut Chance) -> String {
    let (salt, output) = (STANDARD_NO_PAD.encode(chance.bytes::<16>()), STANDARD_NO_PAD.encode(chance.bytes::<32>()));
    format!("$argon2id$v=19$m=19456,t=2,p=1${salt}${output}")
}

fn row(Person { user, password, purged_at }: Person) -> [Value; 18] {
    let text = |text: Option<&str>| Value::from(text.map(str::to_owned));
    let profile = &user.profile;
    // A third tells when they were born; the day follows from the identifier.
    let born = user.id.as_uuid().as_u128() % 60_000;
    let born = i32::try_from(born).ok().filter(|day| purged_at.is_none() && *day < 20_000);
    [
        user.id.as_uuid().into(),
        user.email.as_typed().to_owned().into(),
        user.email.normalized().to_owned().into(),
        user.email_verified_at.into(),
        user.status.as_str().into(),
        user.status.deleted_at().into(),
        password.into(),
        text(profile.first_name.as_ref().map(DisplayName::as_str)),
        text(profile.last_name.as_ref().map(DisplayName::as_str)),
        text(profile.phone_number.as_ref().map(PhoneNumber::as_str)),
        born.map_or(Value::Null, Value::Day),
        text(profile.locale.as_ref().map(Locale::as_str)),
        text(profile.time_zone.as_ref().map(|zone| zone.as_str())),
        user.created_at.into(),
        user.updated_at.into(),
        user.last_login_at.into(),
        user.version.into(),
        purged_at.into(),
    ]
}
