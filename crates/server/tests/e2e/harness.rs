//! A running Voxgate, and a way to talk to it.

#[path = "first_keys.rs"]
mod first_keys;
#[path = "migrated.rs"]
mod migrated;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::Value;
use tempfile::TempDir;
use voxgate_testkit::postgres::TestDatabase;

/// Where the data of a test are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backend {
    Sqlite,
    Postgres,
}

/// A running Voxgate with a database, keys and mail folder of its own.
pub(crate) struct Voxgate {
    process: Child,
    pub(crate) base: String,
    pub(crate) dir: TempDir,
    pub(crate) settings: Vec<(String, String)>,
    client: reqwest::Client,
    _database: Option<TestDatabase>,
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON in {self:?}"))
    }

    /// The problem's code; checks that it is a whole problem.
    pub(crate) fn code(&self) -> String {
        let problem = self.json();
        assert_eq!(self.headers["content-type"], "application/problem+json", "{self:?}");
        assert_eq!(problem["status"], self.status, "{self:?}");
        let code = problem["code"].as_str().expect("a code").to_owned();
        assert_eq!(problem["type"], format!("urn:voxgate:problem:{code}"));
        assert_eq!(problem["request_id"], self.headers["x-request-id"].to_str().unwrap());
        code
    }

    /// Insists on the status, and gives the answer back.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    /// Insists on a problem of this status and code.
    #[track_caller]
    pub(crate) fn expect_problem(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status, self.code().as_str()), (status, code), "{self:?}");
        self
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Voxgate {
    /// Starts one with nothing configured but where its things are.
    pub(crate) async fn start(backend: Backend) -> Self {
        Self::start_with(backend, &[]).await
    }

    /// Starts one with further settings.
    pub(crate) async fn start_with(backend: Backend, settings: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (url, database) = migrated::database(backend, dir.path());
        let keys = dir.path().join("keys");
        first_keys::lay_into(&keys);
        let mut all = vec![
            ("DATABASE_URL".to_owned(), url),
            ("BIND_ADDR".to_owned(), "127.0.0.1:0".to_owned()),
            ("MAIL_DIR".to_owned(), dir.path().join("mail").display().to_string()),
            ("JWT_KEYS_DIR".to_owned(), keys.display().to_string()),
        ];
        // All tests call from one address, and much faster than people; those of the limits set them.
        let limits = ["PER_USER", "PER_IP", "LOGIN_PER_IP", "RESET_PER_ACCOUNT", "REGISTER_PER_IP"];
        all.extend(limits.map(|name| (format!("RATE_LIMIT_{name}"), "off".to_owned())));
        all.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let (process, base) = spawn(dir.path(), &all).await;
        if keys.exists() {
            first_keys::keep(&keys);
        }
        let client = reqwest::Client::builder().timeout(Duration::from_secs(30)).build().unwrap();
        Self { process, base, dir, settings: all, client, _database: database }
    }

    /// Sets a setting, for when it starts again.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.unset(name);
        self.settings.push((name.to_owned(), value.to_owned()));
    }

    /// Takes a setting away, likewise.
    pub(crate) fn unset(&mut self, name: &str) {
        self.settings.retain(|(other, _)| other != name);
    }

    /// Kills it with SIGKILL, as a crash would.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Starts it again on the same data.
    pub(crate) async fn start_again(&mut self) {
        let (process, base) = spawn(self.dir.path(), &self.settings).await;
        self.process = process;
        self.base = base;
    }

    /// Asks it to stop, and waits until it has; its exit code.
    pub(crate) async fn stop(&mut self) -> Option<i32> {
        self.terminate();
        self.exit_code().await
    }

    /// The id of the process.
    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Asks it to stop.
    pub(crate) fn terminate(&self) {
        let pid = self.pid().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }

    /// Waits until it has stopped.
    pub(crate) async fn exit_code(&mut self) -> Option<i32> {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < deadline, "it does not stop; its log:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Runs a command of the binary on the same data.
    pub(crate) fn command(&self, args: &[&str]) -> Output {
        voxgate(self.dir.path(), &self.settings).args(args).output().unwrap()
    }

    /// Runs a statement on its SQLite file by SQLite's own client.
    pub(crate) fn sqlite(&self, statement: &str) -> String {
        let file = self.dir.path().join("voxgate.db");
        let output = Command::new("sqlite3").arg(file).arg(statement).output();
        let output = output.expect("sqlite3 is missing: apt-get install sqlite3");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs a command of the binary on the same data, with `input` on its standard input; what it said.
    pub(crate) fn command_with(&self, args: &[&str], input: &str) -> String {
        let output = self.command_input(args, input);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The same, for one that may fail.
    pub(crate) fn command_input(&self, args: &[&str], input: &str) -> Output {
        let mut command = voxgate(self.dir.path(), &self.settings);
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    /// Everything it logged and said.
    pub(crate) fn log(&self) -> String {
        log_of(self.dir.path())
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap_or_else(|error| panic!("{error:?}; its log:\n{}", self.log()));
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, text: response.text().await.unwrap() }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::POST, path).json(&body)).await
    }

    /// A request with an access token, and with a body unless that is null.
    pub(crate) async fn call(&self, method: Method, path: &str, access_token: &str, body: Value) -> Answer {
        let request = self.request(method, path).bearer_auth(access_token);
        self.send(if body.is_null() { request } else { request.json(&body) }).await
    }

    pub(crate) async fn post_raw(&self, path: &str, content_type: &str, body: impl Into<reqwest::Body>) -> Answer {
        let content_type = HeaderValue::from_str(content_type).unwrap();
        self.send(self.request(Method::POST, path).header("content-type", content_type).body(body)).await
    }

    /// The mails to `address` so far, oldest first.
    pub(crate) fn mails_to(&self, address: &str) -> Vec<String> {
        let dir = self.dir.path().join("mail");
        let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
        let paths: BTreeSet<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        let to = format!("To: {address}\r\n");
        let eml = paths.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "eml"));
        eml.map(|path| std::fs::read_to_string(path).unwrap()).filter(|mail| mail.contains(&to)).collect()
    }

    /// Waits for mail number `n` to `address`, counted from 1.
    pub(crate) async fn mail_to(&self, address: &str, n: usize) -> String {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            if let Some(mail) = self.mails_to(address).into_iter().nth(n - 1) {
                return mail;
            }
            assert!(Instant::now() < deadline, "no mail {n} to {address}; the log:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// An empty database and what keeps it.
pub(crate) fn empty_database(backend: Backend, dir: &Path) -> (String, Option<TestDatabase>) {
    match backend {
        Backend::Sqlite => (format!("sqlite://{}", dir.join("voxgate.db").display()), None),
        Backend::Postgres => {
            let database = TestDatabase::create().unwrap_or_else(|error| panic!("{error}"));
            (database.url(), Some(database))
        }
    }
}

impl Drop for Voxgate {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        if std::thread::panicking() {
            let (log, mut err) = (self.log(), std::io::stderr());
            let last = log.lines().count().saturating_sub(40);
            let _ = writeln!(err, "the last of its log:");
            let _ = log.lines().skip(last).try_for_each(|line| writeln!(err, "{line}"));
        }
    }
}

/// The token that stands alone on a line of a mail.
pub(crate) fn token_in(mail: &str) -> String {
    let lines = mail.lines().map(str::trim);
    let mut tokens = lines.filter(|line| line.len() == 43 && line.bytes().all(is_token_byte));
    tokens.next().unwrap_or_else(|| panic!("no token in {mail}")).to_owned()
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

/// The binary with an environment that has nothing of ours but these settings.
pub(crate) fn voxgate(dir: &Path, settings: &[(String, String)]) -> Command {
    // Another build of it, such as that of the release, where one is named.
    let binary = std::env::var_os("VOXGATE_BINARY").unwrap_or_else(|| env!("CARGO_BIN_EXE_voxgate").into());
    let mut command = Command::new(binary);
    command.current_dir(dir).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.envs(settings.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    command
}

fn log_of(dir: &Path) -> String {
    let read = |name| std::fs::read_to_string(dir.join(name)).unwrap_or_default();
    read("stdout.log") + &read("stderr.log")
}

/// Starts the binary and waits until it says where it listens.
pub(crate) async fn spawn(dir: &Path, settings: &[(String, String)]) -> (Child, String) {
    let file = |name| std::fs::OpenOptions::new().create(true).append(true).open(dir.join(name)).unwrap();
    let said_before = std::fs::read_to_string(dir.join("stdout.log")).unwrap_or_default().len();
    let mut process = voxgate(dir, settings)
        .stdin(Stdio::null())
        .stdout(file("stdout.log"))
        .stderr(file("stderr.log"))
        .spawn()
        .unwrap();
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let said = std::fs::read_to_string(dir.join("stdout.log")).unwrap_or_default();
        let address = said
            .get(said_before..)
            .unwrap_or_default()
            .lines()
            .find_map(|line| line.trim().strip_prefix("listens on  "));
        if let (Some(address), true) = (address, said.ends_with('\n')) {
            return (process, address.to_owned());
        }
        let gone = process.try_wait().unwrap();
        assert!(gone.is_none() && Instant::now() < deadline, "it did not start; it said:\n{}", log_of(dir));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
