//! The ports that prove the audit trail.

use std::sync::Arc;
use std::time::Duration;

use voxgate_domain::ports::{Clock, Digest, SealAnchor, SealError, SealSigner, SealVerifier, StoreError, Trail};

/// The ports that prove the audit trail.
#[derive(Clone)]
#[expect(missing_docs, reason = "each field is named after its port")]
pub struct TrailPorts {
    pub trail: Arc<dyn Trail>,
    pub digest: Arc<dyn Digest>,
    pub signer: Arc<dyn SealSigner>,
    pub verifier: Arc<dyn SealVerifier>,
    pub anchor: Arc<dyn SealAnchor>,
    pub clock: Arc<dyn Clock>,
}

/// What seals, verifies and exports the audit trail. Cheap to clone.
#[derive(Clone)]
pub struct AuditTrail {
    pub(crate) ports: TrailPorts,
}

/// Why the trail was neither sealed, verified nor exported.
#[derive(Debug, thiserror::Error)]
pub enum TrailError {
    /// The newest seal that is remembered is not in the store. Sealing on would cover that up.
    #[error(
        "seal {number} was made and is gone: the end of the audit trail was cut off, or an older copy of the database was \
         put back. Run `voxgate audit verify`"
    )]
    CutOff {
        /// Which seal.
        number: u64,
    },
    /// There is no such seal to begin with.
    #[error("there is no seal {number}")]
    NoSuchSeal {
        /// Which seal.
        number: u64,
    },
    /// Somebody else sealed at the same time; nothing was done.
    #[error("another replica sealed at the same time")]
    Overtaken,
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
    /// A seal could be neither signed nor remembered.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// An export could not be written or read.
    #[error("the export failed")]
    Export(#[from] std::io::Error),
}

impl From<StoreError> for TrailError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(_) | StoreError::Stale => Self::Overtaken,
            other => Self::Store(other),
        }
    }
}

impl AuditTrail {
    /// The trail over these ports.
    #[must_use]
    pub fn new(ports: TrailPorts) -> Self {
        Self { ports }
    }

    /// How long the oldest event that is not sealed yet has waited: the lag of sealing.
    ///
    /// # Errors
    ///
    /// [`TrailError::Store`].
    pub async fn lag(&self) -> Result<Duration, TrailError> {
        let oldest = self.ports.trail.oldest_waiting().await?;
        Ok(oldest.map_or(Duration::ZERO, |oldest| self.ports.clock.now().since(oldest)))
    }

    /// Makes room for the events of the next months.
    ///
    /// # Errors
    ///
    /// [`TrailError::Store`].
    pub async fn make_room(&self) -> Result<(), TrailError> {
        Ok(self.ports.trail.make_room().await?)
    }
}
