//! The operations with a second factor over HTTP.

use reqwest::Method;
use serde_json::{Value, json};

use crate::app::App;
use crate::operation::{Guess, Of, Proof};
use crate::secrets::{Shown, password};
use crate::world::World;

/// The body with a proof in it.
fn with(mut body: Value, shown: &Shown) -> Value {
    for (field, value) in shown.body.as_object().unwrap() {
        body[field] = value.clone();
    }
    body
}

impl World<'_> {
    fn account_of(&self, session: Option<usize>) -> Option<usize> {
        session.map(|session| self.model.sessions[session].account)
    }

    pub(crate) async fn finish_log_in(&mut self, of: Of, proof: Proof) -> Result<(), String> {
        let account = self.model.challenge(of).map(|challenge| self.model.account_of_challenge(challenge));
        let Some(shown) = self.show(account, proof, false) else { return Ok(()) };
        let (challenge, token) = self.challenge(of);
        let answer = self.post("/auth/mfa/verify", with(json!({"mfa_token": token}), &shown)).await;
        let expected = self.model.finish_log_in(challenge, shown.right);
        self.compare(expected, &answer).await?;
        if let (200, Some(account)) = (answer.status, account) {
            self.owners[account].used(&shown);
        }
        Ok(())
    }

    pub(crate) async fn reauthenticate(&mut self, of: Of, guess: Guess, proof: Option<Proof>) -> Result<(), String> {
        let session = self.model.session(of);
        let account = self.account_of(session);
        let word = self.guess(account, guess);
        let mut body = json!({"password": password(word)});
        let mut shown = None;
        if let Some(proof) = proof {
            let Some(code) = self.show(account, proof, true) else { return Ok(()) };
            body = with(body, &code);
            shown = Some(code);
        }
        let answer = self.by_session(session, Method::POST, "/auth/reauthenticate", body).await;
        let has_factor = account.is_some_and(|account| self.model.accounts[account].has_factor());
        let expected = self.model.reauthenticate(session, word, shown.as_ref().map(|shown| shown.right));
        self.compare(expected, &answer).await?;
        // Without a factor that is on, no code is looked at.
        if let (204, true, Some(account), Some(shown)) = (answer.status, has_factor, account, &shown) {
            self.owners[account].used(shown);
        }
        Ok(())
    }

    pub(crate) async fn enroll(&mut self, of: Of) -> Result<(), String> {
        let session = self.model.session(of);
        let answer = self.by_session(session, Method::POST, "/auth/mfa/totp/enroll", Value::Null).await;
        let expected = self.model.enroll(session);
        self.compare(expected, &answer).await?;
        if let (201, Some(account)) = (answer.status, self.account_of(session)) {
            self.owners[account].app = Some(App::of(answer.json()["secret"].as_str().unwrap()));
        }
        Ok(())
    }

    pub(crate) async fn confirm(&mut self, of: Of, proof: Proof) -> Result<(), String> {
        let session = self.model.session(of);
        let account = self.account_of(session);
        let Some(shown) = self.show(account, proof, true) else { return Ok(()) };
        let answer = self.by_session(session, Method::POST, "/auth/mfa/totp/confirm", shown.body.clone()).await;
        let expected = self.model.confirm(session, shown.right);
        self.compare(expected, &answer).await?;
        if let (200, Some(account)) = (answer.status, account) {
            self.owners[account].used(&shown);
            self.owners[account].renew(&answer.json()["recovery_codes"]);
        }
        Ok(())
    }

    pub(crate) async fn renew_recovery_codes(&mut self, of: Of, proof: Proof) -> Result<(), String> {
        let session = self.model.session(of);
        let account = self.account_of(session);
        let Some(shown) = self.show(account, proof, true) else { return Ok(()) };
        let answer = self.by_session(session, Method::POST, "/auth/mfa/recovery-codes", shown.body.clone()).await;
        let expected = self.model.renew_recovery_codes(session, shown.right);
        self.compare(expected, &answer).await?;
        if let (200, Some(account)) = (answer.status, account) {
            self.owners[account].used(&shown);
            self.owners[account].renew(&answer.json()["recovery_codes"]);
        }
        Ok(())
    }

    pub(crate) async fn turn_factor_off(&mut self, of: Of, proof: Proof) -> Result<(), String> {
        let session = self.model.session(of);
        let account = self.account_of(session);
        let Some(shown) = self.show(account, proof, false) else { return Ok(()) };
        let answer = self.by_session(session, Method::POST, "/auth/mfa/totp/disable", shown.body.clone()).await;
        let expected = self.model.turn_factor_off(session, shown.right);
        self.compare(expected, &answer).await?;
        if let (204, Some(account)) = (answer.status, account) {
            self.owners[account].turn_off();
        }
        Ok(())
    }
}
