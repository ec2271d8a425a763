//! Forms: a JSON object read into domain values, with all that is wrong with it found at once.
//!
//! Reading a field gives a [`Field`], which is of no use by itself; [`Form::finish`] trades the fields for their values
//! when nothing at all is wrong, and lists every fault when something is.

mod faults;
mod fields;
mod json;
mod time;

use serde_json::{Map, Value};
use zeroize::Zeroizing;

pub(crate) use faults::{Fault, IntoFaults};
pub(crate) use fields::{Field, Fields};
pub(crate) use time::time;

use crate::problem::{FieldError, Kind, Problem};
use json::UniqueKeys;

/// The object of a request whose fields are being read.
pub(crate) struct Form {
    unread: Map<String, Value>,
    errors: Vec<FieldError>,
}

impl Form {
    /// The most unknown fields that are named in an answer, and the longest name: it is the caller's own text.
    const MAX_UNKNOWN: usize = 50;
    const MAX_NAME_CHARS: usize = 64;

    /// Reads the object in `body`.
    ///
    /// # Errors
    ///
    /// `malformed_json` when it is no JSON, or has a key twice; `validation_failed` when it is no object.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Problem> {
        match serde_json::from_slice::<UniqueKeys>(body) {
            Ok(UniqueKeys(Value::Object(unread))) => Ok(Self { unread, errors: Vec::new() }),
            Ok(UniqueKeys(_)) => Err(Problem::invalid(vec![error("", Fault::NOT_OBJECT)])),
            Err(_) => Err(Problem::new(Kind::MalformedJson)),
        }
    }

    /// Reads the fields of a query, each a text that is given once.
    pub(crate) fn of_query(query: &str) -> Self {
        let mut form = Self::empty();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let again = form.unread.insert(name.clone().into_owned(), Value::String(value.into_owned())).is_some();
            if again && form.errors.len() < Self::MAX_UNKNOWN {
                let name: String = name.chars().take(Self::MAX_NAME_CHARS).collect();
                form.errors.push(error(name, Fault::REPEATED));
            }
        }
        form
    }

    /// A form without any field.
    pub(crate) fn empty() -> Self {
        Self { unread: Map::new(), errors: Vec::new() }
    }

    /// The members that were not read yet.
    #[cfg(feature = "fuzzing")]
    pub(crate) fn into_members(self) -> Map<String, Value> {
        self.unread
    }

    /// That one field, which could be read, is wrong all the same.
    pub(crate) fn refusal(name: &'static str, fault: Fault) -> Problem {
        Problem::invalid(vec![error(name, fault)])
    }

    /// A text that must be there, as `parse` understands it.
    pub(crate) fn required<T, E: IntoFaults>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Field<T> {
        match self.unread.remove(name) {
            None | Some(Value::Null) => self.refuse(name, Fault::REQUIRED),
            Some(value) => self.text(name, value, parse),
        }
    }

    /// A text that may be absent or null, as `parse` understands it.
    pub(crate) fn optional<T, E: IntoFaults>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Field<Option<T>> {
        match self.unread.remove(name) {
            None | Some(Value::Null) => Field::good(None),
            Some(value) => self.text(name, value, parse).map(Some),
        }
    }

    /// A list of at most `most` texts that must be there, each as `parse` understands it.
    pub(crate) fn required_list<T, E: IntoFaults>(
        &mut self,
        name: &'static str,
        most: usize,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Field<Vec<T>> {
        let items = match self.unread.remove(name) {
            None | Some(Value::Null) => return self.refuse(name, Fault::REQUIRED),
            Some(Value::Array(items)) => items,
            Some(_) => return self.refuse(name, Fault::NOT_LIST),
        };
        if items.len() > most {
            return self.refuse(name, Fault::TOO_MANY);
        }
        let texts = items.iter().map(|item| item.as_str().ok_or_else(|| Fault::NOT_TEXT.into_faults()));
        let parsed: Result<_, Vec<Fault>> = texts.map(|text| parse(text?).map_err(IntoFaults::into_faults)).collect();
        parsed.map_or_else(|faults| self.refuse(name, faults), Field::good)
    }

    /// A list of at most `most` texts that may be absent or null, each as `parse` understands it.
    pub(crate) fn optional_list<T, E: IntoFaults>(
        &mut self,
        name: &'static str,
        most: usize,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Field<Option<Vec<T>>> {
        if self.peek(name).is_none_or(Value::is_null) {
            self.unread.remove(name);
            return Field::good(None);
        }
        self.required_list(name, most, parse).map(Some)
    }

    /// A truth value that must be there.
    pub(crate) fn required_bool(&mut self, name: &'static str) -> Field<bool> {
        match self.unread.remove(name) {
            None | Some(Value::Null) => self.refuse(name, Fault::REQUIRED),
            Some(Value::Bool(value)) => Field::good(value),
            Some(_) => self.refuse(name, Fault::NOT_BOOL),
        }
    }

    /// A truth value that may be absent or null.
    pub(crate) fn optional_bool(&mut self, name: &'static str) -> Field<Option<bool>> {
        match self.unread.remove(name) {
            None | Some(Value::Null) => Field::good(None),
            Some(Value::Bool(value)) => Field::good(Some(value)),
            Some(_) => self.refuse(name, Fault::NOT_BOOL),
        }
    }

    /// A whole number that is not negative and may be absent or null.
    pub(crate) fn optional_count(&mut self, name: &'static str) -> Field<Option<u64>> {
        match self.unread.remove(name) {
            None | Some(Value::Null) => Field::good(None),
            Some(value) => match whole(&value) {
                Some(count) => Field::good(Some(count)),
                None => self.refuse(name, Fault::NOT_COUNT),
            },
        }
    }

    /// The field is wrong.
    pub(crate) fn refuse<T>(&mut self, name: &'static str, faults: impl IntoFaults) -> Field<T> {
        self.errors.extend(faults.into_faults().into_iter().map(|fault| error(name, fault)));
        Field::bad()
    }

    /// A look at a field that was not read yet.
    pub(crate) fn peek(&self, name: &str) -> Option<&Value> {
        self.unread.get(name)
    }

    /// The values of `fields`, which are all the fields that the form may have.
    ///
    /// # Errors
    ///
    /// `validation_failed` with every fault of every field.
    pub(crate) fn finish<F: Fields>(mut self, fields: F) -> Result<F::Values, Problem> {
        for name in self.unread.keys().take(Self::MAX_UNKNOWN) {
            let name: String = name.chars().take(Self::MAX_NAME_CHARS).collect();
            self.errors.push(error(name, Fault::UNKNOWN_FIELD));
        }
        match fields.values() {
            Some(values) if self.errors.is_empty() => Ok(values),
            _ => Err(Problem::invalid(self.errors)),
        }
    }

    /// The values of `fields`; others that the form has are nobody's business (RFC 6749, section 3.2).
    ///
    /// # Errors
    ///
    /// Every fault of every field.
    pub(crate) fn finish_ignoring_others<F: Fields>(self, fields: F) -> Result<F::Values, Vec<FieldError>> {
        match fields.values() {
            Some(values) if self.errors.is_empty() => Ok(values),
            _ => Err(self.errors),
        }
    }

    fn text<T, E: IntoFaults>(
        &mut self,
        name: &'static str,
        value: Value,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Field<T> {
        match value {
            // It could be a secret: the copy in the JSON tree is wiped.
            Value::String(text) => match parse(&Zeroizing::new(text)) {
                Ok(value) => Field::good(value),
                Err(faults) => self.refuse(name, faults),
            },
            _ => self.refuse(name, Fault::NOT_TEXT),
        }
    }
}

/// The whole number in `value`, however it is written: `60.0` and `6e1` are whole numbers too (JSON Schema 2020-12
/// Validation, section 6.1.1). Past 2^53 a fraction cannot be told any more.
fn whole(value: &Value) -> Option<u64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let written_otherwise = || value.as_f64().filter(|number| number.fract() == 0.0 && (0.0..=EXACT).contains(number));
    value.as_u64().or_else(|| written_otherwise().map(|number| number as u64))
}

fn error(field: impl Into<std::borrow::Cow<'static, str>>, fault: Fault) -> FieldError {
    FieldError { field: field.into(), code: fault.code, message: fault.message }
}

#[cfg(test)]
mod tests;
