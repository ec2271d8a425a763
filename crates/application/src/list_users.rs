//! List users.

use voxgate_domain::user::UserFilter;
use voxgate_domain::{Act, Page, PageQuery, UserId};

use crate::administration::AdministeredUser;
use crate::cursor::{cut, one_more};
use crate::{Application, Caller, Error};

/// The name of this list in its cursors.
const LIST: &str = "users";

impl Application {
    /// A page of the users who meet `filter`, newest first. Whom the caller saw is recorded.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidCursor`]; an error of the store.
    pub async fn list_users(
        &self,
        caller: &Caller,
        filter: &UserFilter,
        page: &PageQuery,
    ) -> Result<Page<AdministeredUser>, Error> {
        let after = page.cursor.as_ref().map(|cursor| self.open_cursor(LIST, cursor)).transpose()?;
        let ask_for = one_more(page);
        let mut found = self.ports.store.list_users(filter, after.map(UserId::from), ask_for).await?;
        let last = cut(&mut found, page).map(|(user, _)| user.id);
        let users = found.iter().map(|(user, _)| user.id).collect();
        self.record_look(Act::UsersListed { users }, caller.on_self().about(None)).await?;
        Ok(Page {
            items: self.with_locks(found).await?,
            next: last.map(|id| self.seal_cursor(LIST, id.as_uuid())).transpose()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use voxgate_domain::{Cursor, PageLimit, RoleName, User};

    use crate::test_support::{Doubles, Journal, Unit, active, caller, session};

    fn page(limit: &str, cursor: Option<Cursor>) -> PageQuery {
        PageQuery { limit: PageLimit::parse(limit).unwrap(), cursor }
    }

    fn found(number: usize) -> Vec<(User, Vec<RoleName>)> {
        vec![(active(), vec![RoleName::patient()]); number]
    }

    #[tokio::test]
    async fn a_look_at_a_page_is_recorded_and_the_next_page_has_a_cursor() {
        let journal = Journal::default();
        let mut doubles = Doubles::new().with_unit(Unit::new(&journal));
        doubles
            .store
            .expect_list_users()
            .withf(|_, after, limit| after.is_none() && *limit == 3)
            .returning(|_, _, _| Ok(found(3)));
        doubles.store.expect_locks().returning(|_| Ok(Vec::new()));
        let me = caller(&active(), session(&active()));

        let listed = doubles.application().list_users(&me, &UserFilter::default(), &page("2", None)).await.unwrap();

        assert_eq!((listed.items.len(), listed.next.is_some()), (2, true));
        assert_eq!(journal.lines(), ["audit user.listed", "commit"]);
    }

    #[tokio::test]
    async fn the_next_page_begins_behind_the_last_one_and_the_last_page_has_no_cursor() {
        let journal = Journal::default();
        let mut doubles = Doubles::new().with_unit(Unit::new(&journal));
        let last = active().id;
        doubles
            .store
            .expect_list_users()
            .withf(move |_, after, _| *after == Some(last))
            .returning(|_, _, _| Ok(found(2)));
        doubles.store.expect_locks().returning(|_| Ok(Vec::new()));
        let app = doubles.application();
        let cursor = app.seal_cursor(LIST, last.as_uuid()).unwrap();
        let me = caller(&active(), session(&active()));

        let listed = app.list_users(&me, &UserFilter::default(), &page("2", Some(cursor))).await.unwrap();

        assert_eq!((listed.items.len(), listed.next), (2, None));
    }

    #[tokio::test]
    async fn what_is_no_cursor_of_ours_is_refused_before_anybody_looks() {
        let me = caller(&active(), session(&active()));
        let forged = page("2", Some(Cursor::from_sealed(vec![1, 2, 3])));
        let refused = Doubles::new().application().list_users(&me, &UserFilter::default(), &forged).await;
        assert!(matches!(refused, Err(Error::InvalidCursor)));
    }
}
