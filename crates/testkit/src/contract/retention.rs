//! Purging what is not needed any more.

use std::time::Duration;

use voxgate_domain::factor::MfaStatus;
use voxgate_domain::mail::OutboxEntry;
use voxgate_domain::notification::{Delivery, Notification};
use voxgate_domain::policy::{Attempts, RetentionCounts, RetentionCutoffs};
use voxgate_domain::session::{EndReason, SessionEnd};
use voxgate_domain::{Profile, Purpose, Timestamp, User, UserId};

use super::Adapter;

/// Cutoffs that are all at `before`.
pub(super) fn cutoffs(before: Timestamp) -> RetentionCutoffs {
    RetentionCutoffs {
        deleted_users: before,
        ended_sessions: before,
        spent_tokens: before,
        sent_mail: before,
        login_attempts: before,
        user_events: before,
    }
}

/// A user whose account was closed now, with something of every kind.
async fn closed_user(adapter: &Adapter) -> User {
    let now = adapter.fixtures.now();
    let user = User { profile: Profile::default(), ..adapter.stored_user().await };
    let (session, _) = adapter.stored_session(&user).await;
    let mail = OutboxEntry { user_id: Some(user.id), ..adapter.fixtures.mail() };
    let (token, hash) = adapter.fixtures.one_time_token(&user, Purpose::PasswordReset);
    let mut unit = adapter.begin().await;
    unit.users().set_password(user.id, Some(&adapter.fixtures.password_hash()), now).await.unwrap();
    unit.sessions().end(user.id, session.id, SessionEnd { at: now, why: EndReason::AccountDeleted }).await.unwrap();
    unit.tokens().replace(&token, hash).await.unwrap();
    unit.outbox().push(&mail).await.unwrap();
    assert!(unit.factors().enroll(&adapter.fixtures.totp(user.id)).await.unwrap());
    unit.factors().replace_recovery_codes(user.id, &[adapter.fixtures.token_hash()], now).await.unwrap();
    unit.outbox().finish(mail.id, now).await.unwrap();
    unit.devices().add(&adapter.fixtures.known_device(user.id), now.minus(Duration::from_secs(1)), 20).await.unwrap();
    let told =
        Notification { id: mail.id, user_id: user.id, kind: mail.kind, queued_at: now, delivery: Delivery::Sent(now) };
    unit.notifications().add(&told).await.unwrap();
    unit.attempts().save(adapter.fixtures.attempt_key(), Attempts::default(), now).await.unwrap();
    let closed = user.delete(now).unwrap();
    unit.users().save(&closed).await.unwrap();
    unit.commit().await.unwrap();
    closed
}

async fn purge_users(adapter: &Adapter, before: Timestamp, limit: u32) -> Vec<UserId> {
    let mut unit = adapter.begin().await;
    let purged = unit.retention().purge_users(before, adapter.fixtures.now(), limit).await.unwrap();
    unit.commit().await.unwrap();
    purged
}

pub async fn a_purged_user_is_an_id_and_nothing_personal(adapter: &Adapter) {
    let user = closed_user(adapter).await;
    let bystander = adapter.stored_user().await;
    let later = adapter.fixtures.after(1);

    assert_eq!(purge_users(adapter, adapter.fixtures.now(), 10).await, [], "not before its time");
    assert_eq!(purge_users(adapter, later, 10).await, [user.id]);
    assert_eq!(purge_users(adapter, later, 10).await, [], "once");

    let account = adapter.store.account(user.id).await.unwrap().unwrap();
    assert_eq!((account.password, account.user.profile), (None, Profile::default()));
    assert_eq!(account.user.email.normalized(), format!("{}@purged.invalid", user.id));
    assert_eq!((account.user.email_verified_at, account.user.last_login_at), (None, None));
    assert_eq!(adapter.store.password_history(user.id, 10).await.unwrap(), []);
    assert_eq!(adapter.store.mfa_status(user.id).await.unwrap(), MfaStatus::default());
    assert_eq!(adapter.begin().await.factors().lock(user.id).await.unwrap(), None);
    assert_eq!(adapter.begin().await.devices().of(user.id).await.unwrap(), []);
    assert_eq!(adapter.store.notifications_of(user.id, None, 10).await.unwrap(), []);
    assert!(adapter.store.account(bystander.id).await.unwrap().is_some_and(|other| other.user == bystander));
    let left = adapter.begin().await.retention().due(&cutoffs(later.plus(Duration::from_secs(1 << 30)))).await.unwrap();
    assert_eq!(left, RetentionCounts { attempts: 1, ..RetentionCounts::default() });
}

pub async fn a_legal_hold_suspends_purging(adapter: &Adapter) {
    let user = closed_user(adapter).await;
    let later = adapter.fixtures.after(1);
    let mut unit = adapter.begin().await;
    assert!(unit.retention().hold(user.id, "subpoena 12", later).await.unwrap());
    assert!(!unit.retention().hold(adapter.fixtures.user().id, "nobody", later).await.unwrap());
    unit.commit().await.unwrap();
    assert_eq!(purge_users(adapter, later, 10).await, []);
    // Nor does anything go that tells of them; the counter tells of nobody.
    let far = cutoffs(later.plus(Duration::from_secs(1 << 30)));
    let left = RetentionCounts { attempts: 1, ..RetentionCounts::default() };
    assert_eq!(adapter.begin().await.retention().due(&far).await.unwrap(), left);
    assert_eq!(adapter.begin().await.retention().purge_records(&far, 10).await.unwrap(), left);

    let mut unit = adapter.begin().await;
    assert!(unit.retention().release(user.id).await.unwrap());
    assert!(!unit.retention().release(user.id).await.unwrap());
    unit.commit().await.unwrap();
    assert_eq!(purge_users(adapter, later, 10).await, [user.id]);
}

pub async fn users_are_purged_oldest_first_and_no_more_than_asked(adapter: &Adapter) {
    let first = closed_user(adapter).await;
    adapter.fixtures.clock.advance(Duration::from_secs(1));
    let second = closed_user(adapter).await;
    let later = adapter.fixtures.after(1);
    assert_eq!(purge_users(adapter, later, 1).await, [first.id]);
    assert_eq!(purge_users(adapter, later, 1).await, [second.id]);
}

pub async fn records_are_purged_after_their_time_and_others_stay(adapter: &Adapter) {
    let user = closed_user(adapter).await;
    let (open, _) = adapter.stored_session(&adapter.stored_user().await).await;
    let waiting = adapter.fixtures.mail();
    let mut unit = adapter.begin().await;
    unit.outbox().push(&waiting).await.unwrap();
    unit.commit().await.unwrap();

    let now = adapter.fixtures.now();
    let nothing = adapter.begin().await.retention().purge_records(&cutoffs(now), 10).await.unwrap();
    assert_eq!(nothing, RetentionCounts::default());

    // The token lives a while longer than the rest.
    let later =
        RetentionCutoffs { spent_tokens: now.plus(Duration::from_secs(86_400)), ..cutoffs(adapter.fixtures.after(1)) };
    let due = adapter.begin().await.retention().due(&later).await.unwrap();
    let all = RetentionCounts { users: 1, sessions: 1, tokens: 1, mails: 1, attempts: 1, events: 0 };
    assert_eq!(due, all);
    let mut unit = adapter.begin().await;
    let purged = unit.retention().purge_records(&later, 10).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(purged, RetentionCounts { users: 0, ..all });
    assert!(adapter.store.account(user.id).await.unwrap().is_some());
    assert!(adapter.authenticator.authenticate(open.id).await.unwrap().is_some());
    assert_eq!(adapter.begin().await.outbox().due(now, 10).await.unwrap(), [waiting]);
}
