//! The mail server drops connections, refuses and is slow.

use std::time::{Duration, Instant};

use voxgate_testkit::smtp::Behaviour;

use crate::harness::Backend;
use crate::line::Weather;
use crate::service::{Data, Load, Service};
use crate::{dice, number, say};

pub(crate) async fn every_mail_comes_and_at_most_twice_whatever_the_mail_server_does(backend: Backend) {
    let rounds = number("FAULT_MAIL_ROUNDS", 1);
    let (mut dice, begun) = (dice(), Instant::now());
    // No request may fail or wait for mail.
    let (data, url) = Data::without_a_disk(backend);
    let service = Service::start_on(data, Some(url), Weather::Fair, &[]).await;
    let mut load = Load::begin(&service, &mut dice);
    for _ in 0..rounds {
        let slowly = Behaviour::TakeSlowly(Duration::from_millis(dice.between(100, 1_500)));
        let moods =
            [Behaviour::DropOnceAfterData, Behaviour::Refuse(451), Behaviour::Accept, slowly, Behaviour::Refuse(550)];
        for mood in moods {
            service.post.server.behave(mood);
            load.goes_on_for(Duration::from_millis(dice.between(500, 2_500))).await;
            if mood == Behaviour::DropOnceAfterData {
                // Mails that were dropped come again some seconds later.
                service.post.fault();
            }
        }
        service.post.server.behave(Behaviour::Accept);
        load.goes_on_for(Duration::from_millis(dice.between(500, 2_500))).await;
    }
    let mut visitors = load.ends().await;
    service.everything_is_as_told(&mut visitors).await;
    let (mails, most) = service.post.copies();
    assert_eq!(most, 2, "what was dropped came twice, and nothing more often");
    say!("{backend:?}: {mails} mails past {rounds} rounds of trouble in {:.1?}", begun.elapsed());
}
