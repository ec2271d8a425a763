//! What becomes of a webhook that is sent.

use super::*;
use std::sync::Mutex;
use std::time::Duration;

use voxgate_domain::ports::MockWebhookSender;

use crate::test_support::{Doubles, Journal, Unit, now, webhook, webhook_delivery};

/// A run that goes on, and remembers how tries ended.
#[derive(Default)]
struct Ended(Mutex<Vec<DeliveryStatus>>);

impl DeliveryRun for Ended {
    fn goes_on(&self) -> bool {
        true
    }

    fn ended(&self, status: DeliveryStatus) {
        self.0.lock().unwrap().push(status);
    }
}

/// A unit that claims `deliveries` until their sender must be gone.
fn claiming(journal: &Journal, deliveries: Vec<WebhookDelivery>) -> Unit {
    let mut unit = Unit::new(journal);
    let until = now().plus(Duration::from_secs(20));
    unit.webhooks
        .expect_claim()
        .withf(move |id, _, at, _| *id == webhook().id && *at == until)
        .times(1)
        .return_once(|_, _, _, _| Ok(deliveries));
    unit
}

fn settling(journal: &Journal, expected: impl Fn(&WebhookDelivery) -> bool + Send + Sync + 'static) -> Unit {
    let mut unit = Unit::new(journal);
    unit.webhooks.expect_settle().withf(move |ended, _| expected(ended)).times(1).returning(|_, _| Ok(true));
    unit
}

fn doubles(units: impl IntoIterator<Item = Unit>) -> Doubles {
    let mut doubles = units.into_iter().fold(Doubles::new(), Doubles::with_unit);
    doubles.webhooks.expect_endpoint().returning(|_| Ok(Some(webhook())));
    doubles
}

async fn delivered(doubles: Doubles, sender: MockWebhookSender) -> Vec<DeliveryStatus> {
    let run = Ended::default();
    doubles.application().deliver_webhooks(webhook().id, &sender, &run).await.unwrap();
    run.0.into_inner().unwrap()
}

fn answering(answer: fn() -> Result<(), WebhookError>) -> MockWebhookSender {
    let mut sender = MockWebhookSender::new();
    sender.expect_send().times(1).returning(move |_| answer());
    sender
}

#[tokio::test]
async fn a_webhook_is_claimed_signed_sent_and_settled() {
    let journal = Journal::default();
    let tried_before = WebhookDelivery { last_error: Some("the receiver answered 503".into()), ..webhook_delivery() };
    let at_last = |ended: &WebhookDelivery| {
        let taken = ended.status == DeliveryStatus::Delivered && ended.finished_at == Some(now());
        taken && ended.last_error.is_none()
    };
    let units = [claiming(&journal, vec![tried_before]), settling(&journal, at_last), claiming(&journal, Vec::new())];
    let mut sender = MockWebhookSender::new();
    sender
        .expect_send()
        .withf(|message| {
            let secrets: Vec<&[u8]> = message.secrets.iter().map(|secret| secret.expose()).collect();
            message.body == webhook_delivery().body() && message.sent_at == now() && secrets == [[7; 32]]
        })
        .times(1)
        .returning(|_| Ok(()));
    assert_eq!(delivered(doubles(units), sender).await, [DeliveryStatus::Delivered]);
    assert_eq!(journal.lines(), ["commit", "commit", "commit"]);
}

#[tokio::test]
async fn a_webhook_that_is_not_taken_is_put_off_about_as_long_as_the_policy_says() {
    let journal = Journal::default();
    let later = |ended: &WebhookDelivery| {
        let wait = ended.next_attempt_at.since(now());
        let about = Duration::from_millis(750)..=Duration::from_millis(1_250);
        ended.status == DeliveryStatus::Pending
            && about.contains(&wait)
            && ended.last_error.as_deref() == Some("the receiver answered 503")
    };
    let units =
        [claiming(&journal, vec![webhook_delivery()]), settling(&journal, later), claiming(&journal, Vec::new())];
    let sender = answering(|| Err(WebhookError::Refused { status: 503 }));
    assert_eq!(delivered(doubles(units), sender).await, [DeliveryStatus::Pending]);
}

#[tokio::test]
async fn a_webhook_that_was_not_taken_for_three_days_is_given_up_and_kept() {
    let journal = Journal::default();
    let old = WebhookDelivery { queued_at: now().minus(Duration::from_secs(3 * 24 * 3_600)), ..webhook_delivery() };
    let for_good = |ended: &WebhookDelivery| {
        ended.status == DeliveryStatus::Dead && ended.finished_at == Some(now()) && ended.last_error.is_some()
    };
    let units = [claiming(&journal, vec![old]), settling(&journal, for_good), claiming(&journal, Vec::new())];
    let sender = answering(|| Err(WebhookError::TimedOut));
    assert_eq!(delivered(doubles(units), sender).await, [DeliveryStatus::Dead]);
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_switched_off_and_its_events_wait() {
    let journal = Journal::default();
    let mut gone = settling(&journal, |ended| ended.status == DeliveryStatus::Pending);
    gone.webhooks.expect_lock().returning(|_| Ok(Some(webhook())));
    gone.webhooks.expect_save().withf(|saved| !saved.is_enabled()).times(1).returning(|_| Ok(()));
    let units = [claiming(&journal, vec![webhook_delivery()]), gone];
    let mut doubles = units.into_iter().fold(Doubles::new(), Doubles::with_unit);
    let mut first = true;
    doubles.webhooks.expect_endpoint().returning(move |_| {
        let off = webhook().gone(now());
        Ok(Some(if std::mem::take(&mut first) { webhook() } else { off }))
    });
    delivered(doubles, answering(|| Err(WebhookError::Gone))).await;
    assert_eq!(journal.lines(), ["commit", "audit webhook.gone", "commit"]);
}

#[tokio::test]
async fn what_somebody_else_has_seen_to_is_not_counted() {
    let journal = Journal::default();
    let mut overtaken = Unit::new(&journal);
    overtaken.webhooks.expect_settle().times(1).returning(|_, _| Ok(false));
    let units = [claiming(&journal, vec![webhook_delivery()]), overtaken, claiming(&journal, Vec::new())];
    assert_eq!(delivered(doubles(units), answering(|| Ok(()))).await, []);
}

#[tokio::test]
async fn nothing_is_sent_to_an_endpoint_that_is_off_or_not_there() {
    for endpoint in [None, Some(webhook().gone(now()))] {
        let mut doubles = Doubles::new();
        doubles.webhooks.expect_endpoint().returning(move |_| Ok(endpoint.clone()));
        assert_eq!(delivered(doubles, MockWebhookSender::new()).await, []);
    }
}
