//! `voxgate service-accounts`

use std::sync::Arc;

use voxgate_application::{Application, Error, Manager, NewSecret};
use voxgate_domain::ports::Conflict;
use voxgate_domain::{Cursor, PageQuery, Permission, ServiceAccount};

use crate::cli::ServiceAccounts;
use crate::failure::{Failure, While as _};
use crate::settings::Settings;
use crate::{terminal, wiring};

/// Makes, rotates, switches off or shows service accounts.
pub(crate) async fn run(command: ServiceAccounts, settings: Settings) -> Result<(), Failure> {
    let database = wiring::database(&settings).await?;
    wiring::prepare(&settings, &database).await?;
    let tokens = Arc::new(wiring::signing_keys(&settings)?);
    let application = wiring::application(&settings, &database, tokens)?;
    let by = Manager::Operator;
    match command {
        ServiceAccounts::Create { name, permissions, reason } => {
            let permissions = permissions.into_iter().collect();
            let made = application.create_service_account(by, name, permissions, reason.as_ref()).await;
            show(&usable(made, "making the service account")?);
        }
        ServiceAccounts::Rotate { id, overlap } => {
            show(&usable(application.rotate_service_secret(by, id, overlap).await, "rotating the secret")?);
        }
        ServiceAccounts::Disable { id } => {
            usable(application.disable_service_account(by, id).await, "switching the service account off")?;
            terminal::say(format_args!("{id} is off"));
        }
        ServiceAccounts::List => list(&application).await?,
    }
    Ok(())
}

/// The secret stands on a line of its own, so that scripts find it.
fn show(made: &NewSecret) {
    terminal::say(format_args!("client_id     {}", made.account.id));
    terminal::say(format_args!("client_secret {}", made.secret.expose()));
    if let Some(previous) = made.account.previous {
        terminal::say(format_args!("the last secret works until {}", previous.until));
    }
}

async fn list(application: &Application) -> Result<(), Failure> {
    let mut cursor: Option<Cursor> = None;
    loop {
        let page = PageQuery { cursor, ..PageQuery::default() };
        let page = application.list_service_accounts(&page).await.doing("reading the service accounts")?;
        page.items.iter().for_each(line);
        match page.next {
            Some(next) => cursor = Some(next),
            None => return Ok(()),
        }
    }
}

fn line(account: &ServiceAccount) {
    let permissions: Vec<&str> = account.permissions.iter().map(Permission::as_str).collect();
    let state = account.disabled_at.map_or_else(|| "on".to_owned(), |at| format!("off since {at}"));
    terminal::say(format_args!("{}  {}  {}  {state}", account.id, account.name.as_str(), permissions.join(",")));
}

/// What a wrong id, name or time is to whoever typed it.
fn usable<T>(result: Result<T, Error>, doing: &'static str) -> Result<T, Failure> {
    match result {
        Err(Error::NotFound) => Err(Failure::Usage("there is no such service account".to_owned())),
        Err(Error::ServiceAccount(why)) => Err(Failure::Usage(why.to_string())),
        Err(Error::Conflict(Conflict::ServiceNameTaken)) => {
            Err(Failure::Usage("a service account that is on has the name".to_owned()))
        }
        other => other.doing(doing),
    }
}
