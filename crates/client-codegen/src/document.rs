//! The part of OpenAPI 3.1 that the document uses.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::Error;

/// The document.
#[derive(Debug, Deserialize)]
pub(crate) struct Document {
    pub(crate) paths: BTreeMap<String, BTreeMap<String, Operation>>,
    pub(crate) components: Components,
}

/// What is named once.
#[derive(Debug, Deserialize)]
pub(crate) struct Components {
    pub(crate) schemas: BTreeMap<String, Schema>,
}

/// A call.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Operation {
    pub(crate) operation_id: String,
    pub(crate) summary: Option<String>,
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) request_body: Option<Body>,
    pub(crate) responses: BTreeMap<String, Answer>,
    #[serde(default)]
    pub(crate) security: Vec<BTreeMap<String, Vec<String>>>,
}

/// A value in path, query or header.
#[derive(Debug, Deserialize)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    #[serde(rename = "in")]
    pub(crate) place: Place,
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) required: bool,
    pub(crate) schema: Schema,
}

/// Where a parameter is.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Place {
    Path,
    Query,
    Header,
}

/// The body of a request.
#[derive(Debug, Deserialize)]
pub(crate) struct Body {
    pub(crate) content: BTreeMap<String, Media>,
}

/// What an operation answers with one status.
#[derive(Debug, Deserialize)]
pub(crate) struct Answer {
    pub(crate) description: String,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, Value>,
    #[serde(default)]
    pub(crate) content: BTreeMap<String, Media>,
}

/// A body of one media type.
#[derive(Debug, Deserialize)]
pub(crate) struct Media {
    pub(crate) schema: Schema,
}

/// A type. A keyword that is not listed here and changes the meaning is refused.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Schema {
    #[serde(rename = "$ref")]
    pub(crate) reference: Option<String>,
    #[serde(rename = "type")]
    pub(crate) kind: Option<Kind>,
    pub(crate) format: Option<String>,
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) properties: BTreeMap<String, Schema>,
    #[serde(default)]
    pub(crate) required: Vec<String>,
    pub(crate) items: Option<Box<Schema>>,
    pub(crate) additional_properties: Option<Additional>,
    pub(crate) one_of: Option<Vec<Schema>>,
    #[serde(rename = "enum")]
    pub(crate) values: Option<Vec<String>>,
    pub(crate) minimum: Option<f64>,
    // What follows does not change the type: it is for people, or the server checks it.
    #[serde(rename = "title")]
    pub(crate) _title: Option<IgnoredAny>,
    #[serde(rename = "example")]
    pub(crate) _example: Option<IgnoredAny>,
    #[serde(rename = "default")]
    pub(crate) _default: Option<IgnoredAny>,
    #[serde(rename = "pattern")]
    pub(crate) _pattern: Option<IgnoredAny>,
    #[serde(rename = "maximum")]
    pub(crate) _maximum: Option<IgnoredAny>,
    #[serde(rename = "minLength")]
    pub(crate) _min_length: Option<IgnoredAny>,
    #[serde(rename = "maxLength")]
    pub(crate) _max_length: Option<IgnoredAny>,
    #[serde(rename = "minItems")]
    pub(crate) _min_items: Option<IgnoredAny>,
    #[serde(rename = "maxItems")]
    pub(crate) _max_items: Option<IgnoredAny>,
    #[serde(rename = "uniqueItems")]
    pub(crate) _unique_items: Option<IgnoredAny>,
    #[serde(rename = "propertyNames")]
    pub(crate) _property_names: Option<IgnoredAny>,
}

/// One JSON type, or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Kind {
    One(String),
    Several(Vec<String>),
}

/// What else an object may have.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Additional {
    Allowed(bool),
    Of(Box<Schema>),
}

impl Schema {
    /// The JSON type without `null`, and whether null may come in its place.
    pub(crate) fn kind(&self, place: &str) -> Result<(Option<&str>, bool), Error> {
        match &self.kind {
            None => Ok((None, false)),
            Some(Kind::One(kind)) => Ok((Some(kind), false)),
            Some(Kind::Several(kinds)) => {
                let mut others = kinds.iter().filter(|kind| *kind != "null");
                match (others.next(), others.next()) {
                    (Some(kind), None) => Ok((Some(kind), kinds.len() > 1)),
                    _ => Err(Error::unknown(place, format!("the types {kinds:?}"))),
                }
            }
        }
    }

    /// The name of the schema that it refers to.
    pub(crate) fn referred(&self) -> Option<&str> {
        self.reference.as_deref().and_then(|reference| reference.strip_prefix("#/components/schemas/"))
    }

    /// Whether it is null and nothing else.
    pub(crate) fn is_null(&self) -> bool {
        matches!(&self.kind, Some(Kind::One(kind)) if kind == "null")
    }
}

impl Operation {
    /// The answer of success: its status and itself.
    pub(crate) fn success(&self) -> Result<(&str, &Answer), Error> {
        let mut found = self.responses.iter().filter(|(status, _)| status.starts_with('2'));
        match (found.next(), found.next()) {
            (Some((status, answer)), None) => Ok((status, answer)),
            _ => Err(Error::unknown(&self.operation_id, "not one answer of success")),
        }
    }

    /// Whether an access token goes with it: it is asked for, and nothing will do instead.
    pub(crate) fn takes_token(&self) -> bool {
        let without = self.security.iter().any(BTreeMap::is_empty);
        !without && self.security.iter().any(|scheme| scheme.contains_key("bearerAuth"))
    }

    /// The permissions that it needs.
    pub(crate) fn permissions(&self) -> impl Iterator<Item = &str> {
        self.security.iter().filter_map(|scheme| scheme.get("bearerAuth")).flatten().map(String::as_str)
    }

    /// The parameters in one place.
    pub(crate) fn parameters_in(&self, place: Place) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(move |parameter| parameter.place == place)
    }
}
