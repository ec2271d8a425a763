-- Service accounts: machine callers (RFC 6749, section 4.4). Of their secrets only hashes are kept; a row stays, since the
-- audit trail names its id.
CREATE TABLE service_accounts (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    permissions text[] NOT NULL,
    secret_hash bytea NOT NULL,
    previous_hash bytea,
    previous_until timestamptz,
    created_at timestamptz NOT NULL,
    disabled_at timestamptz,
    CONSTRAINT service_accounts_name_length CHECK (length(name) BETWEEN 1 AND 64),
    CONSTRAINT service_accounts_secret_hash_length CHECK (length(secret_hash) = 32),
    CONSTRAINT service_accounts_previous_hash_length CHECK (length(previous_hash) = 32),
    CONSTRAINT service_accounts_previous_ends CHECK ((previous_hash IS NULL) = (previous_until IS NULL)),
    CONSTRAINT service_accounts_disabled_later CHECK (disabled_at >= created_at)
);

-- Of those that are on no two have the same name.
CREATE UNIQUE INDEX service_accounts_name ON service_accounts (name) WHERE disabled_at IS NULL;

-- Who may make them, and who may learn of revocations. A version before this one skips permissions that it does not know.
UPDATE user_roles SET permissions = array_append(permissions, 'revocations:read')
WHERE name = 'admin' AND NOT 'revocations:read' = ANY (permissions);
UPDATE user_roles SET permissions = array_append(permissions, 'service_accounts:manage')
WHERE name = 'admin' AND NOT 'service_accounts:manage' = ANY (permissions);
