//! Export the trail: every event in the order of its place, each seal before its events.

use std::collections::VecDeque;

use futures_util::stream::{Stream, try_unfold};
use serde::Serialize;
use voxgate_domain::audit::{Entry, EventKey, Seal};

use crate::trail_lines::{EventLine, SealLine};
use crate::{AuditTrail, TrailError};

/// Where an export is.
#[derive(Default)]
struct Export {
    seals: VecDeque<Seal>,
    /// The number of the last seal that was read.
    seal: u64,
    /// The place up to which the last seal that was written goes.
    sealed_to: u64,
    /// The place of the last event that was written.
    position: u64,
    /// The sealed events are through; of those that wait, this was the last.
    waiting: Option<Option<EventKey>>,
}

impl AuditTrail {
    /// How many events are read for one chunk.
    const CHUNK: u32 = 1_000;

    /// The whole trail as lines of JSON, chunk by chunk, in memory that does not grow with it. What was recorded before is
    /// sealed first, so that all of it can be verified; where that fails, the events that wait come last, without a place.
    pub fn export(&self) -> impl Stream<Item = Result<Vec<u8>, TrailError>> + Send + 'static {
        let trail = self.clone();
        try_unfold((trail, None), |(trail, export)| async move {
            let mut export = match export {
                Some(export) => export,
                None => {
                    if let Err(error) = trail.seal_all().await {
                        tracing::warn!(%error, "the export has events that are not sealed");
                    }
                    Export::default()
                }
            };
            let chunk = trail.chunk(&mut export).await?;
            Ok((!chunk.is_empty()).then_some((chunk, (trail, Some(export)))))
        })
    }

    /// The next lines; none at the end.
    async fn chunk(&self, export: &mut Export) -> Result<Vec<u8>, TrailError> {
        let mut lines = Vec::new();
        if export.waiting.is_none() {
            let page = self.ports.trail.entries_after(export.position, Self::CHUNK).await?;
            for entry in page {
                self.write_entry(export, entry, &mut lines).await?;
            }
        }
        if lines.is_empty() {
            let after = export.waiting.flatten();
            let page = self.ports.trail.waiting(after, Self::CHUNK).await?;
            export.waiting = Some(page.last().map(|event| event.key()).or(after));
            for event in page {
                write_line(&EventLine::from(event), &mut lines)?;
            }
        }
        Ok(lines)
    }

    async fn write_entry(&self, export: &mut Export, entry: Entry, lines: &mut Vec<u8>) -> Result<(), TrailError> {
        const PAGE: u32 = 256;
        export.position = entry.position;
        while export.sealed_to < entry.position {
            if export.seals.is_empty() {
                export.seals = self.ports.trail.seals_after(export.seal, PAGE).await?.into();
            }
            // Without its seal an event is written all the same: to say that it is gone is for whoever verifies.
            let Some(seal) = export.seals.pop_front() else { break };
            export.seal = seal.draft.number;
            export.sealed_to = seal.draft.last_position;
            write_line(&SealLine::from(&seal), lines)?;
        }
        EventLine::of(entry).map_or(Ok(()), |line| write_line(&line, lines))
    }
}

fn write_line(line: &impl Serialize, lines: &mut Vec<u8>) -> Result<(), TrailError> {
    serde_json::to_writer(&mut *lines, line).map_err(std::io::Error::from)?;
    lines.push(b'\n');
    Ok(())
}
