//! A running Voxgate, as the tests of the client call it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use voxgate_client::types::{EmailVerification, Registration, TokenPair};
use voxgate_client::{Client, LoggedIn, Login, Session};

pub(crate) const PASSWORD: &str = "xK9#mQ2$vL7pQw";

/// A Voxgate on an SQLite file of its own; it stops when it is dropped.
pub(crate) struct Voxgate {
    process: Child,
    dir: TempDir,
    pub(crate) base: String,
    pub(crate) client: Client,
}

/// The binary beside this test, or the one that `VOXGATE_BINARY` names.
fn binary() -> PathBuf {
    let beside = || std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().join("voxgate");
    let binary = std::env::var_os("VOXGATE_BINARY").map_or_else(beside, PathBuf::from);
    assert!(binary.exists(), "there is no {}: `cargo build -p voxgate` makes it", binary.display());
    binary
}

impl Voxgate {
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    pub(crate) async fn start_with(settings: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let stdout = fs::File::create(dir.path().join("stdout.log")).unwrap();
        let stderr = fs::File::create(dir.path().join("stderr.log")).unwrap();
        let mut command = command(dir.path());
        command.envs(settings.iter().copied()).stdin(Stdio::null()).stdout(stdout).stderr(stderr);
        let mut process = command.spawn().unwrap();
        let deadline = Instant::now() + Duration::from_secs(30);
        let base = loop {
            let said = fs::read_to_string(dir.path().join("stdout.log")).unwrap();
            let address = said.lines().find_map(|line| line.trim().strip_prefix("listens on  "));
            if let (Some(address), true) = (address, said.ends_with('\n')) {
                break address.to_owned();
            }
            let gone = process.try_wait().unwrap();
            let log = fs::read_to_string(dir.path().join("stderr.log")).unwrap();
            assert!(gone.is_none() && Instant::now() < deadline, "it did not start; it said:\n{said}{log}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        };
        let client = Client::new(&base).unwrap();
        Self { process, dir, base, client }
    }

    /// The token in the latest mail to `address`, which stands alone on a line.
    pub(crate) async fn mailed_token(&self, address: &str) -> String {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let mails = fs::read_dir(self.dir.path().join("mail")).into_iter().flatten();
            let mut paths: Vec<PathBuf> = mails.map(|entry| entry.unwrap().path()).collect();
            paths.sort();
            let mails = paths.iter().filter(|path| path.extension().is_some_and(|ending| ending == "eml"));
            let mail = mails
                .map(|path| fs::read_to_string(path).unwrap())
                .rfind(|mail| mail.contains(&format!("To: {address}\r\n")));
            let token = mail.as_deref().and_then(token_in);
            if let Some(token) = token {
                return token.to_owned();
            }
            assert!(Instant::now() < deadline, "no mail to {address}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Somebody who registered and proved the address.
    pub(crate) async fn verified(&self, email: &str) {
        self.client.register(&Registration::new(email, PASSWORD)).await.unwrap();
        let token = self.mailed_token(email).await;
        self.client.verify_email(&EmailVerification::new(token)).await.unwrap();
    }

    /// The tokens of somebody who registered and logged in.
    pub(crate) async fn tokens(&self, email: &str) -> TokenPair {
        use voxgate_client::types::LoginAnswer::TokenPair;

        self.verified(email).await;
        match self.client.login(&Login::new(email, PASSWORD)).await.unwrap() {
            TokenPair(pair) => pair,
            other => panic!("{other:?}"),
        }
    }

    /// The session of somebody who has an account and no second factor.
    pub(crate) async fn log_in(&self, email: &str) -> Session {
        match self.client.log_in(&Login::new(email, PASSWORD)).await.unwrap() {
            LoggedIn::Session(session) => session,
            LoggedIn::CodeOwed(challenge) => panic!("{challenge:?}"),
        }
    }

    /// An administrator, made at the command line and logged in.
    pub(crate) async fn admin(&self) -> Session {
        let password = self.dir.path().join("password");
        fs::write(&password, format!("{PASSWORD}\n")).unwrap();
        let mut command = command(self.dir.path());
        command.args(["admin", "create", "--email", "root@example.org", "--password-stdin"]);
        let output = command.stdin(fs::File::open(password).unwrap()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        self.log_in("root@example.org").await
    }
}

/// The binary with an environment that has nothing of ours but where its things are, and no limits: all tests call from one
/// address, and much faster than people.
fn command(dir: &Path) -> Command {
    let mut command = Command::new(binary());
    command.current_dir(dir).env_clear();
    command.env("DATABASE_URL", format!("sqlite://{}", dir.join("voxgate.db").display()));
    command.env("BIND_ADDR", "127.0.0.1:0").env("MAIL_DIR", dir.join("mail")).env("JWT_KEYS_DIR", dir.join("keys"));
    for limit in ["PER_USER", "PER_IP", "LOGIN_PER_IP", "RESET_PER_ACCOUNT", "REGISTER_PER_IP"] {
        command.env(format!("RATE_LIMIT_{limit}"), "off");
    }
    command
}

fn token_in(mail: &str) -> Option<&str> {
    let is_token = |line: &&str| {
        line.len() == 43 && line.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    mail.lines().map(str::trim).find(is_token)
}

impl Drop for Voxgate {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
