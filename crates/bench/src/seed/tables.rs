//! The tables that are filled, with the columns that are not left to their defaults.

use super::rows::Table;

pub(super) static USERS: Table = Table {
    name: "users",
    columns: &[
        "id",
        "email",
        "email_normalized",
        "email_verified_at",
        "status",
        "deleted_at",
        "password_hash",
        "first_name",
        "last_name",
        "phone_number",
        "date_of_birth",
        "locale",
        "time_zone",
        "created_at",
        "updated_at",
        "last_login_at",
        "version",
        "purged_at",
    ],
};

pub(super) static PASSWORD_HISTORY: Table =
    Table { name: "password_history", columns: &["user_id", "password_hash", "set_at"] };

pub(super) static ROLE_ASSIGNMENTS: Table = Table {
    name: "user_role_assignments",
    columns: &["id", "user_id", "role", "assigned_by", "reason", "assigned_at"],
};

pub(super) static SESSIONS: Table = Table {
    name: "user_sessions",
    columns: &[
        "id",
        "user_id",
        "device_name",
        "user_agent",
        "ip_address",
        "amr",
        "auth_time",
        "created_at",
        "last_seen_at",
        "expires_at",
        "generation",
        "ended_at",
        "end_reason",
    ],
};

pub(super) static REFRESH_TOKENS: Table =
    Table { name: "refresh_tokens", columns: &["hash", "session_id", "generation", "issued_at", "superseded_at"] };

pub(super) static AUDIT_LOGS: Table = Table {
    name: "audit_logs",
    columns: &[
        "id",
        "occurred_at",
        "event",
        "outcome",
        "actor_id",
        "subject_id",
        "session_id",
        "ip_address",
        "user_agent",
        "request_id",
        "reason",
        "details",
    ],
};

pub(super) static LISTED_USERS: Table =
    Table { name: "audit_listed_users", columns: &["user_id", "occurred_at", "event_id"] };

pub(super) static UNSEALED: Table = Table { name: "audit_unsealed", columns: &["occurred_at", "event_id"] };

pub(super) static SEALS: Table = Table {
    name: "audit_seals",
    columns: &[
        "number",
        "first_position",
        "last_position",
        "event_count",
        "root",
        "previous",
        "sealed_at",
        "key_id",
        "signature",
    ],
};

pub(super) static POSITIONS: Table =
    Table { name: "audit_positions", columns: &["position", "occurred_at", "event_id", "leaf"] };
