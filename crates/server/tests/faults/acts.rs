//! What a person does with an account, and how they find out what became of it when no answer came.

use reqwest::Method;
use serde_json::{Value, json};

use crate::dice::Dice;
use crate::ledger::{Account, Session, Stage, has_profile, profile};
use crate::line::{Fate, Line};
use crate::post::Post;

impl Account {
    fn credentials(&self) -> Value {
        json!({"email": self.email, "password": self.password})
    }

    /// Registers, again and again until it is said to be done. However often that is, it is one account.
    pub(crate) async fn register(&mut self, line: &Line) {
        loop {
            match line.ask(Method::POST, "/auth/register", "", self.credentials()).await {
                Fate::Answered(answer) => {
                    answer.expect(202);
                    self.links.sure += 1;
                    self.did("user.registered");
                    return;
                }
                Fate::InDoubt => self.links.doubtful += 1,
            }
        }
    }

    /// Proves the address by the latest link that came, if one did.
    pub(crate) async fn prove(&mut self, line: &Line, post: &Post) {
        let Some(token) = post.latest_link_to(&self.email) else { return };
        match line.ask(Method::POST, "/auth/verify-email", "", json!({"token": token})).await {
            Fate::Answered(answer) if answer.status == 400 => {
                // The link is spent, if that was us; or a later one is on its way.
                if self.proof_in_doubt && self.log_in(line).await {
                    self.is_proven();
                }
                self.proof_in_doubt = false;
            }
            Fate::Answered(answer) => {
                answer.expect(204);
                self.is_proven();
            }
            Fate::InDoubt => self.proof_in_doubt = true,
        }
    }

    fn is_proven(&mut self) {
        self.stage = Stage::Proven;
        self.did("user.verified");
    }

    /// Logs in; whether that is allowed. Each try without an answer may have begun a session.
    pub(crate) async fn log_in(&mut self, line: &Line) -> bool {
        loop {
            match line.ask(Method::POST, "/auth/login", "", self.credentials()).await {
                Fate::Answered(answer) if answer.status == 403 && self.stage == Stage::Registered => {
                    answer.expect_problem(403, "email_not_verified");
                    return false;
                }
                Fate::Answered(answer) => {
                    self.has_session(&answer.expect(200).json());
                    return true;
                }
                Fate::InDoubt => self.may_have_done("login.succeeded"),
            }
        }
    }

    fn has_session(&mut self, pair: &Value) {
        self.did("login.succeeded");
        self.open.push(Session::of(pair));
    }

    /// Refreshes session `n`. Without an answer the same token must still be good: the leeway is for that.
    pub(crate) async fn refresh(&mut self, n: usize, line: &Line) {
        let token = self.open[n].refresh.clone();
        loop {
            match line.ask(Method::POST, "/auth/refresh", "", json!({"refresh_token": token})).await {
                Fate::Answered(answer) => {
                    let session = Session::of(&answer.expect(200).json());
                    assert_eq!(session.id, self.open[n].id, "a refresh begins no other session");
                    self.open[n] = session;
                    self.did("session.refreshed");
                    return;
                }
                Fate::InDoubt => self.may_have_done("session.refreshed"),
            }
        }
    }

    /// Logs session `n` out.
    pub(crate) async fn log_out(&mut self, n: usize, line: &Line) {
        let access = self.open[n].access.clone();
        let ended = match line.ask(Method::POST, "/auth/logout", &access, Value::Null).await {
            Fate::Answered(answer) => answer.expect(204).status == 204,
            Fate::InDoubt => is_over(&access, line).await,
        };
        if ended {
            self.did("session.logged_out");
            self.end(n);
        }
    }

    /// Ends session `n` from session `by`.
    pub(crate) async fn end_session(&mut self, n: usize, by: usize, line: &Line) {
        let (ended, by) = (self.open[n].clone(), self.open[by].access.clone());
        let path = format!("/users/sessions/{}", ended.id);
        let ended = match line.ask(Method::DELETE, &path, &by, Value::Null).await {
            Fate::Answered(answer) => answer.expect(204).status == 204,
            Fate::InDoubt => is_over(&ended.access, line).await,
        };
        if ended {
            self.did("session.revoked");
            self.end(n);
        }
    }

    /// Writes profile `new` from session `n`. Without an answer it is there whole or not at all.
    pub(crate) async fn write_profile(&mut self, new: u64, n: usize, line: &Line) {
        let access = self.open[n].access.clone();
        let written = match line.ask(Method::PUT, "/users/profile", &access, profile(new)).await {
            Fate::Answered(answer) => has_profile(&answer.expect(200).json(), new),
            Fate::InDoubt => {
                let found = line.get("/users/profile", &access).await.expect(200).json();
                let written = has_profile(&found, new);
                assert!(written || has_profile(&found, self.profile), "half a profile, or another: {found}");
                written
            }
        };
        if written {
            self.profile = new;
            self.did("profile.updated");
        }
    }

    /// Changes the password from session `n`. Without an answer either the new one is good or the former one.
    pub(crate) async fn change_password(&mut self, n: usize, dice: &mut Dice, line: &Line) {
        let (kept, new) = (self.open[n].clone(), dice.password());
        let body = json!({"current_password": self.password, "new_password": new});
        match line.ask(Method::POST, "/auth/change-password", &kept.access, body).await {
            Fate::Answered(answer) => {
                answer.expect(204);
                self.has_new_password(new, &kept.id);
            }
            Fate::InDoubt => {
                if let Some(pair) = self.pair_by(&new, line).await {
                    self.has_new_password(new, &kept.id);
                    self.has_session(&pair);
                } else {
                    // Good for its own sake, and it ends the row of failures that would lock.
                    assert!(self.log_in(line).await);
                }
            }
        }
    }

    /// A pair by a password that may be the one.
    async fn pair_by(&mut self, password: &str, line: &Line) -> Option<Value> {
        let body = json!({"email": self.email, "password": password});
        loop {
            match line.ask(Method::POST, "/auth/login", "", body.clone()).await {
                Fate::Answered(answer) if answer.status == 401 => {
                    answer.expect_problem(401, "invalid_credentials");
                    return None;
                }
                Fate::Answered(answer) => return Some(answer.expect(200).json()),
                Fate::InDoubt => self.may_have_done("login.succeeded"),
            }
        }
    }
}

/// Whether the session of an access token is over; nothing else can be the matter with it.
async fn is_over(access: &str, line: &Line) -> bool {
    let answer = line.get("/users/profile", access).await;
    assert!([200, 401].contains(&answer.status), "{answer:?}");
    answer.status == 401
}
