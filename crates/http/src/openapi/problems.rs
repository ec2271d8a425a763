//! The problem answers of each operation: those that its route names, and those that follow from what it takes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::Operation;
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{OpenApi, Ref, RefOr};

use crate::middleware::{OPEN, UNLIMITED};
use crate::problem::{CONTENT_TYPE, Kind};

/// The extension by which a route names its problems. It is taken out of the document again.
pub(super) const EXTENSION: &str = "x-problems";

/// Describes the problem answers of every operation of `document`.
pub(super) fn describe(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        for operation in super::operations_mut(item) {
            let mut by_status = BTreeMap::<u16, BTreeSet<Kind>>::new();
            for kind in named(operation).into_iter().chain(implied(path, operation)) {
                by_status.entry(kind.status().as_u16()).or_default().insert(kind);
            }
            for (status, kinds) in by_status {
                let mut problem = response(&kinds);
                // A route may have an answer of its own with that status, beside the problem.
                if let Some(RefOr::T(own)) = operation.responses.responses.get(&status.to_string()) {
                    problem.description = format!("{}\n\n{}", own.description, problem.description);
                    problem.content.extend(own.content.clone());
                }
                operation.responses.responses.insert(status.to_string(), RefOr::T(problem));
            }
        }
    }
}

/// The kinds that the route names itself.
fn named(operation: &mut Operation) -> Vec<Kind> {
    let Some(mut extensions) = operation.extensions.take() else { return Vec::new() };
    let codes = extensions.remove(EXTENSION).unwrap_or_default();
    operation.extensions = (!extensions.is_empty()).then_some(extensions);
    codes.as_array().into_iter().flatten().filter_map(Value::as_str).filter_map(Kind::from_code).collect()
}

/// The kinds that follow from the path, from a body, from authentication, and from being a service at all.
fn implied(path: &str, operation: &Operation) -> Vec<Kind> {
    let mut kinds = vec![Kind::InternalError, Kind::Unavailable];
    if !OPEN.contains(&path) {
        kinds.push(Kind::IpNotAllowed);
    }
    if !UNLIMITED.contains(&path) {
        kinds.push(Kind::RateLimited);
    }
    if let Some(RefOr::T(body)) = &operation.request_body {
        kinds.extend([Kind::PayloadTooLarge, Kind::UnsupportedMediaType]);
        if body.content.contains_key("application/json") {
            kinds.extend([Kind::MalformedJson, Kind::ValidationFailed]);
        } else {
            kinds.push(Kind::InvalidRequest);
        }
    }
    match bearer_needs(operation) {
        None => {}
        Some(permissions) if permissions.is_empty() => kinds.push(Kind::Unauthenticated),
        Some(_) => kinds.extend([Kind::Unauthenticated, Kind::Forbidden, Kind::MfaEnrollmentRequired]),
    }
    kinds
}

/// The permissions that the operation needs of the bearer of an access token, when it takes one.
fn bearer_needs(operation: &Operation) -> Option<Vec<Value>> {
    let schemes = json!(operation.security);
    schemes.as_array()?.iter().find_map(|scheme| scheme.get("bearerAuth")?.as_array().cloned())
}

fn response(kinds: &BTreeSet<Kind>) -> Response {
    let lines: Vec<String> = kinds.iter().map(|kind| format!("`{}`: {}", kind.code(), kind.title())).collect();
    let first = kinds.iter().next().copied();
    let content =
        ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).example(first.map(example)).build();
    let response = ResponseBuilder::new().description(lines.join("\n\n")).content(CONTENT_TYPE, content);
    match first.map(|kind| kind.status().as_u16()) {
        Some(401) => response.header("WWW-Authenticate", text_header("The challenge (RFC 6750, RFC 9470)")),
        Some(429) => response
            .header("Retry-After", text_header("Seconds to wait"))
            .header("RateLimit", text_header("What is left of the tightest limit: `\"per_ip\";r=0;t=30`"))
            .header("RateLimit-Policy", text_header("That limit: `\"per_ip\";q=600;w=60`")),
        Some(423 | 503) => response.header("Retry-After", text_header("Seconds to wait")),
        _ => response,
    }
    .build()
}

fn text_header(description: &str) -> utoipa::openapi::Header {
    HeaderBuilder::new()
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .description(Some(description))
        .build()
}

fn example(kind: Kind) -> Value {
    let mut example = json!({
        "type": kind.type_uri(),
        "title": kind.title(),
        "status": kind.status().as_u16(),
        "code": kind.code(),
        "detail": kind.detail(),
        "request_id": "019503a1-7c2e-7d4f-9a51-3f0c8a1b2c3d",
    });
    if kind == Kind::ValidationFailed
        && let Some(fields) = example.as_object_mut()
    {
        let errors = json!([{"field": "password", "code": "too_short", "message": "at least 12 characters"}]);
        fields.insert("detail".to_owned(), json!("1 field is invalid"));
        fields.insert("errors".to_owned(), errors);
    }
    example
}
