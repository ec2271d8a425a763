//! Reading settings and collecting every fault.

use std::fmt;
use std::path::Path;

use super::variables::Variable;

/// What is wrong with one variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) name: &'static str,
    pub(crate) wrong: String,
}

/// Everything that is wrong with the settings, in one message.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) struct Faults(pub(crate) Vec<Fault>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        write!(f, "{count} faulty setting{}:", if count == 1 { "" } else { "s" })?;
        self.0.iter().try_for_each(|fault| write!(f, "\n  {}: {}", fault.name, fault.wrong))
    }
}

/// Looks an environment variable up.
pub(crate) type Lookup<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// Reads settings, collecting every fault.
pub(crate) struct Reader<'a> {
    lookup: &'a Lookup<'a>,
    faults: Vec<Fault>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(lookup: &'a Lookup<'a>) -> Self {
        Self { lookup, faults: Vec::new() }
    }

    /// The value of `variable`, else its default; `None` when it is faulty, which is noted.
    pub(crate) fn read<T>(&mut self, variable: Variable, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let text = self.text(variable)?;
        match parse(text.trim()) {
            Ok(value) => Some(value),
            Err(wrong) => self.note(variable, wrong),
        }
    }

    /// The value of `variable`, where having none is a value too; the outer `None` when it is faulty.
    pub(crate) fn read_optional<T>(
        &mut self,
        variable: Variable,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<Option<T>> {
        self.read(variable, |text| if text.is_empty() { Ok(None) } else { parse(text).map(Some) })
    }

    /// Notes a fault.
    pub(crate) fn note<T>(&mut self, variable: Variable, wrong: impl Into<String>) -> Option<T> {
        self.faults.push(Fault { name: variable.name, wrong: wrong.into() });
        None
    }

    /// The faults, when there are any.
    pub(crate) fn finish(self) -> Result<(), Faults> {
        if self.faults.is_empty() { Ok(()) } else { Err(Faults(self.faults)) }
    }

    fn text(&mut self, variable: Variable) -> Option<String> {
        let direct = (self.lookup)(variable.name).filter(|text| !text.trim().is_empty());
        let file = (self.lookup)(&format!("{}_FILE", variable.name)).filter(|path| !path.trim().is_empty());
        match (direct, file) {
            (Some(_), Some(_)) => self.note(variable, format!("set {0} or {0}_FILE, not both", variable.name)),
            (Some(text), None) => Some(text),
            (None, Some(path)) => match std::fs::read_to_string(Path::new(path.trim())) {
                Ok(text) => Some(text),
                Err(error) => {
                    self.note(variable, format!("the file in {}_FILE cannot be read: {error}", variable.name))
                }
            },
            (None, None) => Some(variable.default.to_owned()),
        }
    }
}
