//! Voxgate is killed at any moment.

use std::time::{Duration, Instant};

use crate::harness::Backend;
use crate::line::Weather;
use crate::service::{Load, Service};
use crate::{dice, number, say};

pub(crate) async fn what_was_acknowledged_survives_kills_at_any_moment(backend: Backend) {
    let kills = number("FAULT_KILLS", 3);
    let (mut dice, begun) = (dice(), Instant::now());
    let mut service = Service::start(backend, Weather::Crashes).await;
    let mut load = Load::begin(&service, &mut dice);
    // People are there before the first kill, so that each kill finds every kind of request.
    load.goes_on_for(Duration::from_secs(2)).await;
    for _ in 0..kills {
        service.crash().await;
        load.goes_on_for(Duration::from_millis(dice.between(20, 900))).await;
    }
    let mut visitors = load.ends().await;
    service.everything_is_as_told(&mut visitors).await;
    say!("{backend:?}: {kills} kills in {:.1?}", begun.elapsed());
}
