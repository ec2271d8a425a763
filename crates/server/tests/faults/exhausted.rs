//! Every connection to PostgreSQL is taken: who comes waits for a while, and is told to come again.

use std::process::Stdio;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use voxgate_testkit::postgres::Cluster;

use crate::harness::{Backend, empty_database};
use crate::line::Weather;
use crate::service::{Data, Load, Service};
use crate::turns::turn;
use crate::{dice, number, say};

#[tokio::test(flavor = "multi_thread")]
async fn an_exhausted_pool_refuses_in_time_and_loses_nothing() {
    /// Fewer than there are people.
    const CONNECTIONS: (&str, &str) = ("DATABASE_POOL_SIZE", "2");
    let _turn = turn().await;
    let holds = number("FAULT_HOLDS", 1);
    let (mut dice, begun) = (dice(), Instant::now());
    let unused = tempfile::tempdir().unwrap();
    let (url, database) = empty_database(Backend::Postgres, unused.path());
    let data = Data::Database(database.unwrap());
    let service = Service::start_on(data, Some(url.clone()), Weather::Outages, &[CONNECTIONS]).await;
    let mut load = Load::begin(&service, &mut dice);
    load.goes_on_for(Duration::from_secs(1)).await;
    for _ in 0..holds {
        service.post.fault();
        // Whoever reads or writes a user waits, and keeps their connection meanwhile.
        let held = Duration::from_millis(dice.between(3_000, 5_000));
        let hold = format!("BEGIN; LOCK TABLE users; SELECT pg_sleep({}); COMMIT", held.as_secs_f64());
        let mut psql = Cluster::program("psql").unwrap();
        let psql = psql.args([url.as_str(), "--quiet", "--set", "ON_ERROR_STOP=1", "--command", &hold]);
        let mut psql = psql.stdout(Stdio::null()).spawn().unwrap();
        load.goes_on_for(held).await;
        service.voxgate.get("/health/live").await.expect(200);
        assert!(psql.wait().unwrap().success());
        service.recovers().await;
        load.goes_on_for(Duration::from_millis(dice.between(500, 1_500))).await;
    }
    let mut visitors = load.ends().await;
    service.everything_is_as_told(&mut visitors).await;
    assert!(service.line.tally.unavailable.load(Ordering::Relaxed) > 0, "nobody noticed");
    say!("the pool exhausted {holds} times in {:.1?}", begun.elapsed());
}
