//! Who may call each route, as the OpenAPI document declares it.
//!
//! A route declares it by its `security`: `()` is public, `bearerAuth = []` takes anybody who is logged in,
//! `bearerAuth = ["users:read"]` takes whoever has that permission (OpenAPI 3.1, Security Requirement Object). A route
//! that declares nothing keeps the server from starting; a handler that asks for something else than its route declares
//! fails closed.

use std::collections::BTreeMap;

use actix_web::HttpRequest;
use serde_json::{Value, json};
use utoipa::openapi::OpenApi;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{Operation, PathItem};
use voxgate_domain::Permission;

use crate::problem::Problem;
use crate::state::state;

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Anybody.
    Public,
    /// Whoever is logged in.
    Authenticated,
    /// Whoever is logged in and has this permission.
    Permitted(Permission),
}

/// A route does not say who may call it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the route {0} does not declare who may call it, or names a permission that there is not")]
pub(crate) struct Undeclared(String);

impl Access {
    /// What `operation` declares, if it declares something that can be held to.
    fn of(operation: &Operation) -> Option<Self> {
        let declared = json!(operation.security.as_ref()?);
        let schemes: Vec<_> = declared.as_array()?.iter().map(Value::as_object).collect::<Option<_>>()?;
        if schemes.iter().any(|scheme| scheme.is_empty()) {
            return Some(Self::Public);
        }
        let needed = schemes.iter().find_map(|scheme| scheme.get("bearerAuth"))?.as_array()?;
        match needed.as_slice() {
            [] => Some(Self::Authenticated),
            [one] => Permission::parse(one.as_str()?).map(Self::Permitted),
            _ => None,
        }
    }

    /// The extension that says it to people and tools.
    fn mark(self) -> (&'static str, Value) {
        match self {
            Self::Public => ("x-public", Value::Bool(true)),
            Self::Authenticated => ("x-permission", json!("authenticated")),
            Self::Permitted(permission) => ("x-permission", json!(permission.as_str())),
        }
    }
}

/// Marks every operation of `document` with who may call it.
pub(crate) fn mark(document: &mut OpenApi) {
    for item in document.paths.paths.values_mut() {
        for operation in crate::openapi::operations_mut(item) {
            if let Some((name, value)) = Access::of(operation).map(Access::mark) {
                operation.extensions.get_or_insert_with(Extensions::default).insert(name.to_owned(), value);
            }
        }
    }
}

/// Who may call each route.
pub(crate) struct AccessTable(BTreeMap<String, Access>);

impl AccessTable {
    /// The declarations of `document`.
    ///
    /// # Errors
    ///
    /// [`Undeclared`] for the first route that has none.
    pub(crate) fn of(document: &OpenApi) -> Result<Self, Undeclared> {
        let operations = document.paths.paths.iter().flat_map(|(path, item)| named(path, item));
        operations
            .map(|(name, operation)| match Access::of(operation) {
                Some(access) => Ok((name, access)),
                None => Err(Undeclared(name)),
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

fn named<'a>(path: &'a str, item: &'a PathItem) -> impl Iterator<Item = (String, &'a Operation)> {
    let by_method = [
        ("GET", &item.get),
        ("PUT", &item.put),
        ("POST", &item.post),
        ("DELETE", &item.delete),
        ("PATCH", &item.patch),
    ];
    by_method.into_iter().filter_map(move |(method, operation)| Some((format!("{method} {path}"), operation.as_ref()?)))
}

/// Holds a handler to what its route declares.
///
/// # Errors
///
/// An internal one, when the handler lets in somebody else than the document says.
pub(crate) fn hold_to_declared(request: &HttpRequest, asked: Access) -> Result<(), Problem> {
    let route = format!("{} {}", request.method(), request.match_pattern().unwrap_or_default());
    match state(request)?.access.0.get(&route) {
        Some(declared) if *declared == asked => Ok(()),
        declared => Err(Problem::internal(format!("{route} declares {declared:?} and asks for {asked:?}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn operation(security: Value) -> Operation {
        serde_json::from_value(json!({"responses": {}, "security": security})).unwrap()
    }

    #[rstest]
    #[case(json!([{}]), Some(Access::Public))]
    #[case(json!([{}, {"refreshCookie": []}]), Some(Access::Public))]
    #[case(json!([{"bearerAuth": []}]), Some(Access::Authenticated))]
    #[case(json!([{"bearerAuth": []}, {"refreshCookie": []}]), Some(Access::Authenticated))]
    #[case(json!([{"bearerAuth": ["users:read"]}]), Some(Access::Permitted(Permission::UsersRead)))]
    #[case(json!([{"bearerAuth": ["users:everything"]}]), None)]
    #[case(json!([{"bearerAuth": ["users:read", "users:write"]}]), None)]
    #[case(json!([{"refreshCookie": []}]), None)]
    #[case(json!([]), None)]
    fn a_route_is_public_authenticated_or_for_one_permission(#[case] security: Value, #[case] access: Option<Access>) {
        assert_eq!(Access::of(&operation(security)), access);
    }

    #[test]
    fn a_route_that_declares_nothing_keeps_the_server_from_starting() {
        let mut document = crate::openapi();
        let profile = document.paths.paths.get_mut("/users/profile").unwrap();
        profile.put.as_mut().unwrap().security = None;
        assert_eq!(AccessTable::of(&document).err(), Some(Undeclared("PUT /users/profile".to_owned())));
        assert!(AccessTable::of(&crate::openapi()).is_ok());
    }
}
