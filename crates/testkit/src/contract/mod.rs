//! The storage contract: what every adapter of the storage ports must do, as plain functions over the ports.
//!
//! An adapter runs it all by [`storage_contract!`](crate::storage_contract), once for each database that it knows, so
//! that the names of the tests show which one fails.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failing rule shall stop the test")]

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use voxgate_domain::ports::{Authenticator, Backlog, Leases, Store, Trail, UnitOfWork, WebhookReader};
use voxgate_domain::{Session, User};

use crate::fixtures::Fixtures;

#[macro_use]
mod rules;

#[doc(hidden)]
pub mod administrators;
#[doc(hidden)]
pub mod attempts;
#[doc(hidden)]
pub mod audit;
#[doc(hidden)]
pub mod authenticator;
#[doc(hidden)]
pub mod backlog;
#[doc(hidden)]
pub mod challenges;
#[doc(hidden)]
pub mod devices;
#[doc(hidden)]
pub mod emergencies;
#[doc(hidden)]
pub mod factors;
#[doc(hidden)]
pub mod leases;
#[doc(hidden)]
pub mod notifications;
#[doc(hidden)]
pub mod outbox;
#[doc(hidden)]
pub mod retention;
#[doc(hidden)]
pub mod roles;
#[doc(hidden)]
pub mod service_accounts;
#[doc(hidden)]
pub mod sessions;
#[doc(hidden)]
pub mod tokens;
#[doc(hidden)]
pub mod trail;
#[doc(hidden)]
pub mod transactions;
#[doc(hidden)]
pub mod user_lists;
#[doc(hidden)]
pub mod users;
#[doc(hidden)]
pub mod webhooks;

/// How many tries race in a test of a race.
const RACERS: usize = 50;

/// An adapter on an empty database with its schema in place, and values to put in.
pub struct Adapter {
    /// The store.
    pub store: Arc<dyn Store>,
    /// The read of every request.
    pub authenticator: Arc<dyn Authenticator>,
    /// The leases.
    pub leases: Arc<dyn Leases>,
    /// The sealed side of the audit trail.
    pub trail: Arc<dyn Trail>,
    /// How much waits for the background jobs.
    pub backlog: Arc<dyn Backlog>,
    /// Endpoints of webhooks and what is on its way to them.
    pub webhooks: Arc<dyn WebhookReader>,
    /// Valid values.
    pub fixtures: Arc<Fixtures>,
    _server: Box<dyn Any + Send + Sync>,
}

impl fmt::Debug for Adapter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Adapter")
    }
}

impl Adapter {
    /// The adapter `database`; `server` is kept for as long as it is used.
    pub fn new<D>(database: D, server: impl Any + Send + Sync) -> Self
    where
        D: Store + Authenticator + Backlog + Leases + Trail + WebhookReader + Clone + 'static,
    {
        Self {
            store: Arc::new(database.clone()),
            authenticator: Arc::new(database.clone()),
            leases: Arc::new(database.clone()),
            trail: Arc::new(database.clone()),
            backlog: Arc::new(database.clone()),
            webhooks: Arc::new(database),
            fixtures: Arc::default(),
            _server: Box::new(server),
        }
    }

    /// The same, which makes the read of every request by `authenticator`.
    #[must_use]
    pub fn authenticating_by(self, authenticator: impl Authenticator + 'static) -> Self {
        Self { authenticator: Arc::new(authenticator), ..self }
    }

    async fn begin(&self) -> Box<dyn UnitOfWork> {
        self.store.begin().await.unwrap()
    }

    /// A pending user who is in the store.
    async fn stored_user(&self) -> User {
        let user = self.fixtures.user();
        let mut unit = self.begin().await;
        unit.users().add(&user, None).await.unwrap();
        unit.commit().await.unwrap();
        user
    }

    /// A session of `user` that is in the store with its first token.
    async fn stored_session(&self, user: &User) -> (Session, voxgate_domain::RefreshToken) {
        let (session, token) = self.fixtures.session(user.id);
        let mut unit = self.begin().await;
        unit.sessions().add(&session, &token).await.unwrap();
        unit.commit().await.unwrap();
        (session, token)
    }
}

#[cfg(test)]
mod tests {
    /// A rule that no adapter runs would be no rule.
    #[test]
    fn every_rule_is_run() {
        let rules = include_str!("rules.rs");
        let files = [
            include_str!("administrators.rs"),
            include_str!("attempts.rs"),
            include_str!("audit.rs"),
            include_str!("authenticator.rs"),
            include_str!("backlog.rs"),
            include_str!("challenges.rs"),
            include_str!("devices.rs"),
            include_str!("emergencies.rs"),
            include_str!("factors.rs"),
            include_str!("leases.rs"),
            include_str!("notifications.rs"),
            include_str!("outbox.rs"),
            include_str!("retention.rs"),
            include_str!("roles.rs"),
            include_str!("sessions.rs"),
            include_str!("tokens.rs"),
            include_str!("trail.rs"),
            include_str!("transactions.rs"),
            include_str!("user_lists.rs"),
            include_str!("users.rs"),
            include_str!("webhooks.rs"),
        ];
        for line in files.iter().flat_map(|file| file.lines()) {
            if let Some((name, _)) = line.strip_prefix("pub async fn ").and_then(|rest| rest.split_once('(')) {
                assert!(rules.contains(&format!("{name},")), "{name} is not listed in rules.rs");
            }
        }
    }
}
