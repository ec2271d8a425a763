//! What checking a token costs, beside the RSA operation in it.
//!
//! `cargo bench -p voxgate-verify --all-features` prints both, and what the rest costs: parsing, comparing, copying.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    unreachable_pub,
    dead_code,
    reason = "a benchmark that cannot go on fails, and prints what it found; criterion's macros document nothing"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::hint::black_box;
use std::time::{Duration, Instant};

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use criterion::{Criterion, criterion_group, criterion_main};
use support::{Key, key_set, now, service, verifier};
use voxgate_verify::RoleTable;

/// The same work in turns, so that a noisy neighbour slows both alike: the median of each, for one token.
fn in_turns(mut one: impl FnMut(), mut other: impl FnMut()) -> (Duration, Duration) {
    const BATCH: u32 = 200;
    let mut timed = (Vec::new(), Vec::new());
    let time = |work: &mut dyn FnMut()| {
        let began = Instant::now();
        (0..BATCH).for_each(|_| work());
        began.elapsed() / BATCH
    };
    for _ in 0..300 {
        timed.0.push(time(&mut one));
        timed.1.push(time(&mut other));
    }
    let median = |mut times: Vec<Duration>| {
        times.sort_unstable();
        times[times.len() / 2]
    };
    (median(timed.0), median(timed.1))
}

fn verify(criterion: &mut Criterion) {
    let key = Key::new("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    let (token, of_a_service) = (key.token(), key.forge(key.header(), service()));
    let (keys, verifier, roles) = (key_set(&[&key]), verifier(), RoleTable::default());

    let (modulus, exponent) = (key.modulus(), key.exponent());
    let components = RsaPublicKeyComponents { n: &modulus, e: &exponent };
    let parsed = components.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();

    let raw = || parsed.verify_sig(black_box(signed.as_bytes()), black_box(&signature)).unwrap();
    let whole = || drop(black_box(roles.caller(verifier.verify(black_box(&token), &keys, now()).unwrap())));

    let mut group = criterion.benchmark_group("verify");
    group.bench_function("raw RSA-2048 of aws-lc-rs", |bencher| bencher.iter(raw));
    group.bench_function("token of a user", |bencher| bencher.iter(whole));
    group.bench_function("token of a service", |bencher| {
        bencher.iter(|| roles.caller(verifier.verify(black_box(&of_a_service), &keys, now()).unwrap()));
    });
    group.bench_function("token by an unknown key", |bencher| {
        let stranger = Key::new("stranger").token();
        bencher.iter(|| verifier.verify(black_box(&stranger), &keys, now()).unwrap_err());
    });
    group.finish();

    let (raw, whole) = in_turns(raw, whole);
    let ratio = whole.as_secs_f64() / raw.as_secs_f64();
    println!("a token of a user {whole:.2?}, raw RSA verify {raw:.2?}: {ratio:.3} times");
}

criterion_group!(benches, verify);
criterion_main!(benches);
