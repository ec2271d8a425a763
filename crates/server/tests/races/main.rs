//! The same thing many times at once: what can be done once is done once, what is counted is counted exactly, and what
//! was ended stays ended, whichever request comes first.
//!
//! On PostgreSQL the requests go to two replicas in turn, two processes that share database, keys and mail folder; on
//! SQLite, which is for one process, to that one. Afterwards the account, its sessions, its mail and its audit trail must
//! tell one story. Each rule runs once; more rounds find what is rare:
//!
//! ```text
//! RACE_ROUNDS=50 cargo test --test races
//! ```

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod accounts;
mod administration;
mod answers;
mod links;
mod lockout;
mod second_factor;
mod service;
mod sessions;

#[expect(dead_code, reason = "shared with the other end-to-end tests")]
#[path = "../e2e/authenticator.rs"]
mod authenticator;
#[expect(dead_code, reason = "shared with the other end-to-end tests")]
#[path = "../e2e/harness.rs"]
mod harness;
#[expect(dead_code, reason = "shared with the other end-to-end tests")]
#[path = "../e2e/person.rs"]
mod person;

macro_rules! on_both_databases {
    ($($module:ident::$rule:ident,)+) => {
        mod sqlite {
            $(#[test]
            fn $rule() {
                super::service::run(super::harness::Backend::Sqlite, super::$module::$rule);
            })+
        }
        mod postgres {
            $(#[test]
            fn $rule() {
                super::service::run(super::harness::Backend::Postgres, super::$module::$rule);
            })+
        }
    };
}

on_both_databases! {
    links::of_fifty_verifications_one_counts,
    links::of_fifty_resets_one_sets_its_password,
    links::of_fifty_acceptances_of_an_invitation_one_counts,
    links::of_fifty_links_that_were_asked_for_the_latest_is_good,
    accounts::two_passwords_for_one_unproven_address_are_none,
    accounts::an_address_that_is_moved_to_and_registered_at_once_has_one_account,
    accounts::an_address_that_many_move_to_at_once_goes_to_one,
    accounts::of_fifty_profiles_saved_over_one_version_one_is_kept,
    sessions::fifty_refreshes_are_recorded_one_by_one,
    sessions::a_token_that_comes_back_ends_its_session_once,
    sessions::a_logout_stays_whatever_is_refreshed_meanwhile,
    sessions::a_closed_account_stays_closed_whatever_is_refreshed_meanwhile,
    sessions::a_login_during_a_change_of_password_outlives_nothing,
    sessions::a_login_while_the_account_is_switched_off_leaves_nothing_open,
    second_factor::of_fifty_confirmations_one_turns_it_on,
    second_factor::of_fifty_uses_of_one_code_at_two_doors_one_counts,
    second_factor::of_fifty_uses_of_one_recovery_code_at_two_doors_one_counts,
    second_factor::a_challenge_takes_one_of_ten_good_codes,
    second_factor::turning_it_off_voids_the_logins_that_wait_for_a_code,
    lockout::fifty_wrong_passwords_lock_once_after_five,
    lockout::fifty_wrong_proofs_of_somebody_logged_in_lock_once_after_five,
    administration::of_fifty_invitations_of_one_address_one_is_sent,
    administration::of_fifty_emergency_accesses_to_one_person_one_is_open,
    administration::fifty_changes_of_roles_follow_each_other_in_the_trail,
    administration::of_four_administrators_who_all_put_each_other_out_one_can_still_act,
}
