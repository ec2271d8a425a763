//! The details of an event as text that is the same whichever database it comes from.

use std::fmt;

use serde_json::{Map, Value};

/// `value` with the names of objects in byte order and no spaces.
pub(crate) fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(fields) => {
            // Sorted here, since another crate could turn on the feature by which serde_json keeps the order of before.
            let mut fields: Vec<(&String, &Value)> = fields.iter().collect();
            fields.sort_unstable_by_key(|(name, _)| *name);
            text.push('{');
            for (n, (name, value)) in fields.into_iter().enumerate() {
                separate(n, text);
                plain(name, text);
                text.push(':');
                write(value, text);
            }
            text.push('}');
        }
        Value::Array(values) => {
            text.push('[');
            for (n, value) in values.iter().enumerate() {
                separate(n, text);
                write(value, text);
            }
            text.push(']');
        }
        other => plain(other, text),
    }
}

fn separate(n: usize, text: &mut String) {
    if n > 0 {
        text.push(',');
    }
}

/// Appends what has neither names nor an order.
fn plain<T: serde::Serialize + ?Sized>(value: &T, text: &mut String) {
    // Writing a text, a number or a truth to memory does not fail.
    text.push_str(&serde_json::to_string(value).unwrap_or_default());
}

/// The canonical form of `text`. What is no JSON, or says something twice, stays as it is: the service never wrote that,
/// and no canonical form is like it.
pub(crate) fn canonical_text(text: String) -> String {
    if text == "{}" {
        return text;
    }
    match serde_json::from_str::<Once>(&text) {
        Ok(Once(value)) => canonical(&value),
        Err(_) => format!("not canonical: {text}"),
    }
}

/// JSON that says nothing twice.
struct Once(Value);

impl<'de> serde::Deserialize<'de> for Once {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OnceVisitor).map(Self)
    }
}

struct OnceVisitor;

impl<'de> serde::de::Visitor<'de> for OnceVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without a name that comes twice")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut values: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(Once(value)) = values.next_element()? {
            array.push(value);
        }
        Ok(array.into())
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, Once(value))) = fields.next_entry::<String, Once>()? {
            if object.insert(name, value).is_some() {
                return Err(serde::de::Error::custom("a name comes twice"));
            }
        }
        Ok(object.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_names_and_spaces_do_not_matter() {
        let text = |text: &str| canonical_text(text.to_owned());
        assert_eq!(
            text(r#"{"why": "x", "count": 3, "a": {"d": [1, "é\n"], "c": null}}"#),
            text(r#"{"a":{"c":null,"d":[1,"é\u000a"]},"count":3,"why":"x"}"#)
        );
        assert_eq!(text(r#"{"b":1,"a":true}"#), r#"{"a":true,"b":1}"#);
    }

    #[test]
    fn what_the_service_never_wrote_is_like_nothing_that_it_wrote() {
        for odd in [r#"{"a":1,"a":2}"#, "{", "", r#"{"a":1e999}"#] {
            assert_eq!(canonical_text(odd.to_owned()), format!("not canonical: {odd}"));
        }
        assert_ne!(canonical_text(r#"{"a":1.0}"#.to_owned()), canonical_text(r#"{"a":1}"#.to_owned()));
    }
}
