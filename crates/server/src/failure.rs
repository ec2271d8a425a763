//! Why the program ends without having done what it should, and the exit code that says so.

use std::error::Error;
use std::fmt;
use std::process::ExitCode;

use voxgate_domain::audit::Finding;

use crate::settings::Faults;

/// Why the program failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The settings are faulty.
    Settings(Faults),
    /// It was called with something that cannot be.
    Usage(String),
    /// The audit trail is not what was sealed.
    TrailBroken(Finding),
    /// Safeguards do not hold.
    NotCompliant { failures: usize },
    /// It went wrong while doing `doing`.
    Run { doing: &'static str, cause: Box<dyn Error + Send + Sync> },
}

impl Failure {
    /// 2 for what whoever called can mend at once, 1 for the rest.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Settings(_) | Self::Usage(_) => ExitCode::from(2),
            Self::TrailBroken(_) | Self::NotCompliant { .. } | Self::Run { .. } => ExitCode::FAILURE,
        }
    }
}

/// One sentence, and below it the causes.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings(faults) => faults.fmt(f),
            Self::Usage(wrong) => f.write_str(wrong),
            Self::TrailBroken(finding) => write!(f, "the audit trail is not whole\n  {finding}"),
            Self::NotCompliant { failures: 1 } => f.write_str("one safeguard does not hold"),
            Self::NotCompliant { failures } => write!(f, "{failures} safeguards do not hold"),
            Self::Run { doing, cause } => {
                write!(f, "{doing} failed: {cause}")?;
                let mut source = cause.source();
                while let Some(cause) = source {
                    write!(f, "\n  because {cause}")?;
                    source = cause.source();
                }
                Ok(())
            }
        }
    }
}

/// Says what was being done when an error came up.
pub(crate) trait While<T> {
    fn doing(self, doing: &'static str) -> Result<T, Failure>;
}

impl<T, E: Into<Box<dyn Error + Send + Sync>>> While<T> for Result<T, E> {
    fn doing(self, doing: &'static str) -> Result<T, Failure> {
        self.map_err(|error| Failure::Run { doing, cause: error.into() })
    }
}
