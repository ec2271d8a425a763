//! Refuses requests from networks that may not call.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, web};

use crate::client_address::ClientAddress;
use crate::problem::{Kind, Problem};
use crate::state::State;

/// What is answered to every network: probes come from wherever the platform is, and learn no more than a version.
pub(crate) const OPEN: &[&str] = &["/health/live", "/health/ready"];

/// See the module.
pub(crate) async fn client_address<B: MessageBody>(
    state: web::Data<State>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let address = ClientAddress::of(&request)?;
    if !state.settings.clients.allows(address) && !OPEN.contains(&request.path()) {
        let refused = request.error_response(Problem::new(Kind::IpNotAllowed));
        return Ok(refused.map_into_right_body());
    }
    next.call(request).await.map(ServiceResponse::map_into_left_body)
}
