//! A thousand random tamperings, each on a copy of one small trail: all are found.

use diesel::connection::SimpleConnection as _;
use voxgate_crypto::{KeyOrigin, SealKeys, SystemClock};
use voxgate_domain::ports::{Clock as _, Entropy as _};
use voxgate_testkit::fixtures::SeededEntropy;

use crate::harness::{Backend, Case};

const TAMPERINGS: u64 = 1_000;
const SEALS: u64 = 6;
const EACH: u64 = 20;
const EVENTS: u64 = SEALS * EACH;

/// A dice with the same throws in each run.
struct Dice(SeededEntropy);

impl Dice {
    fn below(&self, end: u64) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes) % end
    }

    fn one<'a>(&self, of: &[&'a str]) -> &'a str {
        of[usize::try_from(self.below(of.len().try_into().unwrap())).unwrap()]
    }

    fn place(&self) -> u64 {
        1 + self.below(EVENTS)
    }
}

fn at(position: u64) -> String {
    format!("id = (SELECT event_id FROM audit_positions WHERE position = {position})")
}

const EVENT_EDITS: &[&str] = &[
    "id = randomblob(16)",
    "occurred_at = occurred_at + 1",
    "occurred_at = occurred_at - 86400000000",
    "event = 'login.succeeded'",
    "outcome = 'success'",
    "actor_id = subject_id",
    "subject_id = NULL",
    "subject_id = session_id",
    "session_id = randomblob(16)",
    "ip_address = '198.51.100.1'",
    "ip_address = NULL",
    "user_agent = user_agent || 'x'",
    "user_agent = request_id, request_id = user_agent",
    "request_id = 'request-none'",
    "reason = 'none'",
    "reason = ''",
    "details = jsonb('{}')",
    "details = jsonb('{\"why\":\"locked\",\"count\":3}')",
    "details = jsonb('{\"why\":\"wrong_password\",\"count\":3.0}')",
    "details = jsonb('{\"count\":3,\"count\":3,\"why\":\"wrong_password\"}')",
    "details = jsonb('{\"why\":\"wrong_password\",\"count\":3,\"more\":null}')",
    "details = x'ff00ff'",
    "details = x''",
];

const SEAL_EDITS: &[&str] = &[
    "number = number + 100",
    "root = randomblob(32)",
    "previous = randomblob(32)",
    "sealed_at = sealed_at + 1",
    "key_id = 'another'",
    "signature = randomblob(256)",
    "signature = x'00'",
    "root = previous, previous = root",
    "last_position = last_position - 1, event_count = event_count - 1",
    "first_position = first_position + 1, event_count = event_count - 1",
];

const PLACE_EDITS: &[&str] = &[
    "leaf = randomblob(32)",
    "event_id = randomblob(16)",
    "position = position + 1000",
    "occurred_at = occurred_at + 1",
];

/// The statements of one tampering.
fn tampering(dice: &Dice) -> String {
    let (place, other, seal) = (dice.place(), dice.place(), 1 + dice.below(SEALS));
    match dice.below(14) {
        0..=3 => format!("UPDATE audit_logs SET {} WHERE {}", dice.one(EVENT_EDITS), at(place)),
        4 => format!("DELETE FROM audit_logs WHERE {}", at(place)),
        5 => {
            format!("DELETE FROM audit_logs WHERE {}; DELETE FROM audit_positions WHERE position = {place}", at(place))
        }
        6 => format!(
            "CREATE TABLE new AS SELECT * FROM audit_logs WHERE {}; UPDATE new SET {}; \
             INSERT INTO audit_logs SELECT * FROM new",
            at(place),
            dice.one(&[
                "id = randomblob(16)",
                "occurred_at = occurred_at - 1",
                "occurred_at = 0",
                "id = x'00112233445566778899aabbccddeeff'"
            ])
        ),
        // Two events change places, the hashes beside them too, or not.
        7 | 8 => {
            let other = if other == place { 1 + place % EVENTS } else { other };
            let moved = dice.one(&["event_id, occurred_at, leaf", "event_id, occurred_at"]);
            let set: Vec<String> = moved
                .split(", ")
                .map(|column| format!("{column} = (SELECT {column} FROM moved WHERE moved.position <> p.position)"))
                .collect();
            format!(
                "CREATE TABLE moved AS SELECT * FROM audit_positions WHERE position IN ({place}, {other}); \
                 UPDATE audit_positions AS p SET event_id = randomblob(16) WHERE position IN ({place}, {other}); \
                 UPDATE audit_positions AS p SET {} WHERE position = {place}; \
                 UPDATE audit_positions AS p SET {} WHERE position = {other}",
                set.join(", "),
                set.join(", "),
            )
        }
        9 => format!("UPDATE audit_seals SET {} WHERE number = {seal}", dice.one(SEAL_EDITS)),
        10 => format!("DELETE FROM audit_seals WHERE number = {seal}"),
        11 => format!("UPDATE audit_positions SET {} WHERE position = {place}", dice.one(PLACE_EDITS)),
        // The end of the trail, with or without what is beside the events.
        12 => {
            let from = (seal - 1) * EACH;
            let mut cut = format!(
                "DELETE FROM audit_logs WHERE id IN (SELECT event_id FROM audit_positions WHERE position > {from})"
            );
            if dice.below(2) == 0 {
                cut += &format!("; DELETE FROM audit_positions WHERE position > {from}");
                if dice.below(2) == 0 {
                    cut += &format!("; DELETE FROM audit_seals WHERE number >= {seal}");
                }
            }
            cut
        }
        // The end of the trail waits to be sealed again, as if it never had been.
        _ => format!(
            "INSERT INTO audit_unsealed SELECT occurred_at, event_id FROM audit_positions WHERE position > {from}; \
             DELETE FROM audit_positions WHERE position > {from}; DELETE FROM audit_seals WHERE number >= {seal}",
            from = (seal - 1) * EACH
        ),
    }
}

/// A trail on SQLite with several seals, whose file is whole by itself.
async fn small_trail() -> Case {
    let case = Case::new(Backend::Sqlite).await;
    for seal in 0..SEALS {
        case.insert_events(u32::try_from(EACH).unwrap(), 60 - u32::try_from(seal).unwrap());
        case.trail.seal_all().await.unwrap();
    }
    assert_eq!(case.verify().await.finding, None);
    case.drop_triggers();
    case.raw("PRAGMA wal_checkpoint(TRUNCATE)");
    case
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_random_tamperings_are_all_found() {
    let original = small_trail().await;
    let dice = Dice(SeededEntropy::new(2026));
    assert_eq!(original.copy().await.verify().await.finding, None, "a copy is whole");
    for _ in 0..TAMPERINGS {
        let statements = tampering(&dice);
        let copy = original.copy().await;
        copy.sqlite()
            .batch_execute(&format!("PRAGMA ignore_check_constraints = ON; {statements}"))
            .unwrap_or_else(|error| panic!("{error}: {statements}"));
        assert!(copy.verify().await.finding.is_some(), "not found: {statements}");
    }
}

/// Whoever has the database but not the keys can make everything fit again, but the signature.
#[tokio::test(flavor = "multi_thread")]
async fn a_trail_that_was_sealed_again_with_another_key_is_found() {
    let original = small_trail().await;
    let theirs = tempfile::tempdir().unwrap();
    let dir = theirs.path().join("keys");
    SealKeys::generate(&dir, SystemClock.now(), KeyOrigin::Operator).unwrap();
    let keys = std::sync::Arc::new(SealKeys::load(dir.clone(), SystemClock.now()).unwrap());
    for first in 1..=SEALS {
        let copy = original.copy().await;
        let from = (first - 1) * EACH;
        copy.raw(&format!(
            "UPDATE audit_logs SET reason = 'forged' WHERE {}; \
             INSERT INTO audit_unsealed SELECT occurred_at, event_id FROM audit_positions WHERE position > {from}; \
             DELETE FROM audit_positions WHERE position > {from}; DELETE FROM audit_seals WHERE number >= {first}",
            at(from + 1)
        ));
        let anchor = voxgate_crypto::SealAnchorFile::new(&copy.dir.path().join("nowhere"));
        std::fs::create_dir(copy.dir.path().join("nowhere")).unwrap();
        crate::harness::trail_of(&copy.database, &keys, std::sync::Arc::new(anchor)).seal_all().await.unwrap();
        let finding = copy.finding().await;
        assert_eq!(finding.fault, voxgate_domain::audit::Fault::SealForged);
        assert_eq!((finding.position, finding.seal), (Some(from + 1), Some(first)));
    }
}
