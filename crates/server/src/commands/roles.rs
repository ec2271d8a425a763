//! `voxgate roles`

use std::sync::Arc;

use crate::failure::{Failure, While as _};
use crate::settings::Settings;
use crate::{terminal, wiring};

/// Makes the roles that are missing.
pub(crate) async fn init(settings: Settings) -> Result<(), Failure> {
    let database = wiring::database(&settings).await?;
    wiring::prepare(&settings, &database).await?;
    let tokens = Arc::new(wiring::signing_keys(&settings)?);
    let added = wiring::application(&settings, &database, tokens)?.seed_roles().await.doing("making the roles")?;
    if added.is_empty() {
        terminal::say("every role is there");
    }
    for role in added {
        terminal::say(format_args!("made {role}"));
    }
    Ok(())
}
