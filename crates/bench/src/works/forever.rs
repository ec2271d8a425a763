//! The same question again and again.

use http::StatusCode;

use super::insist;
use crate::load::{Ask, Client};

/// Asks what `next` says, and insists on one status.
pub(crate) struct Forever<F> {
    what: &'static str,
    expected: StatusCode,
    next: F,
}

impl<F: FnMut() -> Ask> Forever<F> {
    /// `what` names the request when something is wrong with the answer.
    pub(crate) fn new(what: &'static str, expected: StatusCode, next: F) -> Self {
        Self { what, expected, next }
    }
}

impl<F: FnMut() -> Ask> Client for Forever<F> {
    fn ask(&mut self) -> Option<Ask> {
        Some((self.next)())
    }

    fn answered(&mut self, status: StatusCode, body: &[u8]) -> Result<(), String> {
        insist(self.what, status, self.expected, body)
    }
}
