//! What becomes of transactions that leave their commit to the next one.

use std::time::Duration;

use futures_util::poll;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use voxgate_domain::User;
use voxgate_domain::ports::{Leases as _, Store as _, UnitOfWork as _, Users as _};
use voxgate_testkit::fixtures::Fixtures;

use super::*;
use crate::connection::on;
use crate::unit_of_work::Transaction;
use crate::{Database, PoolOptions};

/// A database, and a first transaction on it that has added somebody.
struct Case {
    database: Database,
    fixtures: Fixtures,
    first: Transaction,
    added: User,
    _folder: TempDir,
}

impl Case {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("voxgate.db").display());
        let database = Database::connect(&url, PoolOptions::default()).await.unwrap();
        database.migrate().await.unwrap();
        let fixtures = Fixtures::default();
        let (first, added) = adding(&database, fixtures.user()).await;
        Self { database, fixtures, first, added, _folder: folder }
    }

    /// Another transaction, which adds somebody else as soon as it has the connection.
    async fn another(&self) -> JoinHandle<(Transaction, User)> {
        let (database, user) = (self.database.clone(), self.fixtures.user());
        let waiting = tokio::spawn(async move { adding(&database, user).await });
        self.somebody_waits().await;
        waiting
    }

    async fn somebody_waits(&self) {
        while !self.database.gauges().iter().any(|gauges| gauges.pool == "writer" && gauges.waiting > 0) {
            tokio::task::yield_now().await;
        }
    }
}

async fn adding(database: &Database, user: User) -> (Transaction, User) {
    let mut unit = Transaction::begin(database.joining_writer().await.unwrap(), None).await.unwrap();
    unit.add(&user, None).await.unwrap();
    (unit, user)
}

async fn has(database: &Database, user: &User) -> bool {
    database.account(user.id).await.unwrap().is_some()
}

/// The transaction, on its way to the disk.
fn committing(unit: Transaction) -> JoinHandle<Outcome> {
    tokio::spawn(Box::new(unit).commit())
}

#[tokio::test]
async fn transactions_behind_which_others_wait_are_committed_together() {
    let mut case = Case::new().await;
    let mut committed = Vec::new();
    let mut added = vec![case.added.clone()];
    for _ in 0..3 {
        let next = case.another().await;
        committed.push(committing(case.first));
        let (unit, user) = next.await.unwrap();
        (case.first, added) = (unit, [added, vec![user]].concat());
        let waiting: Vec<bool> = committed.iter().map(JoinHandle::is_finished).collect();
        assert!(!waiting.contains(&true), "nobody hears of a commit that is not made");
        for user in &added {
            assert!(!has(&case.database, user).await, "nobody sees it");
        }
    }
    committed.push(committing(case.first));
    for commit in committed {
        commit.await.unwrap().unwrap();
    }
    for user in &added {
        assert!(has(&case.database, user).await);
    }
}

#[tokio::test]
async fn one_that_fails_or_goes_away_takes_nobody_along() {
    for goes_away in [false, true] {
        let case = Case::new().await;
        let next = case.another().await;
        let first = committing(case.first);
        let (unit, user) = next.await.unwrap();
        if goes_away {
            drop(unit);
        } else {
            Box::new(unit).rollback().await.unwrap();
        }
        first.await.unwrap().unwrap();
        assert!(has(&case.database, &case.added).await && !has(&case.database, &user).await);
        let (unit, later) = adding(&case.database, case.fixtures.user()).await;
        committing(unit).await.unwrap().unwrap();
        assert!(has(&case.database, &later).await, "and it goes on");
    }
}

#[tokio::test]
async fn who_undoes_what_they_did_after_others_goes_on_when_theirs_is_committed() {
    for failed in [false, true] {
        let case = Case::new().await;
        let next = case.another().await;
        let first = committing(case.first);
        let (mut unit, user) = next.await.unwrap();
        if failed {
            unit.add(&user, None).await.unwrap_err();
        }
        Box::new(unit).rollback().await.unwrap();
        assert!(has(&case.database, &case.added).await, "what was seen in the transaction is seen after it");
        assert!(!has(&case.database, &user).await);
        first.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_statement_that_fails_is_that_ones_alone() {
    let case = Case::new().await;
    let next = case.another().await;
    let first = committing(case.first);
    let (mut unit, user) = next.await.unwrap();
    unit.add(&user, None).await.unwrap_err();
    committing(unit).await.unwrap().unwrap_err();
    first.await.unwrap().unwrap();
    assert!(has(&case.database, &case.added).await && !has(&case.database, &user).await);
}

#[tokio::test]
async fn when_whoever_was_to_commit_does_not_come_somebody_does() {
    for goes_away in [false, true] {
        let case = Case::new().await;
        let mut next = Some(Box::pin(adding(&case.database, case.fixtures.user())));
        assert!(poll!(next.as_mut().unwrap()).is_pending());
        let first = committing(case.first);
        tokio::time::sleep(Duration::from_millis(10)).await;
        assert!(!first.is_finished(), "it left the commit to the next one");
        if goes_away {
            next = None;
        }
        tokio::time::timeout(Duration::from_secs(2), first).await.unwrap().unwrap().unwrap();
        assert!(has(&case.database, &case.added).await);
        if let Some(next) = next {
            let (unit, later) = next.await;
            committing(unit).await.unwrap().unwrap();
            assert!(has(&case.database, &later).await, "late, and not too late");
        }
    }
}

#[tokio::test]
async fn whoever_writes_alone_commits_for_the_others_first() {
    let case = Case::new().await;
    let database = case.database.clone();
    let now = case.fixtures.now();
    let alone = tokio::spawn(async move { database.acquire("a job", "one", now, Duration::from_secs(60)).await });
    case.somebody_waits().await;
    let first = committing(case.first);
    assert!(alone.await.unwrap().unwrap());
    first.await.unwrap().unwrap();
    assert!(has(&case.database, &case.added).await);
}

#[tokio::test]
async fn when_all_is_undone_all_hear_so() {
    let case = Case::new().await;
    let next = case.another().await;
    let first = committing(case.first);
    let (mut unit, user) = next.await.unwrap();
    // As SQLite does by itself, when the disk is full at a bad moment.
    let undone: Outcome = async { on!(unit.connection(), c => c.batch_execute("ROLLBACK")) }.await;
    undone.unwrap();
    committing(unit).await.unwrap().unwrap_err();
    assert!(matches!(first.await.unwrap(), Err(StoreError::Unavailable(_))));
    for user in [&case.added, &user] {
        assert!(!has(&case.database, user).await);
    }
    let (unit, later) = adding(&case.database, case.fixtures.user()).await;
    committing(unit).await.unwrap().unwrap();
    assert!(has(&case.database, &later).await, "and it goes on");
}
