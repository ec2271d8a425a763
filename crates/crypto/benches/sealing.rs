//! What sealing the audit trail costs, step by step: the leaf of an event, the root over a full batch, the signature.
//!
//! `cargo bench -p voxgate-crypto --bench sealing`

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on fails")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use uuid::Uuid;
use voxgate_crypto::{KeyOrigin, SealKeys, Sha256Digest};
use voxgate_domain::audit::{Hash, MerkleTree, RecordedEvent, SealDraft, leaf_hash};
use voxgate_domain::ports::SealSigner as _;
use voxgate_domain::{Timestamp, UserId};

/// As many events as a seal is for at most.
const BATCH: u64 = 4_096;

fn event(n: u64, now: Timestamp) -> RecordedEvent {
    let user = UserId::from(Uuid::from_u128(u128::from(n % 97)));
    RecordedEvent {
        id: Uuid::from_u128(u128::from(n)).into(),
        occurred_at: now,
        event: "login.succeeded".to_owned(),
        outcome: "success".to_owned(),
        actor_id: Some(user),
        subject_id: Some(user),
        session_id: Some(Uuid::from_u128(2).into()),
        ip_address: Some("203.0.113.7".to_owned()),
        user_agent: Some("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0".to_owned()),
        request_id: Some("0199d1a2-7c00-7000-8000-000000000001".to_owned()),
        reason: None,
        details: r#"{"amr":["pwd"],"device":"known"}"#.to_owned(),
    }
}

fn sealing(criterion: &mut Criterion) {
    let now = Timestamp::from_unix_micros(1_790_000_000_000_000).unwrap();
    let events: Vec<RecordedEvent> = (0..BATCH).map(|n| event(n, now)).collect();
    let leaves: Vec<Hash> = events.iter().map(|event| leaf_hash(event, &Sha256Digest)).collect();
    let root = |leaves: &[Hash]| {
        let mut tree = MerkleTree::default();
        leaves.iter().for_each(|leaf| tree.push(*leaf, &Sha256Digest));
        tree.root(&Sha256Digest)
    };
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("audit");
    SealKeys::generate(&folder, now, KeyOrigin::Operator).unwrap();
    let keys = SealKeys::load(folder, now).unwrap();
    let key_id = keys.key_id().unwrap();
    let draft = SealDraft {
        number: 1,
        first_position: 1,
        last_position: BATCH,
        root: root(&leaves),
        previous: Hash::NONE,
        sealed_at: now,
    };

    let mut group = criterion.benchmark_group("sealing");
    group.bench_function("leaf of an event", |bencher| {
        let event = events.first().unwrap();
        bencher.iter(|| leaf_hash(black_box(event), &Sha256Digest));
    });
    group.bench_function("signature of a seal", |bencher| {
        bencher.iter(|| keys.sign(&key_id, &black_box(&draft).canonical_bytes(&key_id)).unwrap());
    });
    group.throughput(Throughput::Elements(BATCH));
    group.bench_function("root over 4096 leaves", |bencher| bencher.iter(|| root(black_box(&leaves))));
    group.bench_function("a whole batch of 4096", |bencher| {
        bencher.iter(|| {
            let leaves: Vec<Hash> = black_box(&events).iter().map(|event| leaf_hash(event, &Sha256Digest)).collect();
            let draft = SealDraft { root: root(&leaves), ..draft.clone() };
            keys.sign(&key_id, &draft.canonical_bytes(&key_id)).unwrap()
        });
    });
    group.finish();
}

criterion_group!(benches, sealing);
criterion_main!(benches);
