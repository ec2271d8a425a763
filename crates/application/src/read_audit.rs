//! Read the audit trail. The read is itself in the trail.

use futures_util::stream::{Stream, try_unfold};
use voxgate_domain::audit::{AuditAccess, EventFilter, EventKey, RecordedEvent};
use voxgate_domain::{Act, AuditEventId, Cursor, Page, PageQuery, UserId};

use crate::cursor::{cut, one_more};
use crate::trail_lines::EventLine;
use crate::{Actor, Application, Error};

/// The name of this list in its cursors.
const LIST: &str = "audit";

impl Application {
    /// A page of the events that meet `filter`, newest first.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidCursor`]; an error of the store: without its own event nothing is shown.
    pub async fn list_events(
        &self,
        actor: &Actor,
        filter: &EventFilter,
        page: &PageQuery,
    ) -> Result<Page<RecordedEvent>, Error> {
        let before = page.cursor.as_ref().map(|cursor| self.open_event_cursor(LIST, cursor)).transpose()?;
        let ask_for = one_more(page);
        let mut items = self.ports.store.find_events(filter, before, ask_for).await?;
        let last = cut(&mut items, page).map(RecordedEvent::key);
        self.record_look(Act::AuditRead(AuditAccess::List), actor.who().about(filter.about)).await?;
        Ok(Page { items, next: last.map(|key| self.seal_event_cursor(LIST, key)).transpose()? })
    }

    /// A page of the events that `user` did or that were done to them, newest first.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when there never was such a user; as [`list_events`](Self::list_events).
    pub async fn list_user_events(
        &self,
        actor: &Actor,
        user: UserId,
        filter: EventFilter,
        page: &PageQuery,
    ) -> Result<Page<RecordedEvent>, Error> {
        self.ports.store.account(user).await?.ok_or(Error::NotFound)?;
        self.list_events(actor, &EventFilter { about: Some(user), ..filter }, page).await
    }

    /// Records that the caller takes many events at once, before the first of them leaves.
    ///
    /// # Errors
    ///
    /// An error of the store: without its event nothing may be shown.
    pub async fn record_audit_export(&self, actor: &Actor, filter: &EventFilter) -> Result<(), Error> {
        self.record_look(Act::AuditRead(AuditAccess::Export), actor.who().about(filter.about)).await
    }

    /// Every event that meets `filter`, newest first, as lines of JSON, in memory that does not grow with them. The read
    /// is recorded [before](Self::record_audit_export).
    pub fn stream_events(&self, filter: EventFilter) -> impl Stream<Item = Result<Vec<u8>, Error>> + Send + 'static {
        const CHUNK: u32 = 1_000;
        try_unfold((self.clone(), filter, None), |(application, filter, before)| async move {
            let events = application.ports.store.find_events(&filter, before, CHUNK).await?;
            let Some(last) = events.last().map(RecordedEvent::key) else { return Ok(None) };
            let mut lines = Vec::new();
            for event in events {
                serde_json::to_writer(&mut lines, &EventLine::from(event))
                    .map_err(|error| Error::Internal(error.into()))?;
                lines.push(b'\n');
            }
            Ok(Some((lines, (application, filter, Some(last)))))
        })
    }

    pub(crate) fn seal_event_cursor(&self, list: &str, key: EventKey) -> Result<Cursor, Error> {
        self.seal_time_cursor(list, key.occurred_at, key.id.as_uuid())
    }

    pub(crate) fn open_event_cursor(&self, list: &str, cursor: &Cursor) -> Result<EventKey, Error> {
        let (occurred_at, id) = self.open_time_cursor(list, cursor)?;
        Ok(EventKey { occurred_at, id: AuditEventId::from(id) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use voxgate_domain::PageLimit;

    use crate::test_support::{Counter, Doubles, Journal, Unit, active, caller, now, session};

    fn found(number: usize) -> Vec<RecordedEvent> {
        let event = || RecordedEvent {
            id: AuditEventId::generate(now(), &Counter::default()),
            occurred_at: now(),
            event: "user.registered".to_owned(),
            outcome: "success".to_owned(),
            actor_id: None,
            subject_id: None,
            session_id: None,
            ip_address: None,
            user_agent: None,
            request_id: None,
            reason: None,
            details: "{}".to_owned(),
        };
        (0..number).map(|_| event()).collect()
    }

    fn page(limit: &str, cursor: Option<Cursor>) -> PageQuery {
        PageQuery { limit: PageLimit::parse(limit).unwrap(), cursor }
    }

    #[tokio::test]
    async fn a_read_is_recorded_and_the_next_page_goes_on_behind_the_last_event() {
        let journal = Journal::default();
        let mut doubles = Doubles::new().with_unit(Unit::new(&journal));
        doubles
            .store
            .expect_find_events()
            .withf(|_, before, limit| before.is_none() && *limit == 3)
            .returning(|_, _, _| Ok(found(3)));
        let me = Actor::from(caller(&active(), session(&active())));
        let application = doubles.application();
        let listed = application.list_events(&me, &EventFilter::default(), &page("2", None)).await.unwrap();
        assert_eq!(listed.items.len(), 2);
        assert_eq!(journal.lines(), ["audit audit.read", "commit"]);
        let next = application.open_event_cursor(LIST, &listed.next.unwrap()).unwrap();
        assert_eq!(next, listed.items[1].key());
    }

    #[tokio::test]
    async fn a_cursor_that_is_none_of_ours_is_refused_before_anything_is_read() {
        let me = Actor::from(caller(&active(), session(&active())));
        let forged = page("2", Some(Cursor::from_sealed(vec![1, 2, 3])));
        let refused = Doubles::new().application().list_events(&me, &EventFilter::default(), &forged).await;
        assert!(matches!(refused, Err(Error::InvalidCursor)));
    }

    #[tokio::test]
    async fn the_events_of_nobody_are_not_found() {
        let mut doubles = Doubles::new();
        doubles.store.expect_account().returning(|_| Ok(None));
        let me = Actor::from(caller(&active(), session(&active())));
        let refused =
            doubles.application().list_user_events(&me, active().id, EventFilter::default(), &page("2", None)).await;
        assert!(matches!(refused, Err(Error::NotFound)));
    }
}
