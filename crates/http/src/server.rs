//! The application, assembled, and the server that runs it.

use std::io;
use std::net::TcpListener;
use std::num::NonZero;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::KeepAlive;
use actix_web::middleware::from_fn;
use actix_web::{App, Error, HttpServer, web};
use utoipa_actix_web::AppExt as _;

use crate::allowed_methods::no_route;
use crate::connections::Connections;
use crate::middleware::{client_address, cors, observe, rate_limit};
use crate::state::State;
use crate::{HttpSettings, Readiness, Services, routes};

/// How long a client may take to close its side.
const DISCONNECT_WITHIN: Duration = Duration::from_secs(5);

/// Serves `services` on `listener`, with a worker thread a core, HTTP/1.1 only: TLS and HTTP/2 are the proxy's. Signals
/// are left to the caller, who stops the server through its handle.
///
/// The server runs when it is awaited.
///
/// # Errors
///
/// An error of the operating system when the listener cannot be used; one that names the route when a route does not
/// declare who may call it.
pub fn serve(
    listener: TcpListener,
    services: Services,
    settings: HttpSettings,
    readiness: Readiness,
) -> io::Result<Server> {
    let (grace, capacity) = (settings.shutdown_grace.as_secs(), settings.capacity.clone());
    let workers = available_parallelism().map_or(1, NonZero::get);
    let state = web::Data::new(State::new(services, settings, readiness).map_err(io::Error::other)?);
    let connections = Arc::<Connections>::default();
    tokio::spawn(Connections::watch(Arc::downgrade(&connections), capacity.keep_alive + capacity.headers_within));
    let server = HttpServer::new(move || app(state.clone()))
        .workers(workers)
        .client_request_timeout(capacity.headers_within)
        .client_disconnect_timeout(DISCONNECT_WITHIN)
        .on_connect(move |socket, data| connections.opened(socket, data))
        .keep_alive(KeepAlive::Timeout(capacity.keep_alive))
        .max_connections(capacity.max_connections.div_ceil(workers))
        .shutdown_timeout(grace)
        .disable_signals()
        .listen(listener)?
        .run();
    Ok(server)
}

/// The routes with all that is around them.
pub(crate) fn app(
    state: web::Data<State>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    let cors = cors(&state.settings);
    App::new()
        .app_data(state)
        .into_utoipa_app()
        .configure(routes::api)
        .into_app()
        .configure(routes::pages)
        .default_service(web::route().to(no_route))
        .wrap(from_fn(rate_limit))
        .wrap(from_fn(client_address))
        .wrap(cors)
        .wrap(from_fn(observe))
}
