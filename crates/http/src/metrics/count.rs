//! Counting.

use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};

use super::names::{
    ALL, AUDIT_EVENTS, BUILD_INFO, HTTP_DURATION, HTTP_IN_FLIGHT, HTTP_REQUESTS, HTTP_SHED, LOCKOUTS, LOGINS,
    MetricKind, RATE_LIMIT_HITS, WEBHOOK_ATTEMPTS,
};
use crate::problem::{Kind, Problem};

/// What stands for a path that is no route.
const NO_ROUTE: &str = "unmatched";

/// Tells the collector what each metric means, and begins at zero what alerts watch.
pub fn register() {
    for metric in ALL {
        match metric.kind {
            MetricKind::Counter => describe_counter!(metric.name, metric.meaning),
            MetricKind::Gauge => describe_gauge!(metric.name, metric.meaning),
            MetricKind::Histogram => describe_histogram!(metric.name, metric.meaning),
        }
    }
    for name in [HTTP_SHED, LOCKOUTS] {
        counter!(name).increment(0);
    }
    for outcome in LOGIN_OUTCOMES {
        counter!(LOGINS, "outcome" => *outcome).increment(0);
    }
    for outcome in WEBHOOK_OUTCOMES {
        counter!(WEBHOOK_ATTEMPTS, "outcome" => *outcome).increment(0);
    }
    gauge!(BUILD_INFO, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
}

/// A request was answered.
pub(crate) fn count_request(method: &Method, route: Option<&str>, status: StatusCode, latency: Duration) {
    let labels = [
        ("method", method_label(method).to_owned()),
        ("route", route.unwrap_or(NO_ROUTE).to_owned()),
        ("status", status_label(status).to_owned()),
    ];
    counter!(HTTP_REQUESTS, &labels).increment(1);
    histogram!(HTTP_DURATION, &labels).record(latency.as_secs_f64());
}

/// Any method may be sent: those that no route has are one.
pub(crate) fn method_label(method: &Method) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"];
    KNOWN.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}

fn status_label(status: StatusCode) -> &'static str {
    match status.as_u16() {
        ..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        500.. => "5xx",
    }
}

/// How many requests are being handled.
pub(crate) fn in_flight(count: usize) {
    gauge!(HTTP_IN_FLIGHT).set(u32::try_from(count).unwrap_or(u32::MAX));
}

/// A request was refused because too many were being handled.
pub(crate) fn count_shed() {
    counter!(HTTP_SHED).increment(1);
}

/// A rate limit refused a request. `limit` is the name of the limit: one of a few.
pub fn count_rate_limit_hit(limit: &'static str) {
    counter!(RATE_LIMIT_HITS, "limit" => limit).increment(1);
}

/// An audit event was committed, by its wire name and outcome. Both are closed sets.
pub fn count_event(event: &'static str, outcome: &'static str) {
    /// The act of locking an address.
    const LOCKED: &str = "account.locked";
    counter!(AUDIT_EVENTS, "event" => event, "outcome" => outcome).increment(1);
    if event == LOCKED {
        counter!(LOCKOUTS).increment(1);
    }
}

/// What can come of sending a webhook.
const WEBHOOK_OUTCOMES: &[&str] = &["delivered", "put_off", "given_up"];

/// A webhook was sent, or tried to be, with this outcome: one of a few.
pub fn count_webhook(outcome: &'static str) {
    counter!(WEBHOOK_ATTEMPTS, "outcome" => outcome).increment(1);
}

/// What can come of a login. Whether an address has an account is not among them.
const LOGIN_OUTCOMES: &[&str] = &[
    "success",
    "code_owed",
    "invalid_credentials",
    "invalid_mfa_code",
    "email_not_verified",
    "account_inactive",
    "account_locked",
    "unavailable",
    "failed",
];

/// A login, or the code of its second factor, came to `outcome`; `code_owed` when it is not over yet.
pub(crate) fn count_login(outcome: Result<bool, &Problem>) {
    let outcome = match outcome {
        Ok(false) => "success",
        Ok(true) => "code_owed",
        Err(problem) => match problem.kind() {
            kind @ (Kind::InvalidCredentials
            | Kind::InvalidMfaCode
            | Kind::EmailNotVerified
            | Kind::AccountInactive
            | Kind::AccountLocked
            | Kind::Unavailable) => kind.code(),
            _ => "failed",
        },
    };
    counter!(LOGINS, "outcome" => outcome).increment(1);
}
