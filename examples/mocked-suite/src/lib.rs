//! A small service beside Voxgate that links the domain crate alone, for the sake of its tests.
//!
//! - **Is**: three decisions as a sibling service makes them, each over ports that it is given, with tests over mocks
//!   and fixtures below.
//! - **Is not**: a program, nor part of Voxgate. Who serves HTTP looks at the examples beside it.
//! - **May depend on it**: nothing.

pub mod access;
pub mod sweep;
pub mod trail;

/// Runs what mocked ports make ready at once; a service has its runtime here.
#[cfg(test)]
fn run<F: Future>(future: F) -> F::Output {
    use std::task::{Context, Poll, Waker};
    match std::pin::pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("mocked ports make nobody wait"),
    }
}
