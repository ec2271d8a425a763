//! The storage ports of the domain on SQLite and PostgreSQL, by diesel.
//!
//! - **Is**: [`Database`], which implements `Store`, `Trail`, `Authenticator`, `Backlog`, `Leases` and `WebhookReader`, and the migrations. Every query is
//!   written once; where the databases differ, both arms stand in `dialect.rs`.
//! - **Is not**: rules. What may be stored is decided by the domain; constraints of the database hold it a second time.
//! - **May depend on it**: the server alone. Whoever uses the ports knows nothing of diesel.
//!
//! # Example
//!
//! ```
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! use voxgate_domain::ports::Store as _;
//! use voxgate_storage::{Database, PoolOptions};
//!
//! let folder = tempfile::tempdir()?;
//! let url = format!("sqlite://{}/voxgate.db", folder.path().display());
//! let database = Database::connect(&url, PoolOptions::default()).await?;
//! database.migrate().await?;
//! database.ping().await?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod attempts;
mod audit;
mod authenticator;
mod backlog;
mod begins_with;
mod blocking;
mod cached;
mod challenges;
mod connection;
mod database;
mod devices;
mod dialect;
mod disclosures;
mod emergencies;
mod error;
mod factors;
mod group_commit;
mod grouped_reads;
mod holding_session;
mod leases;
mod migrate;
mod notifications;
mod outbox;
mod pool_gauges;
mod pools;
mod postgres_tls;
mod retention;
mod roles;
mod rows;
mod schema;
mod service_accounts;
mod sessions;
mod setup;
mod sql_types;
mod store;
mod tokens;
mod trail;
mod unit_of_work;
mod user_events;
mod user_list;
mod users;
mod webhook_deliveries;
mod webhook_replay;
mod webhooks;

pub use database::Database;
pub use grouped_reads::GroupedReads;
pub use pool_gauges::PoolGauges;
pub use pools::PoolOptions;
pub use unit_of_work::EventObserver;
