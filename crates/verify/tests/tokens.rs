//! What a token says, and which documents are sets of keys.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    unreachable_pub,
    dead_code,
    reason = "a test that cannot go on fails; what is shared by tests is not all used by each"
)]

mod support;

use std::time::Duration;

use rstest::rstest;
use serde_json::{Value, json};
use support::{Key, key_set, now, service, user, verdict, verifier, with};
use uuid::Uuid;
use voxgate_domain::role::seed_roles;
use voxgate_domain::{AuthMethods, Permission, Role, RoleName, Timestamp};
use voxgate_verify::{InvalidKeySet, KeySet, Refusal, RoleTable, TokenClaims};

#[test]
fn a_token_of_a_user_says_who_in_which_session_and_how_they_proved_it() {
    let key = Key::new("a");
    let token = verdict(&key, &key.token()).unwrap();
    let TokenClaims::User(claims) = &token else { panic!("{token:?}") };
    assert_eq!(claims.expires_at.since(claims.issued_at), Duration::from_secs(900));
    assert_eq!(claims.subject, Uuid::from_u128(1).into());
    assert_eq!(claims.session, Uuid::from_u128(2).into());
    assert_eq!(claims.token_id, Uuid::from_u128(3));
    assert_eq!(claims.amr, AuthMethods::PasswordAndCode);
    assert_eq!(claims.auth_time.unix_seconds(), now().unix_seconds() - 60);
    assert_eq!(claims.roles.iter().map(RoleName::as_str).collect::<Vec<_>>(), ["patient", "clinician"]);

    let caller = RoleTable::default().caller(token);
    assert!(caller.has_role("clinician") && !caller.has_role("admin"));
    assert!(caller.allows(Permission::UsersRead) && !caller.allows(Permission::UsersWrite));
    assert_eq!((caller.user_id(), caller.client_id()), (Some(Uuid::from_u128(1).into()), None));
}

#[test]
fn a_token_of_a_service_says_which_and_what_it_may_do() {
    let key = Key::new("a");
    let token = verdict(&key, &key.forge(key.header(), service())).unwrap();
    let caller = RoleTable::default().caller(token);
    assert_eq!((caller.user_id(), caller.session_id()), (None, None));
    assert_eq!(caller.client_id(), Some(Uuid::from_u128(7).into()));
    let permissions: Vec<Permission> = caller.permissions().iter().collect();
    assert_eq!(permissions, [Permission::UsersRead, Permission::RolesRead], "without one that is not known here");
    assert!(caller.roles().is_empty());

    let nothing = verdict(&key, &key.forge(key.header(), with(service(), "scope", json!("")))).unwrap();
    assert_eq!(RoleTable::default().caller(nothing).permissions().iter().count(), 0);
}

#[test]
fn a_service_may_bring_its_own_roles() {
    let key = Key::new("a");
    let role = Role {
        name: RoleName::patient(),
        description: "may look at the state of the service here".to_owned(),
        permissions: [Permission::OpsRead].into_iter().collect(),
    };
    let caller = RoleTable::new([role]).caller(verdict(&key, &key.token()).unwrap());
    assert!(caller.allows(Permission::OpsRead));
    assert!(!caller.allows(Permission::UsersRead), "the role clinician is not in that table");
}

#[test]
fn the_default_roles_are_those_that_every_voxgate_begins_with() {
    for role in seed_roles() {
        assert_eq!(RoleTable::default().permissions_of(std::slice::from_ref(&role.name)), role.permissions);
    }
}

#[rstest]
#[case::just_issued(0, Ok(()))]
#[case::last_second_and_skew(904, Ok(()))]
#[case::expired(905, Err(Refusal::Expired))]
#[case::issued_in_the_future_within_skew(-5, Ok(()))]
#[case::issued_in_the_future(-6, Err(Refusal::NotYetValid))]
fn a_token_holds_from_iat_to_exp_with_five_seconds_of_skew(#[case] offset: i64, #[case] expected: Result<(), Refusal>) {
    let key = Key::new("a");
    let at = Timestamp::from_unix_micros((now().unix_seconds() + offset) * 1_000_000).unwrap();
    let verdict = verifier().verify(&key.token(), &key_set(&[&key]), at);
    assert_eq!(verdict.map(drop), expected);
}

#[rstest]
#[case("sub", json!("admin"))]
#[case("sid", json!(""))]
#[case("jti", json!(1))]
#[case("iat", json!("now"))]
#[case("nbf", json!("now"))]
#[case("nbf", json!(null))]
#[case("auth_time", json!(i64::MIN))]
#[case("roles", json!("admin"))]
#[case("roles", json!(["Admin"]))]
#[case("amr", json!(["otp"]))]
#[case("amr", json!(null))]
fn a_claim_has_the_form_that_voxgate_gives_it(#[case] name: &str, #[case] value: Value) {
    let key = Key::new("a");
    assert_eq!(verdict(&key, &key.forge(key.header(), with(user(), name, value))), Err(Refusal::Claims));
}

#[test]
fn every_key_of_a_set_verifies_its_own_tokens() {
    let (old, new) = (Key::new("old"), Key::new("new"));
    let set = key_set(&[&old, &new]);
    for key in [&old, &new] {
        assert!(verifier().verify(&key.token(), &set, now()).is_ok());
    }
    let mut ids: Vec<&str> = set.key_ids().collect();
    ids.sort_unstable();
    assert_eq!(ids, ["new", "old"]);
}

#[test]
fn keys_of_other_kinds_are_passed_over() {
    let key = Key::new("a");
    let foreign = json!({"kty": "EC", "crv": "P-256", "kid": "b", "x": "AA", "y": "AA"});
    let encrypting = with(with(key.jwk(), "use", json!("enc")), "kid", json!("c"));
    let document = json!({"keys": [foreign, encrypting, key.jwk()]});
    let set = KeySet::from_jwks(document.to_string().as_bytes()).unwrap();
    assert_eq!(set.key_ids().collect::<Vec<_>>(), ["a"]);
}

#[test]
fn an_unfit_document_is_no_key_set() {
    let key = Key::new("a");
    let parse = |document: Value| KeySet::from_jwks(document.to_string().as_bytes()).map(drop);
    assert_eq!(parse(json!({})), Err(InvalidKeySet::Malformed));
    assert_eq!(parse(json!([key.jwk()])), Err(InvalidKeySet::Malformed));
    assert_eq!(parse(json!({"keys": []})), Err(InvalidKeySet::Empty));
    assert_eq!(parse(json!({"keys": vec![key.jwk(); 33]})), Err(InvalidKeySet::TooMany));
    assert_eq!(parse(json!({"keys": [key.jwk(), key.jwk()]})), Err(InvalidKeySet::KeyId));
    assert_eq!(parse(json!({"keys": [with(key.jwk(), "kid", json!(null))]})), Err(InvalidKeySet::KeyId));
    for (member, value) in [("n", json!("AQAB")), ("n", json!("!")), ("n", json!(null)), ("e", json!(""))] {
        let unfit = parse(json!({"keys": [with(key.jwk(), member, value)]}));
        assert!(matches!(unfit, Err(InvalidKeySet::Key { .. })), "{unfit:?}");
    }
    let long: String = key.jwk()["n"].as_str().unwrap().repeat(5);
    let unfit = parse(json!({"keys": [with(key.jwk(), "n", json!(long))]}));
    assert!(matches!(unfit, Err(InvalidKeySet::Key { .. })), "{unfit:?}");
}
