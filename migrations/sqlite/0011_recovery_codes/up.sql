-- Recovery codes, of which only hashes are kept. A code is used up by one conditional update; used ones stay until new
-- codes take the place of all.
CREATE TABLE recovery_codes (
    hash BLOB PRIMARY KEY NOT NULL,
    user_id BLOB NOT NULL REFERENCES users (id) CHECK (length(user_id) = 16),
    created_at INTEGER NOT NULL,
    used_at INTEGER,
    CONSTRAINT recovery_codes_hash_length CHECK (length(hash) = 32)
) STRICT;

-- The codes of a user: to count, and to replace.
CREATE INDEX recovery_codes_of ON recovery_codes (user_id);
