//! The routes. The list reads like the contract; what stands in it is in the OpenAPI document too.

mod administration;
mod auth;
mod docs;
mod health;
mod jwks;
mod operations;
mod pages;
mod users;
mod webhooks;

use actix_web::web;
use utoipa_actix_web::service_config::ServiceConfig;

/// Every call of the contract.
pub(crate) fn api(config: &mut ServiceConfig<'_>) {
    config
        // Becoming a user.
        .service(auth::register::register)
        .service(auth::verify_email::verify_email)
        .service(auth::resend_verification::resend_verification)
        // Coming in and staying in.
        .service(auth::login::login)
        .service(auth::refresh::refresh)
        .service(auth::logout::logout)
        .service(auth::reauthenticate::reauthenticate)
        // The second factor.
        .service(auth::mfa_verify::verify_mfa)
        .service(auth::mfa::read_mfa)
        .service(auth::mfa::enroll_totp)
        .service(auth::mfa::confirm_totp)
        .service(auth::mfa::disable_totp)
        .service(auth::mfa::regenerate_recovery_codes)
        // Passwords.
        .service(auth::forgot_password::forgot_password)
        .service(auth::reset_password::reset_password)
        .service(auth::change_password::change_password)
        // One's own account.
        .service(users::profile::read_profile)
        .service(users::profile::update_profile)
        .service(users::email::change_email)
        .service(users::account::delete_account)
        .service(users::sessions::list_sessions)
        .service(users::sessions::end_other_sessions)
        .service(users::sessions::end_session)
        .service(users::preferences::read_preferences)
        .service(users::preferences::update_preferences)
        .service(users::notification_history::notification_history)
        .service(users::export::export_data)
        .service(administration::disclosures::own_disclosures)
        // Administration.
        .service(administration::list::list_users)
        .service(administration::invite::invite_user)
        .service(administration::read::read_user)
        .service(administration::status::set_status)
        .service(administration::user_roles::set_roles)
        .service(administration::unlock::unlock_user)
        .service(administration::sessions::list_user_sessions)
        .service(administration::sessions::end_user_sessions)
        .service(administration::roles::list_roles)
        .service(administration::audit::list_events)
        .service(administration::audit::list_user_events)
        .service(administration::disclosures::list_disclosures)
        // Emergency access.
        .service(administration::emergency::take_emergency_access)
        .service(administration::emergency::open_emergency_accesses)
        .service(administration::emergency::close_emergency_access)
        .service(administration::emergency::list_emergency_accesses)
        // Machines.
        .service(auth::token::issue_service_token)
        .service(auth::revocations::list_revocations)
        .service(administration::service_accounts::create_service_account)
        .service(administration::service_accounts::list_service_accounts)
        .service(administration::service_accounts::rotate_service_secret)
        .service(administration::service_accounts::disable_service_account)
        // Webhooks.
        .service(webhooks::endpoints::list_webhooks)
        .service(webhooks::endpoints::create_webhook)
        .service(webhooks::endpoints::read_webhook)
        .service(webhooks::endpoints::update_webhook)
        .service(webhooks::endpoints::delete_webhook)
        .service(webhooks::secret::rotate_secret)
        .service(webhooks::deliveries::list_deliveries)
        .service(webhooks::replay::replay_events)
        .service(webhooks::replay::test_webhook)
        // The service itself.
        .service(jwks::jwks)
        .service(health::health)
        .service(health::live)
        .service(health::ready)
        .service(operations::detailed_health)
        .service(operations::metrics);
}

/// What people look at with a browser.
pub(crate) fn pages(config: &mut web::ServiceConfig) {
    config.configure(pages::configure).configure(docs::configure);
}
