//! The condition that a user's address or name begins so.

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::{Bool, HasSqlType, Text};
use diesel::sqlite::Sqlite;
use voxgate_domain::user::SearchPrefix;

use crate::dialect::{POSTGRES_SEARCH, SQLITE_SEARCH, SearchColumns};

/// That the address or a name of the user begins so. Each range of each column is looked up in its index, and the users
/// found are joined: an OR over the columns would tempt a planner to walk down all users instead.
pub(crate) struct BeginsWith {
    address: Range,
    names: Vec<Range>,
}

/// Everything from `begin` on up to what no longer begins so.
struct Range {
    begin: String,
    end: String,
}

impl Range {
    /// The texts that begin with `prefix`, compared by their bytes: after it comes nothing above the last code point.
    fn of(prefix: String) -> Self {
        Self { end: format!("{prefix}{}", char::MAX), begin: prefix }
    }
}

impl From<&SearchPrefix> for BeginsWith {
    fn from(prefix: &SearchPrefix) -> Self {
        let names = prefix.of_name().into_iter().map(Range::of).collect();
        Self { address: Range::of(prefix.of_address()), names }
    }
}

impl BeginsWith {
    fn write<'b, DB>(&'b self, columns: &SearchColumns, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        DB: Backend + HasSqlType<Text>,
        String: ToSql<Text, DB>,
    {
        let names = self.names.iter().flat_map(|range| [(columns.first_name, range), (columns.last_name, range)]);
        let mut join = "users.id IN (";
        for (column, range) in std::iter::once((columns.address, &self.address)).chain(names) {
            out.push_sql(join);
            out.push_sql("SELECT found.id FROM users AS found WHERE ");
            out.push_sql(column);
            out.push_sql(" >= ");
            out.push_bind_param::<Text, _>(&range.begin)?;
            out.push_sql(" AND ");
            out.push_sql(column);
            out.push_sql(" < ");
            out.push_bind_param::<Text, _>(&range.end)?;
            join = " UNION ALL ";
        }
        out.push_sql(")");
        Ok(())
    }
}

impl QueryFragment<Pg> for BeginsWith {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.write(&POSTGRES_SEARCH, out)
    }
}

impl QueryFragment<Sqlite> for BeginsWith {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.write(&SQLITE_SEARCH, out)
    }
}

impl Expression for BeginsWith {
    type SqlType = Bool;
}

impl<From> AppearsOnTable<From> for BeginsWith {}

impl<From> SelectableExpression<From> for BeginsWith {}

impl ValidGrouping<()> for BeginsWith {
    type IsAggregate = is_aggregate::Never;
}

/// The number of names varies, so the text of the query does.
impl QueryId for BeginsWith {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
