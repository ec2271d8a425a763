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
use crate::jobs::{MailJob, PartitionJob, SealJob, enforce_retention_daily, sweep_limits, watch_signing_keys};
use crate::settings::Settings;
use crate::wiring;

mod greeting;

/// How long background jobs may take to end.
const JOBS_END_WITHIN: Duration = Duration::from_secs(5);

/// Serves until SIGTERM or ctrl-c, then lets the requests in flight end.
pub(crate) async fn serve(settings: Settings) -> Result<(), Failure> {
    let tokens = Arc::new(wiring::signing_keys(&settings)?);
    let seal_keys = wiring::seal_keys(&settings)?;
    let mailer = wiring::mailer(&settings)?;
    let database = wiring::database(&settings).await?;
    let first_start = wiring::prepare(&settings, &database).await?;
    let queued = Arc::new(Notify::new());
    let application = {
        let queued = Arc::clone(&queued);
        wiring::application(&settings, &database, Arc::clone(&tokens))?.on_mail_queued(move || queued.notify_one())
    };
    application.seed_roles().await.doing("making the roles")?;

    let trail = wiring::audit_trail(&settings, &database, Arc::clone(&seal_keys) as _, Arc::clone(&seal_keys) as _);

    let in_process = Arc::new(InProcess::new());
    let throttle = wiring::throttle(&settings.limits, Arc::clone(&in_process)).await?;

    let listener = TcpListener::bind(settings.bind_addr).doing("listening on BIND_ADDR")?;
    let address = listener.local_addr().doing("listening on BIND_ADDR")?;
    let readiness = Readiness::default();
    let services = Services {
        application: application.clone(),
        trail: trail.clone(),
        throttle,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
    };
    let server = voxgate_http::serve(listener, services, http_settings(&settings), readiness.clone())
        .doing("starting the HTTP server")?;
    let handle = server.handle();

    let stop = CancellationToken::new();
    let jobs = TaskTracker::new();
    let leases: Arc<dyn Leases> = Arc::new(database);
    jobs.spawn(enforce_retention_daily(application.clone(), Arc::clone(&leases), stop.clone()));
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
    tracing::info!(grace = ?settings.shutdown_grace, "draining");
    readiness.set_draining();
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
        shutdown_grace: settings.shutdown_grace,
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
