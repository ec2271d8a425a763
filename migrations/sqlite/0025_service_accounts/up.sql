-- Service accounts: machine callers (RFC 6749, section 4.4). Of their secrets only hashes are kept; a row stays, since the
-- audit trail names its id.
CREATE TABLE service_accounts (
    id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    name TEXT NOT NULL,
    permissions TEXT NOT NULL,
    secret_hash BLOB NOT NULL,
    previous_hash BLOB,
    previous_until INTEGER,
    created_at INTEGER NOT NULL,
    disabled_at INTEGER,
    CONSTRAINT service_accounts_name_length CHECK (length(name) BETWEEN 1 AND 64),
    CONSTRAINT service_accounts_permissions_list CHECK (json_type(permissions) = 'array'),
    CONSTRAINT service_accounts_secret_hash_length CHECK (length(secret_hash) = 32),
    CONSTRAINT service_accounts_previous_hash_length CHECK (length(previous_hash) = 32),
    CONSTRAINT service_accounts_previous_ends CHECK ((previous_hash IS NULL) = (previous_until IS NULL)),
    CONSTRAINT service_accounts_disabled_later CHECK (disabled_at >= created_at)
) STRICT;

-- Of those that are on no two have the same name.
CREATE UNIQUE INDEX service_accounts_name ON service_accounts (name) WHERE disabled_at IS NULL;

-- Who may make them, and who may learn of revocations. A version before this one skips permissions that it does not know.
UPDATE user_roles SET permissions = json_insert(permissions, '$[#]', 'revocations:read')
WHERE name = 'admin' AND NOT EXISTS (SELECT 1 FROM json_each(user_roles.permissions) WHERE value = 'revocations:read');
UPDATE user_roles SET permissions = json_insert(permissions, '$[#]', 'service_accounts:manage')
WHERE name = 'admin'
    AND NOT EXISTS (SELECT 1 FROM json_each(user_roles.permissions) WHERE value = 'service_accounts:manage');
