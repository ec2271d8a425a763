//! Who calls, as far as the connection and the headers tell.

use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv4Addr};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use voxgate_domain::{ClientContext, RequestId, UserAgent};

use crate::problem::Problem;

/// The caller's side of the request.
pub(crate) struct Client(pub(crate) ClientContext);

impl FromRequest for Client {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(context(request).map(Self))
    }
}

/// The id of the request.
///
/// # Errors
///
/// An internal one, when no middleware gave it one.
fn request_id(request: &HttpRequest) -> Result<RequestId, Problem> {
    request.extensions().get::<RequestId>().cloned().ok_or_else(|| Problem::internal("the request has no id"))
}

/// The address of the caller.
pub(crate) fn address(request: &HttpRequest) -> IpAddr {
    request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip().to_canonical())
}

/// What is known of the caller's side.
///
/// # Errors
///
/// As [`request_id`].
pub(super) fn context(request: &HttpRequest) -> Result<ClientContext, Problem> {
    let agent = request.headers().get(header::USER_AGENT);
    Ok(ClientContext {
        ip_address: address(request),
        user_agent: agent.and_then(|agent| UserAgent::from_header(&String::from_utf8_lossy(agent.as_bytes()))),
        request_id: request_id(request)?,
    })
}
