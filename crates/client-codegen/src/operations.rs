//! `operations.rs`: a method of the client for each operation.

use std::fmt::Write as _;

use crate::Error;
use crate::document::{Answer, Document, Operation, Place, Schema};
use crate::names::{comment, field};
use crate::queries;
use crate::types::rust_type;

const HEAD: &str = "\
//! A method for each operation. Written by `just clients` from the OpenAPI document: a change here is lost.

use reqwest::Method;
use uuid::Uuid;

use crate::call::{Call, Tagged};
use crate::generated::{queries, types};
use crate::pages::{self, Items};
use crate::{Client, Error};

impl Client {
";

/// Headers that only browsers need: this client keeps refresh tokens itself, not in a cookie.
const OF_BROWSERS: &[&str] = &["X-CSRF-Token"];

/// The text of the module.
pub(crate) fn write(document: &Document) -> Result<String, Error> {
    let mut text = HEAD.to_owned();
    for (path, methods) in &document.paths {
        for (method, operation) in methods {
            text.push_str(&write_operation(document, &method.to_uppercase(), path, operation)?);
        }
    }
    Ok(text.trim_end().to_owned() + "\n}\n")
}

/// How an answer is read: the method of `Reply` that does it, and what it gives.
fn answer(operation: &str, answer: &Answer) -> Result<(&'static str, String), Error> {
    let tagged = answer.headers.contains_key("ETag");
    let types: Vec<&str> = answer.content.keys().map(String::as_str).collect();
    // Of several forms the first is read: JSON, since they are sorted and this one is always there.
    match (types.as_slice(), answer.content.first_key_value()) {
        ([], _) => Ok(("nothing", "()".to_owned())),
        (["application/json", ..], Some((_, media))) => {
            let kind = named(operation, &media.schema)?;
            Ok(if tagged { ("tagged", format!("Tagged<{kind}>")) } else { ("json", kind) })
        }
        (["text/plain", ..], _) => Ok(("text", "String".to_owned())),
        (other, _) => Err(Error::unknown(operation, format!("it answers {other:?}"))),
    }
}

fn named(operation: &str, schema: &Schema) -> Result<String, Error> {
    schema
        .referred()
        .map(|name| format!("types::{name}"))
        .ok_or_else(|| Error::unknown(operation, "a body whose type has no name"))
}

/// The doc comment of an operation.
fn documentation(method: &str, path: &str, operation: &Operation) -> String {
    let mut text = operation.summary.clone().unwrap_or_else(|| operation.operation_id.clone());
    text.push_str(".\n");
    if let Some(description) = &operation.description {
        let _ = write!(text, "\n{description}\n");
    }
    let permissions: Vec<String> = operation.permissions().map(|permission| format!("`{permission}`")).collect();
    let caller = match (operation.takes_token(), permissions.join(", ")) {
        (false, _) => "needs no access token".to_owned(),
        (true, permissions) if permissions.is_empty() => "needs an access token".to_owned(),
        (true, permissions) => format!("needs an access token with the permission {permissions}"),
    };
    let _ = write!(text, "\n`{method} {path}` {caller}.\n\n# Errors\n\n");
    let problems = operation.responses.iter().filter(|(status, _)| !status.starts_with('2'));
    for (status, answer) in problems {
        let _ = writeln!(text, "- {status} {}", codes(answer));
    }
    comment(Some(&text))
}

/// The codes that a description names at the beginning of its lines.
fn codes(answer: &Answer) -> String {
    let codes = answer.description.lines().filter_map(|line| line.strip_prefix('`')?.split('`').next());
    codes.map(|code| format!("`{code}`")).collect::<Vec<_>>().join(", ")
}

fn write_operation(document: &Document, method: &str, path: &str, operation: &Operation) -> Result<String, Error> {
    let id = &operation.operation_id;
    let mut parameters = vec!["&self".to_owned()];
    let mut call = format!("Call::new(Method::{method}, \"{path}\")");
    for parameter in operation.parameters_in(Place::Path) {
        let (kind, _) = rust_type(id, &parameter.schema, false)?;
        let kind = if kind == "String" { "&str".to_owned() } else { kind };
        let name = field(&parameter.name);
        parameters.push(format!("{name}: {kind}"));
        let _ = write!(call, ".path(\"{}\", &{name})", parameter.name);
    }
    let query = queries::name(operation);
    if let Some(query) = &query {
        parameters.push(format!("query: &queries::{query}"));
        call.push_str(".query(query)?");
    }
    let headers = operation.parameters_in(Place::Header);
    for header in headers.filter(|header| !OF_BROWSERS.contains(&header.name.as_str())) {
        let name = field(&header.name);
        parameters.push(format!("{name}: Option<&str>"));
        let _ = write!(call, ".header(\"{}\", {name})?", header.name.to_lowercase());
    }
    let contents = operation.request_body.iter().flat_map(|body| &body.content);
    for (media_type, media) in contents {
        if !matches!(media_type.as_str(), "application/json" | "application/x-www-form-urlencoded") {
            return Err(Error::unknown(id, format!("it takes {media_type}")));
        }
        parameters.push(format!("body: &{}", named(id, &media.schema)?));
        let _ = write!(call, ".body(\"{media_type}\", body)?");
    }
    if operation.takes_token() {
        call.push_str(".authorized()");
    }
    let (_, success) = operation.success()?;
    let (read, kind) = answer(id, success)?;
    let mut text = documentation(method, path, operation);
    let _ = write!(
        text,
        "pub async fn {id}({}) -> Result<{kind}, Error> {{\nself.send({call}).await?.{read}()\n}}\n\n",
        parameters.join(", ")
    );
    if let Some(query) = query {
        text.push_str(&items(document, operation, &query, &kind, &parameters)?);
    }
    Ok(text)
}

/// The method that reads every page of a list, when the operation answers pages.
fn items(
    document: &Document,
    operation: &Operation,
    query: &str,
    kind: &str,
    parameters: &[String],
) -> Result<String, Error> {
    let id = &operation.operation_id;
    let list = kind.strip_prefix("types::").and_then(|name| document.components.schemas.get(name));
    let paged = operation.parameters_in(Place::Query).any(|parameter| parameter.name == "cursor");
    let item = list.and_then(|list| list.properties.get("items")?.items.as_ref()?.referred());
    let (true, Some(item)) = (paged, item) else { return Ok(String::new()) };
    if let Some(borrowed) = parameters.iter().skip(1).find(|parameter| parameter.contains(": &str")) {
        return Err(Error::unknown(id, format!("a list that is asked for with `{borrowed}`")));
    }
    let mut arguments = Vec::new();
    for parameter in operation.parameters_in(Place::Path) {
        arguments.push(field(&parameter.name));
    }
    arguments.push("&query".to_owned());
    let taken = parameters.join(", ");
    Ok(format!(
        "/// Everything of [`Client::{id}`], page by page as it is read.\n#[must_use]\npub fn {id}_all({taken}) -> Items<'_, types::{item}> {{\n\
         let query = query.clone();\n\
         pages::items(query.cursor.clone(), move |cursor| {{\n\
         let query = queries::{query} {{ cursor, ..query.clone() }};\n\
         async move {{ self.{id}({}).await }}\n}})\n}}\n\n",
        arguments.join(", ")
    ))
}
