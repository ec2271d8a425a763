-- Failed logins per address, whether or not it has an account: the key is a hash of the address, so that the table does
-- not tell who tried what.
CREATE TABLE login_attempts (
    key bytea PRIMARY KEY,
    failures integer NOT NULL,
    last_failure_at timestamptz,
    locked_until timestamptz,
    updated_at timestamptz NOT NULL,
    CONSTRAINT login_attempts_key_length CHECK (octet_length(key) = 32),
    CONSTRAINT login_attempts_failures_counted CHECK (failures >= 0)
);
