//! Where ended sessions come from.

use async_trait::async_trait;
use serde::Deserialize;
use voxgate_domain::{SessionId, Timestamp};

use crate::fetch::FetchError;

/// Where ended sessions come from: over HTTP, or in a test from wherever the test says.
#[async_trait]
pub trait RevocationSource: Send + Sync + 'static {
    /// A page of the sessions that ended at or after `since`, the oldest first; without `since`, of those whose tokens can
    /// still be valid. `cursor` is what the page before gave.
    ///
    /// # Errors
    ///
    /// A [`FetchError`] when it cannot be had now.
    async fn page(&self, since: Option<&str>, cursor: Option<&str>) -> Result<EndedPage, FetchError>;
}

/// What `GET /auth/revocations` answers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct EndedPage {
    /// The sessions, the one that ended first at the top.
    pub items: Vec<EndedSession>,
    /// How to ask for the next page, when there is one.
    pub next_cursor: Option<String>,
    /// What to say as `since` the next time. Sessions may come again, and none is missed.
    pub next_since: String,
}

/// A session that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct EndedSession {
    /// Which: the `sid` of its tokens.
    pub session_id: SessionId,
    /// When.
    pub ended_at: Timestamp,
}
