//! An authenticator app, and people who have one.

use std::time::{Duration, SystemTime};

use reqwest::Method;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret, Totp};

use crate::harness::Voxgate;
use crate::person::{PASSWORD, Person};

const STEP: u64 = 30;
/// A step that has less left than this is not begun with.
const LEFT: u64 = 8;

/// An app at the time step in which it was given its secret. Each code works once, and none before it after it; so a
/// test that takes the former first has three.
pub(crate) struct App {
    totp: Totp,
    step: u64,
}

fn seconds() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "an app has the clock of its phone")]
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}

impl App {
    /// An app with a secret in base32, early in a step.
    pub(crate) async fn of(secret: &str) -> Self {
        while STEP - seconds() % STEP < LEFT {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        let secret = Secret::try_from_base32(secret).unwrap();
        Self { totp: Builder::new().with_secret(secret).build().unwrap(), step: seconds() / STEP }
    }

    fn code(&self, step: u64) -> String {
        self.totp.generate(step * STEP).to_string()
    }

    /// The code of the step before: good for a few seconds.
    pub(crate) fn before(&self) -> String {
        self.code(self.step - 1)
    }

    /// The code of the step: good for half a minute at least.
    pub(crate) fn now(&self) -> String {
        self.code(self.step)
    }

    /// The code of the step after: good for a minute at least.
    pub(crate) fn after(&self) -> String {
        self.code(self.step + 1)
    }

    /// The code of the step so many seconds ago.
    pub(crate) fn ago(&self, seconds: u64) -> String {
        self.code(self.step - seconds / STEP)
    }

    /// The code of the step in so many seconds.
    pub(crate) fn ahead(&self, seconds: u64) -> String {
        self.code(self.step + seconds / STEP)
    }

    /// A code that is none, whatever the time.
    pub(crate) fn wrong(&self) -> String {
        let near: Vec<String> = (self.step - 3..self.step + 20).map(|step| self.code(step)).collect();
        (0..).map(|n| format!("{n:06}")).find(|code| !near.contains(code)).unwrap()
    }
}

impl Voxgate {
    /// Somebody who is logged in and has a second factor since; with the app, whose code of the step before is spent, and
    /// the recovery codes. Two mails have come: the link and the notice.
    pub(crate) async fn with_mfa(&self, email: &str) -> (Person, App, Vec<String>) {
        let me = self.logged_in(email).await;
        let (app, codes) = self.turn_on_mfa(&me).await;
        self.mail_to(email, 2).await;
        (me, app, codes)
    }

    /// Gives somebody who logged in just now a second factor.
    pub(crate) async fn turn_on_mfa(&self, me: &Person) -> (App, Vec<String>) {
        let enrolled = self.call(Method::POST, "/auth/mfa/totp/enroll", &me.access_token, Value::Null).await;
        let app = App::of(enrolled.expect(201).json()["secret"].as_str().unwrap()).await;
        let code = json!({"code": app.before()});
        let confirmed = self.call(Method::POST, "/auth/mfa/totp/confirm", &me.access_token, code).await.expect(200);
        let codes = serde_json::from_value(confirmed.json()["recovery_codes"].clone()).unwrap();
        (app, codes)
    }

    /// The token of a login that owes a code. Nothing else of a session comes with it.
    pub(crate) async fn challenge(&self, email: &str, password: &str) -> String {
        let answer = self.log_in(email, password).await.expect(200);
        assert!(!answer.text.contains("access_token") && !answer.headers.contains_key("set-cookie"), "{answer:?}");
        let challenge = answer.json();
        assert_eq!(challenge["mfa_required"], true, "{challenge}");
        challenge["mfa_token"].as_str().unwrap().to_owned()
    }

    /// A login with the default password that owes a code.
    pub(crate) async fn pending(&self, who: &Person) -> String {
        self.challenge(&who.email, PASSWORD).await
    }
}
