//! Logging in, told as what was recorded.

use super::*;
use voxgate_domain::policy::Attempts;
use voxgate_domain::ports::MockStore;

use crate::test_support::{
    Doubles, Journal, Unit, account, active, client, email, minutes, now, password, pending, with_mfa,
};

fn input() -> LogIn {
    LogIn { email: email(), password: password(), device_name: None, delivery: TokenDelivery::Body, device_token: None }
}

fn right() -> Verification {
    Verification::Match { outdated: false }
}

/// A unit whose counter stands at `failures` and is saved.
fn counting(journal: &Journal, failures: u32) -> Unit {
    let mut unit = Unit::new(journal);
    unit.attempts = voxgate_domain::ports::MockLoginAttempts::new();
    let before = Attempts { failures, last_failure_at: Some(now()), locked_until: None };
    unit.attempts.expect_lock().returning(move |_, _| Ok(before));
    let saved = journal.clone();
    unit.attempts.expect_save().returning(move |_, attempts, _| {
        saved.note(format!("failures {}", attempts.failures));
        Ok(())
    });
    unit
}

#[tokio::test]
async fn the_right_password_begins_a_session() {
    let journal = Journal::default();
    let mut unit = Unit::new(&journal);
    unit.users.expect_lock().returning(|_| Ok(Some(account(active()))));
    unit.users.expect_save().withf(|user| user.last_login_at == Some(now())).times(1).returning(|_| Ok(()));
    unit.sessions.expect_add().times(1).returning(|_, _| Ok(()));
    unit.sessions.expect_end_excess().returning(|_, _, _| Ok(0));
    unit.roles.expect_of().returning(|_| Ok(Vec::new()));
    let doubles = Doubles::new().with_account(Some(account(active()))).with_verification(right());
    let app = doubles.with_unit(unit).application();

    let LoggedIn::Session(pair) = app.log_in(input(), &client()).await.unwrap() else { panic!("no session") };

    assert_eq!(pair.expires_in, minutes(15));
    assert_eq!(pair.refresh_expires_in, Duration::from_secs(604_800));
    assert_eq!(journal.lines(), ["audit login.succeeded", "commit"]);
}

#[tokio::test]
async fn only_a_login_that_its_owner_is_told_of_wakes_the_dispatcher() {
    let told = ["mail new_device", "audit login.succeeded", "commit", "woken"];
    for (used, expected) in [(true, ["audit login.succeeded", "commit"].as_slice()), (false, told.as_slice())] {
        let journal = Journal::default();
        let mut unit = Unit::new(&journal);
        let returning = account(active().logged_in(now()));
        let held = returning.clone();
        unit.users.expect_lock().returning(move |_| Ok(Some(held.clone())));
        unit.users.expect_save().returning(|_| Ok(()));
        unit.sessions.expect_has_used().returning(move |_, _| Ok(used));
        unit.sessions.expect_add().returning(|_, _| Ok(()));
        unit.sessions.expect_end_excess().returning(|_, _, _| Ok(0));
        unit.roles.expect_of().returning(|_| Ok(Vec::new()));
        let doubles = Doubles::new().with_account(Some(returning)).with_verification(right());
        let woken = journal.clone();
        let app = doubles.with_unit(unit).application().on_mail_queued(move || woken.note("woken"));

        app.log_in(input(), &client()).await.unwrap();

        assert_eq!(journal.lines(), expected);
    }
}

#[tokio::test]
async fn with_a_second_factor_the_password_alone_begins_no_session_and_ends_no_run_of_failures() {
    let journal = Journal::default();
    let mut unit = counting(&journal, 3);
    unit.users.expect_lock().returning(|_| Ok(Some(account(with_mfa()))));
    unit.challenges
        .expect_add()
        .withf(|challenge| challenge.user_id == with_mfa().id && challenge.device.ip_address == client().ip_address)
        .times(1)
        .returning(|_| Ok(()));
    let doubles = Doubles::new().with_account(Some(account(with_mfa()))).with_verification(right());

    let outcome = doubles.with_unit(unit).application().log_in(input(), &client()).await.unwrap();

    assert!(matches!(outcome, LoggedIn::MfaRequired(pending) if pending.expires_in == minutes(5)));
    assert_eq!(journal.lines(), ["audit mfa.challenged", "commit"]);
}

#[tokio::test]
async fn an_unknown_address_costs_a_hash_and_counts_as_a_known_one_does() {
    let journal = Journal::default();
    let mut doubles = Doubles::new().with_account(None).with_unit(counting(&journal, 0));
    doubles
        .passwords
        .expect_verify()
        .withf(|_, hash| hash.is_none())
        .times(1)
        .returning(|_, _| Ok(Verification::Mismatch));

    let refused = doubles.application().log_in(input(), &client()).await;

    assert!(matches!(refused, Err(Error::InvalidCredentials)));
    assert_eq!(journal.lines(), ["failures 1", "audit login.failed", "commit"]);
}

#[tokio::test]
async fn the_fifth_failure_locks_and_the_owner_is_told() {
    let journal = Journal::default();
    let doubles = Doubles::new().with_account(Some(account(active()))).with_verification(Verification::Mismatch);

    let refused = doubles.with_unit(counting(&journal, 4)).application().log_in(input(), &client()).await;

    assert!(matches!(refused, Err(Error::InvalidCredentials)));
    let done = ["failures 5", "audit login.failed", "audit account.locked", "mail account_locked", "commit"];
    assert_eq!(journal.lines(), done);
}

#[tokio::test]
async fn a_lock_refuses_even_the_right_password_and_hashes_nothing() {
    let journal = Journal::default();
    let mut doubles = Doubles { store: MockStore::new(), ..Doubles::new() };
    let locked = Attempts { failures: 5, last_failure_at: Some(now()), locked_until: Some(now().plus(minutes(9))) };
    doubles.store.expect_attempts().returning(move |_| Ok(locked));
    let app = doubles.with_account(Some(account(active()))).with_unit(Unit::new(&journal)).application();

    let refused = app.log_in(input(), &client()).await;

    assert!(matches!(refused, Err(Error::AccountLocked { retry_after }) if retry_after == minutes(9)));
    assert_eq!(journal.lines(), ["audit login.failed", "commit"]);
}

#[tokio::test]
async fn a_lock_that_came_while_hashing_refuses_too() {
    let journal = Journal::default();
    let mut unit = Unit::new(&journal);
    unit.attempts = voxgate_domain::ports::MockLoginAttempts::new();
    let locked = Attempts { failures: 5, last_failure_at: Some(now()), locked_until: Some(now().plus(minutes(15))) };
    unit.attempts.expect_lock().returning(move |_, _| Ok(locked));
    let doubles = Doubles::new().with_account(Some(account(active()))).with_verification(right());

    let refused = doubles.with_unit(unit).application().log_in(input(), &client()).await;

    assert!(matches!(refused, Err(Error::AccountLocked { .. })));
}

#[tokio::test]
async fn an_unproven_address_is_told_only_to_who_has_the_password() {
    let journal = Journal::default();
    let mut unit = Unit::new(&journal);
    unit.users.expect_lock().returning(|_| Ok(Some(account(pending()))));
    let doubles = Doubles::new().with_account(Some(account(pending()))).with_verification(right());

    let refused = doubles.with_unit(unit).application().log_in(input(), &client()).await;

    assert!(matches!(refused, Err(Error::EmailNotVerified)));
    assert_eq!(journal.lines(), ["audit login.failed", "commit"]);
}

#[tokio::test]
async fn a_password_changed_meanwhile_is_compared_anew_and_counts_as_wrong() {
    let journal = Journal::default();
    let mut unit = Unit::new(&journal);
    let changed = Account { password: Some(PasswordHash::from_phc("other".into())), ..account(active()) };
    unit.users.expect_lock().returning(move |_| Ok(Some(changed.clone())));
    let doubles = Doubles::new().with_account(Some(account(active()))).with_verification(right());
    let doubles = doubles.with_verification(Verification::Mismatch);

    let doubles = doubles.with_unit(unit).with_unit(counting(&journal, 0));
    let refused = doubles.application().log_in(input(), &client()).await;

    assert!(matches!(refused, Err(Error::InvalidCredentials)));
    assert_eq!(journal.lines(), ["rollback", "failures 1", "audit login.failed", "commit"]);
}

#[tokio::test]
async fn an_outdated_hash_is_renewed() {
    let journal = Journal::default();
    let mut unit = Unit::new(&journal);
    unit.users.expect_lock().returning(|_| Ok(Some(account(active()))));
    unit.users.expect_renew_hash().times(1).returning(|_, _, _| Ok(()));
    unit.users.expect_save().returning(|_| Ok(()));
    unit.sessions.expect_add().returning(|_, _| Ok(()));
    unit.sessions.expect_end_excess().returning(|_, _, _| Ok(0));
    unit.roles.expect_of().returning(|_| Ok(Vec::new()));
    let mut doubles = Doubles::new()
        .with_account(Some(account(active())))
        .with_verification(Verification::Match { outdated: true })
        .with_unit(unit);
    doubles.passwords.expect_rehash().times(1).returning(|_| Ok(PasswordHash::from_phc("stronger".into())));

    doubles.application().log_in(input(), &client()).await.unwrap();

    assert_eq!(journal.lines(), ["audit password.rehashed", "audit login.succeeded", "commit"]);
}
