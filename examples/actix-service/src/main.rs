//! A recording service on actix-web that accepts the access tokens of a Voxgate: what is needed, and nothing else.

mod callers;
mod routes;
mod settings;

use std::error::Error;

use actix_web::{App, HttpServer};

use crate::settings::Settings;

/// How long requests that are under way may take when the service is told to stop, in seconds.
const DRAIN: u64 = 10;

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().json().init();
    let settings = Settings::read()?;
    let gate = callers::gate(&settings).await?;
    let server = HttpServer::new(move || App::new().configure(routes::routes(gate.clone())))
        .shutdown_timeout(DRAIN)
        .bind(settings.bind_addr)?;
    for address in server.addrs() {
        let revocations = settings.client.is_some();
        tracing::info!(address = %format_args!("http://{address}"), voxgate = settings.voxgate_url, revocations, "listens");
    }
    // Ends by SIGTERM or Ctrl-C, after the requests that are under way.
    server.run().await?;
    tracing::info!("has stopped");
    Ok(())
}
