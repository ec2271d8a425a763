//! A real Voxgate for the tests of services beside it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::process::{Running, SiblingError};

/// `iss` of the tokens: what a Voxgate writes that was told nothing else.
const ISSUER: &str = "http://localhost:8000";
const PASSWORD: &str = "xK9#mQ2$vL7pQw";

/// A running Voxgate with an SQLite database, keys and a mail folder of its own.
#[derive(Debug)]
pub struct Voxgate {
    running: Running,
    base: String,
    settings: Vec<(String, String)>,
    client: reqwest::Client,
    dir: TempDir,
}

/// Somebody who is logged in.
#[derive(Clone, Debug)]
pub struct Person {
    /// The access token.
    pub access_token: String,
    /// The refresh token.
    pub refresh_token: String,
}

impl Voxgate {
    /// Starts one with these further settings.
    ///
    /// # Errors
    ///
    /// [`SiblingError::NotBuilt`] when there is no binary; any other when it does not start.
    pub async fn start(settings: &[(&str, &str)]) -> Result<Self, SiblingError> {
        let dir = tempfile::tempdir()?;
        let path = |name: &str| dir.path().join(name).display().to_string();
        let mut all = vec![
            ("DATABASE_URL".to_owned(), format!("sqlite://{}", path("voxgate.db"))),
            ("BIND_ADDR".to_owned(), "127.0.0.1:0".to_owned()),
            ("MAIL_DIR".to_owned(), path("mail")),
            ("JWT_KEYS_DIR".to_owned(), path("keys")),
            ("JWT_ISSUER".to_owned(), ISSUER.to_owned()),
        ];
        all.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let mut running = Running::start(command(dir.path(), &all)?, dir.path())?;
        let listens = |line: &str| line.trim().strip_prefix("listens on  ").map(str::to_owned);
        let base = running.waits_for("Voxgate did not start", listens).await?;
        let client = reqwest::Client::builder().timeout(Duration::from_secs(30)).build()?;
        Ok(Self { running, base, settings: all, client, dir })
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.base
    }

    /// `iss` of its tokens.
    #[must_use]
    pub const fn issuer(&self) -> &'static str {
        ISSUER
    }

    /// What a service beside it needs to know.
    #[must_use]
    pub fn settings_of_a_sibling(&self) -> [(&str, &str); 2] {
        [("VOXGATE_URL", &self.base), ("VOXGATE_ISSUER", ISSUER)]
    }

    /// Ends it as a crash would.
    ///
    /// # Errors
    ///
    /// [`SiblingError::Io`] when that fails.
    pub fn kill(&mut self) -> Result<(), SiblingError> {
        self.running.kill()
    }

    /// Runs a command of the binary on the same data, with `input` on its standard input; what it said.
    ///
    /// # Errors
    ///
    /// [`SiblingError::Unexpected`] when it fails.
    pub fn command(&self, args: &[&str], input: &str) -> Result<String, SiblingError> {
        let mut command = command(self.dir.path(), &self.settings)?;
        let mut child =
            command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.as_bytes())?;
        }
        let output = child.wait_with_output()?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let answer = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(SiblingError::Unexpected { what: format!("voxgate {args:?}"), answer })
    }

    /// Somebody who registered, verified the address by the link in the mail, and logged in.
    ///
    /// # Errors
    ///
    /// A [`SiblingError`] when any of that fails.
    pub async fn person(&self, email: &str) -> Result<Person, SiblingError> {
        self.post("/auth/register", None, json!({"email": email, "password": PASSWORD}), 202).await?;
        let token = self.token_mailed_to(email).await?;
        self.post("/auth/verify-email", None, json!({"token": token}), 204).await?;
        self.log_in(email).await
    }

    /// An administrator, made at the command line and logged in.
    ///
    /// # Errors
    ///
    /// A [`SiblingError`] when that fails.
    pub async fn admin(&self, email: &str) -> Result<Person, SiblingError> {
        self.command(&["admin", "create", "--email", email, "--password-stdin"], &format!("{PASSWORD}\n"))?;
        self.log_in(email).await
    }

    /// A service account with one permission, made at the command line: its client id and secret.
    ///
    /// # Errors
    ///
    /// [`SiblingError::Unexpected`] when that fails.
    pub fn service_account(&self, name: &str, permission: &str) -> Result<(String, String), SiblingError> {
        let args = ["service-accounts", "create", "--name", name, "--permission", permission];
        let said = self.command(&args, "")?;
        let value =
            |name: &str| said.lines().find_map(|line| line.strip_prefix(name)).map(|rest| rest.trim().to_owned());
        match (value("client_id "), value("client_secret ")) {
            (Some(id), Some(secret)) => Ok((id, secret)),
            _ => Err(SiblingError::Unexpected { what: format!("voxgate {args:?}"), answer: said }),
        }
    }

    /// Ends the session of `person`.
    ///
    /// # Errors
    ///
    /// [`SiblingError::Unexpected`] when that fails.
    pub async fn log_out(&self, person: &Person) -> Result<(), SiblingError> {
        self.post("/auth/logout", Some(&person.access_token), Value::Null, 204).await.map(drop)
    }

    /// Everything it said.
    #[must_use]
    pub fn said(&self) -> String {
        self.running.said()
    }

    async fn log_in(&self, email: &str) -> Result<Person, SiblingError> {
        let pair = self.post("/auth/login", None, json!({"email": email, "password": PASSWORD}), 200).await?;
        let text = |name: &str| pair.get(name).and_then(Value::as_str).map(str::to_owned);
        let (Some(access_token), Some(refresh_token)) = (text("access_token"), text("refresh_token")) else {
            return Err(SiblingError::Unexpected { what: "POST /auth/login".to_owned(), answer: pair.to_string() });
        };
        Ok(Person { access_token, refresh_token })
    }

    /// A `POST` that must be answered with this status; its body, if it has one.
    async fn post(&self, path: &str, bearer: Option<&str>, body: Value, status: u16) -> Result<Value, SiblingError> {
        let mut request = self.client.post(format!("{}{path}", self.base));
        if let Some(token) = bearer {
            request = request.bearer_auth(token);
        }
        if !body.is_null() {
            request = request.json(&body);
        }
        let response = request.send().await?;
        let answered = response.status().as_u16();
        let text = response.text().await?;
        if answered == status {
            return Ok(serde_json::from_str(&text).unwrap_or_default());
        }
        Err(SiblingError::Unexpected { what: format!("POST {path}"), answer: format!("{answered} {text}") })
    }

    /// The token that stands alone on a line of the first mail to `address`.
    async fn token_mailed_to(&self, address: &str) -> Result<String, SiblingError> {
        let deadline = Instant::now() + Duration::from_secs(60);
        while Instant::now() < deadline {
            if let Some(token) = mail_to(&self.dir.path().join("mail"), address).as_deref().and_then(token_in) {
                return Ok(token.to_owned());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Err(SiblingError::Late { what: "Voxgate sent no mail", log: self.said() })
    }
}

fn mail_to(dir: &Path, address: &str) -> Option<String> {
    let to = format!("To: {address}\r\n");
    let files = std::fs::read_dir(dir).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let mails = files.filter(|path| path.extension().is_some_and(|ending| ending == "eml"));
    mails.filter_map(|path| std::fs::read_to_string(path).ok()).find(|mail| mail.contains(&to))
}

fn token_in(mail: &str) -> Option<&str> {
    let of_a_token = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    mail.lines().map(str::trim).find(|line| line.len() == 43 && line.bytes().all(of_a_token))
}

/// The binary, with an environment of nothing but these settings.
fn command(dir: &Path, settings: &[(String, String)]) -> Result<Command, SiblingError> {
    let mut command = Command::new(binary()?);
    command.current_dir(dir).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.envs(settings.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    Ok(command)
}

/// The binary that was built beside the test, or another where one is named.
fn binary() -> Result<PathBuf, SiblingError> {
    let named = std::env::var_os("VOXGATE_BINARY").map(PathBuf::from);
    let beside = || {
        let test = std::env::current_exe()?;
        let target = test.ancestors().nth(2).unwrap_or(Path::new("."));
        Ok::<_, SiblingError>(target.join(format!("voxgate{}", std::env::consts::EXE_SUFFIX)))
    };
    let path = named.map_or_else(beside, Ok)?;
    if path.is_file() { Ok(path) } else { Err(SiblingError::NotBuilt { path }) }
}
