//! Looking at everything at once.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::model::{Outcome, Status};
use crate::operation::NAMES;
use crate::world::World;

/// The acts whose number is compared with the trail.
const ACTS: &[&str] = &[
    "user.registered",
    "user.verified",
    "user.invited",
    "login.succeeded",
    "session.refreshed",
    "session.logged_out",
    "password.reset",
    "password.changed",
    "mfa.enabled",
    "mfa.disabled",
    "mfa.recovery_codes_regenerated",
    "role.changed",
    "account.unlocked",
    "user.activated",
    "user.deactivated",
    "user.deleted",
];

/// An error when the two are not the same.
fn same<T: PartialEq + std::fmt::Debug>(what: &str, model: T, service: T) -> Result<(), String> {
    if model == service { Ok(()) } else { Err(format!("{what}: the model says {model:?}, the service {service:?}")) }
}

const fn status_name(status: Status) -> &'static str {
    match status {
        Status::Pending => "pending",
        Status::Active => "active",
        Status::Inactive => "inactive",
        Status::Deleted => "deleted",
    }
}

impl World<'_> {
    /// The profile by a session, and what it says when the session is open.
    pub(crate) async fn read_profile(&mut self, session: Option<usize>) -> Result<(), String> {
        let answer = self.by_session(session, Method::GET, "/users/profile", Value::Null).await;
        let expected = self.model.read_own(session);
        self.compare(expected, &answer).await?;
        match session.filter(|_| answer.status == 200) {
            Some(session) => self.check_user(self.model.sessions[session].account, &answer.json()),
            None => Ok(()),
        }
    }

    /// One's open sessions by a session: which, how they were begun, and which is this one.
    pub(crate) async fn list_sessions(&mut self, session: Option<usize>) -> Result<(), String> {
        let answer = self.by_session(session, Method::GET, "/users/sessions", Value::Null).await;
        let expected = self.model.read_own(session);
        self.compare(expected, &answer).await?;
        let Some(session) = session.filter(|_| answer.status == 200) else { return Ok(()) };
        let open = self.model.open_sessions(self.model.sessions[session].account);
        let must = open.into_iter().map(|n| {
            let amr = if self.model.sessions[n].with_code { json!(["pwd", "otp"]) } else { json!(["pwd"]) };
            (json!(self.sessions[n].id), amr, json!(n == session))
        });
        let items = answer.json()["items"].as_array().unwrap().clone();
        let is = items.iter().map(|item| (item["id"].clone(), item["amr"].clone(), item["current"].clone()));
        same("open sessions", must.collect::<Vec<_>>(), is.collect::<Vec<_>>())
    }

    /// Whether a user is as the model says.
    fn check_user(&self, account: usize, user: &Value) -> Result<(), String> {
        let must = &self.model.accounts[account];
        same("id", &json!(self.owners[account].id), &user["id"])?;
        same("address", &json!(self.address(must.owner)), &user["email"])?;
        same("status", &json!(status_name(must.status)), &user["status"])?;
        let roles = user["roles"].as_array().unwrap().iter().map(|role| role.as_str().unwrap());
        same("roles", must.roles.clone(), roles.collect::<BTreeSet<_>>())?;
        same("second factor", &json!(must.has_factor()), &user["mfa_enabled"])
    }

    /// Every token that is known, every account as administrators see it, and the state of each factor.
    pub(crate) async fn sweep(&mut self) -> Result<(), String> {
        for n in 0..self.sessions.len() {
            self.check_session(n).await.map_err(|why| format!("session {n}: {why}"))?;
        }
        for n in 0..self.owners.len() {
            self.check_account(n).await.map_err(|why| format!("account {n}: {why}"))?;
        }
        for who in NAMES {
            self.check_links(who).await?;
        }
        Ok(())
    }

    async fn check_session(&self, n: usize) -> Result<(), String> {
        let (open, tokens) = (self.model.sessions[n].open, &self.sessions[n]);
        // The first and the last few: they are worth the same.
        for token in tokens.access.first().into_iter().chain(tokens.access.iter().skip(1).rev().take(2)) {
            let answer = self.voxgate.call(Method::GET, "/users/profile", token, Value::Null).await;
            match open {
                true => same("an access token", 200, answer.status)?,
                false => same("an access token", "unauthenticated".to_owned(), answer.code())?,
            }
        }
        // A session that is open would be changed by it.
        for token in tokens.refresh.iter().rev().take(2).filter(|_| !open) {
            let answer = self.post("/auth/refresh", json!({"refresh_token": token})).await;
            same("a refresh token", (401, "invalid_refresh_token".to_owned()), (answer.status, answer.code()))?;
        }
        Ok(())
    }

    async fn check_account(&self, n: usize) -> Result<(), String> {
        let must = &self.model.accounts[n];
        let path = format!("/users/{}", self.owners[n].id);
        let user = self.voxgate.call(Method::GET, &path, &self.root.access_token, Value::Null).await.json();
        self.check_user(n, &user)?;
        let living = must.status != Status::Deleted;
        same("closed", !living, user["deleted_at"].is_string())?;
        same("locked", living && self.model.is_locked(must.owner), user["locked_until"].is_string())?;
        let Some(session) = self.model.open_sessions(n).first().copied() else { return Ok(()) };
        let factor = self.by_session(Some(session), Method::GET, "/auth/mfa", Value::Null).await.json();
        same("factor", &json!(must.has_factor()), &factor["totp"]["enabled"])?;
        same("recovery codes", &json!(self.owners[n].recovery_codes()), &factor["recovery_codes_remaining"])
    }

    /// In the end: every session that is open can be refreshed, and the trail has each act as often as it was done.
    pub(crate) async fn look_back(&mut self) -> Result<(), String> {
        for n in 0..self.sessions.len() {
            if self.model.sessions[n].open {
                let token = self.sessions[n].refresh.last().unwrap().clone();
                let answer = self.post("/auth/refresh", json!({"refresh_token": token})).await;
                let expected: Outcome = self.model.refresh(Some(n), false);
                self.compare(expected, &answer).await?;
            }
        }
        for n in 0..self.owners.len() {
            let events = self.successes(n).await;
            for act in ACTS {
                let must = self.model.trail.get(&(n, *act)).copied().unwrap_or_default();
                let is = events.iter().filter(|event| event["event"] == *act).count();
                same(&format!("{act} of account {n} in the trail"), must, is)?;
            }
        }
        Ok(())
    }

    /// What was done to an account and succeeded; what its owner did to others is in the list too.
    async fn successes(&self, account: usize) -> Vec<Value> {
        let path = format!("/users/{}/audit?outcome=success&limit=200", self.owners[account].id);
        let (mut events, mut next) = (Vec::new(), path.clone());
        loop {
            let page =
                self.voxgate.call(Method::GET, &next, &self.root.access_token, Value::Null).await.expect(200).json();
            let about = page["items"].as_array().unwrap().iter();
            events.extend(about.filter(|event| event["subject_id"] == self.owners[account].id.as_str()).cloned());
            let Some(cursor) = page["next_cursor"].as_str() else { return events };
            next = format!("{path}&cursor={cursor}");
        }
    }
}
