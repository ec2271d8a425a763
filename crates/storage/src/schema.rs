//! The tables as both databases have them. A column's type is one of ours where the databases differ.

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Date, Nullable, Text};
    use crate::sql_types::{Instant, Uid};

    users (id) {
        id -> Uid,
        email -> Text,
        email_normalized -> Text,
        email_verified_at -> Nullable<Instant>,
        status -> Text,
        deleted_at -> Nullable<Instant>,
        password_hash -> Nullable<Text>,
        first_name -> Nullable<Text>,
        last_name -> Nullable<Text>,
        phone_number -> Nullable<Text>,
        date_of_birth -> Nullable<Date>,
        locale -> Nullable<Text>,
        time_zone -> Nullable<Text>,
        created_at -> Instant,
        updated_at -> Instant,
        last_login_at -> Nullable<Instant>,
        mfa_enabled -> Bool,
        version -> BigInt,
        purged_at -> Nullable<Instant>,
        legal_hold_at -> Nullable<Instant>,
        legal_hold_reason -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::sql_types::{Instant, Uid};

    password_history (id) {
        id -> BigInt,
        user_id -> Uid,
        password_hash -> Text,
        set_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::Bool;
    use crate::sql_types::{Instant, Uid};

    notification_preferences (user_id) {
        user_id -> Uid,
        product_email -> Bool,
        analysis_email -> Bool,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::sql_types::{Instant, TextList};

    user_roles (name) {
        name -> Text,
        description -> Text,
        permissions -> TextList,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::sql_types::{Instant, Uid};

    user_role_assignments (id) {
        id -> Uid,
        user_id -> Uid,
        role -> Text,
        assigned_by -> Nullable<Uid>,
        reason -> Text,
        assigned_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::sql_types::{Instant, Uid};

    user_sessions (id) {
        id -> Uid,
        user_id -> Uid,
        device_name -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        ip_address -> Text,
        amr -> Text,
        auth_time -> Instant,
        created_at -> Instant,
        last_seen_at -> Instant,
        expires_at -> Instant,
        generation -> BigInt,
        ended_at -> Nullable<Instant>,
        end_reason -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable};
    use crate::sql_types::{Instant, Uid};

    refresh_tokens (hash) {
        hash -> Binary,
        session_id -> Uid,
        generation -> BigInt,
        issued_at -> Instant,
        superseded_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable, Text};
    use crate::sql_types::{Instant, Uid};

    one_time_tokens (id) {
        id -> Uid,
        user_id -> Uid,
        purpose -> Text,
        address -> Text,
        token_hash -> Binary,
        issued_at -> Instant,
        expires_at -> Instant,
        used_at -> Nullable<Instant>,
        voided_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Integer, Nullable};
    use crate::sql_types::{Instant, Uid};

    totp_factors (user_id) {
        user_id -> Uid,
        sealed_secret -> Binary,
        enrolled_at -> Instant,
        confirmed_at -> Nullable<Instant>,
        last_step -> Nullable<BigInt>,
        failures -> Integer,
        last_failure_at -> Nullable<Instant>,
        locked_until -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable};
    use crate::sql_types::{Instant, Uid};

    recovery_codes (hash) {
        hash -> Binary,
        user_id -> Uid,
        created_at -> Instant,
        used_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Integer, Nullable, Text};
    use crate::sql_types::{Instant, Uid};

    mfa_challenges (hash) {
        hash -> Binary,
        user_id -> Uid,
        device_name -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        ip_address -> Text,
        delivery -> Text,
        proven -> Text,
        created_at -> Instant,
        expires_at -> Instant,
        failures -> Integer,
        used_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Integer, Nullable};
    use crate::sql_types::Instant;

    login_attempts (key) {
        key -> Binary,
        failures -> Integer,
        last_failure_at -> Nullable<Instant>,
        locked_until -> Nullable<Instant>,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{Jsonb, Nullable, Text};
    use crate::sql_types::{Instant, Uid};

    audit_logs (occurred_at, id) {
        id -> Uid,
        occurred_at -> Instant,
        event -> Text,
        outcome -> Text,
        actor_id -> Nullable<Uid>,
        subject_id -> Nullable<Uid>,
        session_id -> Nullable<Uid>,
        ip_address -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        request_id -> Nullable<Text>,
        reason -> Nullable<Text>,
        details -> Jsonb,
    }
}

diesel::table! {
    use crate::sql_types::{Instant, Uid};

    audit_unsealed (occurred_at, event_id) {
        occurred_at -> Instant,
        event_id -> Uid,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Text};
    use crate::sql_types::Instant;

    audit_seals (number) {
        number -> BigInt,
        first_position -> BigInt,
        last_position -> BigInt,
        event_count -> BigInt,
        root -> Binary,
        previous -> Binary,
        sealed_at -> Instant,
        key_id -> Text,
        signature -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary};
    use crate::sql_types::{Instant, Uid};

    audit_positions (position) {
        position -> BigInt,
        occurred_at -> Instant,
        event_id -> Uid,
        leaf -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Integer, Nullable, Text};
    use crate::sql_types::{Instant, Uid};

    mail_outbox (id) {
        id -> Uid,
        user_id -> Nullable<Uid>,
        kind -> Text,
        recipient -> Text,
        locale -> Nullable<Text>,
        sealed -> Nullable<Binary>,
        queued_at -> Instant,
        next_attempt_at -> Instant,
        attempts -> Integer,
        sent_at -> Nullable<Instant>,
        failed_at -> Nullable<Instant>,
        last_error -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::sql_types::Instant;

    leases (name) {
        name -> Text,
        holder -> Text,
        expires_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::Binary;
    use crate::sql_types::{Instant, Uid};

    known_devices (id) {
        id -> Uid,
        user_id -> Uid,
        token_hash -> Binary,
        created_at -> Instant,
        last_seen_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::sql_types::{Instant, Uid};

    notification_history (id) {
        id -> Uid,
        user_id -> Uid,
        kind -> Text,
        queued_at -> Instant,
        sent_at -> Nullable<Instant>,
        failed_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::sql_types::{Instant, Uid};

    emergency_accesses (id) {
        id -> Uid,
        holder_id -> Uid,
        subject_id -> Uid,
        reason -> Text,
        granted_at -> Instant,
        expires_at -> Instant,
        closed_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable, Text};
    use crate::sql_types::{Instant, TextList, Uid};

    service_accounts (id) {
        id -> Uid,
        name -> Text,
        permissions -> TextList,
        secret_hash -> Binary,
        previous_hash -> Nullable<Binary>,
        previous_until -> Nullable<Instant>,
        created_at -> Instant,
        disabled_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use crate::sql_types::{Instant, Uid};

    audit_listed_users (user_id, occurred_at, event_id) {
        user_id -> Uid,
        occurred_at -> Instant,
        event_id -> Uid,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::sql_types::{Instant, TextList, Uid};

    user_events (sequence) {
        sequence -> BigInt,
        id -> Uid,
        kind -> Text,
        user_id -> Nullable<Uid>,
        roles -> Nullable<TextList>,
        occurred_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable, Text};
    use crate::sql_types::{Instant, TextList, Uid};

    webhook_endpoints (id) {
        id -> Uid,
        url -> Text,
        description -> Nullable<Text>,
        kinds -> TextList,
        disabled -> Nullable<Text>,
        sealed_secret -> Binary,
        previous_secret -> Nullable<Binary>,
        previous_until -> Nullable<Instant>,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Integer, Nullable, Text};
    use crate::sql_types::{Instant, Uid};

    webhook_deliveries (endpoint_id, sequence) {
        endpoint_id -> Uid,
        sequence -> BigInt,
        user_id -> Nullable<Uid>,
        status -> Text,
        attempts -> Integer,
        queued_at -> Instant,
        next_attempt_at -> Instant,
        finished_at -> Nullable<Instant>,
        last_error -> Nullable<Text>,
    }
}

// What diesel's migrations keep of themselves.
diesel::table! {
    __diesel_schema_migrations (version) {
        version -> Text,
    }
}

diesel::joinable!(user_sessions -> users (user_id));
diesel::joinable!(user_role_assignments -> user_roles (role));
diesel::joinable!(webhook_deliveries -> user_events (sequence));
diesel::joinable!(webhook_deliveries -> webhook_endpoints (endpoint_id));
diesel::allow_tables_to_appear_in_same_query!(user_events, webhook_deliveries, webhook_endpoints);
diesel::allow_tables_to_appear_in_same_query!(audit_logs, audit_listed_users, audit_positions, audit_unsealed,);
diesel::allow_tables_to_appear_in_same_query!(refresh_tokens, user_role_assignments, user_roles, user_sessions, users,);
diesel::allow_tables_to_appear_in_same_query!(users, one_time_tokens);
diesel::allow_tables_to_appear_in_same_query!(users, mail_outbox);
