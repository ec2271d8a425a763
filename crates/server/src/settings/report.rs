//! The settings in force, for people.

use super::reader::Lookup;
use super::variables::{ALL, Variable};

/// Each setting with the value in force, secrets masked, and whether it was set or is the default.
pub(crate) fn effective(lookup: &Lookup<'_>) -> Vec<(Variable, String)> {
    ALL.iter().map(|variable| (*variable, shown(*variable, lookup))).collect()
}

fn shown(variable: Variable, lookup: &Lookup<'_>) -> String {
    let file = lookup(&format!("{}_FILE", variable.name));
    let value = lookup(variable.name).filter(|text| !text.trim().is_empty());
    match (value, file) {
        (Some(_), _) if variable.secret => "(set, not shown)".to_owned(),
        (Some(value), _) => value,
        (None, Some(_)) if variable.secret => "(set from a file, not shown)".to_owned(),
        (None, Some(path)) => format!("(from {path})"),
        (None, None) if variable.default.is_empty() => "(none)".to_owned(),
        (None, None) => format!("{} (default)", variable.default),
    }
}
