//! Make the roles that every installation begins with.

use voxgate_domain::RoleName;
use voxgate_domain::role::seed_roles;

use crate::{Application, Error};

impl Application {
    /// Adds the roles that are missing, and leaves those that are there as they are; the names of those it added.
    ///
    /// # Errors
    ///
    /// An error of the store.
    pub async fn seed_roles(&self) -> Result<Vec<RoleName>, Error> {
        let mut uow = self.ports.store.begin().await?;
        let added = uow.roles().add_missing(&seed_roles(), self.ports.clock.now()).await?;
        uow.commit().await?;
        Ok(added)
    }
}
