//! A server whose clock is set back and forth, as by somebody who mends it by hand.

use std::path::PathBuf;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Backend, Voxgate};
use crate::person::{PASSWORD, Person, person};

/// What a server takes for the time, by libfaketime. Timers go on as ever.
struct Clock {
    file: PathBuf,
    _dir: tempfile::TempDir,
}

impl Clock {
    /// One that is right.
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Self { file: dir.path().join("clock"), _dir: dir };
        clock.is_off_by("+0");
        clock
    }

    fn is_off_by(&self, offset: &str) {
        let next = self.file.with_extension("next");
        std::fs::write(&next, offset).unwrap();
        std::fs::rename(next, &self.file).unwrap();
    }

    /// Starts a server that has it.
    async fn start(&self, backend: Backend) -> Voxgate {
        let found = the_one_in("/usr/lib", "faketime/libfaketime.so.1");
        let library = found.expect("libfaketime is missing: apt-get install faketime");
        let settings = [
            ("LD_PRELOAD", library.to_str().unwrap()),
            ("FAKETIME_TIMESTAMP_FILE", self.file.to_str().unwrap()),
            ("FAKETIME_NO_CACHE", "1"),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
            ("REFRESH_TOKEN_TTL", "30m"),
            ("SESSION_IDLE_TIMEOUT", "30m"),
        ];
        Voxgate::start_with(backend, &settings).await
    }
}

/// The first `folder/*/name`.
fn the_one_in(folder: &str, name: &str) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path().join(name)).find(|path| path.exists())
}

async fn verify(voxgate: &Voxgate, who: &Person, proof: Value) -> Answer {
    let mut body = proof;
    body["mfa_token"] = voxgate.pending(who).await.into();
    voxgate.post("/auth/mfa/verify", body).await
}

async fn refreshed(voxgate: &Voxgate, who: &Person) -> Person {
    person(&who.email, &voxgate.refresh(&who.refresh_token).await.expect(200).json())
}

pub(crate) async fn no_session_is_endless_and_no_code_works_twice_whatever_the_clock_does(backend: Backend) {
    let clock = Clock::new();
    let voxgate = clock.start(backend).await;
    let (ada, app, recovery_codes) = voxgate.with_mfa("ada@example.org").await;
    let with_code = verify(&voxgate, &ada, json!({"code": app.now()})).await.expect(200).json();
    let with_code = person(&ada.email, &with_code);
    let bob = voxgate.logged_in("bob@example.org").await;
    voxgate.call(Method::POST, "/auth/logout", &bob.access_token, Value::Null).await.expect(204);
    let eve = voxgate.logged_in("eve@example.org").await;
    for _ in 0..5 {
        voxgate.log_in(&eve.email, "wrong-Password-1").await.expect_problem(401, "invalid_credentials");
    }
    voxgate.log_in(&eve.email, "wrong-Password-1").await.expect_problem(423, "account_locked");

    clock.is_off_by("-1h");
    voxgate.get("/health/ready").await.expect(200);
    // What was issued in the future is refused, and its session goes on.
    voxgate.profile(&with_code).await.expect_problem(401, "unauthenticated");
    let back = refreshed(&voxgate, &with_code).await;
    voxgate.profile(&back).await.expect(200);
    voxgate.refresh(&bob.refresh_token).await.expect_problem(401, "invalid_refresh_token");
    voxgate.log_in(&eve.email, PASSWORD).await.expect_problem(423, "account_locked");
    // No code works again, nor one of a step before the last; a recovery code does.
    for code in [app.now(), app.ago(3_600)] {
        verify(&voxgate, &ada, json!({"code": code})).await.expect_problem(401, "invalid_mfa_code");
    }
    verify(&voxgate, &ada, json!({"recovery_code": recovery_codes[0]})).await.expect(200);

    clock.is_off_by("+1h");
    voxgate.get("/health/ready").await.expect(200);
    // The time of its session is over, whatever the time was meanwhile.
    voxgate.profile(&back).await.expect_problem(401, "unauthenticated");
    voxgate.refresh(&back.refresh_token).await.expect_problem(401, "invalid_refresh_token");
    let later = person(&eve.email, &voxgate.log_in(&eve.email, PASSWORD).await.expect(200).json());
    let ahead = app.ahead(3_600);
    verify(&voxgate, &ada, json!({"code": ahead})).await.expect(200);

    clock.is_off_by("+0");
    // Another code of the present is one of before the last.
    for code in [ahead, app.after()] {
        verify(&voxgate, &ada, json!({"code": code})).await.expect_problem(401, "invalid_mfa_code");
    }
    let later = refreshed(&voxgate, &later).await;
    voxgate.profile(&later).await.expect(200);

    clock.is_off_by("+2h");
    voxgate.profile(&later).await.expect_problem(401, "unauthenticated");
    voxgate.refresh(&later.refresh_token).await.expect_problem(401, "invalid_refresh_token");
    let eve = person(&eve.email, &voxgate.log_in(&eve.email, PASSWORD).await.expect(200).json());
    voxgate.profile(&eve).await.expect(200);

    let proven = voxgate.command(&["audit", "verify"]);
    assert!(proven.status.success(), "{}", String::from_utf8_lossy(&proven.stderr));
    assert!(!voxgate.log().contains("panicked"), "{}", voxgate.log());
}
