//! Dispatch the outbox: the background half of every mail.

use futures_util::StreamExt as _;
use futures_util::stream;
use tracing::Instrument as _;
use voxgate_domain::mail::{LinkPurpose, Message, OutboxEntry};
use voxgate_domain::ports::Mailer;

use crate::outbox::{Errand, mail_of};
use crate::{Application, Error};

/// What one round of dispatching came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dispatched {
    /// Entries worked off.
    pub done: usize,
    /// Entries that failed and will be tried again, or were given up.
    pub failed: usize,
}

impl Application {
    /// The most entries of one round: no more than are sent at once, so that none is claimed long before it is sent.
    pub const OUTBOX_ROUND: u32 = 4;
    /// Mails under way at once.
    const MAILS_AT_ONCE: usize = Self::OUTBOX_ROUND as usize;

    /// Works off the entries that are due, at most [`Application::OUTBOX_ROUND`] of them. Only one replica does so at a
    /// time: whoever calls this holds the lease.
    ///
    /// An entry is claimed before it is sent and finished after: a crash in between sends it once more, and never
    /// loses it.
    ///
    /// # Errors
    ///
    /// An error of the store; a mail that does not leave is none, it is tried again by the retry policy.
    pub async fn dispatch_outbox(&self, mailer: &dyn Mailer) -> Result<Dispatched, Error> {
        let claimed = self.claim_due().await?;
        let results: Vec<Result<bool, Error>> = stream::iter(claimed)
            .map(|entry| {
                let span = tracing::info_span!("mail", mail = %entry.id, kind = entry.kind);
                async move { self.work_off(&entry, mailer).await }.instrument(span)
            })
            .buffer_unordered(Self::MAILS_AT_ONCE)
            .collect()
            .await;
        let mut dispatched = Dispatched::default();
        for result in results {
            if result? {
                dispatched.done += 1;
            } else {
                dispatched.failed += 1;
            }
        }
        Ok(dispatched)
    }

    async fn claim_due(&self) -> Result<Vec<OutboxEntry>, Error> {
        let mut uow = self.ports.store.begin().await?;
        let now = self.ports.clock.now();
        let due = uow.outbox().due(now, Self::OUTBOX_ROUND).await?;
        if due.is_empty() {
            uow.rollback().await?;
            return Ok(due);
        }
        for entry in &due {
            uow.outbox().begin_attempt(entry.id, now.plus(self.policies.retry.in_flight)).await?;
        }
        uow.commit().await?;
        Ok(due.into_iter().map(|entry| OutboxEntry { attempts: entry.attempts.saturating_add(1), ..entry }).collect())
    }

    /// Whether `entry` is done.
    async fn work_off(&self, entry: &OutboxEntry, mailer: &dyn Mailer) -> Result<bool, Error> {
        match self.errand_of(entry) {
            Ok(Errand::Send(message)) => self.send(entry, message, mailer).await,
            Ok(Errand::MakeLink(link)) => self.make_link(entry, link).await,
            Err(error) => self.put_off(entry, &error).await,
        }
    }

    async fn send(&self, entry: &OutboxEntry, message: Message, mailer: &dyn Mailer) -> Result<bool, Error> {
        if let Err(error) = mailer.send(&mail_of(entry, message)).await {
            return self.put_off(entry, &error).await;
        }
        let (mut uow, now) = (self.ports.store.begin().await?, self.ports.clock.now());
        uow.outbox().finish(entry.id, now).await?;
        uow.notifications().sent(entry.id, now).await?;
        uow.commit().await?;
        Ok(true)
    }

    async fn make_link(&self, entry: &OutboxEntry, link: LinkPurpose) -> Result<bool, Error> {
        let mut uow = self.ports.store.begin().await?;
        self.make_requested_link(&mut *uow, entry, link).await?;
        uow.outbox().finish(entry.id, self.ports.clock.now()).await?;
        uow.commit().await?;
        self.mail_was_queued();
        Ok(true)
    }

    async fn put_off(&self, entry: &OutboxEntry, error: &(dyn std::error::Error + Send + Sync)) -> Result<bool, Error> {
        let now = self.ports.clock.now();
        let next = self.policies.retry.next_attempt(entry.queued_at, entry.attempts, now);
        let report = describe(error);
        match next {
            Some(at) => tracing::warn!(mail = %entry.id, kind = entry.kind, %at, error = report, "mail put off"),
            None => tracing::error!(mail = %entry.id, kind = entry.kind, error = report, "mail given up"),
        }
        let mut uow = self.ports.store.begin().await?;
        uow.outbox().fail(entry.id, &report, next, now).await?;
        if next.is_none() {
            uow.notifications().given_up(entry.id, now).await?;
        }
        uow.commit().await?;
        Ok(false)
    }
}

/// An error and its causes in one line of at most 500 characters.
pub(crate) fn describe(error: &(dyn std::error::Error + Send + Sync)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(500).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use voxgate_domain::ports::{MailError, MockMailer, MockOutbox};
    use voxgate_domain::{MailId, Timestamp};

    use crate::test_support::{Counter, Doubles, Journal, Unit, account, active, email, now, token};

    fn entry(content: &str) -> OutboxEntry {
        OutboxEntry {
            id: MailId::generate(now(), &Counter::default()),
            user_id: None,
            recipient: email(),
            locale: None,
            kind: "test".into(),
            sealed: content.as_bytes().to_vec(),
            queued_at: now(),
            attempts: 0,
        }
    }

    /// The unit that claims `entry` until it is overdue.
    fn claiming(journal: &Journal, entry: &OutboxEntry) -> Unit {
        let mut unit = Unit::new(journal);
        let due = entry.clone();
        unit.outbox.expect_due().returning(move |_, _| Ok(vec![due.clone()]));
        let until = now().plus(std::time::Duration::from_secs(40));
        unit.outbox.expect_begin_attempt().withf(move |_, at| *at == until).times(1).returning(|_, _| Ok(()));
        unit
    }

    fn outbox(unit: &mut Unit) -> &mut MockOutbox {
        &mut unit.outbox
    }

    const NOTICE: &str = r#"{"notice":"password_changed"}"#;

    #[tokio::test]
    async fn a_mail_is_claimed_sent_and_finished() {
        let journal = Journal::default();
        let mut done = Unit::new(&journal);
        outbox(&mut done).expect_finish().times(1).returning(|_, _| Ok(()));
        let doubles = Doubles::new().with_unit(claiming(&journal, &entry(NOTICE))).with_unit(done);
        let mut mailer = MockMailer::new();
        mailer.expect_send().withf(|mail| mail.to == email()).times(1).returning(|_| Ok(()));

        let dispatched = doubles.application().dispatch_outbox(&mailer).await.unwrap();

        assert_eq!(dispatched, Dispatched { done: 1, failed: 0 });
        assert_eq!(journal.lines(), ["commit", "commit"]);
    }

    #[tokio::test]
    async fn a_mail_that_does_not_leave_is_put_off() {
        for error in [MailError::NotTaken("refused".into()), MailError::Malformed("no such address".into())] {
            let journal = Journal::default();
            let mut later = Unit::new(&journal);
            // The second try: the first wait is of five seconds, and each doubles the last.
            let at = Some(now().plus(std::time::Duration::from_secs(10)));
            let tried = OutboxEntry { attempts: 1, ..entry(NOTICE) };
            outbox(&mut later)
                .expect_fail()
                .withf(move |_, _, next: &Option<Timestamp>, _| *next == at)
                .times(1)
                .returning(|_, _, _, _| Ok(()));
            let doubles = Doubles::new().with_unit(claiming(&journal, &tried)).with_unit(later);
            let mut mailer = MockMailer::new();
            mailer.expect_send().return_once(|_| Err(error));

            let dispatched = doubles.application().dispatch_outbox(&mailer).await.unwrap();

            assert_eq!(dispatched, Dispatched { done: 0, failed: 1 });
        }
    }

    #[tokio::test]
    async fn a_wish_for_a_link_is_granted_to_an_account_and_dropped_without_one() {
        const WISH: &str = r#"{"make_link":{"purpose":"reset_password"}}"#;
        for (held, lines) in [
            (Some(account(active())), vec!["commit", "audit link.issued", "mail reset_password", "commit"]),
            (None, vec!["commit", "commit"]),
        ] {
            let journal = Journal::default();
            let mut unit = Unit::new(&journal);
            unit.users.expect_lock_by_email().returning(move |_| Ok(held.clone()));
            unit.tokens.expect_replace().returning(|_, _| Ok(()));
            outbox(&mut unit).expect_finish().times(1).returning(|_, _| Ok(()));
            let doubles = Doubles::new().with_unit(claiming(&journal, &entry(WISH))).with_unit(unit);

            doubles.application().dispatch_outbox(&MockMailer::new()).await.unwrap();

            assert_eq!(journal.lines(), lines);
        }
    }

    #[tokio::test]
    async fn a_content_that_cannot_be_read_is_put_off_and_hides_no_other() {
        let journal = Journal::default();
        let mut later = Unit::new(&journal);
        outbox(&mut later).expect_fail().times(1).returning(|_, _, _, _| Ok(()));
        let garbage = entry(token("garbage").expose());
        let doubles = Doubles::new().with_unit(claiming(&journal, &garbage)).with_unit(later);

        let dispatched = doubles.application().dispatch_outbox(&MockMailer::new()).await.unwrap();

        assert_eq!(dispatched, Dispatched { done: 0, failed: 1 });
    }
}
