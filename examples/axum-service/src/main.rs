//! A recording service on axum that accepts the access tokens of a Voxgate: what is needed, and nothing else.

mod callers;
mod routes;
mod settings;

use std::error::Error;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::settings::Settings;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().json().init();
    let settings = Settings::read()?;
    let gate = callers::gate(&settings).await?;
    let listener = TcpListener::bind(settings.bind_addr).await?;
    let (address, revocations) = (listener.local_addr()?, settings.client.is_some());
    tracing::info!(address = %format_args!("http://{address}"), voxgate = settings.voxgate_url, revocations, "listens");

    let mut terminate = signal(SignalKind::terminate())?;
    let told_to_stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    };
    // Requests that are under way are finished first.
    axum::serve(listener, routes::routes(gate)).with_graceful_shutdown(told_to_stop).await?;
    tracing::info!("has stopped");
    Ok(())
}
