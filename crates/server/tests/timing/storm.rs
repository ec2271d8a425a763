//! A storm of logins. `OVERLOAD_SECONDS` says how long it lasts, and `VOXGATE_BINARY` which binary stands in it:
//!
//! ```text
//! cargo build --release
//! OVERLOAD_SECONDS=20 VOXGATE_BINARY=$PWD/target/release/voxgate cargo test --test timing -- --nocapture storm
//! ```

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;

use crate::harness::{Backend, Voxgate};
use crate::person::{OTHER_PASSWORD, Person};

fn resident_mib(pid: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").trim().parse::<usize>().unwrap() / 1_024
}

/// The 99th percentile of the times of a profile, read again and again for `lasting`.
async fn p99_of_profile(voxgate: &Voxgate, me: &Person, lasting: Duration) -> (Duration, usize) {
    let begun = Instant::now();
    let mut times = Vec::new();
    while begun.elapsed() < lasting {
        let asked = Instant::now();
        voxgate.profile(me).await.expect(200);
        times.push(asked.elapsed());
        // A steady reader, not a storm of its own.
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    times.sort();
    (times[(times.len() * 99 / 100).min(times.len() - 1)], times.len())
}

/// Clients that log in again and again, on a thread of their own. It gives way to the service and to the reader, who share
/// the machine with it: what is measured is what the storm does to them, not what making a storm costs.
struct Storm {
    stop: Arc<AtomicBool>,
    clients: std::thread::JoinHandle<(usize, usize)>,
}

impl Storm {
    fn begin(voxgate: &Voxgate, clients: usize) -> Self {
        let (url, stop) = (format!("{}/auth/login", voxgate.base), Arc::new(AtomicBool::new(false)));
        let stopped = Arc::clone(&stop);
        let clients = std::thread::spawn(move || {
            rustix::process::nice(15).unwrap();
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let client = reqwest::Client::builder().timeout(Duration::from_secs(30)).build().unwrap();
            let each = (0..clients).map(|n| log_in_again_and_again(&client, &url, n, &stopped));
            runtime.block_on(join_all(each)).into_iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
        });
        Self { stop, clients }
    }

    /// How many logins there were, and how many of them were refused.
    fn end(self) -> (usize, usize) {
        self.stop.store(true, Ordering::SeqCst);
        self.clients.join().unwrap()
    }
}

async fn log_in_again_and_again(client: &reqwest::Client, url: &str, n: usize, stop: &AtomicBool) -> (usize, usize) {
    let (mut attempts, mut refused) = (0, 0);
    while !stop.load(Ordering::SeqCst) {
        attempts += 1;
        // Different addresses, so that no lock takes the work away.
        let body = json!({"email": format!("u{n}r{attempts}@example.org"), "password": OTHER_PASSWORD});
        let answer = client.post(url).json(&body).send().await.unwrap();
        match answer.status().as_u16() {
            401 => {}
            503 => refused += 1,
            other => panic!("{other}: {answer:?}"),
        }
        answer.bytes().await.unwrap();
    }
    (attempts, refused)
}

/// `OVERLOAD_SECONDS` says how long the storm lasts, 4 by default. The settings are those of an installation; what is
/// refused when the queue is shorter is tested with the other end-to-end tests.
pub(crate) async fn a_storm_of_logins_leaves_other_routes_their_time(backend: Backend) {
    const CLIENTS: usize = 200;
    let seconds = std::env::var("OVERLOAD_SECONDS").map_or(4, |text| text.parse().expect("a number of seconds"));
    let lasting = Duration::from_secs(seconds);
    let settings = [("LOCKOUT_THRESHOLD", "100"), ("LOG_LEVEL", "warn")];
    let voxgate = Arc::new(Voxgate::start_with(backend, &settings).await);
    let me = voxgate.logged_in("ada@example.org").await;
    p99_of_profile(&voxgate, &me, Duration::from_millis(500)).await;
    let quiet = lasting.min(Duration::from_secs(4));
    let (before, _) = p99_of_profile(&voxgate, &me, quiet).await;

    let storm = Storm::begin(&voxgate, CLIENTS);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let (stormy, reads) = p99_of_profile(&voxgate, &me, lasting).await;
    let (attempts, refused) = tokio::task::spawn_blocking(move || storm.end()).await.unwrap();
    // What else the machine does changes over time: it is measured on both sides of the storm.
    let (after, _) = p99_of_profile(&voxgate, &me, quiet).await;
    let idle = before.max(after);
    let memory = resident_mib(voxgate.pid());
    let figures = format!(
        "p99 of the profile {idle:?} idle, {stormy:?} in the storm ({reads} reads); {attempts} logins, {refused} refused; \
         {memory} MiB"
    );
    // Shown by --nocapture, for the record.
    let _ = writeln!(std::io::stdout(), "{backend:?}: {figures}");
    assert!(memory < 600, "{figures}");
    assert!(stormy < idle * 5, "{figures}");
}
