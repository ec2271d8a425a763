//! What one person was told, and what follows from it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::dice::Dice;

/// How far an account came, as far as its owner was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Registered,
    Proven,
}

/// How often something was done: for sure, and perhaps beyond that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) sure: usize,
    pub(crate) doubtful: usize,
}

impl Count {
    pub(crate) const fn holds(self, number: usize) -> bool {
        self.sure <= number && number <= self.sure + self.doubtful
    }
}

/// A session with its latest tokens.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl Session {
    pub(crate) fn of(pair: &Value) -> Self {
        let text = |name: &str| pair[name].as_str().unwrap_or_else(|| panic!("no {name} in {pair}")).to_owned();
        Self { id: text("session_id"), access: text("access_token"), refresh: text("refresh_token") }
    }
}

/// An account by what its owner was told.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) email: String,
    pub(crate) password: String,
    pub(crate) stage: Stage,
    /// The last proof of the address got no answer.
    pub(crate) proof_in_doubt: bool,
    /// Which profile it has; none at first.
    pub(crate) profile: u64,
    pub(crate) open: Vec<Session>,
    pub(crate) ended: Vec<Session>,
    /// Links to prove the address.
    pub(crate) links: Count,
    /// By the name of the audit event.
    pub(crate) acts: BTreeMap<&'static str, Count>,
}

impl Account {
    pub(crate) fn new(email: String, dice: &mut Dice) -> Self {
        Self {
            email,
            password: dice.password(),
            stage: Stage::Registered,
            proof_in_doubt: false,
            profile: 0,
            open: Vec::new(),
            ended: Vec::new(),
            links: Count::default(),
            acts: BTreeMap::new(),
        }
    }

    pub(crate) fn did(&mut self, act: &'static str) {
        self.acts.entry(act).or_default().sure += 1;
    }

    pub(crate) fn may_have_done(&mut self, act: &'static str) {
        self.acts.entry(act).or_default().doubtful += 1;
    }

    pub(crate) fn count(&self, act: &'static str) -> Count {
        self.acts.get(act).copied().unwrap_or_default()
    }

    /// Session `n` is over.
    pub(crate) fn end(&mut self, n: usize) {
        let session = self.open.remove(n);
        self.ended.push(session);
    }

    /// The password is another one, by which every session but `kept` ended.
    pub(crate) fn has_new_password(&mut self, password: String, kept: &str) {
        self.did("password.changed");
        self.password = password;
        let (kept, ended): (Vec<Session>, Vec<Session>) = self.open.drain(..).partition(|one| one.id == kept);
        self.open = kept;
        self.ended.extend(ended);
    }
}

/// The body of profile `n`: two of them have no field in common, so that half of one would be seen.
pub(crate) fn profile(n: u64) -> Value {
    json!({
        "first_name": format!("First {n}"),
        "last_name": format!("Last {n}"),
        "phone_number": format!("+4930{:07}", n % 10_000_000),
        "date_of_birth": format!("19{:02}-0{}-1{}", n % 100, n % 9 + 1, n % 10),
        "locale": if n.is_multiple_of(2) { "en-GB" } else { "en-US" },
        "timezone": if n.is_multiple_of(2) { "Europe/Berlin" } else { "UTC" },
    })
}

/// Whether `user` has the whole of profile `n`.
pub(crate) fn has_profile(user: &Value, n: u64) -> bool {
    if n == 0 {
        return user["first_name"].is_null() && user["last_name"].is_null() && user["phone_number"].is_null();
    }
    profile(n).as_object().unwrap().iter().all(|(name, value)| user[name] == *value)
}
