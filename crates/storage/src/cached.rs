//! Statements that change something, prepared once for each connection.

use diesel::backend::{Backend, DieselReserveSpecialization};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};

/// A statement that a connection prepares when it meets it first, and then keeps.
///
/// Diesel keeps selects and deletions, but takes it that the text of every update, of every insertion of a column that
/// may be left out, and of all SQL written by hand is different each time. That costs a round trip and the planning of
/// each such statement. What is cached is found by its text, so it must have few of them: never a list of values as long
/// as the caller's. It is run by value: of a reference, diesel asks what is inside.
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

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex, PoisonError};

    use diesel::connection::InstrumentationEvent;
    use diesel::{ExpressionMethods as _, QueryDsl as _};
    use diesel_async::{AsyncConnection as _, RunQueryDsl as _, SimpleAsyncConnection as _};

    use super::CachedDsl as _;
    use crate::connection::Sqlite;

    diesel::table! {
        things (id) {
            id -> Integer,
            name -> Nullable<Text>,
        }
    }

    #[tokio::test]
    async fn each_text_is_prepared_once_and_kept() {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let mut connection = Sqlite::establish(":memory:").await.unwrap();
        connection.batch_execute("CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT)").await.unwrap();
        let seen = Arc::clone(&kept);
        connection.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::CacheQuery { sql, .. } = event {
                seen.lock().unwrap_or_else(PoisonError::into_inner).push(sql.to_owned());
            }
        });

        for (id, name) in [(1, Some("a")), (2, Some("b")), (3, None), (4, None)] {
            let name = name.map(|name| things::name.eq(name));
            let added = diesel::insert_into(things::table).values((things::id.eq(id), name));
            added.cached().execute(&mut connection).await.unwrap();
            let renamed = diesel::update(things::table.find(id)).set(things::name.eq("c"));
            renamed.cached().execute(&mut connection).await.unwrap();
        }

        let named = things::table.filter(things::name.eq("c")).count();
        assert_eq!(named.get_result::<i64>(&mut connection).await.unwrap(), 4);
        let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        assert_eq!(kept.iter().filter(|sql| sql.starts_with("INSERT")).count(), 2, "{kept:?}");
        assert_eq!(kept.iter().filter(|sql| sql.starts_with("UPDATE")).count(), 1, "{kept:?}");
    }
}
