//! The threads that hash: as many as there are cores, each with one block of memory, behind a bounded fair queue.
//!
//! Memory is bounded by threads × memory of a hash, waiting by the length of the queue. Whoever comes when the queue is
//! full hears so at once, with an estimate of when it is worth coming back.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use argon2::Block;
use tokio::sync::oneshot;

/// The memory of one thread, reused by one hash after the other.
#[derive(Default)]
pub(crate) struct Memory(Vec<Block>);

/// The operating system has not that much memory.
#[derive(Debug, thiserror::Error)]
#[error("not enough memory for a hash")]
pub(crate) struct OutOfMemory;

impl Memory {
    /// Blocks of 1 KiB, `count` of them.
    pub(crate) fn blocks(&mut self, count: usize) -> Result<&mut [Block], OutOfMemory> {
        if self.0.len() < count {
            self.0.try_reserve_exact(count - self.0.len()).map_err(|_| OutOfMemory)?;
            self.0.resize(count, Block::default());
        }
        self.0.get_mut(..count).ok_or(OutOfMemory)
    }

    /// Gives back what is beyond `count` blocks: an imported hash may have needed more than ours do.
    fn shrink_to(&mut self, count: usize) {
        if self.0.len() > count {
            self.0.truncate(count);
            self.0.shrink_to_fit();
        }
    }
}

/// What a pool says of itself, for metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolGauges {
    /// Threads that hash.
    pub threads: usize,
    /// Threads that are hashing now.
    pub busy: usize,
    /// Jobs that wait.
    pub queue_depth: usize,
    /// Jobs that may wait.
    pub queue_limit: usize,
    /// Jobs done since the start.
    pub done: u64,
    /// Jobs skipped since the start, because nobody waited for them any more.
    pub skipped: u64,
    /// Jobs refused since the start, because the queue was full.
    pub refused: u64,
    /// How long a job took of late.
    pub recent_duration: Duration,
    /// How long the last job that was begun had waited.
    pub last_wait: Duration,
}

/// Why a job was not done.
#[derive(Debug)]
pub(crate) enum NotDone {
    /// The queue is full.
    Full { retry_after: Duration },
    /// The thread gave up: it panicked, or the process is stopping.
    Lost,
}

/// A job, and whether anybody still waits for it.
struct Job {
    queued_at: Instant,
    wanted: Box<dyn Fn() -> bool + Send>,
    run: Box<dyn FnOnce(&mut Memory) + Send>,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    stopping: bool,
}

struct Shared {
    queue: Mutex<Queue>,
    arrived: Condvar,
    limit: usize,
    threads: usize,
    keep_blocks: usize,
    busy: AtomicUsize,
    done: AtomicU64,
    skipped: AtomicU64,
    refused: AtomicU64,
    recent_micros: AtomicU64,
    wait_micros: AtomicU64,
}

/// The pool. Its threads end when it is dropped.
pub(crate) struct HashingPool(Arc<Shared>);

impl HashingPool {
    /// Starts `threads` threads that keep `keep_blocks` KiB each, with room for `limit` waiting jobs.
    pub(crate) fn start(threads: usize, limit: usize, keep_blocks: usize) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            queue: Mutex::default(),
            arrived: Condvar::new(),
            limit,
            threads,
            keep_blocks,
            busy: AtomicUsize::new(0),
            done: AtomicU64::new(0),
            skipped: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            recent_micros: AtomicU64::new(50_000),
            wait_micros: AtomicU64::new(0),
        });
        // Made first, so that the threads end when one of them cannot be started.
        let pool = Self(Arc::clone(&shared));
        for number in 0..threads {
            let shared = Arc::clone(&shared);
            std::thread::Builder::new().name(format!("hash-{number}")).spawn(move || shared.work())?;
        }
        Ok(pool)
    }

    /// Queues `job` at once, or refuses it at once; its result comes later. When the future is dropped before a thread
    /// took the job, the job is skipped.
    pub(crate) fn run<T: Send + 'static, J: FnOnce(&mut Memory) -> T + Send + 'static>(
        &self,
        job: J,
    ) -> impl Future<Output = Result<T, NotDone>> + Send + use<T, J> {
        let (answer, receiver) = oneshot::channel();
        let answer = Arc::new(Mutex::new(Some(answer)));
        let watched = Arc::clone(&answer);
        let counted = Arc::clone(&self.0);
        let queued = self.0.push(Job {
            queued_at: Instant::now(),
            wanted: Box::new(move || lock(&watched).as_ref().is_some_and(|answer| !answer.is_closed())),
            run: Box::new(move |memory| {
                let result = job(memory);
                // Counted before the answer, so that whoever has it finds it counted.
                counted.done.fetch_add(1, Ordering::Relaxed);
                if let Some(answer) = lock(&answer).take() {
                    // Whoever asked may have gone meanwhile.
                    let _ = answer.send(result);
                }
            }),
        });
        async move {
            queued?;
            receiver.await.map_err(|_| NotDone::Lost)
        }
    }

    /// When it is worth coming back, if a job would be refused now.
    pub(crate) fn full_for(&self) -> Option<Duration> {
        let waiting = self.0.make_room(&mut lock(&self.0.queue));
        let full = waiting >= self.0.limit;
        self.0.refused.fetch_add(u64::from(full), Ordering::Relaxed);
        full.then(|| self.0.time_for(waiting))
    }

    /// What the pool says of itself.
    pub(crate) fn gauges(&self) -> PoolGauges {
        let micros = |counter: &AtomicU64| Duration::from_micros(counter.load(Ordering::Relaxed));
        PoolGauges {
            threads: self.0.threads,
            busy: self.0.busy.load(Ordering::Relaxed),
            queue_depth: lock(&self.0.queue).jobs.len(),
            queue_limit: self.0.limit,
            done: self.0.done.load(Ordering::Relaxed),
            skipped: self.0.skipped.load(Ordering::Relaxed),
            refused: self.0.refused.load(Ordering::Relaxed),
            recent_duration: micros(&self.0.recent_micros),
            last_wait: micros(&self.0.wait_micros),
        }
    }
}

impl Drop for HashingPool {
    fn drop(&mut self) {
        let mut queue = lock(&self.0.queue);
        queue.stopping = true;
        queue.jobs.clear();
        self.0.arrived.notify_all();
    }
}

impl Shared {
    fn push(&self, job: Job) -> Result<(), NotDone> {
        let mut queue = lock(&self.queue);
        let waiting = self.make_room(&mut queue);
        if waiting >= self.limit {
            self.refused.fetch_add(1, Ordering::Relaxed);
            return Err(NotDone::Full { retry_after: self.time_for(waiting) });
        }
        queue.jobs.push_back(job);
        drop(queue);
        self.arrived.notify_one();
        Ok(())
    }

    /// Gives away the places of those who left meanwhile, where that matters; how many wait then.
    fn make_room(&self, queue: &mut Queue) -> usize {
        let before = queue.jobs.len();
        if before >= self.limit {
            queue.jobs.retain(|job| (job.wanted)());
            let left = before - queue.jobs.len();
            self.skipped.fetch_add(u64::try_from(left).unwrap_or(0), Ordering::Relaxed);
        }
        queue.jobs.len()
    }

    /// How long `waiting` jobs take, at least a second: a client that comes back sooner only adds to the load.
    fn time_for(&self, waiting: usize) -> Duration {
        let rounds = u32::try_from(waiting.div_ceil(self.threads)).unwrap_or(u32::MAX);
        let recent = Duration::from_micros(self.recent_micros.load(Ordering::Relaxed));
        recent.saturating_mul(rounds).max(Duration::from_secs(1))
    }

    fn next(&self) -> Option<Job> {
        let queue = lock(&self.queue);
        let idle = |queue: &mut Queue| queue.jobs.is_empty() && !queue.stopping;
        let mut queue = self.arrived.wait_while(queue, idle).unwrap_or_else(PoisonError::into_inner);
        if queue.stopping { None } else { queue.jobs.pop_front() }
    }

    fn work(&self) {
        give_way();
        let mut memory = Memory::default();
        while let Some(job) = self.next() {
            if !(job.wanted)() {
                self.skipped.fetch_add(1, Ordering::Relaxed);
                continue;
            }
            let begun = Instant::now();
            self.wait_micros.store(micros(begun - job.queued_at), Ordering::Relaxed);
            self.busy.fetch_add(1, Ordering::Relaxed);
            // A panic costs this job its answer and must not cost the pool a thread.
            let outcome = catch_unwind(AssertUnwindSafe(|| (job.run)(&mut memory)));
            if outcome.is_err() {
                memory = Memory::default();
                tracing::error!("a hashing job panicked");
            }
            memory.shrink_to(self.keep_blocks);
            self.busy.fetch_sub(1, Ordering::Relaxed);
            // A moving average over about eight jobs; two threads may overwrite each other's, which is near enough.
            let recent = self.recent_micros.load(Ordering::Relaxed);
            self.recent_micros.store((recent * 7 + micros(begun.elapsed())) / 8, Ordering::Relaxed);
        }
    }
}

/// Lowers the priority of this thread: when every core hashes, those who only want to read are served first. Where it
/// cannot be done, hashing is as important as everything else.
fn give_way() {
    #[cfg(target_os = "linux")]
    {
        /// Leaves about a tenth of the weight of the other threads (sched(7)).
        const NICENESS: i32 = 10;
        // On Linux the priority is one of the thread, not of the process (setpriority(2)).
        if let Err(error) = rustix::process::nice(NICENESS) {
            tracing::debug!(%error, "hashing threads keep their priority");
        }
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX / 8)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[path = "hashing_pool_tests.rs"]
mod tests;
