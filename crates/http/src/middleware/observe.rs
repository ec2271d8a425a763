//! The outermost layer: gives each request an id, a span, a time limit and a line in the log, and each failure its body.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpResponse, ResponseError as _, web};
use futures_util::FutureExt as _;
use tracing::{Instrument as _, Span, field};
use voxgate_domain::RequestId;

use super::security_headers;
use crate::problem::{CONTENT_TYPE, Kind, Problem};
use crate::state::State;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// How long a request may take before it is answered with 503.
const DONE_WITHIN: Duration = Duration::from_secs(30);

/// What is known of a request before it is handled, for when it is gone after.
struct Observed {
    id: RequestId,
    path: String,
    span: Span,
    started: Instant,
    state: web::Data<State>,
}

/// See the module.
pub(crate) async fn observe<B: MessageBody + 'static>(
    state: web::Data<State>,
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let id = caller_id(request.headers()).unwrap_or_else(|| state.new_request_id());
    let method = request.method().clone();
    let span = tracing::info_span!("request", request_id = %id, %method, route = field::Empty);
    let observed = Observed { id, path: request.path().to_owned(), span, started: Instant::now(), state };
    request.extensions_mut().insert(observed.id.clone());
    // The answer to HEAD is that to GET; the codec, which saw the request, leaves the body out.
    if method == Method::HEAD {
        request.head_mut().method = Method::GET;
    }

    let handling = AssertUnwindSafe(tokio::time::timeout(DONE_WITHIN, next.call(request))).catch_unwind();
    match handling.instrument(observed.span.clone()).await {
        Ok(Ok(Ok(response))) => Ok(observed.finish(response)),
        Ok(Ok(Err(error))) => Err(observed.fail(from_framework(error.as_response_error().status_code(), Some(&error)))),
        Ok(Err(_)) => Err(observed.fail(out_of_time())),
        Err(_) => Err(observed.fail(Problem::internal("the handler panicked"))),
    }
}

impl Observed {
    /// The answer on its way out.
    fn finish<B: MessageBody + 'static>(&self, mut response: ServiceResponse<B>) -> ServiceResponse<EitherBody<B>> {
        let route = response.request().match_pattern();
        let failure = self.failure_without_body(&response);
        if let Some((status, _)) = &failure {
            *response.response_mut().status_mut() = *status;
            response.headers_mut().insert(header::CONTENT_TYPE, Problem::content_type());
        }
        self.add_headers(response.headers_mut());
        self.log(response.status(), route.as_deref());
        response.map_body(|_, inner| match failure {
            Some((_, body)) => EitherBody::right(BoxBody::new(body)),
            None => EitherBody::left(inner),
        })
    }

    /// Status and body of a failure; none for a success, nor for a failure that has a body.
    fn failure_without_body<B>(&self, response: &ServiceResponse<B>) -> Option<(StatusCode, Vec<u8>)> {
        let status = response.status();
        let rendered = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == CONTENT_TYPE);
        if rendered || !(status.is_client_error() || status.is_server_error()) {
            return None;
        }
        let error = response.response().error();
        match error.and_then(|error| error.as_error::<Problem>()) {
            Some(problem) => Some((problem.status_code(), self.render(problem))),
            None => {
                let problem = from_framework(status, error);
                Some((problem.status_code(), self.render(&problem)))
            }
        }
    }

    fn render(&self, problem: &Problem) -> Vec<u8> {
        self.span.in_scope(|| problem.log());
        problem.render(self.id.as_str())
    }

    /// The answer when there is no response, and no request to make one of.
    fn fail(&self, problem: Problem) -> Error {
        let mut response = problem.error_response();
        response.headers_mut().insert(header::CONTENT_TYPE, Problem::content_type());
        self.add_headers(response.headers_mut());
        self.log(response.status(), None);
        let response: HttpResponse = response.set_body(BoxBody::new(self.render(&problem)));
        InternalError::from_response(problem, response).into()
    }

    fn add_headers(&self, headers: &mut HeaderMap) {
        security_headers::apply(headers, &self.path, self.state.settings.production);
        if let Ok(id) = HeaderValue::from_str(self.id.as_str()) {
            headers.insert(REQUEST_ID, id);
        }
    }

    /// One line a request. The path itself is not in it: it can hold ids, and the query tokens.
    fn log(&self, status: StatusCode, route: Option<&str>) {
        let _in_span = self.span.enter();
        self.span.record("route", route.unwrap_or("none"));
        let latency_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(status = status.as_u16(), latency_ms, "request handled");
    }
}

/// The id that the caller gave the request, when it is a sane one.
fn caller_id(headers: &HeaderMap) -> Option<RequestId> {
    RequestId::parse(headers.get(REQUEST_ID)?.to_str().ok()?)
}

/// What stands for a failure that the framework, or a layer of it, answered by itself.
fn from_framework(status: StatusCode, error: Option<&Error>) -> Problem {
    if error.is_some_and(|error| error.as_error::<actix_cors::CorsError>().is_some()) {
        return Problem::new(Kind::Forbidden).detail("Pages of this origin may not make this request");
    }
    match Kind::from_status(status) {
        Kind::InternalError => Problem::internal(error.map_or_else(|| status.to_string(), Error::to_string)),
        kind => Problem::new(kind),
    }
}

fn out_of_time() -> Problem {
    Problem::unavailable(format!("not done within {DONE_WITHIN:?}"))
}
