//! What a database error means to a caller.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error};
use voxgate_domain::ports::{Cause, Conflict, StoreError};

/// What must be unique, and what it means when it is not. PostgreSQL names the constraint; SQLite lists its columns in
/// the message and names nothing.
const UNIQUE: &[(&str, &str, Conflict)] = &[
    ("users_email_normalized_key", "users.email_normalized", Conflict::EmailTaken),
    (
        "user_role_assignments_user_id_role_key",
        "user_role_assignments.user_id, user_role_assignments.role",
        Conflict::RoleAssigned,
    ),
    ("emergency_accesses_open", "emergency_accesses.holder_id, emergency_accesses.subject_id", Conflict::EmergencyOpen),
    ("service_accounts_name", "service_accounts.name", Conflict::ServiceNameTaken),
];

/// What the messages of a database say that does not answer now but may later. Diesel keeps no SQLSTATE, so the text
/// has to do; in another language than English such an error is an internal one.
const OUTAGES: &[&str] = &[
    // PostgreSQL
    "due to statement timeout",
    "due to lock timeout",
    "due to user request",
    "deadlock detected",
    "terminating connection",
    "too many clients",
    "too many connections",
    "remaining connection slots",
    "database system is",
    "No space left on device",
    "could not extend file",
    "out of memory",
    // SQLite
    "database is locked",
    "database table is locked",
    "database or disk is full",
    "disk I/O error",
    "unable to open database file",
    "attempt to write a readonly database",
];

/// The error of the port that says what a caller can do about `error`.
pub(crate) fn store_error(error: Error) -> StoreError {
    match error {
        Error::DatabaseError(DatabaseErrorKind::UniqueViolation, info) => StoreError::Conflict(conflict(&*info)),
        // What the row refers to is gone since it was read.
        Error::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => StoreError::Stale,
        error if is_outage(&error) => StoreError::Unavailable(Box::new(error)),
        error => StoreError::Internal(Box::new(error)),
    }
}

/// The error of the port for what stopped a migration, of which diesel shows the text alone.
pub(crate) fn migration_error(error: Cause) -> StoreError {
    if is_told_of_an_outage(&error.to_string()) { StoreError::Unavailable(error) } else { StoreError::Internal(error) }
}

/// The error for an answer that did not come in time.
pub(crate) fn no_answer() -> Error {
    Error::DatabaseError(
        DatabaseErrorKind::UnableToSendCommand,
        Box::new("the database did not answer in time".to_owned()),
    )
}

/// The error for a value in `table.column` that is none; `why` does not hold the value.
pub(crate) fn corrupt(table: &'static str, column: &'static str, why: impl ToString) -> StoreError {
    StoreError::Corrupt { table, column, detail: why.to_string() }
}

/// The error for a fault of the program, or of how it was set up.
pub(crate) fn internal(what: impl Into<String>) -> StoreError {
    StoreError::Internal(what.into().into())
}

/// The error once more, for somebody else whom it concerns.
pub(crate) fn same(error: &StoreError) -> StoreError {
    match error {
        StoreError::Unavailable(cause) => StoreError::Unavailable(cause.to_string().into()),
        StoreError::Conflict(conflict) => StoreError::Conflict(*conflict),
        StoreError::Stale => StoreError::Stale,
        StoreError::Corrupt { table, column, detail } => StoreError::Corrupt { table, column, detail: detail.clone() },
        StoreError::Internal(cause) => StoreError::Internal(cause.to_string().into()),
    }
}

fn conflict(info: &dyn DatabaseErrorInformation) -> Conflict {
    let violated = |constraint: &str, columns: &str| match info.constraint_name() {
        Some(name) => name == constraint,
        None => info.message().strip_prefix("UNIQUE constraint failed: ") == Some(columns),
    };
    UNIQUE
        .iter()
        .find(|(constraint, columns, _)| violated(constraint, columns))
        .map_or(Conflict::Duplicate, |(_, _, conflict)| *conflict)
}

/// Whether another process writes to the SQLite file.
pub(crate) fn is_locked(error: &Error) -> bool {
    matches!(error, Error::DatabaseError(_, info) if info.message().contains("locked"))
}

fn is_outage(error: &Error) -> bool {
    use DatabaseErrorKind::{ClosedConnection, ReadOnlyTransaction, SerializationFailure, UnableToSendCommand};
    match error {
        // A primary that became a replica, as in a failover, refuses writes until the client finds the new one.
        Error::DatabaseError(
            ClosedConnection | ReadOnlyTransaction | SerializationFailure | UnableToSendCommand,
            _,
        )
        | Error::BrokenTransactionManager => true,
        Error::DatabaseError(_, info) => is_told_of_an_outage(info.message()),
        _ => false,
    }
}

fn is_told_of_an_outage(message: &str) -> bool {
    OUTAGES.iter().any(|outage| message.contains(outage))
}

/// Fails with [`StoreError::Stale`] unless a write touched exactly one row.
pub(crate) fn exactly_one(rows: usize) -> Result<(), StoreError> {
    match rows {
        1 => Ok(()),
        0 => Err(StoreError::Stale),
        more => Err(internal(format!("a write meant for one row touched {more}"))),
    }
}

/// Whether a write that may touch one row did so.
pub(crate) fn at_most_one(rows: usize) -> Result<bool, StoreError> {
    match rows {
        0 => Ok(false),
        rows => exactly_one(rows).map(|()| true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(message: &str) -> StoreError {
        store_error(Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new(message.to_owned())))
    }

    #[test]
    fn a_full_disk_and_a_lost_server_are_outages_and_a_wrong_statement_is_a_fault() {
        assert!(matches!(failed("database or disk is full"), StoreError::Unavailable(_)));
        assert!(matches!(failed("canceling statement due to lock timeout"), StoreError::Unavailable(_)));
        assert!(matches!(failed("no such table: users"), StoreError::Internal(_)));
    }

    #[test]
    fn a_write_that_touches_more_rows_than_it_should_is_a_fault() {
        assert!(matches!(exactly_one(0), Err(StoreError::Stale)));
        assert!(exactly_one(1).is_ok());
        assert!(matches!(exactly_one(2), Err(StoreError::Internal(_))));
        assert!(matches!(at_most_one(2), Err(StoreError::Internal(_))));
    }
}
