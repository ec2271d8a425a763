//! Registering.

use std::sync::atomic::{AtomicU64, Ordering};

use http::StatusCode;

use super::{credentials, insist};
use crate::load::{Ask, Client};

/// Somebody who registers one new address after the other.
pub(crate) struct Registration(u32);

impl Registration {
    pub(crate) fn new() -> Self {
        // Of another run of this program, with the same database, are other addresses.
        Self(rand::random())
    }
}

impl Client for Registration {
    fn ask(&mut self) -> Option<Ask> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let email = format!("new-{:08x}-{number}@example.org", self.0);
        Some(Ask::post("/auth/register", &credentials(&email)))
    }

    fn answered(&mut self, status: StatusCode, body: &[u8]) -> Result<(), String> {
        insist("/auth/register", status, StatusCode::ACCEPTED, body)
    }
}
