//! Counts requests by address, and says in every answer where its caller stands.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, web};

use crate::client_address::ClientAddress;
use crate::limits::{Tally, hold};
use crate::problem::Problem;
use crate::state::State;

/// What is never limited: whoever watches the service must see it when it is busiest.
pub(crate) const UNLIMITED: &[&str] = &["/health", "/health/live", "/health/ready", "/metrics"];

/// See the module. What else is limited is counted where it is known: by extractors, and by handlers.
pub(crate) async fn rate_limit<B: MessageBody>(
    state: web::Data<State>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    if UNLIMITED.contains(&request.path()) {
        return next.call(request).await.map(ServiceResponse::map_into_left_body);
    }
    let tally = Tally::default();
    request.extensions_mut().insert(tally.clone());
    let mut response = match count(&state, &request).await {
        Ok(()) => next.call(request).await?.map_into_left_body(),
        Err(problem) => request.error_response(problem).map_into_right_body(),
    };
    tally.tell(response.headers_mut());
    Ok(response)
}

async fn count(state: &State, request: &ServiceRequest) -> Result<(), Problem> {
    let ClientAddress(address) = ClientAddress::of(request)?;
    hold(request, state.throttle.request(address).await)
}
