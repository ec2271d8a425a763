//! `voxgate keys`

use std::path::Path;
use std::time::Duration;

use voxgate_crypto::{KeyInfo, KeyOrigin, KeyRing, KeyRingError, Rotation, SealKeys, SystemClock};
use voxgate_domain::Timestamp;
use voxgate_domain::ports::Clock as _;

use crate::cli::Keys;
use crate::failure::{Failure, While as _};
use crate::settings::Settings;
use crate::terminal::say;
use crate::wiring;

/// The clock skew that verifiers allow, beside the life of a token.
const SKEW: Duration = Duration::from_secs(60);

/// Makes, replaces or shows the keys.
pub(crate) fn run(command: &Keys, settings: &Settings) -> Result<(), Failure> {
    let (dir, seals) = (&settings.keys.dir, wiring::seal_keys_dir(settings));
    let now = SystemClock.now();
    match command {
        Keys::Generate => generate(dir, &seals, now)?,
        Keys::Rotate { audit: true, .. } => {
            let key = SealKeys::rotate(&seals, now).doing("rotating the keys of the audit trail")?;
            say(format_args!("made {}: signs seals from now on", key.key_id));
        }
        Keys::Rotate { lead, .. } => {
            let overlap = settings.policies.session.access_token_ttl + SKEW;
            let rotation = Rotation { lead: *lead, overlap };
            let key = KeyRing::rotate(dir, now, rotation).doing("rotating the keys")?;
            say(format_args!("made {}: published at once, signs from {}", key.key_id, key.signs_from));
        }
        Keys::List { audit } => {
            for key in KeyRing::list(if *audit { &seals } else { dir }).doing("reading the keys")? {
                say(format_args!("{}  {}", key.key_id, state(&key, now, *audit)));
            }
        }
    }
    Ok(())
}

/// Makes the first key of both rings, or of the one that has none.
fn generate(dir: &Path, seals: &Path, now: Timestamp) -> Result<(), Failure> {
    let tokens = KeyRing::generate(dir, now, KeyOrigin::Operator);
    let trail = SealKeys::generate(seals, now, KeyOrigin::Operator);
    let made = match (tokens, trail) {
        (Err(exists @ KeyRingError::Exists { .. }), Err(KeyRingError::Exists { .. })) => {
            return Err(exists).doing("making the first key");
        }
        (tokens, trail) => [(tokens, dir), (trail, seals)],
    };
    for (key, dir) in made {
        match key {
            Ok(key) => say(format_args!("made {} in {}", key.key_id, dir.display())),
            Err(KeyRingError::Exists { .. }) => {}
            Err(error) => return Err(error).doing("making the first key"),
        }
    }
    Ok(())
}

/// What a key is good for now.
fn state(key: &KeyInfo, now: Timestamp, for_ever: bool) -> String {
    let origin = if key.origin == KeyOrigin::Development { " (made by a development start)" } else { "" };
    let state = match key.verifies_until {
        _ if key.signs_from > now => format!("signs from {}", key.signs_from),
        None => format!("signs since {}", key.signs_from),
        Some(_) if for_ever => "verifies for ever".to_owned(),
        Some(until) if now < until => format!("verifies until {until}"),
        Some(until) => format!("retired since {until}"),
    };
    state + origin
}
