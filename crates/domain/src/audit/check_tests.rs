//! Golden vectors of the canonical form, and what a check finds.

use std::time::Duration;

use sha2::Digest as _;

use super::super::{EventKey, RecordedEvent, SealDraft};
use super::*;
use crate::Timestamp;

struct Sha256;

impl Digest for Sha256 {
    fn sha256(&self, parts: &[&[u8]]) -> Hash {
        let mut hasher = sha2::Sha256::new();
        parts.iter().for_each(|part| hasher.update(part));
        Hash(hasher.finalize().into())
    }
}

/// Signs with the hash of a word that only it knows.
struct Word(&'static str);

impl Word {
    fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        Sha256.sha256(&[self.0.as_bytes(), bytes]).0.to_vec()
    }
}

impl SealVerifier for Word {
    fn verify(&self, key_id: &str, bytes: &[u8], signature: &[u8]) -> bool {
        key_id == "word" && self.sign(bytes) == signature
    }
}

fn uuid(n: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_0000 + n)
}

fn event(n: u64) -> RecordedEvent {
    RecordedEvent {
        id: uuid(n.into()).into(),
        occurred_at: Timestamp::EPOCH.plus(Duration::from_micros(1_795_608_000_000_001 + n)),
        event: "login.failed".to_owned(),
        outcome: "failure".to_owned(),
        actor_id: None,
        subject_id: Some(uuid(1_000).into()),
        session_id: None,
        ip_address: Some("192.0.2.1".to_owned()),
        user_agent: None,
        request_id: Some("request-0001".to_owned()),
        reason: None,
        details: r#"{"why":"wrong_password"}"#.to_owned(),
    }
}

fn entry(position: u64, event: RecordedEvent) -> Entry {
    Entry { position, id: event.id, kept: Some(leaf_hash(&event, &Sha256)), event: Some(event) }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_canonical_form_of_an_event_never_changes() {
    let expected = concat!(
        "5658414501",                       // VXAE, version 1
        "01930000000070008000000000000007", // id
        "0006611890fef008",                 // 1795608000000008 microseconds
        "0000000c6c6f67696e2e6661696c6564", // login.failed
        "000000076661696c757265",           // failure
        "00",                               // no actor
        "01019300000000700080000000000003e8",
        "00",                           // no session
        "01000000093139322e302e322e31", // 192.0.2.1
        "00",                           // no user agent
        "010000000c726571756573742d30303031",
        "00", // no reason
        "000000187b22776879223a2277726f6e675f70617373776f7264227d",
    );
    assert_eq!(hex(&event(7).canonical_bytes()), expected);
    let leaf = "494e50fcb7783f4a20d574700f8d7f1641c038a3020702c1d5a88306d6909d4d";
    assert_eq!(leaf_hash(&event(7), &Sha256).to_string(), leaf);
}

#[test]
fn the_canonical_form_of_a_seal_never_changes() {
    let draft = SealDraft {
        number: 2,
        first_position: 4,
        last_position: 6,
        root: Hash([0xaa; 32]),
        previous: Hash([0xbb; 32]),
        sealed_at: Timestamp::EPOCH.plus(Duration::from_micros(1_795_608_000_000_001)),
    };
    let expected = concat!(
        "5658415301",       // VXAS, version 1
        "0000000000000002", // number
        "0000000000000004", // first position
        "0000000000000006", // last position
        "0000000000000003", // count
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
        "0006611890fef001", // time
        "000000036b6579",   // key
    );
    assert_eq!(hex(&draft.canonical_bytes("key")), expected);
    let seal = Seal { draft, key_id: "key".to_owned(), signature: Vec::new() };
    assert_eq!(seal.hash(&Sha256).to_string(), "7d995ad01b7f4cd91294a964ecf1bec6ad416e6a5037df048fee846fb7788512");
}

#[test]
fn events_that_differ_in_any_column_differ_in_their_bytes() {
    let some = || Some("x".repeat(8));
    let id = || Some(uuid(9).into());
    let variants = [
        event(7),
        RecordedEvent { id: uuid(8).into(), ..event(7) },
        RecordedEvent { occurred_at: Timestamp::EPOCH, ..event(7) },
        RecordedEvent { event: "login.faile".to_owned(), outcome: "dfailure".to_owned(), ..event(7) },
        RecordedEvent { outcome: "denied".to_owned(), ..event(7) },
        RecordedEvent { actor_id: id(), ..event(7) },
        RecordedEvent { subject_id: None, actor_id: event(7).subject_id, ..event(7) },
        RecordedEvent { subject_id: None, ..event(7) },
        RecordedEvent { session_id: Some(uuid(9).into()), ..event(7) },
        RecordedEvent { ip_address: None, user_agent: event(7).ip_address, ..event(7) },
        RecordedEvent { ip_address: None, ..event(7) },
        RecordedEvent { user_agent: some(), ..event(7) },
        RecordedEvent { user_agent: Some(String::new()), ..event(7) },
        RecordedEvent { request_id: some(), ..event(7) },
        RecordedEvent { reason: some(), ..event(7) },
        RecordedEvent { details: "{}".to_owned(), ..event(7) },
    ];
    let bytes: std::collections::BTreeSet<_> = variants.iter().map(RecordedEvent::canonical_bytes).collect();
    assert_eq!(bytes.len(), variants.len());
}

/// The tree of RFC 6962, section 2.1, as it is defined there.
fn root_by_definition(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Sha256.sha256(&[]),
        [one] => *one,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            Sha256.sha256(&[&[1], &root_by_definition(left).0, &root_by_definition(right).0])
        }
    }
}

#[test]
fn the_tree_is_that_of_rfc_6962_at_every_size() {
    let leaves: Vec<Hash> = (0..70).map(|n| leaf_hash(&event(n), &Sha256)).collect();
    let mut tree = MerkleTree::default();
    assert!(tree.is_empty());
    for size in 0..leaves.len() {
        assert_eq!(tree.root(&Sha256), root_by_definition(&leaves[..size]), "{size} leaves");
        tree.push(leaves[size], &Sha256);
        assert!(!tree.is_empty());
    }
    assert_eq!(tree.len(), 70);
}

/// A seal of `entries` after `previous`, signed by `word`.
fn seal_by(word: &Word, previous: Option<&Seal>, entries: &[Entry]) -> Seal {
    let mut tree = MerkleTree::default();
    entries.iter().filter_map(|entry| entry.kept).for_each(|kept| tree.push(kept, &Sha256));
    let draft = SealDraft {
        number: previous.map_or(1, |seal| seal.draft.number + 1),
        first_position: entries[0].position,
        last_position: entries[entries.len() - 1].position,
        root: tree.root(&Sha256),
        previous: previous.map_or(Hash::NONE, |seal| seal.hash(&Sha256)),
        sealed_at: Timestamp::EPOCH,
    };
    let signature = word.sign(&draft.canonical_bytes("word"));
    Seal { draft, key_id: "word".to_owned(), signature }
}

const OURS: Word = Word("ours");

/// Two seals with two and three events.
fn trail() -> Vec<(Seal, Vec<Entry>)> {
    let entries: Vec<Entry> = (1..=5).map(|position| entry(position, event(position))).collect();
    let first = seal_by(&OURS, None, &entries[..2]);
    let second = seal_by(&OURS, Some(&first), &entries[2..]);
    vec![(first, entries[..2].to_vec()), (second, entries[2..].to_vec())]
}

fn check(trail: Vec<(Seal, Vec<Entry>)>) -> Result<u64, Finding> {
    let mut check = TrailCheck::from_start(&Sha256, &OURS);
    for (seal, entries) in trail {
        check.seal(seal)?;
        entries.iter().try_for_each(|entry| check.entry(entry))?;
        check.close()?;
    }
    Ok(check.events())
}

/// What is found, where and in which seal.
fn found(trail: Vec<(Seal, Vec<Entry>)>) -> (Fault, Option<u64>, Option<u64>) {
    let finding = check(trail).unwrap_err();
    (finding.fault, finding.position, finding.seal)
}

#[test]
fn a_trail_that_nobody_touched_is_whole() {
    assert_eq!(check(trail()), Ok(5));
}

#[test]
fn an_edited_event_is_named() {
    let mut edited = trail();
    edited[1].1[1].event.as_mut().unwrap().reason = Some("none of your business".to_owned());
    let finding = check(edited).unwrap_err();
    assert_eq!((finding.fault, finding.event), (Fault::Edited, Some(event(4).id)));
    let sentence = format!("edited: event {}, position 4, seal 2: the event is not what was sealed", event(4).id);
    assert_eq!(finding.to_string(), sentence);
}

#[test]
fn an_edited_event_whose_kept_hash_was_edited_too_is_found_by_its_seal() {
    let mut edited = trail();
    edited[1].1[1] = entry(4, RecordedEvent { reason: Some("forged".to_owned()), ..event(4) });
    assert_eq!(found(edited), (Fault::Edited, Some(3), Some(2)));
}

#[test]
fn a_deleted_event_is_found_with_and_without_its_place() {
    let mut gone = trail();
    gone[0].1[1].event = None;
    assert_eq!(found(gone), (Fault::Deleted, Some(2), Some(1)));
    let mut gone = trail();
    gone[1].1.remove(1);
    assert_eq!(found(gone), (Fault::Deleted, Some(4), Some(2)));
    let mut gone = trail();
    gone[1].1.pop();
    assert_eq!(found(gone), (Fault::Deleted, Some(5), Some(2)));
}

#[test]
fn an_inserted_event_has_no_place() {
    let mut more = trail();
    more[1].1.push(entry(6, event(6)));
    assert_eq!(found(more), (Fault::Inserted, Some(6), Some(2)));
    let mut twice = trail();
    let taken = twice[1].1[0].clone();
    twice[1].1.insert(1, taken);
    assert_eq!(found(twice), (Fault::Inserted, Some(3), Some(2)));
}

#[test]
fn swapped_events_are_found() {
    let mut swapped = trail();
    swapped[1].1[0] = entry(3, event(4));
    swapped[1].1[1] = entry(4, event(3));
    assert_eq!(found(swapped), (Fault::Reordered, Some(4), Some(2)));
}

#[test]
fn a_forged_seal_is_found_whoever_signed_it() {
    let mut forged = trail();
    forged[1].0.draft.sealed_at = Timestamp::EPOCH.plus(Duration::from_secs(1));
    assert_eq!(found(forged), (Fault::SealForged, Some(3), Some(2)));

    let mut forged = trail();
    let (first, second) = (forged[0].0.clone(), forged[1].1.clone());
    forged[1].0 = seal_by(&Word("theirs"), Some(&first), &second);
    assert_eq!(found(forged), (Fault::SealForged, Some(3), Some(2)));
}

#[test]
fn a_seal_that_does_not_follow_is_found_even_when_it_is_ours() {
    let mut apart = trail();
    let entries = apart[1].1.clone();
    apart[1].0 = seal_by(&OURS, None, &entries);
    assert_eq!(found(apart).0, Fault::SealForged);

    // One of the two at a time: the number, the hash of the seal before it.
    let sign = |draft: SealDraft| {
        let signature = OURS.sign(&draft.canonical_bytes("word"));
        Seal { draft, key_id: "word".to_owned(), signature }
    };
    let draft = trail()[1].0.draft.clone();
    let [mut again, mut elsewhere] = [trail(), trail()];
    again[1].0 = sign(SealDraft { number: 1, ..draft.clone() });
    assert_eq!(found(again), (Fault::SealForged, Some(3), Some(1)));
    elsewhere[1].0 = sign(SealDraft { previous: Hash::NONE, ..draft });
    assert_eq!(found(elsewhere), (Fault::SealForged, Some(3), Some(2)));

    let gone = trail().split_off(1);
    assert_eq!(found(gone), (Fault::SealDeleted, Some(1), Some(1)));
}

#[test]
fn a_check_can_begin_in_the_midst() {
    let (seal, entries) = trail().remove(1);
    let mut check = TrailCheck::from_any(&Sha256, &OURS);
    check.seal(seal.clone()).unwrap();
    entries.iter().try_for_each(|entry| check.entry(entry)).unwrap();
    check.close().unwrap();
    assert_eq!(check.last_seal(), Some((2, seal.hash(&Sha256))));
    assert!(entries.iter().all(|entry| {
        entry.event.as_ref().is_some_and(|event| event.key() > EventKey { occurred_at: Timestamp::EPOCH, id: entry.id })
    }));
}
