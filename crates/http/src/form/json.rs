//! JSON in which no key comes twice.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// A JSON value in which no object has a key twice: of two, one reader takes the first and another the last, and an
/// attacker the difference (RFC 8259, section 4).
pub(super) struct UniqueKeys(pub(super) Value);

impl<'de> Deserialize<'de> for UniqueKeys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Json).map(Self)
    }
}

struct Json;

impl<'de> Visitor<'de> for Json {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(UniqueKeys(item)) = access.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            if object.contains_key(&key) {
                return Err(A::Error::custom("a key comes twice"));
            }
            let UniqueKeys(value) = access.next_value()?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(r#"{"a":1,"a":2}"#)]
    #[case(r#"{"a":1,"\u0061":2}"#)]
    #[case(r#"{"outer":{"a":1,"a":2}}"#)]
    #[case(r#"{"list":[{"a":1,"a":2}]}"#)]
    #[case(r#"{"a":1} {"#)]
    #[case(r#"{"a":1}x"#)]
    #[case(r#"{"a":1e999}"#)]
    #[case(r#"{"a":"\ud800"}"#)]
    #[case("{'a':1}")]
    #[case("")]
    #[case("\u{feff}{}")]
    fn what_is_ambiguous_or_broken_is_refused(#[case] text: &str) {
        assert!(serde_json::from_slice::<UniqueKeys>(text.as_bytes()).is_err());
    }

    #[test]
    fn deep_nesting_and_invalid_utf_8_are_refused() {
        assert!(serde_json::from_slice::<UniqueKeys>("[".repeat(30_000).as_bytes()).is_err());
        assert!(serde_json::from_slice::<UniqueKeys>(b"{\"a\":\"\xff\"}").is_err());
    }

    #[test]
    fn the_rest_reads_as_usual() {
        let text = r#"{"a":[1,-2,2.5,"x",null,true],"b":{"a":{}}}"#;
        let UniqueKeys(value) = serde_json::from_str(text).unwrap();
        assert_eq!(value, serde_json::from_str::<Value>(text).unwrap());
    }
}
