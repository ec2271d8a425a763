//! The document is whole, and the one that is checked in.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Map, Value};
use voxgate_domain::Permission;

use super::openapi;

/// Method, path and description of every operation.
fn operations() -> Vec<(String, Value)> {
    let document: Value = serde_json::from_str(&openapi().to_json().unwrap()).unwrap();
    let paths: Map<String, Value> = document["paths"].as_object().unwrap().clone();
    let mut found = Vec::new();
    for (path, item) in paths {
        for method in ["get", "put", "post", "delete", "patch"] {
            if let Some(operation) = item.get(method) {
                found.push((format!("{method} {path}"), operation.clone()));
            }
        }
    }
    found
}

#[test]
fn every_call_of_the_contract_is_there() {
    let expected = [
        "get /.well-known/jwks.json",
        "post /auth/change-password",
        "post /auth/forgot-password",
        "post /auth/login",
        "post /auth/logout",
        "post /auth/reauthenticate",
        "get /auth/mfa",
        "post /auth/mfa/recovery-codes",
        "post /auth/mfa/totp/confirm",
        "post /auth/mfa/totp/disable",
        "post /auth/mfa/totp/enroll",
        "post /auth/mfa/verify",
        "post /auth/refresh",
        "post /auth/register",
        "post /auth/resend-verification",
        "post /auth/reset-password",
        "post /auth/verify-email",
        "post /auth/token",
        "get /auth/revocations",
        "get /service-accounts",
        "post /service-accounts",
        "post /service-accounts/{id}/secret",
        "delete /service-accounts/{id}",
        "get /health",
        "get /health/detailed",
        "get /health/live",
        "get /health/ready",
        "get /metrics",
        "get /roles",
        "get /users",
        "post /users",
        "get /users/{id}",
        "get /audit",
        "get /auth/emergency-access",
        "post /auth/emergency-access",
        "delete /auth/emergency-access/{id}",
        "get /emergency-accesses",
        "get /users/disclosures",
        "get /webhooks",
        "post /webhooks",
        "delete /webhooks/{id}",
        "get /webhooks/{id}",
        "put /webhooks/{id}",
        "get /webhooks/{id}/deliveries",
        "post /webhooks/{id}/replay",
        "post /webhooks/{id}/secret",
        "post /webhooks/{id}/test",
        "get /users/{id}/disclosures",
        "get /users/notification-history",
        "get /users/{id}/audit",
        "get /users/{id}/sessions",
        "delete /users/{id}/sessions",
        "put /users/{id}/roles",
        "put /users/{id}/status",
        "post /users/{id}/unlock",
        "delete /users/account",
        "post /users/email",
        "get /users/export",
        "get /users/notification-preferences",
        "put /users/notification-preferences",
        "get /users/profile",
        "put /users/profile",
        "get /users/sessions",
        "delete /users/sessions",
        "delete /users/sessions/{id}",
    ];
    let found: BTreeSet<String> = operations().into_iter().map(|(name, _)| name).collect();
    assert_eq!(found, expected.map(str::to_owned).into());
}

/// What may be called without an access token. A route that is not here and declares none fails the test.
const PUBLIC: &[&str] = &[
    "get /.well-known/jwks.json",
    "post /auth/forgot-password",
    "post /auth/login",
    "post /auth/mfa/verify",
    "post /auth/refresh",
    "post /auth/register",
    "post /auth/resend-verification",
    "post /auth/reset-password",
    "post /auth/token",
    "post /auth/verify-email",
    "get /health",
    "get /health/live",
    "get /health/ready",
];

#[test]
fn every_route_declares_who_may_call_it() {
    for (name, operation) in operations() {
        let schemes = operation["security"].as_array().unwrap_or_else(|| panic!("{name} declares no security"));
        let open = schemes.iter().any(|scheme| scheme.as_object().unwrap().is_empty());
        assert_eq!(open, PUBLIC.contains(&name.as_str()), "{name}");
        assert!(operation["responses"].get("401").is_some() || open, "{name} lacks 401");
        assert_eq!(operation["x-public"] == true, open, "{name}");
        let permission = operation["x-permission"].as_str();
        let known = permission.is_some_and(|name| name == "authenticated" || Permission::parse(name).is_some());
        assert!(open || known, "{name} declares no permission");
    }
}

#[test]
fn every_route_is_described_with_its_failures() {
    let mut ids = BTreeSet::new();
    for (name, operation) in operations() {
        assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{name} has the id of another");
        assert!(operation["summary"].is_string(), "{name} has no summary");
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{name}");
        assert!(operation.get(super::problems::EXTENSION).is_none(), "{name}");

        let responses = operation["responses"].as_object().unwrap();
        let mut expected = vec!["500", "503"];
        if operation.get("requestBody").is_some() {
            expected.extend(["400", "413", "415"]);
        }
        if operation.pointer("/requestBody/content/application~1json").is_some() {
            expected.push("422");
        }
        let probed = ["get /health", "get /health/live", "get /health/ready"].contains(&name.as_str());
        if !probed {
            expected.push("403");
        }
        // Whoever watches the service is not counted.
        if !probed && name != "get /metrics" {
            expected.push("429");
        }
        for status in expected {
            assert!(responses.contains_key(status), "{name} lacks {status}");
        }
        for (status, response) in responses.iter().filter(|(status, _)| status.as_str() >= "400") {
            let schema = &response["content"]["application/problem+json"]["schema"]["$ref"];
            assert_eq!(schema, "#/components/schemas/Problem", "{name} {status}");
        }
        assert!(responses.keys().any(|status| status.starts_with('2')), "{name} never succeeds");
    }
}

#[test]
fn no_body_takes_fields_that_are_not_described() {
    let document: Value = serde_json::from_str(&openapi().to_json().unwrap()).unwrap();
    for (name, operation) in operations() {
        let Some(schema) = operation.pointer("/requestBody/content/application~1json/schema") else { continue };
        let reference = schema["$ref"].as_str().unwrap_or_else(|| panic!("{name} has an unnamed body"));
        let body = document.pointer(reference.trim_start_matches('#')).unwrap();
        assert_eq!(body["additionalProperties"], false, "{name}");
    }
}

/// Of two schemas with one name the later takes the place of the other, and nobody is told.
#[test]
fn an_answer_is_not_described_by_another_one_of_its_name() {
    let document: Value = serde_json::from_str(&openapi().to_json().unwrap()).unwrap();
    for (name, operation) in operations() {
        for (status, response) in operation["responses"].as_object().unwrap() {
            let Some(schema) = response.pointer("/content/application~1json/schema/$ref") else { continue };
            let answer = document.pointer(schema.as_str().unwrap().trim_start_matches('#')).unwrap();
            let object = answer["type"] == "object" || answer.get("oneOf").is_some();
            assert!(object, "{name} answers {status} with {answer}");
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let text = openapi().to_json().unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    for reference in text.split("\"$ref\":\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[test]
fn the_document_that_is_checked_in_is_this_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let document = openapi().to_pretty_json().unwrap() + "\n";
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&path, &document).unwrap();
    }
    let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        checked_in == document,
        "crates/http/openapi.json is not what the routes say; if the change is meant, run\n\
         UPDATE_OPENAPI=1 cargo test -p voxgate-http the_document_that_is_checked_in"
    );
}
