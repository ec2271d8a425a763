//! The real service beside the model: does each operation to both, and compares.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::Method;
use serde_json::{Value, json};

use crate::ROOT;
use crate::harness::{Answer, Voxgate};
use crate::mailbox::Mailbox;
use crate::model::{Actor, Model, Outcome};
use crate::operation::{By, Choice, Guess, Name, Of, Operation};
use crate::person::{PASSWORD, Person, person};
use crate::secrets::{MADE_UP, Owner, SessionTokens};

/// Every so many steps everything is looked at.
const SWEEP_EVERY: usize = 8;
/// A password that nobody ever chooses.
const WRONG: usize = 99;
/// The identifier of no account and of no session.
pub(crate) const NOBODY: &str = "019503a1-7c2e-7d4f-9a51-3f0c8a1b2c3d";

/// No two sequences have the same people.
static SEQUENCES: AtomicUsize = AtomicUsize::new(0);

/// A sequence under way. Secrets stand under the numbers that the model gives to what they belong to.
pub(crate) struct World<'a> {
    pub(crate) voxgate: &'a Voxgate,
    pub(crate) root: Person,
    pub(crate) model: Model,
    pub(crate) owners: Vec<Owner>,
    pub(crate) sessions: Vec<SessionTokens>,
    challenges: Vec<String>,
    mailbox: Mailbox,
    sequence: usize,
    story: String,
}

impl<'a> World<'a> {
    pub(crate) async fn begin(voxgate: &'a Voxgate) -> Self {
        let root = person(ROOT, &voxgate.log_in(ROOT, PASSWORD).await.expect(200).json());
        Self {
            voxgate,
            root,
            model: Model::default(),
            owners: Vec::new(),
            sessions: Vec::new(),
            challenges: Vec::new(),
            mailbox: Mailbox::new(voxgate.dir.path().join("mail")),
            sequence: SEQUENCES.fetch_add(1, Ordering::Relaxed),
            story: String::new(),
        }
    }

    /// Does one operation after the other; what happened, when an answer is not what the model says.
    pub(crate) async fn live_through(mut self, operations: &[Operation]) -> Result<(), String> {
        for (n, operation) in operations.iter().enumerate() {
            write!(self.story, "{:>4}. {operation:?}", n + 1).unwrap();
            let mut done = self.perform(operation).await;
            self.story.push('\n');
            if done.is_ok() && (n % SWEEP_EVERY == SWEEP_EVERY - 1 || n + 1 == operations.len()) {
                done = self.sweep().await;
            }
            done.map_err(|why| format!("{why}\n\nwhat happened:\n{}", self.story))?;
        }
        let ended = self.look_back().await;
        ended.map_err(|why| format!("{why}\n\nwhat happened:\n{}", self.story))
    }

    /// The address of a person in this sequence.
    pub(crate) fn address(&self, who: Name) -> String {
        format!("{}.{}@example.org", format!("{who:?}").to_lowercase(), self.sequence)
    }

    /// The access token of a session: the earliest and the latest are worth the same, so it is the former.
    pub(crate) fn bearer(&self, session: Option<usize>) -> &str {
        session.map_or(MADE_UP, |session| self.sessions[session].access[0].as_str())
    }

    pub(crate) fn actor(&self, by: By) -> (Actor, &str) {
        match by {
            By::Root => (Actor::Root, self.root.access_token.as_str()),
            By::Holder(of) => {
                let session = self.model.session(of);
                (Actor::Holder(session), self.bearer(session))
            }
        }
    }

    /// The path of somebody's account, and of what is below it.
    pub(crate) fn account_path(&self, who: Name, below: &str) -> String {
        let id = self.model.latest(who).map_or(NOBODY, |account| self.owners[account].id.as_str());
        format!("/users/{id}{below}")
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.voxgate.post(path, body).await
    }

    pub(crate) async fn by_session(&self, session: Option<usize>, method: Method, path: &str, body: Value) -> Answer {
        self.voxgate.call(method, path, self.bearer(session), body).await
    }

    /// A password to prove oneself with.
    pub(crate) fn guess(&self, account: Option<usize>, guess: Guess) -> usize {
        let account = account.map(|account| &self.model.accounts[account]);
        let former = account.and_then(|account| account.former.iter().rev().nth(1).copied());
        match guess {
            Guess::Right => account.and_then(|account| account.password).unwrap_or(WRONG),
            Guess::Former => former.unwrap_or(WRONG),
            Guess::Wrong => WRONG,
        }
    }

    /// A password to be set.
    pub(crate) fn choice(&self, account: Option<usize>, choice: Choice) -> usize {
        let Some(account) = account.map(|account| &self.model.accounts[account]) else { return 0 };
        let new = account.former.iter().max().map_or(0, |latest| latest + 1);
        match choice {
            Choice::New => new,
            Choice::Former => account.former.iter().rev().nth(1).copied().unwrap_or(new),
            Choice::Present => account.password.unwrap_or(new),
        }
    }

    /// The token of a link that was sent.
    pub(crate) async fn link(&mut self, of: Of) -> Result<(Option<usize>, String), String> {
        let Some((link, place)) = self.model.link(of) else { return Ok((None, MADE_UP.to_owned())) };
        let sent = self.mailbox.links(&self.address(of.0), self.model.links_to(of.0)).await?;
        Ok((Some(link), sent[place].clone()))
    }

    pub(crate) fn challenge(&self, of: Of) -> (Option<usize>, &str) {
        let challenge = self.model.challenge(of);
        (challenge, challenge.map_or(MADE_UP, |challenge| self.challenges[challenge].as_str()))
    }

    /// Waits until every wish for a link so far was worked off: such wishes are worked off in their order, a few at once,
    /// and a link is sent after those that were worked off with its wish.
    pub(crate) async fn settle(&mut self) -> Result<(), String> {
        let sent = self.mailbox.links_to(ROOT);
        self.post("/auth/forgot-password", json!({"email": ROOT})).await.expect(202);
        self.mailbox.links(ROOT, sent + 1).await.map(drop)
    }

    /// That to everybody exactly the links came that the model sent.
    pub(crate) async fn check_links(&mut self, who: Name) -> Result<(), String> {
        let (address, number) = (self.address(who), self.model.links_to(who));
        let came = self.mailbox.links(&address, number).await?.len();
        if came == number { Ok(()) } else { Err(format!("{came} links came to {address} instead of {number}")) }
    }

    /// Compares, and takes what the answer gives.
    pub(crate) async fn compare(&mut self, expected: Outcome, answer: &Answer) -> Result<(), String> {
        let is = if answer.status < 400 { (answer.status, String::new()) } else { (answer.status, answer.code()) };
        write!(self.story, " -> {} {}", is.0, is.1).unwrap();
        let must = match expected {
            Outcome::Done(status) => (status, ""),
            Outcome::Session | Outcome::Refreshed(_) | Outcome::Challenge => (200, ""),
            Outcome::Problem(status, code) => (status, code),
        };
        if (is.0, is.1.as_str()) != must {
            return Err(format!(
                "the model says {} {}, the service {} {}: {}",
                must.0, must.1, is.0, is.1, answer.text
            ));
        }
        match expected {
            Outcome::Session => {
                let pair = answer.json();
                if !pair["access_token"].is_string() {
                    return Err(format!("the model says a session, the service {pair}"));
                }
                let mut tokens = SessionTokens::default();
                tokens.take(&pair);
                self.sessions.push(tokens);
            }
            Outcome::Refreshed(session) => {
                let tokens = &mut self.sessions[session];
                let id = std::mem::take(&mut tokens.id);
                tokens.take(&answer.json());
                if tokens.id != id {
                    return Err(format!("a refresh came to session {} instead of {id}", tokens.id));
                }
            }
            Outcome::Challenge => match answer.json()["mfa_token"].as_str() {
                Some(token) => self.challenges.push(token.to_owned()),
                None => return Err(format!("the model says a challenge, the service {}", answer.text)),
            },
            Outcome::Done(_) | Outcome::Problem(..) => {}
        }
        self.meet_accounts().await
    }

    /// Learns the identifiers of accounts that came to be.
    async fn meet_accounts(&mut self) -> Result<(), String> {
        while self.owners.len() < self.model.accounts.len() {
            let address = self.address(self.model.accounts[self.owners.len()].owner);
            let path = format!("/users?q={address}");
            let list = self.voxgate.call(Method::GET, &path, &self.root.access_token, Value::Null).await.json();
            let [user] = list["items"].as_array().unwrap().as_slice() else {
                return Err(format!("{address} has not one account but {list}"));
            };
            self.owners.push(Owner::of(user["id"].as_str().unwrap()));
        }
        Ok(())
    }

    /// Notes what a step of the story came to.
    pub(crate) fn note(&mut self, what: &str) {
        write!(self.story, " {what}").unwrap();
    }
}
