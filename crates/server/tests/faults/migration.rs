//! A newer version brings the database up to date while this one serves.

use std::thread;
use std::time::{Duration, Instant};

use tokio::task::block_in_place;

use crate::harness::Backend;
use crate::line::Weather;
use crate::service::{Data, Load, Service};
use crate::{dice, number, say};

/// Steps that this version serves without: once they are undone, they are to it what those of the next version will be.
/// Each is one statement, as what was done in one would wait for another while it holds what requests need.
const UNDO: &[(&str, &[&str])] = &[
    (
        "0013_user_lists",
        &[
            "CREATE INDEX user_role_assignments_role ON user_role_assignments (role)",
            "DROP INDEX user_role_assignments_holders",
            "DROP INDEX users_living",
            "DROP INDEX users_status",
            "DROP INDEX users_email_prefix",
            "DROP INDEX users_first_name_prefix",
            "DROP INDEX users_last_name_prefix",
        ],
    ),
    (
        "0017_audit_filters",
        &["DROP INDEX audit_logs_event", "DROP INDEX audit_logs_outcome", "DROP INDEX audit_logs_ip_address"],
    ),
    (
        "0026_revocations",
        &["CREATE INDEX user_sessions_ended ON user_sessions (ended_at)", "DROP INDEX user_sessions_ends"],
    ),
];

fn undo(service: &Service) {
    for (step, statements) in UNDO {
        for statement in *statements {
            service.sql(statement);
        }
        let (number, _) = step.split_once('_').unwrap();
        service.sql(&format!("DELETE FROM __diesel_schema_migrations WHERE version = '{number}'"));
    }
}

/// Somebody who reads for longer than a step waits for them, and longer than a request would wait for the step.
const fn report(backend: Backend) -> &'static str {
    match backend {
        Backend::Postgres => {
            "BEGIN; SELECT count(*) FROM users, user_role_assignments, user_sessions WHERE false; SELECT pg_sleep(4); COMMIT"
        }
        Backend::Sqlite => "BEGIN; SELECT count(*) FROM users, user_sessions; COMMIT",
    }
}

pub(crate) async fn no_request_fails_while_a_newer_version_migrates(backend: Backend) {
    let rounds = number("FAULT_MIGRATIONS", 1);
    let (mut dice, begun) = (dice(), Instant::now());
    let (data, url) = Data::without_a_disk(backend);
    let service = Service::start_on(data, Some(url), Weather::Fair, &[]).await;
    let mut load = Load::begin(&service, &mut dice);
    for _ in 0..rounds {
        load.goes_on_for(Duration::from_millis(dice.between(500, 1_500))).await;
        block_in_place(|| undo(&service));
        load.goes_on_for(Duration::from_millis(dice.between(500, 1_500))).await;
        let said = block_in_place(|| {
            thread::scope(|scope| {
                scope.spawn(|| service.sql(report(backend)));
                thread::sleep(Duration::from_millis(200));
                service.voxgate.command(&["migrate"])
            })
        });
        let said = String::from_utf8_lossy(&said.stdout) + String::from_utf8_lossy(&said.stderr);
        for (step, _) in UNDO {
            assert!(said.contains(&format!("applied {step}")), "{said}");
        }
    }
    load.goes_on_for(Duration::from_millis(500)).await;
    let mut visitors = load.ends().await;
    service.everything_is_as_told(&mut visitors).await;
    say!("{backend:?}: migrated {rounds} times in {:.1?}", begun.elapsed());
}
