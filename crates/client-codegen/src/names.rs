//! Names and comments in Rust.

/// The words that Rust keeps to itself and that the document may use.
const KEYWORDS: &[&str] = &["type", "use", "ref", "match", "move", "mod", "in", "loop", "async", "await", "enum", "fn"];

/// `snake_case` of the document as a field, parameter or method.
pub(crate) fn field(name: &str) -> String {
    let name = name.to_ascii_lowercase().replace('-', "_");
    if KEYWORDS.contains(&name.as_str()) { format!("r#{name}") } else { name }
}

/// `snake_case` or a plain word as the name of a type or variant.
pub(crate) fn pascal(name: &str) -> String {
    let words = name.split(['_', '-', '.', ':']).filter(|word| !word.is_empty());
    words
        .map(|word| {
            let mut letters = word.chars();
            let first = letters.next().into_iter().flat_map(char::to_uppercase);
            first.chain(letters).collect::<String>()
        })
        .collect()
}

/// `text` as a doc comment, or nothing.
pub(crate) fn comment(text: Option<&str>) -> String {
    let Some(text) = text else { return String::new() };
    // What stands in brackets would be a link in a Rust comment.
    let text = text.replace('[', "\\[").replace(']', "\\]").replace('<', "\\<");
    text.lines().map(|line| format!("/// {line}").trim_end().to_owned() + "\n").collect()
}

/// The imports of a module, each with the text that shows that it is needed.
const IMPORTS: &[(&str, &str)] = &[
    ("BTreeMap<", "use std::collections::BTreeMap;\n\n"),
    ("DateTime<", "use chrono::{DateTime, Utc};\n"),
    ("NaiveDate", "use chrono::NaiveDate;\n"),
    ("Deserialize", "use serde::{Deserialize, Serialize};\n"),
    ("Serialize)]", "use serde::Serialize;\n"),
    ("Map<String, Value>", "use serde_json::{Map, Value};\n"),
    ("Uuid", "use uuid::Uuid;\n"),
    ("impl Page for", "\nuse crate::pages::Page;\n"),
    ("Secret", "use crate::secret::Secret;\n"),
];

/// Those of [`IMPORTS`] that `text` needs.
pub(crate) fn imports(text: &str) -> String {
    let needed = IMPORTS.iter().filter(|(needle, _)| text.contains(needle));
    let mut imports: Vec<&str> = needed.map(|(_, import)| *import).collect();
    // Both of serde come in one line.
    imports.dedup_by(|one, before| one.contains("serde::Serialize;") && before.contains("{Deserialize"));
    imports.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_rust_are_escaped() {
        assert_eq!(field("type"), "r#type");
        assert_eq!(field("If-Match"), "if_match");
    }

    #[test]
    fn names_of_types_have_no_separators() {
        assert_eq!(pascal("verification_sent"), "VerificationSent");
        assert_eq!(pascal("TokenPair"), "TokenPair");
    }
}
