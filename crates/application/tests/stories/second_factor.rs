//! The second factor: turning it on, logging in with it, and turning it off.

use voxgate_application::{Error, FactorProof, LoggedIn, TokenPair};
use voxgate_domain::{OneTimeCode, Reason, RecoveryCode, SecretToken, UserId};

use crate::world::{PASSWORD, World, client, minutes, password};

/// Somebody with a second factor, and the recovery codes.
async fn with_mfa(world: &World, name: &str) -> (UserId, Vec<RecoveryCode>) {
    let id = world.patient(name).await;
    let caller = world.logged_in(name).await;
    world.app.enroll_totp(&caller).await.unwrap();
    let codes = world.app.confirm_totp(&caller, &world.code()).await.unwrap();
    world.pass(minutes(1));
    world.forget().await;
    (id, codes)
}

async fn challenge(world: &World, name: &str) -> SecretToken {
    match world.log_in(name, PASSWORD).await.unwrap() {
        LoggedIn::MfaRequired(pending) => pending.mfa_token,
        LoggedIn::Session(_) => panic!("no second factor is asked for"),
    }
}

async fn verify(world: &World, token: &SecretToken, proof: FactorProof) -> Result<TokenPair, Error> {
    world.app.verify_mfa(token, &proof, None, &client()).await.map(|verified| verified.pair)
}

fn wrong() -> FactorProof {
    FactorProof::Code(OneTimeCode::parse("000000").unwrap())
}

#[tokio::test]
async fn it_is_on_when_its_first_code_was_right() {
    let world = World::new().await;
    world.patient("ada").await;
    let caller = world.logged_in("ada").await;
    world.forget().await;
    let early = world.app.confirm_totp(&caller, &world.code()).await;
    assert!(matches!(early, Err(Error::Conflict(_))), "{early:?}");
    world.app.enroll_totp(&caller).await.unwrap();
    let refused = world.app.confirm_totp(&caller, &OneTimeCode::parse("000000").unwrap()).await;
    assert!(matches!(refused, Err(Error::InvalidMfaCode)), "{refused:?}");
    assert_eq!(world.app.read_mfa(&caller).await.unwrap().confirmed_at, None);
    let codes = world.app.confirm_totp(&caller, &world.code()).await.unwrap();
    assert_eq!(codes.len(), world.app.policies().factor.recovery_codes);
    let status = world.app.read_mfa(&caller).await.unwrap();
    assert!(status.confirmed_at.is_some());
    assert!(matches!(world.app.enroll_totp(&caller).await, Err(Error::Conflict(_))));
    assert_eq!(world.mail_names("ada").await, ["mfa_enabled"]);
    assert_eq!(
        world.trail().await,
        [
            "mfa.enrollment_begun ada>ada in a session from there",
            "mfa.failed failed ada>ada in a session from there",
            "mfa.enabled ada>ada in a session from there",
        ]
    );
}

#[tokio::test]
async fn a_login_owes_a_code_that_works_once() {
    let world = World::new().await;
    with_mfa(&world, "ada").await;
    let token = challenge(&world, "ada").await;
    assert!(matches!(verify(&world, &token, wrong()).await, Err(Error::InvalidMfaCode)));
    verify(&world, &token, FactorProof::Code(world.code())).await.unwrap();
    let again = verify(&world, &token, FactorProof::Code(world.code())).await;
    assert!(matches!(again, Err(Error::InvalidMfaCode)), "the challenge is used up");
    let token = challenge(&world, "ada").await;
    let again = verify(&world, &token, FactorProof::Code(world.code())).await;
    assert!(matches!(again, Err(Error::InvalidMfaCode)), "so is the code");
    assert_eq!(
        world.trail().await,
        [
            "mfa.challenged ?>ada from there",
            "mfa.failed failed ?>ada from there",
            r#"login.succeeded ada>ada in a session from there {"amr":["pwd","otp"],"device":"known"}"#,
            "mfa.failed failed ?>ada from there",
            "mfa.challenged ?>ada from there",
            "mfa.failed failed ?>ada from there",
        ]
    );
}

#[tokio::test]
async fn a_challenge_is_good_for_a_while() {
    let world = World::new().await;
    with_mfa(&world, "ada").await;
    let token = challenge(&world, "ada").await;
    world.pass(minutes(6));
    let late = verify(&world, &token, FactorProof::Code(world.code())).await;
    assert!(matches!(late, Err(Error::InvalidMfaCode)));
    let unknown = SecretToken::presented("nobody-issued-this").unwrap();
    assert!(matches!(verify(&world, &unknown, wrong()).await, Err(Error::InvalidMfaCode)));
    assert_eq!(world.trail().await, ["mfa.challenged ?>ada from there", "mfa.failed failed ?>ada from there",]);
}

#[tokio::test]
async fn a_recovery_code_works_once_and_its_owner_is_told() {
    let world = World::new().await;
    let (_, codes) = with_mfa(&world, "ada").await;
    let recovery = || FactorProof::Recovery(Some(codes[0].clone()));
    let token = challenge(&world, "ada").await;
    let caller = world.caller(&verify(&world, &token, recovery()).await.unwrap()).await;
    assert_eq!(world.mail_names("ada").await, ["recovery_code_used"]);
    let status = world.app.read_mfa(&caller).await.unwrap();
    assert_eq!(usize::try_from(status.recovery_codes_remaining).unwrap(), codes.len() - 1);
    let token = challenge(&world, "ada").await;
    assert!(matches!(verify(&world, &token, recovery()).await, Err(Error::InvalidMfaCode)));
    assert_eq!(
        world.trail().await,
        [
            "mfa.challenged ?>ada from there",
            "mfa.recovery_code_used ?>ada from there",
            r#"login.succeeded ada>ada in a session from there {"amr":["pwd","otp"],"device":"known"}"#,
            "mfa.challenged ?>ada from there",
            "mfa.failed failed ?>ada from there",
        ]
    );
}

#[tokio::test]
async fn five_wrong_codes_lock() {
    let world = World::new().await;
    with_mfa(&world, "ada").await;
    for _ in 0..4 {
        let token = challenge(&world, "ada").await;
        assert!(matches!(verify(&world, &token, wrong()).await, Err(Error::InvalidMfaCode)));
    }
    let token = challenge(&world, "ada").await;
    verify(&world, &token, wrong()).await.unwrap_err();
    let locked = verify(&world, &token, FactorProof::Code(world.code())).await;
    assert!(matches!(locked, Err(Error::AccountLocked { .. })), "{locked:?}");
    let names = world.mail_names("ada").await;
    assert_eq!(names, ["account_locked"]);
    assert_eq!(
        world.trail().await,
        [
            "mfa.challenged ?>ada from there",
            "mfa.failed failed ?>ada from there",
            "mfa.challenged ?>ada from there",
            "mfa.failed failed ?>ada from there",
            "mfa.challenged ?>ada from there",
            "mfa.failed failed ?>ada from there",
            "mfa.challenged ?>ada from there",
            "mfa.failed failed ?>ada from there",
            "mfa.challenged ?>ada from there",
            "mfa.failed failed ?>ada from there",
            r#"account.locked ?>ada from there {"until":"…"}"#,
            r#"login.failed failed ?>ada from there {"why":"locked"}"#,
        ]
    );
}

#[tokio::test]
async fn codes_are_made_anew_and_the_factor_is_turned_off_with_a_proof() {
    let world = World::new().await;
    let (_, codes) = with_mfa(&world, "ada").await;
    let token = challenge(&world, "ada").await;
    let pair = verify(&world, &token, FactorProof::Code(world.code())).await.unwrap();
    let caller = world.caller(&pair).await;
    world.forget().await;
    world.pass(minutes(1));
    let refused = world.app.regenerate_recovery_codes(&caller, OneTimeCode::parse("000000").unwrap()).await;
    assert!(matches!(refused, Err(Error::InvalidMfaCode)));
    let new = world.app.regenerate_recovery_codes(&caller, world.code()).await.unwrap();
    let old = world.app.disable_totp(&caller, &FactorProof::Recovery(Some(codes[0].clone()))).await;
    assert!(matches!(old, Err(Error::InvalidMfaCode)), "{old:?}");
    world.pass(minutes(1));
    let asked = world.app.reauthenticate(&caller, &password(), None).await;
    assert!(matches!(asked, Err(Error::InvalidMfaCode)), "{asked:?}");
    world.app.reauthenticate(&caller, &password(), Some(world.code())).await.unwrap();
    world.app.disable_totp(&world.caller(&pair).await, &FactorProof::Recovery(Some(new[1].clone()))).await.unwrap();
    assert!(matches!(world.log_in("ada", PASSWORD).await, Ok(LoggedIn::Session(_))));
    assert_eq!(world.mail_names("ada").await, ["recovery_codes_regenerated", "recovery_code_used", "mfa_disabled"]);
    assert_eq!(
        world.trail().await,
        [
            "mfa.failed failed ada>ada in a session from there",
            "mfa.recovery_codes_regenerated ada>ada in a session from there",
            "mfa.failed failed ada>ada in a session from there",
            "mfa.failed failed ada>ada in a session from there",
            "session.reauthenticated ada>ada in a session from there",
            "mfa.recovery_code_used ada>ada in a session from there",
            "mfa.disabled ada>ada in a session from there",
            r#"login.succeeded ada>ada in a session from there {"amr":["pwd"],"device":"known"}"#,
        ]
    );
}

#[tokio::test]
async fn an_operator_takes_a_lost_one_away() {
    let world = World::new().await;
    let why = Reason::parse("came with her passport").unwrap();
    let (ada, _) = with_mfa(&world, "ada").await;
    let owing = challenge(&world, "ada").await;
    world.forget().await;
    world.app.reset_second_factor(ada, &why).await.unwrap();
    assert_eq!(world.mail_names("ada").await, ["mfa_disabled"]);
    assert_eq!(
        world.trail().await,
        [
            r#"session.revoked ?>ada since "came with her passport" {"count":1,"why":"administration"}"#,
            r#"mfa.disabled ?>ada since "came with her passport""#,
        ]
    );
    let late = verify(&world, &owing, FactorProof::Code(world.code())).await;
    assert!(matches!(late, Err(Error::InvalidMfaCode)), "{late:?}");
    let caller = world.logged_in("ada").await;
    assert_eq!(world.app.read_mfa(&caller).await.unwrap().confirmed_at, None);
    world.app.enroll_totp(&caller).await.unwrap();

    world.forget().await;
    let again = world.app.reset_second_factor(ada, &why).await;
    assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
    world.app.delete_account(&caller).await.unwrap();
    let closed = world.app.reset_second_factor(ada, &why).await;
    assert!(matches!(closed, Err(Error::Inadmissible(_))), "{closed:?}");
}
