//! See and change what is told by mail.

use voxgate_domain::Act;
use voxgate_domain::user::NotificationPreferences;

use crate::{Application, Caller, Error};

impl Application {
    /// What the caller wants to be told by mail.
    ///
    /// # Errors
    ///
    /// An error of the store.
    pub async fn notification_preferences(&self, caller: &Caller) -> Result<NotificationPreferences, Error> {
        Ok(self.ports.store.notification_preferences(caller.user_id()).await?)
    }

    /// Replaces what the caller wants to be told by mail.
    ///
    /// # Errors
    ///
    /// An error of the store.
    pub async fn set_notification_preferences(
        &self,
        caller: &Caller,
        preferences: NotificationPreferences,
    ) -> Result<(), Error> {
        let mut uow = self.ports.store.begin().await?;
        let now = self.ports.clock.now();
        uow.users().save_notification_preferences(caller.user_id(), preferences, now).await?;
        uow.audit().record(&self.event(Act::NotificationPreferencesUpdated, caller.on_self())).await?;
        Ok(uow.commit().await?)
    }
}
