//! `voxgate keys`

use std::time::Duration;

use voxgate_crypto::{KeyInfo, KeyOrigin, KeyRing, Rotation, SystemClock};
use voxgate_domain::Timestamp;
use voxgate_domain::ports::Clock as _;

use crate::cli::Keys;
use crate::failure::{Failure, While as _};
use crate::settings::Settings;
use crate::terminal::say;

/// The clock skew that verifiers allow, beside the life of a token.
const SKEW: Duration = Duration::from_secs(60);

/// Makes, replaces or shows the signing keys.
pub(crate) fn run(command: &Keys, settings: &Settings) -> Result<(), Failure> {
    let dir = &settings.keys.dir;
    let now = SystemClock.now();
    match command {
        Keys::Generate => {
            let key = KeyRing::generate(dir, now, KeyOrigin::Operator).doing("making the first key")?;
            say(format_args!("made {} in {}", key.key_id, dir.display()));
        }
        Keys::Rotate { lead, .. } => {
            let overlap = settings.policies.session.access_token_ttl + SKEW;
            let rotation = Rotation { lead: *lead, overlap };
            let key = KeyRing::rotate(dir, now, rotation).doing("rotating the keys")?;
            say(format_args!("made {}: published at once, signs from {}", key.key_id, key.signs_from));
        }
        Keys::List => {
            for key in KeyRing::list(dir).doing("reading the keys")? {
                say(format_args!("{}  {}", key.key_id, state(&key, now)));
            }
        }
    }
    Ok(())
}

/// What a key is good for now.
fn state(key: &KeyInfo, now: Timestamp) -> String {
    let origin = if key.origin == KeyOrigin::Development { " (made by a development start)" } else { "" };
    let state = match key.verifies_until {
        _ if key.signs_from > now => format!("signs from {}", key.signs_from),
        None => format!("signs since {}", key.signs_from),
        Some(until) if now < until => format!("verifies until {until}"),
        Some(until) => format!("retired since {until}"),
    };
    state + origin
}
