//! Several people do whatever comes to their minds, one after the other, and a model says what must be true.
//!
//! [`model`] is the service in a few lines, without database, clock or secrets. [`sequence`] makes sequences up: what
//! people do with accounts, sessions and factors, and what administrators do to them, with tokens that are current, spent,
//! ended, of another purpose or made up. [`world`] does it to a real Voxgate over HTTP and compares each answer, status and
//! code; every few steps it looks at everything at once: each access token, each token of a session that is over, each
//! list, each account as administrators see it, and in the end the trail.
//!
//! A sequence that fails is shrunk, printed with the answer to each step, and its seed is kept in `regressions.txt`, which
//! is tried first from then on. `MODEL_CASES` and `MODEL_SCENES` make it longer:
//!
//! ```text
//! MODEL_CASES=1000 MODEL_SCENES=60 cargo test --test model
//! ```

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod app;
mod factor;
mod mailbox;
mod model;
mod operation;
mod perform;
mod secrets;
mod sequence;
mod sweep;
mod world;

#[expect(dead_code, reason = "shared with the other end-to-end tests")]
#[path = "../e2e/harness.rs"]
mod harness;
#[expect(dead_code, reason = "shared with the other end-to-end tests")]
#[path = "../e2e/person.rs"]
mod person;

use std::fmt::Write as _;

use proptest::test_runner::{Config, FileFailurePersistence, TestCaseError, TestError, TestRunner};
use tokio::runtime::Runtime;

use harness::{Backend, Voxgate};
use operation::Operation;
use world::World;

const REGRESSIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/model/regressions.txt");
/// The administrator of the beginning.
const ROOT: &str = "root@example.org";

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name}: a number")))
}

/// Leaves out every operation without which the sequence still fails: what proptest shrinks is scenes.
fn shortened(
    live: impl Fn(&[Operation]) -> Result<(), String>,
    mut why: String,
    mut operations: Vec<Operation>,
) -> (String, Vec<Operation>) {
    for n in (0..operations.len()).rev() {
        let mut fewer = operations.clone();
        fewer.remove(n);
        if let Err(still) = live(&fewer) {
            (why, operations) = (still, fewer);
        }
    }
    (why, operations)
}

fn everything_is_as_the_model_says(backend: Backend) {
    let (cases, scenes) = (setting("MODEL_CASES", 16), setting("MODEL_SCENES", 20));
    let runtime = Runtime::new().unwrap();
    // A spent refresh token betrays itself at once, and a few failures lock.
    let settings = [("REFRESH_REUSE_LEEWAY", "0s"), ("LOCKOUT_THRESHOLD", "3")];
    let voxgate = runtime.block_on(Voxgate::start_with(backend, &settings));
    runtime.block_on(voxgate.admin(ROOT));

    let mut runner = TestRunner::new(Config {
        cases: u32::try_from(cases).unwrap(),
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(REGRESSIONS))),
        max_shrink_iters: 2_000,
        max_shrink_time: 180_000,
        ..Config::default()
    });
    let live = |operations: &[Operation]| {
        runtime.block_on(async { World::begin(&voxgate).await.live_through(operations).await })
    };
    match runner.run(&sequence::sequences(scenes), |operations| live(&operations).map_err(TestCaseError::fail)) {
        Ok(()) => {}
        Err(TestError::Fail(why, operations)) => {
            let (why, operations) = shortened(live, why.to_string(), operations);
            let mut listed = String::new();
            operations.iter().for_each(|operation| writeln!(listed, "    {operation:?}").unwrap());
            panic!("{why}\n\nthe shortest sequence that fails:\n{listed}");
        }
        Err(TestError::Abort(why)) => panic!("{why}"),
    }
    let verified = voxgate.command(&["audit", "verify"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
}

#[test]
fn everything_is_as_the_model_says_on_sqlite() {
    everything_is_as_the_model_says(Backend::Sqlite);
}

#[test]
fn everything_is_as_the_model_says_on_postgres() {
    everything_is_as_the_model_says(Backend::Postgres);
}
