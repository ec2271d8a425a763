//! Who keeps within the limit of a route.

use std::future::Future;
use std::marker::PhantomData;
use std::net::IpAddr;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use voxgate_application::{Standing, Throttle};

use crate::client_address::ClientAddress;
use crate::limits::hold;
use crate::problem::Problem;
use crate::state::state;

/// Somebody who keeps within the limit `L` of the route: so that a handler's signature says what it is
/// (`InOrder<Within<LogIns>, Body<…>>` counts before the body is read). It goes by the route that was matched, not by
/// how the path was written.
pub(crate) struct Within<L>(PhantomData<L>);

/// A limit by the caller's address, as a type.
pub(crate) trait AddressLimit: 'static {
    /// Counts a request from `address`.
    fn count(throttle: &Throttle, address: IpAddr) -> impl Future<Output = Option<Standing>>;
}

/// Logins, and their second steps.
pub(crate) struct LogIns;

impl AddressLimit for LogIns {
    async fn count(throttle: &Throttle, address: IpAddr) -> Option<Standing> {
        throttle.log_in(address).await
    }
}

/// Registrations.
pub(crate) struct Registrations;

impl AddressLimit for Registrations {
    async fn count(throttle: &Throttle, address: IpAddr) -> Option<Standing> {
        throttle.register(address).await
    }
}

impl<L: AddressLimit> FromRequest for Within<L> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let ClientAddress(address) = ClientAddress::of(&request)?;
            hold(&request, L::count(&state(&request)?.throttle, address).await)?;
            Ok(Self(PhantomData))
        })
    }
}
