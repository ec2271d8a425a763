//! Look at the endpoints of webhooks, and at what became of events there.

use voxgate_domain::webhook::{DeliveryStatus, WebhookDelivery, WebhookEndpoint};
use voxgate_domain::{Act, Page, PageQuery, WebhookId};

use crate::cursor::{cut, one_more};
use crate::{Application, Caller, Error};

impl Application {
    /// Every endpoint, oldest first.
    ///
    /// # Errors
    ///
    /// An error of the store.
    pub async fn webhooks(&self) -> Result<Vec<WebhookEndpoint>, Error> {
        Ok(self.ports.webhooks.endpoints().await?)
    }

    /// An endpoint.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; an error of the store.
    pub async fn webhook(&self, id: WebhookId) -> Result<WebhookEndpoint, Error> {
        self.ports.webhooks.endpoint(id).await?.ok_or(Error::NotFound)
    }

    /// A page of what was sent to an endpoint or waits for it, latest event first. The look is recorded, since it tells
    /// what happened to people.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; [`Error::InvalidCursor`]; an error of the store.
    pub async fn webhook_deliveries(
        &self,
        caller: &Caller,
        id: WebhookId,
        status: Option<DeliveryStatus>,
        page: &PageQuery,
    ) -> Result<Page<WebhookDelivery>, Error> {
        let list = format!("webhook_deliveries/{id}");
        let before = match &page.cursor {
            Some(cursor) => {
                let place = self.open_place(&list, cursor)?;
                Some(u64::from_be_bytes(place.try_into().map_err(|_| Error::InvalidCursor)?))
            }
            None => None,
        };
        self.webhook(id).await?;
        let mut items = self.ports.webhooks.deliveries(id, status, before, one_more(page)).await?;
        let last = cut(&mut items, page).map(|delivery| delivery.sequence);
        let act = Act::WebhookDeliveriesListed { endpoint: id };
        self.record_look(act, caller.on_self().about(None)).await?;
        let next = last.map(|sequence| self.seal_place(&list, &sequence.to_be_bytes())).transpose()?;
        Ok(Page { items, next })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use voxgate_domain::PageLimit;

    use crate::test_support::{Doubles, Journal, Unit, fresh_caller, webhook, webhook_delivery};

    #[tokio::test]
    async fn a_page_goes_on_before_the_last_sequence_and_the_look_is_recorded() {
        let journal = Journal::default();
        let mut doubles = Doubles::new().with_unit(Unit::new(&journal)).with_unit(Unit::new(&journal));
        doubles.webhooks.expect_endpoint().returning(|_| Ok(Some(webhook())));
        doubles.webhooks.expect_deliveries().withf(|_, _, before, limit| before.is_none() && *limit == 2).returning(
            |_, _, _, _| Ok(vec![webhook_delivery(), WebhookDelivery { sequence: 6, ..webhook_delivery() }]),
        );
        doubles
            .webhooks
            .expect_deliveries()
            .withf(|_, _, before, _| *before == Some(7))
            .returning(|_, _, _, _| Ok(Vec::new()));
        let app = doubles.application();
        let one = PageQuery { limit: PageLimit::parse("1").unwrap(), cursor: None };
        let first = app.webhook_deliveries(&fresh_caller(), webhook().id, None, &one).await.unwrap();
        assert_eq!(first.items, [webhook_delivery()]);
        let second = PageQuery { cursor: first.next, ..one };
        let second = app.webhook_deliveries(&fresh_caller(), webhook().id, None, &second).await.unwrap();
        assert_eq!((second.items, second.next), (Vec::new(), None));
        assert_eq!(journal.lines(), [["audit webhook.deliveries_listed", "commit"]; 2].concat());
    }
}
