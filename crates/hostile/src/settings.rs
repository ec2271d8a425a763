//! The settings of the service, which are not linked by anything but its binary: they are built here once more.

#[path = "../../server/src/settings/mod.rs"]
#[expect(dead_code, reason = "the service needs what they say; here they are only read")]
mod server;

use server::{Settings, effective, variables};

/// The bytes are lines like `NAME=value`. A fault names its variable, and never says a secret.
pub(super) fn settings(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    // A file is read when a setting names one; which files there are is not what is tried here.
    if text.contains("sslrootcert") || text.contains("_FILE") {
        return;
    }
    let given: Vec<(&str, &str)> = text.lines().filter_map(|line| line.split_once('=')).collect();
    let lookup = |name: &str| given.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    let secrets: Vec<&str> = given
        .iter()
        .filter(|(name, value)| is_secret(name) && value.trim().len() > 12)
        .map(|(_, value)| value.trim())
        .collect();
    let shown: Vec<String> = effective(&lookup).into_iter().map(|(_, shown)| shown).collect();
    match Settings::read(&lookup) {
        Ok(settings) => {
            let safe = !settings.is_production() || settings.public_url.scheme() == "https";
            assert!(safe, "production on {}", settings.public_url);
            // Debugging shows no secret either.
            silent(&format!("{settings:?}"), &secrets, &given);
        }
        Err(faults) => {
            let said = faults.to_string();
            assert!(!faults.0.is_empty() && faults.0.iter().all(|fault| said.contains(fault.name)), "{said}");
            silent(&said, &secrets, &given);
        }
    }
    silent(&shown.join("\n"), &secrets, &given);
}

fn is_secret(name: &str) -> bool {
    variables::ALL.iter().any(|variable| variable.secret && variable.name == name)
}

/// No secret stands in `said`, unless something that is none has the same text.
fn silent(said: &str, secrets: &[&str], given: &[(&str, &str)]) {
    for secret in secrets {
        let elsewhere =
            given.iter().any(|(name, value)| !is_secret(name) && (value.contains(secret) || name.contains(secret)));
        let default = variables::ALL.iter().any(|variable| variable.default.contains(secret));
        assert!(elsewhere || default || !said.contains(secret), "{secret} stands in {said}");
    }
}
