//! The list of all rules.

/// Makes a test of each rule of the storage contract, for the adapter that the function `$adapter` makes:
/// `storage_contract!(crate::on_sqlite)`. The function is `async` and returns an [`Adapter`](crate::contract::Adapter).
#[macro_export]
macro_rules! storage_contract {
    ($adapter:path) => {
        $crate::storage_rules! {
            $adapter;
            users: [
                a_user_comes_back_with_all_values,
                every_status_comes_back,
                nobody_is_found_who_is_not_there,
                an_account_is_found_by_its_address_in_any_case,
                an_address_has_one_account,
                the_address_of_a_closed_account_is_free,
                an_identifier_is_used_once,
                a_saved_user_counts_up_and_a_stale_one_is_refused,
                saving_a_user_leaves_the_password_alone,
                former_passwords_are_remembered_newest_first,
                a_cleared_password_is_forgotten_with_the_former_ones,
                nobody_has_no_password_to_set,
                a_renewed_hash_takes_the_place_of_the_present_one,
                notification_preferences_are_the_default_until_saved,
                a_held_user_waits_for_nobody_but_the_holder,
            ]
            sessions: [
                a_session_comes_back_with_all_values,
                an_unknown_token_has_no_session,
                rotating_moves_the_generation_on_once,
                an_ended_session_is_neither_rotated_nor_reauthenticated,
                of_concurrent_refreshes_each_sees_the_one_before,
                reauthentication_is_saved,
                a_further_proof_is_saved,
                a_session_is_ended_once_and_by_its_owner,
                every_end_reason_comes_back,
                all_sessions_but_one_are_ended_and_nobody_elses,
                whoever_has_a_session_that_was_not_ended_is_found_once_and_in_turn,
                the_oldest_sessions_beyond_the_newest_are_ended,
                sessions_are_listed_newest_first_without_expired_ones,
                a_session_belongs_to_a_user_who_is_there,
            ]
            tokens: [
                a_token_is_used_up_with_all_its_values,
                of_concurrent_uses_one_succeeds,
                a_token_is_good_for_its_purpose_alone,
                a_token_expires,
                a_new_token_voids_the_older_of_its_user_and_purpose,
                of_tokens_issued_at_once_one_stays_good,
                voided_tokens_are_no_longer_good,
                a_token_belongs_to_a_user_who_is_there,
            ]
            factors: [
                nobody_has_a_factor_at_first,
                an_enrollment_comes_back_and_a_later_one_takes_its_place,
                a_factor_is_confirmed_once_and_noted_at_its_user,
                a_factor_that_is_on_is_not_enrolled_again,
                saving_a_user_leaves_the_note_of_the_factor_alone,
                each_step_is_accepted_once_and_none_before_it,
                of_concurrent_uses_of_one_step_one_succeeds,
                wrong_codes_are_counted_at_the_factor,
                a_disabled_factor_is_gone_with_its_recovery_codes,
                a_recovery_code_is_used_up_by_its_owner_once,
                of_concurrent_uses_of_one_recovery_code_one_succeeds,
                new_recovery_codes_take_the_place_of_all_former_ones,
                sealed_secrets_are_listed_in_batches_and_sealed_anew,
                the_principal_knows_of_the_factor,
            ]
            challenges: [
                a_challenge_comes_back_with_all_values,
                a_challenge_is_consumed_once_and_in_time,
                of_concurrent_uses_of_one_challenge_one_succeeds,
                wrong_codes_are_counted_at_the_challenge,
                a_new_challenge_forgets_expired_ones_of_its_user_alone,
                all_challenges_of_a_user_are_forgotten,
            ]
            attempts: [
                nothing_is_counted_at_first,
                what_is_counted_comes_back_under_its_key,
                concurrent_failures_are_all_counted,
                locks_are_found_by_their_keys,
            ]
            devices: [
                a_known_device_comes_back_by_its_token_alone,
                a_login_on_a_known_device_is_noted_and_never_earlier_than_before,
                devices_unused_long_and_beyond_the_most_are_forgotten,
                all_devices_of_a_user_are_forgotten,
                a_session_tells_what_was_used_before,
            ]
            notifications: [
                messages_come_back_newest_first_page_by_page,
                what_became_of_a_message_is_kept,
            ]
            emergencies: [
                an_access_is_its_holders_to_its_subject_until_it_expires,
                a_second_open_access_is_a_conflict_and_an_expired_one_gives_way,
                an_access_is_closed_once_and_by_its_holder,
                holders_of_a_role_are_the_active_ones,
                disclosures_are_what_others_saw_alone_or_in_a_list,
            ]
            service_accounts: [
                an_account_comes_back_as_it_was_added,
                of_the_accounts_that_are_on_no_two_have_the_same_name,
                a_rotation_and_an_end_are_kept_and_nothing_else_is,
                accounts_are_listed_newest_first,
                ended_sessions_are_told_in_the_order_of_their_ends,
                what_a_machine_did_is_recorded_under_its_id,
            ]
            retention: [
                a_purged_user_is_an_id_and_nothing_personal,
                a_legal_hold_suspends_purging,
                users_are_purged_oldest_first_and_no_more_than_asked,
                records_are_purged_after_their_time_and_others_stay,
            ]
            roles: [
                missing_roles_are_added_and_others_left_alone,
                roles_come_back_by_name_with_their_permissions,
                a_user_has_a_role_once,
                a_role_that_is_not_there_is_not_assigned,
            ]
            administrators: [
                every_role_is_listed_by_name,
                a_role_is_taken_once,
                only_another_active_user_counts_as_another_holder,
                of_administrators_who_put_each_other_out_one_stays,
                a_held_role_is_given_to_nobody_meanwhile,
            ]
            user_lists: [
                users_are_listed_newest_first_with_their_roles,
                a_page_begins_behind_the_last_one,
                a_list_shows_those_who_meet_every_condition,
                users_are_found_by_how_address_or_name_begin,
            ]
            audit: [
                an_event_comes_back_with_all_values,
                a_fixture_of_an_event_is_what_a_store_gives_back,
                an_event_needs_nothing_but_its_act,
                events_about_a_user_come_newest_first,
                an_event_is_recorded_once,
                events_are_found_by_every_condition,
                pages_of_events_follow_each_other_also_within_one_moment,
                a_page_of_events_reaches_as_far_back_as_there_are_any,
            ]
            trail: [
                events_wait_in_the_order_of_time_until_they_are_sealed,
                an_event_that_is_committed_late_with_an_early_time_waits_all_the_same,
                what_is_sealed_comes_back_with_its_place_and_hash,
                numbers_and_places_and_events_are_taken_once,
                an_event_that_does_not_wait_is_not_sealed,
                of_concurrent_seals_of_one_number_one_is_made,
                a_full_batch_is_sealed_at_once,
                a_sound_trail_has_neither_stray_nor_vanished_events,
                room_is_made_again_and_again,
            ]
            outbox: [
                an_entry_is_due_at_once_with_all_values,
                the_oldest_entries_come_first,
                an_attempt_is_counted_and_puts_the_entry_off,
                a_finished_entry_is_done_for_good,
                a_failed_entry_comes_back_at_its_next_time,
                an_entry_that_was_given_up_is_not_due_again,
                contents_that_have_not_left_are_listed_in_batches_and_sealed_anew,
            ]
            backlog: [
                mail_that_has_not_left_is_counted_from_the_oldest_on,
                events_that_are_not_sealed_are_counted_from_the_oldest_on,
            ]
            leases: [
                a_lease_is_one_holders_until_it_expires,
                leases_of_other_names_do_not_meet,
                a_lease_is_given_back_by_its_holder_alone,
                of_concurrent_holders_one_gets_the_lease,
            ]
            authenticator: [
                an_unknown_session_is_nobodys,
                a_session_is_found_with_its_user_and_no_role,
                roles_are_those_of_now_and_of_the_user_alone,
                an_end_and_a_change_count_at_once,
                of_many_at_once_each_gets_the_answer_of_its_own,
            ]
            webhooks: [
                an_endpoint_comes_back_with_all_values_until_it_is_removed,
                there_are_no_more_endpoints_than_there_may_be,
                recording_an_act_tells_every_endpoint_that_asks_for_it,
                what_is_undone_is_told_to_nobody,
                of_each_user_the_first_event_goes_first,
                what_is_put_off_holds_back_what_is_behind_it_and_nobody_else,
                of_claims_at_once_one_gets_each_delivery,
                deliveries_are_listed_by_status_latest_first,
                what_was_given_up_is_replayed_in_order,
                a_replay_reaches_back_to_before_the_endpoint_was_made,
                a_replay_makes_due_what_waits_and_leaves_what_is_under_way,
                nothing_is_due_while_an_endpoint_is_off_and_it_waits,
                events_are_purged_once_nothing_of_them_is_on_its_way,
            ]
            transactions: [
                the_store_answers,
                what_is_not_committed_is_seen_by_nobody,
                a_rollback_undoes_all_and_frees_the_writer,
                a_dropped_unit_undoes_all_and_frees_the_writer,
                a_cancelled_request_undoes_all_and_frees_the_writer,
                a_request_cancelled_in_the_middle_of_a_statement_leaves_nothing,
                a_cancelled_read_spoils_no_connection,
                after_a_conflict_a_unit_can_only_be_undone,
                readers_do_not_wait_for_a_writer,
            ]
        }
    };
}

/// Makes the tests of the rules that it is given.
#[doc(hidden)]
#[macro_export]
macro_rules! storage_rules {
    ($adapter:path; $($module:ident: $rules:tt)+) => {
        $(
            mod $module {
                $crate::storage_rules!(@in $module $adapter, $rules);
            }
        )+
    };
    (@in $module:ident $adapter:path, [$($rule:ident,)+]) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $rule() {
                $crate::contract::$module::$rule(&$adapter().await).await;
            }
        )+
    };
}
