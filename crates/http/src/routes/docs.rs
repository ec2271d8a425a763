//! `/openapi.json`, `/docs` and `/redoc`: the contract, served by the binary alone.

use std::sync::Arc;

use actix_web::http::header::{self, CacheControl, CacheDirective};
use actix_web::middleware::Compress;
use actix_web::{HttpResponse, Route, web};
use utoipa_swagger_ui::Config;

use crate::allowed_methods::only_get;
use crate::openapi;
use crate::problem::{Kind, Problem};
use crate::respond::Answer;
use crate::state::State;

const SWAGGER_PAGE: &str = include_str!("../../assets/docs.html");
const SWAGGER_START: &str = include_str!("../../assets/docs.js");
const REDOC_PAGE: &str = include_str!("../../assets/redoc.html");
const REDOC_START: &str = include_str!("../../assets/redoc.js");
const REDOC: &str = include_str!("../../assets/redoc.standalone.js");

/// Both viewers make their styles as they go, and show small pictures that they carry within.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src blob:; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'";

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// A day, in seconds: a new version may bring new assets under the same names.
const ASSETS_MAX_AGE: u32 = 86_400;

pub(super) fn configure(config: &mut web::ServiceConfig) {
    let at = |path: &str, route: Route| {
        // The viewers are large, and hold no secret that compression could give away.
        web::resource(path.to_owned()).wrap(Compress::default()).route(route).default_service(web::to(only_get))
    };
    config
        .service(at("/openapi.json", web::get().to(document)))
        .service(at("/docs", web::get().to(|| async { page(SWAGGER_PAGE) })))
        .service(at("/docs/docs.js", web::get().to(|| async { asset(SCRIPT, SWAGGER_START) })))
        .service(at("/docs/{file}", web::get().to(swagger_asset)))
        .service(at("/redoc", web::get().to(|| async { page(REDOC_PAGE) })))
        .service(at("/redoc/redoc.js", web::get().to(|| async { asset(SCRIPT, REDOC_START) })))
        .service(at("/redoc/redoc.standalone.js", web::get().to(|| async { asset(SCRIPT, REDOC) })));
}

/// The OpenAPI document, made into text when it is asked for first: few replicas ever are.
async fn document(state: web::Data<State>) -> Answer {
    let text = match state.document.get() {
        Some(text) => text.clone(),
        None => {
            let text = openapi().to_json().map_err(|error| Problem::internal(error.to_string()))?;
            state.document.get_or_init(|| text.into()).clone()
        }
    };
    Ok(HttpResponse::Ok().content_type("application/json").body(text))
}

/// A file of Swagger UI, as the crate brings it along.
async fn swagger_asset(file: web::Path<String>) -> Answer {
    let found = utoipa_swagger_ui::serve(&file, Arc::new(Config::default()));
    let found = found.map_err(|error| Problem::internal(error.to_string()))?;
    let found = found.ok_or_else(|| Problem::new(Kind::NotFound))?;
    asset(&found.content_type, found.bytes.into_owned())
}

fn page(html: &'static str) -> Answer {
    Ok(HttpResponse::Ok().content_type(HTML).insert_header((header::CONTENT_SECURITY_POLICY, POLICY)).body(html))
}

fn asset(kind: &str, content: impl Into<web::Bytes>) -> Answer {
    let cache = CacheControl(vec![CacheDirective::Public, CacheDirective::MaxAge(ASSETS_MAX_AGE)]);
    Ok(HttpResponse::Ok().content_type(kind).insert_header(cache).body(content.into()))
}
