//! The network between Voxgate and PostgreSQL breaks in the middle of statements, of answers and of commits.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use voxgate_testkit::postgres::{Cluster, Fsync};

use crate::line::Weather;
use crate::service::{Data, Load, Service};
use crate::severing::Severing;
use crate::turns::turn;
use crate::{dice, number, say};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_connections_to_postgres_cut_at_any_byte() {
    let _turn = turn().await;
    let cuts = usize::try_from(number("FAULT_CUTS", 25)).unwrap();
    let (mut dice, begun) = (dice(), Instant::now());
    let cluster = Arc::new(Cluster::private(Fsync::On).unwrap());
    let url = cluster.admin_url();
    let port = url.rsplit_once(':').unwrap().1.trim_end_matches("/postgres").parse().unwrap();
    let proxy = Severing::before(port, dice.split()).await;
    let url = url.replace(&port.to_string(), &proxy.port.to_string());
    let service = Service::start_on(Data::Cluster(cluster), Some(url), Weather::Outages, &[]).await;
    let mut load = Load::begin(&service, &mut dice);
    load.goes_on_for(Duration::from_secs(2)).await;
    while proxy.cut.load(Ordering::SeqCst) < cuts {
        // With breathing spaces, in which people get on to what is next to be cut.
        proxy.begin(&service.post);
        load.goes_on_for(Duration::from_millis(dice.between(200, 1_500))).await;
        proxy.end();
        load.goes_on_for(Duration::from_millis(dice.between(100, 700))).await;
        assert!(begun.elapsed() < Duration::from_secs(60 + cuts as u64), "connections are not used any more");
    }
    service.recovers().await;
    let mut visitors = load.ends().await;
    service.everything_is_as_told(&mut visitors).await;
    let (cut, at_a_commit) = (proxy.cut.load(Ordering::SeqCst), proxy.cut_at_a_commit.load(Ordering::SeqCst));
    assert!(at_a_commit > 0 && at_a_commit < cut, "{at_a_commit} of {cut} at a commit");
    say!("{cut} connections cut, {at_a_commit} of them at a commit, in {:.1?}", begun.elapsed());
}
