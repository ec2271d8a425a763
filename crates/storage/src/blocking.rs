//! On which thread SQLite works.

use std::future::ready;

use diesel_async::sync_connection_wrapper::SpawnBlocking;
use futures_util::future::{BoxFuture, FutureExt as _, TryFutureExt as _};
use voxgate_domain::ports::Cause;

use crate::setup::Access;

/// Where SQLite works: on the blocking threads of the runtime, or, for statements that take less than the way there,
/// where it is asked.
///
/// The default of diesel-async does that too, but when a future is dropped it blocks the thread until the statement is
/// over, and that panics on a single-threaded runtime, such as each worker of actix has. Here a dropped future leaves
/// its statement running; [`Connection`](crate::connection::Connection) sees to it that nobody else gets the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blocking {
    /// On a blocking thread.
    Elsewhere,
    /// On the thread that asks.
    Here,
}

impl Blocking {
    /// Where a connection works that is for `access`.
    pub(crate) const fn of(access: Access) -> Self {
        match access {
            Access::ReadHere | Access::Write => Self::Here,
            Access::Read | Access::Migrate => Self::Elsewhere,
        }
    }
}

impl SpawnBlocking for Blocking {
    fn spawn_blocking<'a, R: Send + 'static>(
        &mut self,
        task: impl FnOnce() -> R + Send + 'static,
    ) -> BoxFuture<'a, Result<R, Cause>> {
        match self {
            Self::Elsewhere => tokio::task::spawn_blocking(task).map_err(Cause::from).boxed(),
            Self::Here => ready(Ok(task())).boxed(),
        }
    }

    fn get_runtime() -> Self {
        Self::Elsewhere
    }
}
