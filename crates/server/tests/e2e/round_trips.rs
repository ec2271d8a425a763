//! An authenticated request costs one round trip to the database.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use voxgate_testkit::postgres::TestDatabase;

use crate::harness::{Backend, Voxgate};

/// What PostgreSQL sends when it is done with what it was asked and waits outside a transaction for more.
const READY_FOR_QUERY: &[u8] = b"Z\0\0\0\x05I";

/// Stands between Voxgate and PostgreSQL, and counts how often the server was done.
async fn counting_proxy(upstream: String) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let round_trips = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&round_trips);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(&upstream).await.unwrap();
            let (mut from_client, mut to_client) = client.into_split();
            let (mut from_server, mut to_server) = server.into_split();
            tokio::spawn(async move { tokio::io::copy(&mut from_client, &mut to_server).await });
            let counter = Arc::clone(&counter);
            tokio::spawn(async move {
                let mut buffer = vec![0; 64 * 1_024];
                while let Ok(read @ 1..) = from_server.read(&mut buffer).await {
                    let done = buffer[..read].windows(READY_FOR_QUERY.len()).filter(|six| *six == READY_FOR_QUERY);
                    counter.fetch_add(done.count(), Ordering::SeqCst);
                    if to_client.write_all(&buffer[..read]).await.is_err() {
                        break;
                    }
                }
            });
        }
    });
    (port, round_trips)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authenticated_request_costs_one_round_trip_to_the_database() {
    let database = TestDatabase::create().unwrap_or_else(|error| panic!("{error}"));
    let mut url = url::Url::parse(&database.url()).unwrap();
    let upstream = format!("127.0.0.1:{}", url.port().unwrap_or(5432));
    let (port, round_trips) = counting_proxy(upstream).await;
    url.set_host(Some("127.0.0.1")).unwrap();
    url.set_port(Some(port)).unwrap();
    let voxgate = Voxgate::start_with(Backend::Sqlite, &[("DATABASE_URL", url.as_str())]).await;
    let me = voxgate.logged_in("ada@example.org").await;
    // The first time a connection prepares the statement.
    for _ in 0..5 {
        voxgate.profile(&me).await.expect(200);
    }

    // Jobs ask the database too: they are counted in a time without requests, and taken off.
    let requests = 300;
    let before = round_trips.load(Ordering::SeqCst);
    let begun = std::time::Instant::now();
    for _ in 0..requests {
        voxgate.profile(&me).await.expect(200);
    }
    let busy = round_trips.load(Ordering::SeqCst) - before;
    let lasted = begun.elapsed();
    let before = round_trips.load(Ordering::SeqCst);
    tokio::time::sleep(lasted.max(std::time::Duration::from_secs(3))).await;
    let idle = round_trips.load(Ordering::SeqCst) - before;

    assert!(
        (requests..=requests + idle + 10).contains(&busy),
        "{busy} round trips for {requests} requests, {idle} idle"
    );
}
