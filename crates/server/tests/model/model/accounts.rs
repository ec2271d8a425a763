//! Registering, links, passwords, closing.

use super::{
    Account, BAD_LINK, Challenge, Factor, Failures, LOCKED, Model, Outcome, Purpose, REFUSED_PASSWORD, Session, Status,
    WRONG_PASSWORD, key,
};
use crate::operation::Name;

impl Model {
    pub(super) fn add_account(&mut self, owner: Name, password: Option<usize>, roles: &[&'static str]) -> usize {
        self.accounts.push(Account {
            owner,
            status: Status::Pending,
            password,
            former: password.into_iter().collect(),
            roles: roles.iter().copied().collect(),
            factor: Factor::Off,
            proofs: Failures::default(),
        });
        self.accounts.len() - 1
    }

    /// Answered alike whoever has the address. A second password before the address is proven voids both.
    pub(crate) fn register(&mut self, who: Name, password: usize) -> Outcome {
        match self.living(who) {
            None => {
                let account = self.add_account(who, Some(password), &["patient"]);
                self.done(account, "user.registered");
                self.send_link(account, Purpose::Verification);
            }
            Some(account) if self.accounts[account].status == Status::Pending => {
                if self.accounts[account].password == Some(password) {
                    self.send_link(account, Purpose::Verification);
                } else {
                    self.accounts[account].password = None;
                    self.accounts[account].former.clear();
                    self.void(account, |purpose| purpose == Purpose::Verification);
                    self.send_link(account, Purpose::FirstPassword);
                }
            }
            Some(_) => {}
        }
        Outcome::Done(202)
    }

    pub(crate) fn ask_for_verification(&mut self, who: Name) -> Outcome {
        if let Some(account) = self.living(who).filter(|&account| self.accounts[account].status == Status::Pending) {
            let purpose = match self.accounts[account].password {
                Some(_) => Purpose::Verification,
                None => Purpose::FirstPassword,
            };
            self.send_link(account, purpose);
        }
        Outcome::Done(202)
    }

    pub(crate) fn forget_password(&mut self, who: Name) -> Outcome {
        if let Some(account) = self.living(who) {
            match self.accounts[account].status {
                Status::Pending => self.send_link(account, Purpose::FirstPassword),
                Status::Active => self.send_link(account, Purpose::Reset),
                Status::Inactive | Status::Deleted => {}
            }
        }
        Outcome::Done(202)
    }

    pub(crate) fn verify(&mut self, link: Option<usize>) -> Outcome {
        let good = link.map(|link| self.links[link]).filter(|link| link.good && link.purpose == Purpose::Verification);
        let Some(found) = good else { return BAD_LINK };
        self.accounts[found.account].status = Status::Active;
        self.void(found.account, |purpose| purpose != Purpose::Reset);
        self.done(found.account, "user.verified");
        Outcome::Done(204)
    }

    pub(crate) fn reset(&mut self, link: Option<usize>, password: usize) -> Outcome {
        let good = link.map(|link| self.links[link]).filter(|link| link.good && link.purpose != Purpose::Verification);
        let Some(account) = good.map(|link| link.account) else { return BAD_LINK };
        if self.is_remembered(account, password) {
            return REFUSED_PASSWORD;
        }
        if self.accounts[account].status == Status::Pending {
            self.accounts[account].status = Status::Active;
            self.done(account, "user.verified");
        }
        self.set_password(account, password);
        self.void(account, |_| true);
        self.forget_challenges(account);
        self.logins.remove(key(self.accounts[account].owner));
        self.accounts[account].proofs = Failures::default();
        self.end_sessions(account, None);
        self.done(account, "password.reset");
        Outcome::Done(204)
    }

    pub(super) fn fail_login(&mut self, who: Name) {
        self.logins.entry(key(who)).or_default().0 += 1;
    }

    pub(crate) fn log_in(&mut self, who: Name, password: usize) -> Outcome {
        if self.is_locked(who) {
            return LOCKED;
        }
        let right = self.living(who).filter(|&account| self.accounts[account].password == Some(password));
        let Some(account) = right else {
            self.fail_login(who);
            return WRONG_PASSWORD;
        };
        match self.accounts[account].status {
            Status::Pending => return Outcome::Problem(403, "email_not_verified"),
            Status::Inactive | Status::Deleted => return Outcome::Problem(403, "account_inactive"),
            Status::Active => {}
        }
        if self.accounts[account].has_factor() {
            self.challenges.push(Challenge { account, failures: Failures::default(), spent: false, gone: false });
            return Outcome::Challenge;
        }
        self.begin_session(account, false)
    }

    pub(super) fn begin_session(&mut self, account: usize, with_code: bool) -> Outcome {
        self.logins.remove(key(self.accounts[account].owner));
        self.sessions.push(Session { account, open: true, with_code });
        self.done(account, "login.succeeded");
        Outcome::Session
    }

    pub(crate) fn change_password(&mut self, session: Option<usize>, present: usize, new: usize) -> Outcome {
        let (session, account) = match self.caller(session) {
            Ok(caller) => caller,
            Err(refused) => return refused,
        };
        if let Err(refused) = self.prove_password(account, present) {
            return refused;
        }
        self.accounts[account].proofs = Failures::default();
        if self.is_remembered(account, new) {
            return REFUSED_PASSWORD;
        }
        self.set_password(account, new);
        self.void(account, |_| true);
        self.forget_challenges(account);
        self.end_sessions(account, Some(session));
        self.done(account, "password.changed");
        Outcome::Done(204)
    }

    pub(crate) fn close_account(&mut self, session: Option<usize>) -> Outcome {
        let account = match self.caller(session) {
            Ok((_, account)) => account,
            Err(refused) => return refused,
        };
        self.accounts[account].status = Status::Deleted;
        self.void(account, |_| true);
        self.forget_challenges(account);
        self.end_sessions(account, None);
        self.done(account, "user.deleted");
        Outcome::Done(204)
    }
}
