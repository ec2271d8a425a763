//! Evidence for auditors: each technical safeguard of the HIPAA Security Rule (45 CFR 164.312 and what goes with it), the
//! setting in force, and what is found in the running system now.

mod evidence;
mod page;
mod safeguards;
#[cfg(test)]
mod tests;

pub(crate) use evidence::gather;
pub(crate) use page::page;
pub(crate) use safeguards::assess;

use serde::Serialize;
use voxgate_domain::Timestamp;

/// What was found, safeguard by safeguard.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// The form of this document; it changes when a field changes its meaning.
    pub(crate) format: u32,
    pub(crate) generated_at: Timestamp,
    pub(crate) version: &'static str,
    pub(crate) environment: &'static str,
    /// Whether every safeguard holds.
    pub(crate) passed: bool,
    pub(crate) safeguards: Vec<Safeguard>,
}

/// One safeguard.
#[derive(Debug, Serialize)]
pub(crate) struct Safeguard {
    /// The clause, such as `45 CFR 164.312(b)`.
    pub(crate) clause: &'static str,
    /// What the clause calls it.
    pub(crate) title: &'static str,
    /// What must hold for it to pass.
    pub(crate) criterion: &'static str,
    /// The settings in force.
    pub(crate) settings: Vec<String>,
    /// What was found.
    pub(crate) evidence: Vec<String>,
    pub(crate) status: Status,
}

/// Whether a safeguard holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    Pass,
    Fail,
}

impl Status {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
        }
    }
}

impl Report {
    /// How many safeguards do not hold.
    pub(crate) fn failures(&self) -> usize {
        self.safeguards.iter().filter(|safeguard| safeguard.status == Status::Fail).count()
    }
}
