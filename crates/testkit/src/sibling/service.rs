//! A service that runs beside Voxgate.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use reqwest::header::AUTHORIZATION;
use tempfile::TempDir;

use super::process::{Running, SiblingError};

/// A service whose start-up line is JSON with the fields `message`, "listens", and `address`.
#[derive(Debug)]
pub struct Sibling {
    running: Running,
    base: String,
    client: reqwest::Client,
    _dir: TempDir,
}

/// What it answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// `Content-Type`, or nothing.
    pub content_type: String,
    /// `WWW-Authenticate`, or nothing.
    pub challenge: String,
    /// `Retry-After`, or nothing.
    pub retry_after: String,
    /// The body.
    pub body: String,
}

impl Sibling {
    /// Starts `binary` with an environment of nothing but `settings`, on a free port.
    ///
    /// # Errors
    ///
    /// A [`SiblingError`] when it does not say where it listens.
    pub async fn start(binary: &Path, settings: &[(&str, &str)]) -> Result<Self, SiblingError> {
        let dir = tempfile::tempdir()?;
        let mut command = Command::new(binary);
        command.current_dir(dir.path()).env_clear().env("BIND_ADDR", "127.0.0.1:0");
        command.envs(settings.iter().copied());
        let mut running = Running::start(command, dir.path())?;
        let base = running.waits_for("the service did not start", address_in).await?;
        let client = reqwest::Client::builder().timeout(Duration::from_secs(30)).build()?;
        Ok(Self { running, base, client, _dir: dir })
    }

    /// What it answers to `GET path` with this `Authorization`.
    ///
    /// # Errors
    ///
    /// [`SiblingError::Http`] when it answers nothing.
    pub async fn get(&self, path: &str, authorization: Option<&str>) -> Result<Answer, SiblingError> {
        let mut request = self.client.get(format!("{}{path}", self.base));
        if let Some(authorization) = authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        let response = request.send().await?;
        let header = |name: &str| {
            let value = response.headers().get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        Ok(Answer {
            status: response.status().as_u16(),
            content_type: header("content-type"),
            challenge: header("www-authenticate"),
            retry_after: header("retry-after"),
            body: response.text().await?,
        })
    }

    /// The same with a bearer token.
    ///
    /// # Errors
    ///
    /// As [`Self::get`].
    pub async fn get_as(&self, path: &str, access_token: &str) -> Result<Answer, SiblingError> {
        self.get(path, Some(&format!("Bearer {access_token}"))).await
    }

    /// Everything it said.
    #[must_use]
    pub fn said(&self) -> String {
        self.running.said()
    }

    /// Asks it to stop, and waits until it has; whether it says that all went well.
    ///
    /// # Errors
    ///
    /// [`SiblingError::Late`] when it does not.
    pub async fn stop(&mut self) -> Result<bool, SiblingError> {
        self.running.stop().await
    }
}

/// The address in a start-up line.
fn address_in(line: &str) -> Option<String> {
    let line: serde_json::Value = serde_json::from_str(line).ok()?;
    let fields = line.get("fields")?;
    (fields.get("message")?.as_str()? == "listens").then_some(())?;
    Some(fields.get("address")?.as_str()?.to_owned())
}
