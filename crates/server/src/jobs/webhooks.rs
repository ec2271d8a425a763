//! The job that sends webhooks.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use voxgate_application::{Application, DeliveryRun, Error};
use voxgate_domain::WebhookId;
use voxgate_domain::ports::{Leases, WebhookSender};
use voxgate_domain::webhook::DeliveryStatus;
use voxgate_http::metrics::count_webhook;

use super::leased::Lease;

/// Sends what is due to each endpoint in lanes of its own, so that one that hangs holds up no other, while it holds the
/// lease. A lane sends one message after the other, each about another user than those of the other lanes.
pub(crate) struct WebhookJob {
    pub(crate) application: Application,
    pub(crate) leases: Arc<dyn Leases>,
    pub(crate) sender: Arc<dyn WebhookSender>,
}

/// Goes on until it is told to stop, and counts.
struct Counted(CancellationToken);

impl DeliveryRun for Counted {
    fn goes_on(&self) -> bool {
        !self.0.is_cancelled()
    }

    fn ended(&self, status: DeliveryStatus) {
        count_webhook(match status {
            DeliveryStatus::Delivered => "delivered",
            DeliveryStatus::Pending => "put_off",
            DeliveryStatus::Dead => "given_up",
        });
    }
}

impl WebhookJob {
    /// How often it looks for what is due.
    const ROUND: Duration = Duration::from_secs(1);
    /// How long it waits after the database failed.
    const AFTER_FAILURE: Duration = Duration::from_secs(3);
    /// The most messages that are under way to one endpoint at once.
    const LANES: usize = 8;
    /// The most messages that are under way at all.
    const ALL_LANES: usize = 128;

    /// Runs until `stop`; what is under way then may end.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let lease = Lease::new(&*self.leases, "webhooks");
        let mut runs = Runs { tasks: JoinSet::new(), lanes: HashMap::new(), stop: stop.clone() };
        while !stop.is_cancelled() {
            let pause = match lease.hold().await {
                Ok(true) => self.round(&mut runs).await,
                // Whoever has it claims each delivery; what is under way here is claimed by us.
                Ok(false) => Self::ROUND,
                Err(error) => {
                    tracing::warn!(%error, "the webhook job waits for the database");
                    Self::AFTER_FAILURE
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
            }
            runs.reap();
        }
        while let Some(ended) = runs.tasks.join_next().await {
            runs.note(ended);
        }
        lease.release().await;
    }

    /// Opens the lanes to each endpoint that has something due; how long to pause after it. A lane that finds nothing to do
    /// ends at once.
    async fn round(&self, runs: &mut Runs) -> Duration {
        let due = match self.application.due_webhooks().await {
            Ok(due) => due,
            Err(error) => {
                tracing::warn!(%error, "a round of webhooks failed");
                return Self::AFTER_FAILURE;
            }
        };
        for id in due {
            let open = runs.lanes.get(&id).copied().unwrap_or_default();
            let all = Self::ALL_LANES.saturating_sub(runs.tasks.len());
            for _ in 0..Self::LANES.saturating_sub(open).min(all) {
                let (application, sender) = (self.application.clone(), Arc::clone(&self.sender));
                let run = Counted(runs.stop.clone());
                *runs.lanes.entry(id).or_default() += 1;
                runs.tasks.spawn(async move { (id, application.deliver_webhooks(id, &*sender, &run).await) });
            }
        }
        Self::ROUND
    }
}

/// The lanes that are open.
struct Runs {
    tasks: JoinSet<(WebhookId, Result<(), Error>)>,
    /// How many to each endpoint.
    lanes: HashMap<WebhookId, usize>,
    stop: CancellationToken,
}

impl Runs {
    /// Takes note of those that ended.
    fn reap(&mut self) {
        while let Some(ended) = self.tasks.try_join_next() {
            self.note(ended);
        }
    }

    fn note(&mut self, ended: Result<(WebhookId, Result<(), Error>), tokio::task::JoinError>) {
        match ended {
            Ok((id, outcome)) => {
                if let Some(open) = self.lanes.get_mut(&id) {
                    *open = open.saturating_sub(1);
                }
                if let Err(error) = outcome {
                    tracing::warn!(webhook = %id, %error, "sending webhooks failed");
                }
            }
            // It is not known whose it was: what is counted by mistake is forgotten when nothing is open.
            Err(error) => tracing::error!(%error, "sending webhooks ended badly"),
        }
        if self.tasks.is_empty() {
            self.lanes.clear();
        }
    }
}
