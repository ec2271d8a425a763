//! Whether an address has an account cannot be told from an answer, nor from how long it takes.

use std::io::Write as _;
use std::time::Instant;

use serde_json::{Value, json};

use crate::harness::{Answer, Backend, Voxgate};
use crate::person::{OTHER_PASSWORD, PASSWORD};

/// Trials for each of the two kinds of address.
const TRIALS: usize = 60;

pub(crate) async fn known_and_unknown_addresses_are_answered_alike(backend: Backend) {
    // The lock is out of the way: it is the same for both, and tested elsewhere.
    let voxgate = Voxgate::start_with(backend, &[("LOCKOUT_THRESHOLD", "100")]).await;
    let known = "known@example.org";
    voxgate.verified(known).await;
    let unknown = |n: usize| format!("unknown{n}@example.org");

    let wrong = |email: &str| json!({"email": email, "password": OTHER_PASSWORD});
    compare(&voxgate, "/auth/login", 401, |_| wrong(known), |n| wrong(&unknown(n))).await;
    let register = |email: &str| json!({"email": email, "password": PASSWORD});
    let only = |email: &str| json!({"email": email});
    // These are answered after a set time, most of which passes in sleep: each leaves the others the machine.
    tokio::join!(
        compare(&voxgate, "/auth/register", 202, |_| register(known), |n| register(&unknown(n))),
        compare(&voxgate, "/auth/forgot-password", 202, |_| only(known), |n| only(&unknown(1_000 + n))),
        compare(&voxgate, "/auth/resend-verification", 202, |_| only(known), |n| only(&unknown(1_000 + n))),
    );
}

/// Sends both kinds in turn: status, body and headers must be the same, and the times too. Times are compared pair by
/// pair, since what else the machine does then meets both of a pair alike.
async fn compare(
    voxgate: &Voxgate,
    path: &str,
    status: u16,
    known: impl Fn(usize) -> Value,
    unknown: impl Fn(usize) -> Value,
) {
    let (mut times, mut differences) = (Vec::new(), Vec::new());
    for n in 0..TRIALS {
        let (answer, time) = timed(voxgate, path, known(n)).await;
        let (other, other_time) = timed(voxgate, path, unknown(n)).await;
        assert_eq!((answer.status, other.status), (status, status), "{path}");
        assert_eq!(stable(&answer.text), stable(&other.text), "{path}");
        assert_eq!(names(&answer), names(&other), "{path}");
        times.push(time);
        differences.push(time - other_time);
    }
    let (typical, difference) = (median(times), median(differences));
    let bound = typical * 0.1;
    let figures = format!("{path}: {typical:.2} ms for a known address, {difference:+.2} ms more than else");
    // Shown by --nocapture, for the record.
    let _ = writeln!(std::io::stdout(), "{figures}");
    assert!(difference.abs() <= bound, "{figures}");
}

/// The names of the headers.
fn names(answer: &Answer) -> Vec<String> {
    let mut names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
    names.sort();
    names
}

/// An answer, and how many milliseconds it took.
async fn timed(voxgate: &Voxgate, path: &str, body: Value) -> (Answer, f64) {
    let begun = Instant::now();
    let answer = voxgate.post(path, body).await;
    (answer, begun.elapsed().as_secs_f64() * 1_000.0)
}

/// A body without what differs between any two answers.
fn stable(text: &str) -> Value {
    let mut body: Value = serde_json::from_str(text).unwrap();
    body.as_object_mut().unwrap().remove("request_id");
    body
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
