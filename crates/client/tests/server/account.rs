//! The life of an account, call by call.

use std::time::SystemTime;

use totp_rs::{Builder, Secret};
use voxgate_client::types::{AcceptedStatus, EmailVerification, PasswordChange, Profile, Registration, TotpCode};
use voxgate_client::{LoggedIn, Login};

use crate::harness::{PASSWORD, Voxgate};

const ADA: &str = "ada@example.org";

#[tokio::test]
async fn somebody_registers_logs_in_and_out() {
    let voxgate = Voxgate::start().await;
    let registration = Registration::new(ADA, PASSWORD).with_first_name("Ada");
    let accepted = voxgate.client.register(&registration).await.unwrap();
    assert_eq!(accepted.status, AcceptedStatus::VerificationSent);
    let early = voxgate.client.log_in(&Login::new(ADA, PASSWORD)).await.unwrap_err();
    assert!(early.is("email_not_verified"), "{early}");

    let token = voxgate.mailed_token(ADA).await;
    voxgate.client.verify_email(&EmailVerification::new(token)).await.unwrap();
    let login = Login::new(ADA, PASSWORD).with_device_name("test");
    let LoggedIn::Session(session) = voxgate.client.log_in(&login).await.unwrap() else { panic!("no code is owed") };

    let ada = session.read_profile().await.unwrap();
    assert_eq!((ada.email.as_str(), ada.first_name.as_deref()), (ADA, Some("Ada")));
    assert_eq!(ada.roles, ["patient"]);
    let sessions = session.list_sessions().await.unwrap().items;
    assert_eq!(sessions.len(), 1);
    assert_eq!((sessions[0].id, sessions[0].device_name.as_deref()), (session.id(), Some("test")));
    assert!(sessions[0].current && sessions[0].expires_at > sessions[0].created_at);
    assert_eq!(session.export_data().await.unwrap().user.id, ada.id);

    let other = session.clone();
    session.log_out().await.unwrap();
    let error = other.read_profile().await.unwrap_err();
    assert!(error.is("invalid_refresh_token"), "{error}");
}

#[tokio::test]
async fn a_profile_changes_only_while_it_is_what_was_read() {
    let voxgate = Voxgate::start().await;
    voxgate.verified(ADA).await;
    let session = voxgate.log_in(ADA).await;

    let read = session.read_profile().await.unwrap();
    let profile = Profile::default().with_last_name("Lovelace").with_date_of_birth("1990-12-10".parse().unwrap());
    let changed = session.update_profile(read.etag.as_deref(), &profile).await.unwrap();
    assert_eq!(changed.date_of_birth, profile.date_of_birth);
    let late = session.update_profile(read.etag.as_deref(), &Profile::default()).await.unwrap_err();
    assert!(late.is("precondition_failed"), "{late}");
    session.update_profile(None, &Profile::default()).await.unwrap();
}

#[tokio::test]
async fn a_session_goes_on_with_a_kept_refresh_token() {
    let voxgate = Voxgate::start().await;
    voxgate.verified(ADA).await;
    let session = voxgate.log_in(ADA).await;
    let resumed = voxgate.client.resume(session.refresh_token().unwrap()).await.unwrap();
    assert_eq!(resumed.id(), session.id());
    assert_eq!(resumed.read_profile().await.unwrap().email, ADA);
    let by_token = voxgate.client.with_token(resumed.access_token());
    assert_eq!(by_token.read_profile().await.unwrap().email, ADA);

    let new = "hR4!tZ8&yB3nWs";
    resumed.change_password(&PasswordChange::new(PASSWORD, new)).await.unwrap();
    assert!(voxgate.client.log_in(&Login::new(ADA, PASSWORD)).await.unwrap_err().is("invalid_credentials"));
    assert!(matches!(voxgate.client.log_in(&Login::new(ADA, new)).await.unwrap(), LoggedIn::Session(_)));
}

#[tokio::test]
async fn a_login_with_a_second_factor_owes_a_code() {
    let voxgate = Voxgate::start().await;
    voxgate.verified(ADA).await;
    let session = voxgate.log_in(ADA).await;
    let secret = session.enroll_totp().await.unwrap().secret;
    let (code, next) = codes(secret.expose());
    let recovery_codes = session.confirm_totp(&TotpCode::new(code)).await.unwrap().recovery_codes;
    assert_eq!(session.read_mfa().await.unwrap().recovery_codes_remaining, 10);

    let login = voxgate.client.log_in(&Login::new(ADA, PASSWORD)).await.unwrap();
    let LoggedIn::CodeOwed(challenge) = login else { panic!("{login:?}") };
    let wrong = voxgate.client.verify_recovery_code(&challenge, "7KQ2-M4XD-9VTB-0HRN").await.unwrap_err();
    assert!(wrong.is("invalid_mfa_code"), "{wrong}");
    let session = voxgate.client.verify_recovery_code(&challenge, recovery_codes[0].clone()).await.unwrap();
    assert!(session.read_profile().await.unwrap().mfa_enabled);

    let login = voxgate.client.log_in(&Login::new(ADA, PASSWORD)).await.unwrap();
    let LoggedIn::CodeOwed(challenge) = login else { panic!("{login:?}") };
    let session = voxgate.client.verify_code(&challenge, next).await.unwrap();
    assert_eq!(session.read_mfa().await.unwrap().recovery_codes_remaining, 9);
}

/// What the app shows now, and what it shows next.
fn codes(secret: &str) -> (String, String) {
    #[expect(clippy::disallowed_methods, reason = "an app has the clock of its phone")]
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let totp = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap();
    (totp.generate(now).to_string(), totp.generate(now + 30).to_string())
}
