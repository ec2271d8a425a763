//! What holds for the queue and the threads.

use std::sync::mpsc;

use super::*;

/// A pool of one thread that is kept busy until the sender is dropped or sends.
fn busy_pool(limit: usize) -> (HashingPool, mpsc::Sender<()>) {
    let pool = HashingPool::start(1, limit, 1).unwrap();
    let (release, released) = mpsc::channel::<()>();
    let (begun, has_begun) = mpsc::channel();
    drop(pool.0.push(Job {
        queued_at: Instant::now(),
        wanted: Box::new(|| true),
        run: Box::new(move |_| {
            begun.send(()).unwrap();
            let _ = released.recv();
        }),
    }));
    has_begun.recv().unwrap();
    (pool, release)
}

#[tokio::test]
async fn a_full_queue_refuses_at_once_and_says_when_to_come_back() {
    let (pool, release) = busy_pool(2);
    let waiting = (pool.run(|_| 1), pool.run(|_| 2));

    let refused = pool.run(|_| 3).await;
    assert!(matches!(refused, Err(NotDone::Full { retry_after }) if retry_after >= Duration::from_secs(1)));
    assert_eq!((pool.gauges().queue_depth, pool.gauges().refused, pool.gauges().busy), (2, 1, 1));

    drop(release);
    let (first, second) = waiting;
    assert_eq!((first.await.unwrap(), second.await.unwrap()), (1, 2));
}

#[tokio::test]
async fn jobs_are_done_in_the_order_they_came() {
    let (pool, release) = busy_pool(8);
    let order = Arc::new(Mutex::new(Vec::new()));
    let jobs: Vec<_> = (0..8)
        .map(|number| {
            let order = Arc::clone(&order);
            pool.run(move |_| lock(&order).push(number))
        })
        .collect();
    drop(release);
    for job in jobs {
        job.await.unwrap();
    }
    assert_eq!(*lock(&order), [0, 1, 2, 3, 4, 5, 6, 7]);
}

#[tokio::test]
async fn a_job_nobody_waits_for_is_skipped_and_its_place_is_free() {
    let (pool, release) = busy_pool(1);
    drop(pool.run(|_| panic!("must not run")));
    let wanted = pool.run(|_| "done");
    drop(release);
    assert_eq!(wanted.await.unwrap(), "done");
    assert_eq!(pool.gauges().skipped, 1);
}

#[tokio::test]
async fn a_panic_costs_its_job_the_answer_and_no_other() {
    let pool = HashingPool::start(1, 4, 1).unwrap();
    assert!(matches!(pool.run(|_| panic!("boom")).await, Err::<(), _>(NotDone::Lost)));
    assert_eq!(pool.run(|_| 7).await.unwrap(), 7);
}

#[test]
fn memory_beyond_what_is_kept_is_given_back() {
    let mut memory = Memory::default();
    assert_eq!(memory.blocks(32).unwrap().len(), 32);
    memory.shrink_to(8);
    assert_eq!(memory.0.len(), 8);
    assert!(memory.blocks(usize::MAX).is_err());
}

#[tokio::test]
async fn whether_it_is_full_is_told_without_a_job() {
    let pool = HashingPool::start(1, 1, 0).unwrap();
    assert_eq!(pool.full_for(), None);
    let (release, held) = mpsc::channel::<()>();
    let first = pool.run(move |_| held.recv());
    while pool.gauges().busy == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let second = pool.run(|_| ());
    assert!(pool.full_for().is_some_and(|wait| wait >= Duration::from_secs(1)));
    assert_eq!(pool.gauges().refused, 1);
    // Whoever left takes no place.
    drop(second);
    assert_eq!(pool.full_for(), None);
    drop(release);
    let _ = first.await;
}

/// Priorities are those of threads on Linux alone.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn hashing_gives_way_to_everything_else() {
    let own = rustix::process::getpriority_process(None).unwrap();
    let pool = HashingPool::start(1, 1, 0).unwrap();
    let of_thread = pool.run(|_| rustix::process::getpriority_process(None).unwrap()).await.unwrap();
    assert_eq!(rustix::process::getpriority_process(None).unwrap(), own);
    assert_eq!(of_thread, (own + 10).min(19));
}
