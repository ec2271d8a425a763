//! What issuing and verifying an access token cost, as the service does both.
//!
//! `cargo bench -p voxgate-crypto --bench tokens`

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on fails")]

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use secrecy::ExposeSecret as _;
use uuid::Uuid;
use voxgate_crypto::{JwtTokens, KeyOrigin, KeyRing};
use voxgate_domain::ports::{AccessClaims, TokenIssuer as _, TokenVerifier as _};
use voxgate_domain::{AuthMethods, RoleName, Timestamp};

fn claims(now: Timestamp) -> AccessClaims {
    AccessClaims {
        subject: Uuid::from_u128(1).into(),
        session: Uuid::from_u128(2).into(),
        token_id: Uuid::from_u128(3),
        issued_at: now,
        expires_at: now.plus(Duration::from_secs(900)),
        auth_time: now,
        roles: vec![RoleName::patient(), RoleName::admin()],
        amr: AuthMethods::PasswordAndCode,
    }
}

fn tokens(criterion: &mut Criterion) {
    let now = Timestamp::from_unix_micros(1_790_000_000_000_000).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys");
    KeyRing::generate(&keys, now, KeyOrigin::Operator).unwrap();
    let tokens = JwtTokens::load(keys, "https://auth.example.org".into(), "voxgate".into(), now).unwrap();
    let claims = claims(now);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let token = runtime.block_on(tokens.issue(&claims)).unwrap();
    let token = token.0.expose_secret();

    let mut group = criterion.benchmark_group("access token");
    group.bench_function("issue", |bencher| {
        bencher.iter(|| runtime.block_on(tokens.issue(black_box(&claims))).unwrap());
    });
    group.bench_function("verify", |bencher| bencher.iter(|| tokens.verify(black_box(token), now).unwrap()));
    group.bench_function("refuse: expired", |bencher| {
        let later = now.plus(Duration::from_secs(3_600));
        bencher.iter(|| tokens.verify(black_box(token), later).unwrap_err());
    });
    group.finish();
}

criterion_group!(benches, tokens);
criterion_main!(benches);
