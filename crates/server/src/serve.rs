//! `voxgate serve`: from settings to a running service and back.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use voxgate_crypto::{SystemClock, SystemEntropy};
use voxgate_domain::ports::Leases;
use voxgate_http::{HttpSettings, Readiness, Services};
use voxgate_limits::InProcess;

use crate::failure::{Failure, While as _};
use crate::jobs::{
    MailJob, PartitionJob, SealJob, WebhookJob, enforce_retention_daily, sweep_limits, watch_signing_keys,
};
use crate::observation::{Backlogs, Gauges, Observed, watch_backlogs};
use crate::settings::{Serving, Settings};
use crate::wiring;

mod greeting;

/// How long background jobs may take to end.
const JOBS_END_WITHIN: Duration = Duration::from_secs(5);

/// Serves until SIGTERM or ctrl-c, then lets the requests in flight end.
pub(crate) async fn serve(settings: Settings) -> Result<(), Failure> {
    let tokens = Arc::new(wiring::signing_keys(&settings)?);
    let seal_keys = wiring::seal_keys(&settings)?;
    let mailer = wiring::mailer(&settings)?;
    let webhook_sender = wiring::webhook_sender(&settings)?;
    let gauges = Gauges::start()?;
    let database = wiring::database(&settings).await?.on_event(voxgate_http::metrics::count_event);
    let first_start = wiring::prepare(&settings, &database).await?;
    let queued = Arc::new(Notify::new());
    let hasher = wiring::hasher(&settings)?;
    let application = {
        let (queued, hasher) = (Arc::clone(&queued), Arc::clone(&hasher));
        let application = wiring::application_with(&settings, &database, Arc::clone(&tokens), hasher)?;
        application.on_mail_queued(move || queued.notify_one())
    };
    application.seed_roles().await.doing("making the roles")?;

    let trail = wiring::audit_trail(&settings, &database, Arc::clone(&seal_keys) as _, Arc::clone(&seal_keys) as _);

    let in_process = Arc::new(InProcess::new());
    let throttle = wiring::throttle(&settings.limits, Arc::clone(&in_process)).await?;

    let listener = TcpListener::bind(settings.bind_addr).doing("listening on BIND_ADDR")?;
    let address = listener.local_addr().doing("listening on BIND_ADDR")?;
    let readiness = Readiness::default();
    let backlogs = Backlogs::default();
    let observed = Observed {
        hasher,
        database: database.clone(),
        backlogs: backlogs.clone(),
        throttle: throttle.clone(),
        tokens: Arc::clone(&tokens),
        seal_keys: Arc::clone(&seal_keys),
    };
    let services = Services {
        application: application.clone(),
        trail: trail.clone(),
        throttle,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        operations: observed.operations(&settings, gauges.clone(), readiness.clone()),
    };
    let server = voxgate_http::serve(listener, services, http_settings(&settings), readiness.clone())
        .doing("starting the HTTP server")?;
    let handle = server.handle();

    let stop = CancellationToken::new();
    let jobs = TaskTracker::new();
    jobs.spawn(gauges.keep_up(stop.clone()));
    jobs.spawn(watch_backlogs(Arc::new(database.clone()), backlogs, stop.clone()));
    let leases: Arc<dyn Leases> = Arc::new(database);
    jobs.spawn(enforce_retention_daily(application.clone(), Arc::clone(&leases), stop.clone()));
    let webhooks = WebhookJob { application: application.clone(), leases: Arc::clone(&leases), sender: webhook_sender };
    jobs.spawn(webhooks.run(stop.clone()));
    let mail = MailJob { application, leases: Arc::clone(&leases), mailer, queued };
    jobs.spawn(mail.run(stop.clone()));
    let seal = SealJob { trail: trail.clone(), leases: Arc::clone(&leases), keys: seal_keys };
    jobs.spawn(seal.run(stop.clone()));
    jobs.spawn(PartitionJob { trail, leases }.run(stop.clone()));
    jobs.spawn(watch_signing_keys(tokens, stop.clone()));
    jobs.spawn(sweep_limits(in_process, stop.clone()));
    jobs.close();

    let serving = tokio::spawn(server);
    readiness.set_ready();
    greeting::greet(&settings, address, first_start);
    tracing::info!(%address, "ready");

    stop_signal().await?;
    let Serving { grace, drain_delay, .. } = settings.serving;
    tracing::info!(?grace, ?drain_delay, "draining");
    readiness.set_draining();
    // Load balancers learn meanwhile that nothing new should come here, and what still comes is served.
    tokio::time::sleep(drain_delay).await;
    handle.stop(true).await;
    serving.await.doing("serving")?.doing("serving")?;
    stop.cancel();
    // A mail that is just being sent may end; one that hangs is sent again by whoever comes next.
    if tokio::time::timeout(JOBS_END_WITHIN, jobs.wait()).await.is_err() {
        tracing::warn!("a background job did not end in time");
    }
    tracing::info!("stopped");
    Ok(())
}

fn http_settings(settings: &Settings) -> HttpSettings {
    HttpSettings {
        public_url: settings.public_url.clone(),
        allowed_origins: settings.allowed_origins.clone(),
        clients: settings.clients.clone(),
        production: settings.is_production(),
        shutdown_grace: settings.serving.grace.saturating_sub(settings.serving.drain_delay),
        capacity: settings.serving.capacity.clone(),
        metrics_peers: settings.serving.metrics_peers.clone(),
        logged_fields: settings.log.body_fields.clone(),
    }
}

/// Waits for SIGTERM or ctrl-c.
async fn stop_signal() -> Result<(), Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).doing("waiting for signals")?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => interrupted.doing("waiting for signals"),
    }
}
