-- Whom a list showed (45 CFR 164.528): an index of the events `user.listed`, whose facts name many. The trail is what
-- counts; this finds the events of one person without reading all of it.
CREATE TABLE audit_listed_users (
    user_id BLOB NOT NULL CHECK (length(user_id) = 16),
    occurred_at INTEGER NOT NULL,
    event_id BLOB NOT NULL CHECK (length(event_id) = 16),
    PRIMARY KEY (user_id, occurred_at, event_id)
) STRICT, WITHOUT ROWID;

INSERT OR IGNORE INTO audit_listed_users (user_id, occurred_at, event_id)
SELECT unhex(replace(listed.value, '-', '')), occurred_at, audit_logs.id
FROM audit_logs, json_each(audit_logs.details, '$.users') AS listed
WHERE event = 'user.listed';
