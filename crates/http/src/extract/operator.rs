//! Who may see the state of the service.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use ipnet::IpNet;
use voxgate_domain::Permission;

use super::{Granted, OpsRead};
use crate::access::{Access, hold_to_declared};
use crate::problem::Problem;
use crate::state::state;

/// Somebody on this machine, or whoever has the permission `ops:read`.
pub(crate) struct Operator;

/// The same, or a peer in a network that `METRICS_PEERS` names.
pub(crate) struct MetricsReader;

/// Headers that proxies add. A request with one did not begin where its connection does.
const PROXIED: [&str; 6] =
    ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via"];

impl FromRequest for Operator {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { admit(&request, &[]).await.map(|()| Self) })
    }
}

impl FromRequest for MetricsReader {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let networks = &state(&request)?.settings.metrics_peers;
            admit(&request, networks).await.map(|()| Self)
        })
    }
}

/// Lets in whom the connection itself, or else the permission, allows.
async fn admit(request: &HttpRequest, networks: &[IpNet]) -> Result<(), Problem> {
    hold_to_declared(request, Access::Permitted(Permission::OpsRead))?;
    if direct_peer(request).is_some_and(|peer| peer.is_loopback() || networks.iter().any(|net| net.contains(&peer))) {
        return Ok(());
    }
    Granted::<OpsRead>::from_request(request, &mut Payload::None).await.map(drop)
}

/// The other end of the connection, when the request comes from there and not through a proxy: behind one on the same
/// machine all the world is a loopback peer. What a client says of addresses is not looked at.
fn direct_peer(request: &HttpRequest) -> Option<IpAddr> {
    let proxied = PROXIED.iter().any(|name| request.headers().contains_key(*name));
    request.peer_addr().filter(|_| !proxied).map(|peer| peer.ip().to_canonical())
}
