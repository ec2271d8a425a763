//! Account for disclosures: who saw or exported a person's data, when and why (45 CFR 164.528).

use voxgate_domain::audit::RecordedEvent;
use voxgate_domain::{Act, Page, PageQuery, UserId};

use crate::cursor::{cut, one_more};
use crate::{Application, Caller, Error};

/// The name of this list in its cursors.
const LIST: &str = "disclosures";

impl Application {
    /// A page of the events by which somebody else saw data of `subject`, newest first. A look at somebody else's
    /// accounting is recorded.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when there never was such a user; [`Error::InvalidCursor`]; an error of the store.
    pub async fn list_disclosures(
        &self,
        caller: &Caller,
        subject: UserId,
        page: &PageQuery,
    ) -> Result<Page<RecordedEvent>, Error> {
        let before = page.cursor.as_ref().map(|cursor| self.open_event_cursor(LIST, cursor)).transpose()?;
        let ask_for = one_more(page);
        let mut items = self.ports.store.disclosures_of(subject, before, ask_for).await?;
        let last = cut(&mut items, page).map(RecordedEvent::key);
        if subject != caller.user_id() {
            self.ports.store.account(subject).await?.ok_or(Error::NotFound)?;
            self.record_look(Act::DisclosuresRead, caller.on(subject)).await?;
        }
        Ok(Page { items, next: last.map(|key| self.seal_event_cursor(LIST, key)).transpose()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{Doubles, Journal, Unit, account, active, fresh_caller, other};

    fn with_none() -> Doubles {
        let mut doubles = Doubles::new();
        doubles.store.expect_disclosures_of().returning(|_, _, _| Ok(Vec::new()));
        doubles
    }

    #[tokio::test]
    async fn a_look_at_somebody_elses_accounting_is_recorded_and_at_ones_own_is_not() {
        let journal = Journal::default();
        let mut doubles = with_none().with_unit(Unit::new(&journal));
        doubles.store.expect_account().returning(|_| Ok(Some(account(other()))));
        let app = doubles.application();
        let page = PageQuery::default();

        app.list_disclosures(&fresh_caller(), active().id, &page).await.unwrap();
        assert!(journal.lines().is_empty());

        app.list_disclosures(&fresh_caller(), other().id, &page).await.unwrap();
        assert_eq!(journal.lines(), ["audit disclosures.read", "commit"]);
    }

    #[tokio::test]
    async fn nobody_has_no_accounting() {
        let mut doubles = with_none();
        doubles.store.expect_account().returning(|_| Ok(None));
        let refused = doubles.application().list_disclosures(&fresh_caller(), other().id, &PageQuery::default()).await;
        assert!(matches!(refused, Err(Error::NotFound)));
    }
}
