//! What each operation is over HTTP.

use reqwest::Method;
use serde_json::{Value, json};

use crate::operation::{By, Guess, Name, Of, Operation, Proof, Token, View};
use crate::secrets::{MADE_UP, Owner, Shown, password};
use crate::world::{NOBODY, World};

impl World<'_> {
    pub(crate) async fn perform(&mut self, operation: &Operation) -> Result<(), String> {
        use Operation as O;
        match *operation {
            O::Register(who, guess) => self.register(who, guess).await,
            O::AskForVerification(who) => {
                let answer = self.post("/auth/resend-verification", json!({"email": self.address(who)})).await;
                let expected = self.model.ask_for_verification(who);
                self.compare(expected, &answer).await?;
                self.settle().await
            }
            O::ForgetPassword(who) => {
                let answer = self.post("/auth/forgot-password", json!({"email": self.address(who)})).await;
                let expected = self.model.forget_password(who);
                self.compare(expected, &answer).await?;
                self.settle().await
            }
            O::Verify(of) => {
                let (link, token) = self.link(of).await?;
                let answer = self.post("/auth/verify-email", json!({"token": token})).await;
                let expected = self.model.verify(link);
                self.compare(expected, &answer).await
            }
            O::Reset(of, choice) => {
                let (link, token) = self.link(of).await?;
                let new = self.choice(link.map(|link| self.model.account_of_link(link)), choice);
                let body = json!({"token": token, "new_password": password(new)});
                let answer = self.post("/auth/reset-password", body).await;
                let expected = self.model.reset(link, new);
                self.compare(expected, &answer).await
            }
            O::LogIn(who, guess) => {
                let word = self.guess(self.model.living(who), guess);
                let body = json!({"email": self.address(who), "password": password(word)});
                let answer = self.post("/auth/login", body).await;
                let expected = self.model.log_in(who, word);
                self.compare(expected, &answer).await
            }
            O::FinishLogIn(of, proof) => self.finish_log_in(of, proof).await,
            O::Refresh(of, token) => self.refresh(of, token).await,
            O::ReadProfile(of) => self.read_profile(self.model.session(of)).await,
            O::ListSessions(of) => self.list_sessions(self.model.session(of)).await,
            O::LogOut(of) => {
                let session = self.model.session(of);
                let answer = self.by_session(session, Method::POST, "/auth/logout", Value::Null).await;
                let expected = self.model.log_out(session);
                self.compare(expected, &answer).await
            }
            O::EndSession(by, which) => {
                let (session, which) = (self.model.session(by), self.model.session(which));
                let id = which.map_or(NOBODY, |which| self.sessions[which].id.as_str());
                let path = format!("/users/sessions/{id}");
                let answer = self.by_session(session, Method::DELETE, &path, Value::Null).await;
                let expected = self.model.end_session(session, which);
                self.compare(expected, &answer).await
            }
            O::EndOtherSessions(of) => {
                let session = self.model.session(of);
                let answer = self.by_session(session, Method::DELETE, "/users/sessions", Value::Null).await;
                let expected = self.model.end_other_sessions(session);
                self.compare(expected, &answer).await
            }
            O::ChangePassword(of, guess, choice) => {
                let session = self.model.session(of);
                let account = session.map(|session| self.model.sessions[session].account);
                let (present, new) = (self.guess(account, guess), self.choice(account, choice));
                let body = json!({"current_password": password(present), "new_password": password(new)});
                let answer = self.by_session(session, Method::POST, "/auth/change-password", body).await;
                let expected = self.model.change_password(session, present, new);
                self.compare(expected, &answer).await
            }
            O::Reauthenticate(of, guess, proof) => self.reauthenticate(of, guess, proof).await,
            O::CloseAccount(of) => {
                let session = self.model.session(of);
                let answer = self.by_session(session, Method::DELETE, "/users/account", Value::Null).await;
                let expected = self.model.close_account(session);
                self.compare(expected, &answer).await
            }
            O::Enroll(of) => self.enroll(of).await,
            O::Confirm(of, proof) => self.confirm(of, proof).await,
            O::RenewRecoveryCodes(of, proof) => self.renew_recovery_codes(of, proof).await,
            O::TurnFactorOff(of, proof) => self.turn_factor_off(of, proof).await,
            O::See(by, view) => self.see(by, view).await,
            O::Invite(by, who, ref roles) => {
                let (actor, token) = self.actor(by);
                let body = json!({"email": self.address(who), "roles": roles});
                let answer = self.voxgate.call(Method::POST, "/users", token, body).await;
                let expected = self.model.invite(actor, who, roles);
                self.compare(expected, &answer).await
            }
            O::GiveRoles(by, who, ref roles) => {
                let (actor, token) = self.actor(by);
                let body = json!({"roles": roles, "reason": "a test"});
                let answer = self.voxgate.call(Method::PUT, &self.account_path(who, "/roles"), token, body).await;
                let expected = self.model.give_roles(actor, who, roles);
                self.compare(expected, &answer).await
            }
            O::SwitchOff(by, who) => self.switch(by, who, false).await,
            O::SwitchOn(by, who) => self.switch(by, who, true).await,
            O::Unlock(by, who) => {
                let (actor, token) = self.actor(by);
                let path = self.account_path(who, "/unlock");
                let answer = self.voxgate.call(Method::POST, &path, token, json!({"reason": "a test"})).await;
                let expected = self.model.unlock(actor, who);
                self.compare(expected, &answer).await
            }
            O::EndSessionsOf(by, who) => {
                let (actor, token) = self.actor(by);
                let path = self.account_path(who, "/sessions");
                let answer = self.voxgate.call(Method::DELETE, &path, token, Value::Null).await;
                let expected = self.model.end_sessions_of(actor, who);
                self.compare(expected, &answer).await
            }
        }
    }

    async fn register(&mut self, who: Name, guess: Guess) -> Result<(), String> {
        let living = self.model.living(who);
        let present = living.and_then(|account| self.model.accounts[account].password);
        let other = living.map_or(0, |account| self.model.accounts[account].former.iter().max().map_or(0, |n| n + 1));
        let word = match guess {
            Guess::Right => present.unwrap_or(other),
            Guess::Former | Guess::Wrong => other,
        };
        let body = json!({"email": self.address(who), "password": password(word)});
        let answer = self.post("/auth/register", body).await;
        let expected = self.model.register(who, word);
        self.compare(expected, &answer).await
    }

    async fn refresh(&mut self, of: Of, token: Token) -> Result<(), String> {
        let session = self.model.session(of);
        let tokens: &[String] = session.map_or(&[], |session| &self.sessions[session].refresh);
        let spent = matches!(token, Token::Former) && tokens.len() > 1;
        let token = tokens.iter().rev().nth(usize::from(spent)).map_or(MADE_UP, String::as_str);
        let answer = self.post("/auth/refresh", json!({"refresh_token": token})).await;
        let expected = self.model.refresh(session, spent);
        self.compare(expected, &answer).await
    }

    async fn see(&mut self, by: By, view: View) -> Result<(), String> {
        let path = match view {
            View::Users => "/users?limit=1".to_owned(),
            View::Roles => "/roles".to_owned(),
            View::Audit => "/audit?limit=1".to_owned(),
            View::User(who) => self.account_path(who, ""),
            View::SessionsOf(who) => self.account_path(who, "/sessions"),
        };
        let (actor, token) = self.actor(by);
        let answer = self.voxgate.call(Method::GET, &path, token, Value::Null).await;
        let expected = self.model.see(actor, view);
        self.compare(expected, &answer).await
    }

    async fn switch(&mut self, by: By, who: Name, on: bool) -> Result<(), String> {
        let (actor, token) = self.actor(by);
        let body = json!({"status": if on { "active" } else { "inactive" }, "reason": "a test"});
        let answer = self.voxgate.call(Method::PUT, &self.account_path(who, "/status"), token, body).await;
        let expected = self.model.switch(actor, who, on);
        self.compare(expected, &answer).await
    }

    /// What somebody shows of their second factor; nothing when the step is left out.
    pub(crate) fn show(&mut self, account: Option<usize>, proof: Proof, codes_only: bool) -> Option<Shown> {
        let nobody = Owner::default();
        let owner = account.map_or(&nobody, |account| &self.owners[account]);
        let shown = owner.show(proof, codes_only);
        if shown.is_none() {
            self.note("-- left out: no code of the app is fresh");
        }
        shown
    }
}
