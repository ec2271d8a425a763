//! The people of a database that `seed` filled.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use super::{MfaPeople, login, text};
use crate::load::{Ask, LoadError, once};

/// How many of them log in, one session each: as many as there are connections at most.
pub(crate) const LOGINS: usize = 256;
/// How many log in at once while nothing is measured.
const AT_ONCE: usize = 8;

/// Somebody who is logged in.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) access_token: String,
    /// The current one; clients of one person share it.
    pub(crate) refresh_token: Arc<Mutex<String>>,
}

/// People who are logged in, and an administrator.
pub(crate) struct People {
    pub(crate) admin: Person,
    pub(crate) with_mfa: Arc<MfaPeople>,
    logged_in: Vec<Person>,
    turn: AtomicUsize,
}

impl People {
    /// Logs in at `server` as `count` people, who were made by `seed`, and as the administrator.
    ///
    /// # Errors
    ///
    /// A [`LoadError`] when somebody cannot log in.
    pub(crate) async fn log_in(server: SocketAddr, count: usize, with_mfa: Arc<MfaPeople>) -> Result<Self, LoadError> {
        let logins = stream::iter(0..count.clamp(1, LOGINS)).map(|number| log_in(server, address(number)));
        let logged_in = logins.buffered(AT_ONCE).try_collect().await?;
        Ok(Self { admin: log_in_as_admin(server).await?, with_mfa, logged_in, turn: AtomicUsize::new(0) })
    }

    /// Whoever is behind the connection `number`.
    pub(super) fn person(&self, number: usize) -> &Person {
        self.logged_in.get(number % self.logged_in.len().max(1)).unwrap_or(&self.admin)
    }

    /// The login of the next one in turn.
    pub(super) fn next_login(&self) -> Ask {
        login(&address(self.turn.fetch_add(1, Ordering::Relaxed) % self.logged_in.len().max(1)))
    }
}

/// The address of somebody whom `seed` made.
pub(super) fn address(number: usize) -> String {
    format!("bench-{number:04}@example.org")
}

/// Logs in as the administrator whom `seed` made.
///
/// # Errors
///
/// A [`LoadError`] when that fails.
pub(crate) async fn log_in_as_admin(server: SocketAddr) -> Result<Person, LoadError> {
    log_in(server, "bench-admin@example.org".to_owned()).await
}

pub(super) async fn log_in(server: SocketAddr, email: String) -> Result<Person, LoadError> {
    let answer = once(server, login(&email), 200).await?;
    Ok(Person {
        access_token: text(&answer, "access_token")?,
        refresh_token: Arc::new(Mutex::new(text(&answer, "refresh_token")?)),
    })
}
