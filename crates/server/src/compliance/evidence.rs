//! What is found in the running system.

use std::sync::Arc;
use std::time::Duration;

use voxgate_application::{Application, Verdict, Verification};
use voxgate_crypto::{KeyInfo, KeyRing, SystemClock};
use voxgate_domain::audit::{EventFilter, RecordedEvent};
use voxgate_domain::ports::{Clock as _, Store, Trail};
use voxgate_domain::user::{StatusFilter, UserFilter};
use voxgate_domain::{Permission, RoleName, Timestamp};
use voxgate_storage::Database;

use crate::failure::{Failure, While as _};
use crate::settings::Settings;
use crate::wiring;

/// What is found.
#[derive(Debug)]
pub(crate) struct Evidence {
    pub(crate) now: Timestamp,
    /// The audit trail, computed again.
    pub(crate) trail: Verdict,
    /// The oldest event that no seal has yet.
    pub(crate) oldest_unsealed: Option<Timestamp>,
    /// Who has the roles that must have a second factor.
    pub(crate) privileged: Vec<Coverage>,
    /// Active users who may take emergency access.
    pub(crate) emergency_holders: u64,
    pub(crate) signing_keys: Vec<KeyInfo>,
    pub(crate) seal_keys: Vec<KeyInfo>,
    pub(crate) emergencies_granted: Tally,
    pub(crate) emergencies_denied: Tally,
    pub(crate) failed_logins: Tally,
    pub(crate) lockouts: Tally,
    /// When something was purged last.
    pub(crate) last_retention: Option<Timestamp>,
    /// Whether something is due to be purged.
    pub(crate) retention_due: bool,
}

/// How many of the active holders of a role have a second factor.
#[derive(Debug)]
pub(crate) struct Coverage {
    pub(crate) role: RoleName,
    pub(crate) holders: u64,
    pub(crate) with_factor: u64,
}

/// How many events there were.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) count: u64,
    /// There are more, which were not counted.
    pub(crate) or_more: bool,
}

/// How far back events are counted.
pub(crate) const PERIOD: Duration = Duration::from_secs(90 * 24 * 3_600);
/// How many rows are read at a time, and of how many pages the counting ends.
const PAGE: u32 = 1_000;
const MOST_PAGES: u32 = 100;

/// Looks at everything. It changes nothing.
pub(crate) async fn gather(
    settings: &Settings,
    database: &Database,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<Evidence, Failure> {
    let doing = "gathering evidence";
    let now = SystemClock.now();
    let keys = wiring::seal_keys(settings)?;
    let trail = wiring::audit_trail(settings, database, Arc::clone(&keys) as _, keys as _);
    let trail = trail.verify(Verification::default(), progress).await.doing("verifying the audit trail")?;
    let application = wiring::application(settings, database, Arc::new(wiring::signing_keys(settings)?))?;
    let since = |event: &str| EventFilter {
        event: Some(event.to_owned()),
        from: Some(now.minus(PERIOD)),
        ..EventFilter::default()
    };
    let any = |_: &RecordedEvent| true;
    let about_emergencies = |event: &RecordedEvent| event.details.contains(Permission::EmergencyAccess.as_str());
    Ok(Evidence {
        now,
        trail,
        oldest_unsealed: database.oldest_waiting().await.doing(doing)?,
        privileged: privileged(settings, database).await?,
        emergency_holders: emergency_holders(database).await?,
        signing_keys: KeyRing::list(&settings.keys.dir).doing("reading the signing keys")?,
        seal_keys: KeyRing::list(&wiring::seal_keys_dir(settings)).doing("reading the keys of the audit trail")?,
        emergencies_granted: count(database, &since("emergency_access.granted"), any).await?,
        emergencies_denied: count(database, &since("access.denied"), about_emergencies).await?,
        failed_logins: count(database, &since("login.failed"), any).await?,
        lockouts: count(database, &since("account.locked"), any).await?,
        last_retention: latest(database, "retention.enforced").await?,
        retention_due: is_retention_due(&application).await?,
    })
}

async fn is_retention_due(application: &Application) -> Result<bool, Failure> {
    Ok(!application.preview_retention().await.doing("looking for what is due to be purged")?.is_nothing())
}

async fn latest(database: &Database, event: &str) -> Result<Option<Timestamp>, Failure> {
    let filter = EventFilter { event: Some(event.to_owned()), ..EventFilter::default() };
    let found = database.find_events(&filter, None, 1).await.doing("reading the audit trail")?;
    Ok(found.first().map(|event| event.occurred_at))
}

async fn count(
    database: &Database,
    filter: &EventFilter,
    counts: impl Fn(&RecordedEvent) -> bool,
) -> Result<Tally, Failure> {
    let (mut count, mut before) = (0, None);
    for _ in 0..MOST_PAGES {
        let page = database.find_events(filter, before, PAGE).await.doing("reading the audit trail")?;
        count += page.iter().filter(|event| counts(event)).count() as u64;
        let Some(last) = page.last() else { return Ok(Tally { count, or_more: false }) };
        before = Some(last.key());
    }
    Ok(Tally { count, or_more: true })
}

async fn privileged(settings: &Settings, database: &Database) -> Result<Vec<Coverage>, Failure> {
    let mut found = Vec::new();
    // What a hospital expects, also where the setting asks for less.
    let expected = [RoleName::admin(), RoleName::parse("auditor").doing("naming the roles")?];
    let roles = settings.policies.access.second_factor_roles.iter().cloned().chain(expected);
    for role in roles.collect::<std::collections::BTreeSet<_>>() {
        let (holders, with_factor) = holders_of(database, &role).await?;
        found.push(Coverage { role, holders, with_factor });
    }
    Ok(found)
}

async fn emergency_holders(database: &Database) -> Result<u64, Failure> {
    let mut holders = 0;
    for role in database.roles().await.doing("reading the roles")? {
        if role.permissions.allows(Permission::EmergencyAccess) {
            holders += holders_of(database, &role.name).await?.0;
        }
    }
    Ok(holders)
}

/// How many active users have the role, and how many of them a second factor.
async fn holders_of(database: &Database, role: &RoleName) -> Result<(u64, u64), Failure> {
    let status = Some(StatusFilter::Active);
    let filter = UserFilter { status, role: Some(role.clone()), ..UserFilter::default() };
    let (mut holders, mut with_factor, mut after) = (0, 0, None);
    for _ in 0..MOST_PAGES {
        let page = database.list_users(&filter, after, PAGE).await.doing("reading the users")?;
        holders += page.len() as u64;
        with_factor += page.iter().filter(|(user, _)| user.mfa_enabled).count() as u64;
        match page.last() {
            Some((user, _)) => after = Some(user.id),
            None => break,
        }
    }
    Ok((holders, with_factor))
}
