//! Verify the trail against its seals: everything is computed again from the rows.

use std::collections::VecDeque;

use futures_util::future::join;
use voxgate_domain::audit::{Entry, Fault, Finding, Hash, Seal, TrailCheck};

use crate::{AuditTrail, TrailError};

/// What to verify.
#[derive(Clone, Copy, Debug, Default)]
pub struct Verification {
    /// From which seal on; from the first when 0. What that seal says of those before it is taken on trust.
    pub from: u64,
    /// A seal that must be there, as it was written down elsewhere.
    pub expect: Option<(u64, Hash)>,
}

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The first thing that is wrong; nothing when the trail is whole.
    pub finding: Option<Finding>,
    /// How many sealed events were checked.
    pub events: u64,
    /// Number and hash of the last seal that was checked.
    pub last_seal: Option<(u64, Hash)>,
}

/// Reports how many events were checked, of how many.
pub(crate) type Progress<'a> = &'a mut (dyn FnMut(u64, u64) + Send);

/// Seals that were read ahead.
#[derive(Default)]
struct Seals {
    ahead: VecDeque<Seal>,
    /// The number of the last one read.
    read: u64,
}

/// Why a check ended early: something is wrong with the trail, or with what it is read from.
enum Stop {
    Found(Finding),
    Failed(TrailError),
}

impl From<Finding> for Stop {
    fn from(finding: Finding) -> Self {
        Self::Found(finding)
    }
}

impl<E: Into<TrailError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl AuditTrail {
    /// How many events are read at a time.
    const PAGE: u32 = 8_192;

    /// Verifies the trail, in memory that does not grow with it.
    ///
    /// # Errors
    ///
    /// A [`TrailError`] when it could not be read; what is wrong with the trail itself is in the verdict.
    pub async fn verify(&self, what: Verification, progress: Progress<'_>) -> Result<Verdict, TrailError> {
        let ports = &self.ports;
        let (digest, verifier) = (&*ports.digest, &*ports.verifier);
        let mut check = if what.from > 1 {
            TrailCheck::from_any(digest, verifier)
        } else {
            TrailCheck::from_start(digest, verifier)
        };
        let finding = match self.check(&mut check, what, progress).await {
            Ok(()) => None,
            Err(Stop::Found(finding)) => Some(finding),
            Err(Stop::Failed(error)) => return Err(error),
        };
        Ok(Verdict { finding, events: check.events(), last_seal: check.last_seal() })
    }

    async fn check(&self, check: &mut TrailCheck<'_>, what: Verification, progress: Progress<'_>) -> Result<(), Stop> {
        let trail = &self.ports.trail;
        // Before the trail is read: it only grows, so what is remembered now must be found.
        let mut expected: Vec<(u64, Hash)> = self.ports.anchor.newest()?.into_iter().chain(what.expect).collect();
        let total = trail.last_seal().await?.map_or(0, |seal| seal.draft.last_position);
        let mut seals = Seals { read: what.from.saturating_sub(1), ..Seals::default() };
        let mut read = 0;
        if what.from > 1 {
            let first = trail.seals_after(seals.read, 1).await?.into_iter().next();
            let first = first.filter(|seal| seal.draft.number == what.from);
            let first = first.ok_or(TrailError::NoSuchSeal { number: what.from })?;
            read = first.draft.first_position.saturating_sub(1);
        }
        let before = read;
        let mut page = trail.entries_after(read, Self::PAGE).await?;
        loop {
            while let Some(last) = page.last() {
                read = last.position;
                // The next page is on its way while this one is hashed.
                let next = trail.entries_after(read, Self::PAGE);
                let (next, checked) = join(next, self.check_page(check, &mut seals, &mut expected, &page)).await;
                checked?;
                progress(read.saturating_sub(before), total.saturating_sub(before));
                page = next?;
            }
            // A seal that was made since the last page was read came with its events: they are there by now, unless
            // somebody cut them off.
            if !self.has_next_seal(&mut seals).await? {
                break;
            }
            page = trail.entries_after(read, Self::PAGE).await?;
            if page.is_empty() {
                break;
            }
        }
        self.check_end(check, &mut seals, &mut expected)?;
        self.check_unsealed().await
    }

    async fn check_page(
        &self,
        check: &mut TrailCheck<'_>,
        seals: &mut Seals,
        expected: &mut Vec<(u64, Hash)>,
        page: &[Entry],
    ) -> Result<(), Stop> {
        for entry in page {
            if check.wanted().is_none() {
                self.close(check, expected)?;
                match self.next_seal(seals).await? {
                    Some(seal) => check.seal(seal)?,
                    None => return Err(cut_off(Some(entry), check).into()),
                }
            }
            match check.entry(entry) {
                Err(finding) if finding.fault == Fault::Deleted => return Err(self.explain(finding).await?.into()),
                checked => checked?,
            }
        }
        Ok(())
    }

    /// No event is left: neither may a seal want one, nor may a seal that was remembered be missing.
    fn check_end(
        &self,
        check: &mut TrailCheck<'_>,
        seals: &mut Seals,
        expected: &mut Vec<(u64, Hash)>,
    ) -> Result<(), Stop> {
        let truncated = |finding: Finding| match finding.fault {
            Fault::Deleted => Finding { fault: Fault::Truncated, ..finding },
            _ => finding,
        };
        if check.wanted().is_some() {
            return Err(check.close().err().map_or(cut_off(None, check), truncated).into());
        }
        self.close(check, expected)?;
        // Only a seal whose events were looked for after it was seen: one made since has events that nobody read yet.
        if let Some(seal) = seals.ahead.pop_front() {
            check.seal(seal)?;
            check.close().map_err(truncated)?;
        }
        let last = check.last_seal().map_or(0, |(number, _)| number);
        // Seals before those that were asked for are not looked at.
        let missing = expected.iter().map(|(number, _)| *number).filter(|number| *number > last).min();
        missing.map_or(Ok(()), |number| {
            let detail = "the seal was made and is gone with the events before it: the end of the trail was cut off";
            let seal = Some(number);
            Err(Finding { fault: Fault::Truncated, event: None, position: None, seal, detail }.into())
        })
    }

    /// Ends a seal, and compares it with what is remembered of it.
    fn close(&self, check: &mut TrailCheck<'_>, expected: &mut Vec<(u64, Hash)>) -> Result<(), Finding> {
        check.close()?;
        let Some((number, hash)) = check.last_seal() else { return Ok(()) };
        if expected.iter().any(|(expected, expected_hash)| *expected == number && *expected_hash != hash) {
            let (detail, seal) = ("it is not the seal that was written down elsewhere", Some(number));
            return Err(Finding { fault: Fault::SealForged, event: None, position: None, seal, detail });
        }
        expected.retain(|(expected, _)| *expected != number);
        Ok(())
    }

    /// Whether there is a seal that was not looked at yet.
    async fn has_next_seal(&self, seals: &mut Seals) -> Result<bool, TrailError> {
        const PAGE: u32 = 1_024;
        if seals.ahead.is_empty() {
            seals.ahead = self.ports.trail.seals_after(seals.read, PAGE).await?.into();
        }
        Ok(!seals.ahead.is_empty())
    }

    async fn next_seal(&self, seals: &mut Seals) -> Result<Option<Seal>, TrailError> {
        self.has_next_seal(seals).await?;
        let next = seals.ahead.pop_front();
        seals.read = next.as_ref().map_or(seals.read, |seal| seal.draft.number);
        Ok(next)
    }

    /// An event that is not at the time it was sealed at is gone, or its time was changed.
    async fn explain(&self, finding: Finding) -> Result<Finding, TrailError> {
        let Some(id) = finding.event else { return Ok(finding) };
        if self.ports.trail.has_event(id).await? {
            return Ok(Finding { fault: Fault::Edited, detail: "its time is not what was sealed", ..finding });
        }
        Ok(finding)
    }

    /// Every other event must wait to be sealed, and every one that waits must be there.
    async fn check_unsealed(&self) -> Result<(), Stop> {
        let found = |fault, event, detail| Finding { fault, event: Some(event), position: None, seal: None, detail };
        if let Some(event) = self.ports.trail.vanished().await? {
            return Err(found(Fault::Deleted, event, "the event waited to be sealed and is gone").into());
        }
        let mut after = None;
        loop {
            let seen = self.ports.trail.strays_after(after, Self::PAGE).await?;
            if let Some(event) = seen.stray {
                let detail = "the event is neither sealed nor waiting to be: the service did not record it";
                return Err(found(Fault::Inserted, event, detail).into());
            }
            match seen.last {
                Some(last) => after = Some(last),
                None => return Ok(()),
            }
        }
    }
}

/// Events that have a place but no seal, or a seal without the places of its events.
fn cut_off(entry: Option<&Entry>, check: &TrailCheck<'_>) -> Finding {
    Finding {
        fault: Fault::Truncated,
        event: entry.map(|entry| entry.id),
        position: entry.map(|entry| entry.position),
        seal: check.last_seal().map(|(number, _)| number + 1),
        detail: "the events are there and their seal is gone",
    }
}
