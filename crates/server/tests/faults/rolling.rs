//! Keys are rotated and replicas restarted one after the other: nobody notices.

use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::balancer::Proxy;
use crate::harness::{Backend, Voxgate};
use crate::line::{Line, Weather};
use crate::service::{Data, Load, Service, free_address};
use crate::turns::turn;
use crate::{dice, number, say};

/// The key that signed an access token.
fn key_of(access_token: &str) -> String {
    let header = access_token.split('.').next().unwrap();
    let header: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_is_refused_while_keys_are_rotated_and_replicas_restarted_in_turn() {
    /// Long enough for both replicas to be restarted, and so to read the new key, before it signs.
    const LEAD: Duration = Duration::from_secs(12);
    let _turn = turn().await;
    let rounds = number("FAULT_ROLLS", 1);
    let (mut dice, begun) = (dice(), Instant::now());
    let (data, url) = Data::without_a_disk(Backend::Postgres);
    let drains = [("SHUTDOWN_DRAIN_DELAY", "1s"), ("SHUTDOWN_GRACE", "15s")];
    let mut service = Service::start_on(data, Some(url.clone()), Weather::Fair, &drains).await;
    let keys = service.voxgate.dir.path().join("keys").display().to_string();
    let (address, smtp) = (free_address(), service.post.url());
    let mut twin = vec![("DATABASE_URL", url.as_str()), ("JWT_KEYS_DIR", &keys), ("BIND_ADDR", &address)];
    twin.extend([("SMTP_URL", smtp.as_str()), ("REFRESH_REUSE_LEEWAY", "60s"), ("ACCESS_TOKEN_TTL", "1h")]);
    twin.extend(drains);
    let mut twin = Voxgate::start_with(Backend::Sqlite, &twin).await;
    let bare = |voxgate: &Voxgate| voxgate.base.strip_prefix("http://").unwrap().to_owned();
    let proxy = Proxy::before(&[&bare(&service.voxgate), &bare(&twin)]).await;
    service.line = Arc::new(Line::to(&proxy.base, Weather::Fair));

    let mut load = Load::begin(&service, &mut dice);
    load.goes_on_for(Duration::from_secs(2)).await;
    for _ in 0..rounds {
        let former = key_of(&service.root_again().await.access_token);
        let lead = format!("{}s", LEAD.as_secs());
        let said = service.voxgate.command(&["keys", "rotate", "--lead", &lead]);
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        let rotated = Instant::now();
        for (n, replica) in [&mut service.voxgate, &mut twin].into_iter().enumerate() {
            load.goes_on_for(Duration::from_millis(dice.between(200, 900))).await;
            assert_eq!(replica.stop().await, Some(0));
            load.goes_on_for(Duration::from_millis(dice.between(100, 600))).await;
            replica.start_again().await;
            proxy.is_back(n, bare(replica)).await;
        }
        assert!(rotated.elapsed() < LEAD, "the machine is too slow for this lead: {:?}", rotated.elapsed());
        load.goes_on_for(LEAD.saturating_sub(rotated.elapsed()) + Duration::from_secs(2)).await;
        assert_ne!(key_of(&service.root_again().await.access_token), former, "the new key signs");
    }
    let mut visitors = load.ends().await;
    service.everything_is_as_told(&mut visitors).await;
    say!("{rounds} rotations and {} restarts in {:.1?}", 2 * rounds, begun.elapsed());
}
