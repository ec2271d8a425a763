//! Read what there is of the second factor.

use voxgate_domain::factor::MfaStatus;

use crate::{Application, Caller, Error};

impl Application {
    /// Whether the caller's second factor is on, and how many recovery codes are left.
    ///
    /// # Errors
    ///
    /// An error of the store.
    pub async fn read_mfa(&self, caller: &Caller) -> Result<MfaStatus, Error> {
        Ok(self.ports.store.mfa_status(caller.user_id()).await?)
    }
}
