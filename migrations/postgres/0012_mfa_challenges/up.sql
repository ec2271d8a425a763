-- Logins that have the password right and still owe a code, with what the session will be told of its device. Of their
-- tokens only hashes are kept.
CREATE TABLE mfa_challenges (
    hash bytea PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    device_name text,
    user_agent text,
    ip_address text NOT NULL,
    delivery text NOT NULL,
    proven text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    failures integer NOT NULL,
    used_at timestamptz,
    CONSTRAINT mfa_challenges_hash_length CHECK (octet_length(hash) = 32),
    CONSTRAINT mfa_challenges_device_name_length CHECK (length(device_name) BETWEEN 1 AND 100),
    CONSTRAINT mfa_challenges_user_agent_length CHECK (length(user_agent) BETWEEN 1 AND 256),
    CONSTRAINT mfa_challenges_ip_address_length CHECK (length(ip_address) BETWEEN 2 AND 45),
    CONSTRAINT mfa_challenges_delivery_known CHECK (delivery IN ('body', 'cookie')),
    CONSTRAINT mfa_challenges_proven_known CHECK (proven IN ('pwd')),
    CONSTRAINT mfa_challenges_failures_counted CHECK (failures >= 0)
);

-- The challenges of a user: to forget those that have expired, or all.
CREATE INDEX mfa_challenges_of ON mfa_challenges (user_id, expires_at);
-- What retention looks for.
CREATE INDEX mfa_challenges_expired ON mfa_challenges (expires_at);
