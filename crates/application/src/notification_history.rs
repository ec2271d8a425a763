//! See what one was told by mail.

use voxgate_domain::notification::Notification;
use voxgate_domain::{MailId, Page, PageQuery};

use crate::cursor::{cut, one_more};
use crate::{Application, Caller, Error};

/// The name of this list in its cursors.
const LIST: &str = "notification_history";

impl Application {
    /// A page of the messages to the caller, newest first: which they were and what became of them, never their words.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidCursor`]; an error of the store.
    pub async fn notification_history(&self, caller: &Caller, page: &PageQuery) -> Result<Page<Notification>, Error> {
        let after = page.cursor.as_ref().map(|cursor| self.open_cursor(LIST, cursor)).transpose()?;
        let ask_for = one_more(page);
        let after = after.map(MailId::from);
        let mut items = self.ports.store.notifications_of(caller.user_id(), after, ask_for).await?;
        let last = cut(&mut items, page).map(|message| message.id);
        Ok(Page { items, next: last.map(|id| self.seal_cursor(LIST, id.as_uuid())).transpose()? })
    }
}
