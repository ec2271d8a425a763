//! What each command does.

mod admin;
mod audit;
mod compliance;
mod config;
mod encryption_keys;
mod health;
mod keys;
mod mfa;
mod migrate;
mod retention;
mod roles;
mod service_accounts;
mod sessions;
mod webhooks;

use std::future::Future;

use crate::cli::{Admin, Cli, Command, Compliance, Config, Keys, Mfa, Roles, Sessions};
use crate::failure::{Failure, While as _};
use crate::settings::Settings;
use crate::{logging, serve, terminal};

/// Runs a command.
pub(crate) fn run(cli: Cli) -> Result<(), Failure> {
    match cli.command.unwrap_or(Command::Serve) {
        Command::Openapi => openapi(),
        Command::Config(Config::Check) => config::check(&environment),
        Command::Health(health) => health::check(&health, &settings()?),
        Command::Keys(Keys::Rotate { encryption: true, .. }) => block_on(encryption_keys::rotate(settings()?)),
        Command::Keys(command) => keys::run(&command, &settings()?),
        Command::Serve => {
            let settings = settings()?;
            let _collector = logging::start(&settings.log)?;
            block_on(serve::serve(settings))
        }
        Command::Migrate => block_on(migrate::run(settings()?)),
        Command::ServiceAccounts(command) => block_on(service_accounts::run(command, settings()?)),
        Command::Sessions(Sessions::End(end)) => block_on(sessions::end(end, settings()?)),
        Command::Mfa(Mfa::Reset(reset)) => block_on(mfa::reset(reset, settings()?)),
        Command::Retention(command) => block_on(retention::run(command, settings()?)),
        Command::Roles(Roles::Init) => block_on(roles::init(settings()?)),
        Command::Compliance(Compliance::Report(command)) => block_on(compliance::report(command, settings()?)),
        Command::Webhooks(command) => block_on(webhooks::run(command, settings()?)),
        Command::Audit(command) => block_on(audit::run(command)),
        Command::Admin(Admin::Create(admin)) => block_on(admin::create(admin, settings()?)),
    }
}

/// Looks a variable up; `.env` was read before.
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The settings, from `.env` too unless this is production.
fn settings() -> Result<Settings, Failure> {
    read_env_file();
    Settings::read(&environment).map_err(Failure::Settings)
}

/// Reads `.env` when it is there. What the environment says comes first, and production has no such file.
fn read_env_file() {
    if environment("APP_ENV").as_deref() != Some("production") {
        let _ = dotenvy::dotenv();
    }
}

/// Migrations block in place, which needs a runtime of several threads.
fn block_on<T>(task: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().doing("starting the runtime")?;
    let done = runtime.block_on(task);
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    done
}

fn openapi() -> Result<(), Failure> {
    terminal::say(voxgate_http::openapi().to_pretty_json().doing("writing the OpenAPI document")?);
    Ok(())
}
