//! List the roles.

use voxgate_domain::role::Role;

use crate::{Application, Error};

impl Application {
    /// Every role there is, by name. They are nobody's data, so looking at them leaves no event.
    ///
    /// # Errors
    ///
    /// An error of the store.
    pub async fn list_roles(&self) -> Result<Vec<Role>, Error> {
        Ok(self.ports.store.roles().await?)
    }
}
