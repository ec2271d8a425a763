//! Statements that change something, prepared once for each connection.

use diesel::backend::{Backend, DieselReserveSpecialization};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};

/// A statement that a connection prepares when it meets it first, and then keeps.
///
/// Diesel keeps selects and deletions, but takes it that the text of every update, of every insertion of a column that
/// may be left out, and of all SQL written by hand is different each time. That costs a round trip and the planning of
/// each such statement. What is cached is found by its text, so it must have few of them: never a list of values as long
/// as the caller's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cached<Q>(Q);

/// `.cached()`, before a statement is run.
pub(crate) trait CachedDsl: Sized {
    /// The statement, to be prepared once for each connection.
    fn cached(self) -> Cached<Self> {
        Cached(self)
    }
}

impl<Q> CachedDsl for Q {}

impl<Q: Query> Query for Cached<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> QueryId for Cached<Q> {
    type QueryId = ();

    /// It is known by its text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<DB: Backend + DieselReserveSpecialization, Q: QueryFragment<DB>> QueryFragment<DB> for Cached<Q> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _backend: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}
