//! The fields of request bodies that may be written into the log.

use serde_json::{Map, Value};

use crate::form::Form;

/// The fields that `LOG_BODY_FIELDS` can name. Each is a word out of a closed set (RFC 5646 tags, names of time zones,
/// roles and states), so that a body which was accepted cannot have a secret in one, nor anything about a person.
pub const LOGGABLE_FIELDS: [&str; 5] = ["locale", "timezone", "token_delivery", "status", "roles"];

/// What of a body goes into the log, as JSON; nothing by default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LoggedFields(pub(crate) Option<String>);

impl LoggedFields {
    /// Those of `form` that `wanted` lists.
    pub(super) fn of(form: &Form, wanted: &[&'static str]) -> Self {
        let allowed = wanted.iter().filter(|name| LOGGABLE_FIELDS.contains(name));
        let found: Map<String, Value> =
            allowed.filter_map(|name| Some(((*name).to_owned(), form.peek(name)?.clone()))).collect();
        Self((!found.is_empty()).then(|| Value::Object(found).to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_fields_that_are_both_wanted_and_allowed_are_logged() {
        let body = br#"{"locale": "de", "password": "marked", "timezone": "Europe/Zurich", "email": "a@b.c"}"#;
        let form = Form::parse(body).unwrap();
        assert_eq!(LoggedFields::of(&form, &["locale", "password", "email"]).0.unwrap(), r#"{"locale":"de"}"#);
        assert_eq!(LoggedFields::of(&form, &["roles"]).0, None);
        assert_eq!(LoggedFields::of(&form, &[]).0, None);
    }
}
