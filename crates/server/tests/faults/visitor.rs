//! People who use the service until they are told to stop, each by their own dice.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::dice::Dice;
use crate::ledger::{Account, Stage};
use crate::line::Line;
use crate::post::Post;

/// Somebody with several accounts, who does one thing at a time.
pub(crate) struct Visitor {
    name: String,
    dice: Dice,
    line: Arc<Line>,
    post: Post,
    pub(crate) accounts: Vec<Account>,
}

impl Visitor {
    /// What the last look at everything costs grows with these, and not with how long the load lasted.
    const MOST_ACCOUNTS: usize = 25;
    const MOST_SESSIONS: usize = 4;

    pub(crate) fn new(name: String, dice: Dice, line: &Arc<Line>, post: &Post) -> Self {
        Self { name, dice, line: Arc::clone(line), post: post.clone(), accounts: Vec::new() }
    }

    /// Does one thing after the other until `stop`, and finishes the last.
    pub(crate) async fn live(mut self, stop: Arc<AtomicBool>) -> Self {
        while !stop.load(Ordering::Relaxed) {
            self.do_something().await;
            tokio::time::sleep(Duration::from_millis(self.dice.between(0, 10))).await;
        }
        self
    }

    async fn do_something(&mut self) {
        let seldom = if self.accounts.len() < 3 { 4 } else { 12 };
        if self.accounts.is_empty() || self.accounts.len() < Self::MOST_ACCOUNTS && self.dice.below(seldom) == 0 {
            let email = format!("{}.{}@example.org", self.name, self.accounts.len());
            let mut account = Account::new(email, &mut self.dice);
            account.register(&self.line).await;
            self.accounts.push(account);
            return;
        }
        let (whose, line) = (self.dice.below(self.accounts.len()), Arc::clone(&self.line));
        let account = &mut self.accounts[whose];
        if account.stage == Stage::Registered {
            return account.prove(&line, &self.post).await;
        }
        if account.open.is_empty() {
            assert!(account.log_in(&line).await);
            return;
        }
        let n = self.dice.below(account.open.len());
        match self.dice.below(100) {
            // On a busy machine a load does little; something shall have ended all the same.
            0..30 if account.ended.is_empty() => account.log_out(n, &line).await,
            0..15 if account.open.len() < Self::MOST_SESSIONS => assert!(account.log_in(&line).await),
            0..50 => account.refresh(n, &line).await,
            50..75 => account.write_profile(self.dice.between(1, 1_000_000_000), n, &line).await,
            75..83 => account.change_password(n, &mut self.dice, &line).await,
            83..90 => account.log_out(n, &line).await,
            _ if account.open.len() > 1 => account.end_session(n, (n + 1) % account.open.len(), &line).await,
            _ => account.refresh(n, &line).await,
        }
    }

    /// Proves the addresses of the accounts that are left, once the mails are there.
    pub(crate) async fn prove_all(&mut self) {
        for account in &mut self.accounts {
            for _ in 0..10 {
                if account.stage == Stage::Registered {
                    account.prove(&self.line, &self.post).await;
                }
            }
            assert_eq!(account.stage, Stage::Proven, "the latest link is no good: {account:?}");
        }
    }
}
