//! How a transaction ends.

use futures_util::future::join;
use voxgate_domain::ports::UnitOfWork;

use crate::Error;

/// Commits when `done` is a success, else undoes all: so an expected failure, such as a token that is not good, gives
/// its connection back at once. (A transaction that is merely dropped is undone too, at the price of the connection.)
///
/// # Errors
///
/// The error of `done`, or why it could not be committed.
pub(crate) async fn settle<T>(uow: Box<dyn UnitOfWork>, done: Result<T, Error>) -> Result<T, Error> {
    match done {
        Ok(value) => {
            uow.commit().await?;
            Ok(value)
        }
        Err(error) => {
            if let Err(undone) = uow.rollback().await {
                tracing::debug!(error = %undone, "a rollback was not confirmed");
            }
            Err(error)
        }
    }
}

/// Commits, and does `work` while the database is at it: its outcome counts only once the commit is made.
///
/// # Errors
///
/// Why it could not be committed, or the error of `work`.
pub(crate) async fn commit_and<T>(
    uow: Box<dyn UnitOfWork>,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    // In this order: the commit is on its way before the work begins.
    let (committed, done) = join(uow.commit(), work).await;
    committed?;
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::test_support::{Journal, Unit};

    #[tokio::test]
    async fn what_is_done_meanwhile_counts_once_the_commit_is_made() {
        let journal = Journal::default();
        let worked = async |commits: bool, done: Result<u8, Error>| {
            let unit = Unit { commits, ..Unit::new(&journal) };
            let work = async {
                journal.note("work");
                done
            };
            commit_and(Box::new(unit), work).await
        };
        assert_eq!(worked(true, Ok(7)).await.ok(), Some(7));
        assert!(matches!(worked(false, Ok(7)).await, Err(Error::Unavailable(_))));
        assert!(matches!(worked(true, Err(Error::Forbidden)).await, Err(Error::Forbidden)));
        assert_eq!(journal.lines(), ["commit", "work"].repeat(3));
    }
}
