//! Refreshing a session.

use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::{Person, insist};
use crate::load::{Ask, Client};

/// Somebody who refreshes one session again and again, each time by the token that the last answer brought.
pub(crate) struct Refresh(Person);

#[derive(Deserialize)]
struct Pair {
    refresh_token: String,
}

impl Refresh {
    pub(crate) fn new(person: &Person) -> Self {
        Self(person.clone())
    }
}

impl Client for Refresh {
    fn ask(&mut self) -> Option<Ask> {
        Some(Ask::post("/auth/refresh", &json!({"refresh_token": *self.0.refresh_token.lock().ok()?})))
    }

    fn answered(&mut self, status: StatusCode, body: &[u8]) -> Result<(), String> {
        insist("/auth/refresh", status, StatusCode::OK, body)?;
        let pair: Pair = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        // Whoever measures the same session later goes on with it.
        let mut token = self.0.refresh_token.lock().map_err(|_| "another client gave up".to_owned())?;
        *token = pair.refresh_token;
        Ok(())
    }
}
