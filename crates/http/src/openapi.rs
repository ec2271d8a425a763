//! The OpenAPI document: made from the routes, with the problems of each route from the catalogue.

mod bodies;
mod problems;

use actix_web::App;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, ClientCredentials, Flow, HttpAuthScheme, HttpBuilder, OAuth2, Scopes, SecurityScheme,
};
use utoipa::{Modify, OpenApi};
use utoipa_actix_web::AppExt as _;
use voxgate_domain::ServiceAccount;

use crate::access;
use crate::cookies::REFRESH_COOKIE;
use crate::problem::{FieldError, ProblemBody};
use crate::routes;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Voxgate",
        description = "Accounts, sessions and tokens.\n\nEvery answer carries `x-request-id`. Every failure is \
                       `application/problem+json` (RFC 9457), and its `code` is stable. \
                       Where requests are limited, `RateLimit` and `RateLimit-Policy` say how the caller stands.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    tags(
        (name = "Authentication", description = "Becoming a user, coming in, staying in, passwords"),
        (name = "Users", description = "One's own account"),
        (name = "Administration", description = "Other people's accounts and roles; each call needs a permission"),
        (name = "Services", description = "Machines: their accounts, their tokens, and what they ask for"),
        (name = "Webhooks", description = "Which services are told of what happens to accounts"),
        (name = "Operations", description = "Keys and health")
    ),
    components(schemas(ProblemBody, FieldError)),
    modifiers(&SecuritySchemes)
)]
struct Document;

struct SecuritySchemes;

impl Modify for SecuritySchemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some("The access token of a session"))
            .build();
        let cookie = ApiKeyValue::with_description(
            REFRESH_COOKIE,
            "The refresh token of a browser, beside X-CSRF-Token with the value of __Host-voxgate_csrf",
        );
        let secret = HttpBuilder::new()
            .scheme(HttpAuthScheme::Basic)
            .description(Some("The client id and the secret of a service account (RFC 6749, section 2.3.1)"))
            .build();
        let scopes = ServiceAccount::PERMISSIONS.iter().map(|permission| (permission.as_str(), permission.as_str()));
        let flow = Flow::ClientCredentials(ClientCredentials::new("/auth/token", Scopes::from_iter(scopes)));
        let service = OAuth2::with_description([flow], "The access token of a service account");
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearerAuth", SecurityScheme::Http(bearer));
        components.add_security_scheme("clientSecret", SecurityScheme::Http(secret));
        components.add_security_scheme("serviceAccount", SecurityScheme::OAuth2(service));
        components.add_security_scheme("refreshCookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}

/// The contract as an OpenAPI 3.1 document.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    let app = App::new().into_utoipa_app().openapi(Document::openapi()).configure(routes::api);
    let (_, mut document) = app.split_for_parts();
    problems::describe(&mut document);
    access::mark(&mut document);
    bodies::close(&mut document);
    document
}

pub(crate) fn operations_mut(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch].into_iter().flatten()
}

#[cfg(test)]
mod tests;
