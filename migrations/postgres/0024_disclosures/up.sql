-- Whom a list showed (45 CFR 164.528): an index of the events `user.listed`, whose facts name many. The trail is what
-- counts; this finds the events of one person without reading all of it.
CREATE TABLE audit_listed_users (
    user_id uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    event_id uuid NOT NULL,
    PRIMARY KEY (user_id, occurred_at, event_id)
);

INSERT INTO audit_listed_users (user_id, occurred_at, event_id)
SELECT listed::uuid, occurred_at, id
FROM audit_logs, jsonb_array_elements_text(details -> 'users') AS listed
WHERE event = 'user.listed'
ON CONFLICT DO NOTHING;
