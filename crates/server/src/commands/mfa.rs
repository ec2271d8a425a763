//! `voxgate mfa`

use std::sync::Arc;

use voxgate_application::Error;

use crate::cli::OfUser;
use crate::failure::{Failure, While as _};
use crate::settings::Settings;
use crate::{terminal, wiring};

/// Takes the second factor of a user away who lost it.
pub(crate) async fn reset(reset: OfUser, settings: Settings) -> Result<(), Failure> {
    let database = wiring::database(&settings).await?;
    wiring::prepare(&settings, &database).await?;
    let tokens = Arc::new(wiring::signing_keys(&settings)?);
    let application = wiring::application(&settings, &database, tokens)?;
    match application.reset_second_factor(reset.user, &reset.reason).await {
        Ok(()) => {
            terminal::say(format_args!("{} logs in by password alone, and is told so by mail", reset.user));
            Ok(())
        }
        Err(Error::NotFound | Error::Inadmissible(_)) => Err(Failure::Usage("there is no such user".to_owned())),
        Err(Error::Conflict(_)) => Err(Failure::Usage("the user has no second factor".to_owned())),
        Err(error) => Err(error).doing("taking the second factor away"),
    }
}
