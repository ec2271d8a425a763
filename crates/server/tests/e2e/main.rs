//! Voxgate from outside: the real binary, real HTTP, both databases.
//!
//! Each rule is an async function over a [`Voxgate`]; the table at the end runs it on SQLite and on PostgreSQL, so that
//! a test's name says where it failed.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod account;
mod administration;
mod attacks;
mod audit;
mod authenticator;
mod bad_input;
mod balancer;
mod browser;
mod client_address;
mod clock;
mod command_line;
mod compliance;
mod concurrency;
mod crash;
mod devices;
mod drain;
mod emergency;
mod exposition;
mod forged_host;
mod harness;
mod limits;
mod mfa;
mod observability;
mod operator;
mod overload;
mod person;
mod receiver;
mod roles;
mod rotation;
mod round_trips;
mod secrets;
mod secrets_everywhere;
mod services;
mod smtp;
mod tour;
mod webhooks;

macro_rules! on_both_databases {
    ($($module:ident::$rule:ident,)+) => {
        mod sqlite {
            use super::harness::Backend;
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $rule() {
                super::$module::$rule(Backend::Sqlite).await;
            })+
        }
        mod postgres {
            use super::harness::Backend;
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $rule() {
                super::$module::$rule(Backend::Postgres).await;
            })+
        }
    };
}

on_both_databases! {
    account::a_person_lives_through_an_accounts_whole_life,
    account::a_change_of_address_takes_effect_when_the_new_one_is_proven,
    account::sessions_are_seen_and_ended_by_device,
    account::changing_the_password_ends_the_other_sessions,
    account::five_failures_lock_an_address_but_not_its_open_sessions,
    account::a_profile_is_saved_only_over_the_version_that_was_read,
    account::a_person_takes_a_copy_of_everything,
    account::registering_somebody_elses_address_first_gains_nothing,
    account::links_are_for_one_purpose_and_the_latest_one_counts,
    compliance::a_report_shows_what_holds_and_fails_for_what_does_not,
    forged_host::a_forged_host_gets_into_no_mail,
    clock::no_session_is_endless_and_no_code_works_twice_whatever_the_clock_does,
    command_line::replicas_that_migrate_at_once_do_not_collide,
    administration::an_invitation_ends_in_a_login,
    administration::switching_an_account_off_cuts_it_off_at_once,
    administration::an_administrator_sees_and_ends_sessions_and_lifts_locks,
    administration::lists_are_filtered_and_paged,
    administration::nobody_decides_about_themselves_and_the_last_administrator_stays,
    administration::of_two_administrators_who_put_each_other_out_one_stays,
    administration::bad_administration_gets_its_problem,
    roles::every_role_may_do_what_the_matrix_says,
    roles::a_change_of_roles_counts_on_the_next_request,
    roles::a_refusal_is_audited,
    roles::nobody_gives_themselves_a_role_or_a_status,
    roles::roles_that_need_a_second_factor_are_refused_without_one,
    audit::auditors_find_events_and_are_audited_themselves,
    audit::the_trail_is_verified_from_the_database_and_from_an_export,
    bad_input::every_kind_of_bad_input_gets_its_problem,
    browser::a_browser_refreshes_by_cookie_and_csrf_token,
    concurrency::fifty_refreshes_yield_pairs_of_one_session,
    concurrency::of_fifty_registrations_of_one_address_one_account_comes,
    crash::what_was_acknowledged_survives_a_kill,
    devices::a_login_on_a_new_device_is_told_to_its_owner,
    devices::nobody_locks_an_owner_out_of_a_device_they_know,
    devices::what_one_was_told_by_mail_is_listed,
    emergency::an_emergency_access_opens_one_persons_data_and_everybody_is_told,
    emergency::an_emergency_access_ends_by_itself_and_by_its_holder,
    emergency::everybody_who_saw_a_persons_data_is_accounted_for,
    operator::an_operator_takes_a_lost_factor_away,
    operator::an_operator_ends_the_sessions_of_one_or_of_everybody,
    services::a_machine_learns_of_a_session_that_ended,
    services::a_machine_may_do_what_it_was_made_for_and_nothing_else,
    services::a_secret_is_rotated_with_an_overlap_and_an_account_switched_off,
    services::bad_token_requests_are_answered_as_oauth_says,
    services::a_session_that_ended_shows_within_a_second,
    limits::each_limit_is_kept_and_told,
    limits::requests_from_one_address_are_limited_whatever_they_ask_for,
    limits::an_address_without_an_account_is_limited_alike,
    limits::behind_one_router_nobody_is_kept_out_by_others,
    client_address::a_forged_header_evades_no_limit,
    client_address::behind_a_trusted_proxy_callers_are_told_apart,
    client_address::only_listed_networks_may_call,
    client_address::permissions_are_of_use_in_listed_networks_alone,
    mfa::a_second_factor_lives_through_its_whole_life,
    mfa::of_fifty_uses_of_one_code_one_succeeds,
    mfa::of_fifty_uses_of_one_challenge_one_succeeds,
    mfa::five_wrong_codes_burn_the_challenge_and_count_as_failed_logins,
    mfa::a_challenge_is_of_no_use_to_anybody_else,
    mfa::there_is_no_way_around_the_second_factor,
    mfa::reauthenticating_takes_the_code_too,
    browser::a_browser_gets_its_cookies_after_the_code,
    rotation::after_a_rotation_secrets_and_waiting_mail_need_the_new_key_alone,
    rotation::a_development_ring_gets_its_new_key_from_the_command,
    secrets::no_secret_reaches_a_log_or_an_error,
    secrets::no_secret_of_a_second_factor_reaches_a_log_or_an_error,
    secrets_everywhere::nothing_that_a_caller_sends_to_any_route_is_logged_or_counted,
    observability::the_metrics_are_those_of_the_list_with_bounded_labels,
    observability::metrics_and_details_are_for_operators,
    observability::the_details_tell_how_each_part_does,
    observability::each_request_has_one_line_that_says_who_and_where_from,
    overload::slow_clients_are_cut_off,
    overload::a_huge_head_is_refused,
    overload::above_the_cap_requests_are_refused_but_health_and_metrics_are_answered,
    overload::a_request_that_takes_too_long_is_answered_503,
    overload::past_the_queue_a_login_is_refused_at_once,
    drain::it_says_that_it_stops_before_it_does,
    drain::no_request_in_flight_fails_when_it_is_told_to_stop,
    tour::the_tour_of_the_readme_works_as_written,
    webhooks::every_change_of_an_account_reaches_a_receiver_signed_and_in_order,
    webhooks::a_receiver_that_fails_for_a_while_misses_nothing,
    webhooks::a_crash_loses_no_webhook_and_keeps_the_order,
    webhooks::what_was_given_up_is_listed_and_replayed,
    webhooks::a_receiver_that_is_gone_is_switched_off_until_somebody_switches_it_on,
    webhooks::bad_endpoints_get_their_problem,
    attacks::enumeration_by_lock_message,
    attacks::enumeration_by_register,
    attacks::unicode_and_case_takeover_of_addresses,
    attacks::default_credentials,
    attacks::long_password_and_hash_flood_denial_of_service,
    attacks::log_and_csv_injection,
    attacks::mail_scanner_burns_the_link,
    attacks::open_redirect,
    attacks::jwt_algorithm_and_key_confusion,
    attacks::refresh_replay_within_the_same_second,
    attacks::cursor_tampering,
    attacks::another_users_session_id,
    attacks::deleted_user_keeps_access,
}
