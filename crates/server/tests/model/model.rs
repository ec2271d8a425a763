//! What must be true: a service of this kind in a few lines, without a database, a clock or a secret. It knows people,
//! accounts, sessions, links and challenges by their numbers.

mod accounts;
mod administration;
mod factor;
mod sessions;

use std::collections::{BTreeMap, BTreeSet};

pub(crate) use administration::Actor;

use crate::operation::{Name, Of};

/// Failures in a row that lock; less than by default, so that it happens. No lock ends within a sequence.
pub(crate) const LOCK_AFTER: u32 = 3;
/// Wrong codes that burn a challenge.
const BURN_AFTER: u32 = 5;
/// Wrong codes that lock a factor.
const FACTOR_LOCK_AFTER: u32 = 10;
/// How many former passwords are not chosen again.
const REMEMBERED: usize = 5;

/// What the service must answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// This status, and nothing that is kept.
    Done(u16),
    /// A pair of tokens of the latest session.
    Session,
    /// A pair of tokens of this session.
    Refreshed(usize),
    /// The latest challenge.
    Challenge,
    /// A problem of this status and code.
    Problem(u16, &'static str),
}

/// Who made it is not known, or is no longer.
const UNAUTHENTICATED: Outcome = Outcome::Problem(401, "unauthenticated");
const FORBIDDEN: Outcome = Outcome::Problem(403, "forbidden");
const NOT_FOUND: Outcome = Outcome::Problem(404, "not_found");
const CONFLICT: Outcome = Outcome::Problem(409, "conflict");
const LOCKED: Outcome = Outcome::Problem(423, "account_locked");
const WRONG_PASSWORD: Outcome = Outcome::Problem(401, "invalid_credentials");
const WRONG_CODE: Outcome = Outcome::Problem(401, "invalid_mfa_code");
const BAD_LINK: Outcome = Outcome::Problem(400, "invalid_token");
const REFUSED_PASSWORD: Outcome = Outcome::Problem(422, "validation_failed");

/// A run of failures.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Failures(u32);

impl Failures {
    fn reached(self, threshold: u32) -> bool {
        self.0 >= threshold
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Pending,
    Active,
    Inactive,
    Deleted,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Factor {
    Off,
    Enrolling(Failures),
    On(Failures),
}

#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) owner: Name,
    pub(crate) status: Status,
    pub(crate) password: Option<usize>,
    /// Latest last.
    pub(crate) former: Vec<usize>,
    pub(crate) roles: BTreeSet<&'static str>,
    pub(crate) factor: Factor,
    /// Of whoever is logged in and proves who they are.
    proofs: Failures,
}

impl Account {
    pub(crate) fn has_factor(&self) -> bool {
        matches!(self.factor, Factor::On(_))
    }

    fn may(&self, permission: &str) -> bool {
        let holders: &[&str] = match permission {
            "users:read" => &["admin", "clinician"],
            "users:write" | "roles:assign" => &["admin"],
            "roles:read" | "audit:read" => &["admin", "auditor"],
            other => panic!("{other}"),
        };
        holders.iter().any(|role| self.roles.contains(role))
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Session {
    pub(crate) account: usize,
    pub(crate) open: bool,
    /// Whether a code was given in it.
    pub(crate) with_code: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Verification,
    /// Of an invitation, and of a registration whose password was forgotten.
    FirstPassword,
    Reset,
}

#[derive(Clone, Copy, Debug)]
struct Link {
    account: usize,
    purpose: Purpose,
    good: bool,
}

#[derive(Clone, Copy, Debug)]
struct Challenge {
    account: usize,
    failures: Failures,
    spent: bool,
    /// Not even kept any more.
    gone: bool,
}

/// The state of everything.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub(crate) accounts: Vec<Account>,
    pub(crate) sessions: Vec<Session>,
    links: Vec<Link>,
    challenges: Vec<Challenge>,
    /// Failed logins at the address of each person, whoever has it.
    logins: BTreeMap<&'static str, Failures>,
    /// How often each act was done to an account.
    pub(crate) trail: BTreeMap<(usize, &'static str), usize>,
}

/// A key of a map for each person.
fn key(name: Name) -> &'static str {
    match name {
        Name::Ada => "ada",
        Name::Bob => "bob",
        Name::Cleo => "cleo",
    }
}

/// One counted back from the latest, or the earliest.
fn counted_back(mut of_person: impl DoubleEndedIterator<Item = usize>, back: usize) -> Option<usize> {
    let mut found = of_person.next_back()?;
    for _ in 0..back {
        found = of_person.next_back().unwrap_or(found);
    }
    Some(found)
}

impl Model {
    /// The latest account of a person, closed or not.
    pub(crate) fn latest(&self, name: Name) -> Option<usize> {
        self.accounts.iter().rposition(|account| account.owner == name)
    }

    /// The account that has the address of a person.
    pub(crate) fn living(&self, name: Name) -> Option<usize> {
        self.latest(name).filter(|&account| self.accounts[account].status != Status::Deleted)
    }

    pub(crate) fn session(&self, Of(name, back): Of) -> Option<usize> {
        let owner = |session: &Session| self.accounts[session.account].owner;
        counted_back((0..self.sessions.len()).filter(|&n| owner(&self.sessions[n]) == name), back)
    }

    pub(crate) fn challenge(&self, Of(name, back): Of) -> Option<usize> {
        let owner = |challenge: &Challenge| self.accounts[challenge.account].owner;
        counted_back((0..self.challenges.len()).filter(|&n| owner(&self.challenges[n]) == name), back)
    }

    /// The link, and which it is of all that were sent to its owner.
    pub(crate) fn link(&self, Of(name, back): Of) -> Option<(usize, usize)> {
        let sent: Vec<usize> = (0..self.links.len()).filter(|&n| self.owner_of_link(n) == name).collect();
        let link = counted_back(sent.iter().copied(), back)?;
        Some((link, sent.iter().position(|&n| n == link)?))
    }

    /// How many links were sent to a person.
    pub(crate) fn links_to(&self, name: Name) -> usize {
        (0..self.links.len()).filter(|&n| self.owner_of_link(n) == name).count()
    }

    fn owner_of_link(&self, link: usize) -> Name {
        self.accounts[self.links[link].account].owner
    }

    pub(crate) fn is_locked(&self, name: Name) -> bool {
        self.logins.get(key(name)).copied().unwrap_or_default().reached(LOCK_AFTER)
    }

    pub(crate) fn account_of_link(&self, link: usize) -> usize {
        self.links[link].account
    }

    pub(crate) fn account_of_challenge(&self, challenge: usize) -> usize {
        self.challenges[challenge].account
    }

    /// The account of whoever has the session.
    fn caller(&self, session: Option<usize>) -> Result<(usize, usize), Outcome> {
        let session = session.filter(|&session| self.sessions[session].open).ok_or(UNAUTHENTICATED)?;
        Ok((session, self.sessions[session].account))
    }

    fn done(&mut self, account: usize, act: &'static str) {
        *self.trail.entry((account, act)).or_default() += 1;
    }

    fn send_link(&mut self, account: usize, purpose: Purpose) {
        self.void(account, |other| other == purpose);
        self.links.push(Link { account, purpose, good: true });
    }

    fn void(&mut self, account: usize, which: impl Fn(Purpose) -> bool) {
        for link in self.links.iter_mut().filter(|link| link.account == account && which(link.purpose)) {
            link.good = false;
        }
    }

    fn forget_challenges(&mut self, account: usize) {
        for challenge in self.challenges.iter_mut().filter(|challenge| challenge.account == account) {
            challenge.gone = true;
        }
    }

    fn end_sessions(&mut self, account: usize, except: Option<usize>) {
        for (n, session) in self.sessions.iter_mut().enumerate() {
            session.open &= session.account != account || Some(n) == except;
        }
    }

    fn set_password(&mut self, account: usize, password: usize) {
        let account = &mut self.accounts[account];
        account.password = Some(password);
        account.former.push(password);
    }

    /// Whether the password is among those that are not chosen again.
    fn is_remembered(&self, account: usize, password: usize) -> bool {
        self.accounts[account].former.iter().rev().take(REMEMBERED).any(|former| *former == password)
    }
}
