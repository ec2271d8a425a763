//! The read of every request, shared by requests that come at the same time.

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use voxgate_domain::SessionId;
use voxgate_domain::ports::{Authenticator, Principal, StoreError};
use voxgate_grouping::{Grouping, Options};

use crate::Database;
use crate::error::same;

/// Few reads at once, so that they are shared where it matters, and more than one.
const OPTIONS: Options = Options { at_once: 4, group: 64, queue: 4_096 };
/// How long a request waits for its answer, so that whoever calls knows within five seconds that the database is gone.
const PATIENCE: Duration = Duration::from_millis(4_500);

type Answer = Result<Option<Principal>, StoreError>;

/// The port `Authenticator` for many requests at once.
///
/// A request that comes while few are being answered is answered at once, by a read of its own. Those that come while as
/// many reads are under way as there may be wait for the next one, and share it. No read begins before a request that it
/// answers has come: all see what was true when they came.
#[derive(Clone, Debug)]
pub struct GroupedReads {
    database: Database,
    grouping: Grouping<SessionId, Answer>,
}

impl GroupedReads {
    /// Reads from `database`. Must be called in the runtime of tokio that lives as long as the service.
    #[must_use]
    pub fn start(database: Database) -> Self {
        let shared = database.clone();
        let grouping = Grouping::start(OPTIONS, move |sessions| {
            let database = shared.clone();
            async move { answers(&database, sessions).await }
        });
        Self { database, grouping }
    }

    async fn ask(&self, session: SessionId) -> Answer {
        // What reaches no server has no way to share.
        if self.database.reads_here() {
            return self.database.authenticate(session).await;
        }
        if let Some(_place) = self.grouping.place() {
            return self.database.authenticate(session).await;
        }
        self.grouping.ask(session).await.map_err(|lost| StoreError::Unavailable(lost.into()))?
    }
}

#[async_trait]
impl Authenticator for GroupedReads {
    async fn authenticate(&self, session: SessionId) -> Answer {
        tokio::time::timeout(PATIENCE, self.ask(session))
            .await
            .unwrap_or_else(|elapsed| Err(StoreError::Unavailable(elapsed.into())))
    }
}

async fn answers(database: &Database, sessions: Vec<SessionId>) -> Vec<Answer> {
    let mut once = sessions.clone();
    once.sort_unstable();
    once.dedup();
    match database.authenticate_all(&once).await {
        Ok(found) => sessions.iter().map(|session| answer(&found, session)).collect(),
        Err(error) => sessions.iter().map(|_| Err(same(&error))).collect(),
    }
}

fn answer(found: &HashMap<SessionId, Result<Principal, StoreError>>, session: &SessionId) -> Answer {
    match found.get(session) {
        Some(Ok(principal)) => Ok(Some(principal.clone())),
        Some(Err(error)) => Err(same(error)),
        None => Ok(None),
    }
}
