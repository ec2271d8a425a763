//! Leases.

use std::time::Duration;

use super::{Adapter, RACERS};

const TTL: Duration = Duration::from_secs(30);

pub async fn a_lease_is_one_holders_until_it_expires(adapter: &Adapter) {
    let acquire = async |holder: &str, after: u64| {
        adapter.leases.acquire("mail", holder, adapter.fixtures.after(after), TTL).await.unwrap()
    };
    assert!(acquire("one", 0).await);
    assert!(!acquire("two", 29).await);
    assert!(acquire("one", 20).await, "the holder renews it");
    assert!(!acquire("two", 49).await);
    assert!(acquire("two", 50).await);
    assert!(!acquire("one", 50).await);
}

pub async fn leases_of_other_names_do_not_meet(adapter: &Adapter) {
    let now = adapter.fixtures.now();
    assert!(adapter.leases.acquire("mail", "one", now, TTL).await.unwrap());
    assert!(adapter.leases.acquire("sealing", "two", now, TTL).await.unwrap());
}

pub async fn a_lease_is_given_back_by_its_holder_alone(adapter: &Adapter) {
    let now = adapter.fixtures.now();
    assert!(adapter.leases.acquire("mail", "one", now, TTL).await.unwrap());
    adapter.leases.release("mail", "two").await.unwrap();
    assert!(!adapter.leases.acquire("mail", "two", now, TTL).await.unwrap());
    adapter.leases.release("mail", "one").await.unwrap();
    assert!(adapter.leases.acquire("mail", "two", now, TTL).await.unwrap());
    adapter.leases.release("unknown", "one").await.unwrap();
}

pub async fn of_concurrent_holders_one_gets_the_lease(adapter: &Adapter) {
    let now = adapter.fixtures.now();
    let tries = (0..RACERS).map(|holder| {
        let leases = adapter.leases.clone();
        tokio::spawn(async move { leases.acquire("mail", &holder.to_string(), now, TTL).await.unwrap() })
    });
    let mut held = 0;
    for one in tries.collect::<Vec<_>>() {
        held += usize::from(one.await.unwrap());
    }
    assert_eq!(held, 1);
}
