//! `voxgate keys rotate --encryption`

use std::sync::Arc;

use voxgate_application::Resealed;
use voxgate_crypto::EncryptionKeys;

use crate::failure::{Failure, While as _};
use crate::settings::Settings;
use crate::terminal::say;
use crate::wiring;

/// Makes a new current key, where keys are kept in a file, and seals everything stored anew with the current one.
pub(crate) async fn rotate(settings: Settings) -> Result<(), Failure> {
    if settings.keys.encryption.is_none() {
        let path = wiring::encryption_key_file(&settings.keys);
        let keys = EncryptionKeys::rotate(&path).doing("making a new encryption key")?;
        say(format_args!("made {} in {}: restart services that run with this file", keys.current_id(), path.display()));
    }
    let current = wiring::encryption_keys(&settings.keys)?.current_id().to_owned();
    let database = wiring::database(&settings).await?;
    wiring::prepare(&settings, &database).await?;
    let tokens = Arc::new(wiring::signing_keys(&settings)?);
    let application = wiring::application(&settings, &database, tokens)?;

    let progress = |done: Resealed| {
        if done.seen() > 0 {
            say(format_args!("{} looked at", done.seen()));
        }
    };
    let done = application.reseal_secrets(&progress).await.doing("sealing secrets anew")?;
    let Resealed { totp_secrets, mails, webhooks, current: already } = done;
    say(format_args!("sealed anew with {current}: {totp_secrets} secrets of apps, {mails} mails, {webhooks} webhooks"));
    say(format_args!("sealed with it before: {already}"));
    say("once no running service has another current key, the other keys are not needed");
    Ok(())
}
