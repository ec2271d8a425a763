//! actix-web handlers that do one thing: nothing, one read by primary key, one transaction.

use std::net::Ipv4Addr;
use std::process::ExitCode;

use actix_web::{App, HttpResponse, HttpServer, web};
use clap::Args;
use serde::Serialize;

use super::postgres::Postgres;
use super::sqlite::Sqlite;

/// What to serve, and where.
#[derive(Clone, Debug, Args)]
pub(crate) struct Options {
    /// The port of the loopback interface
    #[arg(long)]
    port: u16,
    /// The database of the handlers that use one: postgres://… or sqlite://…
    #[arg(long)]
    database: String,
}

/// What a row is answered as.
#[derive(Serialize)]
pub(super) struct Row {
    pub(super) email: String,
    pub(super) first_name: Option<String>,
    pub(super) last_name: Option<String>,
}

/// What a handler failed of.
pub(super) type Cause = Box<dyn std::error::Error>;

/// The databases, with what their pools are made of in Voxgate.
#[derive(Clone)]
enum Database {
    Postgres(Postgres),
    Sqlite(Sqlite),
}

/// Serves `/nothing`, `/row` and `/transaction` until it is killed.
pub(crate) async fn serve(options: &Options) -> ExitCode {
    match serving(options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            crate::say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn serving(options: &Options) -> Result<(), Cause> {
    let database = match options.database.strip_prefix("sqlite://") {
        Some(path) => Database::Sqlite(Sqlite::open(path)?),
        None => Database::Postgres(Postgres::connect(&options.database).await?),
    };
    let workers = std::thread::available_parallelism()?.get();
    HttpServer::new(move || {
        App::new()
            .app_data(web::Data::new(database.clone()))
            .route("/nothing", web::get().to(nothing))
            .route("/row", web::get().to(row))
            .route("/transaction", web::post().to(transaction))
    })
    .workers(workers)
    .bind((Ipv4Addr::LOCALHOST, options.port))?
    .run()
    .await?;
    Ok(())
}

async fn nothing() -> HttpResponse {
    HttpResponse::Ok().finish()
}

async fn row(database: web::Data<Database>) -> HttpResponse {
    let found = match database.get_ref() {
        Database::Postgres(postgres) => postgres.row().await,
        Database::Sqlite(sqlite) => sqlite.row(),
    };
    found.map_or_else(|error| failure(&*error), |row| HttpResponse::Ok().json(row))
}

async fn transaction(database: web::Data<Database>) -> HttpResponse {
    let done = match database.get_ref() {
        Database::Postgres(postgres) => postgres.transaction().await,
        Database::Sqlite(sqlite) => sqlite.transaction().await,
    };
    done.map_or_else(|error| failure(&*error), |()| HttpResponse::NoContent().finish())
}

fn failure(error: &dyn std::error::Error) -> HttpResponse {
    HttpResponse::InternalServerError().body(error.to_string())
}
