//! `voxgate config`

use crate::failure::Failure;
use crate::settings::{Lookup, Settings, effective};
use crate::terminal::{dim, say};

/// Shows the settings in force, secrets masked, then every fault.
pub(crate) fn check(lookup: &Lookup<'_>) -> Result<(), Failure> {
    super::read_env_file();
    for (variable, value) in effective(lookup) {
        say(format_args!("{:<24} {value}", variable.name));
        say(dim(&format!("{:<24} {}", "", variable.meaning)));
    }
    Settings::read(lookup).map_err(Failure::Settings)?;
    say("\nevery setting is valid");
    Ok(())
}
