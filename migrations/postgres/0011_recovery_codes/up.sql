-- Recovery codes, of which only hashes are kept. A code is used up by one conditional update; used ones stay until new
-- codes take the place of all.
CREATE TABLE recovery_codes (
    hash bytea PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    created_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT recovery_codes_hash_length CHECK (octet_length(hash) = 32)
);

-- The codes of a user: to count, and to replace.
CREATE INDEX recovery_codes_of ON recovery_codes (user_id);
