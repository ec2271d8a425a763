//! Sessions.

use super::{Model, NOT_FOUND, Outcome};

impl Model {
    /// With the current token, or with one that was spent.
    pub(crate) fn refresh(&mut self, session: Option<usize>, spent: bool) -> Outcome {
        let Some(session) = session.filter(|&session| self.sessions[session].open) else {
            return Outcome::Problem(401, "invalid_refresh_token");
        };
        if spent {
            self.sessions[session].open = false;
            return Outcome::Problem(401, "refresh_token_reused");
        }
        self.done(self.sessions[session].account, "session.refreshed");
        Outcome::Refreshed(session)
    }

    /// What is one's own, such as the profile.
    pub(crate) fn read_own(&self, session: Option<usize>) -> Outcome {
        self.caller(session).map_or_else(|refused| refused, |_| Outcome::Done(200))
    }

    pub(crate) fn log_out(&mut self, session: Option<usize>) -> Outcome {
        let (session, account) = match self.caller(session) {
            Ok(caller) => caller,
            Err(refused) => return refused,
        };
        self.sessions[session].open = false;
        self.done(account, "session.logged_out");
        Outcome::Done(204)
    }

    pub(crate) fn end_session(&mut self, by: Option<usize>, which: Option<usize>) -> Outcome {
        let account = match self.caller(by) {
            Ok((_, account)) => account,
            Err(refused) => return refused,
        };
        let own = which.filter(|&which| self.sessions[which].account == account && self.sessions[which].open);
        let Some(which) = own else { return NOT_FOUND };
        self.sessions[which].open = false;
        Outcome::Done(204)
    }

    pub(crate) fn end_other_sessions(&mut self, by: Option<usize>) -> Outcome {
        let (session, account) = match self.caller(by) {
            Ok(caller) => caller,
            Err(refused) => return refused,
        };
        self.end_sessions(account, Some(session));
        Outcome::Done(204)
    }

    /// The open sessions of an account, latest first.
    pub(crate) fn open_sessions(&self, account: usize) -> Vec<usize> {
        let open = |&n: &usize| self.sessions[n].account == account && self.sessions[n].open;
        (0..self.sessions.len()).filter(open).rev().collect()
    }
}
