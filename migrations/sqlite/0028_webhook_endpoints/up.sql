-- Services that are told of changes of accounts. Secrets are encrypted; the former one signs beside its successor for a
-- while. Without a list of kinds an endpoint is told of every event.
CREATE TABLE webhook_endpoints (
    id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    url TEXT NOT NULL,
    description TEXT,
    kinds TEXT NOT NULL,
    disabled TEXT,
    sealed_secret BLOB NOT NULL,
    previous_secret BLOB,
    previous_until INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CONSTRAINT webhook_endpoints_url_length CHECK (length(url) BETWEEN 1 AND 2048),
    CONSTRAINT webhook_endpoints_description_length CHECK (length(description) BETWEEN 1 AND 200),
    CONSTRAINT webhook_endpoints_kinds_list CHECK (json_valid(kinds) AND json_type(kinds) = 'array'),
    CONSTRAINT webhook_endpoints_disabled_known CHECK (disabled IN ('administrator', 'gone')),
    CONSTRAINT webhook_endpoints_previous_whole CHECK ((previous_secret IS NULL) = (previous_until IS NULL))
) STRICT;

-- Who may say which services those are. A version before this one skips a permission that it does not know.
UPDATE user_roles SET permissions = json_insert(permissions, '$[#]', 'webhooks:manage')
WHERE name = 'admin' AND NOT EXISTS (SELECT 1 FROM json_each(user_roles.permissions) WHERE value = 'webhooks:manage');
