//! Learn which sessions were ended while access tokens of theirs are still valid by themselves.

use voxgate_domain::session::Revocation;
use voxgate_domain::{Page, PageQuery, SessionId, Timestamp};

use crate::cursor::{cut, one_more};
use crate::{Application, Error};

/// The name of this list in its cursors.
const LIST: &str = "revocations";

/// A page of ended sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocations {
    /// The page, in the order of their ends.
    pub page: Page<Revocation>,
    /// From when on to ask after the last page: a little before now, so that some are told twice and none is missed.
    pub next_since: Timestamp,
}

impl Application {
    /// A page of the sessions that ended at `since` or later, and not before every access token of theirs has expired.
    /// It names no person, and a sibling service asks every second: the look is not recorded.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidCursor`]; an error of the store.
    pub async fn list_revocations(&self, since: Option<Timestamp>, page: &PageQuery) -> Result<Revocations, Error> {
        let now = self.ports.clock.now();
        let after = page.cursor.as_ref().map(|cursor| self.open_time_cursor(LIST, cursor)).transpose()?;
        let after = after.map(|(at, id)| (at, SessionId::from(id)));
        let since = self.policies.session.revocations_from(since, now);
        let mut items = self.ports.store.revocations(since, after, one_more(page)).await?;
        let last = cut(&mut items, page).copied();
        let next = last.map(|last| self.seal_time_cursor(LIST, last.ended_at, last.session.as_uuid())).transpose()?;
        Ok(Revocations { page: Page { items, next }, next_since: self.policies.session.revocations_next(now) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    use voxgate_domain::PageLimit;

    use crate::test_support::{Doubles, active, now, session};

    fn ended() -> Revocation {
        Revocation { session: session(&active()).id, ended_at: now() }
    }

    #[tokio::test]
    async fn the_next_page_goes_on_behind_the_last_and_the_next_round_begins_a_little_earlier() {
        let mut doubles = Doubles::new();
        let since = now().minus(Duration::from_secs(2));
        doubles
            .store
            .expect_revocations()
            .withf(move |from, after, limit| *from == since && after.is_none() && *limit == 2)
            .returning(|_, _, _| Ok(vec![ended(), ended()]));
        doubles
            .store
            .expect_revocations()
            .withf(|_, after, _| *after == Some((now(), ended().session)))
            .returning(|_, _, _| Ok(Vec::new()));
        let app = doubles.application();
        let page = |cursor| PageQuery { limit: PageLimit::parse("1").unwrap(), cursor };

        let first = app.list_revocations(Some(since), &page(None)).await.unwrap();
        assert_eq!(first.page.items, [ended()]);
        assert!(first.next_since < now());
        let second = app.list_revocations(Some(since), &page(first.page.next)).await.unwrap();
        assert_eq!((second.page.items, second.page.next), (Vec::new(), None));
    }
}
