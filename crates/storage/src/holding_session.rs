//! Holding a session and its refresh token, and no more of what a select reads.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};

/// A select whose rows of sessions and refresh tokens are held until the transaction ends. Diesel's own lock is on all
/// that a select reads, which PostgreSQL refuses where an outer join may find nothing.
#[derive(Clone, Copy, Debug, QueryId)]
pub(crate) struct HoldingSession<Q>(pub(crate) Q);

impl<Q: Query> Query for HoldingSession<Q> {
    type SqlType = Q::SqlType;
}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for HoldingSession<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(" FOR UPDATE OF user_sessions, refresh_tokens");
        Ok(())
    }
}
