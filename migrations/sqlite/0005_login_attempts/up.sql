-- Failed logins per address, whether or not it has an account: the key is a hash of the address, so that the table does
-- not tell who tried what.
CREATE TABLE login_attempts (
    key BLOB PRIMARY KEY NOT NULL,
    failures INTEGER NOT NULL,
    last_failure_at INTEGER,
    locked_until INTEGER,
    updated_at INTEGER NOT NULL,
    CONSTRAINT login_attempts_key_length CHECK (length(key) = 32),
    CONSTRAINT login_attempts_failures_counted CHECK (failures >= 0)
) STRICT;
