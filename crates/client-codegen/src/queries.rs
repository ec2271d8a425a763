//! `queries.rs`: what lists can be asked for.

use std::fmt::Write as _;

use crate::Error;
use crate::document::{Document, Operation, Place};
use crate::names::{comment, field, imports, pascal};
use crate::types::rust_type;

const HEAD: &str =
    "//! What lists can be asked for. Written by `just clients` from the OpenAPI document: a change here is lost.\n\n";

/// The name of the query of lists that can be paged and nothing else.
const PAGING: &str = "Paging";

/// The name of the struct that holds the query of `operation`, when it has one.
pub(crate) fn name(operation: &Operation) -> Option<String> {
    let mut names: Vec<&str> = operation.parameters_in(Place::Query).map(|parameter| parameter.name.as_str()).collect();
    names.sort_unstable();
    match names.as_slice() {
        [] => None,
        ["cursor", "limit"] => Some(PAGING.to_owned()),
        _ => Some(pascal(&operation.operation_id)),
    }
}

/// The text of the module.
pub(crate) fn write(document: &Document) -> Result<String, Error> {
    let mut text = String::new();
    let mut written = Vec::new();
    for (path, methods) in &document.paths {
        for (method, operation) in methods {
            let Some(name) = name(operation).filter(|name| !written.contains(name)) else { continue };
            let of = format!("{} {path}", method.to_uppercase());
            text.push_str(&query(&name, &of, operation)?);
            written.push(name);
        }
    }
    Ok(format!("{HEAD}{}{text}", imports(&text)))
}

fn query(name: &str, of: &str, operation: &Operation) -> Result<String, Error> {
    let of = if name == PAGING { "a list that has no other conditions".to_owned() } else { format!("`{of}`") };
    let mut text = format!("\n/// The query of {of}. A condition that is not set does not count.\n");
    text.push_str("#[derive(Clone, Debug, Default, PartialEq, Serialize)]\n#[non_exhaustive]\n");
    let _ = writeln!(text, "pub struct {name} {{");
    let mut setters = String::new();
    for parameter in operation.parameters_in(Place::Query) {
        let (kind, _) = rust_type(&format!("{name}.{}", parameter.name), &parameter.schema, false)?;
        if parameter.required {
            return Err(Error::unknown(name, format!("`{}` must be there", parameter.name)));
        }
        let member = field(&parameter.name);
        text.push_str(&comment(parameter.description.as_deref().or(Some(&format!("The `{}`.", parameter.name)))));
        let _ = writeln!(text, "#[serde(skip_serializing_if = \"Option::is_none\")]\npub {member}: Option<{kind}>,");
        let (taken, value) = match kind.as_str() {
            "String" => ("impl Into<String>".to_owned(), format!("{member}.into()")),
            _ => (kind, member.clone()),
        };
        let _ = writeln!(
            setters,
            "/// The same with this `{0}`.\n#[must_use]\npub fn with_{0}(mut self, {member}: {taken}) -> Self {{\nself.{member} = Some({value});\nself\n}}\n",
            parameter.name
        );
    }
    let _ = write!(text, "}}\n\nimpl {name} {{\n{}\n}}\n", setters.trim_end());
    Ok(text)
}
