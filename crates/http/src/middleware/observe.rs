//! The outermost layer: gives each request an id, a span, a time limit and a line in the log, and each failure its body.

use std::net::{IpAddr, Ipv4Addr};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::body::{BodySize, BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{ConnectionType, Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpResponse, ResponseError as _, web};
use futures_util::FutureExt as _;
use tracing::{Instrument as _, Span, field};
use voxgate_domain::RequestId;

use super::security_headers;
use crate::client_address::ClientAddress;
use crate::connections::Connection;
use crate::extract::{Identified, LoggedFields};
use crate::metrics;
use crate::problem::{CONTENT_TYPE, Kind, Problem};
use crate::readiness::Phase;
use crate::state::State;
use crate::trace_context::{TRACEPARENT, TraceParent};

/// The media type of an answer that a handler wrote itself, whatever its status.
const JSON: &str = "application/json";
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// After how long it is worth trying again when too many requests are being handled.
const CROWDED_FOR: Duration = Duration::from_secs(1);
/// The longest URL, and the most bytes of all headers.
const MAX_URL_BYTES: usize = 8 * 1_024;
const MAX_HEADER_BYTES: usize = 32 * 1_024;

/// What is known of a request before it is handled, for when it is gone after.
struct Observed {
    id: RequestId,
    path: String,
    method: Method,
    /// The template of the route that the path leads to.
    route: Option<String>,
    client: ClientAddress,
    /// Who calls, once that is known.
    identified: Identified,
    connection: Option<Arc<Connection>>,
    trace: TraceParent,
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
    let observed = Observed::new(id, &request, state);
    request.extensions_mut().insert(observed.id.clone());
    request.extensions_mut().insert(observed.client);
    request.extensions_mut().insert(observed.identified.clone());
    // The answer to HEAD is that to GET; the codec, which saw the request, leaves the body out.
    if observed.method == Method::HEAD {
        request.head_mut().method = Method::GET;
    }

    if is_huge(&request) {
        return Err(observed.fail(Problem::new(Kind::PayloadTooLarge).detail("The URL or the headers are too long")));
    }
    let Some(_place) = observed.state.in_flight.enter(&observed.path) else {
        metrics::count_shed();
        return Err(observed.fail(crowded()));
    };
    let patience = observed.state.settings.capacity.done_within;
    let handling = AssertUnwindSafe(tokio::time::timeout(patience, next.call(request))).catch_unwind();
    match handling.instrument(observed.span.clone()).await {
        Ok(Ok(Ok(response))) => Ok(observed.finish(response)),
        Ok(Ok(Err(error))) => Err(observed.fail(from_framework(error.as_response_error().status_code(), Some(&error)))),
        Ok(Err(_)) => Err(observed.fail(out_of_time(patience))),
        Err(_) => Err(observed.fail(Problem::internal("the handler panicked"))),
    }
}

impl Observed {
    fn new(id: RequestId, request: &ServiceRequest, state: web::Data<State>) -> Self {
        let (method, route) = (request.method().clone(), request.match_pattern());
        let span = tracing::info_span!(
            "request",
            otel.name = field::Empty,
            otel.kind = field::Empty,
            otel.status_code = field::Empty,
            http.response.status_code = field::Empty,
            request_id = %id,
            trace_id = field::Empty,
        );
        let parent = TraceParent::of(request.headers());
        let recorded = state.operations.traces.as_ref().and_then(|traces| {
            span.record("otel.name", format!("{method} {}", route.as_deref().unwrap_or("unmatched")));
            span.record("otel.kind", "server");
            traces.join(&span, parent)
        });
        let trace = recorded.unwrap_or_else(|| TraceParent::unrecorded(parent, &*state.entropy));
        span.record("trace_id", trace.trace());
        let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
        let (path, client) = (request.path().to_owned(), state.settings.clients.resolve(peer, request.headers()));
        let (identified, started) = (Identified::default(), Instant::now());
        let connection = request.conn_data::<Arc<Connection>>().cloned();
        if let Some(connection) = &connection {
            connection.begins();
        }
        Self { id, path, method, route, client, identified, connection, trace, span, started, state }
    }

    /// The answer on its way out.
    fn finish<B: MessageBody + 'static>(&self, mut response: ServiceResponse<B>) -> ServiceResponse<EitherBody<B>> {
        let failure = self.failure_without_body(&response);
        if let Some((status, _)) = &failure {
            *response.response_mut().status_mut() = *status;
            response.headers_mut().insert(header::CONTENT_TYPE, Problem::content_type());
        }
        self.add_headers(response.headers_mut());
        if self.state.readiness.phase() == Phase::Draining {
            response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
        }
        let logged = response.request().extensions().get::<LoggedFields>().and_then(|fields| fields.0.clone());
        self.conclude(response.status(), logged);
        // A stream may take as long as it does: whoever reads one is no stranger.
        if failure.is_some() || !matches!(response.response().body().size(), BodySize::Stream) {
            self.await_next();
        }
        response.map_body(|_, inner| match failure {
            Some((_, body)) => EitherBody::right(BoxBody::new(body)),
            None => EitherBody::left(inner),
        })
    }

    /// Status and body of a failure; none for a success, nor for a failure that has a body.
    fn failure_without_body<B>(&self, response: &ServiceResponse<B>) -> Option<(StatusCode, Vec<u8>)> {
        let status = response.status();
        let rendered = response.headers().get(header::CONTENT_TYPE);
        let rendered = rendered.is_some_and(|kind| kind == CONTENT_TYPE || kind == JSON);
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
        if self.state.readiness.phase() == Phase::Draining {
            response.head_mut().set_connection_type(ConnectionType::Close);
        }
        self.conclude(response.status(), None);
        self.await_next();
        let response: HttpResponse = response.set_body(BoxBody::new(self.render(&problem)));
        InternalError::from_response(problem, response).into()
    }

    /// From now on the connection waits for its next request.
    fn await_next(&self) {
        if let Some(connection) = &self.connection {
            connection.waits();
        }
    }

    fn add_headers(&self, headers: &mut HeaderMap) {
        security_headers::apply(headers, &self.path, self.state.settings.production);
        if let Ok(id) = HeaderValue::from_str(self.id.as_str()) {
            headers.insert(REQUEST_ID, id);
        }
        if let Ok(trace) = HeaderValue::try_from(self.trace.to_string()) {
            headers.insert(HeaderName::from_static(TRACEPARENT), trace);
        }
    }

    /// Counts the request and writes its one line. The path itself is not in it: it can hold ids, and the query tokens.
    fn conclude(&self, status: StatusCode, body: Option<String>) {
        let latency = self.started.elapsed();
        metrics::count_request(&self.method, self.route.as_deref(), status, latency);
        if self.state.operations.traces.is_some() {
            self.span.record("http.response.status_code", status.as_u16());
            if status.is_server_error() {
                self.span.record("otel.status_code", "ERROR");
            }
        }
        let _in_span = self.span.enter();
        let (user, session) = self.identified.get().unzip();
        tracing::info!(
            method = metrics::method_label(&self.method),
            route = self.route.as_deref().unwrap_or("unmatched"),
            status = status.as_u16(),
            latency_ms = (latency.as_secs_f64() * 1e6).round() / 1e3,
            client = %self.client.0,
            user_id = user.map(field::display),
            session_id = session.map(field::display),
            body,
            "request handled"
        );
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

fn out_of_time(patience: Duration) -> Problem {
    Problem::unavailable(format!("not done within {patience:?}"))
}

fn crowded() -> Problem {
    Problem::new(Kind::Unavailable).detail("Too many requests are being handled").retry_after(CROWDED_FOR)
}

/// Whether the head of a request is larger than any that means well.
fn is_huge(request: &ServiceRequest) -> bool {
    let url = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    let headers = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len());
    url > MAX_URL_BYTES || headers.sum::<usize>() > MAX_HEADER_BYTES
}
