//! Bodies in JSON, queries, and the problems that they are refused with.

use serde_json::Value;
use voxgate_http::fuzzing::{self, Refused};

/// The most fields that an answer lists, and the longest name of one, with what JSON makes of a character.
const MAX_BODY: usize = 64 * 1_024;

pub(super) fn json(body: &[u8]) {
    match fuzzing::json(body) {
        // Another reader of JSON, which keeps the last of two keys, has read the same: so there are no two.
        Ok(members) => assert_eq!(serde_json::from_slice::<Value>(body).ok(), Some(Value::Object(members))),
        Err(refused) => told(&refused),
    }
    if let Err(refused) = fuzzing::form(body) {
        told(&refused);
    }
}

pub(super) fn query(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Err(refused) = fuzzing::query(text) {
        told(&refused);
    }
}

/// A refusal is the caller's fault, and a short problem in JSON whatever the caller wrote.
fn told(refused: &Refused) {
    assert!(matches!(refused.status, 400 | 422), "{refused:?}");
    assert!(refused.body.len() < MAX_BODY, "an answer of {} bytes", refused.body.len());
    let problem: Value = serde_json::from_slice(&refused.body).unwrap_or_default();
    assert_eq!(problem.get("status").and_then(Value::as_u64), Some(refused.status.into()));
    let listed = problem.get("errors").and_then(Value::as_array).map_or(0, Vec::len);
    assert_eq!(refused.status == 422, listed > 0, "{problem}");
}
