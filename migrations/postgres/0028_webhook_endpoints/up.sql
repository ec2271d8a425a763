-- Services that are told of changes of accounts. Secrets are encrypted; the former one signs beside its successor for a
-- while. Without a list of kinds an endpoint is told of every event.
CREATE TABLE webhook_endpoints (
    id uuid PRIMARY KEY,
    url text NOT NULL,
    description text,
    kinds text[] NOT NULL,
    disabled text,
    sealed_secret bytea NOT NULL,
    previous_secret bytea,
    previous_until timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT webhook_endpoints_url_length CHECK (length(url) BETWEEN 1 AND 2048),
    CONSTRAINT webhook_endpoints_description_length CHECK (length(description) BETWEEN 1 AND 200),
    CONSTRAINT webhook_endpoints_disabled_known CHECK (disabled IN ('administrator', 'gone')),
    CONSTRAINT webhook_endpoints_previous_whole CHECK ((previous_secret IS NULL) = (previous_until IS NULL))
);

-- Who may say which services those are. A version before this one skips a permission that it does not know.
UPDATE user_roles SET permissions = array_append(permissions, 'webhooks:manage')
WHERE name = 'admin' AND NOT 'webhooks:manage' = ANY (permissions);
