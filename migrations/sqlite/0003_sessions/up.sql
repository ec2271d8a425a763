-- Sessions and their refresh tokens, of which only hashes are kept.
--
-- The generation of a session is moved on by one conditional update, so that of two refreshes one is first; the unique
-- generation of its tokens holds that even against a fault in the program.
CREATE TABLE user_sessions (
    id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    user_id BLOB NOT NULL REFERENCES users (id) CHECK (length(user_id) = 16),
    device_name TEXT,
    user_agent TEXT,
    ip_address TEXT NOT NULL,
    amr TEXT NOT NULL,
    auth_time INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    ended_at INTEGER,
    end_reason TEXT,
    CONSTRAINT user_sessions_device_name_length CHECK (length(device_name) BETWEEN 1 AND 100),
    CONSTRAINT user_sessions_user_agent_length CHECK (length(user_agent) BETWEEN 1 AND 256),
    CONSTRAINT user_sessions_ip_address_length CHECK (length(ip_address) BETWEEN 2 AND 45),
    CONSTRAINT user_sessions_amr_known CHECK (amr IN ('pwd', 'pwd otp')),
    CONSTRAINT user_sessions_generation_counts_up CHECK (generation >= 1),
    CONSTRAINT user_sessions_end_reason_when_ended CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
    CONSTRAINT user_sessions_end_reason_known CHECK (
        end_reason IN (
            'logged_out', 'revoked', 'password_changed', 'password_reset', 'refresh_token_reused', 'account_deleted',
            'administration', 'too_many'
        )
    )
) STRICT;

-- The open sessions of a user, newest first.
CREATE INDEX user_sessions_open ON user_sessions (user_id, created_at DESC, id DESC) WHERE ended_at IS NULL;

CREATE TABLE refresh_tokens (
    hash BLOB PRIMARY KEY NOT NULL,
    session_id BLOB NOT NULL REFERENCES user_sessions (id) CHECK (length(session_id) = 16),
    generation INTEGER NOT NULL,
    issued_at INTEGER NOT NULL,
    superseded_at INTEGER,
    CONSTRAINT refresh_tokens_session_id_generation_key UNIQUE (session_id, generation),
    CONSTRAINT refresh_tokens_hash_length CHECK (length(hash) = 32),
    CONSTRAINT refresh_tokens_generation_counts_up CHECK (generation >= 1)
) STRICT;
