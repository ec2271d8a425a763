//! `voxgate webhooks list|replay`

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use voxgate_application::Application;
use voxgate_domain::Timestamp;
use voxgate_domain::webhook::Replay;

use crate::cli::{WebhookReplay, Webhooks};
use crate::failure::{Failure, While as _};
use crate::settings::Settings;
use crate::terminal::say;
use crate::wiring;

/// Shows the endpoints, or queues events again; a running service sends them.
pub(crate) async fn run(command: Webhooks, settings: Settings) -> Result<(), Failure> {
    let database = wiring::database(&settings).await?;
    wiring::prepare(&settings, &database).await?;
    let tokens = Arc::new(wiring::signing_keys(&settings)?);
    let application = wiring::application(&settings, &database, tokens)?;
    match command {
        Webhooks::List => list(&application).await,
        Webhooks::Replay(replay) => queue_again(&application, replay).await,
    }
}

async fn list(application: &Application) -> Result<(), Failure> {
    for endpoint in application.webhooks().await.doing("reading the webhooks")? {
        let state = endpoint.disabled.map_or("enabled", |why| why.as_str());
        say(format_args!("{}  {state}  {}", endpoint.id, endpoint.url));
    }
    Ok(())
}

async fn queue_again(application: &Application, command: WebhookReplay) -> Result<(), Failure> {
    let replay = match (command.from, command.event) {
        (Some(from), _) => Replay::Since(timestamp(from)),
        (None, events) if events.is_empty() => Replay::Dead,
        (None, events) => Replay::Events(events),
    };
    let queued =
        application.replay_webhook_as_operator(command.webhook, &replay).await.doing("queuing events again")?;
    say(format_args!("{queued} events are queued again"));
    Ok(())
}

fn timestamp(at: SystemTime) -> Timestamp {
    Timestamp::EPOCH.plus(at.duration_since(UNIX_EPOCH).unwrap_or_default())
}
