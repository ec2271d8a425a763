-- One-time tokens that are sent by mail, of which only hashes are kept.
--
-- A user has at most one token per purpose that can still be used: a new one voids the older, and the unique index holds
-- that against two requests at once.
CREATE TABLE one_time_tokens (
    id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    user_id BLOB NOT NULL REFERENCES users (id) CHECK (length(user_id) = 16),
    purpose TEXT NOT NULL,
    address TEXT NOT NULL,
    token_hash BLOB NOT NULL,
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    voided_at INTEGER,
    CONSTRAINT one_time_tokens_token_hash_key UNIQUE (token_hash),
    CONSTRAINT one_time_tokens_purpose_known CHECK (
        purpose IN ('email_verification', 'email_change', 'password_reset', 'invitation')
    ),
    CONSTRAINT one_time_tokens_address_length CHECK (length(CAST(address AS BLOB)) BETWEEN 3 AND 254),
    CONSTRAINT one_time_tokens_token_hash_length CHECK (length(token_hash) = 32),
    CONSTRAINT one_time_tokens_used_or_voided CHECK (used_at IS NULL OR voided_at IS NULL)
) STRICT;

CREATE UNIQUE INDEX one_time_tokens_live_key ON one_time_tokens (user_id, purpose)
WHERE used_at IS NULL AND voided_at IS NULL;
