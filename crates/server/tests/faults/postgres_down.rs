//! PostgreSQL is killed, and Voxgate goes on when it is back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use voxgate_testkit::postgres::{Cluster, Fsync};

use crate::line::Weather;
use crate::service::{Data, Load, Service};
use crate::turns::turn;
use crate::{dice, number, say};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kills_of_postgres_and_the_service_goes_on_by_itself() {
    let _turn = turn().await;
    let kills = number("FAULT_POSTGRES_KILLS", 2);
    let (mut dice, begun) = (dice(), Instant::now());
    let cluster = Arc::new(Cluster::private(Fsync::On).unwrap());
    let data = Data::Cluster(Arc::clone(&cluster));
    let service = Service::start_on(data, Some(cluster.admin_url()), Weather::Outages, &[]).await;
    let (pid, mut slowest) = (service.voxgate.pid(), Duration::ZERO);
    let mut load = Load::begin(&service, &mut dice);
    load.goes_on_for(Duration::from_secs(2)).await;
    for _ in 0..kills {
        service.post.fault();
        // With it, all that it began; or it alone, and those notice.
        if dice.below(2) == 0 { cluster.crash() } else { cluster.kill() }.unwrap();
        load.goes_on_for(Duration::from_millis(dice.between(0, 1_500))).await;
        service.voxgate.get("/health/live").await.expect(200);
        cluster.restart().unwrap();
        slowest = slowest.max(service.recovers().await);
        load.goes_on_for(Duration::from_millis(dice.between(100, 1_500))).await;
    }
    let mut visitors = load.ends().await;
    service.everything_is_as_told(&mut visitors).await;
    assert_eq!(service.voxgate.pid(), pid, "it is the process of the beginning");
    say!("{kills} kills of PostgreSQL in {:.1?}; ready again at most {slowest:.1?} after it", begun.elapsed());
}
