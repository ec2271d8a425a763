//! What stands before several replicas.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

/// A proxy in front of replicas: it sends a connection to one that was ready when it looked last, and to another one when
/// that one takes no connection.
pub(crate) struct Proxy {
    pub(crate) base: String,
    replicas: Arc<Vec<Replica>>,
}

#[derive(Default)]
struct Replica {
    address: std::sync::Mutex<String>,
    ready: AtomicBool,
}

impl Proxy {
    pub(crate) async fn before(addresses: &[&str]) -> Self {
        let replica = |address: &&str| Replica { address: (*address).to_owned().into(), ready: true.into() };
        let replicas: Arc<Vec<Replica>> = Arc::new(addresses.iter().map(replica).collect());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let looked_at = Arc::clone(&replicas);
        tokio::spawn(async move {
            let client = reqwest::Client::builder().timeout(Duration::from_secs(1)).build().unwrap();
            loop {
                for replica in looked_at.iter() {
                    let url = format!("http://{}/health/ready", replica.address());
                    let ready = client.get(url).send().await.is_ok_and(|answer| answer.status() == 200);
                    replica.ready.store(ready, Ordering::SeqCst);
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        });
        let behind = Arc::clone(&replicas);
        tokio::spawn(async move {
            let turn = AtomicUsize::new(0);
            while let Ok((mut client, _)) = listener.accept().await {
                let (behind, turn) = (Arc::clone(&behind), turn.fetch_add(1, Ordering::SeqCst));
                tokio::spawn(async move {
                    let of_turn = |n| &behind[(turn + n) % behind.len()];
                    let mut order: Vec<&Replica> = (0..behind.len()).map(of_turn).collect();
                    order.sort_by_key(|replica| !replica.ready.load(Ordering::SeqCst));
                    for replica in order {
                        if let Ok(mut server) = TcpStream::connect(replica.address()).await {
                            let _ = copy_bidirectional(&mut client, &mut server).await;
                            return;
                        }
                    }
                });
            }
        });
        Self { base, replicas }
    }

    /// Waits until replica `n` is ready at `address`.
    pub(crate) async fn is_back(&self, n: usize, address: String) {
        *self.replicas[n].address.lock().unwrap() = address;
        let deadline = Instant::now() + Duration::from_secs(10);
        while !self.replicas[n].ready.load(Ordering::SeqCst) {
            assert!(Instant::now() < deadline, "the replica does not come back");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Replica {
    fn address(&self) -> String {
        self.address.lock().unwrap().clone()
    }
}
