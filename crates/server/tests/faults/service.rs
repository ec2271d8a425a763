//! The service under load: on one port for all of its lives, with its mail, its visitors and its administrator.

use std::hash::{BuildHasher as _, RandomState};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use voxgate_testkit::postgres::{Cluster, Fsync, TestDatabase};

use crate::dice::Dice;
use crate::harness::{Backend, Voxgate, empty_database};
use crate::inspection::inspect;
use crate::line::{Line, Weather};
use crate::person::{PASSWORD, Person, person};
use crate::post::Post;
use crate::say;
use crate::visitor::Visitor;

const ROOT: &str = "root@example.org";
const VISITORS: usize = 6;

/// Where the data are, for those who look past the service.
pub(crate) enum Data {
    Sqlite,
    /// An SQLite file elsewhere.
    File(PathBuf),
    /// An SQLite file in memory.
    Memory(TempDir),
    Database(TestDatabase),
    Cluster(Arc<Cluster>),
}

impl Data {
    /// Empty data on which no commit waits for a disk, and their address: a disk that stops for seconds, as one that many
    /// machines share does now and then, has requests refused, and is not the fault that is tried.
    pub(crate) fn without_a_disk(backend: Backend) -> (Self, String) {
        match backend {
            Backend::Sqlite => {
                let memory = TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap();
                let url = format!("sqlite://{}", in_folder(&memory).display());
                (Self::Memory(memory), url)
            }
            Backend::Postgres => {
                let cluster = Cluster::private(Fsync::Off).unwrap_or_else(|error| panic!("{error}"));
                let url = cluster.admin_url();
                (Self::Cluster(Arc::new(cluster)), url)
            }
        }
    }
}

fn in_folder(folder: &TempDir) -> PathBuf {
    folder.path().join("voxgate.db")
}

/// A running service.
pub(crate) struct Service {
    pub(crate) voxgate: Voxgate,
    pub(crate) line: Arc<Line>,
    pub(crate) post: Post,
    data: Data,
    root: Mutex<(Person, Instant)>,
}

impl Service {
    /// Starts one on a database of the tests.
    pub(crate) async fn start(backend: Backend, weather: Weather) -> Self {
        let unused = tempfile::tempdir().unwrap();
        match empty_database(backend, unused.path()) {
            (_, None) => Self::start_on(Data::Sqlite, None, weather, &[]).await,
            (url, Some(database)) => Self::start_on(Data::Database(database), Some(url), weather, &[]).await,
        }
    }

    /// Starts one on these data, at this address unless that is the harness's own.
    pub(crate) async fn start_on(data: Data, url: Option<String>, weather: Weather, more: &[(&str, &str)]) -> Self {
        let (post, address) = (Post::start(), free_address());
        let smtp = post.url();
        let mut settings = vec![
            ("BIND_ADDR", address.as_str()),
            ("SMTP_URL", &smtp),
            // Longer than a service is down, and than the longest run between two looks.
            ("REFRESH_REUSE_LEEWAY", "60s"),
            ("ACCESS_TOKEN_TTL", "1h"),
            ("LOG_LEVEL", "warn"),
        ];
        settings.extend(url.as_deref().map(|url| ("DATABASE_URL", url)));
        settings.extend(more);
        let voxgate = Voxgate::start_with(Backend::Sqlite, &settings).await;
        let root = voxgate.admin(ROOT).await;
        let line = Arc::new(Line::to(&voxgate.base, weather));
        Self { voxgate, line, post, data, root: Mutex::new((root, Instant::now())) }
    }

    /// The administrator, logged in lately.
    pub(crate) async fn root(&self) -> Person {
        let root = self.root.lock().await;
        if root.1.elapsed() < Duration::from_secs(1_800) {
            return root.0.clone();
        }
        drop(root);
        self.root_again().await
    }

    /// The administrator, logged in just now.
    pub(crate) async fn root_again(&self) -> Person {
        let root = person(ROOT, &self.voxgate.log_in(ROOT, PASSWORD).await.expect(200).json());
        *self.root.lock().await = (root.clone(), Instant::now());
        root
    }

    /// Waits until it says that it is ready, which it must within five seconds after the fault is over; how long it took.
    pub(crate) async fn recovers(&self) -> Duration {
        let begun = Instant::now();
        while self.voxgate.get("/health/ready").await.status != 200 {
            assert!(begun.elapsed() < Duration::from_secs(5), "it does not recover; the log:\n{}", self.voxgate.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        begun.elapsed()
    }

    /// Runs statements past the service.
    pub(crate) fn sql(&self, statements: &str) -> String {
        match &self.data {
            Data::Sqlite => sqlite(&in_folder(&self.voxgate.dir), statements),
            Data::Memory(folder) => sqlite(&in_folder(folder), statements),
            Data::File(file) => sqlite(file, statements),
            Data::Database(database) => database.psql(statements).unwrap(),
            Data::Cluster(cluster) => cluster.psql(statements).unwrap(),
        }
    }

    /// How many sessions somebody ever had and how often these were refreshed, by the tables.
    pub(crate) fn sessions_of(&self, user: &str) -> (usize, usize) {
        let bare = user.replace('-', "");
        let id = match &self.data {
            Data::Sqlite | Data::File(_) | Data::Memory(_) => format!("x'{bare}'"),
            Data::Database(_) | Data::Cluster(_) => format!("'{bare}'"),
        };
        let asked = format!("SELECT count(*), sum(generation - 1) FROM user_sessions WHERE user_id = {id}");
        let told = self.sql(&asked);
        let (sessions, refreshes) = told.trim().split_once('|').unwrap();
        (sessions.parse().unwrap(), refreshes.parse().unwrap())
    }

    /// Kills it with SIGKILL and starts it again, as if it had been down for longer than its leases and its claims on
    /// mails last: so that the next life takes up at once what the last one left half done.
    pub(crate) async fn crash(&mut self) {
        self.post.fault();
        self.voxgate.kill();
        self.claims_expire();
        self.voxgate.start_again().await;
    }

    fn claims_expire(&self) {
        self.sql(
            "DELETE FROM leases WHERE name IN ('mail', 'audit-seal'); UPDATE mail_outbox SET next_attempt_at = queued_at \
             WHERE attempts > 0 AND sent_at IS NULL AND failed_at IS NULL;",
        );
    }

    /// Waits until every mail that is queued has left.
    pub(crate) async fn mail_leaves(&self) {
        self.claims_expire();
        let deadline = Instant::now() + Duration::from_secs(90);
        loop {
            let waiting = self.sql("SELECT count(*) FROM mail_outbox WHERE sent_at IS NULL AND failed_at IS NULL");
            if waiting.trim() == "0" {
                break;
            }
            assert!(Instant::now() < deadline, "{waiting} mails do not leave; the log:\n{}", self.voxgate.log());
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        assert_eq!(self.sql("SELECT count(*) FROM mail_outbox WHERE failed_at IS NOT NULL").trim(), "0", "given up");
    }

    /// The last look: the mails, every account, and the trail.
    pub(crate) async fn everything_is_as_told(&self, visitors: &mut [Visitor]) {
        self.mail_leaves().await;
        // The reader of mails is behind what was sent by a moment at most.
        tokio::time::sleep(Duration::from_millis(300)).await;
        for visitor in &mut *visitors {
            visitor.prove_all().await;
        }
        self.mail_leaves().await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        let seen = inspect(self, visitors).await;
        assert!(seen.accounts > 0 && seen.open > 0 && seen.ended > 0, "the load did too little: {seen:?}");
        let slowest = *self.line.tally.slowest_refusal.lock().unwrap();
        assert!(slowest < Duration::from_secs(5), "503 only after {slowest:?}");
        let mails = self.post.has_no_more_copies_than_faults();
        self.trail_proves_itself();
        say!("{seen:?}; requests: {}; {mails}", self.line.tally.told());
    }

    pub(crate) fn trail_proves_itself(&self) {
        let output = self.voxgate.command(&["audit", "verify"]);
        let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
    }
}

/// What SQLite's own client answers. It waits for the service, as the service waits for it.
fn sqlite(file: &Path, statements: &str) -> String {
    let output = Command::new("sqlite3").args(["-cmd", ".timeout 10000"]).arg(file).arg(statements).output();
    let output = output.expect("sqlite3 is missing: apt-get install sqlite3");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// An address that only one of ours takes: below the ports from which connections are made.
pub(crate) fn free_address() -> String {
    // Not by the seed: two runs with one seed must not meet.
    let mut dice = Dice::new(RandomState::new().hash_one(0));
    loop {
        let address = format!("127.0.0.1:{}", dice.between(12_000, 32_000));
        if TcpListener::bind(&address).is_ok() {
            return address;
        }
    }
}

/// Visitors at their work.
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    visitors: Vec<JoinHandle<Visitor>>,
}

impl Load {
    pub(crate) fn begin(service: &Service, dice: &mut Dice) -> Self {
        Self::begin_on(&service.line, &service.post, dice)
    }

    pub(crate) fn begin_on(line: &Arc<Line>, post: &Post, dice: &mut Dice) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let one = |n| Visitor::new(format!("visitor{n}"), dice.split(), line, post);
        let visitors: Vec<Visitor> = (0..VISITORS).map(one).collect();
        let visitors = visitors.into_iter().map(|one| tokio::spawn(one.live(Arc::clone(&stop)))).collect();
        Self { stop, visitors }
    }

    /// Goes on for a while; a visitor who found a fault ends it at once.
    pub(crate) async fn goes_on_for(&mut self, while_: Duration) {
        tokio::time::sleep(while_).await;
        if let Some(n) = self.visitors.iter().position(JoinHandle::is_finished) {
            let found = self.visitors.remove(n).await;
            assert!(found.is_err(), "nobody told them to stop");
            found.map(drop).unwrap();
        }
    }

    /// Ends when everybody has finished what they were at.
    pub(crate) async fn ends(self) -> Vec<Visitor> {
        self.stop.store(true, Ordering::Relaxed);
        let mut visitors = Vec::new();
        for visitor in self.visitors {
            visitors.push(visitor.await.unwrap());
        }
        visitors
    }
}
