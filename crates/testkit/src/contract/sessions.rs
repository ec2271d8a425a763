//! Sessions and their refresh tokens.

use voxgate_domain::ports::{Principal, StoreError};
use voxgate_domain::session::{Device, EndReason};
use voxgate_domain::{AuthMethods, DeviceName, Generation, RefreshToken, Session, SessionEnd, User, UserAgent};

use super::{Adapter, RACERS};

fn end(adapter: &Adapter) -> SessionEnd {
    SessionEnd { at: adapter.fixtures.after(60), why: EndReason::Revoked }
}

async fn newest_first(adapter: &Adapter, user: &User) -> Vec<Session> {
    adapter.store.sessions_of(user.id, adapter.fixtures.now(), 100).await.unwrap()
}

pub async fn a_session_comes_back_with_all_values(adapter: &Adapter) {
    let (fixtures, user) = (&adapter.fixtures, adapter.stored_user().await);
    let (plain, _) = fixtures.session(user.id);
    let session = Session {
        device: Device {
            name: DeviceName::parse("Ada's phone").ok(),
            user_agent: UserAgent::from_header("curl/8.5"),
            ip_address: "2001:db8::1".parse().unwrap(),
        },
        amr: AuthMethods::PasswordAndCode,
        auth_time: fixtures.after(1),
        last_seen_at: fixtures.after(2),
        ..plain
    };
    let token = fixtures.refresh_token(&session, Generation::FIRST);
    let mut unit = adapter.begin().await;
    unit.sessions().add(&session, &token).await.unwrap();
    let held = unit.sessions().lock_by_token(token.hash).await.unwrap();
    unit.commit().await.unwrap();
    let holder = Principal { user: user.clone(), session: session.clone(), roles: Vec::new() };
    assert_eq!(held, Some((token, holder)));
    assert_eq!(newest_first(adapter, &user).await, [session]);
}

pub async fn an_unknown_token_has_no_session(adapter: &Adapter) {
    let mut unit = adapter.begin().await;
    assert_eq!(unit.sessions().lock_by_token(adapter.fixtures.token_hash()).await.unwrap(), None);
}

pub async fn rotating_moves_the_generation_on_once(adapter: &Adapter) {
    let (fixtures, user) = (&adapter.fixtures, adapter.stored_user().await);
    let (session, first) = adapter.stored_session(&user).await;
    let refreshed = session.clone().refreshed(Generation::FIRST.next(), fixtures.after(10));
    let next = RefreshToken { issued_at: fixtures.after(10), ..fixtures.refresh_token(&session, refreshed.generation) };
    let mut unit = adapter.begin().await;
    unit.sessions().rotate(&refreshed, Generation::FIRST, &next).await.unwrap();
    let old = unit.sessions().lock_by_token(first.hash).await.unwrap();
    let new = unit.sessions().lock_by_token(next.hash).await.unwrap();
    let other = fixtures.refresh_token(&session, refreshed.generation);
    let stale = unit.sessions().rotate(&refreshed, Generation::FIRST, &other).await.unwrap_err();
    unit.commit().await.unwrap();
    let holder = Principal { user, session: refreshed, roles: Vec::new() };
    assert_eq!(old, Some((RefreshToken { superseded_at: Some(fixtures.after(10)), ..first }, holder.clone())));
    assert_eq!(new, Some((next, holder)));
    assert!(matches!(stale, StoreError::Stale), "{stale:?}");
}

pub async fn an_ended_session_is_neither_rotated_nor_reauthenticated(adapter: &Adapter) {
    let (fixtures, user) = (&adapter.fixtures, adapter.stored_user().await);
    let (session, token) = adapter.stored_session(&user).await;
    let refreshed = session.clone().refreshed(Generation::FIRST.next(), fixtures.now());
    let next = fixtures.refresh_token(&session, refreshed.generation);
    let mut unit = adapter.begin().await;
    assert!(unit.sessions().end(user.id, session.id, end(adapter)).await.unwrap());
    let rotated = unit.sessions().rotate(&refreshed, Generation::FIRST, &next).await;
    let proven = unit.sessions().reauthenticated(session.id, fixtures.now()).await;
    let held = unit.sessions().lock_by_token(token.hash).await.unwrap();
    unit.commit().await.unwrap();
    assert!(matches!((rotated, proven), (Err(StoreError::Stale), Err(StoreError::Stale))));
    assert_eq!(held.unwrap().1.session, Session { ended: Some(end(adapter)), ..session });
}

pub async fn of_concurrent_refreshes_each_sees_the_one_before(adapter: &Adapter) {
    let user = adapter.stored_user().await;
    let (session, token) = adapter.stored_session(&user).await;
    let refreshes = (0..RACERS).map(|_| {
        let (store, fixtures) = (adapter.store.clone(), adapter.fixtures.clone());
        let first = token.hash;
        tokio::spawn(async move {
            let mut unit = store.begin().await.unwrap();
            let (old, Principal { session, .. }) = unit.sessions().lock_by_token(first).await.unwrap().unwrap();
            let is_current = old.generation == session.generation;
            assert_eq!(old.superseded_at.is_none(), is_current, "token and session are of one time");
            let from = session.generation;
            let refreshed = session.refreshed(from.next(), fixtures.now());
            let next = fixtures.refresh_token(&refreshed, refreshed.generation);
            unit.sessions().rotate(&refreshed, from, &next).await.unwrap();
            unit.commit().await.unwrap();
            is_current
        })
    });
    let mut firsts = 0;
    for refresh in refreshes.collect::<Vec<_>>() {
        firsts += usize::from(refresh.await.unwrap());
    }
    let sessions = newest_first(adapter, &user).await;
    assert_eq!((sessions.len(), sessions[0].id, firsts), (1, session.id, 1));
    assert_eq!(sessions[0].generation.number(), 1 + i64::try_from(RACERS).unwrap());
}

pub async fn reauthentication_is_saved(adapter: &Adapter) {
    let user = adapter.stored_user().await;
    let (session, _) = adapter.stored_session(&user).await;
    let mut unit = adapter.begin().await;
    unit.sessions().reauthenticated(session.id, adapter.fixtures.after(9)).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(newest_first(adapter, &user).await, [session.reauthenticated(adapter.fixtures.after(9))]);
}

pub async fn a_further_proof_is_saved(adapter: &Adapter) {
    let user = adapter.stored_user().await;
    let (session, _) = adapter.stored_session(&user).await;
    let mut unit = adapter.begin().await;
    unit.sessions().proven(session.id, AuthMethods::PasswordAndCode).await.unwrap();
    unit.commit().await.unwrap();
    let proven = Session { amr: AuthMethods::PasswordAndCode, ..session };
    assert_eq!(newest_first(adapter, &user).await, std::slice::from_ref(&proven));
    let mut unit = adapter.begin().await;
    unit.sessions().end(user.id, proven.id, end(adapter)).await.unwrap();
    let over = unit.sessions().proven(proven.id, AuthMethods::Password).await;
    assert!(matches!(over, Err(StoreError::Stale)), "{over:?}");
}

pub async fn a_session_is_ended_once_and_by_its_owner(adapter: &Adapter) {
    let (owner, other) = (adapter.stored_user().await, adapter.stored_user().await);
    let (session, _) = adapter.stored_session(&owner).await;
    let (unknown, _) = adapter.fixtures.session(owner.id);
    let mut unit = adapter.begin().await;
    assert!(!unit.sessions().end(other.id, session.id, end(adapter)).await.unwrap());
    assert!(!unit.sessions().end(owner.id, unknown.id, end(adapter)).await.unwrap());
    assert!(unit.sessions().end(owner.id, session.id, end(adapter)).await.unwrap());
    assert!(!unit.sessions().end(owner.id, session.id, end(adapter)).await.unwrap());
    unit.commit().await.unwrap();
    assert_eq!(newest_first(adapter, &owner).await, []);
}

pub async fn every_end_reason_comes_back(adapter: &Adapter) {
    let user = adapter.stored_user().await;
    for why in EndReason::ALL {
        let (session, token) = adapter.stored_session(&user).await;
        let end = SessionEnd { at: adapter.fixtures.now(), why: *why };
        let mut unit = adapter.begin().await;
        assert!(unit.sessions().end(user.id, session.id, end).await.unwrap());
        let (_, holder) = unit.sessions().lock_by_token(token.hash).await.unwrap().unwrap();
        unit.commit().await.unwrap();
        assert_eq!(holder.session.ended, Some(end));
    }
}

pub async fn all_sessions_but_one_are_ended_and_nobody_elses(adapter: &Adapter) {
    let (user, other) = (adapter.stored_user().await, adapter.stored_user().await);
    let (kept, _) = adapter.stored_session(&user).await;
    for _ in 0..3 {
        adapter.stored_session(&user).await;
    }
    adapter.stored_session(&other).await;
    let mut unit = adapter.begin().await;
    assert_eq!(unit.sessions().end_all(user.id, Some(kept.id), end(adapter)).await.unwrap(), 3);
    assert_eq!(unit.sessions().end_all(user.id, Some(kept.id), end(adapter)).await.unwrap(), 0);
    unit.commit().await.unwrap();
    assert_eq!(newest_first(adapter, &user).await, [kept]);

    let mut unit = adapter.begin().await;
    assert_eq!(unit.sessions().end_all(user.id, None, end(adapter)).await.unwrap(), 1);
    unit.commit().await.unwrap();
    assert_eq!(newest_first(adapter, &user).await, []);
    assert_eq!(newest_first(adapter, &other).await.len(), 1);
}

pub async fn whoever_has_a_session_that_was_not_ended_is_found_once_and_in_turn(adapter: &Adapter) {
    let users = [adapter.stored_user().await, adapter.stored_user().await, adapter.stored_user().await];
    for user in [&users[0], &users[0], &users[1], &users[2]] {
        adapter.stored_session(user).await;
    }
    adapter.stored_user().await;
    let mut unit = adapter.begin().await;
    unit.sessions().end_all(users[1].id, None, end(adapter)).await.unwrap();
    let mut with_session = [users[0].id, users[2].id];
    with_session.sort();
    assert_eq!(unit.sessions().owners_after(None, 10).await.unwrap(), with_session);
    assert_eq!(unit.sessions().owners_after(None, 1).await.unwrap(), with_session[..1]);
    assert_eq!(unit.sessions().owners_after(Some(with_session[0]), 10).await.unwrap(), with_session[1..]);
    assert_eq!(unit.sessions().owners_after(Some(with_session[1]), 10).await.unwrap(), []);
    unit.commit().await.unwrap();
}

pub async fn the_oldest_sessions_beyond_the_newest_are_ended(adapter: &Adapter) {
    let (user, other) = (adapter.stored_user().await, adapter.stored_user().await);
    adapter.stored_session(&other).await;
    let mut made = Vec::new();
    for _ in 0..5 {
        adapter.fixtures.clock.advance(std::time::Duration::from_secs(1));
        made.push(adapter.stored_session(&user).await.0);
    }
    let mut unit = adapter.begin().await;
    assert_eq!(unit.sessions().end_excess(user.id, 2, end(adapter)).await.unwrap(), 3);
    assert_eq!(unit.sessions().end_excess(user.id, 2, end(adapter)).await.unwrap(), 0);
    unit.commit().await.unwrap();
    assert_eq!(newest_first(adapter, &user).await, [made[4].clone(), made[3].clone()]);
    assert_eq!(newest_first(adapter, &other).await.len(), 1);
}

pub async fn sessions_are_listed_newest_first_without_expired_ones(adapter: &Adapter) {
    let user = adapter.stored_user().await;
    let (old, _) = adapter.stored_session(&user).await;
    adapter.fixtures.clock.advance(std::time::Duration::from_secs(1));
    let (new, _) = adapter.stored_session(&user).await;
    let list = async |now, limit| adapter.store.sessions_of(user.id, now, limit).await.unwrap();
    let both = [new, old];
    assert_eq!(list(adapter.fixtures.now(), 10).await, both);
    assert_eq!(list(adapter.fixtures.now(), 1).await, both[..1]);
    assert_eq!(list(both[1].expires_at, 10).await, both[..1]);
}

pub async fn a_session_belongs_to_a_user_who_is_there(adapter: &Adapter) {
    let (session, token) = adapter.fixtures.session(adapter.fixtures.user().id);
    let mut unit = adapter.begin().await;
    let refused = unit.sessions().add(&session, &token).await.unwrap_err();
    assert!(matches!(refused, StoreError::Stale), "{refused:?}");
}
