//! Large databases to measure on: users, sessions and audit events with the skew of a service that has grown for years.
//!
//! A generator on a thread of its own makes rows out of values of the domain, so that they are what the service could
//! have written, and hands them in batches to whoever writes: COPY on PostgreSQL, statements of many rows on SQLite. All
//! is one transaction: a seeding that fails leaves nothing. The same `--seed` and `--until` give the same rows.

mod acts;
mod chance;
mod copy;
mod events;
mod options;
mod people;
mod postgres;
mod progress;
mod rows;
mod sessions;
mod skew;
mod sqlite;
mod staff;
mod tables;
mod trail;
mod words;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use tokio::sync::mpsc;
use voxgate_domain::audit::Hash;
use voxgate_domain::ports::SealAnchor as _;

pub(crate) use options::{Options, PASSWORD};

use options::Plan;
use progress::Progress;
use rows::Batch;
use trail::{Chain, Trail};

/// Why a database was not filled.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SeedError {
    /// An option is unfit.
    #[error("{0}")]
    Option(String),
    /// The database is not what it should be.
    #[error("{0}")]
    Database(String),
    /// PostgreSQL refused something.
    #[error("PostgreSQL: {}", with_causes(.0))]
    Postgres(#[from] tokio_postgres::Error),
    /// SQLite refused something.
    #[error("SQLite: {0}")]
    Sqlite(#[from] diesel::result::Error),
    /// A row cannot be made.
    #[error("a made value is none that the service takes: {0}")]
    Value(String),
    /// The keys of the audit trail do not serve.
    #[error("the keys of the audit trail: {0}")]
    Keys(String),
    /// Whoever wrote is gone.
    #[error("nobody writes any more")]
    Stopped,
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    std::iter::once(error.to_string()).chain(causes.map(ToString::to_string)).collect::<Vec<_>>().join(": ")
}

/// How many batches wait at most for whoever writes.
const QUEUE: usize = 3;

/// Fills the database.
pub(crate) async fn run(options: &Options) -> ExitCode {
    let began = Instant::now();
    match fill(options).await {
        Ok(()) => {
            progress::say(format_args!("done in {:.1} s", began.elapsed().as_secs_f64()));
            ExitCode::SUCCESS
        }
        Err(error) => {
            progress::complain(format_args!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// How many can log in to a database that [`fill_for_load`] filled.
pub(crate) const LOGINS: u64 = 512;

/// Fills the database at `url`, whose events are sealed by the keys in the folder `keys`.
///
/// # Errors
///
/// A [`SeedError`], after which the database is to be thrown away.
pub(crate) async fn fill_for_load(url: &str, users: u64, events: u64, keys: PathBuf) -> Result<(), SeedError> {
    let (database, keys) = (url.to_owned(), Some(keys));
    fill(&Options { database, users, events, logins: LOGINS, password_hash: None, keys, seed: 1, until: None }).await
}

async fn fill(options: &Options) -> Result<(), SeedError> {
    let plan = Plan::new(options).await?;
    let progress = Progress::new(plan.users, plan.events);
    let sealed = match options.database.strip_prefix("sqlite://") {
        Some(path) => {
            let (path, plan, shown) = (path.to_owned(), plan.clone(), progress.clone());
            let filling = tokio::task::spawn_blocking(move || {
                let mut database = sqlite::Sqlite::open(&path)?;
                let (batches, chain, made) = generate(&plan, database.chain()?);
                database.fill(batches, &shown)?;
                finish(made, chain)
            });
            filling.await.map_err(|error| SeedError::Database(error.to_string()))??
        }
        None => {
            let mut database = postgres::Postgres::connect(&options.database).await?;
            let (batches, chain, made) = generate(&plan, database.chain().await?);
            database.fill(batches, plan.period(), &progress).await?;
            tokio::task::spawn_blocking(move || finish(made, chain))
                .await
                .map_err(|error| SeedError::Database(error.to_string()))??
        }
    };
    progress.finish();
    report(&plan, sealed)
}

type Made = std::thread::JoinHandle<Result<Option<(u64, Hash)>, SeedError>>;

/// Starts the generator. What it hands over when it is done is the newest seal.
fn generate(plan: &Plan, chain: Chain) -> (mpsc::Receiver<Batch>, Chain, Made) {
    let (sender, batches) = mpsc::channel(QUEUE);
    let (plan, begins) = (plan.clone(), chain);
    let made = std::thread::spawn(move || {
        let mut hand_over = |batch: Batch| sender.blocking_send(batch).map_err(|_| SeedError::Stopped);
        let people = people::make(&plan, &mut hand_over)?;
        let trail = Trail::new(&plan, begins);
        events::make(&plan, &people, trail, &mut hand_over)
    });
    (batches, chain, made)
}

fn finish(made: Made, chain: Chain) -> Result<Option<(u64, Hash)>, SeedError> {
    let newest = made.join().map_err(|_| SeedError::Database("the generator gave up".to_owned()))??;
    Ok(newest.filter(|(number, _)| *number > chain.number))
}

/// Says what was made, and remembers the newest seal where the service looks for it.
fn report(plan: &Plan, sealed: Option<(u64, Hash)>) -> Result<(), SeedError> {
    match (&plan.seals, sealed) {
        (Some(seals), Some((number, hash))) => {
            seals.anchor.remember(number, hash).map_err(|error| SeedError::Keys(error.to_string()))?;
            progress::say(format_args!("the events are sealed; the last seal is {number}:{hash}"));
        }
        _ => progress::say(format_args!(
            "{} events wait to be sealed: a server seals them in the background, which disturbs measurements (--keys)",
            plan.events
        )),
    }
    progress::say(format_args!(
        "log in as bench-0000@example.org … or bench-admin@example.org by the password {:?}",
        PASSWORD
    ));
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use voxgate_domain::Timestamp;

    use super::*;
    use crate::seed::rows::Value;

    fn plan(seed: u64) -> Plan {
        let until = Timestamp::from_unix_micros(1_790_000_000_000_000).unwrap();
        Plan {
            users: 600,
            events: 3_000,
            logins: 4,
            password_hash: "$argon2id$".to_owned(),
            seals: None,
            seed,
            from: until.minus(Duration::from_secs(3 * 365 * 24 * 3_600)),
            until,
        }
    }

    /// The rows of each table.
    fn made(plan: &Plan) -> BTreeMap<&'static str, Vec<Vec<Value>>> {
        let (mut batches, chain, made) = generate(plan, Chain::EMPTY);
        let mut tables: BTreeMap<&str, Vec<Vec<Value>>> = BTreeMap::new();
        while let Some(batch) = batches.blocking_recv() {
            tables.entry(batch.table.name).or_default().extend(batch.rows().map(<[Value]>::to_vec));
        }
        assert_eq!(finish(made, chain).unwrap(), None, "nothing is sealed without keys");
        tables
    }

    #[test]
    fn the_same_number_gives_the_same_rows_and_another_gives_others() {
        assert_eq!(made(&plan(1)), made(&plan(1)));
        assert_ne!(made(&plan(1))["users"], made(&plan(2))["users"]);
    }

    #[test]
    fn there_is_as_much_as_was_asked_for_and_every_event_waits() {
        let tables = made(&plan(1));
        assert_eq!(
            (tables["users"].len(), tables["audit_logs"].len(), tables["audit_unsealed"].len()),
            (600, 3_000, 3_000)
        );
        assert!(tables["user_role_assignments"].len() > 600 && !tables["user_sessions"].is_empty());
        assert_eq!(tables["user_sessions"].len(), tables["refresh_tokens"].len());
    }

    #[test]
    fn events_come_in_order_and_never_before_whom_they_are_about() {
        let (plan, tables) = (plan(1), made(&plan(1)));
        let created: BTreeMap<String, Timestamp> = tables["users"]
            .iter()
            .map(|row| match (&row[0], &row[13]) {
                (Value::Id(id), Value::At(at)) => (id.to_string(), *at),
                other => panic!("{other:?}"),
            })
            .collect();
        let mut last = plan.from;
        for row in &tables["audit_logs"] {
            let Value::At(at) = row[1] else { panic!("{row:?}") };
            assert!(at > last && at <= plan.until);
            last = at;
            for person in [&row[4], &row[5]] {
                if let Value::Id(id) = person {
                    assert!(created[&id.to_string()] <= at);
                }
            }
        }
    }
}
