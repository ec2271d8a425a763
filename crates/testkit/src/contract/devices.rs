//! Devices on which users have logged in before.

use voxgate_domain::session::Device;
use voxgate_domain::{DeviceName, KnownDevice, User, UserAgent};

use super::Adapter;

async fn added(adapter: &Adapter, user: &User, max: u32) -> KnownDevice {
    let device = adapter.fixtures.known_device(user.id);
    let mut unit = adapter.begin().await;
    let long_ago = user.created_at.minus(std::time::Duration::from_secs(1));
    unit.devices().add(&device, long_ago, max).await.unwrap();
    unit.commit().await.unwrap();
    device
}

async fn is_known(adapter: &Adapter, device: &KnownDevice) -> bool {
    adapter.store.known_device(device.hash).await.unwrap().is_some()
}

pub async fn a_known_device_comes_back_by_its_token_alone(adapter: &Adapter) {
    let user = adapter.stored_user().await;
    let device = added(adapter, &user, 20).await;
    assert_eq!(adapter.store.known_device(device.hash).await.unwrap(), Some(device.clone()));
    assert_eq!(adapter.store.known_device(adapter.fixtures.token_hash()).await.unwrap(), None);
    assert_eq!(adapter.begin().await.devices().of(user.id).await.unwrap(), [device]);
}

pub async fn a_login_on_a_known_device_is_noted_and_never_earlier_than_before(adapter: &Adapter) {
    let user = adapter.stored_user().await;
    let device = added(adapter, &user, 20).await;
    let later = adapter.fixtures.after(60);
    let mut unit = adapter.begin().await;
    unit.devices().seen(device.id, later).await.unwrap();
    unit.devices().seen(device.id, adapter.fixtures.after(30)).await.unwrap();
    unit.devices().seen(adapter.fixtures.known_device(user.id).id, later).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(adapter.store.known_device(device.hash).await.unwrap().unwrap().last_seen_at, later);
}

pub async fn devices_unused_long_and_beyond_the_most_are_forgotten(adapter: &Adapter) {
    let (user, other) = (adapter.stored_user().await, adapter.stored_user().await);
    let others = added(adapter, &other, 20).await;
    let oldest = added(adapter, &user, 20).await;
    adapter.fixtures.clock.advance(std::time::Duration::from_secs(1));
    let kept = added(adapter, &user, 2).await;
    adapter.fixtures.clock.advance(std::time::Duration::from_secs(1));
    added(adapter, &user, 2).await;
    assert!(!is_known(adapter, &oldest).await);
    assert!(is_known(adapter, &kept).await && is_known(adapter, &others).await);

    let newest = adapter.fixtures.known_device(user.id);
    let mut unit = adapter.begin().await;
    unit.devices().add(&newest, kept.last_seen_at, 20).await.unwrap();
    unit.commit().await.unwrap();
    assert!(!is_known(adapter, &kept).await && is_known(adapter, &others).await);
}

pub async fn all_devices_of_a_user_are_forgotten(adapter: &Adapter) {
    let (user, other) = (adapter.stored_user().await, adapter.stored_user().await);
    let (mine, others) = (added(adapter, &user, 20).await, added(adapter, &other, 20).await);
    let mut unit = adapter.begin().await;
    unit.devices().forget(user.id).await.unwrap();
    unit.commit().await.unwrap();
    assert!(!is_known(adapter, &mine).await && is_known(adapter, &others).await);
}

pub async fn a_session_tells_what_was_used_before(adapter: &Adapter) {
    let (user, other) = (adapter.stored_user().await, adapter.stored_user().await);
    let (session, _) = adapter.stored_session(&user).await;
    let used = session.device;
    let mut unit = adapter.begin().await;
    assert!(unit.sessions().has_used(user.id, &used).await.unwrap());
    assert!(!unit.sessions().has_used(other.id, &used).await.unwrap());
    let others = [
        Device { name: DeviceName::parse("another name").ok(), ..used.clone() },
        Device { user_agent: UserAgent::from_header("another/2"), ..used.clone() },
        Device { ip_address: "203.0.113.77".parse().unwrap(), ..used },
    ];
    for device in others {
        assert!(!unit.sessions().has_used(user.id, &device).await.unwrap(), "{device:?}");
    }
}
