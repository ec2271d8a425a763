//! Connections that are kept open between requests, and an end to those on which the next one does not arrive.
//!
//! The server closes a connection on which nothing comes after a request, and one on which the head of the *first* request
//! is slow. Between the two is a gap: a client that sends one whole request and then a letter of the next one now and then
//! would hold its connection for ever. Here each connection has a deadline for its next request.

use std::any::Any;
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream as Socket;

/// How often it is looked.
const EVERY: Duration = Duration::from_millis(500);

/// The open connections.
#[derive(Debug, Default)]
pub(crate) struct Connections(Mutex<Vec<Weak<Connection>>>);

/// An open connection.
#[derive(Debug)]
pub(crate) struct Connection {
    /// A handle of its own, which goes when the connection does.
    socket: TcpStream,
    /// Since when the next request is waited for; nothing while one is being handled, and before the first.
    waits_since: Mutex<Option<Instant>>,
}

impl Connections {
    /// Takes note of a connection that was accepted.
    pub(crate) fn opened(&self, socket: &dyn Any, data: &mut Extensions) {
        let Some(socket) = socket.downcast_ref::<Socket>() else { return };
        // Without a second handle the connection goes on without a deadline; the limit of files is near then.
        let Ok(socket) = socket.as_fd().try_clone_to_owned() else { return };
        let connection = Arc::new(Connection { socket: socket.into(), waits_since: Mutex::new(None) });
        lock(&self.0).push(Arc::downgrade(&connection));
        data.insert(connection);
    }

    /// Ends connections on which the next request has not arrived within `patience`, for as long as there are any to come.
    pub(crate) async fn watch(this: Weak<Self>, patience: Duration) {
        while let Some(connections) = this.upgrade() {
            connections.end_stale(Instant::now(), patience);
            drop(connections);
            tokio::time::sleep(EVERY).await;
        }
    }

    fn end_stale(&self, now: Instant, patience: Duration) {
        lock(&self.0).retain(|connection| {
            let Some(connection) = connection.upgrade() else { return false };
            let waits_since = *lock(&connection.waits_since);
            let stale = waits_since.is_some_and(|since| now.saturating_duration_since(since) > patience);
            if stale {
                // The other side may have closed it already.
                let _ = connection.socket.shutdown(Shutdown::Both);
            }
            !stale
        });
    }
}

impl Connection {
    /// A request has arrived.
    pub(crate) fn begins(&self) {
        *lock(&self.waits_since) = None;
    }

    /// Its answer is on its way: the next one is waited for.
    pub(crate) fn waits(&self) {
        *lock(&self.waits_since) = Some(Instant::now());
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
