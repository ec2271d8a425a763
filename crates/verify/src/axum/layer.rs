//! A tower layer that lets requests through to a service, or answers them.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum_core::response::{IntoResponse as _, Response};
use http::Request;
use tower_layer::Layer;
use tower_service::Service;

use super::extract::identify;
use crate::{Anybody, Gate, Require, Requirement};

/// Lets those requests through whose caller meets `R`, with the [`Caller`](crate::Caller) among their extensions;
/// answers the others.
pub struct GateLayer<R = Anybody> {
    gate: Gate,
    requirement: PhantomData<fn() -> R>,
}

impl<R: Requirement> GateLayer<R> {
    /// The layer of that gate.
    #[must_use]
    pub const fn new(gate: Gate) -> Self {
        Self { gate, requirement: PhantomData }
    }
}

impl<R> Clone for GateLayer<R> {
    fn clone(&self) -> Self {
        Self { gate: self.gate.clone(), requirement: PhantomData }
    }
}

impl<R> fmt::Debug for GateLayer<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("GateLayer").field(&self.gate).finish()
    }
}

impl<S, R> Layer<S> for GateLayer<R> {
    type Service = GateService<S, R>;

    fn layer(&self, inner: S) -> GateService<S, R> {
        GateService { inner, layer: self.clone() }
    }
}

/// A service behind a [`GateLayer`].
#[derive(Debug)]
pub struct GateService<S, R = Anybody> {
    inner: S,
    layer: GateLayer<R>,
}

impl<S: Clone, R> Clone for GateService<S, R> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), layer: self.layer.clone() }
    }
}

impl<S, R, B> Service<Request<B>> for GateService<S, R>
where
    S: Service<Request<B>, Response = Response> + Clone + Send + 'static,
    S::Future: Send,
    R: Requirement,
    B: Send + 'static,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        // The service that is ready serves this request; its clone gets ready for the next one.
        let next = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, next);
        let gate = self.layer.gate.clone();
        Box::pin(async move {
            match identify(&gate, request.headers()).await.and_then(Require::<R>::of) {
                Ok(admitted) => {
                    request.extensions_mut().insert(admitted.caller);
                    inner.call(request).await
                }
                Err(denial) => Ok(denial.into_response()),
            }
        })
    }
}
