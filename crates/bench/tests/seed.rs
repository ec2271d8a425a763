//! A small database of either kind: what was made can be read, is sealed, and breaks no rule.

#![expect(clippy::unwrap_used, reason = "what a test needs and does not get shall stop it")]

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use tempfile::TempDir;
use voxgate_application::{AuditTrail, TrailPorts, Verification};
use voxgate_crypto::{Argon2Hasher, Argon2Settings, KeyOrigin, SealAnchorFile, SealKeys, Sha256Digest, SystemClock};
use voxgate_domain::audit::{EventFilter, EventKey};
use voxgate_domain::ports::{Clock as _, PasswordHasher as _, Store as _, Trail as _, Verification as Compared};
use voxgate_domain::user::{StatusFilter, UserFilter};
use voxgate_domain::{Act, EmailAddress, Password, RoleName, Session, User};
use voxgate_storage::{Database, PoolOptions};
use voxgate_testkit::fixtures::Fixtures;
use voxgate_testkit::postgres::TestDatabase;

const USERS: usize = 3_000;
const EVENTS: usize = 9_000;

/// What the documentation says.
const PASSWORD: &str = "Bench!mark-kettle-orbit-47";

/// Seeds by the program itself, with seals by keys in `folder`.
async fn seeded(url: &str, folder: &Path) -> Database {
    let database = Database::connect(url, PoolOptions::default()).await.unwrap();
    database.migrate().await.unwrap();
    SealKeys::generate(&folder.join("audit"), SystemClock.now(), KeyOrigin::Operator).unwrap();
    let (users, events) = (USERS.to_string(), EVENTS.to_string());
    let seeding = Command::new(env!("CARGO_BIN_EXE_voxgate-bench"))
        .args(["seed", "--database", url, "--users", &users, "--events", &events, "--logins", "16", "--keys"])
        .arg(folder)
        .output()
        .unwrap();
    assert!(seeding.status.success(), "{}", String::from_utf8_lossy(&seeding.stderr));
    database
}

/// Every page of the list of users, and of the trail, as administrators read them.
async fn every_page_reads(database: &Database) {
    let filter = UserFilter { include_deleted: true, ..UserFilter::default() };
    let mut users: Vec<(User, Vec<RoleName>)> = Vec::new();
    loop {
        let page = database.list_users(&filter, users.last().map(|(user, _)| user.id), 200).await.unwrap();
        if page.is_empty() {
            break;
        }
        users.extend(page);
    }
    assert_eq!(users.len(), USERS);
    assert!(users.iter().all(|(_, roles)| roles.contains(&RoleName::patient())));
    for status in StatusFilter::ALL {
        let filter = UserFilter { status: Some(*status), ..UserFilter::default() };
        assert!(!database.list_users(&filter, None, 1).await.unwrap().is_empty(), "{status:?}");
    }

    let mut events = 0;
    let mut before: Option<EventKey> = None;
    loop {
        let page = database.find_events(&EventFilter::default(), before, 1_000).await.unwrap();
        let Some(last) = page.last() else { break };
        assert!(page.iter().all(|event| event.details.starts_with('{')));
        before = Some(last.key());
        events += page.len();
    }
    assert_eq!(events, EVENTS);

    let now = SystemClock.now();
    let mut sessions: Vec<Session> = Vec::new();
    for (user, _) in &users {
        sessions.extend(database.sessions_of(user.id, now, 100).await.unwrap());
    }
    assert!(sessions.len() > USERS / 4, "{} open sessions", sessions.len());
}

async fn logs_in(database: &Database, address: &str) {
    let account = database.account_by_email(&EmailAddress::parse(address).unwrap()).await.unwrap().unwrap();
    assert!(account.user.email_verified_at.is_some());
    let hasher = Argon2Hasher::new(Argon2Settings::default().with_threads(1).unwrap()).unwrap();
    let password = Password::parse(PASSWORD).unwrap();
    let compared = hasher.verify(&password, account.password.as_ref()).await.unwrap();
    assert_eq!(compared, Compared::Match { outdated: false }, "a login does not hash anew");
}

/// What is recorded after the seeding waits, and is sealed behind what was made; and then the trail is whole.
async fn the_trail_goes_on(database: &Database, folder: &Path) {
    assert_eq!(database.waiting(None, 1).await.unwrap(), []);
    let fixtures = Fixtures::default();
    let user = fixtures.user();
    let mut unit = database.begin().await.unwrap();
    unit.users().add(&user, None).await.unwrap();
    unit.audit().record(&fixtures.event(Act::UserRegistered, user.id)).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(database.waiting(None, 10).await.unwrap().len(), 1, "the trigger is back");

    let keys = Arc::new(SealKeys::load(folder.join("audit"), SystemClock.now()).unwrap());
    let trail = AuditTrail::new(TrailPorts {
        trail: Arc::new(database.clone()),
        signer: Arc::clone(&keys) as _,
        verifier: keys,
        digest: Arc::new(Sha256Digest),
        anchor: Arc::new(SealAnchorFile::new(&folder.join("audit"))),
        clock: Arc::new(SystemClock),
    });
    trail.seal_all().await.unwrap();
    let verdict = trail.verify(Verification::default(), &mut |_, _| {}).await.unwrap();
    assert_eq!((verdict.finding, verdict.events), (None, EVENTS as u64 + 1));
}

async fn holds(database: &Database, folder: &Path) {
    every_page_reads(database).await;
    for address in ["bench-0000@example.org", "bench-0015@example.org", "bench-admin@example.org"] {
        logs_in(database, address).await;
    }
    the_trail_goes_on(database, folder).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_holds_what_was_made_and_goes_on() {
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite://{}", folder.path().join("voxgate.db").display());
    let database = seeded(&url, folder.path()).await;
    holds(&database, folder.path()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_holds_what_was_made_in_partitions_by_month_and_goes_on() {
    let folder = TempDir::new().unwrap();
    let server = TestDatabase::create().unwrap_or_else(|error| panic!("{error}"));
    let database = seeded(&server.url(), folder.path()).await;
    // Nothing fell into the partition for what has no other.
    let outside = server.psql("SELECT count(*) FROM audit_logs_default").unwrap();
    assert!(outside.split_whitespace().any(|word| word == "0"), "{outside}");
    holds(&database, folder.path()).await;
    // The oldest month that has events was added, and refuses what the table refuses.
    let oldest = "SELECT tableoid::regclass FROM audit_logs ORDER BY occurred_at LIMIT 1";
    let oldest = server.psql(oldest).unwrap();
    let oldest = oldest.split_whitespace().find(|word| word.starts_with("audit_logs_2")).unwrap();
    for forbidden in ["DELETE FROM", "TRUNCATE"] {
        assert!(server.psql(&format!("{forbidden} {oldest}")).is_err(), "{forbidden} {oldest}");
    }
}
