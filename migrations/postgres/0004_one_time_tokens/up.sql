-- One-time tokens that are sent by mail, of which only hashes are kept.
--
-- A user has at most one token per purpose that can still be used: a new one voids the older, and the unique index holds
-- that against two requests at once.
CREATE TABLE one_time_tokens (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    purpose text NOT NULL,
    address text NOT NULL,
    token_hash bytea NOT NULL,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    voided_at timestamptz,
    CONSTRAINT one_time_tokens_token_hash_key UNIQUE (token_hash),
    CONSTRAINT one_time_tokens_purpose_known CHECK (
        purpose IN ('email_verification', 'email_change', 'password_reset', 'invitation')
    ),
    CONSTRAINT one_time_tokens_address_length CHECK (octet_length(address) BETWEEN 3 AND 254),
    CONSTRAINT one_time_tokens_token_hash_length CHECK (octet_length(token_hash) = 32),
    CONSTRAINT one_time_tokens_used_or_voided CHECK (used_at IS NULL OR voided_at IS NULL)
);

CREATE UNIQUE INDEX one_time_tokens_live_key ON one_time_tokens (user_id, purpose)
WHERE used_at IS NULL AND voided_at IS NULL;
