//! `types.rs`: the bodies of requests and answers.

use std::fmt::Write as _;

use crate::Error;
use crate::document::{Additional, Document, Schema};
use crate::names::{comment, field, imports, pascal};
use crate::secrets;
use crate::usage::Usage;

const HEAD: &str = "//! Bodies of requests and answers. Written by `just clients` from the OpenAPI document: a change here is lost.\n\n";

/// A field of a struct.
struct Field<'a> {
    name: &'a str,
    schema: &'a Schema,
    /// The type without `Option`.
    kind: String,
    /// Whether null or nothing may come in its place.
    optional: bool,
    secret: bool,
}

/// The text of the module.
pub(crate) fn write(document: &Document, usage: &Usage) -> Result<String, Error> {
    let mut text = String::new();
    for (name, schema) in &document.components.schemas {
        text.push('\n');
        text.push_str(&comment(schema.description.as_deref().or(Some("No more is said of it."))));
        text.push_str(&if let Some(values) = &schema.values {
            closed_list(name, values, usage)
        } else if let Some(choices) = &schema.one_of {
            choice(name, choices, usage)?
        } else {
            structure(document, name, schema, usage)?
        });
    }
    Ok(format!("{HEAD}{}{text}", imports(&text)))
}

/// The type of `schema` in Rust, and whether null may come in its place.
pub(crate) fn rust_type(place: &str, schema: &Schema, secret: bool) -> Result<(String, bool), Error> {
    if let Some(name) = schema.referred() {
        return Ok((name.to_owned(), false));
    }
    if let Some([first, second]) = schema.one_of.as_deref()
        && second.is_null()
    {
        return Ok((rust_type(place, first, secret)?.0, true));
    }
    let (kind, nullable) = schema.kind(place)?;
    let unsigned = schema.minimum.is_some_and(|minimum| minimum >= 0.0);
    let name = match (kind, schema.format.as_deref()) {
        (Some("string"), _) if secret => "Secret".to_owned(),
        (Some("string"), Some("uuid")) => "Uuid".to_owned(),
        (Some("string"), Some("date-time")) => "DateTime<Utc>".to_owned(),
        (Some("string"), Some("date")) => "NaiveDate".to_owned(),
        (Some("string"), None | Some("email" | "uri")) => "String".to_owned(),
        (Some("boolean"), _) => "bool".to_owned(),
        (Some("number"), _) => "f64".to_owned(),
        (Some("integer"), Some("int32")) => if unsigned { "u32" } else { "i32" }.to_owned(),
        (Some("integer"), _) => if unsigned { "u64" } else { "i64" }.to_owned(),
        (Some("array"), _) => {
            let items = schema.items.as_ref().ok_or_else(|| Error::unknown(place, "a list of nothing"))?;
            format!("Vec<{}>", rust_type(place, items, secret)?.0)
        }
        (Some("object"), _) => match &schema.additional_properties {
            Some(Additional::Of(values)) => format!("BTreeMap<String, {}>", rust_type(place, values, secret)?.0),
            Some(Additional::Allowed(true)) | None if schema.properties.is_empty() => "Map<String, Value>".to_owned(),
            _ => return Err(Error::unknown(place, "an object without a name")),
        },
        (None, None) => "Value".to_owned(),
        other => return Err(Error::unknown(place, format!("the type {other:?}"))),
    };
    Ok((name, nullable))
}

/// The derives of a type.
fn derives(name: &str, usage: &Usage, more: &[&str]) -> String {
    let mut derives = vec!["Clone", "Debug"];
    derives.extend(more);
    // Secrets are not compared: that would tell by its time how much is right.
    if !usage.secret.contains(name) {
        derives.push("PartialEq");
    }
    if usage.received.contains(name) || !usage.sent.contains(name) {
        derives.push("Deserialize");
    }
    if usage.sent.contains(name) {
        derives.push("Serialize");
    }
    format!("#[derive({})]\n", derives.join(", "))
}

/// An enum of words. One that is received has a place for words of a later version.
fn closed_list(name: &str, values: &[String], usage: &Usage) -> String {
    let mut text = derives(name, usage, &["Copy", "Eq"]) + "#[non_exhaustive]\n";
    let _ = writeln!(text, "pub enum {name} {{");
    for value in values {
        let _ = writeln!(text, "/// `{value}`.\n#[serde(rename = \"{value}\")]\n{},", pascal(value));
    }
    if !usage.sent.contains(name) {
        text.push_str("/// A word that this version of the client does not know.\n#[serde(other)]\nUnknown,\n");
    }
    text + "}\n"
}

/// An enum of types that are told apart by their fields.
fn choice(name: &str, choices: &[Schema], usage: &Usage) -> Result<String, Error> {
    let mut text = derives(name, usage, &[]) + "#[serde(untagged)]\n#[non_exhaustive]\n";
    let _ = writeln!(text, "pub enum {name} {{");
    for choice in choices {
        let kind = choice.referred().ok_or_else(|| Error::unknown(name, "a choice without a name"))?;
        text.push_str(&comment(choice.description.as_deref().or(Some(kind))));
        let _ = writeln!(text, "{kind}({kind}),");
    }
    Ok(text + "}\n")
}

/// The fields in the order in which they are declared, those that must be there first.
fn fields<'a>(name: &str, schema: &'a Schema) -> Result<Vec<Field<'a>>, Error> {
    let required = schema.required.iter().filter_map(|field| schema.properties.get_key_value(field));
    let optional = schema.properties.iter().filter(|(field, _)| !schema.required.contains(field));
    required
        .map(|found| (found, true))
        .chain(optional.map(|found| (found, false)))
        .map(|((field, schema), required)| {
            let secret = secrets::is_secret(name, field, schema)?;
            let (kind, nullable) = rust_type(&format!("{name}.{field}"), schema, secret)?;
            Ok(Field { name: field, schema, kind, optional: nullable || !required, secret })
        })
        .collect()
}

/// A struct, with a constructor where it is sent and a way to page where it is a page.
fn structure(document: &Document, name: &str, schema: &Schema, usage: &Usage) -> Result<String, Error> {
    let fields = fields(name, schema)?;
    let sent = usage.sent.contains(name);
    let all_optional = fields.iter().all(|field| field.optional);
    let mut text = derives(name, usage, if sent && all_optional { &["Default"] } else { &[] });
    let _ = writeln!(text, "#[non_exhaustive]\npub struct {name} {{");
    for member in &fields {
        let target = member.schema.referred().and_then(|name| document.components.schemas.get(name));
        let said = member.schema.description.as_deref().or(target.and_then(|target| target.description.as_deref()));
        text.push_str(&comment(said.or(Some(&format!("The `{}`.", member.name)))));
        let list = member.kind.starts_with("Vec<");
        match (member.optional, list, sent) {
            (true, true, false) => text.push_str("#[serde(default)]\n"),
            (true, _, true) => text.push_str("#[serde(default, skip_serializing_if = \"Option::is_none\")]\n"),
            _ => {}
        }
        let kind =
            if member.optional && (sent || !list) { format!("Option<{}>", member.kind) } else { member.kind.clone() };
        let _ = writeln!(text, "pub {}: {kind},", field(member.name));
    }
    text.push_str("}\n");
    if sent {
        text.push_str(&constructors(name, &fields));
    }
    if let (Some(items), true) = (schema.properties.get("items"), schema.properties.contains_key("next_cursor"))
        && let Some(item) = items.items.as_ref().and_then(|item| item.referred())
    {
        let _ = write!(
            text,
            "\nimpl Page for {name} {{\ntype Item = {item};\n\nfn into_parts(self) -> (Vec<{item}>, Option<String>) {{\n(self.items, self.next_cursor)\n}}\n}}\n"
        );
    }
    Ok(text)
}

/// How a value is handed over, and what makes it the field's.
fn argument(member: &Field<'_>) -> (String, String) {
    let name = field(member.name);
    match member.kind.as_str() {
        "String" | "Secret" => (format!("impl Into<{}>", member.kind), format!("{name}.into()")),
        kind => (kind.to_owned(), name),
    }
}

/// `new` with what must be there, and `with_…` for the rest.
fn constructors(name: &str, fields: &[Field<'_>]) -> String {
    let (optional, required): (Vec<_>, Vec<_>) = fields.iter().partition(|member| member.optional);
    let mut text = format!("\nimpl {name} {{\n");
    if !required.is_empty() {
        let parameters: Vec<String> =
            required.iter().map(|member| format!("{}: {}", field(member.name), argument(member).0)).collect();
        let _ = writeln!(
            text,
            "/// One with what must be there.\n#[must_use]\npub fn new({}) -> Self {{",
            parameters.join(", ")
        );
        let set = |member: &&Field<'_>| {
            let (name, value) = (field(member.name), argument(member).1);
            if name == value { name } else { format!("{name}: {value}") }
        };
        let mut values: Vec<String> = required.iter().map(set).collect();
        values.extend(optional.iter().map(|member| format!("{}: None", field(member.name))));
        let _ = writeln!(text, "Self {{ {} }}\n}}\n", values.join(", "));
    }
    for member in optional {
        let what = if member.secret { "secret " } else { "" };
        let (kind, value) = argument(member);
        let name = field(member.name);
        let _ = writeln!(
            text,
            "/// The same with this {what}`{0}`.\n#[must_use]\npub fn with_{0}(mut self, {name}: {kind}) -> Self {{\nself.{name} = Some({value});\nself\n}}\n",
            member.name
        );
    }
    text.trim_end().to_owned() + "\n}\n"
}
