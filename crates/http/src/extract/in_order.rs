//! Two extractors, one after the other.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

/// First `A`, then `B`: so that nobody learns what is wrong with a body before it is known who sent it. Extractors that
/// stand side by side in a handler run at once, and the fastest failure wins.
pub(crate) struct InOrder<A, B>(pub(crate) A, pub(crate) B);

impl<A, B> FromRequest for InOrder<A, B>
where
    A: FromRequest + 'static,
    B: FromRequest + 'static,
{
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let first = A::from_request(&request, &mut Payload::None).await.map_err(Into::into)?;
            let second = B::from_request(&request, &mut payload).await.map_err(Into::into)?;
            Ok(Self(first, second))
        })
    }
}
