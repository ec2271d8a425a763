//! The service that the tests share, and how they meet it all at once.

use std::process::Child;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Weak};
use std::time::Duration;

use futures_util::future::join_all;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::sync::Mutex;

use crate::harness::{Answer, Backend, Voxgate, spawn};
use crate::person::Person;

/// How many come at once.
pub(crate) const AT_ONCE: usize = 50;

/// Connections to the shared services belong to it, so all tests run on it.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
/// A service lives as long as a test uses it: a static is never dropped, and its processes would outlive the tests.
static SHARED: [Mutex<Weak<Service>>; 2] = [Mutex::const_new(Weak::new()), Mutex::const_new(Weak::new())];
/// No two people of any test have one name.
static PEOPLE: AtomicUsize = AtomicUsize::new(0);

/// Runs a rule on the service that all tests of a database share, as often as `RACE_ROUNDS` says; then the trail must
/// still prove itself.
pub(crate) fn run(backend: Backend, rule: impl AsyncFn(&Service)) {
    let rounds = std::env::var("RACE_ROUNDS").map_or(1, |text| text.parse().expect("RACE_ROUNDS: a number"));
    RUNTIME.block_on(async {
        let service = Service::shared(backend).await;
        for _ in 0..rounds {
            rule(&service).await;
        }
        service.trail_proves_itself();
    });
}

/// An address that nobody has.
pub(crate) fn address(name: &str) -> String {
    format!("{name}.{}@example.org", PEOPLE.fetch_add(1, Ordering::Relaxed))
}

/// A running Voxgate; on PostgreSQL with a second process on the same data.
pub(crate) struct Service {
    pub(crate) voxgate: Voxgate,
    twin: Option<Twin>,
    client: reqwest::Client,
    root: String,
}

struct Twin {
    process: Child,
    base: String,
}

impl Drop for Twin {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Service {
    async fn shared(backend: Backend) -> Arc<Self> {
        let mut shared = SHARED[usize::from(backend == Backend::Postgres)].lock().await;
        if let Some(service) = shared.upgrade() {
            return service;
        }
        // Longer than fifty refreshes take on a machine that is busy.
        let service = Arc::new(Self::start(backend, "60s").await);
        *shared = Arc::downgrade(&service);
        service
    }

    /// Starts one for a test that wants it for itself, with this leeway for spent refresh tokens.
    pub(crate) async fn start(backend: Backend, leeway: &str) -> Self {
        let voxgate = Voxgate::start_with(backend, &[("REFRESH_REUSE_LEEWAY", leeway)]).await;
        let twin = match backend {
            Backend::Sqlite => None,
            Backend::Postgres => {
                let (process, base) = spawn(voxgate.dir.path(), &voxgate.settings).await;
                Some(Twin { process, base })
            }
        };
        let client = reqwest::Client::builder().timeout(Duration::from_secs(60)).build().unwrap();
        let root = address("root");
        voxgate.admin(&root).await;
        Self { voxgate, twin, client, root }
    }

    pub(crate) fn backend(&self) -> Backend {
        if self.twin.is_some() { Backend::Postgres } else { Backend::Sqlite }
    }

    /// An administrator who logged in just now.
    pub(crate) async fn root(&self) -> Person {
        let pair = self.voxgate.log_in(&self.root, crate::person::PASSWORD).await.expect(200).json();
        crate::person::person(&self.root, &pair)
    }

    /// Somebody who is logged in.
    pub(crate) async fn somebody(&self, name: &str) -> Person {
        self.voxgate.logged_in(&address(name)).await
    }

    /// The `n`th request of many, to the replicas in turn.
    pub(crate) fn request(&self, n: usize, method: Method, path: &str) -> RequestBuilder {
        let base = match &self.twin {
            Some(twin) if n % 2 == 1 => &twin.base,
            _ => &self.voxgate.base,
        };
        self.client.request(method, format!("{base}{path}"))
    }

    pub(crate) fn post(&self, n: usize, path: &str, body: &Value) -> RequestBuilder {
        self.request(n, Method::POST, path).json(body)
    }

    /// Sends all at once, over connections that are open already; their answers in the same order.
    pub(crate) async fn at_once(&self, requests: impl IntoIterator<Item = RequestBuilder>) -> Vec<Answer> {
        let requests: Vec<RequestBuilder> = requests.into_iter().collect();
        let knocks = (0..requests.len()).map(|n| self.voxgate.send(self.request(n, Method::GET, "/health/live")));
        join_all(knocks).await;
        join_all(requests.into_iter().map(|request| self.voxgate.send(request))).await
    }

    /// Sends what `request` makes of each number below [`AT_ONCE`], all at once.
    pub(crate) async fn fifty(&self, request: impl Fn(usize) -> RequestBuilder) -> Vec<Answer> {
        self.at_once((0..AT_ONCE).map(request)).await
    }

    /// The accounts whose address begins with `email`, closed ones among them, as administrators see them.
    pub(crate) async fn found(&self, root: &Person, email: &str) -> Vec<Value> {
        let path = format!("/users?include_deleted=true&q={email}");
        let list = self.voxgate.call(Method::GET, &path, &root.access_token, Value::Null).await.expect(200).json();
        list["items"].as_array().unwrap().clone()
    }

    /// The one account that has the address.
    pub(crate) async fn the_one(&self, root: &Person, email: &str) -> Value {
        let mut found = self.found(root, email).await;
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0)
    }

    /// Everything in the trail about the user, newest first.
    pub(crate) async fn events(&self, root: &Person, user: &str) -> Vec<Value> {
        let mut events = Vec::new();
        let mut path = format!("/users/{user}/audit?limit=200");
        loop {
            let page = self.voxgate.call(Method::GET, &path, &root.access_token, Value::Null).await.expect(200).json();
            events.extend(page["items"].as_array().unwrap().iter().cloned());
            let Some(cursor) = page["next_cursor"].as_str() else { return events };
            path = format!("/users/{user}/audit?limit=200&cursor={cursor}");
        }
    }

    /// The ids of somebody's open sessions.
    pub(crate) async fn open_sessions(&self, root: &Person, user: &str) -> Vec<String> {
        let path = format!("/users/{user}/sessions");
        let list = self.voxgate.call(Method::GET, &path, &root.access_token, Value::Null).await.expect(200).json();
        list["items"].as_array().unwrap().iter().map(|session| session["id"].as_str().unwrap().to_owned()).collect()
    }

    /// Waits until as many mails to `email` have come whose subject holds `words`; more than that are a fault.
    pub(crate) async fn mails_about(&self, email: &str, words: &str, number: usize) -> Vec<String> {
        let about = || {
            let mails = self.voxgate.mails_to(email).into_iter();
            mails.filter(|mail| mail.lines().any(|line| line.starts_with("Subject: ") && line.contains(words)))
        };
        for _ in 0..600 {
            if about().count() >= number {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let mails: Vec<String> = about().collect();
        assert_eq!(mails.len(), number, "mails about “{words}” to {email}");
        mails
    }

    /// That nothing of these tokens works: neither access nor refresh.
    pub(crate) async fn is_over(&self, who: &Person) {
        self.voxgate.profile(who).await.expect_problem(401, "unauthenticated");
        self.voxgate.refresh(&who.refresh_token).await.expect_problem(401, "invalid_refresh_token");
    }

    fn trail_proves_itself(&self) {
        let output = self.voxgate.command(&["audit", "verify"]);
        let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
    }
}

/// The body of a login.
pub(crate) fn log_in(email: &str, password: &str) -> Value {
    json!({"email": email, "password": password})
}
