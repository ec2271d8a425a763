//! `voxgate migrate`

use crate::failure::{Failure, While as _};
use crate::settings::Settings;
use crate::{terminal, wiring};

/// Brings the database up to date.
pub(crate) async fn run(settings: Settings) -> Result<(), Failure> {
    let database = wiring::database(&settings).await?;
    let applied = database.migrate().await.doing("migrating the database")?;
    if applied.is_empty() {
        terminal::say("the database is up to date");
    }
    for migration in applied {
        terminal::say(format_args!("applied {migration}"));
    }
    Ok(())
}
