//! What needs a permission.

use std::collections::BTreeSet;

use super::{CONFLICT, FORBIDDEN, Failures, Model, NOT_FOUND, Outcome, Purpose, Status, key};
use crate::operation::{Name, View};

/// Who does it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Actor {
    /// The administrator who is there from the beginning, and stays.
    Root,
    /// Whoever has this session.
    Holder(Option<usize>),
}

impl Model {
    /// The account of whoever may do it; none for the first administrator.
    fn permitted(&self, by: Actor, permission: &str) -> Result<Option<usize>, Outcome> {
        match by {
            Actor::Root => Ok(None),
            Actor::Holder(session) => {
                let (_, account) = self.caller(session)?;
                if self.accounts[account].may(permission) { Ok(Some(account)) } else { Err(FORBIDDEN) }
            }
        }
    }

    /// The account that it is done to: somebody else's.
    fn others(&self, by: Option<usize>, who: Name) -> Result<usize, Outcome> {
        let account = self.latest(who).ok_or(NOT_FOUND)?;
        if Some(account) == by { Err(CONFLICT) } else { Ok(account) }
    }

    pub(crate) fn see(&self, by: Actor, view: View) -> Outcome {
        let (permission, who) = match view {
            View::Users => ("users:read", None),
            View::Roles => ("roles:read", None),
            View::Audit => ("audit:read", None),
            View::User(who) => ("users:read", Some(who)),
            View::SessionsOf(who) => ("users:write", Some(who)),
        };
        match self.permitted(by, permission) {
            Ok(_) if who.is_some_and(|who| self.latest(who).is_none()) => NOT_FOUND,
            Ok(_) => Outcome::Done(200),
            Err(refused) => refused,
        }
    }

    pub(crate) fn invite(&mut self, by: Actor, who: Name, roles: &[&'static str]) -> Outcome {
        if let Err(refused) = self.permitted(by, "users:write") {
            return refused;
        }
        if self.living(who).is_some() {
            return CONFLICT;
        }
        let account = self.add_account(who, None, roles);
        self.send_link(account, Purpose::FirstPassword);
        self.done(account, "user.invited");
        if !roles.is_empty() {
            self.done(account, "role.changed");
        }
        Outcome::Done(201)
    }

    pub(crate) fn give_roles(&mut self, by: Actor, who: Name, roles: &[&'static str]) -> Outcome {
        let target = self.permitted(by, "roles:assign").and_then(|by| self.others(by, who));
        let account = match target {
            Ok(account) if self.accounts[account].status == Status::Deleted => return CONFLICT,
            Ok(account) => account,
            Err(refused) => return refused,
        };
        let roles: BTreeSet<&'static str> = roles.iter().copied().collect();
        if roles != self.accounts[account].roles {
            self.accounts[account].roles = roles;
            self.done(account, "role.changed");
        }
        Outcome::Done(200)
    }

    pub(crate) fn switch(&mut self, by: Actor, who: Name, on: bool) -> Outcome {
        let account = match self.permitted(by, "users:write").and_then(|by| self.others(by, who)) {
            Ok(account) => account,
            Err(refused) => return refused,
        };
        match (self.accounts[account].status, on) {
            (Status::Pending | Status::Deleted, _) => return CONFLICT,
            (Status::Active, true) | (Status::Inactive, false) => {}
            (Status::Inactive, true) => {
                self.accounts[account].status = Status::Active;
                self.done(account, "user.activated");
            }
            (Status::Active, false) => {
                self.accounts[account].status = Status::Inactive;
                self.void(account, |_| true);
                self.forget_challenges(account);
                self.end_sessions(account, None);
                self.done(account, "user.deactivated");
            }
        }
        Outcome::Done(200)
    }

    pub(crate) fn unlock(&mut self, by: Actor, who: Name) -> Outcome {
        if let Err(refused) = self.permitted(by, "users:write") {
            return refused;
        }
        match self.latest(who) {
            None => NOT_FOUND,
            Some(account) if self.accounts[account].status == Status::Deleted => CONFLICT,
            Some(account) => {
                self.logins.remove(key(who));
                self.accounts[account].proofs = Failures::default();
                self.done(account, "account.unlocked");
                Outcome::Done(204)
            }
        }
    }

    pub(crate) fn end_sessions_of(&mut self, by: Actor, who: Name) -> Outcome {
        if let Err(refused) = self.permitted(by, "users:write") {
            return refused;
        }
        let Some(account) = self.latest(who) else { return NOT_FOUND };
        self.end_sessions(account, None);
        Outcome::Done(204)
    }
}
