//! `voxgate audit`

mod export;
pub(super) mod progress;
mod verify;

use crate::cli::Audit;
use crate::failure::{Failure, While as _};
use crate::settings::Settings;
use crate::{terminal, wiring};

/// Verifies or exports the audit trail, or shows what it is verified with.
pub(crate) async fn run(command: Audit) -> Result<(), Failure> {
    match command {
        // An auditor has no settings.
        Audit::Verify(verify) if verify.file.is_some() => verify::file(&verify),
        Audit::Verify(verify) => verify::database(&verify, &super::settings()?).await,
        Audit::Export { out } => export::run(out, &super::settings()?).await,
        Audit::Keys => {
            let keys = wiring::seal_keys(&super::settings()?)?;
            terminal::say(keys.public_pem().trim_end());
            Ok(())
        }
    }
}

/// The database, which is read as it is: a command that looks at evidence does not migrate it.
pub(super) async fn database(settings: &Settings) -> Result<voxgate_storage::Database, Failure> {
    let doing = "opening the audit trail";
    let database = wiring::database(settings).await?;
    let pending = database.pending_migrations().await.doing(doing)?;
    if pending.is_empty() {
        return Ok(database);
    }
    let wrong = format!("{} are missing: run `voxgate migrate`", pending.join(", "));
    Err(Failure::Run { doing, cause: wrong.into() })
}
