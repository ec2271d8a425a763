//! Which methods each path has: told by `Allow` with a 405, and read from the OpenAPI document, so that it cannot differ
//! from what there is.

use actix_web::dev::ResourceDef;
use actix_web::http::Method;
use actix_web::http::header::HeaderValue;
use actix_web::{HttpRequest, HttpResponse};
use utoipa::openapi::{OpenApi, PathItem};

use crate::problem::{Kind, Problem};
use crate::state::state;

/// Which methods each path has.
pub(crate) struct AllowedMethods(Vec<(ResourceDef, HeaderValue)>);

/// Whether `method` is among those of an `Allow` header.
fn lists(methods: &HeaderValue, method: &Method) -> bool {
    methods.to_str().is_ok_and(|methods| methods.split(", ").any(|allowed| allowed == method.as_str()))
}

impl AllowedMethods {
    /// Those of the paths of `document`.
    pub(crate) fn of(document: &OpenApi) -> Self {
        let paths = document.paths.paths.iter();
        Self(paths.filter_map(|(path, item)| Some((ResourceDef::new(path.as_str()), header(item)?))).collect())
    }

    fn at(&self, path: &str) -> Option<HeaderValue> {
        self.0.iter().find(|(resource, _)| resource.is_match(path)).map(|(_, methods)| methods.clone())
    }
}

fn header(item: &PathItem) -> Option<HeaderValue> {
    let methods = [
        ("GET, HEAD", item.get.is_some()),
        ("PUT", item.put.is_some()),
        ("POST", item.post.is_some()),
        ("PATCH", item.patch.is_some()),
        ("DELETE", item.delete.is_some()),
    ];
    let present: Vec<&str> = methods.into_iter().filter_map(|(method, there)| there.then_some(method)).collect();
    HeaderValue::try_from(present.join(", ")).ok()
}

/// Answers what no route takes: 405 where there is another method, else 404. A path that has the method, and still came
/// here, names nothing: its id is none.
///
/// # Errors
///
/// Always.
pub(crate) async fn no_route(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let methods = state(&request)?.allowed_methods.at(request.path());
    Err(match methods.filter(|methods| !lists(methods, request.method())) {
        Some(methods) => Problem::new(Kind::MethodNotAllowed).allow(methods),
        None => Problem::new(Kind::NotFound),
    })
}

/// Answers any method but GET and HEAD at a page.
///
/// # Errors
///
/// Always.
pub(crate) async fn only_get() -> Result<HttpResponse, Problem> {
    Err(Problem::new(Kind::MethodNotAllowed).allow(HeaderValue::from_static("GET, HEAD")))
}
