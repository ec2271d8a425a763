//! Checks an audit trail from its first seal to its last, a page at a time.

use voxgate_domain::audit::{Finding, TrailCheck};
use voxgate_domain::ports::{Digest, SealVerifier, StoreError, Trail};

/// No more places than this are read at once.
const PAGE: u32 = 2;

/// What a check comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// So many events are what was sealed.
    Whole(u64),
    /// Something was done to the trail; this is the first of it.
    Tampered(Finding),
}

/// Checks the whole of `trail`. Whether its end was cut off, a
/// [`SealAnchor`](voxgate_domain::ports::SealAnchor) tells; one is not asked here.
///
/// # Errors
///
/// A [`StoreError`] when the trail cannot be read, which says nothing about it.
pub async fn check(trail: &dyn Trail, digest: &dyn Digest, verifier: &dyn SealVerifier) -> Result<Verdict, StoreError> {
    let mut check = TrailCheck::from_start(digest, verifier);
    let mut number = 0;
    while let Some(seal) = trail.seals_after(number, 1).await?.pop() {
        number = seal.draft.number;
        if let Err(finding) = check.seal(seal) {
            return Ok(Verdict::Tampered(finding));
        }
        while let Some(wanted) = check.wanted() {
            let page = trail.entries_after(wanted - 1, PAGE).await?;
            if page.is_empty() {
                break;
            }
            for entry in &page {
                // What is past the end of this seal belongs to the next.
                if check.wanted().is_none() {
                    break;
                }
                if let Err(finding) = check.entry(entry) {
                    return Ok(Verdict::Tampered(finding));
                }
            }
        }
        if let Err(finding) = check.close() {
            return Ok(Verdict::Tampered(finding));
        }
    }
    Ok(Verdict::Whole(check.events()))
}

#[cfg(test)]
mod tests {
    use voxgate_domain::audit::Fault;
    use voxgate_domain::fixtures::{self, SealedTrail, StandInDigest, StandInSigner};
    use voxgate_domain::ports::MockTrail;

    use super::*;
    use crate::run;

    /// Five events in seals of two.
    fn sealed() -> SealedTrail {
        let subject = fixtures::user().build().id;
        fixtures::trail(subject).build(&StandInDigest, &StandInSigner::default()).unwrap()
    }

    /// A port that answers out of `sealed`.
    fn port(sealed: SealedTrail) -> MockTrail {
        let (seals, entries): (Vec<_>, Vec<_>) = sealed.into_iter().unzip();
        let entries = entries.concat();
        let mut trail = MockTrail::new();
        trail.expect_seals_after().returning(move |number, limit| {
            let after = seals.iter().filter(|seal| seal.draft.number > number);
            Ok(after.take(limit as usize).cloned().collect())
        });
        trail.expect_entries_after().returning(move |position, limit| {
            let after = entries.iter().filter(|entry| entry.position > position);
            Ok(after.take(limit as usize).cloned().collect())
        });
        trail
    }

    fn verdict(sealed: SealedTrail) -> Verdict {
        run(check(&port(sealed), &StandInDigest, &StandInSigner::default())).unwrap()
    }

    fn found(sealed: SealedTrail) -> (Fault, Option<u64>) {
        match verdict(sealed) {
            Verdict::Tampered(finding) => (finding.fault, finding.position),
            Verdict::Whole(events) => panic!("{events} events, and nothing was found"),
        }
    }

    #[test]
    fn a_trail_that_nobody_touched_is_whole() {
        assert_eq!(verdict(sealed()), Verdict::Whole(5));
        assert_eq!(verdict(SealedTrail::new()), Verdict::Whole(0));
    }

    #[test]
    fn an_event_that_was_edited_is_named() {
        let mut trail = sealed();
        trail[1].1[0].event.as_mut().unwrap().reason = Some("never mind".to_owned());
        assert_eq!(found(trail), (Fault::Edited, Some(3)));
    }

    #[test]
    fn an_event_that_is_gone_is_missed() {
        let mut trail = sealed();
        trail[2].1.pop();
        assert_eq!(found(trail), (Fault::Deleted, Some(5)));
    }

    #[test]
    fn a_seal_that_is_gone_is_missed() {
        let mut trail = sealed();
        trail.remove(1);
        assert_eq!(found(trail).0, Fault::SealDeleted);
    }

    #[test]
    fn a_trail_that_somebody_else_sealed_is_not_ours() {
        let subject = fixtures::user().build().id;
        let theirs = fixtures::trail(subject).build(&StandInDigest, &StandInSigner("theirs")).unwrap();
        assert_eq!(found(theirs).0, Fault::SealForged);
    }

    #[test]
    fn a_trail_that_cannot_be_read_is_neither_whole_nor_tampered_with() {
        let mut trail = MockTrail::new();
        trail.expect_seals_after().returning(|_, _| Err(StoreError::Unavailable("lost".into())));
        assert!(run(check(&trail, &StandInDigest, &StandInSigner::default())).is_err());
    }
}
