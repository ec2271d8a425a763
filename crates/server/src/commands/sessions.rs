//! `voxgate sessions`

use std::io::IsTerminal as _;
use std::sync::Arc;

use voxgate_application::Error;

use crate::cli::SessionsEnd;
use crate::failure::{Failure, While as _};
use crate::settings::Settings;
use crate::terminal::{progress, say};
use crate::wiring;

/// Ends the sessions of one user or of everybody.
pub(crate) async fn end(end: SessionsEnd, settings: Settings) -> Result<(), Failure> {
    let database = wiring::database(&settings).await?;
    wiring::prepare(&settings, &database).await?;
    let tokens = Arc::new(wiring::signing_keys(&settings)?);
    let application = wiring::application(&settings, &database, tokens)?;
    let Some(user) = end.user else {
        let watched = std::io::stderr().is_terminal();
        let told = |done: u64| {
            if watched && done.is_multiple_of(100) {
                progress(format_args!("ended the sessions of {done} users"));
            }
        };
        let done = application.end_every_session(&end.reason, told).await.doing("ending the sessions")?;
        say(format_args!("ended the sessions of {done} users"));
        return Ok(());
    };
    match application.end_sessions_of(user, &end.reason).await {
        Ok(count) => {
            say(format_args!("ended {count} sessions of {user}"));
            Ok(())
        }
        Err(Error::NotFound) => Err(Failure::Usage("there is no such user".to_owned())),
        Err(error) => Err(error).doing("ending the sessions"),
    }
}
