-- Authenticator apps, whose secrets are encrypted with a key that the database does not have.
--
-- A code is accepted by one conditional update of last_step, so that each time step is good once on every replica. That
-- a user has a second factor is noted at the user too, in the same transaction: whoever reads a user knows it without a
-- second query. An older version that still runs leaves the column alone.

-- All that is locked, before any work is done: whoever serves waits for it but briefly, and never the one for the other.
LOCK TABLE users IN ACCESS EXCLUSIVE MODE;

ALTER TABLE users ADD COLUMN mfa_enabled boolean NOT NULL DEFAULT false;

CREATE TABLE totp_factors (
    user_id uuid PRIMARY KEY REFERENCES users (id),
    sealed_secret bytea NOT NULL,
    enrolled_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    last_step bigint,
    failures integer NOT NULL,
    last_failure_at timestamptz,
    locked_until timestamptz,
    CONSTRAINT totp_factors_sealed_secret_length CHECK (octet_length(sealed_secret) BETWEEN 1 AND 512),
    CONSTRAINT totp_factors_step_when_confirmed CHECK ((confirmed_at IS NULL) = (last_step IS NULL)),
    CONSTRAINT totp_factors_last_step_counted CHECK (last_step >= 0),
    CONSTRAINT totp_factors_failures_counted CHECK (failures >= 0)
);
