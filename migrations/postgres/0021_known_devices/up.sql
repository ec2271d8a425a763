-- Devices on which users have logged in before. Of their tokens only hashes are kept.

-- All that is locked, before any work is done: whoever serves waits for it but briefly, and never the one for the other.
LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE user_sessions IN SHARE MODE;

CREATE TABLE known_devices (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    token_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    CONSTRAINT known_devices_token_hash_unique UNIQUE (token_hash),
    CONSTRAINT known_devices_token_hash_length CHECK (octet_length(token_hash) = 32),
    CONSTRAINT known_devices_seen_in_order CHECK (last_seen_at >= created_at)
);

-- The devices of a user: to forget those unused longest, or all.
CREATE INDEX known_devices_of ON known_devices (user_id, last_seen_at DESC, id DESC);
-- Whether a user had a session before on what tells the same of itself.
CREATE INDEX user_sessions_from ON user_sessions (user_id, ip_address);
