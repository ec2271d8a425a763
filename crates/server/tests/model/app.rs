//! An authenticator app, and the codes that its owner shows.

use std::time::SystemTime;

use totp_rs::{Builder, Secret, Totp};

const STEP: u64 = 30;

/// An app, and the last step whose code was accepted.
pub(crate) struct App {
    totp: Totp,
    accepted: Option<u64>,
}

fn step_now() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "an app has the clock of its phone")]
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    now.as_secs() / STEP
}

impl App {
    pub(crate) fn of(secret: &str) -> Self {
        let secret = Secret::try_from_base32(secret).unwrap();
        Self { totp: Builder::new().with_secret(secret).build().unwrap(), accepted: None }
    }

    /// A code that must be accepted, with its step, for half a minute at least; none before the next step when the codes of
    /// this one and of the one after are spent.
    pub(crate) fn fresh(&self) -> Option<(u64, String)> {
        let now = step_now();
        let step = [now, now + 1].into_iter().find(|step| self.accepted.is_none_or(|accepted| *step > accepted))?;
        Some((step, self.code(step)))
    }

    /// The code that was accepted last.
    pub(crate) fn spent(&self) -> Option<String> {
        self.accepted.map(|step| self.code(step))
    }

    /// A code that is none, whatever the time.
    pub(crate) fn wrong(&self) -> String {
        let now = step_now();
        let near: Vec<String> = (now - 3..now + 10).map(|step| self.code(step)).collect();
        (0..).map(|n| format!("{n:06}")).find(|code| !near.contains(code)).unwrap()
    }

    pub(crate) fn accept(&mut self, step: u64) {
        self.accepted = Some(step);
    }

    fn code(&self, step: u64) -> String {
        self.totp.generate(step * STEP).to_string()
    }
}
