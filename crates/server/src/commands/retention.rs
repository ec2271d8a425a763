//! `voxgate retention`

use std::io::IsTerminal as _;
use std::sync::Arc;

use voxgate_application::{Application, Error};
use voxgate_domain::policy::RetentionCounts;

use crate::cli::Retention;
use crate::failure::{Failure, While as _};
use crate::settings::Settings;
use crate::terminal::{progress, say};
use crate::wiring;

/// Purges, shows what would be purged, or suspends purging of a user.
pub(crate) async fn run(command: Retention, settings: Settings) -> Result<(), Failure> {
    let database = wiring::database(&settings).await?;
    wiring::prepare(&settings, &database).await?;
    let tokens = Arc::new(wiring::signing_keys(&settings)?);
    let application = wiring::application(&settings, &database, tokens)?;
    match command {
        Retention::Run { dry_run: true } => {
            report("would purge", &application.preview_retention().await.doing("counting")?);
            Ok(())
        }
        Retention::Run { dry_run: false } => purge(&application).await,
        Retention::Hold(hold) => {
            known(application.hold_user(hold.user, hold.reason.as_str()).await, "no such user, or purged already")?;
            say(format_args!("{} is on hold", hold.user));
            Ok(())
        }
        Retention::Release(hold) => {
            known(application.release_user(hold.user, hold.reason.as_str()).await, "the user is not on hold")?;
            say(format_args!("{} is off hold", hold.user));
            Ok(())
        }
    }
}

async fn purge(application: &Application) -> Result<(), Failure> {
    let watched = std::io::stderr().is_terminal();
    let told = |sum: &RetentionCounts| {
        if watched {
            let rows: u64 = sum.named().iter().map(|(_, count)| count).sum();
            progress(format_args!("purged {rows} rows"));
        }
    };
    let purged = application.enforce_retention(told).await.doing("purging")?;
    report("purged", &purged);
    Ok(())
}

fn report(done: &str, counts: &RetentionCounts) {
    for (name, count) in counts.named() {
        say(format_args!("{done} {count} {name}"));
    }
}

/// What a wrong id is to whoever typed it.
fn known(result: Result<(), Error>, wrong: &str) -> Result<(), Failure> {
    match result {
        Err(Error::NotFound) => Err(Failure::Usage(wrong.to_owned())),
        other => other.doing("changing the hold"),
    }
}
