//! How far the background jobs are behind. It is read from the database by a job, so that neither `/metrics` nor
//! `/health/detailed` can be used to load the database.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use metrics::gauge;
use tokio_util::sync::CancellationToken;
use voxgate_crypto::SystemClock;
use voxgate_domain::Timestamp;
use voxgate_domain::ports::{Backlog, Clock as _, StoreError, Waiting};
use voxgate_http::metrics as names;

/// How often it is read.
const EVERY: Duration = Duration::from_secs(5);

/// What waited when it was last read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Read {
    at: Timestamp,
    mail: Waiting,
    events: Waiting,
    webhooks: Waiting,
}

/// What waits for the background jobs. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Backlogs(Arc<RwLock<Option<Read>>>);

impl Backlogs {
    /// For how long the oldest mail and the oldest event wait; nothing when they could not be read for a while.
    pub(crate) fn ages(&self) -> Option<(Duration, Duration)> {
        let now = SystemClock.now();
        let read = (*self.0.read().unwrap_or_else(PoisonError::into_inner))?;
        (now.since(read.at) < EVERY * 6).then(|| (age(read.mail, now), age(read.events, now)))
    }

    /// Writes them into the gauges.
    pub(super) fn publish(&self) {
        let Some(read) = *self.0.read().unwrap_or_else(PoisonError::into_inner) else { return };
        gauge!(names::MAIL_QUEUE_DEPTH).set(float(read.mail.count));
        gauge!(names::MAIL_OLDEST).set(age(read.mail, read.at));
        gauge!(names::AUDIT_UNSEALED).set(float(read.events.count));
        gauge!(names::AUDIT_SEAL_LAG).set(age(read.events, read.at));
        gauge!(names::WEBHOOK_QUEUE_DEPTH).set(float(read.webhooks.count));
        gauge!(names::WEBHOOK_OLDEST).set(age(read.webhooks, read.at));
        gauge!(names::BACKLOG_READ).set(read.at.since(Timestamp::EPOCH));
    }
}

fn age(waiting: Waiting, now: Timestamp) -> Duration {
    waiting.oldest.map_or(Duration::ZERO, |oldest| now.since(oldest))
}

#[expect(clippy::cast_precision_loss, reason = "more than 2^52 of anything never wait")]
pub(super) fn float(count: u64) -> f64 {
    count as f64
}

/// Reads what waits, again and again, until `stop`. While the database does not answer, what was read last stays, and
/// its time tells how old it is.
pub(crate) async fn watch_backlogs(store: Arc<dyn Backlog>, backlogs: Backlogs, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match read(&*store).await {
            Ok(read) => *backlogs.0.write().unwrap_or_else(PoisonError::into_inner) = Some(read),
            Err(error) => tracing::debug!(%error, "what waits for the jobs could not be read"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

async fn read(store: &dyn Backlog) -> Result<Read, StoreError> {
    let (mail, events) = (store.unsent_mail().await?, store.unsealed_events().await?);
    let webhooks = store.undelivered_webhooks().await?;
    Ok(Read { at: SystemClock.now(), mail, events, webhooks })
}
