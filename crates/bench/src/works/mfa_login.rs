//! Logging in with a second factor.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use totp_rs::{Builder, Secret, Totp};
use voxgate_crypto::SystemClock;
use voxgate_domain::ports::Clock as _;

use super::people::{LOGINS, address, log_in};
use super::{insist, login, text};
use crate::load::{Ask, Client, LoadError, once};

/// How many enroll at once while nothing is measured.
const AT_ONCE: usize = 8;
/// The length of a time step in seconds (RFC 6238, section 5.2).
const STEP: u64 = 30;

/// People with an authenticator app. A code works once and is good for half a minute, so each of them logs in once in a
/// time step; a load that has nobody left ends.
#[derive(Default)]
pub(crate) struct MfaPeople(Mutex<VecDeque<MfaPerson>>);

struct MfaPerson {
    email: String,
    totp: Totp,
    used: u64,
}

/// What is kept in a file, since an app is enrolled once.
#[derive(Deserialize, Serialize)]
struct Enrolled {
    email: String,
    secret: String,
}

impl MfaPeople {
    /// Those of the file, or, when there is none, `count` further people whom `seed` made, who enroll now.
    ///
    /// # Errors
    ///
    /// A [`LoadError`] when somebody cannot enroll.
    pub(crate) async fn enroll(server: SocketAddr, count: usize, file: &Path) -> Result<Self, LoadError> {
        let broken = |error: &dyn std::fmt::Display| LoadError::Answer(format!("{}: {error}", file.display()));
        let enrolled: Vec<Enrolled> = match std::fs::read(file) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| broken(&error))?,
            Err(_) => {
                let enrollments = stream::iter(LOGINS..LOGINS + count).map(|number| enroll(server, address(number)));
                let enrolled: Vec<Enrolled> = enrollments.buffered(AT_ONCE).try_collect().await?;
                let bytes = serde_json::to_vec(&enrolled).map_err(|error| broken(&error))?;
                std::fs::write(file, bytes).map_err(|error| broken(&error))?;
                enrolled
            }
        };
        let now = step();
        let people = enrolled
            .into_iter()
            .map(|Enrolled { email, secret }| Ok(MfaPerson { email, totp: app(&secret)?, used: now }));
        Ok(Self(Mutex::new(people.collect::<Result<_, LoadError>>()?)))
    }

    /// When everybody can log in again.
    pub(crate) fn rested_in(&self) -> std::time::Duration {
        let used = self.0.lock().ok().and_then(|people| people.iter().map(|person| person.used).max()).unwrap_or(0);
        std::time::Duration::from_secs(((used + 1) * STEP).saturating_sub(seconds()))
    }

    fn next(&self) -> Option<(String, String)> {
        let mut people = self.0.lock().ok()?;
        let mut person = people.pop_front()?;
        let now = step();
        let rested = person.used < now;
        let login = rested.then(|| (person.email.clone(), person.totp.generate(now * STEP).to_string()));
        if rested {
            person.used = now;
            people.push_back(person);
        } else {
            people.push_front(person);
        }
        login
    }
}

async fn enroll(server: SocketAddr, email: String) -> Result<Enrolled, LoadError> {
    let person = log_in(server, email.clone()).await?;
    let ask = |path: &str, body| Ask::post(path, &body).by(&person.access_token);
    let secret = text(&once(server, ask("/auth/mfa/totp/enroll", json!(null)), 201).await?, "secret")?;
    let code = app(&secret)?.generate(seconds()).to_string();
    once(server, ask("/auth/mfa/totp/confirm", json!({"code": code})), 200).await?;
    Ok(Enrolled { email, secret })
}

fn app(secret: &str) -> Result<Totp, LoadError> {
    let unfit = |error: &dyn std::fmt::Display| LoadError::Answer(format!("the secret of an app: {error}"));
    let secret = Secret::try_from_base32(secret).map_err(|error| unfit(&error))?;
    Builder::new().with_secret(secret).build().map_err(|error| unfit(&error))
}

fn seconds() -> u64 {
    u64::try_from(SystemClock.now().unix_seconds()).unwrap_or(0)
}

fn step() -> u64 {
    seconds() / STEP
}

/// Logs in as one after the other: a password, then a code.
pub(crate) struct MfaLogin {
    people: Arc<MfaPeople>,
    owed: Option<(String, String)>,
    code: String,
}

impl MfaLogin {
    pub(crate) fn new(people: Arc<MfaPeople>) -> Self {
        Self { people, owed: None, code: String::new() }
    }
}

impl Client for MfaLogin {
    fn ask(&mut self) -> Option<Ask> {
        if let Some((token, code)) = self.owed.take() {
            return Some(Ask::post("/auth/mfa/verify", &json!({"mfa_token": token, "code": code})));
        }
        let (email, code) = self.people.next()?;
        self.code = code;
        Some(login(&email))
    }

    fn answered(&mut self, status: StatusCode, body: &[u8]) -> Result<(), String> {
        insist("a login with a second factor", status, StatusCode::OK, body)?;
        let code = std::mem::take(&mut self.code);
        if !code.is_empty() {
            let answer = serde_json::from_slice(body).map_err(|error| error.to_string())?;
            self.owed = Some((text(&answer, "mfa_token").map_err(|error| error.to_string())?, code));
        }
        Ok(())
    }
}
